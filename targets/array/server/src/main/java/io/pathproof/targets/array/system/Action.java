package io.pathproof.targets.array.system;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What can be done to an array. */
public enum Action {
  PAUSE(Set.of(Place.NODE), false, "frozen: its connections stay open, nothing moves"),
  STOP(
      Set.of(Place.NODE),
      false,
      "shut down in order: connections are closed, new ones refused; its addresses move after the"
          + " takeover time, if one is set"),
  KILL(
      Set.of(Place.NODE),
      false,
      "power loss: silence; its addresses move after the takeover time, if one is set"),
  REMOVE(
      Set.of(Place.NODE),
      false,
      "taken out for maintenance, announced: volumes and addresses go to the partner"),
  REPLACE(
      Set.of(Place.NODE), false, "as remove; what joins when restored has another serial number"),
  FAIL_OVER(
      Set.of(Place.NODE), false, "its volumes move to the partner unannounced; its ports stay"),
  MAINTENANCE(
      Set.of(Place.NODE),
      false,
      "hosts see its target port group in transition, then unavailable; commands in flight are"
          + " completed before its ports go down"),
  ACCESS_STATE(
      Set.of(Place.NODE),
      false,
      "its target port group gets the state that the detail names, such as standby"),
  DOWN(
      Set.of(Place.PORT),
      false,
      "the port's link dies: silence; virtual addresses at it move to another port"),
  DENY_LOGIN(
      Set.of(Place.PORT),
      false,
      "the port ends its sessions and refuses logins as not authorized (0x0202), as for a host"
          + " that the array does not know"),
  MASK_LUNS(
      Set.of(Place.PORT),
      false,
      "no volume is mapped at the port: it reports no LUN and serves none"),
  HOLD_COMMANDS(
      Set.of(Place.PORT),
      false,
      "commands that come to the port are taken and not carried out before it is restored, as by a"
          + " store that stalls; task management is served and ends them"),
  REQUEST_LOGOUT(
      Set.of(Place.NODE, Place.PORT, Place.ARRAY),
      true,
      "every session there is asked to log out within the seconds of the detail (default 5)"),
  ASYNC_EVENT(
      Set.of(Place.NODE, Place.PORT, Place.ARRAY),
      true,
      "every session there gets the asynchronous message of the detail (RFC 7143 section 11.9):"
          + " sense LUN KEY/ASC/ASCQ, drop-connection [SECONDS], drop-session [SECONDS],"
          + " renegotiate BYTES [SECONDS] or vendor CODE"),
  REBALANCE(
      Set.of(Place.ARRAY),
      true,
      "moves sessions from the busiest ports by logout requests, and volumes to their owners"),
  FIRMWARE_RESTART(
      Set.of(Place.ARRAY), true, "node by node: maintenance, restart, back; hosts are waited for"),
  DEFECT(Set.of(Place.ARRAY), false, "switches on the defect that the detail names");

  /** What an action is done to. */
  public enum Place {
    NODE,
    PORT,
    ARRAY
  }

  private final Set<Place> places;
  private final boolean momentary;
  private final String meaning;

  Action(Set<Place> places, boolean momentary, String meaning) {
    this.places = places;
    this.momentary = momentary;
    this.meaning = meaning;
  }

  /** As people write it, such as {@code fail-over}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The action of a word. */
  public static Optional<Action> of(String word) {
    return Arrays.stream(values()).filter(action -> action.word().equals(word)).findFirst();
  }

  public Set<Place> places() {
    return places;
  }

  /** True if nothing is left to take back. */
  public boolean momentary() {
    return momentary;
  }

  /** True if a detail can be given with it. */
  public boolean detailed() {
    return this == ACCESS_STATE || this == REQUEST_LOGOUT || this == ASYNC_EVENT || this == DEFECT;
  }

  /** In a sentence. */
  public String meaning() {
    return meaning;
  }
}
