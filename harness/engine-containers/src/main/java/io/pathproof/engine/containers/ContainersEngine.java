package io.pathproof.engine.containers;

import io.pathproof.engine.ArrayConfigs;
import io.pathproof.lab.engine.Capabilities;
import io.pathproof.lab.engine.Engine;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.LabSettings;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.Topology;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Builds labs from containers: every node of the array a tgt on the topology's own networks, or the
 * whole of it a simulated array, every link a Toxiproxy proxy. A host adapter's address is nominal:
 * the host is in this JVM, and the array sees the links' address.
 */
public final class ContainersEngine implements Engine {
  /** The array kinds it can build. */
  private static final List<String> KINDS = List.of(TgtArray.KIND, ArrayConfigs.KIND);

  @Override
  public String name() {
    return "containers";
  }

  /** Whether it is to be a simulated one; tgt is what this engine has by itself. */
  static boolean simulated(ArraySpec array) {
    return array.kind().equals(ArrayConfigs.KIND);
  }

  /** Of the array: what all arrays of the topology can, where there are several kinds. */
  @Override
  public Capabilities capabilities(Topology topology) {
    boolean simulated = topology.arrays().values().stream().allMatch(ContainersEngine::simulated);
    return new Capabilities(
        EnumSet.of(
            Impairment.Kind.REFUSE,
            Impairment.Kind.RESET,
            Impairment.Kind.SILENT_DROP,
            Impairment.Kind.LATENCY,
            Impairment.Kind.BANDWIDTH),
        EnumSet.of(Impairment.Kind.SILENT_DROP, Impairment.Kind.LATENCY, Impairment.Kind.BANDWIDTH),
        simulated ? SimulatedContainerArray.ACTIONS : TgtArray.ACTIONS,
        simulated ? SimulatedContainerArray.defects() : Set.of(),
        simulated,
        EnumSet.allOf(HostAction.Kind.class));
  }

  @Override
  public String defaultArray() {
    return TgtArray.KIND;
  }

  @Override
  public boolean needsContainers() {
    return true;
  }

  @Override
  public int concurrentLabs() {
    return Math.max(1, Math.min(3, Runtime.getRuntime().availableProcessors()));
  }

  /** Networks are real, and a subnet is there once. */
  @Override
  public boolean sideBySide(Topology one, Topology other) {
    return one.fabrics().values().stream()
        .noneMatch(
            mine ->
                other.fabrics().values().stream()
                    .anyMatch(
                        theirs ->
                            Subnet.parse(mine.subnet()).overlaps(Subnet.parse(theirs.subnet()))));
  }

  @Override
  public String refuses(Topology topology) {
    for (ArraySpec array : topology.arrays().values()) {
      String refusal = array.refusedBy(KINDS);
      if (refusal.isEmpty() && !simulated(array)) {
        refusal = TgtArray.refuses(array);
      }
      if (!refusal.isEmpty()) {
        return refusal;
      }
    }
    return "";
  }

  @Override
  public LabDriver start(Topology topology, LabSettings settings) throws LabException {
    return ContainersLab.start(topology, settings);
  }
}
