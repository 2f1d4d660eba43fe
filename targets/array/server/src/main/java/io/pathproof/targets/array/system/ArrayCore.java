package io.pathproof.targets.array.system;

import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.targets.array.scsi.Defect;
import io.pathproof.targets.array.scsi.Defects;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An array as a system: nodes and ports that fail and come back, addresses and volumes that move,
 * hosts that are sent elsewhere. One thread; time is an argument.
 */
public final class ArrayCore {
  /** The place that stands for all of it. */
  public static final String ARRAY = "array";

  /** What snapshots say of an array without asymmetric access. */
  public static final String NO_ACCESS_STATES = "no access states (TPGS=0)";

  private record Waiting(long dueNs, Runnable done) {}

  private final ArrayConfig config;
  private final Layout layout;
  private final Nodes nodes;
  private final Journal journal = new Journal();
  private final Defects defects;
  private final ArrayEffects effects;
  private final Addresses addresses;
  private final VolumeOwners volumes;
  private final Redirection redirection;
  private final Sessions sessions;
  private final Departures departures;
  private final Outages outages;
  private final FirmwareRestart firmware;
  private final List<Waiting> waiting = new ArrayList<>();

  /**
   * An array of which everything works.
   *
   * @param config validated
   */
  public ArrayCore(ArrayConfig config, Defects defects, ArrayEffects effects) {
    this.config = config;
    this.defects = defects;
    this.effects = effects;
    layout = new Layout(config);
    nodes = new Nodes(layout);
    addresses = new Addresses(layout, config, nodes, defects, journal, effects);
    volumes = new VolumeOwners(layout, config, nodes, journal, effects);
    redirection = new Redirection(layout, config, nodes, addresses, defects, journal, effects);
    sessions = new Sessions(layout, config, nodes, redirection, journal, effects);
    departures = new Departures(layout, nodes, addresses, volumes, journal, effects);
    outages = new Outages(layout, nodes, addresses, volumes, departures, journal, effects);
    firmware =
        new FirmwareRestart(
            nodes,
            sessions,
            journal,
            new FirmwareRestart.Steps() {
              @Override
              public void leave(String node, long nowNs) {
                departures.begin(node, Action.FIRMWARE_RESTART, nowNs);
              }

              @Override
              public void join(String node, long nowNs) {
                outages.rejoin(node, Action.FIRMWARE_RESTART, nowNs);
              }
            });
  }

  /** Puts every address into service. */
  public void start(long nowNs) {
    journal.add(nowNs, ARRAY, config.name() + " started");
    settle(nowNs);
  }

  /** Every address that the array has, ports' own first. */
  public List<Address> addresses() {
    return layout.addresses();
  }

  /** The port that answers the next connection to an address. */
  public String portFor(Address address) {
    return addresses.nextConnection(address);
  }

  /** The port that an address is at. */
  public String owner(Address address) {
    return addresses.owner(address);
  }

  /** The node of a port. */
  public String nodeOf(String port) {
    return layout.port(port).node();
  }

  /** The number of a port within the array, from 1. */
  public int relativePortId(String port) {
    return layout.port(port).relativePortId();
  }

  /** The number of a port's node, from 1: ALUA group and iSCSI portal group tag. */
  public int portGroup(String port) {
    return layout.port(port).portGroup();
  }

  /** What discovery tells: the virtual addresses, or all ports' if there is no virtual one. */
  public List<Address> advertised() {
    boolean virtual = !config.virtualAddresses().isEmpty();
    return layout.addresses().stream().filter(address -> address.virtual() == virtual).toList();
  }

  /** Where a login is to go instead of the address that it came in at; empty: it is served. */
  public Optional<Address> redirect(Address at, String initiatorName, long nowNs) {
    return redirection.redirect(at, initiatorName, nowNs);
  }

  /** Whether a port refuses every login. */
  public boolean deniesLogin(String port) {
    return nodes.closed(port, Action.DENY_LOGIN);
  }

  /** Whether a port's node has as many sessions as it takes. */
  public boolean full(String port) {
    return sessions.full(port);
  }

  /**
   * Does something to a part of the array.
   *
   * @throws RefusedException when the place, the word or the detail is not known or does not fit
   */
  public void act(String place, String word, String detail, long nowNs) {
    Action action = action(place, word, detail);
    switch (action) {
      case PAUSE, STOP, KILL -> outages.breakNode(place, action, nowNs);
      case REMOVE, REPLACE, MAINTENANCE -> outages.announce(place, action, nowNs);
      case FAIL_OVER -> {
        nodes.of(place).failedOver = true;
        journal.add(nowNs, place, place + " fails over");
      }
      case ACCESS_STATE -> {
        volumes.force(place, Optional.of(state(detail)), nowNs);
        journal.add(nowNs, place, "target port group " + layout.portGroup(place) + " to " + detail);
      }
      case DOWN -> outages.portDown(place, nowNs);
      case DENY_LOGIN, MASK_LUNS, HOLD_COMMANDS -> outages.closePort(place, action, true, nowNs);
      case REQUEST_LOGOUT -> sessions.requestLogout(place, seconds(detail), nowNs);
      case ASYNC_EVENT -> sessions.tell(place, AsyncNotice.parse(detail), nowNs);
      case REBALANCE -> {
        sessions.rebalance(nowNs);
        volumes.preferOwners(nowNs);
      }
      case FIRMWARE_RESTART -> firmware.begin(layout.nodes(), nowNs);
      case DEFECT -> defect(detail, true, nowNs);
    }
    settle(nowNs);
  }

  /**
   * Refuses what {@link #restore} would have nothing to take back of.
   *
   * @throws RefusedException with what is in force instead
   */
  public void requireInForce(String place, String word, String detail) {
    Action action = action(place, word, detail);
    InForce inForce = new InForce(layout, nodes, volumes, firmware, defects);
    boolean there =
        switch (action) {
          case ACCESS_STATE ->
              inForce
                  .accessState(place)
                  .filter(standing -> detail.isEmpty() || standing == state(detail))
                  .isPresent();
          case DEFECT -> defects.on(defect(detail));
          default -> inForce.action(place, action);
        };
    if (!there) {
      String what = place + " " + word + (detail.isEmpty() ? "" : " " + detail);
      List<String> standing = inForce.all();
      throw new RefusedException(
          what
              + (action.momentary() && action != Action.FIRMWARE_RESTART
                  ? " is over at once and cannot be taken back"
                  : " is not in force"),
          standing.isEmpty() ? "nothing is in force" : "in force: " + String.join(", ", standing));
    }
  }

  /**
   * Takes back what {@link #act} did.
   *
   * @param done runs once all is as it was, at once or in {@link #onTime}
   * @throws RefusedException as {@link #act}
   */
  public void restore(String place, String word, String detail, long nowNs, Runnable done) {
    Action action = action(place, word, detail);
    switch (action) {
      case PAUSE, STOP, KILL, REMOVE, REPLACE, MAINTENANCE -> outages.rejoin(place, action, nowNs);
      case FAIL_OVER -> {
        if (nodes.of(place).failedOver) {
          nodes.of(place).failedOver = false;
          journal.add(nowNs, place, place + " fails back");
        }
      }
      case ACCESS_STATE -> {
        if (!nodes.of(place).announced()) {
          volumes.force(place, Optional.empty(), nowNs);
        }
        journal.add(
            nowNs, place, "target port group " + layout.portGroup(place) + " as configured");
      }
      case DOWN -> outages.portUp(place, nowNs);
      case DENY_LOGIN, MASK_LUNS, HOLD_COMMANDS -> outages.closePort(place, action, false, nowNs);
      case REQUEST_LOGOUT, ASYNC_EVENT, REBALANCE -> {}
      case FIRMWARE_RESTART -> firmware.end(nowNs);
      case DEFECT -> defect(detail, false, nowNs);
    }
    settle(nowNs);
    whenSettled(done, nowNs);
  }

  /** Takes everything back, defects as well; a node that was replaced is the first one again. */
  public void reset(long nowNs, Runnable done) {
    journal.add(nowNs, ARRAY, "reset");
    for (Defect defect : defects.active()) {
      defect(defect.word(), false, nowNs);
    }
    firmware.end(nowNs);
    for (String port : nodes.downPorts()) {
      outages.portUp(port, nowNs);
    }
    for (Action how : Nodes.CLOSING) {
      nodes.closedPorts(how).forEach(port -> outages.closePort(port, how, false, nowNs));
    }
    for (String node : layout.nodes()) {
      for (Action outage : List.copyOf(nodes.of(node).outages)) {
        outages.rejoin(node, outage, nowNs);
      }
      nodes.of(node).failedOver = false;
      nodes.of(node).generation = 1;
      volumes.force(node, Optional.empty(), nowNs);
    }
    redirection.forget();
    settle(nowNs);
    if (volumes.settledNs() <= nowNs) {
      volumes.preferOwners(nowNs);
    }
    whenSettled(done, nowNs);
  }

  private void whenSettled(Runnable done, long nowNs) {
    if (volumes.settledNs() <= nowNs) {
      done.run();
    } else {
      waiting.add(new Waiting(volumes.settledNs(), done));
    }
  }

  private static Defect defect(String word) {
    return Defect.of(word)
        .orElseThrow(
            () ->
                new RefusedException(
                    "no defect \"" + word + "\"",
                    "there are "
                        + String.join(
                            ", ", Arrays.stream(Defect.values()).map(Defect::word).toList())));
  }

  private void defect(String word, boolean on, long nowNs) {
    Defect defect = defect(word);
    if (defects.on(defect) != on) {
      defects.set(defect, on);
      journal.add(nowNs, ARRAY, "defect " + word + (on ? " on" : " off"));
    }
  }

  private AccessState state(String word) {
    if (!volumes.asymmetric()) {
      throw new RefusedException(
          "the array has no access states", "set an ALUA mode in its configuration");
    }
    return Arrays.stream(AccessState.values())
        .filter(state -> state.word().equals(word) || state.word().replace('/', '-').equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new RefusedException(
                    "no access state \"" + word + "\"",
                    "write active/optimized, active/non-optimized, standby, unavailable, offline"
                        + " or transitioning"));
  }

  private static int seconds(String detail) {
    if (detail.isEmpty()) {
      return Sessions.DEFAULT_LOGOUT_SECONDS;
    }
    try {
      int seconds = Integer.parseInt(detail);
      if (seconds >= 0 && seconds <= 0xFFFF) {
        return seconds;
      }
    } catch (NumberFormatException e) {
      // Told below, as a number out of range is.
    }
    throw new RefusedException(
        "\"" + detail + "\" is no number of seconds", "write 0 to 65535, or nothing for 5");
  }

  private Action action(String place, String word, String detail) {
    Action action = action(place, word);
    if (!detail.isEmpty() && !action.detailed()) {
      throw new RefusedException(
          "\"" + word + "\" takes no detail, \"" + detail + "\" was given", "leave it out");
    }
    return action;
  }

  private Action action(String place, String word) {
    Action.Place kind;
    if (place.equals(ARRAY)) {
      kind = Action.Place.ARRAY;
    } else if (layout.nodes().contains(place)) {
      kind = Action.Place.NODE;
    } else if (layout.ports().containsKey(place)) {
      kind = Action.Place.PORT;
    } else {
      throw new RefusedException(
          "no place \"" + place + "\"",
          "there are array, "
              + String.join(", ", layout.nodes())
              + ", "
              + String.join(", ", layout.ports().keySet()));
    }
    List<String> fitting =
        Arrays.stream(Action.values())
            .filter(action -> action.places().contains(kind))
            .map(Action::word)
            .toList();
    return Action.of(word)
        .filter(action -> action.places().contains(kind))
        .orElseThrow(
            () ->
                new RefusedException(
                    "\"" + word + "\" is nothing that can be done to " + place,
                    "write " + String.join(", ", fitting)));
  }

  private void settle(long nowNs) {
    departures.settle(nowNs);
    firmware.settle(nowNs);
    volumes.settle(nowNs);
    addresses.settle(nowNs);
  }

  /** When {@link #onTime} is to be called; {@link Long#MAX_VALUE}: not by itself. */
  public long nextDeadlineNs() {
    long next = Math.min(departures.nextDeadlineNs(), firmware.nextDeadlineNs());
    next = Math.min(next, Math.min(volumes.nextDeadlineNs(), addresses.nextDeadlineNs()));
    for (Waiting each : waiting) {
      next = Math.min(next, each.dueNs());
    }
    return next;
  }

  /** Does what is due. */
  public void onTime(long nowNs) {
    settle(nowNs);
    List<Runnable> due = new ArrayList<>();
    for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
      Waiting each = all.next();
      if (each.dueNs() <= nowNs) {
        all.remove();
        due.add(each.done());
      }
    }
    due.forEach(Runnable::run);
  }

  /** The state now. */
  public Snapshot snapshot() {
    Map<String, Snapshot.NodeState> states = new TreeMap<>();
    for (String node : layout.nodes()) {
      Map<String, Snapshot.PortState> ports = new TreeMap<>();
      for (Layout.PortPlace port : layout.portsOf(node)) {
        ports.put(port.ref(), state(port.ref(), nodes.portUp(port.ref())));
      }
      Map<String, String> access = new TreeMap<>();
      for (ArrayConfig.Volume volume : config.volumes()) {
        access.put(volume.name(), access(volume.name(), node));
      }
      states.put(
          node, new Snapshot.NodeState(nodes.of(node).word(), nodes.serial(node), ports, access));
    }
    return new Snapshot(states);
  }

  private Snapshot.PortState state(String port, boolean up) {
    List<Address> here = addresses.at(port);
    return new Snapshot.PortState(
        up ? "up" : "down",
        here.stream().map(layout::label).sorted().toList(),
        here.stream().filter(addresses::answers).map(Address::portal).sorted().toList());
  }

  private String access(String volume, String node) {
    return volumes.asymmetric()
        ? effects.accessState(volume, layout.portGroup(node)).word()
        : NO_ACCESS_STATES;
  }

  /** Entries from the given number on; the first that was ever written has number 0. */
  public List<JournalEntry> journal(long from) {
    return journal.since(from);
  }

  /** The number that the next journal entry will have. */
  public long nextJournalNumber() {
    return journal.next();
  }

  /** For what happens around the core: logins, strikes of defects. */
  public void note(long nowNs, String part, String text) {
    journal.add(nowNs, part, text);
  }
}
