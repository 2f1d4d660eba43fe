package io.pathproof.targets.array.scsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.pathproof.protocol.scsi.ScsiStatus;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random commands with random data: every one is answered once, with nothing thrown, and data in
 * bounds. {@code -Dpathproof.fuzz.seed=N} repeats a run, {@code -Dpathproof.fuzz.inputs=N} makes it
 * longer.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzTest {
  private static final long SEED = Long.getLong("pathproof.fuzz.seed", 20261121L);
  private static final int INPUTS = Integer.getInteger("pathproof.fuzz.inputs", 1_000_000);
  private static final int MAX_DATA = 1 << 14;

  @Test
  void everyCommandIsAnsweredOnce() {
    Random random = new Random(SEED);
    Bench bench = new Bench().settled();
    Nexus[] nexuses = {bench.a1, bench.a2, bench.b1, bench.b2};
    Map<ScsiStatus, Integer> statuses = new EnumMap<>(ScsiStatus.class);
    byte[] scratch = new byte[MAX_DATA];
    byte[] head = new byte[64];
    random.nextBytes(scratch);
    int[] answers = new int[1];
    for (int i = 0; i < INPUTS; i++) {
      byte[] cdb = cdb(random);
      Nexus nexus = nexuses[random.nextInt(nexuses.length)];
      answers[0] = 0;
      try {
        long needs = bench.units.dataOutLength(nexus, Bench.LUN, ByteBuffer.wrap(cdb));
        if (needs < 0 || needs > 16 << 20) {
          throw new AssertionError("takes " + needs + " bytes");
        }
        random.nextBytes(head);
        System.arraycopy(head, 0, scratch, 0, head.length);
        int length = (int) Math.min(needs, random.nextInt(8) == 0 ? 7 : MAX_DATA);
        ByteBuffer data = ByteBuffer.wrap(scratch, 0, length);
        if (random.nextBoolean()) {
          java.util.Arrays.fill(scratch, 0, Math.min(length, 24), (byte) 0);
        }
        bench.units.execute(
            nexus,
            Bench.LUN,
            ByteBuffer.wrap(cdb),
            data,
            i,
            outcome -> {
              answers[0]++;
              statuses.merge(outcome.status(), 1, Integer::sum);
              if (outcome.dataIn().remaining() > LogicalUnits.MAX_TRANSFER) {
                throw new AssertionError("too much data");
              }
            });
        if (answers[0] != 1) {
          throw new AssertionError("answered " + answers[0] + " times");
        }
      } catch (RuntimeException | Error e) {
        fail("seed " + SEED + ", input " + i + ": " + HexFormat.of().formatHex(cdb), e);
      }
      if (i % 50_000 == 0) {
        bench.units.targetReset(bench.a1, i);
      }
    }
    assertThat(statuses.get(ScsiStatus.GOOD)).isGreaterThan(INPUTS / 100);
    assertThat(statuses.get(ScsiStatus.CHECK_CONDITION)).isGreaterThan(INPUTS / 100);
  }

  /** Mostly commands that there are, with fields near what is allowed. */
  private static byte[] cdb(Random random) {
    byte[] cdb = new byte[random.nextInt(20) == 0 ? 1 + random.nextInt(16) : 16];
    if (random.nextInt(4) == 0) {
      random.nextBytes(cdb);
      return cdb;
    }
    Operation operation = Operation.values()[random.nextInt(Operation.values().length)];
    for (int at = 0; at < cdb.length && at < operation.cdbLength(); at++) {
      int free = random.nextInt(3) == 0 ? random.nextInt(256) : random.nextInt(2);
      cdb[at] = (byte) (operation.usage[at] & free);
    }
    cdb[0] = (byte) operation.code;
    if (operation.serviceAction >= 0 && cdb.length > 1) {
      cdb[1] = (byte) operation.serviceAction;
    }
    return cdb;
  }
}
