package io.pathproof.initiator.host;

import io.pathproof.initiator.session.Portal;

/**
 * One way from an adapter of the host to a portal of the array.
 *
 * @param id unique within the host, such as {@code nic0:node1.a}; the paths over it carry it
 * @param adapter the host's end; addresses are resolved only among links of one adapter
 * @param portal the portal's own address, as the array advertises it
 * @param isidQualifier 0 to 32767, distinct among the links of a host and the same every time, so
 *     that a reconnect reinstates the session and two paths never share one (RFC 7143 10.1.1)
 */
public record HostLink(String id, String adapter, Portal portal, int isidQualifier) {
  /** The bit that sets a link's discovery sessions apart from its normal ones. */
  static final int DISCOVERY = 0x8000;

  /** Refuses a qualifier outside its range. */
  public HostLink {
    if (isidQualifier < 0 || isidQualifier >= DISCOVERY) {
      throw new IllegalArgumentException("isidQualifier " + isidQualifier + " of link " + id);
    }
  }
}
