package io.pathproof.reports.picture;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.topology.LinkId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A history sorted by what a picture shows of it. All times are nanoseconds of the history. */
final class HistoryView {
  /**
   * An I/O that ended.
   *
   * @param intendedNs when it was due
   * @param endedNs when it ended
   */
  record Io(String host, long intendedNs, long endedNs, IoResult.Status status, String detail) {}

  /** Multipathing moved what a lost path had left behind. */
  record Switch(long atNs, String host, String device, String from, String to, String cause) {}

  /** A phase of the run. */
  record Phase(String name, long fromNs, long toNs) {}

  /** A single remarkable moment: the lab failed, or a write went out unfenced. */
  record Moment(long atNs, String kind, String text) {}

  private static final Set<String> AFTER_THE_RUN = Set.of("liveness", "verify", "detach");

  final List<FaultWindow> faults;
  final Map<String, List<PathLane>> lanes = new LinkedHashMap<>();
  final List<Long> arrivalsNs = new ArrayList<>();
  final List<Io> ios = new ArrayList<>();
  final List<Switch> switches = new ArrayList<>();
  final List<Phase> phases = new ArrayList<>();
  final List<Moment> moments = new ArrayList<>();
  private final Map<Long, Long> intended = new HashMap<>();

  /** By host, the devices that have lanes of their own. */
  private final Map<String, Set<String>> devicesApart = new HashMap<>();

  /** By host and device. */
  private final Map<String, String> volumes = new HashMap<>();

  private long lastSeenNs;
  private long verifyNs = Long.MAX_VALUE;

  /** From then on hosts log out, path by path: that moves no I/O and loses no device. */
  private long detachNs = Long.MAX_VALUE;

  private long firstNs;
  private long endNs;

  HistoryView(List<Entry> history) {
    faults = FaultWindow.of(history);
    apart(history);
    history.forEach(entry -> read(entry.atNs(), entry.event()));
    long last = history.isEmpty() ? 0 : history.get(history.size() - 1).atNs();
    if (!phases.isEmpty()) {
      beginPhase(last, "");
      phases.remove(phases.size() - 1);
    }
    lanes.values().forEach(list -> list.forEach(lane -> lane.endDown(last)));
    firstNs =
        phases.stream()
            .filter(p -> p.name().equals("workload"))
            .findFirst()
            .map(Phase::fromNs)
            .orElse(arrivalsNs.isEmpty() ? 0L : arrivalsNs.get(0));
    endNs = Math.max(lastSeenNs, firstNs);
    if (endNs - firstNs < 1_000_000) {
      endNs = Math.max(last, firstNs + 1_000_000_000L);
    }
  }

  /** Where a picture begins: the start of the workload, which a scenario counts its times from. */
  long firstNs() {
    return firstNs;
  }

  /** Where a picture ends: after the last I/O, fault or change of a path. */
  long endNs() {
    return endNs;
  }

  /**
   * Where several devices of a host have I/O and share paths, each has lanes of its own: a path
   * that one of them prefers is not that of another.
   */
  private void apart(List<Entry> history) {
    Map<String, Set<String>> used = new HashMap<>();
    for (Entry entry : history) {
      if (entry.event() instanceof Event.IoSent sent) {
        used.computeIfAbsent(sent.host(), host -> new HashSet<>()).add(sent.device());
      }
    }
    Map<String, String> first = new HashMap<>();
    for (Entry entry : history) {
      if (entry.event() instanceof Event.DeviceFound found
          && used.getOrDefault(found.host(), Set.of()).contains(found.device())) {
        for (PathInfo path : found.paths()) {
          String other = first.putIfAbsent(found.host() + " " + path.id(), found.device());
          if (other != null && !other.equals(found.device())) {
            devicesApart.put(found.host(), used.get(found.host()));
          }
        }
      }
    }
    for (Entry entry : history) {
      if (entry.event() instanceof Event.DeviceFound found && isApart(found)) {
        volumes.put(found.host() + " " + found.device(), found.volume());
        found.paths().forEach(path -> lane(found.host(), found.device(), path.id()));
      }
    }
  }

  private boolean isApart(Event.DeviceFound found) {
    return devicesApart.getOrDefault(found.host(), Set.of()).contains(found.device());
  }

  /** The lane of a device's I/O over a path. */
  PathLane lane(String host, String device, String path) {
    String of = devicesApart.getOrDefault(host, Set.of()).contains(device) ? device : "";
    List<PathLane> list = lanes.computeIfAbsent(host, h -> new ArrayList<>());
    for (PathLane lane : list) {
      if (lane.path.equals(path) && lane.device.equals(of)) {
        return lane;
      }
    }
    String volume = of.isEmpty() ? "" : volumes.getOrDefault(host + " " + of, of);
    PathLane lane = new PathLane(host, of, volume, path);
    list.add(lane);
    return lane;
  }

  /** The lanes of a path, whichever device's they are; one at least. */
  private List<PathLane> lanes(String host, String path) {
    List<PathLane> there =
        lanes.getOrDefault(host, List.of()).stream()
            .filter(lane -> lane.path.equals(path))
            .toList();
    return there.isEmpty() ? List.of(lane(host, "", path)) : there;
  }

  /** I/Os sent down each link. */
  Map<LinkId, Long> sentByLink() {
    Map<LinkId, Long> sent = new HashMap<>();
    for (List<PathLane> list : lanes.values()) {
      for (PathLane lane : list) {
        lane.link.ifPresent(link -> sent.merge(link, (long) lane.sentNs.size(), Long::sum));
      }
    }
    return sent;
  }

  /** I/Os of a host that did not end well. */
  List<Io> notOk(String host) {
    return ios.stream()
        .filter(io -> io.host().equals(host) && io.status() != IoResult.Status.OK)
        .toList();
  }

  /** The I/O that took longest to a good end among those that a fault could have touched. */
  Optional<Io> slowestThroughFault() {
    Io slowest = null;
    for (Io io : ios) {
      boolean touched =
          faults.stream()
              .anyMatch(
                  f ->
                      io.endedNs() >= f.startedNs()
                          && io.intendedNs() <= f.healedNs().orElse(Long.MAX_VALUE));
      boolean slower =
          slowest == null
              || io.endedNs() - io.intendedNs() > slowest.endedNs() - slowest.intendedNs();
      if (io.status() == IoResult.Status.OK && touched && slower) {
        slowest = io;
      }
    }
    return Optional.ofNullable(slowest);
  }

  private void read(long atNs, Event event) {
    if (event instanceof Event.PhaseStarted phase) {
      beginPhase(atNs, phase.phase());
      if (AFTER_THE_RUN.contains(phase.phase())) {
        verifyNs = Math.min(verifyNs, atNs);
      }
      if (phase.phase().equals("detach")) {
        detachNs = atNs;
      }
    } else if (event instanceof Event.DeviceFound found) {
      for (PathInfo path : found.paths()) {
        lanes(found.host(), path.id()).forEach(lane -> lane.link = Optional.of(path.link()));
      }
    } else if (event instanceof Event.PathChanged changed) {
      for (PathLane lane : lanes(changed.host(), changed.path())) {
        lane.link = Optional.of(changed.link());
        lane.changed(atNs, changed.up(), changed.cause());
      }
      if (atNs < verifyNs) {
        seen(atNs);
      }
    } else if (event instanceof Event.PathSwitched s) {
      // A device that had sent nothing yet made up its mind, and moved nothing.
      if (atNs < detachNs && lane(s.host(), s.device(), s.from()).usedBy(atNs)) {
        switches.add(new Switch(atNs, s.host(), s.device(), s.from(), s.to(), s.cause()));
        seen(atNs);
      }
    } else if (event instanceof Event.RetriedUnfenced retried) {
      moments.add(new Moment(atNs, "unfenced", "write sent again unfenced on " + retried.path()));
      seen(atNs);
    } else if (event instanceof Event.DeviceChanged changed) {
      if (atNs < detachNs) {
        String words = changed.host() + " " + changed.device() + ": " + changed.state();
        moments.add(new Moment(atNs, "device", words + " (" + changed.cause() + ")"));
      }
    } else if (event instanceof Event.NexusFenced fenced) {
      String way = fenced.over().isEmpty() ? "" : " over " + fenced.over();
      String took = String.format(Locale.ROOT, ", %.1f ms", fenced.tookNs() / 1e6);
      moments.add(
          new Moment(atNs, "fenced", fenced.path() + " fenced: " + fenced.means() + way + took));
    } else if (event instanceof Event.LivenessChecked check && !check.ok()) {
      String words = "no I/O after healing: " + check.host() + " " + check.device();
      moments.add(new Moment(atNs, "liveness", words + ": " + check.detail()));
      seen(atNs);
    } else if (event instanceof Event.ArrayChanged change) {
      moments.add(new Moment(atNs, "array", change.part() + ": " + change.text()));
    } else if (event instanceof Event.SessionRedirected sent) {
      String words = sent.host() + " " + sent.path() + " redirected to " + sent.to();
      moments.add(new Moment(atNs, "redirect", words));
    } else if (event instanceof Event.LogoutRequested asked) {
      moments.add(new Moment(atNs, "logout", asked.host() + " asked to log out: " + asked.path()));
    } else if (event instanceof Event.ProtocolBreach breach) {
      moments.add(new Moment(atNs, "breach", "the array broke the protocol: " + breach.text()));
    } else if (event instanceof Event.LabFailed failed) {
      moments.add(new Moment(atNs, "lab", "the lab failed: " + failed.message()));
      seen(atNs);
    } else if (event instanceof Event.FaultInjected || event instanceof Event.FaultHealed) {
      seen(atNs);
    } else {
      readIo(atNs, event);
    }
  }

  private void readIo(long atNs, Event event) {
    if (event instanceof Event.IoIssued io) {
      intended.put(io.op(), io.intendedNs());
      arrivalsNs.add(io.intendedNs());
      seen(atNs);
    } else if (event instanceof Event.IoSent sent) {
      lane(sent.host(), sent.device(), named(sent.path())).sentNs.add(atNs);
      seen(atNs);
    } else if (event instanceof Event.IoAttemptEnded attempt) {
      lane(attempt.host(), attempt.device(), named(attempt.path())).failedNs.add(atNs);
      seen(atNs);
    } else if (event instanceof Event.IoEnded io) {
      long due = intended.getOrDefault(io.op(), atNs);
      ios.add(new Io(io.host(), due, atNs, io.status(), io.detail()));
      seen(atNs);
    }
  }

  /** An attempt that never had a path has a lane all the same: nothing may go unseen. */
  private static String named(String path) {
    return path.isEmpty() ? "no path" : path;
  }

  private void seen(long atNs) {
    lastSeenNs = Math.max(lastSeenNs, atNs);
  }

  private void beginPhase(long atNs, String name) {
    if (!phases.isEmpty()) {
      Phase previous = phases.remove(phases.size() - 1);
      phases.add(new Phase(previous.name(), previous.fromNs(), atNs));
    }
    phases.add(new Phase(name, atNs, atNs));
  }
}
