package io.pathproof.targets.array.control;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Threads on which an HTTP server reads, handles and answers one request each. The JDK's server
 * reads without any bound in time; here a client that is slow to send or to read is cut off: its
 * thread is interrupted, which closes the channel that it waits for (see {@link
 * java.nio.channels.InterruptibleChannel}).
 */
final class RequestThreads extends ThreadPoolExecutor {
  /** So many clients may be slow at once before others have to wait for the limit. */
  private static final int THREADS = 256;

  private static final long IDLE_SECONDS = 10;

  /** Something that is waited for. */
  interface Wait<T> {
    T end() throws ExecutionException, TimeoutException, InterruptedException;
  }

  private final class Limit {
    private final Thread thread = Thread.currentThread();
    private Future<?> alarm;
    private boolean over;

    synchronized void begin() {
      alarm = clock.schedule(this::cut, limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    private synchronized void cut() {
      if (!over) {
        thread.interrupt();
      }
    }

    /** From here on the thread is not interrupted any more. */
    synchronized void end() {
      over = true;
      alarm.cancel(false);
    }
  }

  private final Duration limit;
  private final ScheduledThreadPoolExecutor clock;
  private final ThreadLocal<Limit> current = new ThreadLocal<>();

  /**
   * @param limit how long a client may take to send its request, and again to take the answer
   */
  RequestThreads(Duration limit) {
    super(
        THREADS,
        THREADS,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        daemons("pathproof-array-control"));
    allowCoreThreadTimeOut(true);
    this.limit = limit;
    clock =
        new ScheduledThreadPoolExecutor(
            1,
            daemons("pathproof-array-control-clock"),
            // Only at the end, when nothing needs a limit any more.
            new ThreadPoolExecutor.DiscardPolicy());
    clock.setRemoveOnCancelPolicy(true);
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  private void begin() {
    Limit begun = new Limit();
    current.set(begun);
    begun.begin();
  }

  @Override
  protected void beforeExecute(Thread thread, Runnable task) {
    begin();
  }

  @Override
  protected void afterExecute(Runnable task, Throwable failure) {
    current.get().end();
  }

  /** Does what takes its time without the client's fault; on one of these threads. */
  <T> T untimed(Wait<T> work) throws ExecutionException, TimeoutException, InterruptedException {
    current.get().end();
    try {
      return work.end();
    } finally {
      begin();
    }
  }

  /** Ends all of them. */
  void end() {
    shutdownNow();
    clock.shutdownNow();
  }
}
