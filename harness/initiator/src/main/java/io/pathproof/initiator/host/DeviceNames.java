package io.pathproof.initiator.host;

/** Names as Linux gives them. */
final class DeviceNames {
  private static final int LETTERS = 26;

  private DeviceNames() {}

  /** {@code sda} … {@code sdz}, {@code sdaa} … for 0 … 25, 26 … */
  static String letters(String prefix, int number) {
    StringBuilder letters = new StringBuilder();
    for (int rest = number; rest >= 0; rest = rest / LETTERS - 1) {
      letters.insert(0, (char) ('a' + rest % LETTERS));
    }
    return prefix + letters;
  }
}
