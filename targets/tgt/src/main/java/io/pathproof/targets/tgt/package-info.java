/**
 * tgt, the user-space SCSI target, as the array of a test network: {@link
 * io.pathproof.targets.tgt.TgtNode} is one node in a container, {@link
 * io.pathproof.targets.tgt.TgtStore} the backing store that the nodes of one array share.
 */
package io.pathproof.targets.tgt;
