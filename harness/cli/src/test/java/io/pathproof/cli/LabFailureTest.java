package io.pathproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.DockerClientFactory;

/**
 * When the lab itself fails nothing is concluded, the cause is told, and nothing is left running.
 */
@ExtendWith(ContainersAlone.class)
class LabFailureTest {
  private static final String RUN_LABEL = "io.pathproof.run";

  @TempDir private Path output;

  /** At a moment from which on every host's errors look as if they were the host's. */
  @Test
  void linksThatDieInTheMiddleMakeTheRunInconclusive() throws IOException {
    StringWriter out = new StringWriter();
    CompletableFuture<CommandRun> running =
        CompletableFuture.supplyAsync(
            () ->
                CommandRun.qualify(
                    out,
                    output,
                    "--engine",
                    "containers",
                    "--scenario",
                    "host2-a-node-port-is-reset"));
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> out.toString().contains("  heal ") || running.isDone());
    Container links =
        ours().stream()
            .filter(container -> container.getImage().contains("toxiproxy"))
            .findFirst()
            .orElseThrow(() -> new AssertionError(out.toString()));

    docker().killContainerCmd(links.getId()).exec();
    CommandRun run = running.join();

    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.INCONCLUSIVE);
    assertThat(run.results().get("verdict").asText()).isEqualTo("INCONCLUSIVE");
    assertThat(run.results().get("scenarios").get(0).get("reason").asText())
        .contains("the lab failed: container ghcr.io/shopify/toxiproxy")
        .contains("exit status 137");
    assertThat(Files.exists(output.resolve("report/index.html"))).isTrue();
    assertNothingIsLeft();
  }

  @Test
  void subnetThatIsTakenMakesTheRunInconclusiveWithTheRemedy() throws IOException {
    String taken =
        docker()
            .createNetworkCmd()
            .withName("pathproof-lab-failure-test")
            .withIpam(
                new com.github.dockerjava.api.model.Network.Ipam()
                    .withConfig(
                        new com.github.dockerjava.api.model.Network.Ipam.Config()
                            .withSubnet("10.10.2.0/24")))
            .exec()
            .getId();
    CommandRun run;
    try {
      run =
          CommandRun.qualify(
              output, "--engine", "containers", "--scenario", "host1-sees-four-devices");
    } finally {
      docker().removeNetworkCmd(taken).exec();
    }

    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.INCONCLUSIVE);
    assertThat(run.results().get("scenarios").get(0).get("reason").asText())
        .contains("fabric green (10.10.2.0/24)")
        .contains("another subnet");
    assertNothingIsLeft();
  }

  @Test
  void targetThatNeverComesUpMakesTheRunInconclusiveWithItsLog() throws IOException {
    CommandRun run;
    ResultCallback.Adapter<Event> killer =
        docker()
            .eventsCmd()
            .withEventTypeFilter(EventType.CONTAINER)
            .withEventFilter("start")
            .exec(
                new ResultCallback.Adapter<>() {
                  @Override
                  public void onNext(Event event) {
                    if (String.valueOf(event.getFrom()).startsWith("pathproof/tgt")) {
                      docker().killContainerCmd(event.getId()).exec();
                    }
                  }
                });
    try {
      run =
          CommandRun.qualify(
              output, "--engine", "containers", "--scenario", "host1-sees-four-devices");
    } finally {
      killer.close();
    }

    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.INCONCLUSIVE);
    assertThat(run.results().get("scenarios").get(0).get("reason").asText())
        .contains("the lab failed")
        .containsPattern("node[12]")
        .contains("exited with status 137");
    assertNothingIsLeft();
  }

  @Test
  void imageThatCannotBeHadMakesTheRunInconclusiveWithItsName() throws IOException {
    String repository = "ghcr.io/shopify/toxiproxy";
    String hidden = "pathproof/hidden-by-a-test";
    docker().tagImageCmd(repository + ":2.12.0", hidden, "1").exec();
    docker().removeImageCmd(repository + ":2.12.0").exec();
    CommandRun run;
    try {
      run =
          CommandRun.qualify(
              output, "--engine", "containers", "--scenario", "host1-sees-four-devices");
    } finally {
      docker().tagImageCmd(hidden + ":1", repository, "2.12.0").exec();
      docker().removeImageCmd(hidden + ":1").exec();
    }

    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.INCONCLUSIVE);
    assertThat(run.results().get("scenarios").get(0).get("reason").asText())
        .contains(repository + ":2.12.0")
        .contains("ci/images");
    assertNothingIsLeft();
  }

  /** Ctrl-C takes the lab down at once; after SIGKILL the reaper does. */
  @ParameterizedTest
  @ValueSource(strings = {"INT", "KILL"})
  void processThatIsEndedLeavesNothingRunning(String signal) throws Exception {
    Path printed = output.resolve("printed.txt");
    try (CommandProcess process =
        CommandProcess.start(
            printed,
            "qualify",
            "--engine",
            "containers",
            "--scenario",
            "host2-a-node-port-is-reset",
            "--output",
            output.resolve("run").toString())) {
      process.awaitPrinted("  workload", Duration.ofSeconds(90));
      assertThat(ours()).as(Files.readString(printed)).isNotEmpty();
      process.endBy(signal);
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(signal.equals("INT") ? 5 : 60))
        .untilAsserted(LabFailureTest::assertNothingIsLeft);
  }

  private static void assertNothingIsLeft() {
    assertThat(ours()).isEmpty();
    assertThat(docker().listNetworksCmd().withFilter("label", List.of(RUN_LABEL)).exec()).isEmpty();
    assertThat(
            docker().listVolumesCmd().withFilter("label", List.of(RUN_LABEL)).exec().getVolumes())
        .isNullOrEmpty();
  }

  private static List<Container> ours() {
    return docker()
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(List.of(RUN_LABEL))
        .exec();
  }

  private static DockerClient docker() {
    return DockerClientFactory.instance().client();
  }
}
