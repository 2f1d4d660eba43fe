package io.pathproof.lab.verdict;

import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.fault.Fault;
import io.pathproof.lab.topology.LinkId;
import java.util.List;
import java.util.Optional;

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
                  case PAUSE, STOP, KILL, HOLD_COMMANDS -> false;
                  default -> true;
                })
        .orElse(false);
  }

  /** Whether it is something done on a vSphere host. */
  boolean hostActs() {
    return fault.hostAction().isPresent();
  }

  /** The name of the defect that it switches on; empty if it is something else. */
  Optional<String> defect() {
    return fault
        .action()
        .filter(action -> action.kind() == ArrayAction.Kind.DEFECT)
        .map(ArrayAction::detail);
  }

  /** Whether the array's act ends, or asks to end, every session at its place. */
  boolean endsSessions() {
    return fault
        .action()
        .map(
            action ->
                switch (action.kind()) {
                  case PAUSE,
                      STOP,
                      KILL,
                      REMOVE,
                      REPLACE,
                      MAINTENANCE,
                      DOWN,
                      DENY_LOGIN,
                      REQUEST_LOGOUT ->
                      true;
                  case ASYNC_EVENT -> action.dropsSessions();
                  case FAIL_OVER,
                      ACCESS_STATE,
                      REBALANCE,
                      FIRMWARE_RESTART,
                      MASK_LUNS,
                      HOLD_COMMANDS,
                      DEFECT ->
                      false;
                })
        .orElse(false);
  }

  /** Whether it leaves no way over what it hits, while it stands. */
  boolean bars() {
    return !hostActs() && barsLinks();
  }

  private boolean barsLinks() {
    return fault
        .action()
        .map(
            action ->
                action.kind() == ArrayAction.Kind.MASK_LUNS
                    || action.kind() == ArrayAction.Kind.HOLD_COMMANDS
                    || endsSessions() && !action.kind().momentary())
        .orElseGet(this::cuts);
  }

  /** Whether it comes and goes. */
  boolean flaps() {
    return fault.how().map(how -> how.kind() == Impairment.Kind.FLAP).orElse(false);
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
