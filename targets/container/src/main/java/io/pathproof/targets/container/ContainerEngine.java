package io.pathproof.targets.container;

import com.github.dockerjava.api.DockerClient;
import java.util.HashMap;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.ContainerLaunchException;

/** The container engine that Testcontainers found. */
public final class ContainerEngine {
  private ContainerEngine() {}

  /**
   * Connects, and starts Testcontainers' reaper before anything that it would have to remove.
   *
   * @throws IllegalStateException where no engine answers, or the reaper does not start
   */
  public static DockerClient client() {
    try {
      return DockerClientFactory.instance().client();
    } catch (ContainerLaunchException | ContainerFetchException e) {
      throw new IllegalStateException(
          "Testcontainers' reaper does not start. Run ci/images, which finds or makes its image, and"
              + " take the environment of both by '. ci/env'.",
          e);
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          "No container engine answers. Run ci/engine, which finds or starts one, and take its"
              + " environment by '. ci/env'.",
          e);
    }
  }

  /** The given labels and those by which the reaper finds what this JVM made. */
  public static Map<String, String> reaped(Map<String, String> labels) {
    Map<String, String> all = new HashMap<>(labels);
    all.putAll(DockerClientFactory.DEFAULT_LABELS);
    all.put(DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL, DockerClientFactory.SESSION_ID);
    return all;
  }
}
