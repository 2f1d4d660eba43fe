package io.pathproof.targets.tgt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Network.Ipam;
import com.github.dockerjava.api.model.Network.Ipam.Config;
import io.pathproof.targets.container.ChapAccount;
import io.pathproof.targets.container.ContainerCommand;
import io.pathproof.targets.container.ContainerEngine;
import io.pathproof.targets.tgt.TgtState.InterfaceAddress;
import io.pathproof.targets.tgt.TgtState.Status;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.testcontainers.containers.Network;
import org.testcontainers.lifecycle.Startables;

/** Two nodes, two networks, one store: real containers, so a container engine must answer. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TgtNodeTest {
  private static final String RUN = UUID.randomUUID().toString();
  private static final Map<String, String> LABELS = Map.of("io.pathproof.run", RUN);
  private static final String IQN = "iqn.2026-11.io.pathproof:array";
  private static final TgtLun VOL0 = TgtLun.of(1, "array", "vol0", 64 << 20);
  private static final TgtLun VOL1 =
      new TgtLun(7, "vol1", 1 << 20, "pp-vol1", "SN-vol1", "VENDOR", "a product", false);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static TgtStore store;
  private static Network blue;
  private static Network green;
  private static TgtNode node1;
  private static TgtNode node2;

  @BeforeAll
  static void startTheArray() {
    store = TgtStore.create(LABELS);
    blue = network("10.10.91", LABELS);
    green = network("10.10.92", LABELS);
    node1 = node("node1", 10);
    node2 = node("node2", 11);
    Startables.deepStart(node1, node2).join();
  }

  @AfterAll
  static void removeTheArray() {
    Stream.of(node1, node2, blue, green, store)
        .filter(Objects::nonNull)
        .forEach(TgtNodeTest::close);
    assertThat(ContainerEngine.client().listVolumesCmd().exec().getVolumes())
        .noneMatch(volume -> volume.getName().equals(store.volumeName()));
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new AssertionError("left over: " + closeable, e);
    }
  }

  static Network network(String prefix, Map<String, String> labels) {
    return Network.builder()
        .createNetworkCmdModifier(
            command ->
                command
                    .withLabels(labels)
                    .withIpam(
                        new Ipam()
                            .withConfig(
                                new Config()
                                    .withSubnet(prefix + ".0/24")
                                    .withGateway(prefix + ".1"))))
        .build();
  }

  private static TgtNode node(String name, int host) {
    return new TgtNode(name, store)
        .withLabels(LABELS)
        .withIqn(IQN)
        .withPortal(blue, "10.10.91." + host)
        .withPortal(green, "10.10.92." + host)
        .withLun(VOL0)
        .withLun(VOL1);
  }

  private static ContainerCommand.Result ask(TgtNode from, String... command) {
    return ContainerCommand.run(ContainerEngine.client(), from.getContainerId(), LIMIT, command);
  }

  private static String url(String address) {
    return "iscsi://" + address + "/" + IQN + "/1";
  }

  @Test
  @Order(1)
  void twoNodesShowTwoPortalsEachAndTheSameVolumes() {
    TgtState state = node1.state();

    assertThat(state.status()).isEqualTo(Status.RUNNING);
    TgtState.Network network = state.network().orElseThrow();
    assertThat(network.addresses())
        .extracting(InterfaceAddress::address)
        .containsExactlyInAnyOrder("10.10.91.10/24", "10.10.92.10/24");
    assertThat(network.listening()).containsExactly("10.10.91.10:3260", "10.10.92.10:3260");
    assertThat(network.portals()).containsExactly("10.10.91.10:3260", "10.10.92.10:3260");
    assertThat(network.forwarding()).isFalse();
    TgtState.Target target = state.target().orElseThrow();
    assertThat(target.iqn()).isEqualTo(IQN);
    assertThat(target.state()).isEqualTo("ready");
    assertThat(target.luns())
        .containsExactly(
            new TgtState.Lun(1, VOL0.scsiId(), VOL0.serial(), true, false, 64 << 20, "/store/vol0"),
            new TgtState.Lun(7, "pp-vol1", "SN-vol1", true, false, 1 << 20, "/store/vol1"));
    assertThat(target.sessions()).isEmpty();
    assertThat(node2.state().target().orElseThrow().luns()).isEqualTo(target.luns());
  }

  @Test
  @Order(2)
  void identityIsWhatAHostSees() {
    String inquiry = ask(node2, "iscsi-inq", "iscsi://10.10.91.10/" + IQN + "/7").text();
    assertThat(inquiry).containsPattern("(?m)^Vendor:VENDOR *$");
    assertThat(inquiry).containsPattern("(?m)^Product:a product *$");
    String serial =
        ask(node2, "iscsi-inq", "-e", "1", "-c", "128", "iscsi://10.10.91.10/" + IQN + "/7").text();
    assertThat(serial).contains("SN-vol1");
    assertThat(ask(node2, "iscsi-inq", "-e", "1", "-c", "131", url("10.10.92.10")).text())
        .contains("Designator:[" + VOL0.scsiId() + "]");
    assertThat(VOL0.scsiId()).matches("6[0-9a-f]{31}");
    assertThat(TgtLun.of(1, "another array", "vol0", 512).scsiId()).isNotEqualTo(VOL0.scsiId());
    assertThat(ask(node2, "iscsi-ls", "-s", "iscsi://10.10.92.11").text())
        .contains(IQN, "Lun:1", "Lun:7");
  }

  @Test
  @Order(3)
  void whatOneNodeWroteIsReadFromTheOtherAndFromTheStore() {
    assertThat(node1.readStore(VOL0, 0, 4096)).containsOnly(0);

    // libiscsi's own test writes by the first path, reads by the second and compares.
    ContainerCommand.Result result =
        ask(
            node1,
            "iscsi-test-cu",
            "--dataloss",
            "--test=ALL.MultipathIO.Simple",
            url("10.10.91.10"),
            url("10.10.92.11"));
    assertThat(result.exitCode()).as(result.said()).isZero();
    assertThat(result.text()).containsPattern("tests +1 +1 +1 +0 +0").doesNotContain("SKIPPED");

    byte[] seenByNode1 = node1.readStore(VOL0, 0, 1 << 20);
    assertThat(seenByNode1).isEqualTo(node2.readStore(VOL0, 0, 1 << 20));
    assertThat(Arrays.copyOf(seenByNode1, 512)).isNotEqualTo(new byte[512]);
    assertThat(node2.readStore(VOL0, 511, 3)).isEqualTo(Arrays.copyOfRange(seenByNode1, 511, 514));
    assertThatThrownBy(() -> node1.readStore(VOL0, VOL0.sizeBytes(), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @Order(4)
  void aSessionIsSeenAndDoesNotCountAsAChange() {
    TgtState before = node1.state();
    CompletableFuture<ContainerCommand.Result> load =
        CompletableFuture.supplyAsync(
            () -> ask(node2, "timeout", "--signal=KILL", "3", "iscsi-perf", url("10.10.92.10")));
    await().atMost(LIMIT).until(() -> !node1.state().target().orElseThrow().sessions().isEmpty());

    TgtState during = node1.state();
    assertThat(during.target().orElseThrow().sessions())
        .singleElement()
        .satisfies(
            session -> {
              assertThat(session.initiator()).isEqualTo("iqn.2010-11.libiscsi:iscsi-perf");
              assertThat(session.addresses()).containsExactly("10.10.92.11");
            });
    assertThat(during).isNotEqualTo(before);
    assertThat(during.withoutSessions()).isEqualTo(before.withoutSessions());
    load.join();
    await().atMost(LIMIT).until(() -> node1.state().equals(before));
  }

  @Test
  @Order(5)
  void aPausedNodeStallsAndGoesOn() {
    TgtState before = node1.state();
    node1.pause();
    assertThat(node1.state().status()).isEqualTo(Status.PAUSED);
    assertThatThrownBy(() -> node1.readStore(VOL0, 0, 512))
        .isInstanceOf(TgtNodeException.class)
        .hasMessageContaining("node1")
        .hasMessageContaining("container: paused");
    assertThat(ask(node2, "timeout", "1", "iscsi-inq", url("10.10.91.10")).exitCode())
        .as("an INQUIRY while paused runs into its time limit")
        .isEqualTo(124);
    node1.unpause();
    assertThat(ask(node2, "iscsi-inq", url("10.10.91.10")).exitCode()).isZero();
    await().atMost(LIMIT).until(() -> node1.state().equals(before));
  }

  @Test
  @Order(6)
  void aKilledOrHaltedNodeComesBackAsItWas() {
    TgtState before = node1.state().withoutInterfaceNames();
    byte[] written = node2.readStore(VOL0, 0, 4096);

    node1.kill();
    assertThat(node1.state().status()).isEqualTo(Status.EXITED);
    assertThat(node1.state().exitCode()).isEqualTo(137);
    assertThat(ask(node2, "timeout", "2", "iscsi-inq", url("10.10.91.10")).exitCode()).isNotZero();
    node1.startAgain();
    assertThat(node1.state().withoutInterfaceNames()).isEqualTo(before);
    assertThat(node1.readStore(VOL0, 0, 4096)).isEqualTo(written);

    long start = System.nanoTime();
    node1.halt();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    assertThat(node1.state().exitCode()).as("its own answer to SIGTERM").isEqualTo(143);
    node1.startAgain();
    assertThat(node1.state().withoutInterfaceNames()).isEqualTo(before);
  }

  @Test
  @Order(7)
  void mutualChapIsAskedForAndGiven() {
    ChapAccount in = new ChapAccount("host", "a secret of a host");
    ChapAccount out = new ChapAccount("array", "a secret of an array");
    try (TgtNode node = node("chap", 20).withMutualChap(in, out)) {
      node.start(); // the health check logs in by CHAP itself
      String address = "10.10.91.20";
      assertThat(ask(node2, "iscsi-inq", url(address)).said()).contains("Authentication failure");
      assertThat(inquiry(address, "a secret of a host", out.secret()).exitCode()).isZero();
      assertThat(inquiry(address, "another secret", out.secret()).said())
          .contains("Authentication failure");
      assertThat(inquiry(address, "a secret of a host", "not the array's").exitCode())
          .as("an initiator that asks for the target's proof and gets another's")
          .isNotZero();
    }
  }

  private static ContainerCommand.Result inquiry(
      String address, String secret, String targetSecret) {
    return ask(
        node2,
        "env",
        "LIBISCSI_CHAP_USERNAME=host",
        "LIBISCSI_CHAP_PASSWORD=" + secret,
        "LIBISCSI_CHAP_TARGET_USERNAME=array",
        "LIBISCSI_CHAP_TARGET_PASSWORD=" + targetSecret,
        "timeout",
        "5",
        "iscsi-inq",
        url(address));
  }

  @Test
  @Order(8)
  void aTargetThatTakesOneSessionRefusesTheSecondAndTakesTheNext() {
    try (TgtNode node = node("single", 21).withMaxSessions(1)) {
      node.start();
      CompletableFuture<ContainerCommand.Result> first =
          CompletableFuture.supplyAsync(
              () -> ask(node2, "timeout", "--signal=KILL", "3", "iscsi-perf", url("10.10.91.21")));
      await().atMost(LIMIT).until(() -> node.state().target().orElseThrow().sessions().size() == 1);

      ContainerCommand.Result second = ask(node2, "timeout", "5", "iscsi-inq", url("10.10.92.21"));
      assertThat(second.said()).contains("Target error(768)"); // class 0x03, detail 0x00
      assertThat(node.state().target().orElseThrow().sessions()).hasSize(1);
      assertThat(node.getLogs()).contains("refused: 2 sessions, 1 allowed");

      first.join();
      await().atMost(LIMIT).until(() -> node.state().target().orElseThrow().sessions().isEmpty());
      assertThat(ask(node2, "timeout", "5", "iscsi-inq", url("10.10.92.21")).exitCode()).isZero();
    }
  }

  @Test
  @Order(9)
  void aNodeThatCannotComeUpSaysWhyWithItsLog() {
    TgtLun larger = new TgtLun(1, "vol0", 128 << 20, "x", "x", "x", "x", true);
    TgtNode wrongSize =
        new TgtNode("wrong-size", store).withLabels(LABELS).withPortal(blue, "10.10.91.30");
    try (wrongSize) {
      assertThatThrownBy(wrongSize.withLun(larger)::start)
          .isInstanceOf(TgtNodeException.class)
          .hasMessageContaining("wrong-size ended while starting")
          .hasMessageContaining("exited with status 1")
          .hasMessageContaining("/store/vol0 has 67108864 bytes, 134217728 were asked for");
      assertThat(wrongSize.state().status()).isEqualTo(Status.REMOVED);
    }
    TgtNode elsewhere =
        new TgtNode("elsewhere", store).withLabels(LABELS).withPortal(blue, "10.99.1.30");
    try (elsewhere) {
      assertThatThrownBy(elsewhere.withLun(VOL0)::start)
          .isInstanceOf(TgtNodeException.class)
          .hasMessageContaining("elsewhere did not start");
    }
    try (TgtNode noLun = new TgtNode("no-lun", store).withPortal(blue, "10.10.91.31")) {
      assertThatThrownBy(noLun::start)
          .isInstanceOf(TgtNodeException.class)
          .hasMessageContaining("no-lun needs a portal and a LUN");
    }
    assertThat(containersOfThisRun()).as("only the array itself is left").hasSize(2);
  }

  @Test
  @Order(10)
  void aKilledJvmLeavesNothingBehind() throws IOException, InterruptedException {
    String run = UUID.randomUUID().toString();
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledRun.class.getName(),
                run)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader said = jvm.inputReader()) {
      assertThat(said.lines().anyMatch(KilledRun.STARTED::equals))
          .as("the other JVM has started its node")
          .isTrue();
      assertThat(leftOf(run)).containsExactlyInAnyOrder("container", "network", "volume");
    } finally {
      jvm.destroyForcibly().waitFor();
    }
    // The reaper allows a run ten seconds to come back.
    await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> assertThat(leftOf(run)).isEmpty());
  }

  private static List<String> leftOf(String run) {
    Map<String, String> label = Map.of("io.pathproof.run", run);
    List<String> filter = List.of("io.pathproof.run=" + run);
    DockerClient client = ContainerEngine.client();
    List<String> left = new ArrayList<>();
    client
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(label)
        .exec()
        .forEach(container -> left.add("container"));
    client
        .listNetworksCmd()
        .withFilter("label", filter)
        .exec()
        .forEach(network -> left.add("network"));
    client
        .listVolumesCmd()
        .withFilter("label", filter)
        .exec()
        .getVolumes()
        .forEach(volume -> left.add("volume"));
    return left;
  }

  private static List<?> containersOfThisRun() {
    return ContainerEngine.client()
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(LABELS)
        .exec();
  }
}
