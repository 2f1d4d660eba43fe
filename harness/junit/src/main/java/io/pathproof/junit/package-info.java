/** The JUnit 5 extension that a test author uses: {@link io.pathproof.junit.FailoverTest}. */
package io.pathproof.junit;
