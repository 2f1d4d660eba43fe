package io.pathproof.reports.picture;

import java.util.List;
import java.util.Optional;

/** Measured times as strips of dots on one logarithmic axis: one strip a series. Thread-safe. */
public final class DistributionPicture {
  private static final double WIDTH = 1200;
  private static final double LEFT = 220;
  private static final double PLOT = 800;
  private static final double STRIP = 66;
  private static final double TOP = 66;

  private DistributionPicture() {}

  /**
   * One strip.
   *
   * @param name for a person
   * @param shotsMs every measured time, milliseconds
   * @param p50Ms the median
   * @param p99Ms the 99th percentile
   * @param boundMs a time that a timer sets as limit, if any
   */
  public record Series(
      String name, List<Double> shotsMs, double p50Ms, double p99Ms, Optional<Double> boundMs) {}

  /** The picture as an SVG document (UTF-8). */
  public static String render(String title, List<Series> series) {
    double least = 1e9;
    double most = 1;
    for (Series s : series) {
      for (double ms : s.shotsMs()) {
        least = Math.min(least, ms);
        most = Math.max(most, ms);
      }
      most = Math.max(most, s.boundMs().orElse(0.0));
    }
    double from = Math.floor(Math.log10(Math.max(least, 0.01)));
    double decades = Math.max(1, Math.ceil(Math.log10(most)) - from);
    double bottom = TOP + series.size() * STRIP;
    Svg svg = new Svg(WIDTH, bottom + 52, title);
    svg.text(24, 36, "h1", title);
    svg.text(24, 56, "s muted", "log scale; a dot is a shot; lines: p50, p99; dashed: ping timers");
    for (int d = 0; d <= decades; d++) {
      double x = LEFT + d * PLOT / decades;
      svg.line("grid", x, TOP, x, bottom);
      svg.text(x, bottom + 16, "s muted mid", Figures.time(Math.pow(10, from + d)));
    }
    double y = TOP;
    for (Series s : series) {
      strip(svg, s, y, from, decades);
      y += STRIP;
    }
    return svg.end();
  }

  private static void strip(Svg svg, Series s, double y, double from, double decades) {
    svg.text(LEFT - 14, y + STRIP / 2 + 4, "b end", Markup.shorten(s.name(), 28));
    svg.line("grid", 24, y + STRIP, LEFT + PLOT + 150, y + STRIP);
    for (int i = 0; i < s.shotsMs().size(); i++) {
      // Dots of equal time would hide one another: spread by order, the same in every drawing.
      double spread = (i * 7 % 11 - 5) * 3.0;
      svg.leaf(
          "circle",
          "class",
          "ok shot",
          "fill-opacity",
          "0.6",
          "r",
          4,
          "cx",
          x(s.shotsMs().get(i), from, decades),
          "cy",
          y + STRIP / 2 + spread);
    }
    mark(svg, "p50", s.p50Ms(), y, from, decades);
    mark(svg, "p99", s.p99Ms(), y, from, decades);
    if (s.boundMs().isPresent()) {
      double x = x(s.boundMs().get(), from, decades);
      svg.line("heal bound", x, y + 6, x, y + STRIP - 6);
    }
    double longest = s.shotsMs().stream().mapToDouble(ms -> ms).max().orElse(0);
    double right = LEFT + PLOT + 16;
    svg.text(right, y + 20, "s muted", s.shotsMs().size() + " shots");
    svg.text(
        right, y + 36, "s", "p50 " + Figures.time(s.p50Ms()) + ", p99 " + Figures.time(s.p99Ms()));
    svg.text(right, y + 52, "s b", "max " + Figures.time(longest));
  }

  private static void mark(Svg svg, String name, double ms, double y, double from, double decades) {
    double x = x(ms, from, decades);
    svg.line("blackout", x, y + 12, x, y + STRIP - 4);
    svg.text(x, y + 10, "xs bad b mid halo", name);
  }

  private static double x(double ms, double from, double decades) {
    double at = (Math.log10(Math.max(ms, 0.01)) - from) / decades;
    return LEFT + Math.max(0, Math.min(1, at)) * PLOT;
  }
}
