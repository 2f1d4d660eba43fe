/** The Netty binding of the session core: sockets, event loops, timers and digests on the wire. */
package io.pathproof.initiator.netty;
