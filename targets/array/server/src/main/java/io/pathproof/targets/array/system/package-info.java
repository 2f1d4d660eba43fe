/**
 * Nodes, ports, addresses and volumes of one array: who owns what, and what happens when something
 * fails. No I/O.
 */
package io.pathproof.targets.array.system;
