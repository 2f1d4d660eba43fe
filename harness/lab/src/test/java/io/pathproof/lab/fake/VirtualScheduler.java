package io.pathproof.lab.fake;

import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.Scheduler;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** Virtual time: tasks run on the waiting thread, in the order of their times. */
final class VirtualScheduler implements Scheduler {
  private record Task(long atNs, long order, Runnable work, boolean[] cancelled) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::atNs).thenComparingLong(Task::order));
  private long nowNs;
  private long order;

  VirtualScheduler(long startNs) {
    nowNs = startNs;
  }

  @Override
  public long nowNs() {
    return nowNs;
  }

  @Override
  public Cancellable at(long deadlineNs, Runnable task) {
    boolean[] cancelled = {false};
    tasks.add(new Task(Math.max(nowNs, deadlineNs), order++, task, cancelled));
    return () -> cancelled[0] = true;
  }

  @Override
  public void execute(Runnable task) {
    at(nowNs, task);
  }

  <T> T await(CompletionStage<T> stage, Duration bound, String what) throws LabException {
    long untilNs = nowNs + bound.toNanos();
    var future = stage.toCompletableFuture();
    while (!future.isDone()) {
      Task next = tasks.peek();
      if (next == null || next.atNs() > untilNs) {
        nowNs = untilNs;
        throw new LabException("waited " + bound.toMillis() + " ms in vain for " + what);
      }
      tasks.poll();
      nowNs = next.atNs();
      if (!next.cancelled()[0]) {
        next.work().run();
      }
    }
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LabException lab) {
        throw lab;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
