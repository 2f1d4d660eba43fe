package io.pathproof.cli;

import io.pathproof.lab.advice.MeasuredShares;
import io.pathproof.lab.engine.BlockDevice;
import io.pathproof.lab.engine.HostDriver;
import io.pathproof.lab.engine.IoListener;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.verdict.LoadBalance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A short round of reads over a device, bounded in time, and which paths carried them. */
final class ReadRound {
  private static final int LEAST = 1_000;
  private static final int MOST = 16_000;
  private static final int DEPTH = 16;

  private final HostDriver host;
  private final BlockDevice device;
  private final int reads;
  private final int turn;
  private final Map<String, Long> carried = new LinkedHashMap<>();
  private final CompletableFuture<Result> done = new CompletableFuture<>();
  private int issued;
  private int ended;

  /**
   * What became of a round.
   *
   * @param shares how the reads were spread that were sent until its end
   * @param ended reads that were done
   * @param wanted reads that it takes to judge the spread
   */
  record Result(MeasuredShares shares, int ended, int wanted) {
    boolean complete() {
      return ended == wanted;
    }
  }

  private ReadRound(HostDriver host, BlockDevice device, int reads, int turn) {
    this.host = host;
    this.device = device;
    this.reads = reads;
    this.turn = turn;
    device.paths().forEach(path -> carried.put(path.id(), 0L));
  }

  /**
   * Reads over every device that has several paths, as often as each path needs for two turns.
   *
   * @param bound for all of them; what is not done by then is left
   * @return in the order of the devices
   */
  static CompletionStage<List<Result>> over(
      HostDriver host, MultipathSpec multipath, Duration bound) {
    long endNs = host.scheduler().nowNs() + bound.toNanos();
    List<CompletableFuture<Result>> all = new ArrayList<>();
    for (BlockDevice device : host.devices()) {
      if (device.paths().size() > 1) {
        long each = Math.max(LoadBalance.LEAST, 2L * multipath.turn());
        int reads = (int) Math.max(LEAST, Math.min(MOST, each * device.paths().size()));
        ReadRound round =
            new ReadRound(host, device, reads - reads % device.paths().size(), multipath.turn());
        host.scheduler().execute(round::start);
        Scheduler.Cancellable end = host.scheduler().at(endNs, round::end);
        round.done.thenRun(end::cancel);
        all.add(round.done);
      }
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .thenApply(ended -> all.stream().map(CompletableFuture::join).toList());
  }

  private void start() {
    for (int i = 0; i < DEPTH; i++) {
      next();
    }
  }

  private void next() {
    if (issued < reads && !done.isDone()) {
      long lba = issued++ % device.blockCount();
      device.read(lba, 1, new Counted());
    }
  }

  private void end() {
    done.complete(
        new Result(
            new MeasuredShares(host.spec().name(), device.name(), device.volume(), carried, turn),
            ended,
            reads));
  }

  private final class Counted implements IoListener {
    @Override
    public void sent(String path, int attempt) {
      carried.merge(path, 1L, Long::sum);
    }

    @Override
    public void attemptEnded(String path, int attempt, IoResult result, boolean retried) {}

    @Override
    public void completed(IoResult result) {
      if (++ended == reads) {
        end();
      } else {
        next();
      }
    }
  }
}
