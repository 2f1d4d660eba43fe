package io.pathproof.engine.containers;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Network.Ipam;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.DockerClientFactory;

@Timeout(60)
class LeftoversTest {
  private static final String IMAGE = "ghcr.io/shopify/toxiproxy:2.12.0";

  private final DockerClient client = DockerClientFactory.instance().client();
  private final String run = UUID.randomUUID().toString();
  private final Map<String, String> labels =
      Map.of(
          ContainersLab.RUN_LABEL,
          run,
          DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL,
          "session-of-" + run);
  private final List<Runnable> removals = new ArrayList<>();
  private final List<String> told = new ArrayList<>();

  /** What a real dead run has left on this machine is not these tests' matter. */
  @BeforeEach
  void sweepWhatIsReallyLeft() {
    sweepAfter(Duration.ZERO);
    told.clear();
  }

  @AfterEach
  void removeAll() {
    for (int i = removals.size() - 1; i >= 0; i--) {
      Removal.of(removals.get(i));
    }
  }

  @Test
  void whatADeadRunLeftGoesAndIsTold() {
    container(labels, false);
    network();
    volume();
    sweepAfter(Leftovers.AGE.plusSeconds(30));
    assertThat(left()).isZero();
    assertThat(told)
        .singleElement()
        .asString()
        .contains("1 containers")
        .contains("1 networks")
        .contains("1 volumes");
    told.clear();
    sweepAfter(Leftovers.AGE.plusSeconds(30));
    assertThat(told).as("nothing was there").isEmpty();
  }

  @Test
  void aRunThatIsJustStartingKeepsWhatItHas() {
    container(labels, false);
    network();
    volume();
    sweepAfter(Duration.ZERO);
    assertThat(left()).isEqualTo(3);
    assertThat(told).isEmpty();
  }

  @Test
  void aRunWithARunningContainerKeepsWhatItHas() {
    container(labels, true);
    container(labels, false);
    network();
    sweepAfter(Duration.ofDays(1));
    assertThat(left()).isEqualTo(3);
  }

  @Test
  void aRunWhoseReaperRunsKeepsWhatItHas() {
    container(labels, false);
    network();
    volume();
    String id =
        client
            .createContainerCmd(IMAGE)
            .withName("testcontainers-ryuk-session-of-" + run)
            .exec()
            .getId();
    removals.add(() -> client.removeContainerCmd(id).withForce(true).exec());
    client.startContainerCmd(id).exec();
    sweepAfter(Duration.ofDays(1));
    assertThat(left()).isEqualTo(3);
  }

  @Test
  void whatIsNotARunsIsLeftAlone() {
    Map<String, String> foreign =
        Map.of(DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL, "session-of-" + run);
    String id = container(foreign, false);
    sweepAfter(Duration.ofDays(1));
    assertThat(client.inspectContainerCmd(id).exec().getId()).isEqualTo(id);
  }

  private void sweepAfter(Duration age) {
    Leftovers.sweep(client, Instant.now().plus(age), told::add);
  }

  private String container(Map<String, String> labelled, boolean running) {
    String id = client.createContainerCmd(IMAGE).withLabels(labelled).exec().getId();
    removals.add(() -> client.removeContainerCmd(id).withForce(true).exec());
    if (running) {
      client.startContainerCmd(id).exec();
    }
    return id;
  }

  private void network() {
    String id =
        client
            .createNetworkCmd()
            .withName("pathproof-leftover-" + run)
            .withLabels(labels)
            .withIpam(new Ipam().withConfig(new Ipam.Config().withSubnet("10.10.87.0/24")))
            .exec()
            .getId();
    removals.add(() -> client.removeNetworkCmd(id).exec());
  }

  private void volume() {
    String name = "pathproof-leftover-" + run;
    client.createVolumeCmd().withName(name).withLabels(labels).exec();
    removals.add(() -> client.removeVolumeCmd(name).exec());
  }

  private int left() {
    List<String> label = List.of(ContainersLab.RUN_LABEL + "=" + run);
    return client.listContainersCmd().withShowAll(true).withLabelFilter(label).exec().size()
        + client.listNetworksCmd().withFilter("label", label).exec().size()
        + client.listVolumesCmd().withFilter("label", label).exec().getVolumes().size();
  }
}
