package io.pathproof.reports.picture;

import java.util.Collection;
import java.util.Locale;

/** The shared x axis of a timeline: from nanoseconds of the history to pixels, and to bins. */
final class TimeAxis {
  /** Pixels a bin; thousands of I/Os become one bar each. */
  static final int BIN_PIXELS = 4;

  final double left;
  final double width;
  private final long fromNs;
  private final long spanNs;

  TimeAxis(double left, double width, long fromNs, long toNs) {
    this.left = left;
    this.width = width;
    // A little room on both sides, so that what happens at the edges is not cut off.
    long margin = Math.max(1, (toNs - fromNs) / 60);
    this.fromNs = fromNs - margin;
    this.spanNs = toNs - fromNs + 2 * margin;
  }

  double right() {
    return left + width;
  }

  /** Pixels of a time, clamped to the axis. */
  double x(long atNs) {
    double x = left + (atNs - fromNs) * width / spanNs;
    return Math.max(left, Math.min(left + width, x));
  }

  int bins() {
    return (int) (width / BIN_PIXELS);
  }

  int bin(long atNs) {
    int bin = (int) ((atNs - fromNs) * (double) bins() / spanNs);
    return Math.max(0, Math.min(bins() - 1, bin));
  }

  double binX(int bin) {
    return left + bin * (double) BIN_PIXELS;
  }

  double binSeconds() {
    return spanNs / 1e9 / bins();
  }

  int[] count(Collection<Long> timesNs) {
    int[] counts = new int[bins()];
    timesNs.forEach(t -> counts[bin(t)]++);
    return counts;
  }

  /** Grid lines, and the seconds since {@code zeroNs} under them. */
  void draw(Svg svg, double top, double bottom, long zeroNs) {
    double seconds = spanNs / 1e9;
    double step = step(seconds / 10);
    double start = Math.ceil((fromNs - zeroNs) / 1e9 / step) * step;
    for (double s = start; s <= (fromNs - zeroNs) / 1e9 + seconds; s += step) {
      double x = x(zeroNs + Math.round(s * 1e9));
      svg.line("grid", x, top, x, bottom);
      String label = step < 1 ? String.format(Locale.ROOT, "%.1f", s) : Svg.number(s);
      svg.text(x, bottom + 15, "s muted mid", (label.equals("-0.0") ? "0.0" : label) + " s");
    }
  }

  /** The round step (1, 2 or 5 times a power of ten) that is not below the given one. */
  static double step(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(least, 1e-9))));
    for (int factor : new int[] {1, 2, 5}) {
      if (factor * power >= least) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}
