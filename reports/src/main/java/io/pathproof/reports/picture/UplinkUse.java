package io.pathproof.reports.picture;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.vsphere.NetworkState;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How many I/Os of vSphere hosts left by each physical adapter, {@code host.adapter}. */
final class UplinkUse {
  private final Topology topology;
  private final Map<LinkId, Map<String, Long>> byLink = new HashMap<>();
  private final Map<String, Long> byAdapter = new HashMap<>();
  private final Map<String, Map<String, Long>> byPort = new HashMap<>();

  UplinkUse(Topology topology, List<Entry> history, HistoryView view) {
    this.topology = topology;
    Map<String, TreeMap<Long, String>> uplinks = uplinks(history);
    for (List<PathLane> lanes : view.lanes.values()) {
      for (PathLane lane : lanes) {
        lane.link
            .filter(link -> uplinks.containsKey(link.adapter()))
            .ifPresent(
                link -> {
                  String host = link.adapter().substring(0, link.adapter().indexOf('.') + 1);
                  TreeMap<Long, String> over = uplinks.get(link.adapter());
                  for (long atNs : lane.sentNs) {
                    Map.Entry<Long, String> at = over.floorEntry(atNs);
                    if (at != null && !at.getValue().isEmpty()) {
                      count(link, host + at.getValue());
                    }
                  }
                });
      }
    }
  }

  private void count(LinkId link, String adapter) {
    byLink.computeIfAbsent(link, each -> new TreeMap<>()).merge(adapter, 1L, Long::sum);
    byAdapter.merge(adapter, 1L, Long::sum);
    byPort.computeIfAbsent(link.adapter(), each -> new TreeMap<>()).merge(adapter, 1L, Long::sum);
  }

  /** By VMkernel port, {@code host.port}: the adapter that its traffic left by from a time on. */
  private static Map<String, TreeMap<Long, String>> uplinks(List<Entry> history) {
    Map<String, TreeMap<Long, String>> all = new HashMap<>();
    for (Entry entry : history) {
      if (entry.event() instanceof Event.VmkernelPortSeen seen) {
        all.computeIfAbsent(seen.host() + "." + seen.port(), each -> new TreeMap<>())
            .put(entry.atNs(), seen.uplink());
      } else if (entry.event() instanceof Event.UplinkMoved moved) {
        all.computeIfAbsent(moved.host() + "." + moved.port(), each -> new TreeMap<>())
            .put(entry.atNs(), moved.to());
      }
    }
    return all;
  }

  /** I/Os by an adapter. */
  long by(String adapter) {
    return byAdapter.getOrDefault(adapter, 0L);
  }

  /** I/Os of a VMkernel port by an adapter. */
  long by(String port, String adapter) {
    return byPort.getOrDefault(port, Map.of()).getOrDefault(adapter, 0L);
  }

  /** I/Os of a link by an adapter. */
  Map<String, Long> of(LinkId link) {
    return byLink.getOrDefault(link, Map.of());
  }

  /**
   * The adapter to draw a link from: the one that most of its I/Os left by, or the one that it has
   * at first; empty where its port is not used and carried nothing.
   */
  Optional<String> mostly(LinkId link) {
    Optional<String> most =
        of(link).entrySet().stream()
            .max(Comparator.comparingLong(Map.Entry::getValue))
            .map(Map.Entry::getKey);
    return most.or(() -> atFirst(link));
  }

  private Optional<String> atFirst(LinkId link) {
    HostSpec host = topology.hosts().get(topology.adapter(link.adapter()).host());
    NetworkState network = new NetworkState(host.vsphere().orElseThrow());
    String port = topology.adapter(link.adapter()).name();
    boolean used =
        network.uses(port, topology.port(link.port()).fabric()) && network.reachesItsNetwork(port);
    return network.uplink(port).filter(adapter -> used).map(name -> host.name() + "." + name);
  }
}
