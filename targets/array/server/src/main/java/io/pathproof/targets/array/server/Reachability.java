package io.pathproof.targets.array.server;

import java.net.InetSocketAddress;

/** What someone who connects to an address of the array meets. */
public sealed interface Reachability {
  /**
   * Connections are taken.
   *
   * @param at where, as seen from this machine
   */
  record Answers(InetSocketAddress at) implements Reachability {}

  /** Someone has the address, and nobody listens: TCP RST. */
  record Refuses() implements Reachability {}

  /** Nothing comes back. */
  record Silent() implements Reachability {}
}
