package io.pathproof.targets.array.system;

import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.targets.array.scsi.Defects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** A core in virtual time whose effects are written down. */
final class FakeArray implements ArrayEffects {
  final List<String> effects = new ArrayList<>();
  final List<LiveSession> sessions = new ArrayList<>();
  final Map<Address, Conduct> conduct = new HashMap<>();
  final Defects defects = new Defects();
  final ArrayCore core;
  private final ArrayConfig config;
  private final Map<String, AccessState> states = new HashMap<>();
  private long nowNs;

  FakeArray(ArrayConfig config) {
    this.config = config.validated();
    for (ArrayConfig.Volume volume : config.volumes()) {
      own(volume.name(), volume.owner().orElse(config.nodes().get(0).name()), 0, 0);
    }
    core = new ArrayCore(config, defects, this);
    core.start(0);
    effects.clear();
  }

  /** Two nodes with two ports each on one network, and {@code vip} at node1.a. */
  static ArrayConfig virtualPort(ArrayConfig.Policy policy, OptionalLong takeoverMs) {
    return new ArrayConfig(
        "array",
        "iqn.2026-11.test:array",
        List.of(
            node("node1", port("a", "10.0.0.2", "san"), port("b", "10.0.0.3", "san")),
            node("node2", port("a", "10.0.0.4", "san"), port("b", "10.0.0.5", "san"))),
        List.of(new ArrayConfig.VirtualAddress("vip", "10.0.0.1", 3260, "node1.a")),
        List.of(volume("vol0", "node1"), volume("vol1", "node2")),
        Optional.empty(),
        0,
        new ArrayConfig.Redirect(policy, false),
        takeoverMs,
        ArrayConfig.Alua.NONE,
        Optional.empty(),
        1);
  }

  /** Two nodes with a port on each of two networks, and asymmetric access. */
  static ArrayConfig pair(OptionalLong takeoverMs, long transitionMs) {
    return new ArrayConfig(
        "array",
        "iqn.2026-11.test:array",
        List.of(
            node("node1", port("a", "10.10.1.10", "blue"), port("b", "10.10.2.10", "green")),
            node("node2", port("a", "10.10.1.11", "blue"), port("b", "10.10.2.11", "green"))),
        List.of(),
        List.of(volume("vol0", "node1"), volume("vol1", "node2")),
        Optional.empty(),
        0,
        new ArrayConfig.Redirect(ArrayConfig.Policy.NEVER, false),
        takeoverMs,
        new ArrayConfig.Alua(ArrayConfig.Mode.IMPLICIT, AccessState.STANDBY, transitionMs),
        Optional.empty(),
        1);
  }

  private static ArrayConfig.Node node(String name, ArrayConfig.Port... ports) {
    return new ArrayConfig.Node(name, List.of(ports));
  }

  private static ArrayConfig.Port port(String name, String address, String network) {
    return new ArrayConfig.Port(name, address, 3260, network);
  }

  private static ArrayConfig.Volume volume(String name, String owner) {
    return new ArrayConfig.Volume(
        name,
        name.charAt(name.length() - 1) - '0' + 1,
        1 << 20,
        512,
        Optional.of(owner),
        ArrayConfig.Store.MEMORY);
  }

  Address address(String ip) {
    return core.addresses().stream().filter(each -> each.ip().equals(ip)).findFirst().orElseThrow();
  }

  String owner(String ip) {
    return core.owner(address(ip));
  }

  Conduct conduct(String ip) {
    return conduct.get(address(ip));
  }

  void act(String place, String word, String detail) {
    core.act(place, word, detail, nowNs);
  }

  void act(String place, String word) {
    act(place, word, "");
  }

  /** True if all was as it had been at once. */
  boolean restore(String place, String word) {
    boolean[] done = new boolean[1];
    core.restore(place, word, "", nowNs, () -> done[0] = true);
    return done[0];
  }

  void reset() {
    core.reset(nowNs, () -> {});
  }

  Optional<String> redirect(String ip, String initiator) {
    return core.redirect(address(ip), initiator, nowNs).map(Address::ip);
  }

  void session(int tsih, String initiator, String port) {
    sessions.add(new LiveSession(tsih, initiator, port, 0));
  }

  /** Advances time, stopping at every deadline on the way. */
  void passMs(long ms) {
    long endNs = nowNs + TimeUnit.MILLISECONDS.toNanos(ms);
    while (core.nextDeadlineNs() <= endNs) {
      nowNs = Math.max(nowNs, core.nextDeadlineNs());
      core.onTime(nowNs);
    }
    nowNs = endNs;
  }

  List<String> journal() {
    return core.journal(0).stream().map(JournalEntry::text).toList();
  }

  @Override
  public void conduct(Address address, Conduct now) {
    conduct.put(address, now);
  }

  @Override
  public void move(Address address, String fromPort, String toPort, boolean announced) {
    effects.add("move " + address.ip() + " " + fromPort + " " + toPort + " " + announced);
  }

  @Override
  public void closeConnections(Address address) {
    effects.add("close " + address.ip());
  }

  @Override
  public void resetConnections(Address address) {
    effects.add("reset " + address.ip());
  }

  @Override
  public void link(String port, boolean up) {
    effects.add("link " + port + " " + up);
  }

  @Override
  public void mapped(String port, boolean mapped) {
    effects.add("mapped " + port + " " + mapped);
  }

  @Override
  public List<LiveSession> sessions() {
    return List.copyOf(sessions);
  }

  @Override
  public void requestLogout(int tsih, int seconds, long now) {
    effects.add("logout " + tsih + " " + seconds);
  }

  @Override
  public void asyncEvent(int tsih, AsyncNotice notice, long now) {
    effects.add("async " + tsih + " " + notice);
  }

  @Override
  public void holdCommands(String port, boolean held, long now) {
    effects.add("hold " + port + " " + held);
  }

  @Override
  public void nodeDown(String node, long now) {
    effects.add("down " + node);
  }

  @Override
  public void nodeUp(String node, long now) {
    effects.add("up " + node);
  }

  @Override
  public void own(String volume, String node, long transitionNs, long now) {
    for (int group = 1; group <= config.nodes().size(); group++) {
      boolean owns = config.nodes().get(group - 1).name().equals(node);
      states.put(
          volume + group, owns ? AccessState.ACTIVE_OPTIMIZED : config.alua().partnerState());
    }
    effects.add("own " + volume + " " + node + " " + TimeUnit.NANOSECONDS.toMillis(transitionNs));
  }

  @Override
  public void accessState(
      String volume, int portGroup, AccessState state, long transitionNs, long now) {
    states.put(volume + portGroup, state);
    effects.add("state " + volume + " " + portGroup + " " + state);
  }

  @Override
  public AccessState accessState(String volume, int portGroup) {
    return states.get(volume + portGroup);
  }

  @Override
  public void splitBrain(String node, boolean split) {
    effects.add("split " + node + " " + split);
  }
}
