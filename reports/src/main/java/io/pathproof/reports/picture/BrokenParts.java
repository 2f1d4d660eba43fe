package io.pathproof.reports.picture;

import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The largest parts that broke whole: a fabric rather than all its links one by one, an adapter
 * rather than its links. Each has the words of the faults that broke it.
 */
final class BrokenParts {
  final Map<String, String> nodes = new LinkedHashMap<>();
  final Map<String, String> ports = new LinkedHashMap<>();

  /** What was done to an array as a whole. */
  final Map<String, String> array = new LinkedHashMap<>();

  /** Physical adapters, switches and VMkernel ports of vSphere hosts. */
  final Map<String, String> onHosts = new LinkedHashMap<>();

  final Map<String, String> fabrics = new LinkedHashMap<>();
  final Map<String, String> adapters = new LinkedHashMap<>();
  final Map<LinkId, String> links = new LinkedHashMap<>();
  final Set<LinkId> allLinks = new LinkedHashSet<>();

  BrokenParts(Topology topology, List<FaultWindow> faults) {
    for (FaultWindow fault : faults) {
      String words = fault.text();
      fault.nodes().forEach(place -> place(topology, place, words));
      if (fault.nodes().stream().anyMatch(place -> !nodes.containsKey(place))) {
        // What the array does at a port, or as a whole, breaks no link.
        continue;
      }
      allLinks.addAll(fault.links());
      List<LinkId> rest = new ArrayList<>(fault.links());
      for (String fabric : topology.fabrics().keySet()) {
        List<LinkId> inIt =
            topology.allLinks().stream().filter(l -> touches(topology, l, fabric)).toList();
        if (inIt.size() > 1 && rest.containsAll(inIt) && isWhole(topology, rest, fabric)) {
          fabrics.merge(fabric, words, BrokenParts::both);
          rest.removeAll(inIt);
        }
      }
      for (String adapter : rest.stream().map(LinkId::adapter).distinct().toList()) {
        List<LinkId> ofIt =
            topology.allLinks().stream().filter(l -> l.adapter().equals(adapter)).toList();
        if (ofIt.size() > 1 && rest.containsAll(ofIt)) {
          adapters.merge(adapter, words, BrokenParts::both);
          rest.removeAll(ofIt);
        }
      }
      rest.forEach(link -> links.merge(link, words, BrokenParts::both));
    }
  }

  private void place(Topology topology, String place, String words) {
    String host = place.contains(".") ? place.substring(0, place.indexOf('.')) : "";
    if (topology.hosts().containsKey(host)) {
      onHosts.merge(place, words, BrokenParts::both);
      return;
    }
    boolean node = topology.nodes().containsKey(place);
    boolean port = topology.ports().stream().anyMatch(p -> p.ref().equals(place));
    (node ? nodes : port ? ports : array).merge(place, words, BrokenParts::both);
  }

  /** More than one adapter has to be cut off: one adapter's loss is not a fabric's. */
  private static boolean isWhole(Topology topology, List<LinkId> broken, String fabric) {
    return broken.stream()
            .filter(l -> touches(topology, l, fabric))
            .map(LinkId::adapter)
            .distinct()
            .count()
        > 1;
  }

  private static boolean touches(Topology topology, LinkId link, String fabric) {
    return topology.adapter(link.adapter()).fabric().equals(fabric)
        || topology.port(link.port()).fabric().equals(fabric);
  }

  private static String both(String one, String other) {
    return one.equals(other) ? one : one + "; " + other;
  }
}
