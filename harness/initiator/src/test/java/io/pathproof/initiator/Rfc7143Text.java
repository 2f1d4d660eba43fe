package io.pathproof.initiator;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the sentences of RFC 7143 that {@link Rfc7143Ledger} has to list. Made for the plain text
 * of the RFC as it is published: pages of 58 lines with a header and a footer, section headings at
 * the left edge.
 */
final class Rfc7143Text {
  /** MUTUAL-REQUIRED, an option of Kerberos, demands nothing. */
  private static final Pattern DEMAND = Pattern.compile("(?<!-)\\b(MUST|SHALL|REQUIRED)\\b");

  private static final Pattern PAGE =
      Pattern.compile(
          "Chadalapaka, et al\\.\\s.*\\[Page \\d+]|RFC 7143\\s+iSCSI \\(Consolidated\\).*");

  private static final Pattern HEADING =
      Pattern.compile("(\\d+(?:\\.\\d+)*|Appendix [A-Z]|[A-Z]\\.\\d+)\\. {1,3}\\S.*");

  private static final Pattern FIRST_HEADING = Pattern.compile("1\\. +Introduction.*");

  private Rfc7143Text() {}

  /** {@code section/ordinal} of each sentence, in the order of the text. */
  static List<String> sentences(List<String> text) {
    List<String> lines =
        text.stream()
            .map(line -> line.replace("\f", "").stripTrailing())
            .filter(line -> !PAGE.matcher(line).matches())
            .toList();
    List<String> found = new ArrayList<>();
    String section = "";
    List<String> body = new ArrayList<>();
    for (String line : lines.subList(begin(lines), lines.size())) {
      Matcher heading = HEADING.matcher(line);
      if (heading.matches() || line.startsWith("Acknowledgments") || line.startsWith("Authors")) {
        count(section, body, found);
        body.clear();
        section = heading.matches() ? heading.group(1) : line;
      } else {
        body.add(line);
      }
    }
    count(section, body, found);
    return found;
  }

  /** Behind the table of contents, which has the same headings. */
  private static int begin(List<String> lines) {
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (FIRST_HEADING.matcher(lines.get(i)).matches()) {
        return i;
      }
    }
    throw new IllegalArgumentException("this is not the text of RFC 7143: no 1. Introduction");
  }

  private static void count(String section, List<String> body, List<String> found) {
    int ordinal = 0;
    for (String paragraph : paragraphs(body)) {
      for (String sentence : paragraph.split("(?<=[.!?])\\s+(?=[A-Z\"(\\[])")) {
        if (DEMAND.matcher(sentence).find()) {
          found.add(section + "/" + ++ordinal);
        }
      }
    }
  }

  /** A page may end in a paragraph: what does not end a sentence goes on. */
  private static List<String> paragraphs(List<String> body) {
    List<String> paragraphs = new ArrayList<>();
    for (String block : String.join("\n", body).split("\\n\\s*\\n")) {
      String text = block.strip().replaceAll("\\s+", " ");
      int last = paragraphs.size() - 1;
      if (text.isEmpty()) {
        continue;
      }
      if (last >= 0 && !paragraphs.get(last).matches(".*[.:;!?)\"]") && text.matches("[a-z(].*")) {
        paragraphs.set(last, paragraphs.get(last) + " " + text);
      } else {
        paragraphs.add(text);
      }
    }
    return paragraphs;
  }
}
