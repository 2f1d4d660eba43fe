package io.pathproof.lab.verdict;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.workload.Workload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** One history, indexed once for all checkers. */
final class RunView {
  /** States of a session that has lost its connection, or has let it go (RFC 7143 section 8). */
  static final Set<String> LOST = Set.of("FAILED", "FREE", "CLEANUP_WAIT");

  /** A device of a host. */
  record DeviceKey(String host, String device) {}

  /** A path of a host. */
  private record PathKey(String host, String path) {}

  private final Scenario scenario;
  private final Topology topology;
  private final List<Entry> entries;
  private final Map<Long, Io> ios = new LinkedHashMap<>();
  private final Map<DeviceKey, Event.DeviceFound> devices = new LinkedHashMap<>();
  private final Map<String, Map<String, LinkId>> linkOfPath = new HashMap<>();
  private final List<Injection> injections = new ArrayList<>();
  private final List<Injection> elsewhere;
  private final Map<Integer, Set<PathKey>> atPlace = new HashMap<>();
  private final List<Entry> arrayChanges = new ArrayList<>();
  private final List<Entry> sessions = new ArrayList<>();
  private final List<String> strays = new ArrayList<>();
  private final long workloadNs;

  RunView(Scenario scenario, Topology topology, List<Entry> entries) {
    this(scenario, topology, entries, List.of());
  }

  /**
   * @param elsewhere faults of the scenario that hit nothing that this view is about, and are not
   *     in its history
   */
  RunView(Scenario scenario, Topology topology, List<Entry> entries, List<Injection> elsewhere) {
    this.scenario = scenario;
    this.topology = topology;
    this.entries = entries;
    this.elsewhere = elsewhere;
    entries.forEach(this::index);
    this.workloadNs =
        phaseNs("workload").orElse(entries.isEmpty() ? 0 : entries.get(entries.size() - 1).atNs());
  }

  private void index(Entry entry) {
    Event event = entry.event();
    if (event instanceof Event.DeviceFound found) {
      devices.put(new DeviceKey(found.host(), found.device()), found);
      for (PathInfo path : found.paths()) {
        linkOfPath.computeIfAbsent(found.host(), h -> new HashMap<>()).put(path.id(), path.link());
      }
    } else if (event instanceof Event.PathChanged change) {
      linkOfPath
          .computeIfAbsent(change.host(), h -> new HashMap<>())
          .put(change.path(), change.link());
    } else if (event instanceof Event.IoIssued issued) {
      if (ios.putIfAbsent(issued.op(), new Io(issued, entry.atNs())) != null) {
        strays.add("op " + issued.op() + " issued twice");
      }
    } else if (event instanceof Event.IoSent sent) {
      io(sent.op(), "sent")
          .ifPresent(io -> io.add(new Io.Sent(sent.path(), sent.attempt(), entry.atNs())));
    } else if (event instanceof Event.IoAttemptEnded lost) {
      io(lost.op(), "attempt ended")
          .ifPresent(
              io -> io.add(new Io.Lost(lost.path(), lost.attempt(), entry.atNs(), lost.retried())));
    } else if (event instanceof Event.IoEnded ended) {
      io(ended.op(), "ended").ifPresent(io -> io.end(ended, entry.atNs()));
    } else if (event instanceof Event.FaultInjected injected) {
      injections.add(injection(entry, injected));
    } else if (event instanceof Event.FaultHealed healed) {
      injections.replaceAll(
          fault -> fault.number() == healed.fault() ? healed(fault, healed) : fault);
    } else if (event instanceof Event.ArrayChanged) {
      arrayChanges.add(entry);
    } else if (event instanceof Event.SessionRedirected || event instanceof Event.SessionChanged) {
      sessions.add(entry);
    }
  }

  private Optional<Io> io(long op, String what) {
    Io io = ios.get(op);
    if (io == null) {
      strays.add("op " + op + " " + what + " but never issued");
    }
    return Optional.ofNullable(io);
  }

  private Injection injection(Entry entry, Event.FaultInjected injected) {
    return new Injection(
        injected.fault(),
        scenario.faults().get(injected.fault() - 1),
        injected.text(),
        injected.links(),
        injected.startedNs(),
        entry.atNs(),
        Long.MAX_VALUE);
  }

  private static Injection healed(Injection fault, Event.FaultHealed healed) {
    return new Injection(
        fault.number(),
        fault.fault(),
        fault.text(),
        fault.links(),
        fault.startedNs(),
        fault.inPlaceNs(),
        healed.startedNs());
  }

  Scenario scenario() {
    return scenario;
  }

  /** What the array's journal has, in order. */
  List<Entry> arrayChanges() {
    return arrayChanges;
  }

  Topology topology() {
    return topology;
  }

  List<Entry> entries() {
    return entries;
  }

  /** Events of one type, in order. */
  <T extends Event> Stream<T> events(Class<T> type) {
    return entries.stream().map(Entry::event).filter(type::isInstance).map(type::cast);
  }

  Collection<Io> ios() {
    return ios.values();
  }

  List<Io> iosOf(String host) {
    return ios.values().stream().filter(io -> io.host().equals(host)).toList();
  }

  List<Injection> injections() {
    return injections;
  }

  /** Faults that hit nothing that this view is about. */
  List<Injection> elsewhere() {
    return elsewhere;
  }

  /** How many faults there had to be. */
  int faultsDue() {
    return scenario.faults().size() - elsewhere.size();
  }

  /** What does not fit together, such as the end of an I/O that never began. */
  List<String> strays() {
    return strays;
  }

  /** When the workload's phase began, or the history's end if it never did. */
  long workloadNs() {
    return workloadNs;
  }

  Optional<Long> phaseNs(String phase) {
    return entries.stream()
        .filter(e -> e.event() instanceof Event.PhaseStarted p && p.phase().equals(phase))
        .map(Entry::atNs)
        .findFirst();
  }

  Optional<Event.LabFailed> labFailure() {
    return events(Event.LabFailed.class).findFirst();
  }

  boolean expects(Class<? extends Expectation> kind) {
    return scenario.expectations().stream().anyMatch(kind::isInstance);
  }

  /** The hosts that have a workload, in the scenario's order. */
  List<String> hosts() {
    return scenario.workloads().stream().map(Workload::host).distinct().toList();
  }

  /** A host's devices for the volumes that its workloads use. */
  List<Event.DeviceFound> devicesOf(String host) {
    List<String> volumes =
        scenario.workloads().stream()
            .filter(w -> w.host().equals(host))
            .map(Workload::volume)
            .toList();
    return devices.values().stream()
        .filter(found -> found.host().equals(host) && volumes.contains(found.volume()))
        .toList();
  }

  Optional<Event.DeviceFound> device(String host, String device) {
    return Optional.ofNullable(devices.get(new DeviceKey(host, device)));
  }

  Optional<LinkId> link(String host, String path) {
    return Optional.ofNullable(linkOfPath.getOrDefault(host, Map.of()).get(path));
  }

  /** The port of the array that a path led to at some time: the one that had its address then. */
  String port(String host, String path, long atNs) {
    String address = address(host, path, atNs);
    return address.equals("?") ? address : ArrayCheckers.owner(this, address, atNs);
  }

  /**
   * The address that a path led to at some time, by the name of its port or its own: where its
   * session was redirected to, or else its link's. A session that is lost begins anew at its link's
   * address, unless it was sent on for good.
   */
  String address(String host, String path, long atNs) {
    String address = "";
    boolean permanent = false;
    for (Entry entry : sessions) {
      if (entry.atNs() > atNs) {
        continue;
      }
      if (entry.event() instanceof Event.SessionRedirected sent
          && sent.host().equals(host)
          && sent.path().equals(path)) {
        address = sent.to();
        permanent = sent.permanent();
      } else if (entry.event() instanceof Event.SessionChanged change
          && !permanent
          && LOST.contains(change.state())
          && change.host().equals(host)
          && change.path().equals(path)) {
        address = "";
      }
    }
    String to = address;
    Optional<String> redirected =
        topology.addresses().stream()
            .filter(port -> port.portal().equals(to))
            .map(PortSpec::ref)
            .findFirst();
    return redirected.or(() -> link(host, path).map(LinkId::port)).orElse("?");
  }

  /**
   * Whether the path leads over a link that the fault breaks; of what is done to the array, whether
   * it led to a port at the fault's place when that came.
   */
  boolean hits(Injection fault, String host, String path) {
    return fault.fault().action().isEmpty()
        ? link(host, path).map(fault.links()::contains).orElse(false)
        : atPlace.computeIfAbsent(fault.number(), n -> atPlace(fault)).contains(key(host, path));
  }

  private static PathKey key(String host, String path) {
    return new PathKey(host, path);
  }

  private Set<PathKey> atPlace(Injection fault) {
    String place = fault.fault().place();
    Set<PathKey> there = new HashSet<>();
    linkOfPath.forEach(
        (host, paths) ->
            paths
                .keySet()
                .forEach(
                    path -> {
                      String port = port(host, path, fault.startedNs());
                      boolean hit =
                          place.equals(port)
                              || !port.equals("?") && topology.port(port).node().equals(place)
                              || !port.equals("?") && topology.arrayOf(port).name().equals(place);
                      if (hit) {
                        there.add(key(host, path));
                      }
                    }));
    return there;
  }

  /** Whether any of the device's paths is hit by the fault. */
  boolean hitsDevice(Injection fault, String host, String device) {
    return device(host, device)
        .map(found -> found.paths().stream().anyMatch(p -> hits(fault, host, p.id())))
        .orElse(false);
  }

  /** Whether all of the device's paths are as said; false where it was not found. */
  boolean everyPath(String host, String device, Predicate<String> path) {
    return device(host, device)
        .map(found -> found.paths().stream().allMatch(p -> path.test(p.id())))
        .orElse(false);
  }

  /** Paths of the workload's hosts that had a session that the fault hit when it came. */
  long sessionsHit(Injection fault) {
    Set<PathKey> there = new HashSet<>();
    for (String host : hosts()) {
      devicesOf(host).stream()
          .flatMap(found -> found.paths().stream())
          .filter(path -> hits(fault, host, path.id()))
          .forEach(path -> there.add(key(host, path.id())));
    }
    for (Entry entry : entries) {
      if (entry.event() instanceof Event.PathChanged change && entry.atNs() < fault.startedNs()) {
        PathKey path = key(change.host(), change.path());
        if (!change.up()) {
          there.remove(path);
        } else if (hosts().contains(change.host()) && hits(fault, change.host(), change.path())) {
          there.add(path);
        }
      }
    }
    return there.size();
  }

  /** {@code sda (10.10.1.10:3260)}; the name alone for a device with several paths. */
  String deviceText(String host, String device) {
    return device(host, device)
        .filter(found -> found.paths().size() == 1)
        .map(found -> device + " (" + found.paths().get(0).portal() + ")")
        .orElse(device);
  }

  /** When the first fault began to be applied. */
  Optional<Long> firstFaultNs() {
    return injections.stream().map(Injection::startedNs).min(Long::compare);
  }

  static String seconds(long ns) {
    return String.format(Locale.ROOT, "%.2f s", ns / 1e9);
  }

  static String count(long n, String noun) {
    return n + " " + noun + (n == 1 ? "" : "s");
  }

  static boolean indeterminate(Io io) {
    return io.ends() == 0 || io.ended().status() == IoResult.Status.INDETERMINATE;
  }
}
