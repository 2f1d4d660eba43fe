package io.pathproof.lab.fault;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.Suggestion;
import io.pathproof.lab.document.Units;
import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.CutPoint;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.topology.AluaSpec;
import io.pathproof.protocol.iscsi.Opcode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The words that scenario files use for what a fault does. */
public final class FaultWords {
  private static final List<String> LINK_WORDS =
      List.of(
          "refuse", "reset", "fin", "silent-drop", "stall", "latency", "bandwidth", "cut", "flap");
  private static final Map<String, Impairment.Kind> DOWN =
      Map.of(
          "reset", Impairment.Kind.RESET,
          "refuse", Impairment.Kind.REFUSE,
          "silent-drop", Impairment.Kind.SILENT_DROP,
          "stall", Impairment.Kind.STALL);

  /** {@code to-array}, {@code to-host}, {@code both}. */
  public static final Function<String, Direction> DIRECTION =
      Units.word(
          Map.of(
              "to-array", Direction.TO_ARRAY,
              "to-host", Direction.TO_HOST,
              "both", Direction.BOTH));

  private FaultWords() {}

  /**
   * An impairment, an action of the array, or one on a vSphere host.
   *
   * @param how on links
   * @param action on a node, a port, or the array
   * @param hostAction on a physical adapter, a switch, or a VMkernel port
   */
  public record Effect(
      Optional<Impairment> how, Optional<ArrayAction> action, Optional<HostAction> hostAction) {}

  /** Parses {@code latency 50ms jitter 5ms} and the like; throws {@link BadValueException}. */
  public static Effect parse(String text) {
    String[] words = text.strip().split("\\s+");
    String rest = text.strip().substring(words[0].length()).strip();
    return switch (words[0]) {
      case "latency" -> link(latency(words, text));
      case "bandwidth" -> link(new Impairment.Bandwidth(bandwidth(rest)));
      case "refuse" -> link(bare(new Impairment.Refuse(), rest, text));
      case "reset" -> link(bare(new Impairment.Reset(), rest, text));
      case "fin" -> link(bare(new Impairment.Fin(), rest, text));
      case "silent-drop" -> link(bare(new Impairment.SilentDrop(), rest, text));
      case "stall" -> link(bare(new Impairment.Stall(), rest, text));
      case "cut" -> link(new Impairment.Cut(cutPoint(words, text)));
      case "flap" -> link(flap(words, text));
      default -> action(words[0], rest, text);
    };
  }

  /** Whether an effect of any kind begins with the word. */
  public static boolean knows(String word) {
    return LINK_WORDS.contains(word)
        || ArrayAction.Kind.of(word).isPresent()
        || HostAction.Kind.of(word).isPresent();
  }

  private static Effect action(String word, String rest, String text) {
    Optional<HostAction> onHost = HostWords.parse(word, rest, text);
    if (onHost.isPresent()) {
      return new Effect(Optional.empty(), Optional.empty(), onHost);
    }
    Optional<ArrayAction.Kind> kind = ArrayAction.Kind.of(word);
    if (kind.isEmpty()) {
      List<String> words = new ArrayList<>(LINK_WORDS);
      for (ArrayAction.Kind each : ArrayAction.Kind.values()) {
        words.add(each.word());
      }
      for (HostAction.Kind each : HostAction.Kind.values()) {
        words.add(each.word());
      }
      throw new BadValueException(word + " is unknown", Suggestion.remedy(word, words));
    }
    return new Effect(
        Optional.empty(),
        Optional.of(
            switch (kind.get()) {
              case ACCESS_STATE -> new ArrayAction(kind.get(), AluaSpec.state(rest));
              case REQUEST_LOGOUT ->
                  new ArrayAction(
                      kind.get(), rest.isEmpty() ? "" : seconds(rest, "request-logout"));
              case ASYNC_EVENT -> new ArrayAction(kind.get(), AsyncWords.parse(rest));
              case DEFECT -> new ArrayAction(kind.get(), defect(rest));
              default -> bare(ArrayAction.of(kind.get()), rest, text);
            }),
        Optional.empty());
  }

  /** Of a Parameter3 and its like, which are whole seconds in 16 bits. */
  static String seconds(String time, String of) {
    long ms = Units.positiveDurationMs(time);
    if (ms % 1000 != 0 || ms > 65_535_000L) {
      throw new BadValueException(
          time + " is not a whole number of seconds up to 65535",
          "write " + of + ", or " + of + " 5s (Parameter3, RFC 7143 section 11.9.3)");
    }
    return Long.toString(ms / 1000);
  }

  private static String defect(String rest) {
    if (rest.isEmpty() || rest.contains(" ")) {
      throw new BadValueException(
          "defect wants one name", "write a defect's name, such as defect stale-read");
    }
    return rest;
  }

  private static Effect link(Impairment impairment) {
    return new Effect(Optional.of(impairment), Optional.empty(), Optional.empty());
  }

  static <T> T bare(T meaning, String rest, String text) {
    if (!rest.isEmpty()) {
      throw new BadValueException(text + " has words too many", "remove " + rest);
    }
    return meaning;
  }

  private static CutPoint cutPoint(String[] words, String text) {
    if (words.length == 3 && words[1].equals("after")) {
      return new CutPoint.AfterBytes(words[2].equals("0") ? 0 : Units.sizeBytes(words[2]));
    }
    if (words.length >= 3 && words.length <= 5 && words[1].equals("at")) {
      String pdu = pdu(words[2]);
      int next = 3;
      int number = 1;
      if (words.length > next && words[next].matches("\\d+")) {
        number = Units.number(1, 1_000_000).apply(words[next++]);
      }
      CutPoint.Where where = CutPoint.Where.BEFORE;
      if (words.length > next) {
        where =
            Units.word(
                    Map.of(
                        "before", CutPoint.Where.BEFORE,
                        "header", CutPoint.Where.HEADER,
                        "data", CutPoint.Where.DATA,
                        "after", CutPoint.Where.AFTER))
                .apply(words[next++]);
      }
      if (words.length == next) {
        return new CutPoint.AtPdu(pdu, number, where);
      }
    }
    throw new BadValueException(
        text + " is no place to cut",
        "write cut after 10KiB, or cut at data-out 3 data (before, header, data or after)");
  }

  private static String pdu(String word) {
    List<String> names = new ArrayList<>();
    for (Opcode opcode : Opcode.values()) {
      names.add(opcode.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    if (!names.contains(word)) {
      throw new BadValueException(word + " is no PDU", Suggestion.remedy(word, names));
    }
    return word;
  }

  private static Impairment flap(String[] words, String text) {
    boolean known =
        (words.length == 5 || words.length == 6)
            && words[1].equals("up")
            && words[3].equals("down");
    if (!known) {
      throw new BadValueException(
          text + " is no flapping", "write flap up 300ms down 200ms, and reset or another effect");
    }
    Impairment.Kind down =
        words.length == 6 ? Units.word(DOWN).apply(words[5]) : Impairment.Kind.RESET;
    return new Impairment.Flap(
        Units.positiveDurationMs(words[2]), Units.positiveDurationMs(words[4]), down);
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
    if (impairment instanceof Impairment.Flap flap) {
      return word + " up " + flap.upMs() + "ms down " + flap.downMs() + "ms " + flap.down().word();
    }
    if (impairment instanceof Impairment.Cut cut) {
      return word + write(cut.at());
    }
    return word;
  }

  private static String write(CutPoint at) {
    if (at instanceof CutPoint.AtPdu pdu) {
      String where = pdu.where().name().toLowerCase(Locale.ROOT);
      return " at " + pdu.pdu() + " " + pdu.number() + " " + where;
    }
    long bytes = ((CutPoint.AfterBytes) at).bytes();
    return bytes == 0 ? " after 0" : " after " + bytes + "B";
  }
}
