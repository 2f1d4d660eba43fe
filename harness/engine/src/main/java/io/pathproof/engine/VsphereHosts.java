package io.pathproof.engine;

import io.pathproof.initiator.diagnosis.Route;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.History;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.vsphere.Compliance;
import io.pathproof.lab.vsphere.NetworkChange;
import io.pathproof.lab.vsphere.NetworkState;
import io.pathproof.lab.vsphere.PhysicalAdapter;
import io.pathproof.lab.vsphere.PortUsage;
import io.pathproof.lab.vsphere.VsphereNetwork;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A lab's vSphere hosts below their VMkernel ports: keeps the state of their networks, has the
 * links follow it, tells the hosts which links to use, and writes what changes into their
 * histories. Safe for use by several threads.
 *
 * <p>A port that moves to another adapter keeps its connections, as one keeps them whose address
 * the physical switch learns at another of its ports: nothing goes through for {@value #MOVE_MS}
 * ms, a figure of our own, and then over the new adapter; where the engine's links lose what is
 * sent meanwhile, it goes over at once. Connections that were reset or cut off by an impairment of
 * the old adapter are not brought back.
 */
public final class VsphereHosts {
  /** How long a port that changes its adapter is not heard. */
  static final long MOVE_MS = 50;

  private final Topology topology;
  private final Scheduler scheduler;
  private final Wires wires;
  private final Map<String, Host> hosts = new LinkedHashMap<>();

  /** A lab's hosts, as the topology describes them. */
  public VsphereHosts(Topology topology, Scheduler scheduler, Wires wires) {
    this.topology = topology;
    this.scheduler = scheduler;
    this.wires = wires;
    for (HostSpec spec : topology.hosts().values()) {
      spec.vsphere().ifPresent(network -> hosts.put(spec.name(), new Host(spec, network)));
    }
  }

  /** What the wires below a link do. */
  private record Below(Optional<String> adapter, Map<Direction, Impairment> impairments) {}

  private final class Host {
    final String name;
    final NetworkState network;
    final Map<LinkId, Below> below = new LinkedHashMap<>();
    final Map<String, Map<Direction, Impairment>> onAdapter = new HashMap<>();
    final Map<LinkId, Map<Direction, Impairment>> onLink = new HashMap<>();
    final Map<LinkId, CompletionStage<Void>> turn = new HashMap<>();
    Optional<PortSessions> up = Optional.empty();
    Optional<History> history = Optional.empty();

    Host(HostSpec spec, VsphereNetwork network) {
      this.name = spec.name();
      this.network = new NetworkState(network);
      for (LinkId link : topology.linksOf(spec)) {
        below.put(link, new Below(Optional.empty(), Map.of()));
      }
    }

    String port(LinkId link) {
      return topology.adapter(link.adapter()).name();
    }

    boolean uses(LinkId link) {
      return network.uses(port(link), topology.port(link.port()).fabric());
    }

    List<LinkId> linksOver(Set<String> ports) {
      return below.keySet().stream()
          .filter(link -> ports.contains(port(link)) && uses(link))
          .toList();
    }

    void append(Event event) {
      history.ifPresent(to -> to.append(scheduler.nowNs(), event));
    }
  }

  /** Whether a link goes over the adapters of a vSphere host. */
  public boolean has(LinkId link) {
    return hosts.values().stream().anyMatch(host -> host.below.containsKey(link));
  }

  /** Has every link go over its adapter. Once, when the links are there. */
  public synchronized CompletionStage<Void> plugIn() {
    List<CompletionStage<Void>> all = new ArrayList<>();
    hosts.values().forEach(host -> all.add(follow(host, false)));
    return joined(all);
  }

  /**
   * Brings a host up with the links that its network lets it use.
   *
   * @param start makes the host, given the links to leave out
   */
  public synchronized <H extends PortSessions> H attach(
      String name, History history, Function<Map<LinkId, String>, H> start) {
    Host host = hosts.get(name);
    host.history = Optional.of(history);
    host.network.network().ports().keySet().forEach(port -> host.append(seen(host, port)));
    Map<LinkId, String> leftOut = new LinkedHashMap<>();
    for (LinkId link : host.below.keySet()) {
      if (!host.uses(link)) {
        leftOut.put(link, why(host, host.port(link)));
      }
    }
    H up = start.apply(leftOut);
    host.up = Optional.of(up);
    return up;
  }

  private static String why(Host host, String port) {
    Compliance compliance = host.network.compliance(port);
    return host.network.bound(port) && !compliance.compliant()
        ? compliance.reason()
        : port + " is not the port that the route table chooses";
  }

  private static Event seen(Host host, String port) {
    NetworkState network = host.network;
    Compliance compliance = network.compliance(port);
    String fabric = network.network().ports().get(port).fabric();
    return new Event.VmkernelPortSeen(
        host.name,
        port,
        network.uplink(port).orElse(""),
        network.bound(port),
        compliance.cause().word(),
        network.uses(port, fabric),
        compliance.reason(),
        compliance.remedy());
  }

  /** How a link's port leaves its host; empty for a link that is not a vSphere host's. */
  public synchronized Optional<Route> route(LinkId link) {
    if (!has(link)) {
      return Optional.empty();
    }
    Host host = hostOf(link);
    String port = host.port(link);
    return Optional.of(
        host.network
            .obstacle(port)
            .<Route>map(told -> new Route.Missing(told.seen(), told.reason(), told.remedy()))
            .orElseGet(() -> new Route.Found("by " + host.network.uplink(port).orElseThrow())));
  }

  /**
   * The ports of a host that carry no sessions now.
   *
   * @return a sentence each; none for a host that is no vSphere host
   */
  public synchronized List<String> unused(String name) {
    Host host = hosts.get(name);
    if (host == null) {
      return List.of();
    }
    List<String> ports =
        host.below.keySet().stream()
            .filter(link -> !host.uses(link))
            .map(host::port)
            .distinct()
            .toList();
    return ports.stream()
        .filter(port -> host.linksOver(Set.of(port)).isEmpty())
        .map(port -> "the host has no session over " + port + ": " + why(host, port))
        .toList();
  }

  /** See {@link io.pathproof.lab.engine.LabDriver#impair}. */
  public synchronized CompletionStage<Void> impair(
      LinkId link, Direction direction, Impairment impairment) {
    Host host = hostOf(link);
    put(host.onLink.computeIfAbsent(link, each -> none()), direction, impairment);
    return follow(host, false);
  }

  /** See {@link io.pathproof.lab.engine.LabDriver#heal}. */
  public synchronized CompletionStage<Void> heal(LinkId link) {
    Host host = hostOf(link);
    host.onLink.remove(link);
    return follow(host, false);
  }

  /** See {@link io.pathproof.lab.engine.LabDriver#impairAdapter}. */
  public synchronized CompletionStage<List<LinkId>> impairAdapter(
      String adapter, Direction direction, Impairment impairment) {
    Host host = hosts.get(hostIn(adapter));
    put(host.onAdapter.computeIfAbsent(local(adapter), each -> none()), direction, impairment);
    List<LinkId> links = host.linksOver(Set.copyOf(host.network.portsOver(local(adapter))));
    return follow(host, false).thenApply(done -> links);
  }

  /** See {@link io.pathproof.lab.engine.LabDriver#healAdapter}. */
  public synchronized CompletionStage<Void> healAdapter(String adapter) {
    Host host = hosts.get(hostIn(adapter));
    host.onAdapter.remove(local(adapter));
    return follow(host, false);
  }

  private static Map<Direction, Impairment> none() {
    return new EnumMap<>(Direction.class);
  }

  private static void put(
      Map<Direction, Impairment> all, Direction direction, Impairment impairment) {
    if (direction == Direction.BOTH) {
      all.clear();
    }
    all.put(direction, impairment);
  }

  /** See {@link io.pathproof.lab.engine.LabDriver#act(String, HostAction)}. */
  public CompletionStage<List<LinkId>> act(String place, HostAction action) {
    boolean asks =
        switch (action.kind()) {
          case REMOVE_PORT, UNBIND, UNBIND_FORCE -> true;
          default -> false;
        };
    return (asks ? usage(place) : CompletableFuture.completedFuture(PortUsage.NONE))
        .thenComposeAsync(usage -> act(place, action, usage), scheduler);
  }

  private synchronized CompletionStage<PortUsage> usage(String place) {
    return hosts
        .get(hostIn(place))
        .up
        .map(up -> up.usage(local(place)))
        .orElse(CompletableFuture.completedFuture(PortUsage.NONE));
  }

  private synchronized CompletionStage<List<LinkId>> act(
      String place, HostAction action, PortUsage usage) {
    Host host = hosts.get(hostIn(place));
    String name = local(place);
    NetworkState network = host.network;
    List<LinkId> links = host.linksOver(portsAt(host, name));
    host.append(new Event.HostChanged(host.name, place, action.text()));
    List<NetworkChange> changes =
        switch (action.kind()) {
          case LINK_DOWN -> network.link(name, false);
          case ADD_ADAPTER -> network.adapter(name, action.adapter(), true);
          case TEAMING -> network.teaming(name, action.order());
          case REMOVE_PORT -> asked(host, name, action, usage, network.remove(name, usage));
          case UNBIND -> asked(host, name, action, usage, network.unbind(name, usage, false));
          case UNBIND_FORCE -> asked(host, name, action, usage, network.unbind(name, usage, true));
        };
    return changed(host, changes).thenApply(done -> links);
  }

  private static List<NetworkChange> asked(
      Host host, String port, HostAction action, PortUsage usage, NetworkState.Removal removal) {
    boolean bound = removal.refused() || action.kind() != HostAction.Kind.REMOVE_PORT;
    host.append(
        new Event.PortRemovalAsked(
            host.name,
            port,
            action.kind().word(),
            bound,
            removal.refused(),
            removal.text(),
            usage.sessions(),
            usage.devices(),
            usage.lastPathOf()));
    return removal.changes();
  }

  private static Set<String> portsAt(Host host, String name) {
    VsphereNetwork network = host.network.network();
    if (network.ports().containsKey(name)) {
      return Set.of(name);
    }
    if (network.adapters().containsKey(name)) {
      return Set.copyOf(host.network.portsOver(name));
    }
    Set<String> ports = new LinkedHashSet<>();
    network.ports().values().stream()
        .filter(port -> port.virtualSwitch().equals(name))
        .forEach(port -> ports.add(port.name()));
    return ports;
  }

  /** See {@link io.pathproof.lab.engine.LabDriver#restore(String, HostAction)}. */
  public synchronized CompletionStage<Void> restore(String place, HostAction action) {
    Host host = hosts.get(hostIn(place));
    String name = local(place);
    NetworkState network = host.network;
    host.append(new Event.HostChanged(host.name, place, "no more: " + action.text()));
    List<NetworkChange> changes =
        switch (action.kind()) {
          case LINK_DOWN -> network.link(name, true);
          case ADD_ADAPTER -> network.adapter(name, action.adapter(), false);
          case TEAMING ->
              network.network().ports().containsKey(name)
                  ? network.describedTeaming(name)
                  : network.teaming(name, Optional.empty());
          case REMOVE_PORT -> network.restore(name);
          case UNBIND, UNBIND_FORCE -> network.bind(name);
        };
    return changed(host, changes);
  }

  /** Everything as the topology says. */
  public synchronized CompletionStage<Void> reset() {
    List<CompletionStage<Void>> all = new ArrayList<>();
    for (Host host : hosts.values()) {
      host.onAdapter.clear();
      host.onLink.clear();
      host.network.reset();
      all.add(follow(host, false));
    }
    return joined(all);
  }

  private CompletionStage<Void> changed(Host host, List<NetworkChange> changes) {
    Set<String> looked = new LinkedHashSet<>();
    for (NetworkChange change : changes) {
      if (change instanceof NetworkChange.UplinkMoved moved) {
        host.append(
            new Event.UplinkMoved(
                host.name,
                moved.port(),
                moved.from().orElse(""),
                moved.to().orElse(""),
                moved.cause()));
      } else {
        looked.add(change.port());
      }
    }
    looked.forEach(port -> host.append(seen(host, port)));
    for (LinkId link : host.below.keySet()) {
      boolean uses = host.uses(link);
      String why =
          changes.stream()
              .filter(
                  change ->
                      change instanceof NetworkChange.UseChanged
                          && change.port().equals(host.port(link)))
              .map(change -> ((NetworkChange.UseChanged) change).why())
              .findFirst()
              .orElse(why(host, host.port(link)));
      host.up.ifPresent(up -> up.use(link, uses, why));
    }
    return follow(host, true);
  }

  /** Has the links do what the adapters below them do now. */
  private CompletionStage<Void> follow(Host host, boolean moving) {
    List<CompletionStage<Void>> all = new ArrayList<>();
    for (LinkId link : host.below.keySet()) {
      Below then = host.below.get(link);
      Below now = below(host, link);
      if (!now.equals(then)) {
        host.below.put(link, now);
        // what the network itself changes is the adapter
        boolean pause = moving && then.adapter().isPresent() && now.adapter().isPresent();
        all.add(queued(host, link, () -> apply(host, link, pause)));
      }
    }
    return joined(all);
  }

  private static Below below(Host host, LinkId link) {
    String port = host.port(link);
    Optional<String> adapter =
        host.network.reachesItsNetwork(port) ? host.network.uplink(port) : Optional.empty();
    Map<Direction, Impairment> impairments =
        adapter.map(host.onAdapter::get).orElseGet(() -> host.onLink.getOrDefault(link, Map.of()));
    return new Below(adapter, Map.copyOf(impairments));
  }

  private synchronized CompletionStage<Void> queued(
      Host host, LinkId link, java.util.function.Supplier<CompletionStage<Void>> work) {
    CompletionStage<Void> before =
        host.turn.getOrDefault(link, CompletableFuture.completedFuture(null));
    CompletionStage<Void> now =
        before.handle((done, failure) -> null).thenCompose(done -> work.get());
    host.turn.put(link, now);
    return now;
  }

  private CompletionStage<Void> apply(Host host, LinkId link, boolean pause) {
    CompletionStage<Void> before = CompletableFuture.completedFuture(null);
    if (pause && wires.losesNothing()) {
      before = wires.unplug(link).thenCompose(done -> later());
    }
    return before.thenCompose(done -> settle(host, link));
  }

  private CompletionStage<Void> later() {
    CompletableFuture<Void> over = new CompletableFuture<>();
    scheduler.at(scheduler.nowNs() + MOVE_MS * 1_000_000L, () -> over.complete(null));
    return over;
  }

  private synchronized CompletionStage<Void> settle(Host host, LinkId link) {
    Below now = host.below.get(link);
    if (now.adapter().isEmpty()) {
      return wires.unplug(link);
    }
    PhysicalAdapter adapter = host.network.network().adapters().get(now.adapter().get());
    int links =
        Math.max(1, host.linksOver(Set.copyOf(host.network.portsOver(adapter.name()))).size());
    CompletionStage<Void> chain =
        wires.carriedBy(link, host.name, adapter, links).thenCompose(done -> wires.heal(link));
    for (Map.Entry<Direction, Impairment> each : now.impairments().entrySet()) {
      chain = chain.thenCompose(done -> wires.impair(link, each.getKey(), each.getValue()));
    }
    return chain;
  }

  private Host hostOf(LinkId link) {
    return hosts.get(hostIn(link.adapter()));
  }

  private static String hostIn(String place) {
    return place.substring(0, place.indexOf('.'));
  }

  private static String local(String place) {
    return place.substring(place.indexOf('.') + 1);
  }

  private static CompletionStage<Void> joined(List<CompletionStage<Void>> stages) {
    return CompletableFuture.allOf(
        stages.stream()
            .map(CompletionStage::toCompletableFuture)
            .toArray(CompletableFuture[]::new));
  }
}
