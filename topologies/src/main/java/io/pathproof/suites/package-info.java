/** The product's own gate: one class a host, each test named for a row of the contract. */
package io.pathproof.suites;
