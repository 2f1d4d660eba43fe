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

  /**
   * Whether it is something that the array does of which no I/O need be lost: only its own journal
   * tells that it did.
   */
  boolean arrayActs() {
    return fault
        .action()
        .map(
            action ->
                switch (action.kind()) {
                  case PAUSE, STOP, KILL -> false;
                  default -> true;
                })
        .orElse(false);
  }

  /** Whether it takes connections away (and does not merely slow them down). */
  boolean cuts() {
    return fault
        .how()
        .map(
            how ->
                switch (how.kind()) {
                  case REFUSE, RESET, FIN, SILENT_DROP, STALL, CUT, FLAP -> true;
                  case LATENCY, BANDWIDTH -> false;
                })
        .orElse(true);
  }
}
