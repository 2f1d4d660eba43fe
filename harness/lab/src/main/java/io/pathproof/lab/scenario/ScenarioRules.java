package io.pathproof.lab.scenario;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.Problems;
import io.pathproof.lab.document.Suggestion;
import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.Capabilities;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.fault.Fault;
import io.pathproof.lab.fault.Places;
import io.pathproof.lab.fault.ResolvedFault;
import io.pathproof.lab.topology.AdapterSpec;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.VolumeSpec;
import io.pathproof.lab.workload.Workload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What has to hold between a scenario, its topology and the engine. */
final class ScenarioRules {
  private final Scenario scenario;
  private final Topology topology;
  private final Capabilities capabilities;
  private final Problems problems;
  private final DocumentNode.Mapping root;

  ScenarioRules(
      Scenario scenario, Topology topology, Capabilities capabilities, Problems problems) {
    this(scenario, topology, capabilities, problems, DocumentNode.Mapping.of(Map.of()));
  }

  /**
   * @param root the document, for the lines of what does not fit
   */
  ScenarioRules(
      Scenario scenario,
      Topology topology,
      Capabilities capabilities,
      Problems problems,
      DocumentNode.Mapping root) {
    this.scenario = scenario;
    this.topology = topology;
    this.capabilities = capabilities;
    this.problems = problems;
    this.root = root;
  }

  void check() {
    if (!scenario.topology().isEmpty() && !scenario.topology().equals(topology.name())) {
      problems.at(
          at("topology"),
          "the scenario is for topology " + scenario.topology() + ", not for " + topology.name(),
          "run it on that one, or change topology:");
      return;
    }
    workloads();
    faults();
    expectations();
  }

  private void workloads() {
    Map<String, Long> covered = new HashMap<>();
    for (int i = 0; i < scenario.workloads().size(); i++) {
      Workload workload = scenario.workloads().get(i);
      HostSpec host = topology.hosts().get(workload.host());
      VolumeSpec volume = topology.volumes().get(workload.volume());
      if (host == null) {
        problems.at(
            at("workload", i, "host"),
            "there is no host " + workload.host() + " in " + topology.name(),
            Suggestion.remedy(workload.host(), topology.hosts().keySet()));
      } else {
        device(i, workload, host);
      }
      if (volume == null) {
        problems.at(
            at("workload", i, "volume"),
            "there is no volume " + workload.volume() + " in " + topology.name(),
            volumeRemedy(workload.volume()));
      } else {
        long total = covered.merge(volume.name(), workload.regionBytes(), Long::sum);
        if (total > volume.sizeBytes()) {
          problems.at(
              at("workload", i, "region"),
              "the workloads' regions take "
                  + total
                  + " bytes of volume "
                  + volume.name()
                  + ", which has "
                  + volume.sizeBytes(),
              "give each workload a smaller region:");
        }
      }
    }
  }

  /** Of several arrays a volume carries its array's name: one without it is told of that. */
  private String volumeRemedy(String volume) {
    Set<String> known = topology.volumes().keySet();
    List<String> whole = known.stream().filter(name -> name.endsWith("." + volume)).toList();
    return whole.isEmpty()
        ? Suggestion.remedy(volume, known)
        : "name it with its array: " + String.join(", or ", whole);
  }

  private void device(int index, Workload workload, HostSpec host) {
    if (workload.device().equals("*")) {
      return;
    }
    List<String> ports =
        topology.linksOf(host).stream().map(link -> link.port()).distinct().toList();
    if (!ports.contains(workload.device())) {
      problems.at(
          at("workload", index, "device"),
          "host " + host.name() + " has no path to a port " + workload.device(),
          Suggestion.remedy(workload.device(), ports));
    }
  }

  private void faults() {
    Places places = new Places(topology);
    List<ResolvedFault> resolved = new ArrayList<>();
    long endMs = scenario.workloads().stream().mapToLong(w -> w.atMs() + w.forMs()).max().orElse(0);
    for (int i = 0; i < scenario.faults().size(); i++) {
      Fault fault = scenario.faults().get(i);
      if (fault.atMs() >= endMs) {
        problems.at(
            at("faults", i, "at"),
            "the fault comes when the workload has ended (after " + endMs + " ms)",
            "let it come earlier, or the workload last longer");
      }
      capability(i, fault);
      try {
        ResolvedFault now = places.resolve(fault);
        for (int j = 0; j < resolved.size(); j++) {
          overlap(i, now, j, resolved.get(j));
        }
        resolved.add(now);
      } catch (BadValueException e) {
        problems.at(at("faults", i, "break"), e.getMessage(), e.remedy());
      }
    }
  }

  /** Healing a link takes everything off it, so two faults on one link must not overlap. */
  private void overlap(int later, ResolvedFault now, int earlier, ResolvedFault other) {
    boolean onLinks =
        now.nodes().isEmpty()
            && other.nodes().isEmpty()
            && now.fault().hostAction().isEmpty()
            && other.fault().hostAction().isEmpty();
    boolean sameHostAction =
        now.fault().hostAction().isPresent()
            && now.fault().hostAction().equals(other.fault().hostAction())
            && now.onHost().equals(other.onHost());
    boolean sameLink = onLinks && !Collections.disjoint(now.links(), other.links());
    boolean sameAction =
        sameHostAction
            || now.fault().action().equals(other.fault().action())
                && now.fault().action().isPresent()
                && now.nodes().equals(other.nodes())
                && !now.fault().action().get().kind().momentary();

    long nowEnd = end(now.fault());
    long otherEnd = end(other.fault());
    if (sameLink && now.fault().atMs() < otherEnd && other.fault().atMs() < nowEnd) {
      problems.at(
          at("faults", later, "at"),
          "faults " + (earlier + 1) + " and " + (later + 1) + " break the same link at one time",
          "heal the first before the second begins (healAfter:)");
    } else if (sameAction && now.fault().atMs() < otherEnd && other.fault().atMs() < nowEnd) {
      problems.at(
          at("faults", later, "at"),
          "faults " + (earlier + 1) + " and " + (later + 1) + " are the same at one time",
          "heal the first before the second begins (healAfter:)");
    }
  }

  private static long end(Fault fault) {
    return fault.healAfterMs().map(ms -> fault.atMs() + ms).orElse(Long.MAX_VALUE);
  }

  private void capability(int index, Fault fault) {
    fault
        .how()
        .map(Impairment::kind)
        .ifPresent(
            kind -> {
              boolean oneWay = fault.direction() != Direction.BOTH;
              Set<Impairment.Kind> can =
                  oneWay ? capabilities.oneWay() : capabilities.impairments();
              if (!can.contains(kind)) {
                problems.at(
                    at("faults", index, "how"),
                    "this engine's links cannot do "
                        + kind.word()
                        + (oneWay ? " in one direction" : ""),
                    "choose another engine with --engine, or one of: "
                        + can.stream()
                            .map(Impairment.Kind::word)
                            .sorted()
                            .collect(Collectors.joining(", ")));
              }
            });
    fault.action().ifPresent(action -> capability(index, action));
    fault.hostAction().ifPresent(action -> capability(index, action));
  }

  private void capability(int index, HostAction action) {
    if (!capabilities.hostActions().contains(action.kind())) {
      problems.at(
          at("faults", index, "how"),
          "this engine cannot " + action.kind().word() + " on a vSphere host",
          "choose another engine with --engine");
    }
  }

  private void capability(int index, ArrayAction action) {
    if (!capabilities.arrayActions().contains(action.kind())) {
      problems.at(
          at("faults", index, "how"),
          "this engine's array cannot " + action.kind().word(),
          "choose another engine with --engine, another kind of array, or one of: "
              + capabilities.arrayActions().stream()
                  .map(ArrayAction.Kind::word)
                  .sorted()
                  .collect(Collectors.joining(", ")));
    } else if (action.kind() == ArrayAction.Kind.DEFECT
        && !capabilities.defects().contains(action.detail())) {
      problems.at(
          at("faults", index, "how"),
          "this engine's array knows no defect " + action.detail(),
          Suggestion.remedy(action.detail(), capabilities.defects()));
    }
  }

  private void expectations() {
    List<String> io = new ArrayList<>();
    for (Expectation each : scenario.expectations()) {
      String of = each instanceof Expectation.OfArray one ? one.array() : "";
      Expectation expectation = each instanceof Expectation.OfArray one ? one.expectation() : each;
      if (!of.isEmpty()) {
        ofArray(of);
      }
      array(expectation);
      if (expectation instanceof Expectation.Imbalance split) {
        parts(split.shares().keySet());
      }
      VsphereExpectations.check(expectation, topology)
          .ifPresent(
              wrong ->
                  problems.at(
                      expecting(wrong.name()), wrong.why().getMessage(), wrong.why().remedy()));
      boolean needsFault =
          expectation instanceof Expectation.IoFails
              || expectation instanceof Expectation.IoFailsWhenTried
              || expectation instanceof Expectation.IoUndisturbed
              || expectation instanceof Expectation.ArrayUnchanged
              || expectation instanceof Expectation.LogoutObeyed
              || expectation instanceof Expectation.DeviceState
              || expectation instanceof Expectation.AddressMoved
              || expectation instanceof Expectation.TakenOver
              || expectation instanceof Expectation.UnitAttention
              || expectation instanceof Expectation.SlowPath
              || VsphereExpectations.needsFault(expectation)
              || expectation instanceof Expectation.Redirected redirected
                  && redirected.extent() == Expectation.Redirected.Extent.AGAIN;
      if (needsFault && scenario.faults().isEmpty()) {
        problems.at(
            at("expect"),
            "an expectation is about a fault, and the scenario has none",
            "add faults:, or expect something else");
      }
      if (expectation instanceof Expectation.IoContinues
          || expectation instanceof Expectation.IoUndisturbed
          || expectation instanceof Expectation.IoFails
          || expectation instanceof Expectation.IoFailsWhenTried) {
        io.add(of);
      }
    }
    if (io.stream().distinct().count() < io.size()) {
      problems.at(at("expect"), "io: is expected to do two things at once", "choose one");
    }
  }

  /** The two sides of an uneven split are adapters of a host with a workload, or array ports. */
  private void parts(Set<String> names) {
    Set<String> known = new TreeSet<>();
    for (Workload workload : scenario.workloads()) {
      HostSpec host = topology.hosts().get(workload.host());
      if (host != null) {
        known.addAll(host.adapters().keySet());
      }
    }
    topology.ports().forEach(port -> known.add(port.ref()));
    for (String name : names) {
      if (!known.contains(name)) {
        problems.at(
            expecting(name),
            "imbalance: there is no adapter or array port " + name,
            Suggestion.remedy(name, known));
      }
    }
  }

  private void ofArray(String array) {
    Set<String> arrays = topology.arrays().keySet();
    if (!arrays.contains(array)) {
      problems.at(
          expecting(array),
          "there is no array " + array + " in " + topology.name(),
          Suggestion.remedy(array, arrays));
    } else if (scenario.workloads().stream()
        .noneMatch(w -> topology.arrays().get(array).volumes().containsKey(w.volume()))) {
      problems.at(
          expecting(array),
          "something is expected of array " + array + ", and no workload is on a volume of it",
          "add a workload on one of its volumes: "
              + String.join(", ", topology.arrays().get(array).volumes().keySet()));
    }
  }

  /** What an expectation needs of the array. */
  private void array(Expectation expectation) {
    Set<String> addresses = topology.virtualAddresses().keySet();
    boolean counts =
        expectation instanceof Expectation.Redirected
            || expectation instanceof Expectation.SpreadEven
            || expectation instanceof Expectation.AddressMoved
            || expectation instanceof Expectation.TakenOver;
    if (counts && !capabilities.portLoads()) {
      problems.at(
          at("expect"),
          "an expectation needs an array that tells what each of its ports has carried, and this"
              + " engine's array does not",
          "choose another engine with --engine, or an array of kind: simulated");
    }
    if (expectation instanceof Expectation.Redirected && addresses.isEmpty()) {
      problems.at(
          at("expect"),
          "redirected: on an array without virtual addresses",
          "add virtual-addresses: to the topology, or expect something else");
    }
    if (expectation instanceof Expectation.AddressMoved moved
        && !addresses.contains(moved.address())) {
      problems.at(
          expecting(moved.address()),
          "there is no virtual address " + moved.address() + " in " + topology.name(),
          addresses.isEmpty()
              ? "add virtual-addresses: to the topology"
              : Suggestion.remedy(moved.address(), addresses));
    }
    if (expectation instanceof Expectation.Diagnosed diagnosed) {
      List<String> adapters =
          topology.hosts().values().stream()
              .flatMap(host -> host.adapters().values().stream())
              .map(AdapterSpec::ref)
              .toList();
      if (!adapters.contains(diagnosed.adapter())) {
        problems.at(
            expecting(diagnosed.adapter()),
            "there is no host adapter " + diagnosed.adapter() + " in " + topology.name(),
            Suggestion.remedy(diagnosed.adapter(), adapters));
      }
    }
    if (expectation instanceof Expectation.TakenOver taken
        && !topology.nodes().containsKey(taken.node())) {
      problems.at(
          expecting(taken.node()),
          "there is no node " + taken.node() + " in " + topology.name(),
          Suggestion.remedy(taken.node(), topology.nodes().keySet()));
    }
  }

  /** The place of {@code key}, of {@code key[index].child}, or of the nearest thing around it. */
  private DocumentNode at(String key) {
    DocumentNode.Field field = root.fields().get(key);
    return field == null ? root : field.value();
  }

  /** The place in {@code expect} where a name stands, or all of it. */
  private DocumentNode expecting(String name) {
    DocumentNode all = at("expect");
    return name.isEmpty() ? all : naming(all, name).orElse(all);
  }

  private static Optional<DocumentNode> naming(DocumentNode node, String name) {
    if (node instanceof DocumentNode.Scalar scalar) {
      boolean named = List.of(scalar.text().split("\\s+")).contains(name);
      return named ? Optional.of(node) : Optional.empty();
    }
    if (node instanceof DocumentNode.Mapping mapping) {
      return mapping.fields().values().stream()
          .map(
              field ->
                  field.key().equals(name)
                      ? Optional.of(field.value())
                      : naming(field.value(), name))
          .flatMap(Optional::stream)
          .findFirst();
    }
    return Optional.empty();
  }

  private DocumentNode at(String key, int index, String child) {
    DocumentNode list = at(key);
    DocumentNode item =
        list instanceof DocumentNode.Sequence sequence && index < sequence.items().size()
            ? sequence.items().get(index)
            : list;
    if (item instanceof DocumentNode.Mapping mapping && mapping.fields().containsKey(child)) {
      return mapping.fields().get(child).value();
    }
    return item;
  }
}
