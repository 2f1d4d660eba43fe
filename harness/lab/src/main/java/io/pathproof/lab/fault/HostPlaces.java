package io.pathproof.lab.fault;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.Suggestion;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.vsphere.Teaming;
import io.pathproof.lab.vsphere.VirtualSwitch;
import io.pathproof.lab.vsphere.VmkernelPort;
import io.pathproof.lab.vsphere.VsphereNetwork;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Places on vSphere hosts: {@code host.adapter}, {@code host.switch}, {@code host.port}. */
final class HostPlaces {
  private final Topology topology;

  HostPlaces(Topology topology) {
    this.topology = topology;
  }

  /** Whether the place is a physical adapter. */
  boolean adapter(String place) {
    return adapters().contains(place);
  }

  /** Every physical adapter. */
  List<String> adapters() {
    return names(HostAction.Place.ADAPTER);
  }

  /** Refuses an action at a place that is not there, or that is not for it. */
  void check(HostAction action, String place) {
    List<String> fit = names(action.kind().place());
    if (!fit.contains(place)) {
      throw new BadValueException(
          action.kind().word()
              + " is for "
              + action.kind().place().words()
              + ", and "
              + place
              + " is none",
          fit.isEmpty()
              ? "the topology has none: add a host with vmkernel:"
              : Suggestion.remedy(place, fit));
    }
    VsphereNetwork network = network(place);
    Collection<String> known = network.adapters().keySet();
    List<String> named = new ArrayList<>();
    if (action.kind() == HostAction.Kind.ADD_ADAPTER) {
      named.add(action.adapter());
    }
    network.switches().values().stream()
        .filter(each -> each.adapters().contains(action.adapter()))
        .findFirst()
        .ifPresent(
            there -> {
              throw new BadValueException(
                  action.adapter() + " is on " + there.name() + " already",
                  "add one that is on no switch");
            });
    action.order().map(Teaming::active).ifPresent(named::addAll);
    action.order().map(Teaming::standby).ifPresent(named::addAll);
    for (String each : named) {
      if (!known.contains(each)) {
        throw new BadValueException(
            place.substring(0, place.indexOf('.')) + " has no physical adapter " + each,
            Suggestion.remedy(each, known));
      }
    }
    boolean inherits = action.kind() == HostAction.Kind.TEAMING && action.order().isEmpty();
    if (inherits && network.switches().containsKey(local(place))) {
      throw new BadValueException(
          "a switch has nothing to inherit from", "write teaming active vmnic0, for instance");
    }
  }

  /** The links that may go over a place. */
  List<LinkId> links(String place) {
    String host = place.substring(0, place.indexOf('.'));
    VsphereNetwork network = network(place);
    String name = local(place);
    return topology.linksOf(topology.hosts().get(host)).stream()
        .filter(
            link -> {
              VmkernelPort port = network.ports().get(local(link.adapter()));
              VirtualSwitch on = network.switches().get(port.virtualSwitch());
              return port.name().equals(name)
                  || on.name().equals(name)
                  || port.teaming().orElse(on.teaming()).has(name);
            })
        .toList();
  }

  private static String local(String ref) {
    return ref.substring(ref.indexOf('.') + 1);
  }

  private VsphereNetwork network(String place) {
    return topology.hosts().get(place.substring(0, place.indexOf('.'))).vsphere().orElseThrow();
  }

  private List<String> names(HostAction.Place kind) {
    return topology.hosts().values().stream()
        .filter(host -> host.vsphere().isPresent())
        .flatMap(host -> names(host, kind))
        .toList();
  }

  private static Stream<String> names(HostSpec host, HostAction.Place kind) {
    VsphereNetwork network = host.vsphere().orElseThrow();
    Map<String, ?> first =
        switch (kind) {
          case ADAPTER -> network.adapters();
          case SWITCH -> network.switches();
          case PORT, PORT_OR_SWITCH -> network.ports();
        };
    Stream<String> more =
        kind == HostAction.Place.PORT_OR_SWITCH
            ? network.switches().keySet().stream()
            : Stream.empty();
    return Stream.concat(first.keySet().stream(), more).map(name -> host.name() + "." + name);
  }
}
