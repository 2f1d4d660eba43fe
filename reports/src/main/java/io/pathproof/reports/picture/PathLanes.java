package io.pathproof.reports.picture;

import io.pathproof.lab.observed.IoResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The lower half of a timeline: a lane for each path of each host that did I/O or has paths. */
final class PathLanes {
  private static final double HEAD = 26;
  private static final double LANE = 28;
  private static final double GAP = 8;

  private final HistoryView view;
  private final TimeAxis axis;
  private final Map<PathLane, Double> middle = new HashMap<>();

  PathLanes(HistoryView view, TimeAxis axis) {
    this.view = view;
    this.axis = axis;
  }

  double height() {
    return view.lanes.values().stream().mapToDouble(l -> HEAD + l.size() * LANE + GAP).sum();
  }

  void draw(Svg svg, double top) {
    double y = top;
    for (Map.Entry<String, List<PathLane>> host : view.lanes.entrySet()) {
      errors(svg, host.getKey(), y);
      y += HEAD;
      int peak = 1;
      for (PathLane lane : host.getValue()) {
        for (int n : axis.count(lane.sentNs)) {
          peak = Math.max(peak, n);
        }
      }
      for (PathLane lane : host.getValue()) {
        lane(svg, lane, y, peak);
        middle.put(lane, y + LANE / 2);
        y += LANE;
      }
      y += GAP;
    }
    switches(svg);
  }

  /** The host's own row: what its applications saw as errors. */
  private void errors(Svg svg, String host, double y) {
    svg.text(24, y + 18, "h2", Markup.shorten(host, 22));
    svg.line("axis", 24, y + HEAD - 1, axis.right(), y + HEAD - 1);
    List<HistoryView.Io> bad = view.notOk(host);
    List<Long> failed = ends(bad, IoResult.Status.FAILED);
    List<Long> unsure = ends(bad, IoResult.Status.INDETERMINATE);
    ticks(svg, "err io-error", failed, y + 3, 11);
    ticks(svg, "unsure io-unsure", unsure, y + 15, 8);
    String words = "no I/O error";
    if (!failed.isEmpty()) {
      words = Figures.count(failed.size()) + " failed";
    }
    if (!unsure.isEmpty()) {
      String more = Figures.count(unsure.size()) + " unsure";
      words = failed.isEmpty() ? more : words + ", " + more;
    }
    String tone = !failed.isEmpty() ? " b bad" : !unsure.isEmpty() ? " b warn" : " muted";
    svg.text(axis.left - 12, y + 18, "s end" + tone, words);
  }

  private static List<Long> ends(List<HistoryView.Io> ios, IoResult.Status status) {
    return ios.stream().filter(io -> io.status() == status).map(HistoryView.Io::endedNs).toList();
  }

  private void lane(Svg svg, PathLane lane, double y, int peak) {
    double low = y + LANE - 3;
    for (FaultWindow fault : view.faults) {
      if (lane.link.isPresent() && fault.hits(lane.link.get())) {
        double from = axis.x(fault.startedNs());
        double to =
            fault.healedNs().isPresent() ? axis.x(fault.healedNs().getAsLong()) : axis.right();
        svg.leaf(
            "rect",
            "fill",
            "url(#hatch)",
            "class",
            "hit",
            "x",
            from,
            "y",
            y + 1,
            "width",
            to - from,
            "height",
            LANE - 3);
      }
    }
    for (PathLane.Down down : lane.downs) {
      double from = axis.x(down.fromNs());
      double to = axis.x(down.toNs());
      svg.titled(
          "rect",
          "down: " + down.cause(),
          "class",
          "down",
          "x",
          from,
          "y",
          y + 3,
          "width",
          Math.max(1.5, to - from),
          "height",
          LANE - 6);
    }
    int[] sent = axis.count(lane.sentNs);
    StringBuilder bars = new StringBuilder();
    for (int i = 0; i < sent.length; i++) {
      if (sent[i] > 0) {
        TimelinePicture.bar(bars, axis.binX(i), low, height(sent[i], peak));
      }
    }
    if (!lane.sentNs.isEmpty()) {
      svg.leaf(
          "path",
          "class",
          "ok sent",
          "data-path",
          lane.path,
          "data-device",
          lane.device,
          "data-count",
          lane.sentNs.size(),
          "d",
          bars);
    }
    ticks(svg, "err attempt", lane.failedNs, y + 2, LANE - 5);
    lane.downs.forEach(down -> downWords(svg, down, y));
    svg.line("grid", axis.left, low, axis.right(), low);
    svg.text(axis.left - 12, y + 18, "end", Markup.shorten(lane.name(), 26));
    String total = Figures.count(lane.sentNs.size());
    svg.text(axis.right() + 8, y + (lane.failedNs.isEmpty() ? 18 : 12), "s muted", total + " sent");
    if (!lane.failedNs.isEmpty()) {
      svg.text(
          axis.right() + 8, y + 24, "s bad b", Figures.count(lane.failedNs.size()) + " failed");
    }
  }

  private void downWords(Svg svg, PathLane.Down down, double y) {
    double from = axis.x(down.fromNs());
    double width = axis.x(down.toNs()) - from;
    if (width > 40) {
      String words = "down: " + down.cause();
      String shown = width > 130 ? Markup.shorten(words, (int) (width / 6)) : "down";
      svg.text(from + width / 2, y + 18, "xs mid halo", shown);
    }
  }

  /** A square root: a burst of retried I/O must not flatten the ordinary rate to a line. */
  private static double height(int sent, int peak) {
    return Math.max(2, Math.sqrt(sent / (double) peak) * (LANE - 7));
  }

  private void ticks(Svg svg, String classes, List<Long> timesNs, double y, double height) {
    int[] counts = axis.count(timesNs);
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        svg.titled(
            "rect",
            counts[i] + " here",
            "class",
            classes,
            "data-count",
            counts[i],
            "x",
            axis.binX(i),
            "y",
            y,
            "width",
            3.0,
            "height",
            height);
      }
    }
  }

  private void switches(Svg svg) {
    Map<String, Integer> drawn = new HashMap<>();
    Map<String, HistoryView.Switch> first = new java.util.LinkedHashMap<>();
    for (HistoryView.Switch s : view.switches) {
      String key =
          s.host()
              + "\n"
              + s.device()
              + "\n"
              + s.from()
              + "\n"
              + s.to()
              + "\n"
              + axis.bin(s.atNs()) / 3;
      drawn.merge(key, 1, Integer::sum);
      first.putIfAbsent(key, s);
    }
    first.forEach((key, s) -> arrow(svg, s, drawn.get(key)));
  }

  private void arrow(Svg svg, HistoryView.Switch s, int count) {
    Double from = middle.get(view.lane(s.host(), s.device(), s.from()));
    Double to = middle.get(view.lane(s.host(), s.device(), s.to()));
    double x = axis.x(s.atNs());
    if (from == null || to == null || from.equals(to)) {
      return;
    }
    double bow = x + 18;
    String d =
        "M"
            + Svg.number(x)
            + " "
            + Svg.number(from)
            + "C"
            + Svg.number(bow)
            + " "
            + Svg.number(from)
            + " "
            + Svg.number(bow)
            + " "
            + Svg.number(to)
            + " "
            + Svg.number(x + 4)
            + " "
            + Svg.number(to);
    svg.open("g", "class", "switched", "data-count", count);
    svg.titled("path", s.from() + " → " + s.to() + ": " + s.cause(), "class", "switch", "d", d);
    svg.leaf(
        "path",
        "class",
        "switchtip",
        "d",
        "M" + Svg.number(x) + " " + Svg.number(to) + "l9 -5v10z");
    svg.leaf("circle", "class", "switchtip", "cx", x, "cy", from, "r", 3);
    svg.close("g");
  }
}
