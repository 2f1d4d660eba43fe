package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.SyntheticRun.DEVICE;
import static io.pathproof.lab.verdict.SyntheticRun.HOST;
import static io.pathproof.lab.verdict.SyntheticRun.ended;
import static io.pathproof.lab.verdict.SyntheticRun.expect;
import static io.pathproof.lab.verdict.SyntheticRun.sound;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.scenario.Expectations;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether a run can be judged at all: faults that hit, I/O on time, devices and labs that live. */
class SoundnessJudgeTest {
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
    expect(
        unused,
        "fault-took-effect",
        Verdict.INCONCLUSIVE,
        "0 I/Os on the broken paths in the whole run");
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
    noWayAround.at(
        1300,
        new Event.PathChanged(
            HOST, "nic0:node1.a", SyntheticRun.BROKEN, false, "told once more, and counted once"));
    expect(
        noWayAround, "fault-took-effect", Verdict.PASS, "0 I/Os lost there since, 1 path reported");
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
  void aDelayThatLosesSessionsHasTakenEffect() {
    SyntheticRun run = sound();
    run.how = "latency 2s";
    expect(run, "fault-took-effect", Verdict.PASS, "so slow that 10 I/Os were lost on it");
    SyntheticRun without = sound().change(Event.IoAttemptEnded.class, e -> true, e -> null);
    without.how = "latency 2s";
    expect(without, "fault-took-effect", Verdict.INCONCLUSIVE, "too few to tell");
  }
}
