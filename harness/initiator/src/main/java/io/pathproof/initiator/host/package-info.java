/**
 * A host: discovery over its links, one session for each link and target, the logical units behind
 * them, and the devices that it offers for I/O. {@link io.pathproof.initiator.host.HostCore} is the
 * logic without I/O; {@link io.pathproof.initiator.host.NettyHost} binds it to sockets.
 */
package io.pathproof.initiator.host;
