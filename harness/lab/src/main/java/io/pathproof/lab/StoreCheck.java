package io.pathproof.lab;

import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.History;
import io.pathproof.lab.workload.BlockStamp;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/** Reads what a run has written from the store behind the array, past all paths and caches. */
final class StoreCheck {
  private static final int READ_BYTES = 1 << 20;

  private final LabDriver driver;
  private final RunDeadline deadline;
  private final History history;
  private final long run;

  /**
   * @param run the run id of the stamps
   */
  StoreCheck(LabDriver driver, RunDeadline deadline, History history, long run) {
    this.driver = driver;
    this.deadline = deadline;
    this.history = history;
    this.run = run;
  }

  /**
   * Puts each block into the history; neighbours are read in large pieces.
   *
   * @param blocks ascending, in units of {@link BlockStamp#BYTES}
   * @param bound for each piece
   * @throws LabException when the store gives no answer in time, or too little
   */
  void verify(String volume, List<Long> blocks, Duration bound) throws LabException {
    int perRead = READ_BYTES / BlockStamp.BYTES;
    int from = 0;
    while (from < blocks.size()) {
      long first = blocks.get(from);
      int to = from;
      while (to < blocks.size() && blocks.get(to) < first + perRead) {
        to++;
      }
      int length = Math.toIntExact(blocks.get(to - 1) - first + 1) * BlockStamp.BYTES;
      ByteBuffer bytes =
          deadline.await(
              driver.readStore(volume, first * BlockStamp.BYTES, length),
              bound,
              "the store of " + volume);
      if (bytes.remaining() < length) {
        throw new LabException(
            "the store of " + volume + " gave " + bytes.remaining() + " bytes of " + length);
      }
      for (long lba : blocks.subList(from, to)) {
        int at = bytes.position() + Math.toIntExact(lba - first) * BlockStamp.BYTES;
        history.append(
            driver.scheduler().nowNs(),
            new Event.StoreVerified(
                volume, BlockStamp.decode(bytes.slice(at, BlockStamp.BYTES), lba, run)));
      }
      from = to;
    }
  }
}
