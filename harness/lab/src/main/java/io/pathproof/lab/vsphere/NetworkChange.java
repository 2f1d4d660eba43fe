package io.pathproof.lab.vsphere;

import java.util.Optional;

/** Something that became different on a host's network. */
public sealed interface NetworkChange {
  /** The VMkernel port that it is about. */
  String port();

  /**
   * The port's traffic leaves by another adapter.
   *
   * @param from empty: it had none
   * @param to empty: it has none with a link
   */
  record UplinkMoved(String port, Optional<String> from, Optional<String> to, String cause)
      implements NetworkChange {}

  /** A bound port became compliant, or no longer is. */
  record ComplianceChanged(String port, Compliance compliance) implements NetworkChange {}

  /**
   * Sessions go over the port, or no longer do.
   *
   * @param why in words
   */
  record UseChanged(String port, boolean used, String why) implements NetworkChange {}
}
