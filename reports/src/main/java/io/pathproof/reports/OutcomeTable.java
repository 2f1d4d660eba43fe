package io.pathproof.reports;

import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.verdict.PathLoads;
import io.pathproof.lab.verdict.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The outcome of a run as a table of plain text for a terminal: host x fault, what was expected and
 * observed, the pause and the verdict. Cells wrap; nothing is cut off. Thread-safe.
 */
public final class OutcomeTable {
  private static final String[] HEADS = {
    "host", "fault", "expected", "observed", "pause", "verdict"
  };
  private static final int GAP = 2;
  private static final int VERDICT = HEADS.length - 1;

  private OutcomeTable() {}

  /**
   * The table, with a line of totals under it; lines end with {@code \n}.
   *
   * @param columns the terminal's width in characters; taken as 80 if less, 160 if more
   * @param colours whether verdicts are coloured (ANSI SGR sequences)
   */
  public static String render(List<Outcome> outcomes, int columns, boolean colours) {
    int width = Math.max(80, Math.min(160, columns));
    List<Outcome> sorted = new ArrayList<>(outcomes);
    sorted.sort(Comparator.comparing(ScenarioWords::host));
    int[] widths = widths(sorted, width);
    StringBuilder out = new StringBuilder();
    row(out, HEADS, widths, null, false);
    int total = Arrays.stream(widths).sum() + GAP * (widths.length - 1);
    out.append("─".repeat(total)).append('\n');
    for (Outcome outcome : sorted) {
      row(out, cells(outcome), widths, outcome.verdict(), colours);
      if (!outcome.reason().isEmpty() && !outcome.reason().equals(outcome.observed())) {
        for (String line :
            wrap("↳ " + outcome.scenario().id() + ": " + plain(outcome.reason()), total - 2)) {
          out.append("  ").append(line).append('\n');
        }
      }
      for (PathLoads loads : outcome.loads()) {
        if (loads.uneven()) {
          String told = "↳ uneven: " + loads.host() + " " + loads.device() + ", " + loads.balance();
          for (String line : wrap(plain(told), total - 2)) {
            out.append("  ").append(line).append('\n');
          }
        }
      }
      if (!outcome.arrays().isEmpty()) {
        out.append("  ↳ ").append(arrays(outcome, colours)).append('\n');
      }
    }
    out.append("─".repeat(total)).append('\n');
    totals(out, sorted, colours);
    return out.toString();
  }

  /** {@code pure1 FAIL, spectrum1 PASS}: the verdict of each of several arrays. */
  private static String arrays(Outcome outcome, boolean colours) {
    List<String> words = new ArrayList<>();
    outcome
        .arrays()
        .forEach(
            (array, verdict) ->
                words.add(array + " " + coloured(verdict.name(), verdict, colours)));
    return String.join(", ", words);
  }

  private static String[] cells(Outcome outcome) {
    return new String[] {
      plain(ScenarioWords.host(outcome)),
      plain(ScenarioWords.faults(outcome.scenario())),
      plain(outcome.expected()),
      plain(outcome.observed()),
      ScenarioWords.pause(outcome),
      outcome.verdict().name()
    };
  }

  /** The last two columns as wide as they need; the rest share what is left, by what they hold. */
  private static int[] widths(List<Outcome> outcomes, int width) {
    int[] widths = new int[HEADS.length];
    for (int c = 0; c < HEADS.length; c++) {
      int column = c;
      widths[c] =
          Math.max(
              HEADS[c].length(),
              outcomes.stream().mapToInt(o -> cells(o)[column].length()).max().orElse(0));
    }
    widths[0] = Math.min(widths[0], 16);
    int room = width - GAP * (HEADS.length - 1) - widths[0] - widths[4] - widths[VERDICT];
    int[] least = {0, 12, 14, 14};
    while (widths[1] + widths[2] + widths[3] > room) {
      int widest = 0;
      for (int c = 1; c <= 3; c++) {
        if (widths[c] > least[c] && (widest == 0 || widths[c] >= widths[widest])) {
          widest = c;
        }
      }
      if (widest == 0) {
        break;
      }
      widths[widest]--;
    }
    return widths;
  }

  private static void row(
      StringBuilder out, String[] cells, int[] widths, Verdict verdict, boolean colours) {
    List<List<String>> wrapped = new ArrayList<>();
    int lines = 1;
    for (int c = 0; c < cells.length; c++) {
      wrapped.add(wrap(cells[c], widths[c]));
      lines = Math.max(lines, wrapped.get(c).size());
    }
    for (int l = 0; l < lines; l++) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < cells.length; c++) {
        String text = l < wrapped.get(c).size() ? wrapped.get(c).get(l) : "";
        boolean right = c == 4;
        String pad = " ".repeat(Math.max(0, widths[c] - text.length()));
        String shown = c == VERDICT && !text.isEmpty() ? coloured(text, verdict, colours) : text;
        line.append(right ? pad + shown : shown + pad).append(" ".repeat(GAP));
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private static void totals(StringBuilder out, List<Outcome> outcomes, boolean colours) {
    List<String> parts = new ArrayList<>();
    for (Verdict verdict : List.of(Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE)) {
      long count = outcomes.stream().filter(o -> o.verdict() == verdict).count();
      if (count > 0) {
        parts.add(count + " " + coloured(verdict.name(), verdict, colours));
      }
    }
    Verdict all = RunSummary.of(outcomes).verdict();
    out.append(outcomes.size()).append(outcomes.size() == 1 ? " scenario: " : " scenarios: ");
    out.append(parts.isEmpty() ? "nothing ran" : String.join(", ", parts));
    out.append(". Verdict: ").append(coloured(all.name(), all, colours)).append('\n');
  }

  private static String coloured(String text, Verdict verdict, boolean colours) {
    if (!colours || verdict == null) {
      return text;
    }
    String code =
        switch (verdict) {
          case PASS -> "32";
          case FAIL -> "31;1";
          case INCONCLUSIVE -> "33";
        };
    return "\u001b[" + code + "m" + text + "\u001b[0m";
  }

  /** A terminal obeys control characters; text from a lab must not reach it as such. */
  private static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ").strip();
  }

  private static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" +")) {
      String rest = word;
      if (line.length() > 0 && line.length() + 1 + rest.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      if (line.length() > 0) {
        line.append(' ');
      }
      while (rest.length() > width) {
        lines.add(rest.substring(0, width));
        rest = rest.substring(width);
      }
      line.append(rest);
    }
    lines.add(line.toString());
    return lines;
  }
}
