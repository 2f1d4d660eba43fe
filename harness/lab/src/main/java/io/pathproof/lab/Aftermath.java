package io.pathproof.lab;

import io.pathproof.lab.engine.BlockDevice;
import io.pathproof.lab.engine.IoListener;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.History;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.workload.BlockStamp;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * What is asked of one host after everything has been healed: that its devices answer, and that
 * every block written is what it should be, over another path than the one that wrote it. Runs on
 * the host's scheduler.
 */
final class Aftermath {
  private static final int READS_AT_ONCE = 8;
  private static final long RETRY_NS = 100_000_000L;

  private final String host;
  private final Scheduler scheduler;
  private final History history;
  private final long run;

  Aftermath(String host, Scheduler scheduler, History history, long run) {
    this.host = host;
    this.scheduler = scheduler;
    this.history = history;
    this.run = run;
  }

  /** Reads a block of the device until that goes well, or until the deadline. */
  CompletionStage<Void> liveness(BlockDevice device, long deadlineNs) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    scheduler.execute(() -> new Liveness(device, deadlineNs, over).attempt());
    return over;
  }

  private final class Liveness {
    private final BlockDevice device;
    private final long deadlineNs;
    private final CompletableFuture<Void> over;
    private final long startNs = scheduler.nowNs();
    private int attempts;
    private String detail = "";

    Liveness(BlockDevice device, long deadlineNs, CompletableFuture<Void> over) {
      this.device = device;
      this.deadlineNs = deadlineNs;
      this.over = over;
      scheduler.at(deadlineNs, () -> end(false));
    }

    void attempt() {
      if (over.isDone()) {
        return;
      }
      attempts++;
      guarded(
          over,
          () ->
              readBlock(
                  device,
                  0,
                  result -> {
                    if (result.status() == IoResult.Status.OK) {
                      end(true);
                    } else {
                      detail = result.detail();
                      scheduler.at(scheduler.nowNs() + RETRY_NS, this::attempt);
                    }
                  }));
    }

    void end(boolean ok) {
      if (!over.isDone()) {
        String why = ok || !detail.isEmpty() ? detail : "no answer";
        long tookNs = scheduler.nowNs() - startNs;
        history.append(
            scheduler.nowNs(),
            new Event.LivenessChecked(host, device.name(), ok, attempts, tookNs, why));
        over.complete(null);
      }
    }
  }

  /**
   * Reads every written block again.
   *
   * @param device the name that the workload knew its device by
   * @param paths one device for each path to the volume, at least one
   * @param writtenBy the blocks, and the path that each was last written over
   * @param deadlineNs after it, what has not been read is left and told in a note
   */
  CompletionStage<Void> verify(
      String device, List<BlockDevice> paths, Map<Long, String> writtenBy, long deadlineNs) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    scheduler.execute(() -> new Verification(device, paths, writtenBy, deadlineNs, over).begin());
    return over;
  }

  private final class Verification {
    private final String device;
    private final List<BlockDevice> paths;
    private final Map<Long, String> writtenBy;
    private final long deadlineNs;
    private final CompletableFuture<Void> over;
    private final Queue<Long> waiting;
    private final Map<Long, String> failures = new TreeMap<>();
    private int left;
    private int samePath;
    private int turn;

    Verification(
        String device,
        List<BlockDevice> paths,
        Map<Long, String> writtenBy,
        long deadlineNs,
        CompletableFuture<Void> over) {
      this.device = device;
      this.paths = paths;
      this.writtenBy = new TreeMap<>(writtenBy);
      this.deadlineNs = deadlineNs;
      this.over = over;
      this.waiting = new ArrayDeque<>(this.writtenBy.keySet());
      this.left = waiting.size();
    }

    void begin() {
      scheduler.at(deadlineNs, this::end);
      if (left == 0) {
        end();
      }
      for (int i = 0; i < READS_AT_ONCE; i++) {
        next();
      }
    }

    private void next() {
      Long lba = waiting.poll();
      if (lba != null) {
        read(lba);
      }
    }

    /** Takes the other paths in turn, so that one that has not come back yet holds up nothing. */
    private void read(long lba) {
      if (over.isDone()) {
        return;
      }
      String writer = writtenBy.get(lba);
      List<BlockDevice> others =
          paths.stream().filter(path -> !pathId(path).equals(writer)).toList();
      List<BlockDevice> usable = others.isEmpty() ? paths : others;
      BlockDevice by = usable.get(turn++ % usable.size());
      guarded(
          over,
          () ->
              readBlock(
                  by,
                  lba,
                  result -> {
                    if (result.status() == IoResult.Status.OK) {
                      done(lba, by, result.data(), others.isEmpty());
                    } else {
                      failures.put(lba, pathId(by) + ": " + result.detail());
                      scheduler.at(scheduler.nowNs() + RETRY_NS, () -> read(lba));
                    }
                  }));
    }

    private void done(long lba, BlockDevice by, ByteBuffer data, boolean same) {
      if (over.isDone()) {
        return;
      }
      failures.remove(lba);
      samePath += same ? 1 : 0;
      history.append(
          scheduler.nowNs(),
          new Event.BlockVerified(host, device, pathId(by), BlockStamp.decode(data, lba, run)));
      if (--left == 0) {
        end();
      } else {
        next();
      }
    }

    private void end() {
      if (over.isDone()) {
        return;
      }
      if (samePath > 0) {
        note(samePath + " blocks read again over the path that wrote them: there is no other");
      }
      if (left > 0) {
        String why = failures.isEmpty() ? "no answer" : failures.values().iterator().next();
        note(left + " written blocks could not be read again (" + why + ")");
      }
      over.complete(null);
    }

    private void note(String text) {
      history.append(scheduler.nowNs(), new Event.Note(host + " " + device + ": " + text));
    }
  }

  /** Flushes a device; tells how it ended. */
  CompletionStage<Void> flush(BlockDevice device) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    scheduler.execute(
        () ->
            guarded(
                over,
                () ->
                    device.flush(
                        ending(
                            result -> {
                              if (result.status() != IoResult.Status.OK) {
                                history.append(
                                    scheduler.nowNs(),
                                    new Event.Note(
                                        host
                                            + " "
                                            + device.name()
                                            + ": flush ended "
                                            + result.status()
                                            + ", "
                                            + result.detail()));
                              }
                              over.complete(null);
                            }))));
    return over;
  }

  private void readBlock(BlockDevice device, long lba, Consumer<IoResult> then) {
    int factor = BlockStamp.BYTES / device.blockSize();
    device.read(lba * factor, factor, ending(then));
  }

  private static String pathId(BlockDevice pathDevice) {
    return pathDevice.paths().get(0).id();
  }

  private static void guarded(CompletableFuture<Void> over, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      over.completeExceptionally(e);
    }
  }

  private static IoListener ending(Consumer<IoResult> then) {
    return new IoListener() {
      @Override
      public void sent(String path, int attempt) {
        // only the end matters: this I/O is not the workload's
      }

      @Override
      public void attemptEnded(String path, int attempt, IoResult result, boolean retried) {
        // as above
      }

      @Override
      public void completed(IoResult result) {
        then.accept(result);
      }
    };
  }
}
