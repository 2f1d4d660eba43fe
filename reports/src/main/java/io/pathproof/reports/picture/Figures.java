package io.pathproof.reports.picture;

import java.util.Locale;

/** Figures as people read them; one way for the terminal, the tables and the pictures. */
public final class Figures {
  private Figures() {}

  /**
   * A time, with its unit: {@code 0.42 ms}, {@code 812 ms}, {@code 2.40 s}.
   *
   * @param milliseconds not negative
   */
  public static String time(double milliseconds) {
    if (milliseconds < 10) {
      return String.format(Locale.ROOT, "%.2f ms", milliseconds);
    }
    if (milliseconds < 1000) {
      return String.format(Locale.ROOT, "%.0f ms", milliseconds);
    }
    return String.format(Locale.ROOT, "%.2f s", milliseconds / 1000);
  }

  /** A count with thousands set apart: {@code 20,000}. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
