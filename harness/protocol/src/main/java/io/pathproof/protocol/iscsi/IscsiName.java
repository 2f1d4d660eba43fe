package io.pathproof.protocol.iscsi;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * iSCSI names in the form in which they are compared (RFC 7143 section 4.2.7.2): what the
 * stringprep profile of RFC 3722 leaves of them.
 *
 * <p>Of ASCII that profile leaves small letters, digits, dash, dot and colon; it makes capital
 * letters small and prohibits the rest (RFC 3722 sections 3 and 6). A name with other characters is
 * refused here and not prepared, as that takes tables of Unicode 3.2 for names that no array has.
 */
public final class IscsiName {
  /** The longest name in bytes (RFC 7143 section 4.2.7.1). */
  public static final int MAX_BYTES = 223;

  private static final String FORMATTING = "-.:";

  private IscsiName() {}

  /**
   * A name that somebody wrote, as it is used from then on.
   *
   * @throws IllegalArgumentException if it has a {@link #problem}, which is the message
   */
  public static String prepare(String written) {
    problem(written)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
    return comparable(written);
  }

  /** What keeps a text from being a name, with the place and what to do; empty if nothing does. */
  public static Optional<String> problem(String written) {
    for (int at = 0; at < written.length(); at = written.offsetByCodePoints(at, 1)) {
      int c = written.codePointAt(at);
      if (!isLetterOrDigit(c) && FORMATTING.indexOf(c) < 0) {
        boolean shown = c > ' ' && c < 0x7f;
        return Optional.of(
            "'%s' has %sU+%04X at character %d: write letters and digits of ASCII, '-', '.' and ':'"
                    .formatted(printable(written), shown ? "'" + (char) c + "', " : "", c, at + 1)
                + " alone (RFC 3722)");
      }
    }
    int bytes = written.getBytes(StandardCharsets.UTF_8).length;
    return bytes == 0 || bytes > MAX_BYTES
        ? Optional.of(
            "'%s' has %d bytes: write 1 to %d".formatted(printable(written), bytes, MAX_BYTES))
        : Optional.empty();
  }

  /**
   * A name that another party told, in the form to compare it in: capital letters of ASCII are made
   * small, and all else is left as it is.
   */
  public static String comparable(String told) {
    StringBuilder small = new StringBuilder(told);
    for (int at = 0; at < small.length(); at++) {
      char c = small.charAt(at);
      if (c >= 'A' && c <= 'Z') {
        small.setCharAt(at, (char) (c - 'A' + 'a'));
      }
    }
    return small.toString();
  }

  /** Whether two names are those of one node. */
  public static boolean same(String one, String other) {
    return comparable(one).equals(comparable(other));
  }

  private static boolean isLetterOrDigit(int c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }

  private static String printable(String text) {
    String shown = text.length() > MAX_BYTES ? text.substring(0, MAX_BYTES) + "…" : text;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
