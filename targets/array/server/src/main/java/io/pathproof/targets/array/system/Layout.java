package io.pathproof.targets.array.system;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What of a configuration never changes: ports and addresses with their numbers and homes. */
final class Layout {
  /**
   * A port.
   *
   * @param ref such as {@code node1.a}
   * @param relativePortId its number within the array, from 1 (SPC-4 clause 7.8.6.8)
   * @param portGroup its node's number, from 1: ALUA group and iSCSI portal group tag
   */
  record PortPlace(
      String ref, String node, String name, int relativePortId, int portGroup, String network) {}

  private final Map<String, PortPlace> ports = new LinkedHashMap<>();
  private final List<String> nodes = new ArrayList<>();
  private final List<Address> addresses = new ArrayList<>();

  Layout(ArrayConfig config) {
    int group = 0;
    for (ArrayConfig.Node node : config.nodes()) {
      group++;
      nodes.add(node.name());
      for (ArrayConfig.Port port : node.ports()) {
        String ref = node.name() + "." + port.name();
        ports.put(
            ref,
            new PortPlace(ref, node.name(), port.name(), ports.size() + 1, group, port.network()));
        addresses.add(new Address(ref, port.address(), port.tcpPort(), port.network(), ref, false));
      }
    }
    for (ArrayConfig.VirtualAddress each : config.virtualAddresses()) {
      String network = ports.get(each.owner()).network();
      addresses.add(
          new Address(each.name(), each.address(), each.tcpPort(), network, each.owner(), true));
    }
  }

  List<String> nodes() {
    return nodes;
  }

  /** By reference, in order. */
  Map<String, PortPlace> ports() {
    return ports;
  }

  PortPlace port(String ref) {
    return ports.get(ref);
  }

  List<PortPlace> portsOf(String node) {
    return ports.values().stream().filter(port -> port.node().equals(node)).toList();
  }

  /** Ports' own addresses, then the virtual ones. */
  List<Address> addresses() {
    return addresses;
  }

  /**
   * An address in words: its IP address where that tells it, else also its name and TCP port, such
   * as {@code vip (127.0.0.1:3264)}.
   */
  String label(Address address) {
    boolean alone =
        addresses.stream()
            .noneMatch(each -> !each.equals(address) && each.ip().equals(address.ip()));
    return alone ? address.ip() : address.name() + " (" + address.portal() + ")";
  }

  int portGroup(String node) {
    return nodes.indexOf(node) + 1;
  }

  /** The other nodes, beginning with the one that follows. */
  List<String> partners(String node) {
    int at = nodes.indexOf(node);
    List<String> partners = new ArrayList<>(nodes.subList(at + 1, nodes.size()));
    partners.addAll(nodes.subList(0, at));
    return partners;
  }

  /**
   * Where an address may go from a port, best first: other ports of the same node, then those of
   * the nodes that follow, on each of them the port of the same name before others.
   */
  List<String> successors(Address address, String from) {
    PortPlace left = ports.get(from);
    List<String> order = new ArrayList<>();
    add(order, address, left, left.node());
    partners(left.node()).forEach(node -> add(order, address, left, node));
    return order;
  }

  private void add(List<String> order, Address address, PortPlace left, String node) {
    List<PortPlace> fit =
        portsOf(node).stream()
            .filter(port -> port.network().equals(address.network()) && !port.equals(left))
            .toList();
    fit.stream().filter(port -> port.name().equals(left.name())).forEach(p -> order.add(p.ref()));
    fit.stream().filter(port -> !port.name().equals(left.name())).forEach(p -> order.add(p.ref()));
  }
}
