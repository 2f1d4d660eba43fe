package io.pathproof.reports.picture;

import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.TimerSpec;
import io.pathproof.lab.verdict.Failover;
import io.pathproof.lab.verdict.Outcome;
import java.util.Optional;

/** The pause enlarged: its parts one after another, on an axis of milliseconds since the fault. */
final class FailoverWaterfall {
  private static final double ROW = 22;
  private static final int ROWS = 5;
  private static final double LEFT = 200;
  private static final double WIDTH = 760;

  private final Outcome outcome;
  private final HistoryView view;

  FailoverWaterfall(Outcome outcome, HistoryView view) {
    this.outcome = outcome;
    this.view = view;
  }

  double height() {
    return outcome.failover().isEmpty() ? 0 : 30 + ROWS * ROW + 34;
  }

  void draw(Svg svg, double top) {
    if (outcome.failover().isEmpty()) {
      return;
    }
    Failover f = outcome.failover().get();
    long fault = view.faults.isEmpty() ? 0 : view.faults.get(0).appliedNs();
    Optional<HistoryView.Io> slowest = view.slowestThroughFault();
    double blackoutAt = slowest.map(io -> (io.intendedNs() - fault) / 1e6).orElse(0.0);
    double least = Math.min(0, blackoutAt);
    double parts = f.detectMs() + Math.max(f.fenceMs(), f.decideMs() + f.firstIoMs());
    double most = Math.max(1, Math.max(parts, blackoutAt + f.blackoutMs()));
    double scale = WIDTH / (most - least);
    double zero = LEFT - least * scale;
    svg.text(24, top + 14, "h2", "the pause, enlarged");
    svg.text(LEFT, top + 14, "s muted", "milliseconds since the fault was in place" + timers());
    double y = top + 24;
    double step = TimeAxis.step((most - least) / 8);
    for (double ms = Math.ceil(least / step) * step; ms <= most; ms += step) {
      double x = zero + ms * scale;
      svg.line("grid", x, y, x, y + ROWS * ROW);
      svg.text(x, y + ROWS * ROW + 14, "s muted mid", Svg.number(ms));
    }
    svg.line("faultedge", zero, y, zero, y + ROWS * ROW);
    row(svg, y, "1  detect", "detect", zero, f.detectMs(), scale);
    row(svg, y + ROW, "2  decide", "decide", zero + f.detectMs() * scale, f.decideMs(), scale);
    double firstX = zero + (f.detectMs() + f.decideMs()) * scale;
    row(svg, y + 2 * ROW, "3  first good I/O", "first", firstX, f.firstIoMs(), scale);
    row(
        svg,
        y + 3 * ROW,
        "writes fenced",
        "decide",
        zero + f.detectMs() * scale,
        f.fenceMs(),
        scale);
    row(svg, y + 4 * ROW, "blackout", "faultbar", zero + blackoutAt * scale, f.blackoutMs(), scale);
  }

  private static void row(
      Svg svg, double y, String name, String classes, double x, double ms, double scale) {
    double width = Math.max(2, ms * scale);
    svg.text(LEFT - 12, y + 15, "end", name);
    svg.leaf(
        "rect",
        "class",
        classes + " part",
        "x",
        x,
        "y",
        y + 3,
        "width",
        width,
        "height",
        ROW - 6,
        "rx",
        2);
    svg.text(x + width + 7, y + 15, "b halo", Figures.time(ms));
  }

  /** The timers that bound detection, of the host whose I/O it was. */
  private String timers() {
    if (outcome.scenario().workloads().isEmpty()) {
      return "";
    }
    HostSpec host = outcome.topology().hosts().get(outcome.scenario().workloads().get(0).host());
    if (host == null) {
      return "";
    }
    TimerSpec t = host.timers();
    return "  ·  detection timers of "
        + Markup.shorten(host.name(), 20)
        + ": ping every "
        + Figures.time(t.nopIntervalMs())
        + ", answer within "
        + Figures.time(t.nopTimeoutMs())
        + ", command "
        + Figures.time(t.taskTimeoutMs());
  }
}
