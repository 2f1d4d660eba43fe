package io.pathproof.lab.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether parts that ought to carry the same load do: paths of a device, adapters of a host, ports
 * of an array. A pure function of the counts.
 *
 * <p>Uneven is a part that differs from the mean by more than {@value #TOLERATED_PERCENT} %, and by
 * more than {@value #DEVIATIONS} standard deviations of a count of that size (its square root, as
 * if the I/Os were dealt at random), and by more than a turn, as a turn that has just begun is no
 * unevenness. Less than {@value #LEAST} I/Os a part, or two turns, are too few to tell.
 */
public final class LoadBalance {
  /** By how much of the mean a part may differ from it. */
  public static final int TOLERATED_PERCENT = 15;

  /** By how many standard deviations of chance. */
  public static final int DEVIATIONS = 4;

  /** I/Os a part, in the mean, below which nothing is said. */
  public static final int LEAST = 50;

  private LoadBalance() {}

  /**
   * A part and what it carried.
   *
   * @param name of a path, an adapter, a port
   * @param ios that it carried
   * @param paths behind it; for a path itself alone
   */
  public record Part(String name, long ios, List<String> paths) {
    /** Takes a copy. */
    public Part {
      paths = List.copyOf(paths);
    }
  }

  /** What can be said of the parts. */
  public enum Evenness {
    /** Each carries as much as the others. */
    EVEN,
    /** One carries more or less than its share. */
    UNEVEN,
    /** Too little was sent, or there is one part alone. */
    UNKNOWN
  }

  /**
   * A conclusion.
   *
   * @param text the shares with the paths behind them, for a person
   */
  public record Result(Evenness evenness, String text) {}

  /**
   * Judges parts that ought to share evenly.
   *
   * @param what they are, in the plural: {@code paths}, {@code adapters}, {@code ports}
   * @param parts in the order in which to name them
   * @param turn I/Os that one part may carry in a row, from 1
   */
  public static Result of(String what, List<Part> parts, int turn) {
    long total = parts.stream().mapToLong(Part::ios).sum();
    double mean = parts.isEmpty() ? 0 : (double) total / parts.size();
    if (parts.size() < 2 || mean < LEAST || mean < 2.0 * turn) {
      return new Result(Evenness.UNKNOWN, shares(what, parts, total) + ", too little to tell");
    }
    double tolerance =
        Math.max(turn, Math.max(mean * TOLERATED_PERCENT / 100, DEVIATIONS * Math.sqrt(mean)));
    boolean even = parts.stream().allMatch(part -> Math.abs(part.ios() - mean) <= tolerance);
    return new Result(
        even ? Evenness.EVEN : Evenness.UNEVEN,
        shares(what, parts, total)
            + (even ? "" : String.format(Locale.ROOT, ", not %s each", portion(1, parts.size()))));
  }

  /**
   * Judges a device's paths, and the adapters under them: uneven if either are.
   *
   * @param ios that each path carried which ought to share evenly, by its id, in the order in which
   *     to name them
   * @param adapters of those paths, by the path's id
   * @param turn I/Os that one path may carry in a row, from 1
   */
  public static Result ofDevice(Map<String, Long> ios, Map<String, String> adapters, int turn) {
    List<Part> paths = new ArrayList<>();
    Map<String, List<String>> byAdapter = new TreeMap<>();
    ios.forEach(
        (path, carried) -> {
          paths.add(new Part(path, carried, List.of(path)));
          byAdapter.computeIfAbsent(adapters.get(path), each -> new ArrayList<>()).add(path);
        });
    Result ofPaths = of("paths", paths, turn);
    if (byAdapter.size() < 2 || ofPaths.evenness() == Evenness.UNKNOWN) {
      return ofPaths;
    }
    List<Part> under = new ArrayList<>();
    byAdapter.forEach(
        (adapter, behind) ->
            under.add(new Part(adapter, behind.stream().mapToLong(ios::get).sum(), behind)));
    int most = under.stream().mapToInt(adapter -> adapter.paths().size()).max().orElse(1);
    Result ofAdapters = of("adapters", under, turn * most);
    boolean uneven =
        ofPaths.evenness() == Evenness.UNEVEN || ofAdapters.evenness() == Evenness.UNEVEN;
    return new Result(
        uneven ? Evenness.UNEVEN : Evenness.EVEN, ofPaths.text() + "; " + ofAdapters.text());
  }

  private static String shares(String what, List<Part> parts, long total) {
    List<String> texts = new ArrayList<>();
    for (Part part : parts) {
      String behind =
          part.paths().equals(List.of(part.name()))
              ? ""
              : " over " + String.join(", ", part.paths());
      texts.add(part.name() + " " + portion(part.ios(), total) + " (" + part.ios() + ")" + behind);
    }
    return what + ": " + texts.stream().collect(Collectors.joining("; "));
  }

  private static String portion(long part, long of) {
    return of == 0 ? "0 %" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / of);
  }
}
