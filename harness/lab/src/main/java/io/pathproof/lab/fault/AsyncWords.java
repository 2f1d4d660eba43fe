package io.pathproof.lab.fault;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.Units;
import java.util.List;

/**
 * The words of {@code async-event}: the asynchronous messages of RFC 7143 section 11.9.1 but for
 * event 1, which is {@code request-logout}.
 */
final class AsyncWords {
  private static final String FORMS =
      "write async-event and sense 0 6/2a/06 (a LUN, then sense key, ASC and ASCQ), drop-connection"
          + " or drop-session with or without a time such as 2s (Time2Wait), renegotiate 8KiB with"
          + " or without a time such as 5s, or vendor 66 (AsyncVCode); event 1 is request-logout";

  private AsyncWords() {}

  /** As the array reads it: sizes in bytes, times in seconds. */
  static String parse(String rest) {
    String[] words = rest.split("\\s+");
    int count = words.length;
    switch (words[0]) {
      case "sense":
        if (count == 3) {
          return "sense " + Units.number(0, 255).apply(words[1]) + " " + sense(words[2]);
        }
        break;
      case "drop-connection", "drop-session":
        if (count <= 2) {
          return words[0] + time(words, 1);
        }
        break;
      case "renegotiate":
        if (count == 2 || count == 3) {
          return words[0] + " " + length(words[1]) + time(words, 2);
        }
        break;
      case "vendor":
        if (count == 2) {
          return words[0] + " " + Units.number(0, 255).apply(words[1]);
        }
        break;
      default:
    }
    throw new BadValueException(
        rest.isEmpty() ? "async-event names no message" : rest + " is no asynchronous message",
        FORMS);
  }

  private static String sense(String word) {
    if (!word.matches("[0-9a-fA-F]/[0-9a-fA-F]{2}/[0-9a-fA-F]{2}")) {
      throw new BadValueException(word + " is no sense key, ASC and ASCQ in hexadecimal", FORMS);
    }
    return word;
  }

  /** MaxRecvDataSegmentLength (RFC 7143 section 13.12). */
  private static long length(String word) {
    long bytes = Units.sizeBytes(word);
    if (bytes < 512 || bytes > 0xffffff) {
      throw new BadValueException(
          word + " is no MaxRecvDataSegmentLength", "write 512B to 16777215B, such as 8KiB");
    }
    return bytes;
  }

  private static String time(String[] words, int at) {
    return words.length > at
        ? " " + FaultWords.seconds(words[at], String.join(" ", List.of(words).subList(0, at)))
        : "";
  }
}
