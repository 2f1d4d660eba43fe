package io.pathproof.lab.workload;

import io.pathproof.lab.engine.BlockDevice;
import io.pathproof.lab.engine.IoListener;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.History;
import io.pathproof.lab.observed.IoResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Drives one workload's I/O on its host's scheduler and writes all of it into the history. Every
 * method but the constructor and {@link #start} runs on that scheduler.
 */
public final class WorkloadDriver {
  /** After so many arrivals in one turn the scheduler's other work gets its turn. */
  private static final int ARRIVALS_A_TURN = 64;

  private final String host;
  private final BlockDevice device;
  private final WorkloadCore core;
  private final long run;
  private final Scheduler scheduler;
  private final History history;
  private final int deviceBlocksPerBlock;
  private final Map<Long, Running> underWay = new TreeMap<>();
  private final Map<Long, String> writtenBy = new TreeMap<>();
  private final CompletableFuture<Void> issued = new CompletableFuture<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private Optional<Scheduler.Cancellable> timer = Optional.empty();
  private boolean stopped;

  /**
   * @param host the host's name
   * @param run the id that stamps carry; see {@link BlockStamp#runId}
   * @param scheduler the host's
   */
  public WorkloadDriver(
      String host,
      BlockDevice device,
      WorkloadCore core,
      long run,
      Scheduler scheduler,
      History history) {
    this.host = host;
    this.device = device;
    this.core = core;
    this.run = run;
    this.scheduler = scheduler;
    this.history = history;
    this.deviceBlocksPerBlock = BlockStamp.BYTES / device.blockSize();
  }

  /** Begins; from any thread. */
  public void start() {
    scheduler.execute(this::turn);
  }

  /** Completes once the last I/O has been issued. */
  public CompletionStage<Void> issued() {
    return issued;
  }

  /** Completes once the last I/O has ended. */
  public CompletionStage<Void> drained() {
    return drained;
  }

  /** No further I/O arrives. */
  public void stop() {
    stopped = true;
    timer.ifPresent(Scheduler.Cancellable::cancel);
  }

  /**
   * Gives up what is still under way: each I/O ends as indeterminate. What the device says of it
   * later is only noted.
   *
   * @return how many there were
   */
  public int abandon(String why) {
    stop();
    List<Running> left = new ArrayList<>(underWay.values());
    left.forEach(
        running ->
            running.end(
                new IoResult(
                    IoResult.Status.INDETERMINATE, running.path, why, ByteBuffer.allocate(0))));
    return left.size();
  }

  /** Every block that was sent down a path to be written, and the last such path. */
  public Map<Long, String> writtenBy() {
    return Map.copyOf(writtenBy);
  }

  private void turn() {
    guarded(
        () -> {
          int arrivals = 0;
          while (!stopped && core.nextArrivalNs() <= scheduler.nowNs()) {
            if (arrivals++ == ARRIVALS_A_TURN) {
              scheduler.execute(this::turn);
              return;
            }
            core.arrive().ifPresent(this::issue);
          }
          if (stopped) {
            return;
          }
          if (core.nextArrivalNs() == Long.MAX_VALUE) {
            if (core.lost() > 0) {
              append(new Event.Note(core.lost() + " arrivals lost: every block had a write"));
            }
            issued.complete(null);
            completeIfDrained();
          } else {
            timer = Optional.of(scheduler.at(core.nextArrivalNs(), this::turn));
          }
        });
  }

  private void issue(WorkloadCore.Op op) {
    Running running = new Running(op);
    underWay.put(op.op(), running);
    append(
        new Event.IoIssued(
            op.op(),
            host,
            device.name(),
            op.write(),
            op.lba(),
            op.blocks(),
            op.write() ? op.op() : 0,
            op.intendedNs() - history.originNs()));
    long lba = op.lba() * deviceBlocksPerBlock;
    int blocks = op.blocks() * deviceBlocksPerBlock;
    if (op.write()) {
      device.write(lba, blocks, running::content, running);
    } else {
      device.read(lba, blocks, running);
    }
  }

  private void completeIfDrained() {
    if (issued.isDone() && underWay.isEmpty()) {
      drained.complete(null);
    }
  }

  private void append(Event event) {
    history.append(scheduler.nowNs(), event);
  }

  /** A bug in here ends the run with its own exception; it must not vanish in an event loop. */
  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      stopped = true;
      issued.completeExceptionally(e);
      drained.completeExceptionally(e);
    }
  }

  private final class Running implements IoListener {
    private final WorkloadCore.Op op;
    private String path = "";
    private boolean over;

    Running(WorkloadCore.Op op) {
      this.op = op;
    }

    ByteBuffer content(String onPath, int attempt) {
      ByteBuffer bytes = ByteBuffer.allocate(op.blocks() * BlockStamp.BYTES);
      for (int i = 0; i < op.blocks(); i++) {
        new BlockStamp(op.lba() + i, op.op(), run, host, onPath, attempt).encode(bytes);
      }
      noteWriter(onPath);
      return bytes.flip();
    }

    private void noteWriter(String onPath) {
      for (int i = 0; i < op.blocks(); i++) {
        writtenBy.put(op.lba() + i, onPath);
      }
    }

    @Override
    public void sent(String onPath, int attempt) {
      path = onPath;
      if (op.write()) {
        noteWriter(onPath);
      }
      if (!over) {
        append(new Event.IoSent(op.op(), host, device.name(), onPath, attempt));
      }
    }

    @Override
    public void retriedUnfenced(String onPath, int attempt, long heldNs) {
      if (!over) {
        append(new Event.RetriedUnfenced(op.op(), host, device.name(), onPath, heldNs));
      }
    }

    @Override
    public void writeFenced(String onPath, int attempt, String means, String way, long heldNs) {
      if (!over) {
        append(new Event.WriteFenced(op.op(), host, device.name(), onPath, means, way, heldNs));
      }
    }

    @Override
    public void attemptEnded(String onPath, int attempt, IoResult result, boolean retried) {
      if (!over) {
        append(
            new Event.IoAttemptEnded(
                op.op(),
                host,
                device.name(),
                onPath,
                attempt,
                result.status(),
                result.detail(),
                retried));
      }
    }

    @Override
    public void completed(IoResult result) {
      guarded(
          () -> {
            if (over) {
              append(
                  new Event.Note(
                      "op " + op.op() + " ended " + result.status() + " after it was given up"));
            } else {
              core.ended(op);
              end(result);
            }
          });
    }

    private void end(IoResult result) {
      over = true;
      underWay.remove(op.op());
      boolean read = !op.write() && result.status() == IoResult.Status.OK;
      append(
          new Event.IoEnded(
              op.op(),
              host,
              device.name(),
              result.path(),
              result.status(),
              result.detail(),
              read ? found(result.data()) : List.of()));
      completeIfDrained();
    }

    private List<Event.BlockFound> found(ByteBuffer data) {
      List<Event.BlockFound> blocks = new ArrayList<>();
      for (int i = 0; i < op.blocks(); i++) {
        int at = Math.min(data.limit(), data.position() + i * BlockStamp.BYTES);
        int size = Math.min(BlockStamp.BYTES, data.limit() - at);
        blocks.add(BlockStamp.decode(data.slice(at, size), op.lba() + i, run));
      }
      return blocks;
    }
  }
}
