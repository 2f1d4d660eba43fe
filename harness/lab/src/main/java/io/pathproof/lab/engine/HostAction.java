package io.pathproof.lab.engine;

import io.pathproof.lab.vsphere.Teaming;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Something done on a vSphere host, at one of its physical adapters, switches or VMkernel ports.
 *
 * @param kind what
 * @param adapter of {@link Kind#ADD_ADAPTER}: the physical adapter; else empty
 * @param order of {@link Kind#TEAMING}: the failover order, empty for that of the switch; else
 *     empty
 */
public record HostAction(Kind kind, String adapter, Optional<Teaming> order) {
  /** Where an action takes place. */
  public enum Place {
    /** A physical adapter, such as {@code esx1.vmnic0}. */
    ADAPTER("a physical adapter of a vSphere host"),
    /** A virtual switch, such as {@code esx1.vSwitch0}. */
    SWITCH("a virtual switch"),
    /** A VMkernel port, such as {@code esx1.vmk1}. */
    PORT("a VMkernel port"),
    /** A VMkernel port or a virtual switch. */
    PORT_OR_SWITCH("a VMkernel port or a virtual switch");

    private final String words;

    Place(String words) {
      this.words = words;
    }

    /** What it is, for a message. */
    public String words() {
      return words;
    }
  }

  /** Kinds of action, with the words that scenario files use. */
  public enum Kind {
    /** The adapter's link goes down, and the host notices. */
    LINK_DOWN(Place.ADAPTER),
    /** A physical adapter is added to the switch, as an active one. */
    ADD_ADAPTER(Place.SWITCH),
    /** The failover order is changed. */
    TEAMING(Place.PORT_OR_SWITCH),
    /** The port is to be removed; refused where it is bound. */
    REMOVE_PORT(Place.PORT),
    /** The port is to be unbound; refused where paths are active over it. */
    UNBIND(Place.PORT),
    /** The port is unbound, whatever goes over it. */
    UNBIND_FORCE(Place.PORT);

    private final Place place;

    Kind(Place place) {
      this.place = place;
    }

    /** Where it can take place. */
    public Place place() {
      return place;
    }

    /** The word in a scenario file, such as {@code link-down}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind of a word. */
    public static Optional<Kind> of(String word) {
      return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }
  }

  /** An action that needs no more words. */
  public static HostAction of(Kind kind) {
    return new HostAction(kind, "", Optional.empty());
  }

  /** The words of a scenario file, such as {@code teaming active vmnic0 standby vmnic1}. */
  public String text() {
    return switch (kind) {
      case ADD_ADAPTER -> kind.word() + " " + adapter;
      case TEAMING ->
          kind.word()
              + order
                  .map(
                      list ->
                          " active"
                              + words(list.active())
                              + (list.standby().isEmpty()
                                  ? ""
                                  : " standby" + words(list.standby())))
                  .orElse(" inherit");
      default -> kind.word();
    };
  }

  private static String words(java.util.List<String> names) {
    return names.isEmpty() ? " none" : " " + String.join(" ", names);
  }
}
