package io.pathproof.initiator;

import java.util.ArrayList;
import java.util.List;

/** The form of the ledger and the catalogue: a line each, its parts between {@code |}. */
final class Rfc7143Lines {
  private Rfc7143Lines() {}

  /**
   * A line.
   *
   * @param number from 1
   * @param text as it stands there
   */
  record Line(int number, String text, List<String> parts) {}

  /** All but the empty ones and the comments. */
  static List<Line> of(List<String> file) {
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < file.size(); i++) {
      String text = file.get(i).strip();
      if (!text.isEmpty() && !text.startsWith("#")) {
        lines.add(new Line(i + 1, text, List.of(text.split("\\s*\\|\\s*", -1))));
      }
    }
    return lines;
  }

  /** What stands in one part, divided by spaces; none in an empty one. */
  static List<String> words(String part) {
    return part.isEmpty() ? List.of() : List.of(part.split("\\s+"));
  }
}
