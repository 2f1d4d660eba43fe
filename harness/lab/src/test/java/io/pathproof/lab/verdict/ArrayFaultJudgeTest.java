package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.ArrayJudgeTest.expect;
import static io.pathproof.lab.verdict.ArrayJudgeTest.plain;
import static io.pathproof.lab.verdict.VirtualRun.PATH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.scenario.Expectations;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether what an array was told to do took effect, and what pause it made. */
class ArrayFaultJudgeTest {
  @Test
  void whatTheArrayWasToldToDoIsInItsJournal() {
    expect(
        plain(),
        "fault-took-effect",
        Verdict.PASS,
        "node1.b down: node1.b down; the workload used 1 session there");
    expect(
        plain().without(Event.ArrayChanged.class, e -> true),
        "fault-took-effect",
        Verdict.INCONCLUSIVE,
        "journal tells of nothing");
    // What a defect did is not what this fault did.
    expect(
        plain()
            .without(Event.ArrayChanged.class, e -> true)
            .at(1200, new Event.ArrayChanged("array", "defect stale-read struck: vol0")),
        "fault-took-effect",
        Verdict.INCONCLUSIVE,
        "journal tells of nothing");
  }

  @Test
  void aPortThatNobodyIsAtTakesNothingAwayWhenItFails() {
    String checker = "fault-took-effect";
    for (String elsewhere : List.of("node1.a", "node2.a", "node2.b")) {
      expect(
          new VirtualRun(elsewhere, Expectations.ioContinues()),
          checker,
          Verdict.INCONCLUSIVE,
          "but no session of the workload's hosts was there");
    }
    // esx2 is served at the virtual address, which is at node1.a until it moves.
    expect(
        new VirtualRun("node1.a", Expectations.ioContinues()).secondHost(),
        checker,
        Verdict.PASS,
        "the workload used 1 session there");
    Event away = new Event.ArrayChanged("vip", "10.0.0.1 moved from node1.a to node2.b");
    expect(
        new VirtualRun("node1.a", Expectations.ioContinues()).secondHost().at(500, away),
        checker,
        Verdict.INCONCLUSIVE,
        "but no session");
    expect(
        new VirtualRun("node2.b", Expectations.ioContinues()).secondHost().at(500, away),
        checker,
        Verdict.PASS,
        "the workload used 1 session there");
    // Its session had gone before the fault came.
    expect(
        plain().at(1000, new Event.PathChanged("esx1", PATH, VirtualRun.link("esx1"), false, "")),
        checker,
        Verdict.INCONCLUSIVE,
        "but no session");
    // It was there, and idle.
    expect(
        plain().without(Event.IoSent.class, e -> true).without(Event.IoIssued.class, e -> true),
        checker,
        Verdict.INCONCLUSIVE,
        "but no I/O used 1 session there");
  }

  @Test
  void aNodeThatDiesHitsTheSessionsAtItsPorts() {
    String checker = "fault-took-effect";
    VirtualRun at =
        broken("node1", "kill")
            .at(1150, lostOp(51))
            .without(Event.IoEnded.class, e -> e.op() == 51);
    expect(at, checker, Verdict.PASS, "1 I/O lost there");
    VirtualRun elsewhere =
        broken("node2", "kill")
            .at(1150, lostOp(51))
            .without(Event.IoEnded.class, e -> e.op() == 51);
    expect(elsewhere, checker, Verdict.INCONCLUSIVE, "0 I/Os on the broken paths in the whole run");
  }

  @Test
  void aPortThatHoldsCommandsHasToHaveHeldSome() {
    String checker = "fault-took-effect";
    VirtualRun held =
        broken("node1.b", "hold-commands")
            .at(1150, lostOp(51))
            .without(Event.IoEnded.class, e -> e.op() == 51);
    expect(held, checker, Verdict.PASS, "1 I/O lost there");
    expect(
        broken("node2.b", "hold-commands"),
        checker,
        Verdict.INCONCLUSIVE,
        "0 I/Os on the broken paths in the whole run");
  }

  /** What drops sessions has to find one; what merely tells something is told by the journal. */
  @Test
  void anAsynchronousMessageEndsSessionsOnlyWhereItSaysSo() {
    String checker = "fault-took-effect";
    for (String drops : List.of("async-event drop-connection 2s", "async-event drop-session")) {
      expect(
          broken("node2.b", drops),
          checker,
          Verdict.INCONCLUSIVE,
          "but no session of the workload's hosts was there");
    }
    for (String tells : List.of("async-event sense 0 6/2a/06", "async-event vendor 1")) {
      VirtualRun run = broken("node2.b", tells);
      expect(run, checker, Verdict.PASS, tells);
    }
  }

  private static VirtualRun broken(String place, String how) {
    return new VirtualRun(place, how, Expectations.ioContinues());
  }

  /** Op 51 is lost with its session and sent again down the only path there is. */
  private static VirtualRun sentAgain() {
    return plain()
        .without(Event.IoEnded.class, e -> e.op() >= 51 && e.op() <= 55)
        .at(1152, lostOp(51))
        .at(1153, new Event.IoSent(51, "esx1", "sda", PATH, 2))
        .at(1180, okOp(51))
        .at(1190, okOp(52))
        .at(1191, okOp(53))
        .at(1192, okOp(54))
        .at(1193, okOp(55));
  }

  private static Event okOp(long op) {
    return new Event.IoEnded(op, "esx1", "sda", PATH, IoResult.Status.OK, "", List.of());
  }

  private static void times(
      HandWrittenRun<?> run, double detect, double decide, double firstIo, double blackout) {
    Failover seen = run.judge().failover().orElseThrow();
    assertThat(seen.detectMs()).isCloseTo(detect, within(0.6));
    assertThat(seen.decideMs()).isCloseTo(decide, within(0.6));
    assertThat(seen.firstIoMs()).isCloseTo(firstIo, within(0.6));
    assertThat(seen.blackoutMs()).isCloseTo(blackout, within(0.6));
  }

  @Test
  void aSessionThatMovesMakesAPauseThoughNoPathChanges() {
    times(sentAgain(), 49, 3, 27, 80);
    // Without word from the session the failed attempt is the first to tell.
    times(
        sentAgain().without(Event.SessionChanged.class, e -> e.state().equals("FAILED")),
        51,
        1,
        27,
        80);
    // Asked to log out, the host loses nothing: what comes then waits.
    VirtualRun asked =
        broken("node1.b", "request-logout 3s")
            .at(1130, new Event.LogoutRequested("esx1", PATH, 3))
            .without(Event.IoEnded.class, e -> e.op() == 53 || e.op() == 54)
            .at(1175, okOp(53))
            .at(1176, okOp(54));
    times(asked, 29, 10, 35, 35);
    // Nobody was at the port that failed.
    assertThat(new VirtualRun("node2.b", Expectations.ioContinues()).judge().failover()).isEmpty();
  }

  @Test
  void thePartsOfAPauseAreOfOnePause() {
    // It was noticed at 1150, and cost an I/O only when the link went down once more.
    VirtualRun flapping =
        broken("vip", "flap up 300ms down 200ms")
            .without(Event.IoEnded.class, e -> e.op() == 76)
            .at(1652, lostOp(76))
            .at(1653, new Event.IoSent(76, "esx1", "sda", PATH, 2))
            .at(1680, okOp(76));
    times(flapping, 52, 1, 27, 80);
  }

  private static Event lostOp(long op) {
    return new Event.IoAttemptEnded(
        op, "esx1", "sda", PATH, 1, IoResult.Status.INDETERMINATE, "reset", true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"defect stale-read", "defect split-brain"})
  void aDefectHasToStrike(String defect) {
    String checker = "fault-took-effect";
    Event on = new Event.ArrayChanged("array", defect + " on");
    Event struck = new Event.ArrayChanged("array", defect + " struck: vol0 at 4096");
    expect(broken("array", defect), checker, Verdict.INCONCLUSIVE, "tells of nothing");
    expect(
        broken("array", defect).at(1102, on),
        checker,
        Verdict.INCONCLUSIVE,
        "array " + defect + ": switched on but never struck");
    expect(
        broken("array", defect).at(1102, on).at(1300, struck),
        checker,
        Verdict.PASS,
        "struck: vol0 at 4096");
    expect(
        broken("array", defect)
            .at(1102, on)
            .at(1300, new Event.ArrayChanged("array", "defect late-write struck: vol0")),
        checker,
        Verdict.INCONCLUSIVE,
        "never struck");
    // A strike from before is another one's.
    expect(
        broken("array", defect).at(1000, struck).at(1102, on),
        checker,
        Verdict.INCONCLUSIVE,
        "never struck");
  }
}
