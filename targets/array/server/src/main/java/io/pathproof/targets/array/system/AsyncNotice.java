package io.pathproof.targets.array.system;

import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.util.List;
import java.util.Locale;

/** What an asynchronous message says and announces (RFC 7143 section 11.9), but for event 1. */
public sealed interface AsyncNotice {
  /** Its AsyncEvent. */
  int event();

  /**
   * Event 0.
   *
   * @param lun the raw eight bytes
   */
  record ScsiEvent(long lun, Sense sense) implements AsyncNotice {
    @Override
    public int event() {
      return 0;
    }
  }

  /**
   * Events 2 and 3: the session is dropped at once.
   *
   * @param all whether it is event 3
   * @param time2WaitSec before the initiator may come back, 0 to 65535
   */
  record Drop(boolean all, int time2WaitSec) implements AsyncNotice {
    @Override
    public int event() {
      return all ? 3 : 2;
    }
  }

  /**
   * Event 4: the array wants to declare another MaxRecvDataSegmentLength.
   *
   * @param maxRecvDataSegmentLength bytes, 512 to 2^24 - 1 (section 13.12)
   * @param seconds within which it has to be asked, 0 to 65535; else it drops the session
   */
  record Renegotiate(int maxRecvDataSegmentLength, int seconds) implements AsyncNotice {
    @Override
    public int event() {
      return 4;
    }
  }

  /**
   * Event 255.
   *
   * @param code AsyncVCode, 0 to 255
   */
  record Vendor(int code) implements AsyncNotice {
    @Override
    public int event() {
      return 255;
    }
  }

  /** Seconds for a Text Request where no one says otherwise. */
  int DEFAULT_SECONDS = 5;

  /**
   * Reads one as people write it.
   *
   * @throws RefusedException with the forms that there are
   */
  static AsyncNotice parse(String detail) {
    List<String> words = List.of(detail.strip().split("\\s+"));
    String word = words.get(0).toLowerCase(Locale.ROOT);
    int count = words.size();
    try {
      if (word.equals("sense") && count == 3) {
        return new ScsiEvent(Lun.of(number(words.get(1), 0, 255)).raw(), sense(words.get(2)));
      } else if (word.equals("drop-connection") && count <= 2) {
        return new Drop(false, count == 1 ? 0 : number(words.get(1), 0, 0xffff));
      } else if (word.equals("drop-session") && count <= 2) {
        return new Drop(true, count == 1 ? 0 : number(words.get(1), 0, 0xffff));
      } else if (word.equals("renegotiate") && (count == 2 || count == 3)) {
        int seconds = count == 2 ? DEFAULT_SECONDS : number(words.get(2), 0, 0xffff);
        return new Renegotiate(number(words.get(1), 512, 0xffffff), seconds);
      } else if (word.equals("vendor") && count == 2) {
        return new Vendor(number(words.get(1), 0, 255));
      }
    } catch (IllegalArgumentException e) {
      throw refused(detail + ": " + e.getMessage());
    }
    throw refused("no asynchronous message \"" + detail + "\"");
  }

  private static RefusedException refused(String what) {
    return new RefusedException(
        what,
        "write sense LUN KEY/ASC/ASCQ (such as sense 1 6/2a/06), drop-connection [SECONDS],"
            + " drop-session [SECONDS], renegotiate BYTES [SECONDS] or vendor CODE (0 to 255)");
  }

  private static int number(String word, int least, int most) {
    if (!word.matches("[0-9]{1,8}")
        || Integer.parseInt(word) < least
        || Integer.parseInt(word) > most) {
      throw new IllegalArgumentException(
          "\"%s\" is no number from %d to %d".formatted(word, least, most));
    }
    return Integer.parseInt(word);
  }

  private static Sense sense(String word) {
    if (!word.matches("[0-9a-fA-F]/[0-9a-fA-F]{2}/[0-9a-fA-F]{2}")) {
      throw new IllegalArgumentException(
          "\"" + word + "\" is no sense key, ASC and ASCQ in hexadecimal");
    }
    String[] parts = word.split("/");
    SenseKey key = SenseKey.of(Integer.parseInt(parts[0], 16));
    return Sense.fixed(key, Integer.parseInt(parts[1], 16), Integer.parseInt(parts[2], 16));
  }
}
