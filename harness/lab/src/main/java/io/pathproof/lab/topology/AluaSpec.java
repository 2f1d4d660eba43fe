package io.pathproof.lab.topology;

import io.pathproof.lab.document.BadValueException;
import java.util.List;

/**
 * Asymmetric logical unit access (SPC-4 clause 5.11): each node is a target port group.
 *
 * @param mode which side may change access states
 * @param partner the state, in words, of groups whose node does not own the volume
 * @param transitionMs how long a change takes, in milliseconds; the group is in transition so long
 */
public record AluaSpec(Mode mode, String partner, long transitionMs) {
  /** Which side may change access states (TPGS of standard INQUIRY data). */
  public enum Mode {
    /** There are no access states. */
    NONE,
    /** The array. */
    IMPLICIT,
    /** The host. */
    EXPLICIT,
    /** Both. */
    BOTH
  }

  private static final List<String> STATES =
      List.of("active/optimized", "active/non-optimized", "standby", "unavailable");

  /** Symmetric access. */
  public static final AluaSpec NONE = new AluaSpec(Mode.NONE, "active/optimized", 0);

  /** An access state in words; throws {@link BadValueException}. */
  public static String state(String text) {
    if (!STATES.contains(text)) {
      throw new BadValueException(
          text.isEmpty() ? "no access state is named" : text + " is no access state",
          "write one of: " + String.join(", ", STATES));
    }
    return text;
  }
}
