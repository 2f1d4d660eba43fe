package io.pathproof.lab.topology;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.Units;

/**
 * What a host does before it sends a write down another path while the session that it was lost on
 * may still carry out an older copy.
 *
 * @param mode whether the old session is fenced (the array confirms that it has ended), and what if
 *     that cannot be had
 * @param waitMs with HOLD how long after the loss a write is held at most, with REQUIRED how long
 *     it waits before it is given up, 0 for as long as the I/O lasts; 0 with NONE
 */
public record FenceSpec(Mode mode, long waitMs) {
  /** What a write waits for. */
  public enum Mode {
    /** The fence, or else the I/O is given up. */
    REQUIRED,
    /** The fence, or else the time. */
    HOLD,
    /** Nothing. */
    NONE
  }

  /** Reads {@code none}, {@code required}, {@code required 5s}, {@code hold 500ms}. */
  static FenceSpec parse(String text) {
    String[] words = text.strip().split("\\s+", 2);
    return switch (words[0]) {
      case "none" -> bare(words, text, new FenceSpec(Mode.NONE, 0));
      case "required" ->
          new FenceSpec(Mode.REQUIRED, words.length == 1 ? 0 : Units.positiveDurationMs(words[1]));
      case "hold" -> {
        if (words.length == 1) {
          throw new BadValueException("hold has no time", "write hold 500ms");
        }
        yield new FenceSpec(Mode.HOLD, Units.positiveDurationMs(words[1]));
      }
      default ->
          throw new BadValueException(
              text + " is unknown", "write required, required 5s, hold 500ms, or none");
    };
  }

  private static FenceSpec bare(String[] words, String text, FenceSpec spec) {
    if (words.length > 1) {
      throw new BadValueException(text + " has words too many", "remove " + words[1]);
    }
    return spec;
  }
}
