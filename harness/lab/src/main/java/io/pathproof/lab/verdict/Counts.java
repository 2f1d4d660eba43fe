package io.pathproof.lab.verdict;

import java.util.Map;
import java.util.stream.Collectors;

/** Figures by place, for people. */
final class Counts {
  private Counts() {}

  /** Such as {@code 500 I/Os by vmnic0 (50 %), 500 by vmnic1 (50 %)}. */
  static String shares(Map<String, Long> per, String noun, String by) {
    double total = per.values().stream().mapToLong(Long::longValue).sum();
    return text(
        per, noun, by, n -> per.size() == 1 ? "" : " (" + Math.round(100 * n / total) + " %)");
  }

  /** Such as {@code 1 session at node1.a, 0 at node1.b}. */
  static String of(Map<String, Long> per, String noun, String by) {
    return text(per, noun, by, n -> "");
  }

  private static String text(
      Map<String, Long> per,
      String noun,
      String by,
      java.util.function.LongFunction<String> behind) {
    if (per.isEmpty()) {
      return "no " + noun;
    }
    String first = per.keySet().iterator().next();
    return per.entrySet().stream()
        .map(
            each ->
                (each.getKey().equals(first)
                        ? RunView.count(each.getValue(), noun)
                        : each.getValue().toString())
                    + " "
                    + by
                    + " "
                    + each.getKey()
                    + behind.apply(each.getValue()))
        .collect(Collectors.joining(", "));
  }
}
