package io.pathproof.lab.verdict;

import io.pathproof.lab.fault.Fault;
import io.pathproof.lab.topology.LinkId;
import java.util.List;

/**
 * A fault as the history has it; times in nanoseconds since the history began.
 *
 * @param number in the scenario, from 1
 * @param fault what the scenario said
 * @param text its words
 * @param links what broke
 * @param startedNs when its application began
 * @param inPlaceNs when its application was complete
 * @param healedNs when its healing began; {@link Long#MAX_VALUE} if the history has none
 */
record Injection(
    int number,
    Fault fault,
    String text,
    List<LinkId> links,
    long startedNs,
    long inPlaceNs,
    long healedNs) {

  /** Whether it takes connections away (and does not merely slow them down). */
  boolean cuts() {
    return fault
        .how()
        .map(
            how ->
                switch (how.kind()) {
                  case REFUSE, RESET, SILENT_DROP -> true;
                  case LATENCY, BANDWIDTH -> false;
                })
        .orElse(true);
  }
}
