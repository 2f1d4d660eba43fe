package io.pathproof.lab.advice;

import io.pathproof.lab.observed.DiagnosedPath;
import io.pathproof.lab.observed.DiagnosedUnit;
import io.pathproof.lab.verdict.LoadBalance;
import io.pathproof.lab.verdict.LoadBalance.Evenness;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a short round of reads over a device was spread over its paths.
 *
 * @param host whose device
 * @param device its name
 * @param volume what is on it
 * @param reads how many reads each path carried, by the path's id; 0 for those that carried none
 * @param turn I/Os that one path may carry in a row, from 1
 */
public record MeasuredShares(
    String host, String device, String volume, Map<String, Long> reads, int turn) {
  private static final String OPTIMIZED = "active/optimized";

  public MeasuredShares {
    reads = Map.copyOf(new LinkedHashMap<>(reads));
  }

  /**
   * What is uneven about it, by the rule of {@link LoadBalance}: over paths that should carry the
   * same, or over the adapters under them.
   *
   * @param paths what is known of the host's paths; those in a worse access state need carry none
   */
  public Optional<Advice> imbalance(List<DiagnosedPath> paths) {
    Map<String, Long> due = new LinkedHashMap<>();
    Map<String, String> adapters = new LinkedHashMap<>();
    boolean optimized = paths.stream().anyMatch(path -> state(path).equals(OPTIMIZED));
    for (DiagnosedPath path : paths) {
      boolean preferred = !optimized || state(path).equals(OPTIMIZED);
      if (path.stop().isEmpty() && preferred && reads.containsKey(path.path())) {
        due.put(path.path(), reads.get(path.path()));
        adapters.put(path.path(), path.adapter());
      }
    }
    LoadBalance.Result balance = LoadBalance.ofDevice(due, adapters, turn);
    return balance.evenness() == Evenness.UNEVEN
        ? Optional.of(advice("load over paths and adapters", balance.text()))
        : Optional.empty();
  }

  private static String state(DiagnosedPath path) {
    return path.units().stream().findFirst().map(DiagnosedUnit::accessState).orElse("");
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
        "give each adapter as many paths as the others (on ESXi each a bound VMkernel port), and"
            + " use round-robin with ios: 1");
  }
}
