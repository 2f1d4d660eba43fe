package io.pathproof.reports;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes sure that a generated page loads nothing from elsewhere: a lab's report may hold a
 * customer's addresses and is read behind closed networks.
 */
final class OfflineHtml {
  /** Allure's analytics: a script from outside and the call that feeds it. */
  private static final Pattern ANALYTICS =
      Pattern.compile(
          "<script[^>]*googletagmanager[^>]*>\\s*</script>"
              + "|<script>\\s*window\\.dataLayer\\b(?:(?!</script>).)*</script>",
          Pattern.DOTALL);

  /** Tags, and url() in style sheets, whose target a browser fetches by itself. */
  private static final Pattern LOADS =
      Pattern.compile(
          "<(?:script|link|img|iframe|source|video|audio|embed|object|base|image|use)\\b[^>]*?"
              + "\\s(?:src|href|data|srcset|xlink:href)\\s*=\\s*[\"']?\\s*((?:https?:)?//[^\"'\\s>]+)"
              + "|url\\(\\s*[\"']?((?:https?:)?//[^)\"']+)|@import\\s+[\"']((?:https?:)?//[^\"']+)",
          Pattern.CASE_INSENSITIVE);

  private OfflineHtml() {}

  /**
   * The page without analytics.
   *
   * @throws IOException when it would still load something from elsewhere
   */
  static String strip(String html) throws IOException {
    String stripped = withoutAnalytics(html);
    List<String> left = outsideLoads(stripped);
    if (!left.isEmpty() || stripped.contains("googletagmanager") || stripped.contains("gtag(")) {
      throw new IOException("the report would load from elsewhere: " + left);
    }
    return stripped;
  }

  // A report has megabytes of base64, so the patterns are tried only where they may begin.

  private static String withoutAnalytics(String html) {
    StringBuilder out = new StringBuilder(html.length());
    Matcher matcher = ANALYTICS.matcher(html);
    int from = 0;
    for (int at = html.indexOf("<script"); at >= 0; at = html.indexOf("<script", at + 1)) {
      if (at >= from && matcher.region(at, html.length()).lookingAt()) {
        out.append(html, from, at);
        from = matcher.end();
      }
    }
    return out.append(html, from, html.length()).toString();
  }

  private static boolean mayLoad(String html, int at) {
    return switch (html.charAt(at)) {
      case '<', '@' -> true;
      case 'u', 'U' -> at + 3 < html.length() && html.charAt(at + 3) == '(';
      default -> false;
    };
  }

  /** Every address outside that a browser would fetch on reading the page's markup. */
  static List<String> outsideLoads(String html) {
    List<String> found = new ArrayList<>();
    Matcher matcher = LOADS.matcher(html);
    int after = 0;
    for (int at = 0; at < html.length(); at++) {
      if (at < after || !mayLoad(html, at) || !matcher.region(at, html.length()).lookingAt()) {
        continue;
      }
      after = matcher.end();
      for (int group = 1; group <= matcher.groupCount(); group++) {
        if (matcher.group(group) != null) {
          found.add(matcher.group(group));
        }
      }
    }
    return found;
  }
}
