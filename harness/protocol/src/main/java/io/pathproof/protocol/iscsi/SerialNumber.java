package io.pathproof.protocol.iscsi;

/**
 * Comparison of the 32-bit sequence numbers of RFC 7143 (CmdSN, StatSN, DataSN, R2TSN) by the
 * serial arithmetic of RFC 1982, which stays right across the wrap. Two numbers that are exactly
 * 2^31 apart have no order: neither is less than the other.
 */
public final class SerialNumber {
  private SerialNumber() {}

  /** True if {@code a} comes before {@code b}. */
  public static boolean lessThan(int a, int b) {
    return b - a > 0;
  }

  public static boolean lessOrEqual(int a, int b) {
    return a == b || lessThan(a, b);
  }

  /** The later of the two, {@code a} if they have no order. */
  public static int max(int a, int b) {
    return lessThan(a, b) ? b : a;
  }

  /**
   * True if {@code value} lies in the closed window {@code from..to}; the window is empty when
   * {@code to} is {@code from - 1}, as MaxCmdSN says that no command may be sent (RFC 7143 section
   * 4.2.2.1).
   */
  public static boolean inWindow(int value, int from, int to) {
    return lessOrEqual(from, value) && lessOrEqual(value, to);
  }
}
