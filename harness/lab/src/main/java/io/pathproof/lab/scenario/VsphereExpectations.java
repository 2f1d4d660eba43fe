package io.pathproof.lab.scenario;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.Section;
import io.pathproof.lab.document.Suggestion;
import io.pathproof.lab.document.Units;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.vsphere.Compliance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What may be expected of vSphere hosts. */
final class VsphereExpectations {
  private static final Pattern THROUGHPUT =
      Pattern.compile("(\\S+)\\s*>=\\s*(\\d+(?:\\.\\d+)?)\\s*x\\s*(\\S+)");

  private static final Map<String, Compliance.Cause> CAUSES =
      Arrays.stream(Compliance.Cause.values())
          .collect(Collectors.toMap(Compliance.Cause::word, Function.identity()));

  private VsphereExpectations() {}

  static List<Expectation> read(Section keys) {
    List<Expectation> all = new ArrayList<>();
    keys.section("ports-bound", "ports-bound")
        .ifPresent(
            section -> {
              Map<String, Compliance.Cause> ports = new LinkedHashMap<>();
              for (String port : section.node().fields().keySet()) {
                section.scalar(port, Units.word(CAUSES)).ifPresent(is -> ports.put(port, is));
              }
              all.add(new Expectation.PortsBound(ports));
            });
    keys.scalar("out-of-use", Expectation.OutOfUse::new).ifPresent(all::add);
    keys.scalar("stays-in-use", Expectation.StaysInUse::new).ifPresent(all::add);
    keys.section("adapters-used", "adapters-used")
        .ifPresent(
            section -> {
              Map<String, Integer> hosts = new LinkedHashMap<>();
              for (String host : section.node().fields().keySet()) {
                section
                    .scalar(host, Units.number(1, 10_000))
                    .ifPresent(count -> hosts.put(host, count));
              }
              all.add(new Expectation.AdaptersUsed(hosts));
            });
    keys.scalar("uplink-moved", Expectation.UplinkMoves::new).ifPresent(all::add);
    keys.scalar(
            "removal",
            Units.<Expectation>word(
                Map.of(
                    "refused", new Expectation.Removal(true),
                    "unguarded", new Expectation.Removal(false))))
        .ifPresent(all::add);
    keys.scalar("throughput", VsphereExpectations::throughput).ifPresent(all::add);
    all.addAll(targetParameters(keys));
    return all;
  }

  /** {@code cascade}, or what the targets at some ports have. */
  private static List<Expectation> targetParameters(Section keys) {
    String key = "target-parameters";
    Optional<DocumentNode.Field> field = keys.field(key);
    if (field.isEmpty() || !(field.get().value() instanceof DocumentNode.Mapping)) {
      return keys
          .scalar(
              key, Units.<Expectation>word(Map.of("cascade", new Expectation.TargetParameters())))
          .stream()
          .toList();
    }
    List<Expectation> all = new ArrayList<>();
    keys.asSection(field.get(), key)
        .orElseThrow()
        .named("target at")
        .forEach(
            (port, target) -> {
              Optional<Long> login =
                  target.requiredScalar(
                      "login-timeout", Units::positiveDurationMs, "add login-timeout: 30s");
              Optional<Boolean> ack =
                  target.requiredScalar("delayed-ack", Units::onOff, "add delayed-ack: off");
              target.done();
              if (login.isPresent() && ack.isPresent()) {
                all.add(new Expectation.TargetHas(port, login.get(), ack.get()));
              }
            });
    return all;
  }

  static Expectation throughput(String text) {
    Matcher matcher = THROUGHPUT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new BadValueException(
          text + " compares no hosts", "write two hosts and a ratio: esx2 >= 1.6 x esx1");
    }
    return new Expectation.Throughput(
        matcher.group(1), Double.parseDouble(matcher.group(2)), matcher.group(3));
  }

  static Expectation portsBound(String... pairs) {
    if (pairs.length == 0 || pairs.length % 2 != 0) {
      throw new BadValueException(
          "ports and words do not come in pairs", "write \"esx1.vmk1\", \"compliant\"");
    }
    Map<String, Compliance.Cause> ports = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      ports.put(pairs[i], Units.word(CAUSES).apply(pairs[i + 1]));
    }
    return new Expectation.PortsBound(ports);
  }

  /** Whether it is about a fault. */
  static boolean needsFault(Expectation expectation) {
    return expectation instanceof Expectation.OutOfUse
        || expectation instanceof Expectation.StaysInUse
        || expectation instanceof Expectation.UplinkMoves
        || expectation instanceof Expectation.Removal;
  }

  /**
   * What an expectation needs and the topology has not.
   *
   * @param name what the expectation names; empty: nothing by name
   */
  record Misfit(String name, BadValueException why) {}

  /** What the topology has not that an expectation names. */
  static Optional<Misfit> check(Expectation expectation, Topology topology) {
    List<String> ports = new ArrayList<>();
    List<String> hosts = new ArrayList<>();
    if (expectation instanceof Expectation.PortsBound bound) {
      ports.addAll(bound.ports().keySet());
    } else if (expectation instanceof Expectation.OutOfUse out) {
      ports.add(out.port());
    } else if (expectation instanceof Expectation.StaysInUse stays) {
      ports.add(stays.port());
    } else if (expectation instanceof Expectation.UplinkMoves moves) {
      ports.add(moves.port());
    } else if (expectation instanceof Expectation.AdaptersUsed used) {
      hosts.addAll(used.byHost().keySet());
    } else if (expectation instanceof Expectation.Throughput throughput) {
      hosts.add(throughput.host());
      hosts.add(throughput.than());
    }
    List<String> known =
        topology.hosts().values().stream()
            .filter(host -> host.vsphere().isPresent())
            .flatMap(VsphereExpectations::ports)
            .toList();
    boolean vsphereOnly =
        expectation instanceof Expectation.AdaptersUsed
            || expectation instanceof Expectation.Removal
            || expectation instanceof Expectation.TargetParameters
            || expectation instanceof Expectation.TargetHas;
    if (vsphereOnly && known.isEmpty()) {
      return Optional.of(
          new Misfit(
              "",
              new BadValueException(
                  "an expectation is about vSphere hosts, and the topology has none",
                  "add a host with vmkernel:, or expect something else")));
    }
    List<String> targets =
        expectation instanceof Expectation.TargetHas target ? List.of(target.port()) : List.of();
    List<String> arrayPorts = topology.ports().stream().map(PortSpec::ref).toList();
    return missing("VMkernel port", ports, known, topology)
        .or(() -> missing("array port", targets, arrayPorts, topology))
        .or(() -> missing("host", hosts, List.copyOf(topology.hosts().keySet()), topology));
  }

  private static java.util.stream.Stream<String> ports(HostSpec host) {
    return host.adapters().values().stream().map(port -> port.ref());
  }

  private static Optional<Misfit> missing(
      String kind, List<String> names, List<String> known, Topology topology) {
    return names.stream()
        .filter(name -> !known.contains(name))
        .findFirst()
        .map(
            name ->
                new Misfit(
                    name,
                    new BadValueException(
                        "there is no " + kind + " " + name + " in " + topology.name(),
                        Suggestion.remedy(name, known))));
  }
}
