package io.pathproof.reports.picture;

import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.verdict.Failover;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/**
 * One scenario's run over time: faults, the I/O rate, the slowest I/O, and a lane for each path of
 * each host, on one axis of seconds since the workload began. Thread-safe: a picture is a function
 * of its outcome.
 */
public final class TimelinePicture {
  static final double WIDTH = 1200;
  private static final double LEFT = 200;
  private static final double PLOT = 900;
  private static final double FAULT_ROW = 22;
  private static final double RATE = 96;
  private static final double LATENCY = 84;

  private final Outcome outcome;
  private final HistoryView view;
  private final TimeAxis axis;
  private Svg svg;
  private double y;

  private TimelinePicture(Outcome outcome) {
    this.outcome = outcome;
    this.view = new HistoryView(outcome.history());
    this.axis = new TimeAxis(LEFT, PLOT, view.firstNs(), view.endNs());
  }

  /** The picture as an SVG document (UTF-8). */
  public static String render(Outcome outcome) {
    return new TimelinePicture(outcome).draw();
  }

  private String draw() {
    PathLanes lanes = new PathLanes(view, axis);
    FailoverWaterfall waterfall = new FailoverWaterfall(outcome, view);
    boolean empty = outcome.history().isEmpty();
    double plot = view.faults.size() * FAULT_ROW + 14 + RATE + 34 + LATENCY + 20 + lanes.height();
    double height = 176 + (empty ? 70 : plot + 62 + waterfall.height() + 34);
    svg = new Svg(WIDTH, height, outcome.scenario().id() + ": timeline");
    header();
    if (empty) {
      svg.rect("panel", 24, y, WIDTH - 48, 50, 6);
      svg.text(WIDTH / 2, y + 30, "mid muted", "No history was recorded.");
      return svg.end();
    }
    double top = y;
    double bottom = top + plot;
    axis.draw(svg, top, bottom, view.firstNs());
    faultShades(top, bottom);
    faultRows();
    rate();
    latency();
    lanes.draw(svg, y);
    moments(top, bottom);
    y = bottom + 24;
    phases();
    waterfall.draw(svg, y);
    y += waterfall.height();
    legend();
    return svg.end();
  }

  private void header() {
    svg.text(24, 36, "h1", Markup.shorten(outcome.scenario().id(), 70));
    String rows = String.join(" ", outcome.scenario().behaviours());
    double at = 24 + Svg.textWidth(Markup.shorten(outcome.scenario().id(), 70), 23);
    svg.text(at, 36, "muted", Markup.shorten(rows, 30));
    badge();
    svg.text(24, 60, "b", "expected");
    svg.text(92, 60, "", Markup.shorten(outcome.expected(), 160));
    svg.text(24, 79, "b", "observed");
    boolean pass = outcome.verdict() == Verdict.PASS;
    String seen = pass || outcome.reason().isEmpty() ? outcome.observed() : outcome.reason();
    svg.text(92, 79, pass ? "" : "bad b", Markup.shorten(seen, 160));
    tiles();
    y = 164;
  }

  private void badge() {
    Verdict verdict = outcome.verdict();
    String fill =
        switch (verdict) {
          case PASS -> "first";
          case FAIL -> "faultbar";
          case INCONCLUSIVE -> "decide";
        };
    double width = Svg.textWidth(verdict.name(), 15) + 26;
    svg.rect(fill, WIDTH - 24 - width, 16, width, 28, 14);
    svg.text(WIDTH - 24 - width / 2, 35, "onbar mid", verdict.name(), "font-size", "15");
  }

  private void tiles() {
    List<String[]> tiles = new ArrayList<>();
    tiles.add(new String[] {"", Figures.count(outcome.io().issued()), "I/O issued"});
    tiles.add(new String[] {"fine", Figures.count(outcome.io().ok()), "ended well"});
    long failed = outcome.io().failed();
    tiles.add(new String[] {failed > 0 ? "bad" : "muted", Figures.count(failed), "failed"});
    long unsure = outcome.io().indeterminate();
    tiles.add(new String[] {unsure > 0 ? "warn" : "muted", Figures.count(unsure), "indeterminate"});
    if (outcome.failover().isPresent()) {
      Failover f = outcome.failover().get();
      tiles.add(new String[] {"bad", Figures.time(f.blackoutMs()), "blackout"});
      tiles.add(new String[] {"", Figures.time(f.detectMs()), "1  detect"});
      tiles.add(new String[] {"", Figures.time(f.decideMs()), "2  decide"});
      tiles.add(new String[] {"", Figures.time(f.firstIoMs()), "3  first I/O"});
    } else {
      tiles.add(new String[] {"muted", "none", "failover"});
    }
    double step = (WIDTH - 48 + 10) / 8;
    for (int i = 0; i < tiles.size(); i++) {
      double x = 24 + i * step;
      svg.rect("card", x, 94, step - 10, 52, 6);
      svg.text(x + 12, 118, "big " + tiles.get(i)[0], tiles.get(i)[1]);
      svg.text(x + 12, 136, "s muted", tiles.get(i)[2]);
    }
  }

  private void faultShades(double top, double bottom) {
    for (FaultWindow fault : view.faults) {
      double from = axis.x(fault.startedNs());
      double to =
          fault.healedNs().isPresent() ? axis.x(fault.healedNs().getAsLong()) : axis.right();
      svg.leaf(
          "rect",
          "class",
          "fault",
          "x",
          from,
          "y",
          top,
          "width",
          to - from,
          "height",
          bottom - top);
      double applied = axis.x(fault.appliedNs());
      svg.line("faultedge", applied, top, applied, bottom);
      if (fault.healedNs().isPresent()) {
        svg.line("heal", to, top, to, bottom);
      }
    }
  }

  private void faultRows() {
    for (FaultWindow fault : view.faults) {
      double from = axis.x(fault.startedNs());
      double to =
          fault.healedNs().isPresent() ? axis.x(fault.healedNs().getAsLong()) : axis.right();
      String words = Markup.shorten(fault.text(), 110);
      svg.text(LEFT - 12, y + 15, "h2 end bad", "fault " + fault.number());
      svg.titled(
          "rect",
          fault.text(),
          "class",
          "faultbar fault-window",
          "data-fault",
          fault.number(),
          "x",
          from,
          "y",
          y + 2,
          "width",
          Math.max(3, to - from),
          "height",
          FAULT_ROW - 4,
          "rx",
          3);
      boolean inside = Svg.textWidth(words, 12) + 12 < to - from;
      boolean rightOf = to + 8 + Svg.textWidth(words, 12) < WIDTH - 10;
      double x = inside ? from + 7 : rightOf ? to + 7 : from - 7;
      String place = inside ? "onbar" : rightOf ? "bad b" : "bad b end";
      svg.text(x, y + 15, place, words);
      if (fault.healedNs().isEmpty() && inside) {
        svg.text(axis.right() + 6, y + 15, "s muted", "not healed");
      }
      y += FAULT_ROW;
    }
    y += 14;
  }

  private void rate() {
    int[] ok = new int[axis.bins()];
    int[] failed = new int[axis.bins()];
    int[] unsure = new int[axis.bins()];
    for (HistoryView.Io io : view.ios) {
      int[] into =
          switch (io.status()) {
            case OK -> ok;
            case FAILED -> failed;
            case INDETERMINATE -> unsure;
          };
      into[axis.bin(io.endedNs())]++;
    }
    int[] due = axis.count(view.arrivalsNs);
    int peak = 1;
    for (int i = 0; i < ok.length; i++) {
      peak = Math.max(peak, Math.max(due[i], ok[i] + failed[i] + unsure[i]));
    }
    panelTitle("I/O per second", "by result; root scale", RATE);
    // Stalled I/O ends in one burst; a square root keeps the ordinary rate readable beside it.
    double top = peak;
    DoubleUnaryOperator scale = n -> Math.sqrt(Math.min(1, n / top)) * (RATE - 20);
    rateGrid(scale, peak);
    stack("ok", scale, ok, new int[ok.length]);
    stack("unsure", scale, sum(ok, unsure), ok);
    stack("err", scale, sum(sum(ok, unsure), failed), sum(ok, unsure));
    blackout();
    y += RATE + 34;
  }

  private void rateGrid(DoubleUnaryOperator scale, int peak) {
    double perSecond = peak / axis.binSeconds();
    double step = TimeAxis.step(perSecond / 3);
    double lastY = Double.MAX_VALUE;
    for (double rate = 0; rate <= perSecond; rate += step) {
      double at = y + RATE - scale.applyAsDouble(rate * axis.binSeconds());
      if (lastY - at >= 12) {
        svg.line("grid", LEFT, at, axis.right(), at);
        svg.text(LEFT - 8, at + 4, "xs muted end", Figures.count(Math.round(rate)));
        lastY = at;
      }
    }
  }

  private void stack(String classes, DoubleUnaryOperator scale, int[] upTo, int[] from) {
    StringBuilder path = new StringBuilder();
    long total = 0;
    for (int i = 0; i < upTo.length; i++) {
      if (upTo[i] > from[i]) {
        total += upTo[i] - from[i];
        double low = y + RATE - scale.applyAsDouble(from[i]);
        double high = Math.max(1.5, low - (y + RATE - scale.applyAsDouble(upTo[i])));
        bar(path, axis.binX(i), low, high);
      }
    }
    if (total > 0) {
      svg.leaf("path", "class", classes + " rate", "data-count", total, "d", path);
    }
  }

  static void bar(StringBuilder path, double x, double low, double high) {
    path.append('M').append(Svg.number(x)).append(' ').append(Svg.number(low));
    path.append("v-").append(Svg.number(high)).append("h3.4v").append(Svg.number(high));
    path.append('z');
  }

  private static int[] sum(int[] a, int[] b) {
    int[] sum = new int[a.length];
    for (int i = 0; i < a.length; i++) {
      sum[i] = a[i] + b[i];
    }
    return sum;
  }

  private void blackout() {
    if (outcome.failover().isEmpty() || view.slowestThroughFault().isEmpty()) {
      return;
    }
    HistoryView.Io slowest = view.slowestThroughFault().get();
    double from = axis.x(slowest.intendedNs());
    double to = Math.max(from + 2, axis.x(slowest.endedNs()));
    double at = y + 10;
    svg.leaf(
        "path",
        "class",
        "blackout",
        "d",
        "M"
            + Svg.number(from)
            + " "
            + Svg.number(at - 6)
            + "v12m0 -6H"
            + Svg.number(to)
            + "m0 -6v12");
    String label = "blackout " + Figures.time(outcome.failover().get().blackoutMs());
    double width = Svg.textWidth(label, 13) + 16;
    double x = to + 8 + width > axis.right() ? from - 8 - width : to + 8;
    svg.rect("pill", x, at - 11, width, 22, 11);
    svg.text(x + width / 2, at + 4.5, "h2 bad mid blackout-label", label);
  }

  private void latency() {
    double[] worst = new double[axis.bins()];
    double peak = 1;
    for (HistoryView.Io io : view.ios) {
      double ms = (io.endedNs() - io.intendedNs()) / 1e6;
      int bin = axis.bin(io.endedNs());
      if (io.status() == IoResult.Status.OK) {
        worst[bin] = Math.max(worst[bin], ms);
        peak = Math.max(peak, ms);
      }
    }
    panelTitle("slowest good I/O", "log scale", LATENCY);
    double decades = Math.ceil(Math.log10(peak)) + 1;
    DoubleUnaryOperator up =
        ms -> Math.max(0, Math.min(1, (Math.log10(Math.max(ms, 0.1)) + 1) / decades)) * LATENCY;
    for (int d = 0; d <= decades; d++) {
      double at = y + LATENCY - d * LATENCY / decades;
      svg.line("grid", LEFT, at, axis.right(), at);
      double ms = Math.pow(10, d - 1);
      svg.text(
          LEFT - 8,
          at + 4,
          "xs muted end",
          ms >= 1000 ? Svg.number(ms / 1000) + " s" : Svg.number(ms) + " ms");
    }
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < worst.length; i++) {
      if (worst[i] > 0) {
        bar(path, axis.binX(i), y + LATENCY, Math.max(1, up.applyAsDouble(worst[i])));
      }
    }
    svg.leaf("path", "class", "slow", "d", path);
    y += LATENCY + 20;
  }

  private void panelTitle(String title, String note, double height) {
    svg.text(24, y + 14, "h2", title);
    svg.text(24, y + 29, "xs muted", note);
    svg.line("axis", LEFT, y + height, axis.right(), y + height);
  }

  /** What belongs to the run's course, and is told on hovering alone. */
  private static final Set<String> QUIET =
      Set.of("array", "redirect", "logout", "fenced", "device");

  private void moments(double top, double bottom) {
    for (HistoryView.Moment moment : view.moments) {
      double x = axis.x(moment.atNs());
      svg.titled(
          "path",
          moment.text(),
          "class",
          QUIET.contains(moment.kind()) ? "slow moment" : "err moment",
          "data-kind",
          moment.kind(),
          "d",
          "M" + Svg.number(x) + " " + Svg.number(top) + "l6 -10h-12z");
      if (!QUIET.contains(moment.kind()) && !moment.kind().equals("unfenced")) {
        svg.line("blackout", x, top, x, bottom);
        svg.text(x - 8, top - 2, "bad b end", Markup.shorten(moment.text(), 90));
      }
    }
  }

  private void phases() {
    svg.text(LEFT - 12, y + 11, "s muted end", "phase");
    for (HistoryView.Phase phase : view.phases) {
      double from = axis.x(phase.fromNs());
      double to = axis.x(phase.toNs());
      if (to - from >= 1) {
        svg.titled(
            "rect",
            phase.name(),
            "class",
            "phase",
            "x",
            from,
            "y",
            y,
            "width",
            to - from,
            "height",
            15);
        if (to - from > Svg.textWidth(phase.name(), 10) + 4) {
          svg.text((from + to) / 2, y + 11, "xs muted mid", phase.name());
        }
      }
    }
    y += 38;
  }

  private void legend() {
    String[][] items = {
      {"ok", "ended well / sent"},
      {"err", "failed"},
      {"unsure", "indeterminate"},
      {"down", "path down"},
      {"switchtip", "I/O moved to another path"},
      {"fault", "fault stands"},
    };
    double x = LEFT;
    for (String[] item : items) {
      svg.rect(item[0], x, y + 4, 14, 12, 2);
      svg.text(x + 20, y + 14, "s muted", item[1]);
      x += 20 + Svg.textWidth(item[1], 11) + 26;
    }
    if (!view.moments.isEmpty()) {
      svg.leaf(
          "path", "class", "slow", "d", "M" + Svg.number(x + 7) + " " + (y + 15) + "l6 -10h-12z");
      svg.text(x + 20, y + 14, "s muted", "told by array or host: point at it");
    }
  }
}
