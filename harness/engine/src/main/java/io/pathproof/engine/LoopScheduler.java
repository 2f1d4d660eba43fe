package io.pathproof.engine;

import io.netty.channel.EventLoop;
import io.pathproof.lab.engine.Scheduler;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A host's event loop as the lab sees it, by {@link System#nanoTime()}. */
final class LoopScheduler implements Scheduler {
  private final EventLoop loop;

  LoopScheduler(EventLoop loop) {
    this.loop = loop;
  }

  @Override
  public long nowNs() {
    return System.nanoTime();
  }

  @Override
  public Cancellable at(long deadlineNs, Runnable task) {
    Future<?> future = loop.schedule(task, Math.max(0, deadlineNs - nowNs()), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public void execute(Runnable task) {
    loop.execute(task);
  }
}
