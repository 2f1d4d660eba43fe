package io.pathproof.engine;

import io.pathproof.lab.topology.AluaSpec;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.ChapSpec;
import io.pathproof.lab.topology.NodeSpec;
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.targets.array.system.ArrayConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The simulated arrays that a topology describes. */
public final class ArrayConfigs {
  /** The word in a topology file. */
  public static final String KIND = "simulated";

  private static final Map<String, AccessState> STATES =
      Map.of(
          "active/optimized", AccessState.ACTIVE_OPTIMIZED,
          "active/non-optimized", AccessState.ACTIVE_NON_OPTIMIZED,
          "standby", AccessState.STANDBY,
          "unavailable", AccessState.UNAVAILABLE);

  private ArrayConfigs() {}

  /**
   * An array of a topology, with its volumes in memory.
   *
   * @param array one of the topology's
   * @param seed of every random choice
   */
  public static ArrayConfig of(Topology topology, ArraySpec array, long seed) {
    return of(topology, array, seed, ArrayConfig.Store.MEMORY, Optional.empty());
  }

  /**
   * An array of a topology. Its parts keep the names that the topology has for them.
   *
   * @param array one of the topology's
   * @param store what holds the volumes' blocks
   * @param directory where files go, if anything is kept
   */
  public static ArrayConfig of(
      Topology topology,
      ArraySpec array,
      long seed,
      ArrayConfig.Store store,
      Optional<String> directory) {
    List<ArrayConfig.Node> nodes = new ArrayList<>();
    for (NodeSpec node : array.nodes().values()) {
      List<ArrayConfig.Port> ports = new ArrayList<>();
      for (PortSpec port : node.ports().values()) {
        ports.add(new ArrayConfig.Port(port.name(), port.address(), port.tcpPort(), port.fabric()));
      }
      nodes.add(new ArrayConfig.Node(node.name(), ports));
    }
    List<ArrayConfig.VirtualAddress> addresses = new ArrayList<>();
    array
        .virtualAddresses()
        .forEach(
            (name, address) ->
                addresses.add(
                    new ArrayConfig.VirtualAddress(
                        name,
                        address.port().address(),
                        address.port().tcpPort(),
                        address.owner())));
    List<ArrayConfig.Volume> volumes =
        array.volumes().values().stream()
            .map(
                volume ->
                    new ArrayConfig.Volume(
                        volume.name(),
                        volume.lun(),
                        volume.sizeBytes(),
                        volume.blockSize(),
                        volume.owner(),
                        store))
            .toList();
    return new ArrayConfig(
        array.name().equals(ArraySpec.ONLY) ? topology.name() : array.name(),
        array.targetName(),
        nodes,
        addresses,
        volumes,
        array.chap().map(ArrayConfigs::chap),
        array.maxSessions(),
        new ArrayConfig.Redirect(
            ArrayConfig.Policy.valueOf(array.redirect().policy().name()),
            array.redirect().permanent()),
        array.takeoverMs(),
        alua(array.alua()),
        directory,
        seed);
  }

  private static ArrayConfig.Chap chap(ChapSpec chap) {
    return new ArrayConfig.Chap(
        chap.user(),
        chap.secret(),
        chap.mutual().map(mutual -> new ArrayConfig.Account(mutual.user(), mutual.secret())));
  }

  private static ArrayConfig.Alua alua(AluaSpec alua) {
    return new ArrayConfig.Alua(
        ArrayConfig.Mode.valueOf(alua.mode().name()),
        STATES.get(alua.partner()),
        alua.transitionMs());
  }
}
