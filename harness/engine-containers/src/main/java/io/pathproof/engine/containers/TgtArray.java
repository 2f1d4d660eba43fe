package io.pathproof.engine.containers;

import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.LabDriver.PartLog;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.JournalEntry;
import io.pathproof.lab.observed.PortLoad;
import io.pathproof.lab.topology.AluaSpec;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.ChapSpec;
import io.pathproof.lab.topology.NodeSpec;
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.VolumeSpec;
import io.pathproof.targets.container.ChapAccount;
import io.pathproof.targets.tgt.TgtLun;
import io.pathproof.targets.tgt.TgtNode;
import io.pathproof.targets.tgt.TgtNodeException;
import io.pathproof.targets.tgt.TgtState;
import io.pathproof.targets.tgt.TgtStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An array of tgt nodes on one shared store. Operations block on the container engine; at most one
 * at a time on any one node.
 */
final class TgtArray implements LabArray {
  /** The word in a topology file. */
  static final String KIND = "tgt";

  /**
   * tgt has no ALUA: its INQUIRY data say TPGS=0 (SPC-4 6.4.2), which a test of this module holds.
   */
  static final String ACCESS_STATES = "no access states (TPGS=0)";

  private final Map<String, TgtNode> nodes = new LinkedHashMap<>();
  private final Map<String, TgtLun> luns = new LinkedHashMap<>();
  private final TgtStore store;

  TgtArray(ArraySpec array, Fabrics fabrics, Map<String, String> labels) {
    store = TgtStore.create(labels);
    for (VolumeSpec volume : array.volumes().values()) {
      luns.put(
          volume.name(),
          TgtLun.of(
              volume.lun(), array.targetName(), array.within(volume.name()), volume.sizeBytes()));
    }
    for (NodeSpec spec : array.nodes().values()) {
      TgtNode node = new TgtNode(spec.name(), store).withIqn(array.targetName()).withLabels(labels);
      for (PortSpec port : spec.ports().values()) {
        node.withPortal(fabrics.network(port.fabric()), port.address());
      }
      luns.values().forEach(node::withLun);
      array.chap().ifPresent(chap -> authenticate(node, chap));
      node.withMaxSessions(array.maxSessions());
      nodes.put(spec.name(), node);
    }
  }

  private static void authenticate(TgtNode node, ChapSpec chap) {
    ChapAccount incoming = new ChapAccount(chap.user(), chap.secret());
    if (chap.mutual().isPresent()) {
      ChapSpec.Mutual mutual = chap.mutual().get();
      node.withMutualChap(incoming, new ChapAccount(mutual.user(), mutual.secret()));
    } else {
      node.withChap(incoming);
    }
  }

  /** What it can be made to do. */
  static final Set<ArrayAction.Kind> ACTIONS =
      Set.of(ArrayAction.Kind.PAUSE, ArrayAction.Kind.STOP, ArrayAction.Kind.KILL);

  /** Why tgt cannot be this array, or an empty string. */
  static String refuses(ArraySpec array) {
    if (!array.virtualAddresses().isEmpty() || array.takeoverMs().isPresent()) {
      return "tgt moves no addresses (virtual-addresses:, takeover:); say kind: simulated";
    }
    if (array.alua().mode() != AluaSpec.Mode.NONE) {
      return "tgt has no asymmetric access (alua:); say kind: simulated";
    }
    for (VolumeSpec volume : array.volumes().values()) {
      if (volume.blockSize() != 512) {
        return "volume " + volume.name() + ": its nodes of tgt have blocks of 512 bytes";
      }
    }
    for (PortSpec port : array.ports()) {
      if (port.tcpPort() != TgtNode.PORT) {
        return "port " + port.ref() + ": tgt serves TCP port " + TgtNode.PORT + " only";
      }
    }
    return "";
  }

  @Override
  public Collection<TgtNode> containers() {
    return nodes.values();
  }

  @Override
  public Collection<TgtNode> lasting() {
    return List.of();
  }

  @Override
  public void started(Scheduler clock) {
    // A node serves when its container has started.
  }

  @Override
  public Map<String, PortLoad> loads() throws LabException {
    throw new LabException("tgt does not tell what its ports have carried");
  }

  @Override
  public List<JournalEntry> journal() {
    return List.of();
  }

  @Override
  public void act(String name, ArrayAction action) throws LabException {
    TgtNode node = nodes.get(name);
    told(
        node,
        () -> {
          switch (action.kind()) {
            case PAUSE -> node.pause();
            case STOP -> node.halt();
            case KILL -> node.kill();
            default -> throw new IllegalArgumentException("tgt cannot " + action.text());
          }
        });
  }

  /** Whatever state the node is in, it serves again when this returns. */
  void restore(String name) throws LabException {
    TgtNode node = nodes.get(name);
    told(
        node,
        () -> {
          switch (node.state().status()) {
            case RUNNING -> {}
            case PAUSED -> node.unpause();
            default -> node.startAgain();
          }
        });
  }

  @Override
  public void restore(String name, ArrayAction action) throws LabException {
    restore(name);
  }

  /** Brings every node back to service. */
  @Override
  public void restoreAll() throws LabException {
    for (String name : nodes.keySet()) {
      restore(name);
    }
  }

  @Override
  public ArraySnapshot snapshot() throws LabException {
    Map<String, ArraySnapshot.NodeState> states = new TreeMap<>();
    for (TgtNode node : nodes.values()) {
      List<ArraySnapshot.NodeState> state = new ArrayList<>();
      told(node, () -> state.add(state(node)));
      states.put(node.name(), state.get(0));
    }
    return new ArraySnapshot(states);
  }

  private ArraySnapshot.NodeState state(TgtNode node) {
    TgtState state = node.state();
    Map<String, String> access = new TreeMap<>();
    state
        .target()
        .ifPresent(
            target -> {
              for (TgtState.Lun lun : target.luns()) {
                access.put(
                    lun.scsiId(),
                    target.state()
                        + ", "
                        + (lun.online() ? "online" : "offline")
                        + (lun.readOnly() ? ", read-only" : "")
                        + ", "
                        + lun.sizeBytes()
                        + " bytes, "
                        + ACCESS_STATES);
              }
            });
    List<String> addresses =
        state.network().stream()
            .flatMap(network -> network.addresses().stream())
            .map(TgtState.InterfaceAddress::address)
            .sorted()
            .toList();
    List<String> portals =
        state.network().map(TgtState.Network::listening).orElse(List.of()).stream()
            .sorted()
            .toList();
    return new ArraySnapshot.NodeState(
        state.status().toString().toLowerCase(Locale.ROOT), addresses, portals, access);
  }

  @Override
  public ByteBuffer readStore(String volume, long offset, int length) throws LabException {
    TgtNode node =
        nodes.values().stream()
            .filter(each -> each.state().status() == TgtState.Status.RUNNING)
            .findFirst()
            .orElseThrow(() -> new LabException("no node runs that could read the store"));
    List<byte[]> read = new ArrayList<>();
    told(node, () -> read.add(node.readStore(luns.get(volume), offset, length)));
    return ByteBuffer.wrap(read.get(0));
  }

  @Override
  public List<PartLog> logs() {
    List<PartLog> logs = new ArrayList<>();
    for (TgtNode node : nodes.values()) {
      logs.add(new PartLog(node.name(), log(node)));
    }
    return logs;
  }

  private static String log(TgtNode node) {
    try {
      return node.getLogs();
    } catch (RuntimeException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  private static void told(TgtNode node, Runnable operation) throws LabException {
    try {
      operation.run();
    } catch (TgtNodeException
        | IllegalStateException
        | com.github.dockerjava.api.exception.DockerException e) {
      throw new LabException("node " + node.name() + ": " + e.getMessage(), log(node), e);
    }
  }

  @Override
  public void close() {
    nodes.values().parallelStream().forEach(TgtNode::stop);
    Removal.of(store::close);
  }
}
