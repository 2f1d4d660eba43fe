package io.pathproof.targets.array.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.pathproof.targets.array.iscsi.Timed;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Calls cores when their time has come; one timer for all of them, on their event loop. */
public final class DeadlineLoop {
  private final EventLoop loop;
  private final List<Timed> parts;
  private ScheduledFuture<?> timer;
  private long timerNs = Long.MAX_VALUE;
  private boolean closed;

  /**
   * @param parts looked after in this order
   */
  public DeadlineLoop(EventLoop loop, List<Timed> parts) {
    this.loop = loop;
    this.parts = List.copyOf(parts);
  }

  /** To be called, on the loop, after every turn that may have changed a deadline. */
  public void check() {
    long next = next();
    // A timer that comes too early costs less than setting it anew for every command.
    if (closed || next == Long.MAX_VALUE || timerNs != Long.MAX_VALUE && next - timerNs >= 0) {
      return;
    }
    if (timer != null) {
      timer.cancel(false);
    }
    timerNs = next;
    timer = loop.schedule(this::due, Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  private long next() {
    long next = Long.MAX_VALUE;
    for (Timed part : parts) {
      long deadline = part.nextDeadlineNs();
      if (deadline != Long.MAX_VALUE && (next == Long.MAX_VALUE || deadline - next < 0)) {
        next = deadline;
      }
    }
    return next;
  }

  private void due() {
    timerNs = Long.MAX_VALUE;
    timer = null;
    if (closed) {
      return;
    }
    long nowNs = System.nanoTime();
    parts.forEach(part -> part.onTime(nowNs));
    check();
  }

  /** No calls any more. On the loop. */
  public void close() {
    closed = true;
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
