/** The command line: {@code pathproof qualify} and its kin. */
package io.pathproof.cli;
