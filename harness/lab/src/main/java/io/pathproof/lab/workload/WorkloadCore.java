package io.pathproof.lab.workload;

import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Decides which I/O arrives when. A plain state machine: time comes in, operations come out; the
 * same seed and the same order of ends give the same operations.
 *
 * <p>The k-th arrival is due at {@code start + k / rate}, whatever became of the earlier ones (open
 * loop). No two operations under way touch the same block if one of them is a write; so a read has
 * one right answer. When a long stall leaves no free block for a write, a read takes its place;
 * when every block has a write under way, the arrival is lost and counted.
 */
public final class WorkloadCore {
  private final Workload workload;
  private final int index;
  private final int count;
  private final long firstBlock;
  private final int blocksPerIo;
  private final long startNs;
  private final long arrivals;
  private final SplittableRandom random;
  private final int[] readers;
  private final boolean[] writing;
  private long nextArrival;
  private long lost;

  /**
   * One I/O.
   *
   * @param op unique in the run; of a write also its generation
   * @param lba first block, of 4096 bytes
   * @param blocks how many
   * @param intendedNs when it was due, by the scheduler's clock
   */
  public record Op(long op, boolean write, long lba, int blocks, long intendedNs) {}

  /**
   * @param index which of the scenario's workloads it is, from 0
   * @param count how many there are
   * @param firstBlock where its share of the volume begins, in blocks of 4096 bytes
   * @param startNs when the first I/O is due
   */
  public WorkloadCore(
      Workload workload, int index, int count, long firstBlock, long seed, long startNs) {
    this.workload = workload;
    this.index = index;
    this.count = count;
    this.firstBlock = firstBlock;
    this.blocksPerIo = workload.blockBytes() / BlockStamp.BYTES;
    this.startNs = startNs;
    this.arrivals = arrivals(workload);
    this.random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + index);
    int slots = Math.toIntExact(workload.regionBytes() / workload.blockBytes());
    this.readers = new int[slots];
    this.writing = new boolean[slots];
  }

  /** How many I/Os a workload has: every k with {@code k / rate < forMs}. */
  public static long arrivals(Workload workload) {
    return (workload.forMs() * workload.ratePerSecond() + 999) / 1000;
  }

  /** When the next I/O is due, or {@link Long#MAX_VALUE} after the last one. */
  public long nextArrivalNs() {
    return nextArrival < arrivals
        ? startNs + nextArrival * 1_000_000_000L / workload.ratePerSecond()
        : Long.MAX_VALUE;
  }

  /** Arrivals lost because a write was under way on every block. */
  public long lost() {
    return lost;
  }

  /**
   * The I/O that is due; call only when {@link #nextArrivalNs} has been reached. Empty if it was
   * lost.
   */
  public Optional<Op> arrive() {
    long dueNs = nextArrivalNs();
    long number = nextArrival++;
    boolean write = random.nextInt(100) >= workload.readPercent();
    int from = random.nextInt(readers.length);
    int slot = write ? free(from, true) : free(from, false);
    if (slot < 0 && write) {
      write = false;
      slot = free(from, false);
    }
    if (slot < 0) {
      lost++;
      return Optional.empty();
    }
    if (write) {
      writing[slot] = true;
    } else {
      readers[slot]++;
    }
    long op = number * count + index + 1;
    long lba = firstBlock + (long) slot * blocksPerIo;
    return Optional.of(new Op(op, write, lba, blocksPerIo, dueNs));
  }

  /** Tells that an I/O has ended, however it ended. */
  public void ended(Op op) {
    int slot = Math.toIntExact((op.lba() - firstBlock) / blocksPerIo);
    if (op.write()) {
      writing[slot] = false;
    } else {
      readers[slot]--;
    }
  }

  /** The nearest slot from the given one on that such an I/O may use, or -1. */
  private int free(int from, boolean forWrite) {
    for (int i = 0; i < readers.length; i++) {
      int slot = (from + i) % readers.length;
      if (!writing[slot] && (!forWrite || readers[slot] == 0)) {
        return slot;
      }
    }
    return -1;
  }
}
