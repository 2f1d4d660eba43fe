package io.pathproof.engine.containers;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import io.pathproof.lab.engine.LabException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/**
 * Notices containers that end although no fault ends them, by the container engine's own events.
 * Until it is closed.
 */
final class ContainerWatch extends ResultCallback.Adapter<Event> {
  private final Map<String, String> images = new LinkedHashMap<>();
  private final CompletableFuture<Object> died;

  private ContainerWatch(List<GenericContainer<?>> lasting, CompletableFuture<Object> died) {
    lasting.forEach(one -> images.put(one.getContainerId(), one.getDockerImageName()));
    this.died = died;
  }

  /**
   * Watches from now on.
   *
   * @param lasting containers that are running
   * @param died fails, with a {@link LabException}, when one of them ends
   */
  static ContainerWatch begin(List<GenericContainer<?>> lasting, CompletableFuture<Object> died) {
    ContainerWatch watch = new ContainerWatch(lasting, died);
    DockerClientFactory.instance()
        .client()
        .eventsCmd()
        .withEventTypeFilter(EventType.CONTAINER)
        .withEventFilter("die")
        .withContainerFilter(
            lasting.stream().map(GenericContainer::getContainerId).toArray(String[]::new))
        .exec(watch);
    return watch;
  }

  @Override
  public void onNext(Event event) {
    Map<String, String> attributes =
        event.getActor() == null || event.getActor().getAttributes() == null
            ? Map.of()
            : event.getActor().getAttributes();
    died.completeExceptionally(
        new LabException(
            "container "
                + images.getOrDefault(event.getId(), String.valueOf(event.getFrom()))
                + " ended with exit status "
                + attributes.getOrDefault("exitCode", "unknown")
                + ", which nothing in the scenario does"));
  }

  @Override
  public void onError(Throwable broken) {
    // Closed with the lab; without it a dead container is noticed by what does not answer.
  }
}
