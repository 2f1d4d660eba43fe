package io.pathproof.targets.array.system;

import io.pathproof.targets.array.scsi.Defect;
import io.pathproof.targets.array.scsi.Defects;
import io.pathproof.targets.array.system.ArrayEffects.Conduct;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Who owns which address, and when an address whose port is gone moves. Everything follows from the
 * condition of nodes and ports: {@link #settle} compares what is with what has to be.
 */
final class Addresses {
  /** How long a virtual address waits where the configuration sets no takeover time. */
  static final long DEFAULT_TAKEOVER_MS = 500;

  private static final long NEVER = Long.MAX_VALUE;
  private static final long NOT = Long.MIN_VALUE;

  private static final class Place {
    String port;

    /** When its port went; {@link #NOT} while it has one that holds it. */
    long homelessSinceNs = NOT;

    boolean despaired;
    boolean unannounced;
    Conduct conduct;

    /** The port that answers too, if the array is split. */
    Optional<String> rival = Optional.empty();

    long connections;
  }

  private final Layout layout;
  private final ArrayConfig config;
  private final Nodes nodes;
  private final Defects defects;
  private final Journal journal;
  private final ArrayEffects effects;
  private final Map<Address, Place> places = new LinkedHashMap<>();

  Addresses(
      Layout layout,
      ArrayConfig config,
      Nodes nodes,
      Defects defects,
      Journal journal,
      ArrayEffects effects) {
    this.layout = layout;
    this.config = config;
    this.nodes = nodes;
    this.defects = defects;
    this.journal = journal;
    this.effects = effects;
    for (Address address : layout.addresses()) {
      Place place = new Place();
      place.port = address.homePort();
      places.put(address, place);
    }
  }

  String owner(Address address) {
    return places.get(address).port;
  }

  boolean answers(Address address) {
    return places.get(address).conduct == Conduct.ANSWERS;
  }

  /** Addresses that are at a port now. */
  List<Address> at(String port) {
    return places.entrySet().stream()
        .filter(each -> each.getValue().port.equals(port))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Addresses that are at a node's ports now. */
  List<Address> atNode(String node) {
    return places.entrySet().stream()
        .filter(each -> layout.port(each.getValue().port).node().equals(node))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The port that takes the next connection; in a split array the rivals take turns. */
  String nextConnection(Address address) {
    Place place = places.get(address);
    if (place.rival.isPresent() && place.connections++ % 2 == 0) {
      return place.rival.get();
    }
    return place.port;
  }

  /** Whether the address will move although nothing is done to it any more. */
  boolean awaitsTakeover(Address address) {
    return delayMs(address, places.get(address)) != NEVER;
  }

  /** Moves what is due and tells every address how to behave. */
  void settle(long nowNs) {
    for (Map.Entry<Address, Place> entry : places.entrySet()) {
      Address address = entry.getKey();
      Place place = entry.getValue();
      String home = address.homePort();
      if (!place.port.equals(home) && nodes.usable(home)) {
        move(address, place, home, nowNs);
      } else if (!nodes.holds(place.port)) {
        if (place.homelessSinceNs == NOT) {
          place.homelessSinceNs = nowNs;
        }
        if (dueNs(address, place) <= nowNs) {
          takeOver(address, place, nowNs);
        }
      }
      if (nodes.holds(place.port)) {
        place.homelessSinceNs = NOT;
        place.despaired = false;
      }
      if (place.unannounced && !defects.on(Defect.UNANNOUNCED_MOVE)) {
        place.unannounced = false;
        effects.resetConnections(address);
        effects.move(address, place.port, place.port, true);
        journal.add(nowNs, address.name(), layout.label(address) + " announced at " + place.port);
      }
      if (place.rival.isPresent() && !defects.on(Defect.SPLIT_BRAIN)) {
        unite(address, place, nowNs);
      }
      conduct(address, place);
    }
  }

  private void conduct(Address address, Place place) {
    Conduct now = conduct(place);
    if (now != place.conduct) {
      place.conduct = now;
      effects.conduct(address, now);
    }
  }

  private Conduct conduct(Place place) {
    if (!nodes.portUp(place.port)) {
      return Conduct.SILENT;
    }
    return switch (nodes.ofPort(place.port).standing()) {
      case SERVING, LEAVING -> Conduct.ANSWERS;
      case PAUSED -> Conduct.FROZEN;
      case CLOSED -> Conduct.REFUSES;
      case DEAD -> Conduct.SILENT;
    };
  }

  private void takeOver(Address address, Place place, long nowNs) {
    Optional<String> successor =
        layout.successors(address, place.port).stream().filter(nodes::usable).findFirst();
    if (successor.isPresent()) {
      move(address, place, successor.get(), nowNs);
    } else if (!place.despaired) {
      place.despaired = true;
      journal.add(nowNs, address.name(), layout.label(address) + " has no port left to move to");
    }
  }

  private void move(Address address, Place place, String to, long nowNs) {
    String from = place.port;
    boolean orderly = nodes.holds(from) && !place.unannounced;
    boolean announced = !defects.on(Defect.UNANNOUNCED_MOVE);
    if (orderly) {
      effects.closeConnections(address);
    }
    place.port = to;
    effects.move(address, from, to, announced);
    if (!orderly && announced) {
      // Only now does the answer to their next segment come from someone who does not know them.
      effects.resetConnections(address);
    }
    journal.add(
        nowNs,
        address.name(),
        layout.label(address)
            + " moved from "
            + from
            + " to "
            + to
            + (announced ? "" : " unannounced"));
    if (!announced) {
      defects.struck(Defect.UNANNOUNCED_MOVE, layout.label(address));
    }
    place.unannounced = !announced;
    if (defects.on(Defect.SPLIT_BRAIN)) {
      split(address, place, from, nowNs);
    } else if (place.rival.isPresent()) {
      unite(address, place, nowNs);
    }
  }

  /** Nodes have one copy of the store each; so the rival is a port of another node. */
  private void split(Address address, Place place, String from, long nowNs) {
    String node = layout.port(place.port).node();
    Optional<String> rival =
        layout.port(from).node().equals(node)
            ? layout.successors(address, place.port).stream()
                .filter(port -> !layout.port(port).node().equals(node) && nodes.usable(port))
                .findFirst()
            : Optional.of(from);
    if (rival.isPresent()) {
      place.rival.ifPresent(old -> effects.splitBrain(layout.port(old).node(), false));
      place.rival = rival;
      effects.splitBrain(layout.port(rival.get()).node(), true);
      defects.struck(Defect.SPLIT_BRAIN, layout.label(address));
      journal.add(
          nowNs, address.name(), layout.label(address) + " is answered by " + rival.get() + " too");
    }
  }

  private void unite(Address address, Place place, long nowNs) {
    String rival = place.rival.orElseThrow();
    place.rival = Optional.empty();
    effects.splitBrain(layout.port(rival).node(), false);
    effects.resetConnections(address);
    journal.add(
        nowNs, address.name(), layout.label(address) + " is answered by " + place.port + " alone");
  }

  private long dueNs(Address address, Place place) {
    long delay = delayMs(address, place);
    return delay == NEVER ? NEVER : place.homelessSinceNs + TimeUnit.MILLISECONDS.toNanos(delay);
  }

  /** How long after its port went the address moves. */
  private long delayMs(Address address, Place place) {
    Nodes.Condition node = nodes.ofPort(place.port);
    boolean guest = address.virtual() || !place.port.equals(address.homePort());
    boolean gone =
        switch (node.standing()) {
          case CLOSED, DEAD -> true;
          default -> false;
        };
    if (!gone) {
      // Its port alone has failed: what belongs to the port stays with it.
      return guest ? config.takeoverMs().orElse(DEFAULT_TAKEOVER_MS) : NEVER;
    }
    if (node.left && node.announced()) {
      if (node.removed()) {
        return config.takeoverMs().orElse(0);
      }
      return guest ? 0 : config.takeoverMs().orElse(NEVER);
    }
    return config.takeoverMs().orElse(guest ? DEFAULT_TAKEOVER_MS : NEVER);
  }

  /** When {@link #settle} has something to do by itself. */
  long nextDeadlineNs() {
    long next = NEVER;
    for (Map.Entry<Address, Place> entry : places.entrySet()) {
      Place place = entry.getValue();
      if (place.homelessSinceNs != NOT && !place.despaired) {
        next = Math.min(next, dueNs(entry.getKey(), place));
      }
    }
    return next;
  }
}
