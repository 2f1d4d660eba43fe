/** Checkers that read a history, and what they conclude. */
package io.pathproof.lab.verdict;
