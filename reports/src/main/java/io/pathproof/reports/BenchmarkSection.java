package io.pathproof.reports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.TimerSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.reports.picture.DistributionPicture;
import io.pathproof.reports.picture.Figures;
import io.pathproof.reports.picture.Markup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The failover benchmark's figures: the pause of each single shot, beside the detection timers that
 * bound it.
 *
 * @param rows one for each combination of the benchmark's parameters, in file order
 */
public record BenchmarkSection(List<Row> rows) {

  /**
   * One combination of parameters.
   *
   * @param host parameter {@code host}
   * @param fault parameter {@code fault}
   * @param shotsMs every shot's pause in milliseconds, ascending, at least one
   * @param timers of that host, if the topology has it
   */
  public record Row(String host, String fault, List<Double> shotsMs, Optional<TimerSpec> timers) {
    /**
     * A percentile by nearest rank: a pause that was measured, never one in between.
     *
     * @param percent above 0, at most 100
     */
    public double percentileMs(double percent) {
      int rank = (int) Math.ceil(percent / 100 * shotsMs.size());
      return shotsMs.get(Math.max(1, rank) - 1);
    }

    /** The longest. */
    public double maxMs() {
      return shotsMs.get(shotsMs.size() - 1);
    }

    /** Which timers decide how soon the host can know, in words. */
    public String bound() {
      if (timers.isEmpty()) {
        return "unknown: the topology has no such host";
      }
      TimerSpec t = timers.get();
      return fault.equals("silent-drop")
          ? "ping every "
              + Figures.time(t.nopIntervalMs())
              + " + answer within "
              + Figures.time(t.nopTimeoutMs())
              + "; command "
              + Figures.time(t.taskTimeoutMs())
          : "none: a " + fault + " tells of itself when it arrives";
    }

    /** The longest that detection by ping may take, where the fault gives no sign of itself. */
    public Optional<Double> boundMs() {
      return fault.equals("silent-drop")
          ? timers.map(t -> (double) (t.nopIntervalMs() + t.nopTimeoutMs()))
          : Optional.empty();
    }
  }

  /**
   * Reads JMH's JSON (mode {@code ss}: one measured call a shot, all in rawData).
   *
   * @param topology whose hosts' timers stand beside the figures
   * @throws IOException when the file cannot be read, is not JMH's, or holds no shots; the message
   *     does not name the file
   */
  public static BenchmarkSection read(Path jmhJson, Topology topology) throws IOException {
    JsonNode root = JsonMapper.builder().build().readTree(Files.readAllBytes(jmhJson));
    List<Row> rows = new ArrayList<>();
    for (JsonNode run : root) {
      if (!run.path("mode").asText().equals("ss") || !run.path("params").has("host")) {
        continue;
      }
      JsonNode metric = run.path("primaryMetric");
      double toMs = toMilliseconds(metric.path("scoreUnit").asText());
      List<Double> shots = new ArrayList<>();
      metric
          .path("rawData")
          .forEach(fork -> fork.forEach(shot -> shots.add(shot.asDouble() * toMs)));
      if (shots.isEmpty()) {
        throw new IOException("no rawData of " + run.path("benchmark").asText());
      }
      shots.sort(null);
      String host = run.path("params").path("host").asText();
      String fault = run.path("params").path("fault").asText();
      Optional<HostSpec> spec = Optional.ofNullable(topology.hosts().get(host));
      rows.add(new Row(host, fault, List.copyOf(shots), spec.map(HostSpec::timers)));
    }
    if (rows.isEmpty()) {
      throw new IOException("no single-shot result with a parameter host");
    }
    return new BenchmarkSection(List.copyOf(rows));
  }

  private static double toMilliseconds(String unit) throws IOException {
    return switch (unit) {
      case "s/op" -> 1000;
      case "ms/op" -> 1;
      case "us/op" -> 1e-3;
      case "ns/op" -> 1e-6;
      default -> throw new IOException("unit " + unit + " is not a time an operation");
    };
  }

  /** The table as HTML. */
  String html() {
    StringBuilder out =
        new StringBuilder(
            "<table class=\"pp-benchmark\"><thead><tr><th>host</th><th>fault</th>"
                + "<th class=\"pp-num\">shots</th><th class=\"pp-num\">pause p50</th>"
                + "<th class=\"pp-num\">p99</th><th class=\"pp-num\">max</th>"
                + "<th>detection timers that bound it</th></tr></thead><tbody>\n");
    for (Row row : rows) {
      out.append("<tr><td class=\"pp-key\">").append(Markup.escape(row.host()));
      out.append("</td><td>").append(Markup.escape(row.fault()));
      for (String figure :
          List.of(
              Figures.count(row.shotsMs().size()),
              Figures.time(row.percentileMs(50)),
              Figures.time(row.percentileMs(99)),
              Figures.time(row.maxMs()))) {
        out.append("</td><td class=\"pp-num\">").append(figure);
      }
      out.append("</td><td>").append(Markup.escape(row.bound())).append("</td></tr>\n");
    }
    return out.append("</tbody></table>\n").toString();
  }

  /** The table as plain text, for a terminal. */
  public String text() {
    StringBuilder out = new StringBuilder();
    String format = "%-10s %-14s %6s %11s %11s %11s  %s%n";
    out.append(String.format(format, "host", "fault", "shots", "p50", "p99", "max", "bound by"));
    for (Row row : rows) {
      out.append(
          String.format(
              format,
              row.host(),
              row.fault(),
              row.shotsMs().size(),
              Figures.time(row.percentileMs(50)),
              Figures.time(row.percentileMs(99)),
              Figures.time(row.maxMs()),
              row.bound()));
    }
    return out.toString().replace(System.lineSeparator(), "\n");
  }

  /** The picture of the distributions, as an SVG document. */
  String picture() {
    return DistributionPicture.render(
        "Failover pause, each shot",
        rows.stream()
            .map(
                row ->
                    new DistributionPicture.Series(
                        row.host() + ", " + row.fault(),
                        row.shotsMs(),
                        row.percentileMs(50),
                        row.percentileMs(99),
                        row.boundMs()))
            .toList());
  }

  /** The table and the picture as HTML. */
  String section() {
    String svg = Base64.getEncoder().encodeToString(picture().getBytes(StandardCharsets.UTF_8));
    return html()
        + "<p><img alt=\"Distribution\" style=\"width:100%;height:auto\""
        + " src=\"data:image/svg+xml;base64,"
        + svg
        + "\"></p>";
  }
}
