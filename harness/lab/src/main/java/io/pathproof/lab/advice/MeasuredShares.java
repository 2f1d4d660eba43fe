package io.pathproof.lab.advice;

import io.pathproof.lab.observed.DiagnosedPath;
import io.pathproof.lab.observed.DiagnosedUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a short round of reads over a device was spread over its paths.
 *
 * @param host whose device
 * @param device its name
 * @param volume what is on it
 * @param reads how many reads each path carried, by the path's id; 0 for those that carried none
 */
public record MeasuredShares(String host, String device, String volume, Map<String, Long> reads) {
  /** A share of more than so many times the even one is told as an imbalance. */
  public static final double TOLERANCE = 1.2;

  public MeasuredShares {
    reads = Map.copyOf(new LinkedHashMap<>(reads));
  }

  /**
   * What is uneven about it: over paths that should carry the same, or over adapters.
   *
   * @param paths what is known of the host's paths; those in a worse access state need carry none
   */
  public List<Advice> imbalance(List<DiagnosedPath> paths) {
    List<Advice> found = new ArrayList<>();
    Map<String, Long> due = new LinkedHashMap<>();
    Map<String, Long> adapters = new LinkedHashMap<>();
    boolean optimized = paths.stream().anyMatch(path -> state(path).equals("active/optimized"));
    for (DiagnosedPath path : paths) {
      boolean preferred = !optimized || state(path).equals("active/optimized");
      if (path.stop().isEmpty() && preferred && reads.containsKey(path.path())) {
        due.put(path.path(), reads.get(path.path()));
        adapters.merge(path.adapter(), reads.get(path.path()), Long::sum);
      }
    }
    uneven(due).ifPresent(text -> found.add(advice("load over paths", text)));
    if (found.isEmpty()) {
      uneven(adapters).ifPresent(text -> found.add(advice("load over adapters", text)));
    }
    return found;
  }

  private static String state(DiagnosedPath path) {
    return path.units().stream().findFirst().map(DiagnosedUnit::accessState).orElse("");
  }

  private static Optional<String> uneven(Map<String, Long> loads) {
    long total = loads.values().stream().mapToLong(Long::longValue).sum();
    long most = loads.values().stream().mapToLong(Long::longValue).max().orElse(0);
    if (loads.size() < 2 || total == 0 || most * loads.size() <= TOLERANCE * total) {
      return Optional.empty();
    }
    return Optional.of(
        loads.entrySet().stream()
            .map(
                load ->
                    String.format(
                        Locale.ROOT, "%s %.0f %%", load.getKey(), 100.0 * load.getValue() / total))
            .collect(Collectors.joining(", ")));
  }

  private Advice advice(String what, String text) {
    return new Advice(
        host,
        what,
        text,
        "even shares",
        "Pure Storage",
        "Pure Storage, Cody Hosterman, \"Another look at ESXi iSCSI Multipathing\"",
        "the busiest way is the limit while others idle, and the most is lost with it",
        "give each adapter as many paths as the others, use round-robin with ios: 1, and bind"
            + " every adapter");
  }
}
