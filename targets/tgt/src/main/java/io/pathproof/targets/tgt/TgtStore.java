package io.pathproof.targets.tgt;

import com.github.dockerjava.api.exception.NotFoundException;
import io.pathproof.targets.container.ContainerEngine;
import java.util.Map;
import java.util.UUID;

/**
 * The backing store of one array: a volume of the container engine that all its nodes mount, with
 * one file for each volume of the array. Closing it removes it, after its nodes; when the JVM dies
 * first, Testcontainers' reaper does.
 */
public final class TgtStore implements AutoCloseable {
  private final String volumeName;

  private TgtStore(String volumeName) {
    this.volumeName = volumeName;
  }

  /**
   * Makes an empty store.
   *
   * @param labels labels of the volume, by which what is left over can be found
   * @throws IllegalStateException where no container engine answers
   */
  public static TgtStore create(Map<String, String> labels) {
    String name = "pathproof-store-" + UUID.randomUUID();
    ContainerEngine.client()
        .createVolumeCmd()
        .withName(name)
        .withLabels(ContainerEngine.reaped(labels))
        .exec();
    return new TgtStore(name);
  }

  /** The engine's name of the volume. */
  public String volumeName() {
    return volumeName;
  }

  /**
   * Removes the volume with everything in it; does nothing when it is gone.
   *
   * @throws com.github.dockerjava.api.exception.ConflictException while a node still exists
   */
  @Override
  public void close() {
    try {
      ContainerEngine.client().removeVolumeCmd(volumeName).exec();
    } catch (NotFoundException gone) {
      // Closing twice is allowed.
    }
  }
}
