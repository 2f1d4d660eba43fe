package io.pathproof.engine.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.BlockDevice;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.HostDriver;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.LabSettings;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.History;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import io.pathproof.targets.tgt.TgtNode;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * The containers engine for itself; needs a container engine (ci/engine) and its images
 * (ci/images).
 */
class ContainersLabTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final String TOPOLOGY =
      """
      topology: engine-test
      fabrics:
        blue:  { subnet: 10.10.81.0/24 }
        green: { subnet: 10.10.82.0/24 }
      array:
        %s
        nodes:
          node1: { ports: { a: { fabric: blue, address: 10.10.81.10 }, b: { fabric: green, address: 10.10.82.10 } } }
        volumes: { vol0: { size: 16MiB }, vol1: { size: 32MiB } }
      hosts:
        host3:
          multipath: { policy: round-robin, ios: 1 }
          adapters: { nic0: { fabric: blue, address: 10.10.81.103 }, nic1: { fabric: green, address: 10.10.82.103 } }
      """;

  @Test
  void hostFindsBothVolumesOverBothLinksWithMutualChap() throws LabException {
    Topology topology =
        topology(
            "chap: { user: host, secret: twelve-bytes-1, mutual: { user: array, secret:"
                + " twelve-bytes-2 } }");
    try (ContainersLab lab = start(topology)) {
      History history = history(lab);
      HostDriver host = attach(lab, topology, history);

      assertThat(host.devices())
          .as(() -> history.entries().toString())
          .extracting(BlockDevice::volume)
          .containsExactly("vol0", "vol1");
      assertThat(host.devices())
          .extracting(BlockDevice::identity)
          .doesNotHaveDuplicates()
          .allMatch(identity -> identity.startsWith("naa.6"));
      assertThat(host.devices()).allMatch(device -> device.paths().size() == 2);
      assertThat(host.devices().get(1).blockCount() * host.devices().get(1).blockSize())
          .isEqualTo(32 << 20);
      await(lab, host.detach());
    }
  }

  @Test
  void nodesPortsAndLinksAreWhatTheSnapshotAndTheHistorySay() throws Exception {
    Topology topology = topology("target-name: iqn.2026-11.io.pathproof:engine-test");
    try (ContainersLab lab = start(topology)) {
      ArraySnapshot before = await(lab, lab.snapshot());
      ArraySnapshot.NodeState node = before.nodes().get("node1");
      assertThat(node.state()).isEqualTo("running");
      assertThat(node.addresses()).contains("10.10.81.10/24", "10.10.82.10/24");
      assertThat(node.portals()).containsExactly("10.10.81.10:3260", "10.10.82.10:3260");
      assertThat(node.accessStates().values()).hasSize(2).allMatch(s -> s.contains("online"));
      // What TgtArray says of access states rests on this (SPC-4 6.4.2, TPGS).
      TgtNode container = (TgtNode) lab.array().containers().iterator().next();
      assertThat(
              container
                  .execInContainer(
                      "iscsi-inq",
                      "iscsi://10.10.81.10:3260/iqn.2026-11.io.pathproof:engine-test/1")
                  .getStdout())
          .contains("TPGS:0");

      History history = history(lab);
      HostDriver host = attach(lab, topology, history);
      LinkId link = new LinkId("host3.nic1", "node1.b");
      await(lab, lab.impair(link, Direction.BOTH, new Impairment.Refuse()));
      Awaitility.await().atMost(LIMIT).until(() -> saysOf(history, link, false));
      await(lab, lab.heal(link));
      Awaitility.await().atMost(LIMIT).until(() -> saysOf(history, link, true));
      assertThat(await(lab, lab.snapshot())).isEqualTo(before);

      await(lab, lab.act("node1", ArrayAction.of(ArrayAction.Kind.KILL)));
      assertThat(await(lab, lab.snapshot())).isNotEqualTo(before);
      await(lab, lab.restore("node1", ArrayAction.of(ArrayAction.Kind.KILL)));
      assertThat(await(lab, lab.snapshot())).isEqualTo(before);
      await(lab, host.detach());
    }
  }

  @Test
  void secondLabOnTheSameSubnetsIsRefusedAndTheFirstOneLives() throws LabException {
    Topology topology = topology("kind: tgt");
    try (ContainersLab lab = start(topology)) {
      assertThatThrownBy(() -> start(topology))
          .isInstanceOf(LabException.class)
          .hasMessageContaining("fabric blue (10.10.81.0/24)")
          .hasMessageContaining("another subnet");
      assertThat(await(lab, lab.snapshot()).nodes().get("node1").state()).isEqualTo("running");
    }
  }

  private static boolean saysOf(History history, LinkId link, boolean up) {
    return history.entries().stream()
        .map(entry -> entry.event())
        .filter(event -> event instanceof Event.PathChanged)
        .map(event -> (Event.PathChanged) event)
        .filter(change -> change.link().equals(link))
        .reduce((first, last) -> last)
        .filter(change -> change.up() == up)
        .isPresent();
  }

  private static Topology topology(String arrayKey) {
    return TopologyLoader.parse(TOPOLOGY.formatted(arrayKey), "ContainersLabTest");
  }

  private static ContainersLab start(Topology topology) throws LabException {
    String runId = UUID.randomUUID().toString().substring(0, 8);
    return ContainersLab.start(topology, new LabSettings(runId, 1, text -> {}));
  }

  private static HostDriver attach(ContainersLab lab, Topology topology, History history)
      throws LabException {
    return await(lab, lab.attach(topology.hosts().get("host3"), history));
  }

  private static History history(ContainersLab lab) {
    return new History(lab.scheduler().nowNs());
  }

  private static <T> T await(ContainersLab lab, CompletionStage<T> stage) throws LabException {
    return lab.await(stage, LIMIT, "the test's step");
  }
}
