package io.pathproof.lab.engine;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Something done to the array, at a node, a port, or the whole of it.
 *
 * @param kind what
 * @param detail of {@link Kind#ACCESS_STATE}: the state's name; of {@link Kind#REQUEST_LOGOUT}: the
 *     seconds that hosts are given, or empty; of {@link Kind#ASYNC_EVENT}: the message as the array
 *     reads it, sizes in bytes and times in seconds; of {@link Kind#DEFECT}: the defect's name;
 *     else empty
 */
public record ArrayAction(Kind kind, String detail) {

  /** Where an action takes place. */
  public enum Place {
    /** A node (controller), such as {@code node1}. */
    NODE,
    /** A port of a node, such as {@code node1.a}. */
    PORT,
    /** The array as a whole, {@code array}. */
    ARRAY
  }

  /** Kinds of action, with the words that scenario files use. */
  public enum Kind {
    /** Frozen: connections stay open and nothing moves; no takeover. Healed by going on. */
    PAUSE(Place.NODE),
    /** Shut down in order: connections are closed, new ones refused. */
    STOP(Place.NODE),
    /** Loses its power: where a partner takes over there is silence until then, else a reset. */
    KILL(Place.NODE),
    /** Taken out for maintenance, announced: volumes and addresses go to the partner. */
    REMOVE(Place.NODE),
    /** As {@link #REMOVE}; what joins when it is healed is another node with the same addresses. */
    REPLACE(Place.NODE),
    /** Its volumes move to the partner unannounced; its ports stay. */
    FAIL_OVER(Place.NODE),
    /** Leaves service announced: access states change before its ports go down. */
    MAINTENANCE(Place.NODE),
    /** Its target port group changes to the access state in the detail. */
    ACCESS_STATE(Place.NODE),
    /** The port dies: silence; virtual addresses that it owns move to another port. */
    DOWN(Place.PORT),
    /** The port ends its sessions and refuses logins: not authorized (0x0202). */
    DENY_LOGIN(Place.PORT),
    /** No volume is mapped at the port. */
    MASK_LUNS(Place.PORT),
    /** The port takes commands and does not carry them out; task management is served. */
    HOLD_COMMANDS(Place.PORT),
    /** Every session there is asked to log out (asynchronous message 1, RFC 7143 11.9.1). */
    REQUEST_LOGOUT(Place.PORT, Place.NODE, Place.ARRAY),
    /** Every session there gets an asynchronous message of another kind (RFC 7143 11.9.1). */
    ASYNC_EVENT(Place.PORT, Place.NODE, Place.ARRAY),
    /** Sessions are moved from the busiest ports, volumes to their owners. */
    REBALANCE(Place.ARRAY),
    /** New firmware: node by node out of service and back. */
    FIRMWARE_RESTART(Place.ARRAY),
    /** A way in which only a broken array behaves, by name. */
    DEFECT(Place.ARRAY);

    private final Set<Place> places;

    Kind(Place first, Place... more) {
      places = EnumSet.of(first, more);
    }

    /** Where it can take place. */
    public Set<Place> places() {
      return places;
    }

    /** Whether it is over at once, so that there is nothing to heal. */
    public boolean momentary() {
      return this == REQUEST_LOGOUT
          || this == ASYNC_EVENT
          || this == REBALANCE
          || this == FIRMWARE_RESTART;
    }

    /** The word in a scenario file, such as {@code fail-over}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind of a word. */
    public static Optional<Kind> of(String word) {
      return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }
  }

  /** An action without a detail. */
  public static ArrayAction of(Kind kind) {
    return new ArrayAction(kind, "");
  }

  /** Whether it has sessions dropped at once: an asynchronous message that says so. */
  public boolean dropsSessions() {
    return kind == Kind.ASYNC_EVENT && detail.startsWith("drop-");
  }

  /** The words of a scenario file, such as {@code defect stale-read}. */
  public String text() {
    String words =
        switch (kind) {
          case REQUEST_LOGOUT -> detail.isEmpty() ? "" : detail + "s";
          case ASYNC_EVENT ->
              detail
                  .replaceFirst("^(renegotiate \\d+)", "$1B")
                  .replaceFirst("^((drop|renegotiate).* \\d+)$", "$1s");
          default -> detail;
        };
    return words.isEmpty() ? kind.word() : kind.word() + " " + words;
  }
}
