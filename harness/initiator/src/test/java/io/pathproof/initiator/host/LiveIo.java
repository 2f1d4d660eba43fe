package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.IoOutcome;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Issues I/O on a host's loop from the test's thread. */
final class LiveIo {
  private static final int PATIENCE_S = 20;

  /** One I/O that is awaited. */
  static final class Once implements HostIoListener {
    final List<String> sentOn = new CopyOnWriteArrayList<>();
    private final CompletableFuture<HostIoResult> result = new CompletableFuture<>();

    @Override
    public void sent(String path, int attempt) {
      sentOn.add(path);
    }

    @Override
    public void attemptEnded(String path, int attempt, HostIoResult ended, boolean retried) {
      // the final result is what is asked for
    }

    @Override
    public void completed(HostIoResult completed) {
      result.complete(completed);
    }
  }

  /** One read whose data is copied while its listener has it. */
  static final class Copied implements HostIoListener {
    final CompletableFuture<byte[]> bytes = new CompletableFuture<>();

    @Override
    public void sent(String path, int attempt) {
      // over whichever path
    }

    @Override
    public void attemptEnded(String path, int attempt, HostIoResult ended, boolean retried) {
      // the final result is what is asked for
    }

    @Override
    public void completed(HostIoResult completed) {
      byte[] copy = new byte[completed.data().remaining()];
      completed.data().duplicate().get(copy);
      bytes.complete(copy);
    }
  }

  private LiveIo() {}

  static HostIoResult read(NettyHost host, HostDevice device, long lba, int blocks) {
    return once(host, io -> device.read(lba, blocks, io));
  }

  static HostIoResult write(NettyHost host, HostDevice device, long lba, byte[] bytes) {
    int blocks = bytes.length / device.blockSize();
    return once(
        host, io -> device.write(lba, blocks, (path, attempt) -> ByteBuffer.wrap(bytes), io));
  }

  static HostIoResult once(NettyHost host, Consumer<Once> start) {
    Once once = new Once();
    host.eventLoop().execute(() -> start.accept(once));
    return join(once.result);
  }

  static <T> T join(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_S, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** Reads and writes without end, a number of them at a time, each on blocks of its own. */
  static final class Load {
    final AtomicInteger ok = new AtomicInteger();
    final AtomicInteger retried = new AtomicInteger();
    final List<HostIoResult> failed = new CopyOnWriteArrayList<>();
    final List<String> sentOn = new CopyOnWriteArrayList<>();
    private final HostDevice device;
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean stopped;

    Load(NettyHost host, HostDevice device, int depth) {
      this.device = device;
      running.set(depth);
      for (int slot = 0; slot < depth; slot++) {
        int lba = slot * 8;
        host.eventLoop().execute(() -> issue(lba, true));
      }
    }

    private void issue(int lba, boolean write) {
      Slot slot = new Slot(lba, write);
      if (write) {
        byte[] bytes = new byte[8 * device.blockSize()];
        device.write(lba, 8, (path, attempt) -> ByteBuffer.wrap(bytes), slot);
      } else {
        device.read(lba, 8, slot);
      }
    }

    void stop() {
      stopped = true;
    }

    boolean isOver() {
      return running.get() == 0;
    }

    private final class Slot implements HostIoListener {
      private final int lba;
      private final boolean write;

      Slot(int lba, boolean write) {
        this.lba = lba;
        this.write = write;
      }

      @Override
      public void sent(String path, int attempt) {
        sentOn.add(path);
      }

      @Override
      public void attemptEnded(String path, int attempt, HostIoResult result, boolean again) {
        retried.incrementAndGet();
      }

      @Override
      public void completed(HostIoResult result) {
        if (result.outcome() == IoOutcome.OK) {
          ok.incrementAndGet();
        } else {
          failed.add(result);
        }
        if (stopped) {
          running.decrementAndGet();
        } else {
          issue(lba, !write);
        }
      }
    }
  }
}
