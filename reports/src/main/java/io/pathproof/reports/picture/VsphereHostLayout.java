package io.pathproof.reports.picture;

import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.vsphere.VirtualSwitch;
import io.pathproof.lab.vsphere.VmkernelPort;
import io.pathproof.lab.vsphere.VsphereNetwork;
import io.pathproof.reports.picture.TopologyLayout.Box;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the parts of one vSphere host stand: VMkernel ports left, virtual switches in the middle,
 * physical adapters right, where the cables leave. Parts are named {@code host.part}.
 */
final class VsphereHostLayout {
  static final double RIGHT = 380;
  private static final double LEFT = 24;
  private static final double HEAD = 58;
  private static final double PART_HEIGHT = 52;
  private static final double GAP = 8;

  final Map<String, Box> ports = new LinkedHashMap<>();
  final Map<String, Box> switches = new LinkedHashMap<>();
  final Map<String, Box> adapters = new LinkedHashMap<>();
  final Box whole;

  VsphereHostLayout(HostSpec host, double top) {
    VsphereNetwork network = host.vsphere().orElseThrow();
    double y = top + HEAD;
    for (VirtualSwitch each : network.switches().values()) {
      List<String> on =
          network.ports().values().stream()
              .filter(port -> port.virtualSwitch().equals(each.name()))
              .map(VmkernelPort::name)
              .toList();
      double height = Math.max(1, Math.max(on.size(), each.adapters().size())) * step() - GAP;
      place(ports, host, on, 32, 160, y, height);
      place(adapters, host, each.adapters(), 312, 104, y, height);
      switches.put(host.name() + "." + each.name(), new Box(216, y, 68, height));
      y += height + 2 * GAP;
    }
    List<String> spare =
        network.adapters().keySet().stream()
            .filter(
                name ->
                    network.switches().values().stream()
                        .noneMatch(each -> each.adapters().contains(name)))
            .toList();
    if (!spare.isEmpty()) {
      double height = spare.size() * step() - GAP;
      place(adapters, host, spare, 312, 104, y, height);
      y += height + 2 * GAP;
    }
    whole = new Box(LEFT, top, RIGHT - LEFT, y - top - 2);
  }

  private static double step() {
    return PART_HEIGHT + GAP;
  }

  private static void place(
      Map<String, Box> to,
      HostSpec host,
      List<String> names,
      double x,
      double width,
      double top,
      double height) {
    double y = top + (height - names.size() * step() + GAP) / 2;
    for (String name : names) {
      to.put(host.name() + "." + name, new Box(x, y, width, PART_HEIGHT));
      y += step();
    }
  }
}
