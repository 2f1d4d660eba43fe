package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.SyntheticRun.DEVICE;
import static io.pathproof.lab.verdict.SyntheticRun.HOST;
import static io.pathproof.lab.verdict.SyntheticRun.block;
import static io.pathproof.lab.verdict.SyntheticRun.ended;
import static io.pathproof.lab.verdict.SyntheticRun.expect;
import static io.pathproof.lab.verdict.SyntheticRun.sound;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.Event.BlockFound;
import io.pathproof.lab.observed.IoResult;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is read back is held against what was acknowledged; what fencing cost is told. */
class DataIntegrityJudgeTest {
  @Test
  void readsAreHeldAgainstWhatWasAcknowledged() {
    // op 65 reads block 3, which op 4 wrote.
    expect(readBy65(block(3, 0, "")), "data-integrity", Verdict.FAIL, "write 4 is lost");
    expect(readBy65(block(3, 4, "torn: x")), "data-integrity", Verdict.FAIL, "torn: x");
    expect(readBy65(block(3, 99, "")), "data-integrity", Verdict.FAIL, "holds write 99");
    expect(
        sound()
            .change(
                Event.IoEnded.class,
                e -> e.op() == 2,
                e ->
                    new Event.IoEnded(
                        2, HOST, DEVICE, e.path(), e.status(), "", List.of(block(9001, 7, "")))),
        "data-integrity",
        Verdict.FAIL,
        "was never written");
    expect(readBy65(), "data-integrity", Verdict.FAIL, "read 0 blocks of 1");
  }

  private static SyntheticRun readBy65(BlockFound... found) {
    return sound()
        .change(
            Event.IoEnded.class,
            e -> e.op() == 65,
            e ->
                new Event.IoEnded(
                    65, HOST, DEVICE, e.path(), IoResult.Status.OK, "", List.of(found)));
  }

  @Test
  void whatIsVerifiedAtTheEndCounts() {
    expect(
        sound()
            .change(
                Event.BlockVerified.class,
                e -> e.found().lba() == 30,
                e -> new Event.BlockVerified(HOST, DEVICE, e.path(), block(30, 0, ""))),
        "data-integrity",
        Verdict.FAIL,
        "block 30 read again over nic0:node2.b: the acknowledged write 31 is lost");
    expect(
        sound()
            .change(
                Event.StoreVerified.class,
                e -> e.found().lba() == 30,
                e -> new Event.StoreVerified("vol0", block(30, 31, "misdirected: y"))),
        "data-integrity",
        Verdict.FAIL,
        "block 30 on the store: misdirected: y");
    expect(
        sound().change(Event.StoreVerified.class, e -> e.found().lba() == 30, e -> null),
        "data-integrity",
        Verdict.INCONCLUSIVE,
        "0 over a path, 1 on the store");
    expect(
        sound().change(Event.BlockVerified.class, e -> e.found().lba() == 30, e -> null),
        "data-integrity",
        Verdict.INCONCLUSIVE,
        "1 over a path, 0 on the store");
  }

  /** Block 297 (op 298) gets a status, and is then seen with these generations, in this order. */
  private static SyntheticRun lastWrite(IoResult.Status status, long... seen) {
    SyntheticRun run =
        sound()
            .change(Event.IoEnded.class, e -> e.op() == 298, e -> ended(e, status, e.path()))
            .change(
                Event.BlockVerified.class,
                e -> e.found().lba() == 297,
                e -> new Event.BlockVerified(HOST, DEVICE, e.path(), block(297, seen[0], "")))
            .change(Event.StoreVerified.class, e -> e.found().lba() == 297, e -> null);
    for (int i = 1; i < seen.length; i++) {
      run.at(9000 + i, new Event.StoreVerified("vol0", block(297, seen[i], "")));
    }
    return run;
  }

  @Test
  void aWriteOfUnknownEndMayGoEitherWayButNotBack() {
    IoResult.Status unknown = IoResult.Status.INDETERMINATE;
    expect(lastWrite(unknown, 0, 0), "data-integrity", Verdict.PASS, "");
    expect(lastWrite(unknown, 298, 298), "data-integrity", Verdict.PASS, "");
    expect(lastWrite(unknown, 0, 298), "data-integrity", Verdict.PASS, "");
    expect(lastWrite(unknown, 298, 0), "data-integrity", Verdict.FAIL, "block 297 on the store");
    expect(
        lastWrite(IoResult.Status.FAILED, 298, 298),
        "data-integrity",
        Verdict.FAIL,
        "reported as not done");
    expect(lastWrite(IoResult.Status.FAILED, 0, 0), "data-integrity", Verdict.PASS, "");
  }

  @Test
  void aGhostWriteIsFound() {
    // Block 297 again: op 298 ends unknown, op 400 is acknowledged, and 298 comes back.
    SyntheticRun run =
        lastWrite(IoResult.Status.INDETERMINATE, 298, 298)
            .at(3500, new Event.IoIssued(400, HOST, DEVICE, true, 297, 1, 400, 3_500_000_000L))
            .at(3501, new Event.IoSent(400, HOST, DEVICE, "nic0:node1.b", 1))
            .at(
                3502,
                new Event.IoEnded(
                    400, HOST, DEVICE, "nic0:node1.b", IoResult.Status.OK, "", List.of()));
    expect(run, "data-integrity", Verdict.FAIL, "write 400 is lost: holds the older 298");
  }

  @Test
  void anUnfencedRetryIsTold() {
    Event retried = new Event.RetriedUnfenced(101, HOST, DEVICE, "nic0:node1.b", 0);
    expect(
        sound().last(retried), "data-integrity", Verdict.PASS, "1 write retried without a fence");
  }

  @Test
  void whatFencingCostIsToldAndMeasured() {
    Event quick =
        new Event.WriteFenced(
            101, HOST, DEVICE, "nic0:node1.b", "reinstated", "nic0:node1.b", 4_000_000);
    Event slow = new Event.WriteFenced(104, HOST, DEVICE, "nic0:node1.b", "held", "", 7_500_000);
    SyntheticRun run = sound().last(quick).last(slow);
    expect(
        run,
        "data-integrity",
        Verdict.PASS,
        "2 writes fenced (1 held, 1 reinstated), longest wait 7.5 ms");
    assertThat(run.judge().failover().orElseThrow().fenceMs()).isEqualTo(7.5);
    assertThat(sound().judge().failover().orElseThrow().fenceMs()).isZero();
    Event unfenced = new Event.RetriedUnfenced(107, HOST, DEVICE, "nic0:node1.b", 9_000_000);
    assertThat(sound().last(unfenced).judge().failover().orElseThrow().fenceMs()).isEqualTo(9.0);
  }
}
