package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.SyntheticRun.BROKEN;
import static io.pathproof.lab.verdict.SyntheticRun.DEVICE;
import static io.pathproof.lab.verdict.SyntheticRun.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.Event.BlockFound;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Expectations;
import io.pathproof.lab.topology.LinkId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The judge is judged: a sound history, and the same with one planted defect each. */
class JudgeTest {
  private static SyntheticRun sound(Expectation... expectations) {
    return expectations.length == 0
        ? new SyntheticRun(Expectations.ioContinues())
        : new SyntheticRun(expectations);
  }

  private static void expect(SyntheticRun run, String checker, Verdict verdict, String observed) {
    Judgement judgement = run.judge();
    Finding finding =
        judgement.findings().stream()
            .filter(one -> one.checker().equals(checker))
            .findFirst()
            .orElseThrow();
    assertThat(finding.verdict()).as(finding.toString()).isEqualTo(verdict);
    assertThat(finding.observed()).contains(observed);
    assertThat(judgement.verdict().and(verdict)).isEqualTo(judgement.verdict());
  }

  private static BlockFound block(long lba, long generation, String defect) {
    return new BlockFound(lba, generation, "", defect);
  }

  private static Event.IoEnded ended(Event.IoEnded was, IoResult.Status status, String path) {
    return new Event.IoEnded(
        was.op(), was.host(), was.device(), path, status, "planted", was.found());
  }

  @Test
  void aSoundHistoryIsAccusedOfNothing() {
    Judgement judgement =
        sound(
                Expectations.ioContinues(),
                Expectations.pauseBelow("200ms"),
                Expectations.arrayUnchanged(),
                Expectations.devices(1),
                Expectations.paths(4),
                Expectations.severalSessions())
            .judge();
    assertThat(judgement.findings()).extracting(Finding::verdict).containsOnly(Verdict.PASS);
    assertThat(judgement.verdict()).as(judgement.toString()).isEqualTo(Verdict.PASS);
    assertThat(judgement.io()).isEqualTo(new IoCounts(300, 300, 0, 0));
    Failover failover = judgement.failover().orElseThrow();
    assertThat(failover.detectMs()).isBetween(99.0, 101.0);
    assertThat(failover.decideMs()).isBetween(9.0, 11.0);
    assertThat(failover.firstIoMs()).isBetween(1.0, 3.0);
    assertThat(failover.blackoutMs()).isBetween(110.0, 114.0);
  }

  @Test
  void oneErrorBreaksIoContinues() {
    SyntheticRun run =
        sound()
            .change(
                Event.IoEnded.class,
                e -> e.op() == 200,
                e -> ended(e, IoResult.Status.FAILED, e.path()));
    expect(run, "io-continues", Verdict.FAIL, "1 error on host2 mpatha");
    assertThat(run.judge().io().failed()).isEqualTo(1);
  }

  @Test
  void aLongPauseIsFound() {
    SyntheticRun run = sound(Expectations.pauseBelow("100ms"));
    expect(run, "pause", Verdict.FAIL, "longest 112 ms");
    expect(
        sound(Expectations.pauseBelow("1s"))
            .change(
                Event.IoEnded.class,
                e -> e.op() == 200,
                e -> ended(e, IoResult.Status.INDETERMINATE, e.path())),
        "pause",
        Verdict.FAIL,
        "1 I/O had no good end");
  }

  private static SyntheticRun failing(long fromOp, long toOp, String path) {
    return sound(Expectations.ioFails())
        .change(
            Event.IoEnded.class,
            e -> e.op() >= fromOp && e.op() <= toOp,
            e -> ended(e, IoResult.Status.INDETERMINATE, path));
  }

  @Test
  void ioFailsWantsErrorsAfterTheBreakAndThere() {
    String broken = SyntheticRun.id(BROKEN);
    expect(
        failing(103, 106, broken), "io-fails", Verdict.PASS, "4 errors on host2 mpatha, first 0.1");
    expect(sound(Expectations.ioFails()), "io-fails", Verdict.FAIL, "no error on mpatha");
    expect(failing(50, 50, broken), "io-fails", Verdict.FAIL, "1 error before anything was broken");
    expect(
        failing(103, 103, "nic0:node2.a"), "io-fails", Verdict.FAIL, "away from the broken path");
    expect(failing(103, 103, ""), "io-fails", Verdict.FAIL, "away from the broken path");
  }

  @Test
  void failsWhenTriedWantsSilenceFirst() {
    expect(
        sound(Expectations.ioFailsWhenTried()),
        "io-fails-when-tried",
        Verdict.INCONCLUSIVE,
        "under way when the fault came");
    SyntheticRun idle = idle();
    expect(idle, "io-fails-when-tried", Verdict.FAIL, "and none when tried");
    String broken = SyntheticRun.id(BROKEN);
    SyntheticRun tried =
        idle()
            .change(
                Event.IoEnded.class,
                e -> e.op() == 200,
                e -> ended(e, IoResult.Status.FAILED, broken));
    expect(tried, "io-fails-when-tried", Verdict.PASS, "without error, then 1 error");
    SyntheticRun early =
        idle()
            .change(
                Event.IoEnded.class,
                e -> e.op() == 20,
                e -> ended(e, IoResult.Status.FAILED, broken));
    expect(early, "io-fails-when-tried", Verdict.FAIL, "before anything was broken");
    SyntheticRun never =
        idle()
            .change(Event.IoIssued.class, e -> e.op() > 100, e -> null)
            .change(Event.IoSent.class, e -> e.op() > 100, e -> null)
            .change(Event.IoEnded.class, e -> e.op() > 100, e -> null);
    expect(never, "io-fails-when-tried", Verdict.INCONCLUSIVE, "no I/O was tried");
  }

  /** No I/O from 50 ms before the fault until 300 ms after it; all later ones on the old path. */
  private static SyntheticRun idle() {
    return sound(Expectations.ioFailsWhenTried())
        .change(Event.IoIssued.class, e -> e.op() > 95 && e.op() < 131, e -> null)
        .change(Event.IoSent.class, e -> e.op() > 95 && e.op() < 131, e -> null)
        .change(Event.IoAttemptEnded.class, e -> e.op() > 95, e -> null)
        .change(Event.IoEnded.class, e -> e.op() > 95 && e.op() < 131, e -> null);
  }

  @Test
  void theArraysOwnAccountIsCompared() {
    Expectation unchanged = Expectations.arrayUnchanged();
    expect(
        sound(unchanged)
            .change(
                Event.ArrayObserved.class,
                e -> e.when().equals("after"),
                e -> new Event.ArrayObserved("after", SyntheticRun.snapshot("degraded"))),
        "array-unchanged",
        Verdict.FAIL,
        "degraded");
    expect(
        sound(unchanged)
            .change(Event.ArrayObserved.class, e -> e.when().equals("after"), e -> null),
        "array-unchanged",
        Verdict.INCONCLUSIVE,
        "not asked");
  }

  @Test
  void devicesPathsAndSessionsAreCounted() {
    expect(sound(Expectations.devices(4)), "devices", Verdict.FAIL, "host2: mpatha");
    expect(sound(Expectations.paths(3)), "paths", Verdict.FAIL, "host2 mpatha: 4");
    SyntheticRun down = sound(Expectations.severalSessions()).at(50, down("0x0206 refused"));
    expect(down, "sessions", Verdict.FAIL, "0x0206 refused");
    expect(down, "all-paths-at-start", Verdict.INCONCLUSIVE, "host2.nic0 -> node2.b");
    expect(sound(Expectations.singleSession()), "sessions", Verdict.FAIL, "4 sessions accepted");
  }

  private static Event down(String cause) {
    LinkId link = new LinkId("host2.nic0", "node2.b");
    return new Event.PathChanged(HOST, SyntheticRun.id(link), link, false, cause);
  }

  @Test
  void aRefusalNeedsItsStatus() {
    for (String cause : List.of("login refused, status 0x0206", "connection refused")) {
      SyntheticRun run = sound(Expectations.singleSession());
      for (LinkId link :
          SyntheticRun.TOPOLOGY.linksOf(SyntheticRun.TOPOLOGY.hosts().get(HOST)).subList(1, 4)) {
        run.at(50, new Event.PathChanged(HOST, SyntheticRun.id(link), link, false, cause));
      }
      boolean status = cause.contains("0x0206");
      expect(run, "sessions", status ? Verdict.PASS : Verdict.INCONCLUSIVE, cause);
    }
  }

  @Test
  void portsAreCountedAndWeighed() {
    expect(sound(Expectations.portsUsed(1)), "ports-used", Verdict.FAIL, "node1.b");
    expect(
        sound(Expectations.portsUsed(1))
            .change(
                Event.IoSent.class,
                e -> true,
                e -> new Event.IoSent(e.op(), HOST, DEVICE, "nic0:node2.a", e.attempt())),
        "ports-used",
        Verdict.PASS,
        "{node2.a=300}");
    // 300 I/Os at a turn of 1000 tell nothing about an even spread.
    expect(sound(Expectations.portsUsed(4)), "ports-used", Verdict.INCONCLUSIVE, "");
  }

  /** Sends everything down the paths in turns of the given length. */
  private static SyntheticRun turns(int length, int skipAt) {
    List<String> paths = List.of("nic0:node1.a", "nic0:node1.b", "nic0:node2.a", "nic0:node2.b");
    return sound(Expectations.rotation(20))
        .change(Event.IoSent.class, e -> e.attempt() > 1, e -> null)
        .change(
            Event.IoSent.class,
            e -> true,
            e -> {
              int turn = (int) (e.op() - 1) / length;
              String path = paths.get((turn == skipAt ? turn + 1 : turn) % 4);
              return new Event.IoSent(e.op(), HOST, DEVICE, path, 1);
            });
  }

  @Test
  void rotationIsExact() {
    expect(turns(20, -1), "rotation", Verdict.PASS, "15 full turns over 4 paths");
    expect(turns(21, -1), "rotation", Verdict.FAIL, "gave nic0:node1.a 21 I/Os");
    expect(turns(19, -1), "rotation", Verdict.FAIL, "turn 1 gave nic0:node1.a 19 I/Os");
    expect(turns(20, 5), "rotation", Verdict.FAIL, "");
    SyntheticRun swapped =
        turns(20, -1)
            .change(
                Event.IoSent.class,
                e -> e.op() > 120 && e.op() <= 160,
                e -> {
                  String path = e.op() <= 140 ? "nic0:node2.b" : "nic0:node2.a";
                  return new Event.IoSent(e.op(), HOST, DEVICE, path, 1);
                });
    expect(swapped, "rotation", Verdict.FAIL, "out of order");
    SyntheticRun few = turns(20, -1).change(Event.IoSent.class, e -> e.op() > 50, e -> null);
    expect(few, "rotation", Verdict.INCONCLUSIVE, "too few to tell");
  }

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
  void aFaultHasToHitWhatIsUsed() {
    expect(
        sound().change(Event.FaultInjected.class, e -> true, e -> null),
        "fault-took-effect",
        Verdict.INCONCLUSIVE,
        "0 of 1 fault injected");
    SyntheticRun unnoticed =
        sound()
            .change(Event.IoAttemptEnded.class, e -> true, e -> null)
            .change(Event.PathChanged.class, e -> !e.up(), e -> null);
    expect(unnoticed, "fault-took-effect", Verdict.INCONCLUSIVE, "0 I/Os lost there");
    SyntheticRun unused =
        sound()
            .change(Event.IoAttemptEnded.class, e -> true, e -> null)
            .change(
                Event.IoSent.class,
                e -> true,
                e -> new Event.IoSent(e.op(), HOST, DEVICE, "nic0:node2.a", e.attempt()));
    expect(unused, "fault-took-effect", Verdict.INCONCLUSIVE, "0 I/Os on the broken paths");
  }

  @Test
  void aFaultThatLeavesNoPathHitsEveryIoThatComes() {
    expect(elsewhereSince100(), "fault-took-effect", Verdict.INCONCLUSIVE, "none was in use");
    SyntheticRun noWayAround =
        elsewhereSince100()
            .change(
                Event.DeviceFound.class,
                e -> true,
                e ->
                    new Event.DeviceFound(
                        HOST,
                        DEVICE,
                        e.volume(),
                        e.identity(),
                        e.paths().stream()
                            .filter(path -> path.link().equals(SyntheticRun.BROKEN))
                            .toList()));
    expect(noWayAround, "fault-took-effect", Verdict.PASS, "0 I/Os lost there, 1 path reported");
    // They were sent once there was a path again, so there was a pause.
    assertThat(noWayAround.judge().failover()).isPresent();
    assertThat(elsewhereSince100().judge().failover()).isEmpty();
  }

  /** The path was left before it broke, and nothing is lost. */
  private static SyntheticRun elsewhereSince100() {
    return sound()
        .change(Event.IoAttemptEnded.class, e -> true, e -> null)
        .change(
            Event.IoSent.class,
            e -> e.op() >= 100,
            e -> new Event.IoSent(e.op(), HOST, DEVICE, "nic0:node1.b", e.attempt()));
  }

  /** The last ten I/Os are issued 300 ms late. */
  private static SyntheticRun late(SyntheticRun run) {
    return run.change(
        Event.IoIssued.class,
        e -> e.op() > 290,
        e ->
            new Event.IoIssued(
                e.op(),
                HOST,
                DEVICE,
                e.write(),
                e.lba(),
                1,
                e.generation(),
                e.intendedNs() - 300_000_000));
  }

  @Test
  void theOpenLoopHasToBeKept() {
    SyntheticRun late = late(sound());
    expect(late, "arrivals-kept", Verdict.INCONCLUSIVE, "300 of 300 arrivals");
    expect(
        late,
        "arrivals-kept",
        Verdict.INCONCLUSIVE,
        ": this machine was too busy to issue I/O on time; run it again with less beside it, or at a"
            + " lower rate");
    assertThat(late.judge().findings())
        .filteredOn(Finding::tooBusy)
        .extracting(Finding::checker)
        .containsExactly("arrivals-kept");
    SyntheticRun lateToo = late(sound(Expectations.pauseBelow("100ms")));
    expect(lateToo, "pause", Verdict.INCONCLUSIVE, "longest 301 ms: this machine was too busy");
    expect(late(sound(Expectations.pauseBelow("1s"))), "pause", Verdict.PASS, "longest 301 ms");
    SyntheticRun fewer =
        sound()
            .change(Event.IoIssued.class, e -> e.op() == 299, e -> null)
            .change(Event.IoSent.class, e -> e.op() == 299, e -> null)
            .change(Event.IoEnded.class, e -> e.op() == 299, e -> null);
    expect(fewer, "arrivals-kept", Verdict.INCONCLUSIVE, "299 of 300 arrivals");
  }

  @Test
  void everyIoHasOneEnd() {
    expect(
        sound().change(Event.IoEnded.class, e -> e.op() == 7, e -> null),
        "history-complete",
        Verdict.INCONCLUSIVE,
        "op 7 has 0 ends");
    Event twice = new Event.IoEnded(7, HOST, DEVICE, "", IoResult.Status.OK, "", List.of());
    expect(sound().last(twice), "history-complete", Verdict.INCONCLUSIVE, "op 7 has 2 ends");
    Event stray = new Event.IoSent(999, HOST, DEVICE, "", 1);
    expect(sound().last(stray), "history-complete", Verdict.INCONCLUSIVE, "never issued");
  }

  @Test
  void overdueCommandsAreToldWithTheLongest() {
    Event one = new Event.CommandOverdue(HOST, "nic0:node1.a", "28h", 600_000_000, 500_000_000);
    Event two = new Event.CommandOverdue(HOST, "nic0:node2.a", "2Ah", 810_000_000, 500_000_000);
    expect(
        sound().last(two).last(one),
        "liveness",
        Verdict.PASS,
        "; 2 commands overdue, one (2Ah over nic0:node2.a) after 810 ms where 500 ms were"
            + " expected at most");
  }

  @Test
  void aDeviceThatStaysDeadFails() {
    expect(
        sound()
            .change(
                Event.LivenessChecked.class,
                e -> true,
                e -> new Event.LivenessChecked(HOST, DEVICE, false, 9, 15_000_000_000L, "gone")),
        "liveness",
        Verdict.FAIL,
        "gave none in 15000 ms: gone");
    expect(
        sound().change(Event.LivenessChecked.class, e -> true, e -> null),
        "liveness",
        Verdict.INCONCLUSIVE,
        "not asked");
  }

  @Test
  void aDeadLabIsHeldAgainstNobody() {
    SyntheticRun run =
        sound()
            .change(
                Event.IoEnded.class,
                e -> e.op() == 200,
                e -> ended(e, IoResult.Status.FAILED, e.path()))
            .last(new Event.LabFailed("node1 is gone", "log"));
    expect(run, "io-continues", Verdict.INCONCLUSIVE, "(the lab failed)");
    assertThat(run.judge().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(run.judge().reason()).isEqualTo("the lab failed: node1 is gone");
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

  @Test
  void aDelayThatLosesSessionsHasTakenEffect() {
    SyntheticRun run = sound();
    run.how = "latency 2s";
    expect(run, "fault-took-effect", Verdict.PASS, "so slow that 10 I/Os were lost on it");
    SyntheticRun without = sound().change(Event.IoAttemptEnded.class, e -> true, e -> null);
    without.how = "latency 2s";
    expect(without, "fault-took-effect", Verdict.INCONCLUSIVE, "too few to tell");
  }

  @Test
  void failOutweighsInconclusive() {
    SyntheticRun run =
        sound()
            .change(
                Event.IoEnded.class,
                e -> e.op() == 200,
                e -> ended(e, IoResult.Status.FAILED, e.path()))
            .change(Event.StoreVerified.class, e -> e.found().lba() == 30, e -> null);
    assertThat(run.judge().verdict()).isEqualTo(Verdict.FAIL);
    assertThat(run.judge().reason()).startsWith("io-continues: ");
  }
}
