package io.pathproof.benchmarks;

import io.pathproof.lab.engine.BlockDevice;
import io.pathproof.lab.engine.IoListener;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.observed.PathInfo;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A device that knows when a failover is over: some path has lost an I/O, and every I/O that was
 * under way then has ended well. On its host's loop, but for the futures.
 */
final class WatchedDevice implements BlockDevice {
  private final BlockDevice device;
  private final int settleAfter;
  private final CompletableFuture<Void> settled = new CompletableFuture<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private final Set<Watch> underWay = new HashSet<>();
  private final Set<Watch> left = new HashSet<>();
  private String current = "";
  private boolean hit;
  private int ended;

  /**
   * @param settleAfter how many I/Os have to end before the workload counts as running
   */
  WatchedDevice(BlockDevice device, int settleAfter) {
    this.device = device;
    this.settleAfter = settleAfter;
  }

  /** Completes once the workload runs, with the path that carried the last I/O. */
  CompletableFuture<String> settled() {
    return settled.thenApply(done -> current);
  }

  /** Completes once the failover is over; exceptionally when an I/O failed. */
  CompletableFuture<Void> over() {
    return over;
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public String volume() {
    return device.volume();
  }

  @Override
  public String identity() {
    return device.identity();
  }

  @Override
  public int blockSize() {
    return device.blockSize();
  }

  @Override
  public long blockCount() {
    return device.blockCount();
  }

  @Override
  public List<PathInfo> paths() {
    return device.paths();
  }

  @Override
  public void read(long lba, int blocks, IoListener listener) {
    device.read(lba, blocks, watch(listener));
  }

  @Override
  public void write(long lba, int blocks, WriteContent content, IoListener listener) {
    device.write(lba, blocks, content, watch(listener));
  }

  @Override
  public void flush(IoListener listener) {
    device.flush(watch(listener));
  }

  private Watch watch(IoListener listener) {
    Watch watch = new Watch(listener);
    underWay.add(watch);
    return watch;
  }

  private void lost() {
    if (!hit) {
      hit = true;
      left.addAll(underWay);
    }
  }

  private final class Watch implements IoListener {
    private final IoListener listener;

    Watch(IoListener listener) {
      this.listener = listener;
    }

    @Override
    public void sent(String path, int attempt) {
      current = path;
      listener.sent(path, attempt);
    }

    @Override
    public void attemptEnded(String path, int attempt, IoResult result, boolean retried) {
      lost();
      listener.attemptEnded(path, attempt, result, retried);
    }

    @Override
    public void completed(IoResult result) {
      listener.completed(result);
      underWay.remove(this);
      left.remove(this);
      if (result.status() != IoResult.Status.OK) {
        over.completeExceptionally(
            new IllegalStateException("an I/O failed in the failover: " + result.detail()));
      }
      if (++ended == settleAfter) {
        settled.complete(null);
      }
      if (hit && left.isEmpty()) {
        over.complete(null);
      }
    }
  }
}
