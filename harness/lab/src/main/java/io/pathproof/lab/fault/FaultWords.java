package io.pathproof.lab.fault;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.Suggestion;
import io.pathproof.lab.document.Units;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.NodeAction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The words that scenario files use for what a fault does. */
public final class FaultWords {
  private static final List<String> WORDS =
      List.of("refuse", "reset", "silent-drop", "latency", "bandwidth", "pause", "stop", "kill");

  /** {@code to-array}, {@code to-host}, {@code both}. */
  public static final Function<String, Direction> DIRECTION =
      Units.word(
          Map.of(
              "to-array", Direction.TO_ARRAY,
              "to-host", Direction.TO_HOST,
              "both", Direction.BOTH));

  private FaultWords() {}

  /**
   * Either an impairment or a node action.
   *
   * @param how on links
   * @param action on a node
   */
  public record Effect(Optional<Impairment> how, Optional<NodeAction> action) {}

  /** Parses {@code latency 50ms jitter 5ms} and the like; throws {@link BadValueException}. */
  public static Effect parse(String text) {
    String[] words = text.strip().split("\\s+");
    String rest = text.strip().substring(words[0].length()).strip();
    return switch (words[0]) {
      case "latency" -> link(latency(words, text));
      case "bandwidth" -> link(new Impairment.Bandwidth(bandwidth(rest)));
      case "refuse" -> link(bare(new Impairment.Refuse(), rest, text));
      case "reset" -> link(bare(new Impairment.Reset(), rest, text));
      case "silent-drop" -> link(bare(new Impairment.SilentDrop(), rest, text));
      case "pause" -> node(bare(NodeAction.PAUSE, rest, text));
      case "stop" -> node(bare(NodeAction.STOP, rest, text));
      case "kill" -> node(bare(NodeAction.KILL, rest, text));
      default ->
          throw new BadValueException(words[0] + " is unknown", Suggestion.remedy(words[0], WORDS));
    };
  }

  private static Effect link(Impairment impairment) {
    return new Effect(Optional.of(impairment), Optional.empty());
  }

  private static Effect node(NodeAction action) {
    return new Effect(Optional.empty(), Optional.of(action));
  }

  private static <T> T bare(T meaning, String rest, String text) {
    if (!rest.isEmpty()) {
      throw new BadValueException(text + " has words too many", "remove " + rest);
    }
    return meaning;
  }

  private static Impairment latency(String[] words, String text) {
    boolean plain = words.length == 2;
    boolean jitter = words.length == 4 && words[2].equals("jitter");
    if (!plain && !jitter) {
      throw new BadValueException(
          text + " is no latency", "write latency 50ms, or latency 50ms jitter 5ms");
    }
    long delay = Units.positiveDurationMs(words[1]);
    long more = jitter ? Units.durationMs(words[3]) : 0;
    if (more > delay) {
      throw new BadValueException(
          "jitter " + words[3] + " is more than the latency", "use at most " + words[1]);
    }
    return new Impairment.Latency(delay, more);
  }

  private static long bandwidth(String rest) {
    if (rest.isEmpty()) {
      throw new BadValueException("bandwidth has no figure", "write bandwidth 512KiB/s");
    }
    return Units.kibPerSecond(rest);
  }

  /** The words of an impairment, as {@link #parse} reads them. */
  public static String write(Impairment impairment) {
    String word = impairment.kind().word();
    if (impairment instanceof Impairment.Latency latency) {
      String jitter = latency.jitterMs() > 0 ? " jitter " + latency.jitterMs() + "ms" : "";
      return word + " " + latency.delayMs() + "ms" + jitter;
    }
    if (impairment instanceof Impairment.Bandwidth bandwidth) {
      return word + " " + bandwidth.kibPerSecond() + "KiB/s";
    }
    return word;
  }
}
