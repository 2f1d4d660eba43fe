package io.pathproof.lab.document;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations, sizes, rates and the like as files write them. All throw {@link BadValueException}.
 */
public final class Units {
  private static final Pattern QUANTITY = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([A-Za-z/%]*)");
  private static final Map<String, Long> TIME_MS =
      Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "min", 60_000L, "h", 3_600_000L);
  private static final Map<String, Long> SIZE =
      Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "TiB", 1L << 40);

  /** One day: longer is a slip of the pen in a lab. */
  private static final long LONGEST_MS = 86_400_000L;

  private Units() {}

  /** {@code 500ms}, {@code 2s}, {@code 1.5s}, {@code 1m}, {@code 1h}, {@code 0}: milliseconds. */
  public static long durationMs(String text) {
    String remedy = "write a number with a unit: 500ms, 2s, 1m";
    if (text.equals("0")) {
      return 0;
    }
    long ms = quantity(text, TIME_MS, "a duration", remedy);
    if (ms > LONGEST_MS) {
      throw new BadValueException(text + " is longer than a day", remedy);
    }
    return ms;
  }

  /** As {@link #durationMs}, but not 0. */
  public static long positiveDurationMs(String text) {
    long ms = durationMs(text);
    if (ms == 0) {
      throw new BadValueException(text + " is no time at all", "write a duration above 0");
    }
    return ms;
  }

  /** {@code 4KiB}, {@code 256MiB}, {@code 1GiB}, {@code 512B}: bytes. */
  public static long sizeBytes(String text) {
    String remedy = "write a number with a binary unit: 4KiB, 256MiB, 1GiB";
    long bytes = quantity(text, SIZE, "a size", remedy);
    if (bytes <= 0) {
      throw new BadValueException(text + " is nothing", remedy);
    }
    return bytes;
  }

  /** A size that is whole blocks of 4096 bytes. */
  public static long wholeBlocks(String text) {
    long bytes = sizeBytes(text);
    if (bytes % 4096 != 0) {
      throw new BadValueException(
          text + " is no multiple of 4096 bytes", "use a multiple of 4KiB: 4KiB, 256MiB");
    }
    return bytes;
  }

  /** {@code 500/s} or {@code 500}: a second. */
  public static int ratePerSecond(String text) {
    String remedy = "write a whole number a second: 500/s (from 1 to 1000000)";
    Matcher matcher = Pattern.compile("(\\d{1,7})\\s*(/\\s*s)?").matcher(text);
    if (!matcher.matches()) {
      throw new BadValueException(text + " is no rate", remedy);
    }
    int rate = Integer.parseInt(matcher.group(1));
    if (rate < 1 || rate > 1_000_000) {
      throw new BadValueException(text + " is out of range", remedy);
    }
    return rate;
  }

  /** {@code 512KiB/s}: KiB a second. */
  public static long kibPerSecond(String text) {
    String remedy = "write a size a second: 512KiB/s, 2MiB/s";
    if (!text.endsWith("/s")) {
      throw new BadValueException(text + " is no bandwidth", remedy);
    }
    long bytes =
        quantity(text.substring(0, text.length() - 2).strip(), SIZE, "a bandwidth", remedy);
    if (bytes < 1024) {
      throw new BadValueException(text + " is less than 1KiB/s", remedy);
    }
    return bytes / 1024;
  }

  /** {@code 70%} or {@code 70}: 0 to 100. */
  public static int percent(String text) {
    String remedy = "write a whole percentage from 0% to 100%";
    String digits = text.endsWith("%") ? text.substring(0, text.length() - 1).strip() : text;
    if (!digits.matches("\\d{1,3}") || Integer.parseInt(digits) > 100) {
      throw new BadValueException(text + " is no percentage", remedy);
    }
    return Integer.parseInt(digits);
  }

  /** A whole number within bounds, both included. */
  public static Function<String, Integer> number(int least, int most) {
    return text -> {
      if (!text.matches("\\d{1,9}")
          || Integer.parseInt(text) < least
          || Integer.parseInt(text) > most) {
        throw new BadValueException(
            text + " is no whole number from " + least + " to " + most,
            "write one, such as " + least);
      }
      return Integer.parseInt(text);
    };
  }

  /** {@code on}/{@code off}, {@code true}/{@code false}, {@code yes}/{@code no}. */
  public static boolean onOff(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "on", "true", "yes" -> true;
      case "off", "false", "no" -> false;
      default -> throw new BadValueException(text + " is neither on nor off", "write on or off");
    };
  }

  /** One of several words. */
  public static <T> Function<String, T> word(Map<String, T> meanings) {
    return text -> {
      T meaning = meanings.get(text);
      if (meaning == null) {
        List<String> words = meanings.keySet().stream().sorted().toList();
        throw new BadValueException(
            text + " is unknown",
            Suggestion.of(text, words)
                .map(near -> "did you mean " + near + "?")
                .orElse("one of: " + String.join(", ", words)));
      }
      return meaning;
    };
  }

  private static long quantity(String text, Map<String, Long> units, String what, String remedy) {
    Matcher matcher = QUANTITY.matcher(text.strip());
    Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
    if (unit == null) {
      throw new BadValueException(text + " is no " + what.replaceFirst("^an? ", ""), remedy);
    }
    BigDecimal value = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
    if (value.compareTo(BigDecimal.valueOf(1L << 50)) > 0) {
      throw new BadValueException(text + " is too much", remedy);
    }
    try {
      return value.longValueExact();
    } catch (ArithmeticException e) {
      throw new BadValueException(text + " is a fraction of the smallest unit", remedy);
    }
  }
}
