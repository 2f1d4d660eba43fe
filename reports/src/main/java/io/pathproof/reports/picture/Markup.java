package io.pathproof.reports.picture;

/** Text made safe for XML and HTML, as content or as a quoted attribute. */
public final class Markup {
  private Markup() {}

  /**
   * Escapes markup characters; characters that XML 1.0 (section 2.2) does not allow become U+FFFD,
   * so that a container's log with control bytes still gives a well-formed document.
   */
  public static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(allowed(c) ? c : 0xFFFD);
              }
            });
    return out.toString();
  }

  /** Text of at most the given number of characters; an ellipsis stands for what was cut off. */
  public static String shorten(String text, int characters) {
    int limit = Math.max(2, characters);
    if (text.codePointCount(0, text.length()) <= limit) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, limit - 1)).stripTrailing() + "…";
  }

  private static boolean allowed(int c) {
    return c == 0x9
        || c == 0xA
        || c == 0xD
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }
}
