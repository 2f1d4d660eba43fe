package io.pathproof.targets.array.system;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Moves sessions: by asking initiators to log out, and telling them elsewhere when they return. */
final class Sessions {
  /** Parameter3 of the asynchronous message where no one says otherwise, in seconds. */
  static final int DEFAULT_LOGOUT_SECONDS = 5;

  private final Layout layout;
  private final ArrayConfig config;
  private final Nodes nodes;
  private final Redirection redirection;
  private final Journal journal;
  private final ArrayEffects effects;

  Sessions(
      Layout layout,
      ArrayConfig config,
      Nodes nodes,
      Redirection redirection,
      Journal journal,
      ArrayEffects effects) {
    this.layout = layout;
    this.config = config;
    this.nodes = nodes;
    this.redirection = redirection;
    this.journal = journal;
    this.effects = effects;
  }

  /** Asks every session at a port, a node or the array to log out. */
  void requestLogout(String place, int seconds, long nowNs) {
    List<LiveSession> there = at(place);
    for (LiveSession session : there) {
      redirection.avoid(session.initiatorName(), session.port(), nowNs);
      ask(session, seconds, nowNs);
    }
    if (there.isEmpty()) {
      journal.add(nowNs, place, "logout requested on " + place + ": no session is there");
    }
  }

  /** Sends every session at a port, a node or the array an asynchronous message. */
  void tell(String place, AsyncNotice notice, long nowNs) {
    String what = "asynchronous event " + notice.event();
    List<LiveSession> there = at(place);
    for (LiveSession session : there) {
      journal.add(
          nowNs, session.port(), what + " to " + session.initiatorName() + " on " + session.port());
      effects.asyncEvent(session.tsih(), notice, nowNs);
    }
    if (there.isEmpty()) {
      journal.add(nowNs, place, what + " on " + place + ": no session is there");
    }
  }

  private List<LiveSession> at(String place) {
    return effects.sessions().stream()
        .filter(
            session ->
                place.equals("array")
                    || place.equals(session.port())
                    || place.equals(layout.port(session.port()).node()))
        .toList();
  }

  private void ask(LiveSession session, int seconds, long nowNs) {
    journal.add(
        nowNs,
        session.port(),
        "logout requested of " + session.initiatorName() + " on " + session.port());
    effects.requestLogout(session.tsih(), seconds, nowNs);
  }

  /** Evens out the sessions of ports, as far as hosts can be sent elsewhere. */
  void rebalance(long nowNs) {
    if (!redirection.moves()) {
      journal.add(nowNs, "array", "rebalance: no session moved, the array does not redirect");
      return;
    }
    int moved = 0;
    for (String network : networks()) {
      moved += rebalance(network, nowNs);
    }
    journal.add(nowNs, "array", "rebalance: sessions to move: " + moved);
  }

  private List<String> networks() {
    return layout.addresses().stream()
        .filter(Address::virtual)
        .map(Address::network)
        .distinct()
        .toList();
  }

  private int rebalance(String network, long nowNs) {
    List<String> ports = redirection.usable(network);
    if (config.redirect().policy() == ArrayConfig.Policy.ALWAYS && ports.size() > 1) {
      layout.addresses().stream()
          .filter(address -> address.virtual() && address.network().equals(network))
          .forEach(address -> ports.remove(address.homePort()));
    }
    Map<String, List<LiveSession>> at = new HashMap<>();
    ports.forEach(port -> at.put(port, new ArrayList<>()));
    for (LiveSession session : effects.sessions()) {
      if (at.containsKey(session.port())) {
        at.get(session.port()).add(session);
      }
    }
    int moved = 0;
    Comparator<String> bySessions = Comparator.comparing(port -> at.get(port).size());
    while (!ports.isEmpty()) {
      String busiest = ports.stream().max(bySessions).orElseThrow();
      String idlest = ports.stream().min(bySessions).orElseThrow();
      if (at.get(busiest).size() - at.get(idlest).size() < 2) {
        break;
      }
      // The first there, so that one that has just been assigned does not move twice.
      LiveSession session = at.get(busiest).remove(0);
      at.get(idlest).add(session);
      redirection.prefer(session.initiatorName(), idlest, nowNs);
      ask(session, DEFAULT_LOGOUT_SECONDS, nowNs);
      moved++;
    }
    return moved;
  }

  /** Whether a node has reached its limit of sessions. */
  boolean full(String port) {
    if (config.maxSessions() == 0) {
      return false;
    }
    String node = layout.port(port).node();
    return effects.sessions().stream()
            .filter(session -> layout.port(session.port()).node().equals(node))
            .count()
        >= config.maxSessions();
  }

  /** How many sessions each initiator has at nodes that work. */
  Map<String, Long> byInitiator() {
    Map<String, Long> count = new HashMap<>();
    effects.sessions().stream()
        .filter(session -> nodes.holds(session.port()))
        .forEach(session -> count.merge(session.initiatorName(), 1L, Long::sum));
    return count;
  }
}
