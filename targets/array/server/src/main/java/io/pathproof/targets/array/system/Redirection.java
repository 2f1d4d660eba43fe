package io.pathproof.targets.array.system;

import io.pathproof.targets.array.scsi.Defect;
import io.pathproof.targets.array.scsi.Defects;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Where logins at virtual addresses are sent. */
final class Redirection {
  /** How long a redirected login counts for its port although its session is not there yet. */
  private static final long EXPECTED_NS = TimeUnit.SECONDS.toNanos(2);

  /** How long an initiator that was asked to log out is remembered. */
  private static final long STEER_NS = TimeUnit.SECONDS.toNanos(30);

  /**
   * What an initiator's next login is to do.
   *
   * @param port to go there, or not to
   */
  private record Steer(String port, boolean prefer, long untilNs) {}

  private record Expected(String port, String initiator, long untilNs) {}

  private final Layout layout;
  private final ArrayConfig config;
  private final Nodes nodes;
  private final Addresses addresses;
  private final Defects defects;
  private final Journal journal;
  private final ArrayEffects effects;
  private final Map<String, Deque<Steer>> steers = new HashMap<>();
  private final List<Expected> expected = new ArrayList<>();
  private int turn;

  Redirection(
      Layout layout,
      ArrayConfig config,
      Nodes nodes,
      Addresses addresses,
      Defects defects,
      Journal journal,
      ArrayEffects effects) {
    this.layout = layout;
    this.config = config;
    this.nodes = nodes;
    this.addresses = addresses;
    this.defects = defects;
    this.journal = journal;
    this.effects = effects;
  }

  /** True if a host that logs in anew can be moved to another port. */
  boolean moves() {
    return !config.virtualAddresses().isEmpty()
        && config.redirect().policy() != ArrayConfig.Policy.NEVER;
  }

  void avoid(String initiator, String port, long nowNs) {
    steer(initiator, new Steer(port, false, nowNs + STEER_NS));
  }

  void prefer(String initiator, String port, long nowNs) {
    steer(initiator, new Steer(port, true, nowNs + STEER_NS));
  }

  private void steer(String initiator, Steer steer) {
    steers.computeIfAbsent(initiator, name -> new ArrayDeque<>()).add(steer);
  }

  void forget() {
    steers.clear();
    expected.clear();
  }

  /** Where a login is to go instead; empty: it is served where it came in. */
  Optional<Address> redirect(Address at, String initiator, long nowNs) {
    Optional<Address> to = broken(at).or(() -> sound(at, initiator, nowNs));
    if (to.isPresent()) {
      journal.add(
          nowNs,
          at.name(),
          "login of "
              + initiator
              + " redirected from "
              + (samePlace(at, to.get()) ? at.portal() : at.ip())
              + " to "
              + (samePlace(at, to.get()) ? to.get().portal() : to.get().ip()));
    }
    return to;
  }

  /** Where several addresses are on one, TCP ports tell them apart. */
  private static boolean samePlace(Address one, Address other) {
    return one.ip().equals(other.ip()) && !one.equals(other);
  }

  private Optional<Address> broken(Address at) {
    if (defects.on(Defect.REDIRECT_LOOP)) {
      defects.struck(Defect.REDIRECT_LOOP, at.ip());
      return usable(at.network()).stream()
          .filter(port -> !port.equals(at.homePort()) || at.virtual())
          .findFirst()
          .map(this::ownAddress)
          .or(() -> Optional.of(at));
    }
    if (at.virtual() && defects.on(Defect.REDIRECT_TO_DEAD_PORT)) {
      defects.struck(Defect.REDIRECT_TO_DEAD_PORT, at.ip());
      return layout.ports().values().stream()
          .filter(port -> port.network().equals(at.network()) && !nodes.usable(port.ref()))
          .findFirst()
          .map(port -> ownAddress(port.ref()))
          .or(() -> Optional.of(nobodys(at)));
    }
    return Optional.empty();
  }

  /** An address of the same network that no one in the array has. */
  private Address nobodys(Address at) {
    String prefix = at.ip().substring(0, at.ip().lastIndexOf('.') + 1);
    for (int last = 250; last > 0; last--) {
      String ip = prefix + last;
      if (layout.addresses().stream().noneMatch(each -> each.ip().equals(ip))) {
        return new Address("nobody", ip, at.tcpPort(), at.network(), at.homePort(), false);
      }
    }
    return at;
  }

  private Optional<Address> sound(Address at, String initiator, long nowNs) {
    if (!at.virtual() || config.redirect().policy() == ArrayConfig.Policy.NEVER) {
      return Optional.empty();
    }
    String owner = addresses.owner(at);
    List<String> ports = usable(at.network());
    Optional<Steer> steer = nextSteer(initiator, nowNs);
    if (steer.isPresent() && !steer.get().prefer() && ports.size() > 1) {
      ports.remove(steer.get().port());
    }
    Optional<String> port =
        steer
            .filter(each -> each.prefer() && ports.contains(each.port()))
            .map(Steer::port)
            .or(() -> choose(ports, owner, nowNs));
    port.ifPresent(to -> expected.add(new Expected(to, initiator, nowNs + EXPECTED_NS)));
    return port.filter(to -> !to.equals(owner)).map(this::ownAddress);
  }

  private Optional<Steer> nextSteer(String initiator, long nowNs) {
    Deque<Steer> queue = steers.getOrDefault(initiator, new ArrayDeque<>());
    while (!queue.isEmpty()) {
      Steer steer = queue.poll();
      if (steer.untilNs() > nowNs) {
        return Optional.of(steer);
      }
    }
    steers.remove(initiator);
    return Optional.empty();
  }

  private Optional<String> choose(List<String> ports, String owner, long nowNs) {
    if (ports.isEmpty()) {
      return Optional.empty();
    }
    return switch (config.redirect().policy()) {
      case NEVER -> Optional.empty();
      case ALWAYS -> ports.stream().filter(port -> !port.equals(owner)).findFirst();
      case ROUND_ROBIN -> Optional.of(ports.get(Math.floorMod(turn++, ports.size())));
      case LEAST_LOADED -> {
        Map<String, Long> load = loads(nowNs);
        yield ports.stream().min(Comparator.comparing(port -> load.getOrDefault(port, 0L)));
      }
    };
  }

  /** Sessions by port, logins that are on their way included. */
  private Map<String, Long> loads(long nowNs) {
    List<LiveSession> sessions = effects.sessions();
    expected.removeIf(
        each ->
            each.untilNs() <= nowNs
                || sessions.stream()
                    .anyMatch(
                        session ->
                            session.port().equals(each.port())
                                && session.initiatorName().equals(each.initiator())));
    Map<String, Long> load =
        sessions.stream().collect(Collectors.groupingBy(LiveSession::port, Collectors.counting()));
    expected.forEach(each -> load.merge(each.port(), 1L, Long::sum));
    return load;
  }

  /** Ports of a network that serve their own address now, in order. */
  List<String> usable(String network) {
    return layout.ports().values().stream()
        .filter(port -> port.network().equals(network) && nodes.usable(port.ref()))
        .map(Layout.PortPlace::ref)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private Address ownAddress(String port) {
    return layout.addresses().stream()
        .filter(address -> !address.virtual() && address.homePort().equals(port))
        .findFirst()
        .orElseThrow();
  }
}
