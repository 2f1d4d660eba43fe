/** Benchmarks; {@code ci/bench} runs them. */
package io.pathproof.benchmarks;
