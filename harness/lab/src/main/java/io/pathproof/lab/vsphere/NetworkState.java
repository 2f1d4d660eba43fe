package io.pathproof.lab.vsphere;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A host's network at a moment: which adapter each VMkernel port's traffic leaves by, which bound
 * ports are compliant, and which port the route table chooses. No I/O and no clock; one thread.
 * Inputs return what they changed.
 *
 * <p>Failure detection is by link status only, ESXi's default: an adapter whose link is up is taken
 * although nothing may come through it. With route based on the originating port ID, the n-th port
 * of a switch, in file order, has the n-th of the active adapters, counted round, and the first one
 * that has a link when that has none.
 */
public final class NetworkState {
  private final VsphereNetwork network;
  private final Map<String, Set<String>> adaptersOf = new LinkedHashMap<>();
  private final Map<String, Teaming> teamingOf = new LinkedHashMap<>();
  private final Map<String, Teaming> overrides = new LinkedHashMap<>();
  private final Set<String> linkDown = new HashSet<>();
  private final Set<String> removed = new HashSet<>();
  private final Set<String> unbound = new HashSet<>();
  private final Map<String, String> uplinks = new LinkedHashMap<>();

  /** The network as it is described, every link up. */
  public NetworkState(VsphereNetwork network) {
    this.network = network;
    describe();
    network.ports().keySet().forEach(this::chooseUplink);
  }

  /** Back to what the description says; returns what that changed. */
  public List<NetworkChange> reset() {
    return change("it is as the topology says", this::describe);
  }

  private void describe() {
    adaptersOf.clear();
    teamingOf.clear();
    overrides.clear();
    for (VirtualSwitch each : network.switches().values()) {
      adaptersOf.put(each.name(), new LinkedHashSet<>(each.adapters()));
      teamingOf.put(each.name(), each.teaming());
    }
    for (VmkernelPort port : network.ports().values()) {
      port.teaming().ifPresent(own -> overrides.put(port.name(), own));
    }
    linkDown.clear();
    removed.clear();
    unbound.clear();
    uplinks.clear();
  }

  // what it is

  /** The description it began as. */
  public VsphereNetwork network() {
    return network;
  }

  /** The failover order in force for a port. */
  public Teaming teaming(String port) {
    Teaming own = overrides.get(port);
    return own != null ? own : teamingOf.get(port(port).virtualSwitch());
  }

  /** The adapter that a port's traffic leaves by; empty when none of its team has a link. */
  public Optional<String> uplink(String port) {
    return Optional.ofNullable(uplinks.get(port));
  }

  /** Whether the adapter's link is up. */
  public boolean linkUp(String adapter) {
    return !linkDown.contains(adapter);
  }

  /** The physical adapters of a switch. */
  public List<String> adapters(String ofSwitch) {
    return List.copyOf(adaptersOf.get(ofSwitch));
  }

  /** Whether any port is bound. */
  public boolean binding() {
    return network.bound().map(ports -> !unbound.containsAll(ports)).orElse(false);
  }

  /** Whether a port is bound. */
  public boolean bound(String port) {
    return network.bound().map(ports -> ports.contains(port)).orElse(false)
        && !unbound.contains(port);
  }

  /** Whether a port may be bound. */
  public Compliance compliance(String port) {
    String origin =
        overrides.containsKey(port)
            ? "its own failover order"
            : "failover order of " + port(port).virtualSwitch();
    return Compliance.of(
        port(port), teaming(port), origin, adapter -> network.adapters().get(adapter).fabric());
  }

  /** The ports that may be bound, which are those that a host offers for it. */
  public List<String> candidates() {
    return network.ports().keySet().stream()
        .filter(port -> !removed.contains(port) && compliance(port).compliant())
        .toList();
  }

  /**
   * Whether sessions to a network go over a port: with port binding, over every bound port that is
   * compliant, or over every one where binding was forced; without it, over the one that the route
   * table chooses.
   */
  public boolean uses(String port, String fabric) {
    if (removed.contains(port)) {
      return false;
    }
    return binding()
        ? bound(port) && (network.forced() || compliance(port).compliant())
        : route(fabric).map(port::equals).orElse(false);
  }

  /**
   * The port that the route table chooses for a network: the first one in it; for a network that no
   * port is in, the first port, which has the default gateway.
   */
  public Optional<String> route(String fabric) {
    List<VmkernelPort> there =
        network.ports().values().stream().filter(port -> !removed.contains(port.name())).toList();
    return there.stream()
        .filter(port -> port.fabric().equals(fabric))
        .findFirst()
        .or(() -> there.stream().findFirst())
        .map(VmkernelPort::name);
  }

  /** Whether what leaves by the port's uplink comes into the port's network. */
  public boolean reachesItsNetwork(String port) {
    return uplink(port)
        .map(adapter -> network.adapters().get(adapter).fabric().equals(port(port).fabric()))
        .orElse(false);
  }

  /** Why nothing that a port sends comes into its network; empty where it does. */
  public Optional<Obstacle> obstacle(String port) {
    if (reachesItsNetwork(port)) {
      return Optional.empty();
    }
    Teaming order = teaming(port);
    List<String> team = new ArrayList<>(order.active());
    team.addAll(order.standby());
    if (team.isEmpty()) {
      Compliance compliance = compliance(port);
      return Optional.of(new Obstacle("no uplink", compliance.reason(), compliance.remedy()));
    }
    List<String> down = team.stream().filter(adapter -> !linkUp(adapter)).toList();
    String cables = "check the cable and the switch port of " + String.join(", ", down);
    if (down.size() == team.size()) {
      return Optional.of(
          new Obstacle("no uplink", noLink(port, order, team), cables + spare(port)));
    }
    String uplink = uplinks.get(port);
    String fabric = port(port).fabric();
    return Optional.of(
        new Obstacle(
            "leaves by " + uplink,
            port
                + ", whose address is in "
                + fabric
                + ", leaves by "
                + uplink
                + ", which leads to "
                + network.adapters().get(uplink).fabric()
                + (down.isEmpty() ? "" : ", as there is no link at " + String.join(", ", down)),
            "make an adapter active that leads to "
                + fabric
                + (down.isEmpty() ? "" : "; " + cables)));
  }

  private static String noLink(String port, Teaming order, List<String> team) {
    if (team.size() > 1) {
      return "no adapter of " + port + "'s team has a link: " + String.join(", ", team);
    }
    String which = order.active().isEmpty() ? "only adapter " : "only active adapter ";
    return port + "'s " + which + team.get(0) + " has no link";
  }

  /** A bound port may have no second adapter. */
  private String spare(String port) {
    return bound(port)
        ? "; bound, it has no other adapter, and its paths come back with the link"
        : "; or give " + port + " a further adapter, active or standby";
  }

  /** The ports whose traffic leaves by an adapter. */
  public List<String> portsOver(String adapter) {
    return network.ports().keySet().stream()
        .filter(port -> adapter.equals(uplinks.get(port)) && !removed.contains(port))
        .toList();
  }

  // what happens to it

  /** An adapter's link goes up or down. */
  public List<NetworkChange> link(String adapter, boolean up) {
    return change(
        adapter + " has " + (up ? "a link again" : "no link"),
        () -> {
          if (up) {
            linkDown.remove(adapter);
          } else {
            linkDown.add(adapter);
          }
        });
  }

  /** An adapter is added to a switch, as an active one; or taken off again. */
  public List<NetworkChange> adapter(String onSwitch, String adapter, boolean there) {
    return change(
        adapter + (there ? " was added to " : " was taken off ") + onSwitch,
        () -> {
          if (there) {
            adaptersOf.get(onSwitch).add(adapter);
            teamingOf.compute(onSwitch, (name, order) -> order.withActive(adapter));
          } else {
            adaptersOf.get(onSwitch).remove(adapter);
            teamingOf.compute(onSwitch, (name, order) -> without(order, adapter));
          }
        });
  }

  private static Teaming without(Teaming order, String adapter) {
    return new Teaming(
        order.active().stream().filter(each -> !each.equals(adapter)).toList(),
        order.standby().stream().filter(each -> !each.equals(adapter)).toList());
  }

  /**
   * The failover order of a port or a switch is set.
   *
   * @param place a port's name or a switch's
   * @param order empty: of a port, that of its switch; of a switch, the one described
   */
  public List<NetworkChange> teaming(String place, Optional<Teaming> order) {
    return change(
        "the failover order of " + place + " was changed",
        () -> {
          if (network.ports().containsKey(place)) {
            order.ifPresentOrElse(own -> overrides.put(place, own), () -> overrides.remove(place));
          } else {
            teamingOf.put(place, order.orElseGet(() -> network.switches().get(place).teaming()));
          }
        });
  }

  /** A port's failover order is again what the description says. */
  public List<NetworkChange> describedTeaming(String port) {
    return teaming(port, port(port).teaming());
  }

  /**
   * A port is to be removed. That of a bound one is refused, and nothing changes; that of one that
   * is not bound is done without a question, whatever hangs on it.
   */
  public Removal remove(String port, PortUsage usage) {
    if (bound(port)) {
      return new Removal(
          true,
          port
              + " is bound to the software iSCSI adapter; removing it would end "
              + usage.text()
              + ". Unbind it first",
          List.of());
    }
    return new Removal(
        false, port + " was removed", change(port + " was removed", () -> removed.add(port)));
  }

  /** A port that was removed is there again. */
  public List<NetworkChange> restore(String port) {
    return change(port + " was added again", () -> removed.remove(port));
  }

  /**
   * A port is unbound from the software iSCSI adapter, or bound again.
   *
   * @param force although paths are active over it; otherwise that is refused
   */
  public Removal unbind(String port, PortUsage usage, boolean force) {
    if (!force && !usage.sessions().isEmpty()) {
      return new Removal(
          true,
          port + " carries active paths; unbinding it would end " + usage.text() + ". Force it",
          List.of());
    }
    return new Removal(
        false, port + " was unbound", change(port + " was unbound", () -> unbound.add(port)));
  }

  /** An unbound port is bound again. */
  public List<NetworkChange> bind(String port) {
    return change(port + " was bound", () -> unbound.remove(port));
  }

  /**
   * What became of the wish to take a port away.
   *
   * @param refused whether nothing was done
   * @param text the warning, or what was done
   * @param changes what that changed
   */
  public record Removal(boolean refused, String text, List<NetworkChange> changes) {
    /** Copies the list. */
    public Removal {
      changes = List.copyOf(changes);
    }
  }

  // how the one follows from the other

  private record PortView(Optional<String> uplink, Compliance compliance, boolean used) {}

  private List<NetworkChange> change(String cause, Runnable input) {
    Map<String, PortView> before = view();
    input.run();
    network.ports().keySet().forEach(this::chooseUplink);
    List<NetworkChange> changes = new ArrayList<>();
    view()
        .forEach(
            (port, now) -> {
              PortView then = before.get(port);
              if (!now.uplink().equals(then.uplink())) {
                changes.add(
                    new NetworkChange.UplinkMoved(port, then.uplink(), now.uplink(), cause));
              }
              if (bound(port) && !now.compliance().equals(then.compliance())) {
                changes.add(new NetworkChange.ComplianceChanged(port, now.compliance()));
              }
              if (now.used() != then.used()) {
                boolean broken = bound(port) && !now.compliance().compliant();
                String why = broken ? now.compliance().reason() : cause;
                changes.add(new NetworkChange.UseChanged(port, now.used(), why));
              }
            });
    return List.copyOf(changes);
  }

  private Map<String, PortView> view() {
    Map<String, PortView> view = new LinkedHashMap<>();
    for (VmkernelPort port : network.ports().values()) {
      String name = port.name();
      view.put(name, new PortView(uplink(name), compliance(name), uses(name, port.fabric())));
    }
    return view;
  }

  private void chooseUplink(String port) {
    VirtualSwitch on = network.switches().get(port(port).virtualSwitch());
    Teaming order = teaming(port);
    String current = uplinks.get(port);
    boolean stays = !on.failback() && current != null && linkUp(current) && order.has(current);
    if (stays) {
      return;
    }
    Optional<String> next = preferred(port, order, on.loadBalancing());
    next.ifPresentOrElse(adapter -> uplinks.put(port, adapter), () -> uplinks.remove(port));
  }

  private Optional<String> preferred(
      String port, Teaming order, VirtualSwitch.LoadBalancing balancing) {
    // A port's number chooses among all its active adapters, so that the loss of one moves only
    // the ports that had it.
    List<String> active = order.active();
    if (balancing == VirtualSwitch.LoadBalancing.ORIGINATING_PORT_ID && !active.isEmpty()) {
      String own = active.get(numberOf(port) % active.size());
      if (linkUp(own)) {
        return Optional.of(own);
      }
    }
    return active.stream()
        .filter(this::linkUp)
        .findFirst()
        .or(() -> order.standby().stream().filter(this::linkUp).findFirst());
  }

  private int numberOf(String port) {
    String on = port(port).virtualSwitch();
    return network.ports().values().stream()
        .filter(each -> each.virtualSwitch().equals(on))
        .map(VmkernelPort::name)
        .toList()
        .indexOf(port);
  }

  private VmkernelPort port(String name) {
    return Objects.requireNonNull(network.ports().get(name), name);
  }
}
