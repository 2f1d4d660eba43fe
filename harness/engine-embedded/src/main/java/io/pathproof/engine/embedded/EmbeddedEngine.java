package io.pathproof.engine.embedded;

import io.pathproof.engine.ArrayConfigs;
import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.Capabilities;
import io.pathproof.lab.engine.Engine;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.LabSettings;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.targets.array.scsi.Defect;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Builds labs within this JVM: hosts of our own initiator, links as relays that know PDUs, and the
 * simulated array, over loopback. Needs nothing but the JVM; labs may be up side by side.
 */
public final class EmbeddedEngine implements Engine {
  private static final Set<String> KINDS = Set.of("", ArrayConfigs.KIND);

  @Override
  public String name() {
    return "embedded";
  }

  @Override
  public Capabilities capabilities(Topology topology) {
    return new Capabilities(
        EnumSet.allOf(Impairment.Kind.class),
        EnumSet.of(
            Impairment.Kind.SILENT_DROP,
            Impairment.Kind.STALL,
            Impairment.Kind.LATENCY,
            Impairment.Kind.BANDWIDTH,
            Impairment.Kind.CUT,
            Impairment.Kind.FLAP),
        EnumSet.allOf(ArrayAction.Kind.class),
        Arrays.stream(Defect.values()).map(Defect::word).collect(Collectors.toSet()),
        true,
        EnumSet.allOf(HostAction.Kind.class));
  }

  @Override
  public String refuses(Topology topology) {
    return topology.arrays().values().stream()
        .map(ArraySpec::kind)
        .filter(kind -> !KINDS.contains(kind))
        .findFirst()
        .map(kind -> "array kind \"" + kind + "\" is not simulated, and this engine has no other")
        .orElse("");
  }

  @Override
  public String defaultArray() {
    return ArrayConfigs.KIND;
  }

  @Override
  public int concurrentLabs() {
    return Math.max(1, Math.min(4, 2 * Runtime.getRuntime().availableProcessors()));
  }

  @Override
  public LabDriver start(Topology topology, LabSettings settings) throws LabException {
    return EmbeddedLab.start(topology, settings);
  }
}
