package io.pathproof.lab.observed;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What became of one step of a path's diagnosis.
 *
 * @param step which
 * @param outcome how it ended
 * @param tookNs how long it took, in nanoseconds; 0 where it was not reached
 * @param seen what was seen, for a person; empty where it was not reached
 * @param why of a failed step: what it comes down to; else empty
 * @param remedy of a failed step: what to do about it; else empty
 */
public record DiagnosedStep(
    Step step, Outcome outcome, long tookNs, String seen, String why, String remedy) {
  /** What a path has to do before it carries I/O, in this order. */
  public enum Step {
    /** The portal's name has an address, and a way leads there. */
    ROUTE,
    /** A TCP connection comes up. */
    TCP,
    /** The iSCSI login succeeds. */
    LOGIN,
    /** Logical units are mapped to this initiator there. */
    LUN,
    /** They say which they are, and all paths agree on it. */
    IDENTITY,
    /** The port may be used for I/O now. */
    ALUA,
    /** They are ready, and blocks are really read. */
    IO;

    /** The word in files and tables, such as {@code tcp}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The step of a word. */
    public static Optional<Step> of(String word) {
      return Arrays.stream(values()).filter(step -> step.word().equals(word)).findFirst();
    }
  }

  /** How a step ended. */
  public enum Outcome {
    PASSED,
    FAILED,
    /** A step before it failed. */
    NOT_REACHED,
    /** There is nothing to ask. */
    NOT_APPLICABLE;

    /** The word in files, such as {@code not-reached}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
