/** The array, controlled over HTTP, and as a program of its own. */
package io.pathproof.targets.array.control;
