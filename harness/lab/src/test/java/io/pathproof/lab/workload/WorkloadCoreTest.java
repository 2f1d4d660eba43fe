package io.pathproof.lab.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.workload.WorkloadCore.Op;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadCoreTest {
  private static Workload workload(int reads, int region) {
    return new Workload("h", "v", "*", 0, 2000, 300, 8192, reads, region);
  }

  private static WorkloadCore core(Workload workload, long seed) {
    return new WorkloadCore(workload, 1, 3, 100, seed, 5_000);
  }

  @Test
  void arrivalsAreFixedInTimeWhateverEnds() {
    WorkloadCore core = core(workload(50, 1 << 20), 1);
    List<Long> due = new ArrayList<>();
    for (int k = 0; core.nextArrivalNs() != Long.MAX_VALUE; k++) {
      assertThat(core.nextArrivalNs()).isEqualTo(5_000 + k * 1_000_000_000L / 300);
      due.add(core.nextArrivalNs());
      Optional<Op> op = core.arrive();
      op.ifPresent(one -> assertThat(one.intendedNs()).isEqualTo(due.get(due.size() - 1)));
    }
    assertThat(due).hasSize(600);
    assertThat(WorkloadCore.arrivals(workload(50, 1 << 20))).isEqualTo(600);
    assertThat(WorkloadCore.arrivals(new Workload("h", "v", "*", 0, 1, 300, 4096, 0, 4096)))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noBlockHasAWriteAndAnotherOperation(long seed) {
    WorkloadCore core = core(workload(60, 64 << 10), seed);
    SplittableRandom ends = new SplittableRandom(seed);
    List<Op> underWay = new ArrayList<>();
    Set<Long> numbers = new HashSet<>();
    int writes = 0;
    while (core.nextArrivalNs() != Long.MAX_VALUE) {
      Optional<Op> arrived = core.arrive();
      if (arrived.isPresent()) {
        Op op = arrived.get();
        assertThat(numbers.add(op.op())).isTrue();
        assertThat(op.op() % 3).isEqualTo(2);
        assertThat(op.lba()).isBetween(100L, 100L + 14);
        assertThat((op.lba() - 100) % 2).isZero();
        assertThat(underWay)
            .noneMatch(other -> other.lba() == op.lba() && (op.write() || other.write()));
        underWay.add(op);
        writes += op.write() ? 1 : 0;
      }
      while (!underWay.isEmpty() && ends.nextInt(100) < 55) {
        core.ended(underWay.remove(ends.nextInt(underWay.size())));
      }
    }
    assertThat(writes).isPositive();
  }

  @Test
  void aStallTurnsWritesIntoReadsAndThenLosesArrivals() {
    WorkloadCore core = core(workload(0, 16 << 10), 1);
    assertThat(core.arrive()).hasValueSatisfying(op -> assertThat(op.write()).isTrue());
    assertThat(core.arrive()).hasValueSatisfying(op -> assertThat(op.write()).isTrue());
    assertThat(core.arrive()).isEmpty();
    assertThat(core.lost()).isEqualTo(1);
    WorkloadCore mixed = core(workload(50, 8 << 10), 3);
    Op first = mixed.arrive().orElseThrow();
    while (first.write()) {
      mixed.ended(first);
      first = mixed.arrive().orElseThrow();
    }
    // One block with a read under way: every further arrival can only be a read.
    for (int i = 0; i < 20; i++) {
      assertThat(mixed.arrive()).hasValueSatisfying(op -> assertThat(op.write()).isFalse());
    }
  }

  @Test
  void theShareOfReadsIsKeptAndTheSeedDecides() {
    List<Op> one = all(7);
    assertThat(one).isEqualTo(all(7)).isNotEqualTo(all(8));
    long reads = one.stream().filter(op -> !op.write()).count();
    assertThat(reads).isBetween(390L, 450L);
  }

  private static List<Op> all(long seed) {
    WorkloadCore core = core(workload(70, 1 << 20), seed);
    List<Op> ops = new ArrayList<>();
    while (core.nextArrivalNs() != Long.MAX_VALUE) {
      Op op = core.arrive().orElseThrow();
      core.ended(op);
      ops.add(op);
    }
    return ops;
  }
}
