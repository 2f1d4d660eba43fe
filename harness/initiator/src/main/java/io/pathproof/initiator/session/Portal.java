package io.pathproof.initiator.session;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.TargetAddress;

/**
 * A target's address as the array advertises it. Opaque to the session: a binding resolves it to
 * the link that leads there, so two hosts may reach one portal at different socket addresses.
 *
 * @param host an IPv4 address, an IPv6 address without brackets, or a DNS name; as given
 * @param port TCP port, 1 to 65535
 */
public record Portal(String host, int port) {
  /** The port that IANA assigned to iSCSI (RFC 7143 section 4.2.7.1). */
  public static final int DEFAULT_PORT = 3260;

  public Portal {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("a portal needs a host");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " is not in 1..65535");
    }
  }

  /**
   * Reads {@code host}, {@code host:port}, {@code [ipv6]} or {@code [ipv6]:port}.
   *
   * @throws IllegalArgumentException with what is wrong, for anything else
   */
  public static Portal parse(String text) {
    try {
      return of(TargetAddress.parse(text));
    } catch (ProtocolException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** The portal of an advertised address, without its portal group tag. */
  public static Portal of(TargetAddress address) {
    return new Portal(address.host(), address.port());
  }

  /** {@code host:port}, an IPv6 address in brackets. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
