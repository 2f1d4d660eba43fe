package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.SyntheticRun.BROKEN;
import static io.pathproof.lab.verdict.SyntheticRun.DEVICE;
import static io.pathproof.lab.verdict.SyntheticRun.HOST;
import static io.pathproof.lab.verdict.SyntheticRun.ended;
import static io.pathproof.lab.verdict.SyntheticRun.expect;
import static io.pathproof.lab.verdict.SyntheticRun.sound;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Expectations;
import io.pathproof.lab.topology.LinkId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The judge is judged: a sound history, and the same with one planted defect each. */
class JudgeTest {
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
        ": 300 I/Os over node2.a");
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
