package io.pathproof.reports.picture;

import io.pathproof.lab.topology.AdapterSpec;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.NodeSpec;
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where each part of a topology stands in its picture: hosts left, fabrics in the middle, array
 * right.
 */
final class TopologyLayout {
  /** An upright rectangle in pixels. */
  record Box(double x, double y, double width, double height) {
    double right() {
      return x + width;
    }

    double bottom() {
      return y + height;
    }

    double middleX() {
      return x + width / 2;
    }

    double middleY() {
      return y + height / 2;
    }
  }

  /**
   * A link's course: leaves an adapter, passes its fabric (and the router), enters a port. The last
   * piece is level, so that the figures which stand there are crossed by no other link.
   */
  record Course(
      double adapterX,
      double adapterY,
      double inX,
      double inY,
      double outX,
      double outY,
      double portX,
      double portY) {
    String svg() {
      double a = (inX - adapterX) / 2;
      double m = (outX - inX) / 2;
      double b = (levelX() - outX) / 2;
      return "M"
          + point(adapterX, adapterY)
          + curve(adapterX + a, adapterY, inX - a, inY, inX, inY)
          + curve(inX + m, inY, outX - m, outY, outX, outY)
          + curve(outX + b, outY, levelX() - b, portY, levelX(), portY)
          + "L"
          + point(portX, portY);
    }

    private double levelX() {
      return portX - FIGURES;
    }

    /** How high the link is, so far right of its fabric. */
    double outside(double right) {
      double share = right / (levelX() - outX);
      double least = 0;
      double most = 1;
      while (most - least > 1e-3) {
        double t = (least + most) / 2;
        if (1.5 * t - 1.5 * t * t + t * t * t < share) {
          least = t;
        } else {
          most = t;
        }
      }
      return outY + (portY - outY) * least * least * (3 - 2 * least);
    }

    private static String curve(double x1, double y1, double x2, double y2, double x, double y) {
      return "C" + point(x1, y1) + " " + point(x2, y2) + " " + point(x, y);
    }

    private static String point(double x, double y) {
      return Svg.number(x) + " " + Svg.number(y);
    }
  }

  /** What leaves a physical adapter of a vSphere host, whichever of its ports sent it. */
  record Cable(double adapterX, double adapterY, double inX, double inY) {
    String svg() {
      double a = (inX - adapterX) / 2;
      return "M"
          + Course.point(adapterX, adapterY)
          + Course.curve(adapterX + a, adapterY, inX - a, inY, inX, inY);
    }
  }

  static final double WIDTH = 1200;

  /** What the figures of a link take, left of its port. */
  private static final double FIGURES = 96;

  private static final double FABRIC_WIDTH = 130;

  /** The top of a fabric, where its name stands and no link of its own passes. */
  static final double FABRIC_HEAD = 44;

  private static final double ADAPTER_HEIGHT = 46;
  private static final double SLOT = 19;

  /** Where an array's first volume stands below the array's top, and how far they are apart. */
  static final double VOLUMES_TOP = 62;

  static final double VOLUME_HEIGHT = 66;

  final Map<String, Box> hosts = new LinkedHashMap<>();
  final Map<String, Box> adapters = new LinkedHashMap<>();
  final Map<String, Box> fabrics = new LinkedHashMap<>();
  final Map<String, Box> nodes = new LinkedHashMap<>();
  final Map<String, Box> ports = new LinkedHashMap<>();
  final Map<LinkId, Course> courses = new LinkedHashMap<>();
  final Map<String, VsphereHostLayout> vsphereHosts = new LinkedHashMap<>();
  final Map<String, Cable> cables = new LinkedHashMap<>();
  final Map<String, Box> arrays = new LinkedHashMap<>();
  final double fabricsX;
  final double bottom;

  /**
   * @param uplinkOf the physical adapter ({@code host.adapter}) that a vSphere host's link leaves
   *     by; empty: it is not drawn
   */
  TopologyLayout(Topology topology, double top, Function<LinkId, Optional<String>> uplinkOf) {
    Map<LinkId, String> uplinks = new LinkedHashMap<>();
    List<LinkId> links = new ArrayList<>();
    for (LinkId link : topology.allLinks()) {
      boolean vsphere =
          topology.hosts().get(topology.adapter(link.adapter()).host()).vsphere().isPresent();
      Optional<String> uplink = vsphere ? uplinkOf.apply(link) : Optional.empty();
      uplink.ifPresent(adapter -> uplinks.put(link, adapter));
      if (!vsphere || uplink.isPresent()) {
        links.add(link);
      }
    }
    boolean wide = topology.hosts().values().stream().anyMatch(h -> h.vsphere().isPresent());
    fabricsX = wide ? 546 : 480;
    double hostsBottom = placeHosts(topology, top);
    double lower = Math.max(hostsBottom, placeArrays(topology, links, top, hostsBottom));
    double each = (lower - top + 24) / Math.max(1, topology.fabrics().size());
    double y = top;
    for (String fabric : topology.fabrics().keySet()) {
      fabrics.put(fabric, new Box(fabricsX, y, FABRIC_WIDTH, each - 24));
      y += each;
    }
    bottom = lower;
    route(topology, links, uplinks);
  }

  private double placeHosts(Topology topology, double top) {
    double y = top;
    for (HostSpec host : topology.hosts().values()) {
      if (host.vsphere().isPresent()) {
        VsphereHostLayout parts = new VsphereHostLayout(host, y);
        vsphereHosts.put(host.name(), parts);
        hosts.put(host.name(), parts.whole);
        adapters.putAll(parts.ports);
        y = parts.whole.bottom() + 22;
        continue;
      }
      double height = Math.max(98, host.adapters().size() * (ADAPTER_HEIGHT + 8) + 16);
      hosts.put(host.name(), new Box(24, y, 210, height));
      double free = height - host.adapters().size() * (ADAPTER_HEIGHT + 8) + 8;
      double at = y + free / 2;
      for (AdapterSpec adapter : host.adapters().values()) {
        adapters.put(adapter.ref(), new Box(184, at, 108, ADAPTER_HEIGHT));
        at += ADAPTER_HEIGHT + 8;
      }
      y += height + 22;
    }
    return y - 22;
  }

  /**
   * One below the other, each as high as its nodes and volumes want; the last fills what is left.
   */
  private double placeArrays(
      Topology topology, List<LinkId> links, double top, double hostsBottom) {
    double y = top;
    int left = topology.arrays().size();
    for (ArraySpec array : topology.arrays().values()) {
      double nodesTop = placeVirtualAddresses(array, links, y + 34);
      double own =
          Math.max(
              placeNodes(array, links, nodesTop) + 14,
              y + VOLUMES_TOP + array.volumes().size() * VOLUME_HEIGHT);
      double end = --left == 0 ? Math.max(own, hostsBottom) : own;
      arrays.put(array.name(), new Box(890, y, 286, end - y));
      y = end + 22;
    }
    return y - 22;
  }

  private double placeVirtualAddresses(ArraySpec array, List<LinkId> links, double top) {
    double y = top;
    for (String name : array.virtualAddresses().keySet()) {
      long arriving = links.stream().filter(link -> link.port().equals(name)).count();
      double height = Math.max(62, arriving * SLOT + 8);
      ports.put(name, new Box(878, y, 176, height));
      y += height + 14;
    }
    return y;
  }

  private double placeNodes(ArraySpec array, List<LinkId> links, double top) {
    double y = top;
    for (NodeSpec node : array.nodes().values()) {
      double start = y;
      y += 28;
      for (PortSpec port : node.ports().values()) {
        long arriving = links.stream().filter(l -> l.port().equals(port.ref())).count();
        double height = Math.max(44, arriving * SLOT + 8);
        ports.put(port.ref(), new Box(878, y, 112, height));
        y += height + 8;
      }
      nodes.put(node.name(), new Box(904, start, 150, y - start + 2));
      y += 18;
    }
    return y - 18;
  }

  /** Where links and cables enter their fabrics, in the order of the hosts. */
  private Map<String, List<Object>> entering(Topology topology, List<LinkId> links) {
    Map<String, List<Object>> entering = new HashMap<>();
    for (HostSpec host : topology.hosts().values()) {
      host.vsphere()
          .ifPresent(
              network ->
                  network
                      .adapters()
                      .values()
                      .forEach(
                          adapter ->
                              entering
                                  .computeIfAbsent(adapter.fabric(), k -> new ArrayList<>())
                                  .add(host.name() + "." + adapter.name())));
      for (LinkId link : links) {
        boolean own = topology.adapter(link.adapter()).host().equals(host.name());
        if (own && host.vsphere().isEmpty()) {
          String in = topology.adapter(link.adapter()).fabric();
          entering.computeIfAbsent(in, k -> new ArrayList<>()).add(link);
        }
      }
    }
    return entering;
  }

  private void cables(Topology topology, Map<String, List<Object>> entering) {
    for (HostSpec host : topology.hosts().values()) {
      host.vsphere()
          .ifPresent(
              network ->
                  network
                      .adapters()
                      .values()
                      .forEach(
                          adapter -> {
                            String ref = host.name() + "." + adapter.name();
                            Box from = vsphereHosts.get(host.name()).adapters.get(ref);
                            Box entry = fabrics.get(adapter.fabric());
                            double y = slot(wires(entry), entering.get(adapter.fabric()), ref);
                            cables.put(ref, new Cable(from.right(), from.middleY(), entry.x(), y));
                          }));
    }
  }

  private void route(Topology topology, List<LinkId> links, Map<LinkId, String> uplinks) {
    Map<String, List<LinkId>> leaving = new HashMap<>();
    Map<String, List<Object>> entering = entering(topology, links);
    cables(topology, entering);
    Map<String, List<LinkId>> exiting = new HashMap<>();
    Map<String, List<LinkId>> arriving = new HashMap<>();
    for (LinkId link : links) {
      String out = topology.port(link.port()).fabric();
      leaving.computeIfAbsent(link.adapter(), k -> new ArrayList<>()).add(link);
      exiting.computeIfAbsent(out, k -> new ArrayList<>()).add(link);
      arriving.computeIfAbsent(link.port(), k -> new ArrayList<>()).add(link);
    }
    // On the array's side in the order of the ports, or lines would cross for no reason.
    List<String> order = new ArrayList<>(ports.keySet());
    exiting
        .values()
        .forEach(list -> list.sort(java.util.Comparator.comparing(l -> order.indexOf(l.port()))));
    for (LinkId link : links) {
      String in = topology.adapter(link.adapter()).fabric();
      String out = topology.port(link.port()).fabric();
      Box adapter = adapters.get(link.adapter());
      Box port = ports.get(link.port());
      Box entry = fabrics.get(in);
      Box exit = fabrics.get(out);
      // From a vSphere host the adapter's cable leads into the fabric, for all its links.
      Cable cable = uplinks.containsKey(link) ? cables.get(uplinks.get(link)) : null;
      courses.put(
          link,
          new Course(
              cable == null ? adapter.right() : cable.inX(),
              cable == null ? slot(adapter, leaving.get(link.adapter()), link) : cable.inY(),
              entry.x(),
              cable == null ? slot(wires(entry), entering.get(in), link) : cable.inY(),
              exit.right(),
              slot(wires(exit), exiting.get(out), link),
              port.x(),
              slot(port, arriving.get(link.port()), link)));
    }
  }

  private static Box wires(Box fabric) {
    return new Box(
        fabric.x(), fabric.y() + FABRIC_HEAD, fabric.width(), fabric.height() - FABRIC_HEAD);
  }

  private static double slot(Box box, List<?> list, Object link) {
    return box.y() + box.height() * (list.indexOf(link) + 1) / (list.size() + 1);
  }
}
