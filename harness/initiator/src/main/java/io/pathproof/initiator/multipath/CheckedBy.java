package io.pathproof.initiator.multipath;

/** What a path's checker does (multipath.conf(5) {@code path_checker}). */
public enum CheckedBy {
  /** TEST UNIT READY ({@code tur}). */
  TEST_UNIT_READY,
  /**
   * Reads the first block ({@code directio}): a logical unit that calls itself ready may not serve
   * I/O. Another host's exclusive reservation fails it.
   */
  READ,
  /** Nothing is sent: a path is up while its session is logged in ({@code none}). */
  SESSION
}
