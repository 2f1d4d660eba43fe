package io.pathproof.targets.array.iscsi;

import java.util.PriorityQueue;
import java.util.function.LongConsumer;

/** Deadlines of one array, in order. One thread. */
final class Timers implements Timed {
  /** A deadline that may be called off. */
  static final class Timer {
    private final long deadlineNs;
    private final long order;
    private LongConsumer action;

    private Timer(long deadlineNs, long order, LongConsumer action) {
      this.deadlineNs = deadlineNs;
      this.order = order;
      this.action = action;
    }

    void cancel() {
      action = null;
    }
  }

  private final PriorityQueue<Timer> queue =
      new PriorityQueue<>(
          (a, b) ->
              a.deadlineNs == b.deadlineNs
                  ? Long.compare(a.order, b.order)
                  : Long.compare(a.deadlineNs - b.deadlineNs, 0));
  private long order;

  /** Calls the action with the time, once, when the deadline has come. */
  Timer at(long deadlineNs, LongConsumer action) {
    Timer timer = new Timer(deadlineNs, order++, action);
    queue.add(timer);
    return timer;
  }

  @Override
  public long nextDeadlineNs() {
    while (!queue.isEmpty() && queue.peek().action == null) {
      queue.poll();
    }
    return queue.isEmpty() ? Long.MAX_VALUE : queue.peek().deadlineNs;
  }

  @Override
  public void onTime(long nowNs) {
    while (nextDeadlineNs() != Long.MAX_VALUE && queue.peek().deadlineNs - nowNs <= 0) {
      LongConsumer action = queue.poll().action;
      action.accept(nowNs);
    }
  }
}
