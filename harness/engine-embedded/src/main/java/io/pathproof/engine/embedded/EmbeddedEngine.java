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
import io.pathproof.lab.topology.Topology;
import io.pathproof.targets.array.scsi.Defect;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Builds labs within this JVM: hosts of our own initiator, links as relays that know PDUs, and the
 * simulated array, over loopback. Needs nothing but the JVM; labs may be up side by side.
 */
public final class EmbeddedEngine implements Engine {
  private static final List<String> KINDS = List.of(ArrayConfigs.KIND);

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
        .map(array -> array.refusedBy(KINDS))
        .filter(refusal -> !refusal.isEmpty())
        .findFirst()
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
