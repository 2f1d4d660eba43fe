/** The Netty binding of the simulated array's iSCSI target. */
package io.pathproof.targets.array.netty;
