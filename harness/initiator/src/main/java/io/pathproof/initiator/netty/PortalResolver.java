package io.pathproof.initiator.netty;

import io.pathproof.initiator.session.Portal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Finds the link that leads to a portal: where to connect to in order to reach the address that the
 * array advertises. Called on the session's event loop; must not block.
 */
@FunctionalInterface
public interface PortalResolver {
  /** The socket address to connect to; empty if no link leads to the portal. */
  Optional<InetSocketAddress> resolve(Portal portal);

  /**
   * Connects to the portal's own address, which has to be a literal IP address: names are not
   * looked up, as that would block.
   */
  static PortalResolver direct() {
    return portal -> {
      byte[] address = io.netty.util.NetUtil.createByteArrayFromIpAddressString(portal.host());
      if (address == null) {
        return Optional.empty();
      }
      try {
        return Optional.of(new InetSocketAddress(InetAddress.getByAddress(address), portal.port()));
      } catch (java.net.UnknownHostException e) {
        return Optional.empty();
      }
    };
  }
}
