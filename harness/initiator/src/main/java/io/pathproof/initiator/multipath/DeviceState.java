package io.pathproof.initiator.multipath;

/** Whether a device has a path, and what is known if it has none. */
public enum DeviceState {
  /** A path may carry I/O. */
  AVAILABLE("available"),
  /**
   * No path answers, or none is fit for I/O, and nothing says that this is for good: I/O waits, for
   * as long as {@link MultipathSettings#noPathRetryMs} lets it.
   */
  ALL_PATHS_DOWN("all paths down"),
  /**
   * The array has said on every path that the logical unit is gone: I/O fails at once. Ends when a
   * path finds the same logical unit again.
   */
  PERMANENT_LOSS("permanent device loss");

  private final String word;

  DeviceState(String word) {
    this.word = word;
  }

  /** For a person, and the word in a history. */
  public String word() {
    return word;
  }
}
