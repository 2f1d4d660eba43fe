package io.pathproof.lab.topology;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.Problems;
import io.pathproof.lab.document.Section;
import io.pathproof.lab.document.Units;
import io.pathproof.lab.topology.MultipathSpec.Failback;
import io.pathproof.lab.topology.MultipathSpec.Grouping;
import io.pathproof.lab.topology.MultipathSpec.Policy;
import io.pathproof.lab.topology.MultipathSpec.Prioritizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads a host's {@code multipath}; what is absent has the default of {@link MultipathSpec}. */
final class MultipathReader {
  static final MultipathSpec NONE = MultipathSpec.builder(Policy.NONE).build();

  private static final Map<String, Policy> POLICIES =
      Map.of(
          "failover", Policy.FAILOVER,
          "fixed", Policy.FIXED,
          "most-recently-used", Policy.MOST_RECENTLY_USED,
          "round-robin", Policy.ROUND_ROBIN,
          "queue-length", Policy.QUEUE_LENGTH,
          "service-time", Policy.SERVICE_TIME,
          "latency", Policy.LATENCY);

  private static final String A_PATH = "write node.port, or adapter:node.port";

  private final Problems problems;

  MultipathReader(Problems problems) {
    this.problems = problems;
  }

  MultipathSpec multipath(Section host) {
    Optional<DocumentNode.Field> field = host.field("multipath");
    if (field.isEmpty()) {
      return NONE;
    }
    if (field.get().value() instanceof DocumentNode.Scalar) {
      host.scalar("multipath", MultipathReader::noneOnly);
      return NONE;
    }
    Optional<Section> section = host.asSection(field.get(), "multipath of " + host.name());
    return section.map(this::keys).orElse(NONE);
  }

  private static Policy noneOnly(String text) {
    if (!text.equals("none")) {
      throw new BadValueException(
          text + " is unknown", "write none, or { policy: failover } or { policy: round-robin }");
    }
    return Policy.NONE;
  }

  private MultipathSpec keys(Section keys) {
    Optional<Policy> policy =
        keys.requiredScalar(
            "policy", Units.word(POLICIES), "add policy: failover, policy: round-robin or another");
    MultipathSpec.Builder spec = MultipathSpec.builder(policy.orElse(Policy.FAILOVER));
    keys.scalar("retry", Units::onOff).ifPresent(spec::retry);
    failback(keys, spec);
    keys.scalar("checker-interval", Units::positiveDurationMs).ifPresent(spec::checkerIntervalMs);
    keys.scalar("fence", FenceSpec::parse).ifPresent(spec::fence);
    noPath(keys, spec);
    selection(keys, policy, spec);
    groups(keys, spec);
    checker(keys, spec);
    new HoldDownReader(problems).read(keys, spec);
    keys.done();
    return spec.build();
  }

  private static long byteLimit(String text) {
    return text.equals("0") ? 0 : Units.sizeBytes(text);
  }

  private static void failback(Section keys, MultipathSpec.Builder spec) {
    keys.scalar(
            "failback",
            text -> {
              if (text.startsWith("after ")) {
                spec.failbackDelayMs(Units.positiveDurationMs(text.substring(6)));
                return Failback.DEFERRED;
              }
              return switch (text) {
                case "immediate" -> Failback.IMMEDIATE;
                case "manual" -> Failback.MANUAL;
                case "followover" -> Failback.FOLLOWOVER;
                default ->
                    throw new BadValueException(
                        text + " is unknown",
                        "write immediate, manual, followover, or after and a time: after 10s");
              };
            })
        .ifPresent(spec::failback);
  }

  private static void noPath(Section keys, MultipathSpec.Builder spec) {
    MultipathSpec sofar = spec.build();
    keys.scalar("no-path", text -> noPathMs(text, sofar.checkerIntervalMs()))
        .ifPresent(spec::noPathRetryMs);
  }

  private static long noPathMs(String text, long checkerIntervalMs) {
    if (text.equals("fail")) {
      return 0;
    }
    if (text.equals("queue")) {
      return MultipathSpec.QUEUE;
    }
    if (text.startsWith("wait ")) {
      return Units.positiveDurationMs(text.substring(5));
    }
    if (text.matches("\\d+ checks?")) {
      // as multipathd counts them: one an interval
      return checkerIntervalMs
          * Units.number(1, 100_000).apply(text.substring(0, text.indexOf(' ')));
    }
    throw new BadValueException(
        text + " is unknown", "write fail, queue, 12 checks, or wait and a time: wait 5s");
  }

  private void checker(Section keys, MultipathSpec.Builder spec) {
    keys.scalar(
            "checker",
            Units.word(
                Map.of(
                    "test-unit-ready", MultipathSpec.Checker.TEST_UNIT_READY,
                    "read", MultipathSpec.Checker.READ,
                    "session", MultipathSpec.Checker.SESSION)))
        .ifPresent(spec::checker);
    long least = spec.build().checkerIntervalMs();
    keys.scalar(
            "max-checker-interval",
            text -> {
              long most = Units.positiveDurationMs(text);
              if (most < least) {
                throw new BadValueException(
                    text + " is less than checker-interval", "write " + least + "ms or more");
              }
              return most;
            })
        .ifPresent(spec::maxCheckerIntervalMs);
  }

  private void selection(Section keys, Optional<Policy> policy, MultipathSpec.Builder spec) {
    if (onlyWith(keys, "ios", Policy.ROUND_ROBIN, policy)) {
      keys.scalar("ios", Units.number(1, 1_000_000)).ifPresent(spec::ios);
    }
    if (onlyWith(keys, "bytes", Policy.ROUND_ROBIN, policy)) {
      keys.scalar("bytes", MultipathReader::byteLimit).ifPresent(spec::bytes);
    }
    if (onlyWith(keys, "preferred", Policy.FIXED, policy)) {
      spec.preferred(preferred(keys));
    }
    if (onlyWith(keys, "throughput", Policy.SERVICE_TIME, policy)) {
      keys.section("throughput", "throughput of " + keys.name())
          .ifPresent(by -> spec.throughput(byPath(by, 100)));
    }
    if (onlyWith(keys, "latency-interval", Policy.LATENCY, policy)) {
      keys.scalar("latency-interval", Units::positiveDurationMs).ifPresent(spec::latencyIntervalMs);
    }
    if (onlyWith(keys, "latency-probes", Policy.LATENCY, policy)) {
      keys.scalar("latency-probes", Units.number(1, 10_000)).ifPresent(spec::latencyProbes);
    }
  }

  /**
   * Whether to read a key; one that would have no effect is told, where the policy is known.
   *
   * @param policy empty for one that was refused
   */
  private boolean onlyWith(Section keys, String key, Policy needed, Optional<Policy> policy) {
    Optional<DocumentNode.Field> field = keys.field(key);
    if (field.isPresent() && policy.isPresent() && policy.get() != needed) {
      String word =
          POLICIES.entrySet().stream()
              .filter(each -> each.getValue() == needed)
              .map(Map.Entry::getKey)
              .findFirst()
              .orElseThrow();
      problems.at(
          field.get(),
          key + " of " + keys.name() + " has no effect with this policy",
          "write policy: " + word + ", or remove the key");
    }
    return field.isPresent() && policy.equals(Optional.of(needed));
  }

  private static Map<String, String> preferred(Section keys) {
    Map<String, String> paths = new LinkedHashMap<>();
    if (keys.node().fields().get("preferred").value() instanceof DocumentNode.Mapping) {
      Optional<Section> volumes = keys.section("preferred", "preferred of " + keys.name());
      for (String volume : volumes.get().node().fields().keySet()) {
        volumes.get().scalar(volume, MultipathReader::path).ifPresent(p -> paths.put(volume, p));
      }
    } else {
      keys.scalar("preferred", MultipathReader::path)
          .ifPresent(path -> paths.put(MultipathSpec.EVERY_VOLUME, path));
    }
    return paths;
  }

  private static Map<String, Integer> byPath(Section paths, int most) {
    Map<String, Integer> values = new LinkedHashMap<>();
    for (DocumentNode.Field field : paths.node().fields().values()) {
      paths
          .scalar(field.key(), Units.number(0, most))
          .ifPresent(value -> values.put(field.key(), value));
    }
    return values;
  }

  private static String path(String text) {
    if (!text.matches("([^:]+:)?[^:]+")) {
      throw new BadValueException(text + " is no path", A_PATH);
    }
    return text;
  }

  private void groups(Section keys, MultipathSpec.Builder spec) {
    keys.scalar(
            "grouping",
            Units.word(
                Map.of(
                    "by-priority", Grouping.BY_PRIORITY,
                    "failover", Grouping.FAILOVER,
                    "multibus", Grouping.MULTIBUS)))
        .ifPresent(spec::grouping);
    Optional.ofNullable(keys.node().fields().get("failback"))
        .ifPresent(field -> failbackMatters(keys, field, spec.build()));
    Optional<DocumentNode.Field> priority = keys.field("priority");
    if (priority.isPresent() && priority.get().value() instanceof DocumentNode.Mapping) {
      keys.section("priority", "priority of " + keys.name())
          .ifPresent(by -> spec.prioritizer(Prioritizer.WEIGHTED).weights(byPath(by, 1_000_000)));
    } else {
      keys.scalar(
              "priority",
              Units.word(Map.of("alua", Prioritizer.ALUA, "constant", Prioritizer.CONSTANT)))
          .ifPresent(spec::prioritizer);
    }
  }

  /**
   * Tells of a failback that decides nothing: some policies have their own, and where all paths are
   * one group there is none to go back to; of its paths one alone carries I/O with policy failover.
   */
  private void failbackMatters(Section keys, DocumentNode.Field field, MultipathSpec spec) {
    Policy policy = spec.policy();
    boolean oneGroup = spec.grouping() == Grouping.MULTIBUS;
    if (policy == Policy.FIXED || policy == Policy.MOST_RECENTLY_USED) {
      problems.at(
          field,
          "failback of " + keys.name() + " has no effect with this policy",
          policy == Policy.FIXED
              ? "remove the key: the preferred path is taken again as soon as it can"
              : "remove the key: the path that took over goes on");
    } else if (oneGroup && (policy != Policy.FAILOVER || spec.failback() == Failback.FOLLOWOVER)) {
      problems.at(
          field,
          "failback of "
              + keys.name()
              + " has no effect with grouping: multibus, where there is one group",
          "remove failback:, or write grouping: by-priority");
    }
  }
}
