package io.pathproof.reports.picture;

import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.vsphere.Compliance;
import io.pathproof.lab.vsphere.NetworkState;
import io.pathproof.lab.vsphere.PhysicalAdapter;
import io.pathproof.lab.vsphere.Teaming;
import io.pathproof.lab.vsphere.VmkernelPort;
import io.pathproof.lab.vsphere.VsphereNetwork;
import io.pathproof.reports.picture.TopologyLayout.Box;
import java.util.Map;

/**
 * One vSphere host: its VMkernel ports with what port binding says of them, its switches, the
 * failover order of each port (solid: active, dashed: standby, none: unused), and its physical
 * adapters with what left by them. It shows the network as the topology describes it; what was done
 * to it has a cross.
 */
final class VsphereHostPicture {
  private final HostSpec host;
  private final VsphereNetwork network;
  private final NetworkState state;
  private final VsphereHostLayout at;
  private final UplinkUse use;
  private final Map<String, String> broken;
  private final Svg svg;

  /**
   * @param broken what was done to parts of hosts, by {@code host.part}
   */
  VsphereHostPicture(
      HostSpec host, VsphereHostLayout at, UplinkUse use, Map<String, String> broken, Svg svg) {
    this.host = host;
    this.network = host.vsphere().orElseThrow();
    this.state = new NetworkState(network);
    this.at = at;
    this.use = use;
    this.broken = broken;
    this.svg = svg;
  }

  /**
   * @param most I/Os of the thickest line in the picture
   */
  void draw(String multipath, boolean works, long most) {
    Box box = at.whole;
    svg.rect(works ? "host" : "idle", box.x(), box.y(), box.width(), box.height(), 8);
    svg.text(box.x() + 14, box.y() + 22, "h2", Markup.shorten(host.name(), 24));
    if (works) {
      svg.text(box.right() - 14, box.y() + 22, "s b accent end", "does the I/O");
    }
    String binding =
        network.bound().isEmpty()
            ? "no port bound: routed"
            : network.forced() ? "ports bound by force" : "ports bound";
    svg.text(box.x() + 14, box.y() + 41, "s muted", multipath + "  ·  " + binding);
    at.switches.forEach((ref, where) -> virtualSwitch(ref, where));
    network.ports().values().forEach(port -> team(port, most));
    network.ports().values().forEach(this::port);
    network.adapters().values().forEach(this::adapter);
    at.switches.forEach(
        (ref, where) -> svg.text(where.middleX(), where.y() + 14, "s b mid halo", local(ref, 11)));
  }

  private static String local(String ref, int length) {
    return Markup.shorten(ref.substring(ref.indexOf('.') + 1), length);
  }

  private void virtualSwitch(String ref, Box where) {
    String shape = broken.containsKey(ref) ? "brokenbox" : "fabric";
    svg.rect(shape, where.x(), where.y(), where.width(), where.height(), 6);
  }

  /** A port's failover order, through its switch. */
  private void team(VmkernelPort port, long most) {
    Teaming order = state.teaming(port.name());
    Box from = at.ports.get(host.name() + "." + port.name());
    for (PhysicalAdapter adapter : network.adapters().values()) {
      if (!order.has(adapter.name())) {
        continue;
      }
      String ref = host.name() + "." + adapter.name();
      Box to = at.adapters.get(ref);
      String place = host.name() + "." + port.name();
      long carried = use.by(place, ref);
      boolean active = order.active().contains(adapter.name());
      double a = (to.x() - from.right()) / 2;
      String course =
          String.format(
              java.util.Locale.ROOT,
              "M%s %sC%s %s %s %s %s %s",
              Svg.number(from.right()),
              Svg.number(from.middleY()),
              Svg.number(from.right() + a),
              Svg.number(from.middleY()),
              Svg.number(to.x() - a),
              Svg.number(to.middleY()),
              Svg.number(to.x()),
              Svg.number(to.middleY()));
      svg.titled(
          "path",
          place
              + (active ? " has active " : " has standby ")
              + adapter.name()
              + ": "
              + Figures.count(carried)
              + " I/Os",
          "class",
          carried > 0 ? "used" : active ? "team" : "team standby",
          "data-team",
          place + " " + adapter.name(),
          "stroke-width",
          carried > 0 ? 1.6 + 4.4 * carried / most : 1.4,
          "d",
          course);
    }
  }

  private void port(VmkernelPort port) {
    String ref = host.name() + "." + port.name();
    Box box = at.ports.get(ref);
    Compliance compliance = state.compliance(port.name());
    boolean bad = state.bound(port.name()) && !compliance.compliant();
    svg.rect(
        broken.containsKey(ref) ? "brokenbox" : "adapter",
        box.x(),
        box.y(),
        box.width(),
        box.height(),
        6);
    svg.text(box.x() + 10, box.y() + 17, "b", Markup.shorten(port.name(), 15));
    svg.text(box.x() + 10, box.y() + 31, "s muted", port.address());
    svg.text(
        box.x() + 10,
        box.y() + 45,
        bad ? "xs b bad port-state" : "xs muted port-state",
        status(port, compliance));
  }

  private String status(VmkernelPort port, Compliance compliance) {
    String name = port.name();
    if (!state.binding()) {
      return state.uses(name, port.fabric()) ? "chosen by the route" : "not chosen";
    }
    if (!state.bound(name)) {
      return "not bound";
    }
    return compliance.compliant()
        ? "bound"
        : (network.forced() ? "forced: " : "not used: ") + compliance.cause().word();
  }

  private void adapter(PhysicalAdapter adapter) {
    String ref = host.name() + "." + adapter.name();
    Box box = at.adapters.get(ref);
    svg.rect(
        broken.containsKey(ref) ? "brokenbox" : "adapter",
        box.x(),
        box.y(),
        box.width(),
        box.height(),
        6);
    svg.text(box.x() + 10, box.y() + 17, "b", Markup.shorten(adapter.name(), 13));
    String limit =
        adapter.kibPerSecond().isPresent()
            ? Figures.count(adapter.kibPerSecond().getAsLong()) + " KiB/s"
            : Markup.shorten(adapter.fabric(), 14);
    svg.text(box.x() + 10, box.y() + 31, "s muted", limit);
    long carried = use.by(ref);
    if (carried > 0) {
      svg.text(box.x() + 10, box.y() + 45, "xs b uplink-count", Figures.count(carried) + " I/Os");
    }
  }
}
