package io.pathproof.benchmarks;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the rounds of a benchmark measured, ours beside theirs, as a table and as JSON. The aims are
 * shown, not enforced.
 */
final class Comparison {
  private final Map<String, List<Double>> samples = new LinkedHashMap<>();
  private final List<Line> lines = new ArrayList<>();

  /** On which side of its aim a figure ought to be. */
  enum Bound {
    AT_LEAST("at least"),
    AT_MOST("at most"),
    BELOW("below");

    private final String text;

    Bound(String text) {
      this.text = text;
    }

    boolean holds(double figure, double aim) {
      return switch (this) {
        case AT_LEAST -> figure >= aim;
        case AT_MOST -> figure <= aim;
        case BELOW -> figure < aim;
      };
    }
  }

  /**
   * A line of the table.
   *
   * @param ours the median of the rounds
   * @param theirs the same; null where we are beside nobody
   * @param ratio the median of the rounds' own ratios, which a load beside the benchmark sways less
   *     than a ratio of medians; null where we are beside nobody
   * @param aim for the ratio, or for ours where there is none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Line(
      String what,
      double ours,
      Double theirs,
      Double ratio,
      Bound bound,
      double aim,
      boolean met) {}

  /** Adds what a round measured. */
  void add(String name, double value) {
    samples.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
  }

  /** What was measured under a name, a value a round. */
  List<Double> of(String name) {
    List<Double> values = samples.get(name);
    if (values == null) {
      throw new IllegalArgumentException("nothing was measured as " + name);
    }
    return values;
  }

  /** A line of a ratio. */
  void ratio(String what, List<Double> ours, List<Double> theirs, Bound bound, double aim) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(ours.get(i) / theirs.get(i));
    }
    double ratio = median(ratios);
    lines.add(
        new Line(what, median(ours), median(theirs), ratio, bound, aim, bound.holds(ratio, aim)));
  }

  /** A line of a figure of ours alone. */
  void figure(String what, List<Double> ours, Bound bound, double aim) {
    double figure = median(ours);
    lines.add(new Line(what, figure, null, null, bound, aim, bound.holds(figure, aim)));
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** Prints the table. */
  void print(PrintStream out, int rounds, String us, String them) {
    out.printf(
        "%n%-62s %12s %12s %7s  %s%n",
        "medians of " + rounds + " rounds, TCP congestion control " + congestionControl(),
        us,
        them,
        "ratio",
        "aim");
    for (Line line : lines) {
      out.printf(
          "%-62s %12s %12s %7s  %s %s %s%n",
          line.what(),
          text(line.ours()),
          line.theirs() == null ? "" : text(line.theirs()),
          line.ratio() == null ? "" : String.format(Locale.ROOT, "%.2f", line.ratio()),
          line.bound().text,
          line.aim(),
          line.met() ? "met" : "NOT MET");
    }
  }

  private static String text(double figure) {
    return String.format(
        Locale.ROOT, figure < 0.1 ? "%.3f" : figure < 10 ? "%.2f" : "%,.1f", figure);
  }

  /**
   * That of each new socket of this network namespace, tcp(7); one that paces shapes every rate.
   */
  private static String congestionControl() {
    try {
      return Files.readString(Path.of("/proc/sys/net/ipv4/tcp_congestion_control")).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }

  /** Writes all of it as JSON. */
  void write(Path file, int rounds) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("rounds", rounds);
    json.put("java", System.getProperty("java.version"));
    json.put("tcpCongestionControl", congestionControl());
    json.put("samples", samples);
    json.put("lines", lines);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(
        file,
        JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(json));
  }
}
