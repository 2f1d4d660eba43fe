package io.pathproof.reports.picture;

import io.pathproof.lab.topology.AdapterSpec;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.topology.NamedLink;
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.VolumeSpec;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.workload.Workload;
import io.pathproof.reports.picture.TopologyLayout.Box;
import io.pathproof.reports.picture.TopologyLayout.Cable;
import io.pathproof.reports.picture.TopologyLayout.Course;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who was wired to whom in one scenario, what broke, and which links carried how much I/O.
 * Thread-safe: a picture is a function of its outcome.
 */
public final class TopologyPicture {
  private static final double TOP = 108;

  private final Outcome outcome;
  private final Set<String> told = new HashSet<>();
  private final Topology topology;
  private final HistoryView view;
  private final BrokenParts broken;
  private final UplinkUse use;
  private final TopologyLayout at;
  private final Map<LinkId, Long> sent;
  private final Set<String> working;
  private final List<LinkId> labelled = new ArrayList<>();
  private Svg svg;

  private TopologyPicture(Outcome outcome) {
    this.outcome = outcome;
    this.topology = outcome.topology();
    this.view = new HistoryView(outcome.history());
    this.broken = new BrokenParts(topology, view.faults);
    this.use = new UplinkUse(topology, outcome.history(), view);
    this.at = new TopologyLayout(topology, TOP, use::mostly);
    this.sent = view.sentByLink();
    this.working =
        outcome.scenario().workloads().stream().map(Workload::host).collect(Collectors.toSet());
  }

  /** The picture as an SVG document (UTF-8). */
  public static String render(Outcome outcome) {
    return new TopologyPicture(outcome).draw();
  }

  private String draw() {
    double footer = 30 + 20.0 * Math.max(1, view.faults.size());
    svg = new Svg(TopologyLayout.WIDTH, at.bottom + 34 + footer, topology.name() + ": topology");
    svg.text(24, 36, "h1", Markup.shorten(topology.name(), 40));
    svg.text(
        24,
        58,
        "muted",
        Markup.shorten(outcome.scenario().id(), 80)
            + "  ·  thickness and figures: I/Os sent down each link");
    boolean vsphere = !at.vsphereHosts.isEmpty();
    svg.text(
        24,
        TOP - 16,
        "h2 muted",
        vsphere ? "hosts: VMkernel ports, virtual switches, physical adapters" : "hosts");
    svg.text(at.fabricsX, TOP - 16, "h2 muted", topology.routed() ? "fabrics, routed" : "fabrics");
    svg.text(878, TOP - 16, "h2 muted", several() ? "arrays" : "array");
    boxes();
    links();
    fronts();
    marks();
    counts();
    footer(at.bottom + 40);
    return svg.end();
  }

  private void boxes() {
    for (HostSpec host : topology.hosts().values()) {
      if (host.vsphere().isPresent()) {
        continue;
      }
      Box box = at.hosts.get(host.name());
      boolean works = working.contains(host.name());
      svg.rect(works ? "host" : "idle", box.x(), box.y(), box.width(), box.height(), 8);
      svg.text(box.x() + 14, box.y() + 26, "h2", Markup.shorten(host.name(), 18));
      double line = box.y() + 44;
      for (String words : multipath(host.multipath())) {
        svg.text(box.x() + 14, line, "s muted", words);
        line += 15;
      }
      if (works) {
        svg.text(box.x() + 14, box.bottom() - 9, "s b accent", "does the I/O");
      }
    }
    topology
        .fabrics()
        .values()
        .forEach(
            fabric -> {
              Box box = at.fabrics.get(fabric.name());
              boolean isBroken = broken.fabrics.containsKey(fabric.name());
              svg.rect(
                  isBroken ? "brokenbox" : "fabric",
                  box.x(),
                  box.y(),
                  box.width(),
                  box.height(),
                  10);
            });
    topology.arrays().values().forEach(this::array);
    long most = Math.max(1, at.cables.keySet().stream().mapToLong(use::by).max().orElse(1));
    at.vsphereHosts.forEach(
        (name, parts) -> {
          HostSpec host = topology.hosts().get(name);
          String words = String.join(", ", multipath(host.multipath()));
          new VsphereHostPicture(host, parts, use, broken.onHosts, svg)
              .draw(words, working.contains(name), most);
        });
    at.cables.forEach((adapter, cable) -> cable(adapter, cable, most));
  }

  private void cable(String adapter, Cable cable, long most) {
    long count = use.by(adapter);
    boolean isBroken = broken.onHosts.containsKey(adapter);
    String tip = adapter + ": " + Figures.count(count) + " I/Os" + (isBroken ? ", broken" : "");
    svg.titled(
        "path",
        tip,
        "class",
        isBroken ? "broken" : count > 0 ? "used" : "link",
        "data-cable",
        adapter,
        "stroke-width",
        count == 0 ? (isBroken ? 1.8 : 1.2) : 2 + (isBroken ? 2.5 : 6.0) * count / most,
        "d",
        cable.svg());
  }

  private boolean several() {
    return topology.arrays().size() > 1;
  }

  /** An array, its nodes and volumes; parts by their names within it. */
  private void array(ArraySpec array) {
    Box whole = at.arrays.get(array.name());
    svg.rect("array", whole.x(), whole.y(), whole.width(), whole.height(), 10);
    String title = several() ? array.name() + " · " + array.kind() : array.kind();
    svg.text(whole.x() + 14, whole.y() + 22, "h2", Markup.shorten(title, 30));
    for (String name : array.nodes().keySet()) {
      Box box = at.nodes.get(name);
      boolean isBroken = broken.nodes.containsKey(name);
      svg.rect(isBroken ? "brokenbox" : "node", box.x(), box.y(), box.width(), box.height(), 8);
      svg.text(box.x() + 12, box.y() + 19, "h2", Markup.shorten(array.within(name), 16));
    }
    volumes(array, whole);
  }

  private static List<String> multipath(MultipathSpec m) {
    return switch (m.policy()) {
      case NONE -> List.of("no multipathing");
      case FAILOVER -> List.of("multipath", "failover");
      case FIXED -> List.of("multipath", "fixed path");
      case MOST_RECENTLY_USED -> List.of("multipath", "most recently used");
      case QUEUE_LENGTH -> List.of("multipath", "queue length");
      case SERVICE_TIME -> List.of("multipath", "service time");
      case LATENCY -> List.of("multipath", "by latency");
      case ROUND_ROBIN ->
          List.of(
              "round robin",
              m.ios() == 1 ? "every I/O" : "each " + Figures.count(m.ios()) + " I/Os");
    };
  }

  private void volumes(ArraySpec array, Box whole) {
    double y = whole.y() + TopologyLayout.VOLUMES_TOP;
    for (VolumeSpec volume : array.volumes().values()) {
      double x = 1072;
      String shape = "M" + x + " " + y + "v34a44 9 0 0 0 88 0v-34a44 9 0 0 0 -88 0a44 9 0 0 0 88 0";
      svg.leaf("path", "class", "volume", "d", shape);
      svg.text(x + 44, y + 25, "b mid", Markup.shorten(array.within(volume.name()), 12));
      svg.text(x + 44, y + 38, "xs muted mid", size(volume.sizeBytes()));
      y += TopologyLayout.VOLUME_HEIGHT;
    }
  }

  private static String size(long bytes) {
    return bytes >= 1L << 30
        ? Svg.number(bytes / (double) (1L << 30)) + " GiB"
        : Svg.number(bytes / (double) (1L << 20)) + " MiB";
  }

  private void links() {
    long most = sent.values().stream().mapToLong(Long::longValue).max().orElse(0);
    List<LinkId> order = new ArrayList<>(at.courses.keySet());
    // Broken ones last, used ones above idle ones: what matters is never covered.
    order.sort(
        Comparator.comparing((LinkId l) -> broken.allLinks.contains(l))
            .thenComparing(l -> sent.getOrDefault(l, 0L)));
    for (LinkId link : order) {
      long count = sent.getOrDefault(link, 0L);
      boolean isBroken = broken.allLinks.contains(link);
      String classes = isBroken ? "broken" : count > 0 ? "used" : "link";
      double width =
          count == 0 ? (isBroken ? 1.8 : 1.2) : 2 + (isBroken ? 2.5 : 6.0) * count / most;
      String tip = link + ": " + Figures.count(count) + " I/Os sent" + (isBroken ? ", broken" : "");
      svg.titled(
          "path",
          tip,
          "class",
          classes,
          "data-link",
          link.toString(),
          "data-count",
          count,
          "stroke-width",
          width,
          "d",
          at.courses.get(link).svg());
      if (count > 0) {
        labelled.add(link);
      }
    }
  }

  /** What stands in front of the lines: adapters, ports, and the fabrics' names. */
  private void fronts() {
    for (HostSpec host : topology.hosts().values()) {
      if (host.vsphere().isPresent()) {
        continue;
      }
      for (AdapterSpec adapter : host.adapters().values()) {
        Box box = at.adapters.get(adapter.ref());
        boolean isBroken = broken.adapters.containsKey(adapter.ref());
        svg.rect(
            isBroken ? "brokenbox" : "adapter", box.x(), box.y(), box.width(), box.height(), 6);
        svg.text(box.x() + 10, box.y() + 19, "b", Markup.shorten(adapter.name(), 13));
        svg.text(box.x() + 10, box.y() + 35, "s muted", adapter.address());
      }
    }
    topology.arrays().values().forEach(this::addresses);
    topology
        .fabrics()
        .values()
        .forEach(
            fabric -> {
              Box box = at.fabrics.get(fabric.name());
              String name = Markup.shorten(fabric.name(), 15);
              // A link that is routed from another fabric may come from above: it passes below.
              double width =
                  12 + Math.max(Svg.textWidth(name, 13), Svg.textWidth(fabric.subnet(), 11));
              svg.rect("plate", box.middleX() - width / 2, box.y() + 5, width, 35, 6);
              svg.text(box.middleX(), box.y() + 20, "h2 mid", name);
              svg.text(box.middleX(), box.y() + 35, "s muted mid", fabric.subnet());
            });
  }

  private void addresses(ArraySpec array) {
    array
        .virtualAddresses()
        .forEach(
            (name, address) -> {
              Box box = at.ports.get(name);
              String owner = Markup.shorten(array.within(address.owner()), 12);
              svg.rect("port", box.x(), box.y(), box.width(), box.height(), 6);
              svg.text(
                  box.x() + 12, box.middleY() - 12, "b", Markup.shorten(array.within(name), 18));
              svg.text(box.x() + 12, box.middleY() + 4, "s muted", address.port().address());
              svg.text(
                  box.x() + 12, box.middleY() + 20, "s muted", "virtual, at first at " + owner);
            });
    for (PortSpec port : array.ports()) {
      Box box = at.ports.get(port.ref());
      svg.rect("port", box.x(), box.y(), box.width(), box.height(), 6);
      svg.text(box.x() + 12, box.middleY() - 3, "b", Markup.shorten(port.name(), 13));
      svg.text(box.x() + 12, box.middleY() + 13, "s muted", port.address());
    }
  }

  private void marks() {
    broken.fabrics.forEach(
        (name, words) -> {
          Box box = at.fabrics.get(name);
          mark(box.middleX(), wiresMiddle(box), "fabric", name, words);
        });
    broken.nodes.forEach(
        (name, words) -> {
          Box box = at.nodes.get(name);
          mark(box.right() - 16, box.y() + 14, "node", name, words);
        });
    broken.ports.forEach(
        (ref, words) -> {
          Box box = at.ports.get(ref);
          mark(box.right() - 14, box.middleY(), "port", ref, words);
        });
    broken.array.forEach(
        (name, words) -> {
          Box box = at.arrays.get(name);
          mark(box.right() - 18, box.y() + 16, "array", name, words);
        });
    broken.adapters.forEach(
        (ref, words) -> {
          Box box = at.adapters.get(ref);
          mark(box.right() + 26, box.middleY(), "adapter", ref, words);
        });
    at.vsphereHosts.values().forEach(this::onHost);
    broken.links.forEach(
        (link, words) -> {
          Course course = at.courses.get(link);
          if (course != null) {
            mark(course.outX() + 34, course.outside(34), "link", link.toString(), words);
          }
        });
    topology.links().values().forEach(this::nameTag);
  }

  /** What was done at a part of a vSphere host; its words stand below the picture. */
  private void onHost(VsphereHostLayout parts) {
    broken.onHosts.forEach(
        (ref, words) -> {
          Box box =
              parts.adapters.getOrDefault(
                  ref, parts.ports.getOrDefault(ref, parts.switches.get(ref)));
          if (box != null) {
            boolean isSwitch = parts.switches.containsKey(ref);
            // A switch's name stands at its top, its lines in its middle.
            double x = isSwitch ? box.middleX() : box.right() - 15;
            double y = isSwitch ? box.bottom() - 11 : box.y() + 15;
            crossed(x, y, "host-part", ref, words);
          }
        });
  }

  private void crossed(double x, double y, String kind, String name, String words) {
    svg.open("g", "class", "broken-mark", "data-kind", kind, "data-name", name);
    svg.cross(x, y, 6);
    svg.titled("circle", words, "fill", "transparent", "cx", x, "cy", y, "r", 13);
    svg.close("g");
  }

  private static double wiresMiddle(Box fabric) {
    return (fabric.y() + TopologyLayout.FABRIC_HEAD + fabric.bottom()) / 2;
  }

  private void mark(double x, double y, String kind, String name, String words) {
    svg.open("g", "class", "broken-mark", "data-kind", kind, "data-name", name);
    svg.leaf("circle", "class", "bg", "cx", x, "cy", y, "r", 13);
    svg.cross(x, y, 8);
    if (kind.equals("fabric")) {
      Box box = at.fabrics.get(name);
      svg.text(box.middleX(), wiresMiddle(box) + 30, "s b bad mid halo", Markup.shorten(words, 60));
    } else if (told.add(words)) {
      // A node's fault breaks many links: its words once, at the node, and a cross on each.
      String shown = Markup.shorten(words, 38);
      boolean fits = x - 12 + Svg.textWidth(shown, 11) < TopologyLayout.WIDTH - 24;
      svg.text(fits ? x - 12 : x + 12, y + 28, "s b bad halo" + (fits ? "" : " end"), shown);
    }
    svg.titled("circle", words, "fill", "transparent", "cx", x, "cy", y, "r", 13);
    svg.close("g");
  }

  private void nameTag(NamedLink link) {
    if (link.covers().size() == 1 && at.courses.containsKey(link.covers().get(0))) {
      Course course = at.courses.get(link.covers().get(0));
      svg.nameTag(course.outX() + 68, course.outside(68), link.name());
    } else if (at.adapters.containsKey(link.from())) {
      Box box = at.adapters.get(link.from());
      svg.nameTag(box.right() + 58, box.middleY(), link.name());
    }
  }

  private void counts() {
    for (LinkId link : labelled) {
      Course course = at.courses.get(link);
      String host = topology.adapter(link.adapter()).host();
      long total =
          sent.entrySet().stream()
              .filter(e -> topology.adapter(e.getKey().adapter()).host().equals(host))
              .mapToLong(Map.Entry::getValue)
              .sum();
      long count = sent.get(link);
      String words = Figures.count(count) + " · " + Math.round(100.0 * count / total) + " %";
      double width = Svg.textWidth(words, 10) + 10;
      double x = course.portX() - 6 - width;
      svg.rect("figure", x, course.portY() - 7, width, 14, 7);
      svg.text(x + width / 2, course.portY() + 3.5, "xs b mid link-count", words);
    }
  }

  private void footer(double top) {
    double y = top;
    if (view.faults.isEmpty()) {
      String planned =
          outcome.scenario().faults().isEmpty()
              ? "No fault: all links whole."
              : "No fault was injected.";
      svg.text(24, y + 16, "b fine", planned);
    }
    for (FaultWindow fault : view.faults) {
      svg.open("g", "class", "fault-words", "data-fault", fault.number());
      svg.cross(33, y + 11, 6);
      svg.text(48, y + 16, "b bad", "fault " + fault.number() + ":");
      svg.text(104, y + 16, "", Markup.shorten(names(fault) + fault.text(), 150));
      svg.close("g");
      y += 20;
    }
    if (!outcome.scenario().faults().isEmpty() || sent.isEmpty()) {
      String note =
          sent.isEmpty()
              ? "No I/O was sent."
              : "dashed red: broken   ·   blue: carried I/O   ·   grey: idle";
      svg.text(TopologyLayout.WIDTH - 24, top + 16, "s muted end", note);
    }
  }

  /** The named links that a fault broke, unless its words say so already. */
  private String names(FaultWindow fault) {
    String names =
        topology.links().values().stream()
            .filter(l -> Set.copyOf(l.covers()).equals(Set.copyOf(fault.links())))
            .map(NamedLink::name)
            .collect(Collectors.joining(", "));
    return names.isEmpty()
            || fault.text().matches("(?s).*\\b" + java.util.regex.Pattern.quote(names) + "\\b.*")
        ? ""
        : "(" + names + ") ";
  }
}
