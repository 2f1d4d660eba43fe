package io.pathproof.initiator.netty;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a socket's error says, without the names of calls and classes that Netty puts around the
 * system's own words: {@code finishConnect(..) failed with error(-111): Connection refused:
 * /127.0.0.1:3260} is {@code connection refused by 127.0.0.1:3260}.
 */
public final class SocketWords {
  private static final Pattern WRAPPED =
      Pattern.compile(
          "(?:[\\w.$]+(?:Exception|Error): )*"
              + "(?:\\w+\\(\\.\\.\\) failed(?: with error\\(-?\\d+\\))?: )?"
              + "(?<words>.*?)"
              + "(?:: [^/ ]*/(?<address>\\S+))?",
          Pattern.DOTALL);

  private SocketWords() {}

  /** In words for people; never empty. */
  public static String of(Throwable cause) {
    String text = cause.getMessage();
    if (text == null || text.isBlank()) {
      // rather the kind of error, such as ClosedChannelException, than nothing
      return spaced(cause.getClass().getSimpleName());
    }
    Matcher wrapped = WRAPPED.matcher(text);
    if (!wrapped.matches()) {
      return text;
    }
    String words = wrapped.group("words");
    String plain =
        words.isEmpty()
            ? text
            : words.substring(0, 1).toLowerCase(Locale.ROOT) + words.substring(1);
    String address = wrapped.group("address");
    return address == null
        ? plain
        : plain.equals("connection refused") ? plain + " by " + address : plain + ": " + address;
  }

  /** {@code ClosedChannelException} is {@code closed channel}. */
  private static String spaced(String name) {
    return name.replaceAll("Exception$|Error$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }
}
