package io.pathproof.lab.topology;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.DocumentReader;
import io.pathproof.lab.document.Problems;
import io.pathproof.lab.document.Section;
import io.pathproof.lab.document.Units;
import io.pathproof.protocol.iscsi.IscsiName;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads topology files (YAML, format version 1; JSON Schema {@code
 * /schema/topology-1.schema.json}). Finds every problem before it throws.
 */
public final class TopologyLoader {
  private final Problems problems;

  private TopologyLoader(Problems problems) {
    this.problems = problems;
  }

  /**
   * Reads a file.
   *
   * @throws TopologyException with every problem, unreadable file included
   */
  public static Topology load(Path file) {
    Problems problems = new Problems(file.toString());
    Optional<String> text = DocumentReader.text(file, problems);
    if (text.isEmpty()) {
      throw new TopologyException(problems.all());
    }
    return parse(text.get(), file.toString());
  }

  /**
   * Reads a text.
   *
   * @param source where it came from, for messages
   * @throws TopologyException with every problem
   */
  public static Topology parse(String yaml, String source) {
    Problems problems = new Problems(source);
    Optional<DocumentNode.Mapping> root = DocumentReader.parse(yaml, "a topology", problems);
    Optional<Topology> topology =
        root.map(mapping -> new TopologyLoader(problems).topology(mapping, source));
    if (!problems.none()) {
      throw new TopologyException(problems.all());
    }
    return topology.orElseThrow();
  }

  private Topology topology(DocumentNode.Mapping root, String source) {
    Section top = new Section(root, "the topology", problems);
    top.scalar("version", TopologyLoader::versionOne);
    String name =
        top.requiredScalar("topology", TopologyLoader::name, "add topology: and its name")
            .orElse("unnamed");
    boolean routed = top.scalar("routed", Units::onOff, false);
    Map<String, FabricSpec> fabrics = fabrics(top);
    Map<String, ArraySpec> arrays = new ArrayReader(this, problems).arrays(top, name);
    Map<String, HostSpec> hosts = hosts(top, fabrics);
    Map<String, NamedLink> noLinks = Map.of();
    Topology unlinked = new Topology(name, fabrics, routed, arrays, hosts, noLinks, source);
    TopologyRules rules = new TopologyRules(unlinked, root, problems);
    Map<String, NamedLink> links = new LinkReader(unlinked, problems).links(top);
    top.done();
    rules.check(links.keySet());
    return new Topology(name, fabrics, routed, arrays, hosts, links, source);
  }

  private static int versionOne(String text) {
    if (!text.equals("1")) {
      throw new BadValueException(
          "format version " + text + " is unknown to this release",
          "write version: 1, or use a release that knows version " + text);
    }
    return 1;
  }

  static String name(String text) {
    if (!text.matches("[A-Za-z][A-Za-z0-9_-]{0,39}")) {
      throw new BadValueException(
          text + " is no name",
          "begin with a letter; go on with at most 39 letters, digits, hyphens, underscores");
    }
    return text;
  }

  private Map<String, FabricSpec> fabrics(Section top) {
    Map<String, FabricSpec> fabrics = new LinkedHashMap<>();
    children(top, "fabrics", "fabric", "add fabrics: { blue: { subnet: 10.10.1.0/24 } }")
        .forEach(
            (name, keys) -> {
              keys.requiredScalar(
                      "subnet", TopologyLoader::subnet, "add subnet: and an IPv4 subnet")
                  .ifPresent(subnet -> fabrics.put(name, new FabricSpec(name, subnet)));
              keys.done();
            });
    return fabrics;
  }

  private static String subnet(String text) {
    Subnet.parse(text);
    return text;
  }

  static String address(String text) {
    Subnet.address(text);
    return text;
  }

  static Optional<String> fabricOf(Section keys) {
    return keys.requiredScalar(
        "fabric", Function.identity(), "add fabric: and the name of one under fabrics:");
  }

  static Optional<String> addressOf(Section keys) {
    return keys.requiredScalar(
        "address", TopologyLoader::address, "add address: and an IPv4 address of its fabric");
  }

  private Map<String, HostSpec> hosts(Section top, Map<String, FabricSpec> fabrics) {
    Map<String, HostSpec> hosts = new LinkedHashMap<>();
    children(top, "hosts", "host", "add hosts: with at least one host and its adapters")
        .forEach((name, keys) -> hosts.put(name, host(name, keys, top, fabrics)));
    return hosts;
  }

  private HostSpec host(String name, Section keys, Section top, Map<String, FabricSpec> fabrics) {
    String initiator =
        keys.scalar("initiator-name", TopologyLoader::iscsiName, defaultIscsiName(name));
    MultipathSpec multipath = new MultipathReader(problems).multipath(keys);
    TimerProfile profile = HostReader.profile(keys);
    TimerSpec timers = HostReader.timers(keys, multipath, profile);
    if (VsphereReader.means(keys)) {
      return new VsphereReader(fabrics, top, problems)
          .host(name, initiator, multipath, profile, timers, keys);
    }
    Map<String, AdapterSpec> adapters = new LinkedHashMap<>();
    children(keys, "adapters", "adapter", "add adapters: { nic0: { fabric: …, address: … } }")
        .forEach(
            (adapter, part) -> {
              Optional<String> fabric = fabricOf(part);
              Optional<String> address = addressOf(part);
              if (fabric.isPresent() && address.isPresent()) {
                adapters.put(adapter, new AdapterSpec(name, adapter, fabric.get(), address.get()));
              }
              part.done();
            });
    boolean binding = binding(keys);
    VsphereReader.refuseWithoutPorts(keys, problems);
    keys.done();
    return new HostSpec(
        name, initiator, multipath, profile, timers, adapters, binding, Optional.empty());
  }

  private boolean binding(Section host) {
    Optional<DocumentNode.Field> field = host.field("port-binding");
    if (field.isPresent() && field.get().value() instanceof DocumentNode.Sequence) {
      problems.at(
          field.get(),
          "port-binding of " + host.name() + " is a list, and the host has no vmkernel",
          "write port-binding: on, which binds each adapter; a list names VMkernel ports, under"
              + " vmkernel:");
      return true;
    }
    return host.scalar("port-binding", Units::onOff, false);
  }

  /**
   * RFC 7143 section 4.2.7: at most 223 bytes; iqn., eui. or naa. format. Capital letters are made
   * small.
   */
  static String iscsiName(String text) {
    String remedy = "write one such as iqn.2026-11.com.example:name";
    IscsiName.problem(text)
        .ifPresent(
            problem -> {
              throw new BadValueException("no iSCSI name: " + problem, remedy);
            });
    String name = IscsiName.prepare(text);
    boolean iqn = name.matches("iqn\\.\\d{4}-(0[1-9]|1[0-2])\\.[a-z0-9.-]+(:[a-z0-9.:-]+)?");
    boolean number = name.matches("eui\\.[0-9a-f]{16}|naa\\.([0-9a-f]{16}){1,2}");
    if (!iqn && !number) {
      throw new BadValueException(text + " is no iSCSI name", remedy);
    }
    return name;
  }

  /** The name of a part of the topology that has none of its own. */
  static String defaultIscsiName(String part) {
    return "iqn.2026-11.io.pathproof:" + part.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The named children under a key that has to be there and to have at least one. */
  Map<String, Section> children(Section parent, String key, String childName, String remedy) {
    return children(parent, key, childName, remedy, problems);
  }

  static Map<String, Section> children(
      Section parent, String key, String childName, String remedy, Problems problems) {
    Optional<Section> section = parent.requiredSection(key, key + " of " + parent.name(), remedy);
    if (section.isEmpty()) {
      return Map.of();
    }
    if (section.get().node().fields().isEmpty()) {
      problems.at(section.get().node(), key + " of " + parent.name() + " is empty", remedy);
    }
    for (DocumentNode.Field field : section.get().node().fields().values()) {
      try {
        name(field.key());
      } catch (BadValueException e) {
        problems.at(field, childName + ": " + e.getMessage(), e.remedy());
      }
    }
    return section.get().named(childName);
  }
}
