package io.pathproof.lab.topology;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.Problems;
import io.pathproof.lab.document.Section;
import io.pathproof.lab.document.Suggestion;
import io.pathproof.lab.document.Units;
import io.pathproof.lab.vsphere.IscsiTargets;
import io.pathproof.lab.vsphere.PhysicalAdapter;
import io.pathproof.lab.vsphere.Teaming;
import io.pathproof.lab.vsphere.VirtualSwitch;
import io.pathproof.lab.vsphere.VmkernelPort;
import io.pathproof.lab.vsphere.VsphereNetwork;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Reads a vSphere host: one with {@code vmkernel:}, whose adapters are physical. What port binding
 * would refuse is no error of the file: the lab shows such a port as not used, with its reason.
 */
final class VsphereReader {
  private final Map<String, FabricSpec> fabrics;
  private final List<String> declaredFabrics;
  private final Problems problems;

  /**
   * @param fabrics those that could be read
   * @param top the topology
   */
  VsphereReader(Map<String, FabricSpec> fabrics, Section top, Problems problems) {
    this.fabrics = fabrics;
    this.declaredFabrics = declared(top, "fabrics");
    this.problems = problems;
  }

  /** What a host has beside VMkernel ports, and only such a host. */
  private static final List<String> BESIDE_PORTS = List.of("switches", "targets", "force-binding");

  /**
   * Whether a host is one of vSphere's: it has VMkernel ports, or what only such a host has and no
   * adapter with an address.
   */
  static boolean means(Section host) {
    return host.has("vmkernel")
        || BESIDE_PORTS.stream().anyMatch(host::has) && !anAdapterHasAnAddress(host);
  }

  private static boolean anAdapterHasAnAddress(Section host) {
    DocumentNode.Field field = host.node().fields().get("adapters");
    return field != null
        && field.value() instanceof DocumentNode.Mapping adapters
        && adapters.fields().values().stream()
            .anyMatch(
                each ->
                    each.value() instanceof DocumentNode.Mapping keys
                        && keys.fields().containsKey("address"));
  }

  /** Reports what a host without VMkernel ports has no use for. */
  static void refuseWithoutPorts(Section host, Problems problems) {
    for (String key : BESIDE_PORTS) {
      host.field(key)
          .ifPresent(
              field ->
                  problems.at(
                      field,
                      host.name() + " has " + key + " and no vmkernel",
                      key
                          + ": comes with vmkernel: (a vSphere host, whose adapters have no address);"
                          + " add that, or remove the key"));
    }
  }

  HostSpec host(
      String name,
      String initiator,
      MultipathSpec multipath,
      TimerProfile profile,
      TimerSpec timers,
      Section keys) {
    Map<String, PhysicalAdapter> adapters = adapters(keys);
    Map<String, VirtualSwitch> switches = switches(keys, adapters);
    Map<String, VmkernelPort> ports = ports(keys, switches);
    Optional<List<String>> bound = bound(keys, ports);
    boolean forced = forced(keys, bound.isPresent());
    IscsiTargets targets = new TargetsReader(problems).targets(keys);
    keys.done();
    Map<String, AdapterSpec> ends = new LinkedHashMap<>();
    ports.forEach(
        (port, each) -> ends.put(port, new AdapterSpec(name, port, each.fabric(), each.address())));
    distinct(keys, adapters.keySet(), switches.keySet(), ports.keySet());
    return new HostSpec(
        name,
        initiator,
        multipath,
        profile,
        timers,
        ends,
        bound.isPresent(),
        Optional.of(new VsphereNetwork(adapters, switches, ports, bound, forced, targets)));
  }

  private Map<String, PhysicalAdapter> adapters(Section host) {
    Map<String, PhysicalAdapter> adapters = new LinkedHashMap<>();
    children(host, "adapters", "adapter", "add adapters: { vmnic0: { fabric: … } }")
        .forEach(
            (name, keys) -> {
              Optional<String> fabric =
                  keys.requiredScalar(
                      "fabric", this::fabric, "add fabric: and the name of one under fabrics:");
              Optional<Long> rate = keys.scalar("bandwidth", Units::kibPerSecond);
              if (keys.has("address")) {
                keys.field("address");
                problems.at(
                    keys.node().fields().get("address"),
                    "physical adapter " + name + " of a vSphere host has an address",
                    "give the address to a VMkernel port, under vmkernel:");
              }
              keys.done();
              fabric.ifPresent(
                  where ->
                      adapters.put(
                          name,
                          new PhysicalAdapter(
                              name,
                              where,
                              rate.map(OptionalLong::of).orElse(OptionalLong.empty()))));
            });
    return adapters;
  }

  private String fabric(String text) {
    if (!declaredFabrics.contains(text)) {
      throw new BadValueException(
          "unknown fabric " + text, Suggestion.remedy(text, declaredFabrics));
    }
    return text;
  }

  private Map<String, VirtualSwitch> switches(Section host, Map<String, PhysicalAdapter> adapters) {
    Map<String, VirtualSwitch> switches = new LinkedHashMap<>();
    Map<String, String> switchOf = new HashMap<>();
    children(host, "switches", "switch", "add switches: { vSwitch0: { adapters: [vmnic0] } }")
        .forEach(
            (name, keys) -> {
              keys.required("adapters", "add adapters: [vmnic0, …], or [] for none");
              List<String> own = names(keys, "adapters", declared(host, "adapters"), "adapter");
              if (keys.has("adapters")) {
                once(keys.node().fields().get("adapters"), own, "adapters of switch " + name);
              }
              for (String adapter : own.stream().distinct().toList()) {
                String other = switchOf.putIfAbsent(adapter, name);
                if (other != null) {
                  problems.at(
                      keys.node().fields().get("adapters"),
                      "adapter " + adapter + " is on switches " + other + " and " + name,
                      "a physical adapter is the uplink of one switch: leave it out of the other");
                }
              }
              // where that list is wrong, the lists below name any adapter of the host
              List<String> known =
                  own.size() == items(keys, "adapters").size() && keys.has("adapters")
                      ? own
                      : declared(host, "adapters");
              Teaming teaming = teaming(keys, known, false);
              VirtualSwitch.LoadBalancing balancing =
                  keys.scalar(
                      "load-balancing",
                      Units.word(
                          Map.of(
                              "port-id", VirtualSwitch.LoadBalancing.ORIGINATING_PORT_ID,
                              "explicit", VirtualSwitch.LoadBalancing.EXPLICIT_FAILOVER_ORDER)),
                      VirtualSwitch.LoadBalancing.ORIGINATING_PORT_ID);
              boolean failback = keys.scalar("failback", Units::onOff, true);
              keys.done();
              switches.put(name, new VirtualSwitch(name, known, teaming, balancing, failback));
            });
    return switches;
  }

  /**
   * A failover order. Of a switch, adapters that no list names are active, as ESXi makes them; of a
   * port that overrides it, unused.
   */
  private Teaming teaming(Section keys, List<String> adapters, boolean override) {
    if (override) {
      keys.required("active", "add active: [vmnic0], or [] for none; the others are unused");
    }
    List<String> active = names(keys, "active", adapters, "adapter");
    List<String> standby = names(keys, "standby", adapters, "adapter");
    List<String> unused = names(keys, "unused", adapters, "adapter");
    List<String> all = new ArrayList<>(active);
    all.addAll(standby);
    all.addAll(unused);
    all.stream()
        .filter(each -> all.indexOf(each) != all.lastIndexOf(each))
        .distinct()
        .forEach(
            twice ->
                problems.at(
                    keys.node(),
                    twice + " is in two places of the failover order of " + keys.name(),
                    "leave it in one of active:, standby: and unused:"));
    if (!override) {
      List<String> order = new ArrayList<>(active);
      adapters.stream().filter(each -> !all.contains(each)).forEach(order::add);
      return new Teaming(order, standby);
    }
    return new Teaming(active, standby);
  }

  private Map<String, VmkernelPort> ports(Section host, Map<String, VirtualSwitch> switches) {
    Map<String, VmkernelPort> ports = new LinkedHashMap<>();
    children(
            host,
            "vmkernel",
            "VMkernel port",
            "add vmkernel: { vmk1: { switch: vSwitch0, address: … } }")
        .forEach(
            (name, keys) -> {
              Optional<VirtualSwitch> on =
                  keys.requiredScalar(
                          "switch",
                          known(declared(host, "switches"), "switch"),
                          "add switch: and the name of one under switches:")
                      .flatMap(text -> Optional.ofNullable(switches.get(text)));
              Optional<String> address =
                  keys.requiredScalar(
                      "address",
                      text -> {
                        fabricOf(text);
                        return text;
                      },
                      "add address: and an IPv4 address of a fabric");
              // of an unknown switch nothing can be said of the adapters either
              Optional<Teaming> own =
                  keys.section("teaming", "teaming of " + name)
                      .filter(part -> on.isPresent())
                      .map(
                          part -> {
                            List<String> known = on.map(VirtualSwitch::adapters).orElse(List.of());
                            Teaming order = teaming(part, known, true);
                            part.done();
                            return order;
                          });
              keys.done();
              Optional<String> where = address.flatMap(this::fabricOf);
              if (on.isPresent() && where.isPresent()) {
                ports.put(
                    name, new VmkernelPort(name, on.get().name(), where.get(), address.get(), own));
              }
            });
    return ports;
  }

  /** Empty if it may be in one whose subnet could not be read. */
  private Optional<String> fabricOf(String address) {
    long number = Subnet.address(address);
    for (FabricSpec fabric : fabrics.values()) {
      if (Subnet.parse(fabric.subnet()).contains(number)) {
        return Optional.of(fabric.name());
      }
    }
    if (!fabrics.keySet().containsAll(declaredFabrics)) {
      return Optional.empty();
    }
    throw new BadValueException(
        address + " is in no fabric's subnet",
        "use an address of one: "
            + String.join(", ", fabrics.values().stream().map(FabricSpec::subnet).toList()));
  }

  private Optional<List<String>> bound(Section host, Map<String, VmkernelPort> ports) {
    Optional<DocumentNode.Field> field = host.field("port-binding");
    if (field.isEmpty()) {
      return Optional.empty();
    }
    List<String> declared = declared(host, "vmkernel");
    List<String> all = List.copyOf(ports.keySet());
    if (field.get().value() instanceof DocumentNode.Scalar) {
      return host.scalar("port-binding", text -> bindsAll(text, declared))
          .filter(on -> on)
          .map(on -> all);
    }
    List<String> names = names(host, "port-binding", declared, "VMkernel port");
    once(field.get(), names, "port-binding of " + host.name());
    if (field.get().value() instanceof DocumentNode.Sequence list && list.items().isEmpty()) {
      problems.at(
          field.get(),
          "port-binding of " + host.name() + " is empty",
          "name ports, or remove it: then the route table chooses");
    }
    if (names.isEmpty() || names.size() < items(host, "port-binding").size()) {
      return Optional.of(all); // told; of a wrong list no more is said of what it does not reach
    }
    return Optional.of(all.stream().filter(names::contains).toList());
  }

  private static boolean bindsAll(String text, Collection<String> ports) {
    if (ports.contains(text)) {
      throw new BadValueException(
          text + " is a VMkernel port, not on or off", "write a list: [" + text + "]");
    }
    return Units.onOff(text);
  }

  private void once(DocumentNode.Field field, List<String> names, String where) {
    names.stream()
        .filter(each -> names.indexOf(each) != names.lastIndexOf(each))
        .distinct()
        .forEach(
            twice -> problems.at(field, where + " names " + twice + " twice", "once is enough"));
  }

  private boolean forced(Section host, boolean binding) {
    boolean forced = host.scalar("force-binding", Units::onOff, false);
    if (forced && !binding) {
      problems.at(
          host.node().fields().get("force-binding"),
          "force-binding of " + host.name() + " without port-binding",
          "add port-binding: and the ports, or remove it");
    }
    return forced;
  }

  private List<String> names(Section section, String key, Collection<String> known, String what) {
    Function<String, String> reader = known(known, what);
    List<String> names = new ArrayList<>();
    Optional<DocumentNode> other =
        section
            .field(key)
            .map(DocumentNode.Field::value)
            .filter(value -> !(value instanceof DocumentNode.Sequence));
    if (other.isPresent()) {
      String inside = other.get() instanceof DocumentNode.Scalar one ? one.text() : "…";
      problems.at(
          other.get(),
          key + " of " + section.name() + " is " + other.get().kind() + ", not a list",
          "write a list: " + key + ": [" + inside + "]");
      return names;
    }
    for (DocumentNode item : items(section, key)) {
      section.meaning(item, key, reader).ifPresent(names::add);
    }
    return names;
  }

  private static Function<String, String> known(Collection<String> known, String what) {
    return text -> {
      if (!known.contains(text)) {
        throw new BadValueException(
            "there is no " + what + " " + text + " here", Suggestion.remedy(text, known));
      }
      return text;
    };
  }

  /** The names below a key, those included whose own keys could not be read. */
  private static List<String> declared(Section host, String key) {
    DocumentNode.Field field = host.node().fields().get(key);
    return field != null && field.value() instanceof DocumentNode.Mapping mapping
        ? List.copyOf(mapping.fields().keySet())
        : List.of();
  }

  private static List<DocumentNode> items(Section section, String key) {
    return section
        .field(key)
        .map(
            field ->
                field.value() instanceof DocumentNode.Sequence list
                    ? list.items()
                    : List.of(field.value()))
        .orElse(List.of());
  }

  private void distinct(
      Section host,
      Collection<String> adapters,
      Collection<String> switches,
      Collection<String> ports) {
    Map<String, String> kindOf = new HashMap<>();
    adapters.forEach(name -> kindOf.put(name, "adapter"));
    Map<String, Collection<String>> others = new LinkedHashMap<>();
    others.put("switches", switches);
    others.put("vmkernel", ports);
    others.forEach(
        (key, names) ->
            names.forEach(
                name -> {
                  String other = kindOf.putIfAbsent(name, key);
                  if (other != null) {
                    problems.at(
                        host.node().fields().get(key),
                        host.name() + " has two things with the name " + name,
                        "rename one: scenarios name places by these names");
                  }
                }));
  }

  private Map<String, Section> children(
      Section parent, String key, String childName, String remedy) {
    return TopologyLoader.children(parent, key, childName, remedy, problems);
  }
}
