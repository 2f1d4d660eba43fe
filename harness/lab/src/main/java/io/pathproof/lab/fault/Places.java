package io.pathproof.lab.fault;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.Suggestion;
import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.topology.AdapterSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.NamedLink;
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.Topology;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

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
    boolean node = topology.nodes().containsKey(place);
    HostPlaces onHosts = new HostPlaces(topology);
    if (fault.hostAction().isPresent()) {
      onHosts.check(fault.hostAction().get(), place);
      return new ResolvedFault(fault, onHosts.links(place), List.of(), Optional.of(place));
    }
    if (fault.action().isEmpty() && onHosts.adapter(place)) {
      return new ResolvedFault(fault, onHosts.links(place), List.of(), Optional.of(place));
    }
    if (fault.action().isEmpty()) {
      return new ResolvedFault(fault, links(place, node), List.of());
    }
    actionPlace(fault.action().get(), place, node);
    // Links that no host has would make no sense to break, but a port may well fail unseen.
    List<LinkId> links =
        topology.allLinks().stream().filter(link -> leadsTo(link, place, node)).toList();
    return new ResolvedFault(fault, links, List.of(place));
  }

  private void actionPlace(ArrayAction action, String place, boolean node) {
    boolean port = isPort(place);
    Set<ArrayAction.Place> can = action.kind().places();
    boolean fits =
        node && can.contains(ArrayAction.Place.NODE)
            || port && can.contains(ArrayAction.Place.PORT)
            || isArray(place) && can.contains(ArrayAction.Place.ARRAY);
    if (fits) {
      return;
    }
    boolean there = there(place);
    List<String> names = new ArrayList<>();
    List<String> kinds = new ArrayList<>();
    if (can.contains(ArrayAction.Place.NODE)) {
      names.addAll(topology.nodes().keySet());
      kinds.add("a node");
    }
    if (can.contains(ArrayAction.Place.PORT)) {
      topology.ports().forEach(each -> names.add(each.ref()));
      kinds.add("a port");
    }
    if (can.contains(ArrayAction.Place.ARRAY)) {
      names.addAll(topology.arrays().keySet());
      kinds.add(topology.arrays().size() == 1 ? "the array" : "an array");
    }
    String instead =
        action.kind() == ArrayAction.Kind.DEFECT || !there
            ? ""
            : "; or break the links there: "
                + Arrays.stream(Impairment.Kind.values())
                    .map(Impairment.Kind::word)
                    .collect(Collectors.joining(", "));
    throw new BadValueException(
        action.kind().word()
            + " is for "
            + String.join(" or ", kinds)
            + (there
                ? ", and " + place + " is " + (kinds.size() == 1 ? "not" : "none")
                : ", and there is no " + place),
        there
            ? "name one of: " + String.join(", ", names) + instead
            : inAnArray(place).orElseGet(() -> Suggestion.remedy(place, names)));
  }

  /**
   * Whether a place of any kind has that name, one for another effect included; {@code array} is
   * one also where several have names of their own.
   */
  private boolean there(String place) {
    return known().contains(place) || place.contains("->") || place.equals("array");
  }

  private boolean isPort(String place) {
    return topology.ports().stream().anyMatch(port -> port.ref().equals(place));
  }

  /** The array of a topology that has one is {@code array}. */
  private boolean isArray(String place) {
    return topology.arrays().containsKey(place);
  }

  private boolean leadsTo(LinkId link, String place, boolean node) {
    return isArray(place) && topology.arrayOf(link.port()).name().equals(place)
        || (node ? topology.port(link.port()).node().equals(place) : link.port().equals(place));
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
    if (isPort(place) || topology.virtualAddresses().containsKey(place)) {
      return some(place, link -> link.port().equals(place));
    }
    if (isArray(place)) {
      return some(place, link -> topology.arrayOf(link.port()).name().equals(place));
    }
    int arrow = place.indexOf("->");
    if (arrow >= 0) {
      String adapter = place.substring(0, arrow).strip();
      String port = place.substring(arrow + 2).strip();
      check(adapter, adapters(), "host adapter");
      check(port, topology.addresses().stream().map(PortSpec::ref).toList(), "array port");
      return some(place, link -> link.adapter().equals(adapter) && link.port().equals(port));
    }
    if (adapters().contains(place)) {
      return some(place, link -> link.adapter().equals(place));
    }
    throw new BadValueException(
        "there is no link, adapter, fabric, node or port " + place,
        inAnArray(place)
            .or(() -> Suggestion.of(place, known()).map(near -> "did you mean " + near + "?"))
            .orElse(
                "places here: "
                    + String.join(", ", known())
                    + "; or one link as host.adapter -> node.port"));
  }

  /** Of several arrays the parts carry their array's name: one without it is told of that. */
  private Optional<String> inAnArray(String place) {
    List<String> whole = known().stream().filter(name -> name.endsWith("." + place)).toList();
    return whole.isEmpty()
        ? Optional.empty()
        : Optional.of("name it with its array or host: " + String.join(", or ", whole));
  }

  private void check(String name, List<String> known, String kind) {
    if (!known.contains(name)) {
      throw new BadValueException(
          "there is no " + kind + " " + name,
          inAnArray(name).orElseGet(() -> Suggestion.remedy(name, known)));
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
    known.addAll(new HostPlaces(topology).adapters());
    known.addAll(topology.fabrics().keySet());
    known.addAll(topology.nodes().keySet());
    topology.addresses().forEach(each -> known.add(each.ref()));
    known.addAll(topology.arrays().keySet());
    return known;
  }
}
