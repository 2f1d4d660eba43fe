package io.pathproof.engine.containers;

import io.pathproof.engine.Wires;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.vsphere.PhysicalAdapter;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The adapters of vSphere hosts, as far as proxies can play them: what an adapter carries is
 * divided evenly between the links that go over it, and without a cable bytes are swallowed, so
 * that connections end when it is plugged in again. A port that moves to another adapter is heard
 * there at once and keeps its connections.
 */
final class ProxyWires implements Wires {
  private final Supplier<ToxiproxyLinks> links;
  private final Function<Callable<Void>, CompletionStage<Void>> blocking;

  /**
   * @param links the lab's, from its building on
   * @param blocking runs what blocks on a thread where it may
   */
  ProxyWires(
      Supplier<ToxiproxyLinks> links, Function<Callable<Void>, CompletionStage<Void>> blocking) {
    this.links = links;
    this.blocking = blocking;
  }

  private interface Operation {
    void run() throws LabException;
  }

  private CompletionStage<Void> blocking(Operation operation) {
    return blocking.apply(
        () -> {
          operation.run();
          return null;
        });
  }

  @Override
  public boolean losesNothing() {
    return false;
  }

  @Override
  public CompletionStage<Void> impair(LinkId link, Direction direction, Impairment impairment) {
    return blocking(() -> links.get().impair(link, direction, impairment));
  }

  @Override
  public CompletionStage<Void> heal(LinkId link) {
    return blocking(() -> links.get().heal(link));
  }

  @Override
  public CompletionStage<Void> unplug(LinkId link) {
    return impair(link, Direction.BOTH, new Impairment.SilentDrop());
  }

  @Override
  public CompletionStage<Void> carriedBy(
      LinkId link, String host, PhysicalAdapter adapter, int sharing) {
    return blocking(
        () -> {
          OptionalLong all = adapter.kibPerSecond();
          links
              .get()
              .limit(
                  link,
                  all.isPresent()
                      ? OptionalLong.of(Math.max(1, all.getAsLong() / sharing))
                      : OptionalLong.empty());
        });
  }
}
