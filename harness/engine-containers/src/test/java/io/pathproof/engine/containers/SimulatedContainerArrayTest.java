package io.pathproof.engine.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.HostDriver;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.LabSettings;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.History;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.JournalEntry;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

@Timeout(120)
class SimulatedContainerArrayTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Long against a takeover of 200 ms and a login. */
  private static final Duration UNHEARD = Duration.ofSeconds(4);

  private static final ArrayAction DOWN = ArrayAction.of(ArrayAction.Kind.DOWN);

  private static final Topology TOPOLOGY =
      TopologyLoader.parse(
          """
          topology: simulated-engine-test
          fabrics:
            blue:  { subnet: 10.10.83.0/24 }
            green: { subnet: 10.10.84.0/24 }
          array:
            kind: simulated
            nodes:
              node1: { ports: { a: { fabric: blue, address: 10.10.83.2 }, b: { fabric: blue, address: 10.10.83.3 } } }
              node2: { ports: { a: { fabric: green, address: 10.10.84.2 } } }
            virtual-addresses: { vip: { address: 10.10.83.1, owner: node1.a } }
            takeover: 200ms
            volumes: { vol0: { size: 16MiB } }
          hosts:
            host1: { multipath: none, adapters: { nic0: { fabric: blue, address: 10.10.83.101 } } }
          """,
          "SimulatedContainerArrayTest");

  @Test
  void aVirtualAddressMovesAndIsReachedAgainUnlessNobodyIsTold() throws Exception {
    String runId = UUID.randomUUID().toString().substring(0, 8);
    try (ContainersLab lab = ContainersLab.start(TOPOLOGY, new LabSettings(runId, 1, t -> {}))) {
      nothingForwardsIp(lab, runId);
      ArraySnapshot before = await(lab, lab.snapshot());
      History history = new History(lab.scheduler().nowNs());
      HostDriver host = await(lab, lab.attach(TOPOLOGY.hosts().get("host1"), history));
      assertThat(host.devices()).as(() -> history.entries().toString()).hasSize(1);
      await(lab, lab.journal());

      int seen = history.entries().size();
      await(lab, lab.act("node1.a", DOWN));
      awaitLogin(history, seen);
      List<JournalEntry> journal = await(lab, lab.journal());
      assertThat(journal)
          .extracting(JournalEntry::text)
          .contains("10.10.83.1 moved from node1.a to node1.b");
      assertThat(journal.get(0).atNs())
          .as("by the lab's clock")
          .isBetween(history.originNs(), lab.scheduler().nowNs());
      assertThat(await(lab, lab.loads()).get("node1.b").sessions()).isEqualTo(1);
      seen = history.entries().size();
      await(lab, lab.restore("node1.a", DOWN));
      awaitLogin(history, seen);
      assertThat(await(lab, lab.snapshot())).isEqualTo(before);

      await(lab, lab.act("array", new ArrayAction(ArrayAction.Kind.DEFECT, "unannounced-move")));
      seen = history.entries().size();
      await(lab, lab.act("node1.a", DOWN));
      List<JournalEntry> told = new ArrayList<>();
      Awaitility.await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> {
                told.addAll(await(lab, lab.journal()));
                assertThat(told)
                    .extracting(JournalEntry::text)
                    .contains("10.10.83.1 moved from node1.a to node1.b unannounced");
              });
      int from = seen;
      Awaitility.await()
          .during(UNHEARD)
          .atMost(UNHEARD.plusSeconds(2))
          .until(() -> !loggedIn(history, from));
      await(lab, lab.reset());
      awaitLogin(history, from);
      assertThat(await(lab, lab.snapshot())).isEqualTo(before);
      await(lab, host.detach());
    }
  }

  /** A container that forwards would lead packets to an address whose move nobody announced. */
  private static void nothingForwardsIp(ContainersLab lab, String runId)
      throws IOException, InterruptedException {
    var client = DockerClientFactory.instance().client();
    var all =
        client.listContainersCmd().withLabelFilter(Map.of(ContainersLab.RUN_LABEL, runId)).exec();
    assertThat(all).hasSize(2);
    assertThat(all)
        .allSatisfy(
            container ->
                assertThat(
                        client
                            .inspectContainerCmd(container.getId())
                            .exec()
                            .getHostConfig()
                            .getSysctls())
                    .containsEntry("net.ipv4.ip_forward", "0"));
    GenericContainer<?> array = lab.array().containers().iterator().next();
    assertThat(array.execInContainer("cat", "/proc/sys/net/ipv4/ip_forward").getStdout().strip())
        .isEqualTo("0");
  }

  private static void awaitLogin(History history, int from) {
    Awaitility.await().atMost(LIMIT).until(() -> loggedIn(history, from));
  }

  private static boolean loggedIn(History history, int from) {
    return history.entries().stream()
        .skip(from)
        .anyMatch(
            entry ->
                entry.event() instanceof Event.SessionChanged change
                    && change.state().equals("LOGGED_IN"));
  }

  private static <T> T await(ContainersLab lab, CompletionStage<T> stage) throws LabException {
    return lab.await(stage, LIMIT, "the test's step");
  }
}
