/**
 * Asking a logical unit what it is, as a host does before it uses a path and as a diagnosis does.
 * Cores without I/O.
 */
package io.pathproof.initiator.unit;
