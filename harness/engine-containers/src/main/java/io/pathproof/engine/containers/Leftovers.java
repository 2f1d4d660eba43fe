package io.pathproof.engine.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Network;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.testcontainers.DockerClientFactory;

/**
 * What runs left behind that nobody will take down any more: the machine, or the container engine
 * with the reaper in it, was ended while they ran. Such a network holds its subnet for ever.
 *
 * <p>A run is taken for dead when no reaper of its session runs, no container of it does, and
 * nothing of it is younger than {@link #AGE}; a run whose reaper is switched off is safe by the
 * other two.
 */
final class Leftovers {
  /** Younger things may belong to a run that is just starting. */
  static final Duration AGE = Duration.ofMinutes(2);

  private static final String SESSION_LABEL = DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL;
  private static final String REAPER = "/testcontainers-ryuk-";
  private static final Set<String> ENDED = Set.of("created", "exited", "dead");

  private Leftovers() {}

  /**
   * Removes the containers, networks and volumes of dead runs. What another process removes at the
   * same time, or the engine will not let go of, is passed over.
   *
   * @param now the time that ages are counted to
   * @param progress told in one line of what was removed; not called where there was nothing
   */
  static void sweep(DockerClient client, Instant now, Consumer<String> progress) {
    List<String> ours = List.of(ContainersLab.RUN_LABEL);
    Instant young = now.minus(AGE);
    Set<String> alive = new HashSet<>();
    alive.add(DockerClientFactory.SESSION_ID);
    List<Container> everything = client.listContainersCmd().withShowAll(true).exec();
    for (Container container : everything) {
      boolean ended = ENDED.contains(String.valueOf(container.getState()));
      if (!ended) {
        for (String name : container.getNames()) {
          if (name.startsWith(REAPER)) {
            alive.add(name.substring(REAPER.length()));
          }
        }
      }
      if (!ended || Instant.ofEpochSecond(container.getCreated()).isAfter(young)) {
        alive.add(session(container.getLabels()));
      }
    }
    List<Network> networks = client.listNetworksCmd().withFilter("label", ours).exec();
    for (Network network : networks) {
      if (network.getCreated() != null && network.getCreated().toInstant().isAfter(young)) {
        alive.add(session(network.getLabels()));
      }
    }
    int containersGone = 0;
    for (Container container : everything) {
      if (container.getLabels().containsKey(ContainersLab.RUN_LABEL)
          && !alive.contains(session(container.getLabels()))) {
        containersGone +=
            removed(() -> client.removeContainerCmd(container.getId()).withForce(true).exec());
      }
    }
    int networksGone = 0;
    for (Network network : networks) {
      if (!alive.contains(session(network.getLabels()))) {
        networksGone += removed(() -> client.removeNetworkCmd(network.getId()).exec());
      }
    }
    int volumesGone = 0;
    for (InspectVolumeResponse volume :
        client
            .listVolumesCmd()
            .withFilter("label", ours)
            .withDanglingFilter(true)
            .exec()
            .getVolumes()) {
      if (!alive.contains(session(volume.getLabels()))) {
        volumesGone += removed(() -> client.removeVolumeCmd(volume.getName()).exec());
      }
    }
    if (containersGone + networksGone + volumesGone > 0) {
      progress.accept(
          "removed what a run that was killed together with its reaper had left: "
              + containersGone
              + " containers, "
              + networksGone
              + " networks, "
              + volumesGone
              + " volumes");
    }
  }

  /** The Testcontainers session that made something; empty where none did. */
  private static String session(Map<String, String> labels) {
    return labels == null ? "" : labels.getOrDefault(SESSION_LABEL, "");
  }

  private static int removed(Runnable removal) {
    try {
      removal.run();
      return 1;
    } catch (DockerException e) {
      return 0;
    }
  }
}
