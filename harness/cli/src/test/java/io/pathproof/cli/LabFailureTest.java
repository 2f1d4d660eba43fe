package io.pathproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;

/**
 * When the lab itself fails nothing is concluded, the cause is told, and nothing is left running.
 */
class LabFailureTest {
  private static final String RUN_LABEL = "io.pathproof.run";

  @TempDir private Path output;

  @Test
  void linksThatDieInTheMiddleMakeTheRunInconclusive() throws IOException {
    CompletableFuture<CommandRun> running =
        CompletableFuture.supplyAsync(
            () -> CommandRun.qualify(output, "--scenario", "host2-a-node-port-is-reset"));
    Container links =
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () ->
                    ours().stream()
                        .filter(container -> container.getImage().contains("toxiproxy"))
                        .filter(container -> "running".equals(container.getState()))
                        .findFirst()
                        .orElse(null),
                container -> container != null);

    docker().killContainerCmd(links.getId()).exec();
    CommandRun run = running.join();

    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.INCONCLUSIVE);
    assertThat(run.results().get("verdict").asText()).isEqualTo("INCONCLUSIVE");
    assertThat(run.results().get("scenarios").get(0).get("reason").asText())
        .contains("the lab failed");
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
      run = CommandRun.qualify(output, "--scenario", "host1-sees-four-devices");
    } finally {
      docker().removeNetworkCmd(taken).exec();
    }

    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.INCONCLUSIVE);
    assertThat(run.results().get("scenarios").get(0).get("reason").asText())
        .contains("fabric green (10.10.2.0/24)")
        .contains("another subnet");
    assertNothingIsLeft();
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
