package io.pathproof.initiator.host;

/** Told what happens on a host, on its event loop. Must not throw or block. */
@FunctionalInterface
public interface HostListener {
  /**
   * Something happened.
   *
   * @param nowNs when, by {@link System#nanoTime}
   */
  void event(HostEvent event, long nowNs);
}
