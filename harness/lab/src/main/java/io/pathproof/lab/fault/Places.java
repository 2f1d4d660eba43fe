package io.pathproof.lab.fault;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.Suggestion;
import io.pathproof.lab.topology.AdapterSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.NamedLink;
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Resolves a fault's place, once, to links and nodes.
 *
 * <p>A fabric means every link of which either end is in it: a dead network carries nothing, also
 * not what was only routed through it from or to another one.
 */
public final class Places {
  private final Topology topology;

  /**
   * @param topology where the places are
   */
  public Places(Topology topology) {
    this.topology = topology;
  }

  /**
   * What a fault comes down to.
   *
   * @throws BadValueException when the place does not exist, or the effect does not fit it
   */
  public ResolvedFault resolve(Fault fault) {
    String place = fault.place();
    boolean node = topology.array().nodes().containsKey(place);
    if (fault.action().isPresent() && !node) {
      throw new BadValueException(
          "only a node can be made to "
              + fault.action().get().name().toLowerCase(java.util.Locale.ROOT)
              + ", and "
              + place
              + " is none",
          "name one of: "
              + String.join(", ", topology.array().nodes().keySet())
              + "; or use refuse, reset, silent-drop, latency or bandwidth");
    }
    List<LinkId> links = links(place, node);
    return new ResolvedFault(fault, links, fault.action().isPresent() ? List.of(place) : List.of());
  }

  private List<LinkId> links(String place, boolean node) {
    NamedLink named = topology.links().get(place);
    if (named != null) {
      return named.covers();
    }
    if (topology.fabrics().containsKey(place)) {
      return some(
          place,
          link ->
              topology.adapter(link.adapter()).fabric().equals(place)
                  || topology.port(link.port()).fabric().equals(place));
    }
    if (node) {
      return some(place, link -> topology.port(link.port()).node().equals(place));
    }
    int arrow = place.indexOf("->");
    if (arrow >= 0) {
      String adapter = place.substring(0, arrow).strip();
      String port = place.substring(arrow + 2).strip();
      check(adapter, adapters(), "host adapter");
      check(port, topology.array().ports().stream().map(PortSpec::ref).toList(), "array port");
      return some(place, link -> link.adapter().equals(adapter) && link.port().equals(port));
    }
    if (adapters().contains(place)) {
      return some(place, link -> link.adapter().equals(place));
    }
    throw new BadValueException(
        "there is no link, adapter, fabric or node " + place,
        Suggestion.of(place, known())
            .map(near -> "did you mean " + near + "?")
            .orElse(
                "places here: "
                    + String.join(", ", known())
                    + "; or one link as host.adapter -> node.port"));
  }

  private void check(String name, List<String> known, String kind) {
    if (!known.contains(name)) {
      throw new BadValueException(
          "there is no " + kind + " " + name, Suggestion.remedy(name, known));
    }
  }

  private List<LinkId> some(String place, Predicate<LinkId> which) {
    List<LinkId> links = topology.allLinks().stream().filter(which).toList();
    if (links.isEmpty()) {
      throw new BadValueException(
          "no route leads over " + place, "break a place that some host's path leads over");
    }
    return links;
  }

  private List<String> adapters() {
    return topology.hosts().values().stream()
        .flatMap(host -> host.adapters().values().stream())
        .map(AdapterSpec::ref)
        .toList();
  }

  private List<String> known() {
    List<String> known = new ArrayList<>(topology.links().keySet());
    known.addAll(adapters());
    known.addAll(topology.fabrics().keySet());
    known.addAll(topology.array().nodes().keySet());
    return known;
  }
}
