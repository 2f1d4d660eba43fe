package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.initiator.session.TaskFailure.Reason;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.ScsiCommand;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tasks that wait after a login until it is known which logical unit answers. */
class GuardedUnitsTest {
  private static final long UNIT = 0x0001_0000_0000_0000L;
  private static final long OTHER = 0x0002_0000_0000_0000L;
  private static final int RECOVERY_MS = 10_000;

  private final ScriptedTarget target =
      new ScriptedTarget(
          settings()
              .withTimers(
                  SessionTimers.ofMillis(1_000, 0, 2_000, 30_000, 3_000, RECOVERY_MS, 500)));

  private void up() {
    target.core.start(target.nowNs);
    target.login();
  }

  private void lose() {
    target.closedByTarget();
  }

  private void back() {
    target.pass(500);
    target.expCmdSn = 1;
    target.login();
  }

  private Submitted question(long lun) {
    return target.submit(lun, true);
  }

  /** The logical units that commands were sent to, in their order. */
  private List<Long> asked() {
    List<Long> luns = new ArrayList<>();
    while (!target.sent.isEmpty()) {
      Pdu pdu = target.sent.remove();
      assertThat(pdu).isInstanceOf(ScsiCommand.class);
      luns.add(((ScsiCommand) pdu).lun());
    }
    return luns;
  }

  @Test
  void whatIsKeptThroughAReconnectWaitsUntilItsUnitIsAdmitted() {
    up();
    target.core.guard(UNIT);
    target.submit(UNIT);
    assertThat(asked()).as("guarded since a login whose unit is known").containsExactly(UNIT);

    lose();
    Submitted kept = target.submit(UNIT);
    target.submit(OTHER);
    back();
    Submitted later = target.submit(UNIT);
    assertThat(asked()).containsExactly(OTHER);
    question(UNIT);
    assertThat(asked()).as("the question who answers").containsExactly(UNIT);

    target.core.admit(UNIT, target.nowNs);
    ScsiCommand first = target.next(ScsiCommand.class);
    target.expCmdSn = first.cmdSn() + 1;
    target.receive(target.status(first.initiatorTaskTag(), 0, 0));
    assertThat(kept.ended(ScsiResult.class).good()).as("the older goes first").isTrue();
    assertThat(later.pending()).isTrue();
    assertThat(asked()).containsExactly(UNIT);
    target.submit(UNIT);
    assertThat(asked()).as("until the next login all is sent at once").containsExactly(UNIT);
  }

  @Test
  void whatIsInTheQueueWhenTheConnectionIsLostWaitsToo() {
    target.window = 1;
    up();
    target.core.guard(UNIT);
    target.submit(OTHER);
    target.submit(UNIT);
    Submitted question = question(UNIT);
    assertThat(asked()).as("the command window").containsExactly(OTHER);
    lose();
    target.window = 32;
    back();
    assertThat(asked()).as("the question alone").containsExactly(UNIT);
    assertThat(question.pending()).isTrue();
  }

  @Test
  void anAdmissionHoldsUntilTheConnectionIsLost() {
    up();
    target.core.guard(UNIT);
    lose();
    target.core.admit(UNIT, target.nowNs);
    target.submit(UNIT);
    back();
    assertThat(asked()).as("an admission that came too late").isEmpty();
    target.core.admit(UNIT, target.nowNs);
    assertThat(asked()).containsExactly(UNIT);
    lose();
    target.submit(UNIT);
    back();
    assertThat(asked()).isEmpty();
  }

  @Test
  void aSessionMayBeGuardedBeforeItsFirstLogin() {
    target.core.start(target.nowNs);
    target.submit(UNIT);
    target.core.guard(UNIT);
    target.login();
    assertThat(asked()).isEmpty();
    target.core.admit(UNIT, target.nowNs);
    assertThat(asked()).containsExactly(UNIT);
  }

  @Test
  void whatIsForARefusedUnitEndsAsNeverSent() {
    up();
    target.core.guard(UNIT);
    lose();
    Submitted kept = target.submit(UNIT);
    back();
    target.core.refuse(UNIT, "it is another", target.nowNs);
    TaskFailure refused = new TaskFailure(Reason.NOT_ADMITTED, "it is another", false);
    assertThat(kept.ended(TaskFailure.class)).isEqualTo(refused);
    assertThat(target.submit(UNIT).ended(TaskFailure.class)).isEqualTo(refused);
    target.submit(OTHER);
    question(UNIT);
    assertThat(asked()).containsExactly(OTHER, UNIT);

    target.core.admit(UNIT, target.nowNs);
    target.submit(UNIT);
    assertThat(asked()).as("it has become the right one").containsExactly(UNIT);
    target.core.refuse(UNIT, "after all", target.nowNs);
    assertThat(target.submit(UNIT).ended(TaskFailure.class).text()).isEqualTo("after all");

    lose();
    Submitted next = target.submit(UNIT);
    back();
    assertThat(next.pending()).as("another login, another answer").isTrue();
    assertThat(asked()).isEmpty();
  }

  @Test
  void whatIsKeptBackHasItsTimeFromTheLoginOn() {
    up();
    target.core.guard(UNIT);
    lose();
    Submitted kept = target.submit(UNIT);
    back();
    target.pass(29_999);
    assertThat(kept.pending()).isTrue();
    target.pass(1);
    assertThat(kept.ended(TaskFailure.class))
        .isEqualTo(
            new TaskFailure(
                Reason.TIMED_OUT, "its logical unit was not admitted after the login", false));
    assertThat(target.core.outstanding()).isZero();
  }

  @Test
  void whatIsKeptBackCanBeGivenUp() {
    up();
    target.core.guard(UNIT);
    lose();
    Submitted cancelled = target.submit(UNIT);
    Submitted loggedOut = target.submit(UNIT);
    back();
    assertThat(target.core.outstanding()).isEqualTo(2);
    target.core.cancel(cancelled.task(), target.nowNs);
    assertThat(cancelled.ended(TaskFailure.class).reason()).isEqualTo(Reason.CANCELLED);
    target.core.logout(target.nowNs);
    assertThat(loggedOut.ended(SessionFailure.class).sent()).isFalse();
    assertThat(target.core.outstanding()).isZero();
  }

  @Test
  void whatIsKeptBackFailsWhenTheSessionDoesNotComeBack() {
    up();
    target.core.guard(UNIT);
    lose();
    List<String> ended = new ArrayList<>();
    for (long lun : List.of(UNIT, OTHER, UNIT)) {
      ScsiTask task =
          ScsiTask.nonData(
              lun,
              ByteBuffer.allocate(6),
              (outcome, now) ->
                  ended.add((lun == UNIT ? "" : "other ") + ((SessionFailure) outcome).reason()));
      target.core.submit(task, target.nowNs);
    }
    target.pass(RECOVERY_MS);
    assertThat(ended)
        .as("the oldest first")
        .containsExactly("RECOVERY_TIMED_OUT", "other RECOVERY_TIMED_OUT", "RECOVERY_TIMED_OUT");
  }
}
