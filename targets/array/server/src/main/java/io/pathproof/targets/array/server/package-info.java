/** The simulated array as it runs: one event loop, its networks, its stores. */
package io.pathproof.targets.array.server;
