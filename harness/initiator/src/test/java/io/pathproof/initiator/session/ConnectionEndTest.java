package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.TIMERS;
import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.LogoutResponse;
import io.pathproof.protocol.iscsi.LogoutResult;
import io.pathproof.protocol.iscsi.NopIn;
import io.pathproof.protocol.iscsi.Pdu;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Which ends of a connection keep back what the socket still holds: all but those behind a last
 * word of the target, when nothing is under way.
 */
class ConnectionEndTest {
  private static ScriptedTarget begun() {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.core.start(target.nowNs);
    return target;
  }

  private static ScriptedTarget inLogin() {
    ScriptedTarget target = begun();
    target.core.onConnected(target.nowNs);
    return target;
  }

  private static void aborted(ScriptedTarget target) {
    assertThat(target.disconnects).hasSize(1);
    assertThat(target.aborts).hasSize(1);
  }

  private static void endedInOrder(ScriptedTarget target) {
    assertThat(target.disconnects).hasSize(1);
    assertThat(target.aborts).isEmpty();
  }

  @Test
  void aConnectionThatIsDeclaredDeadIsAborted() {
    ScriptedTarget target = ScriptedTarget.up();
    target.pass(TimeUnit.NANOSECONDS.toMillis(TIMERS.nopIntervalNs() + TIMERS.nopTimeoutNs()));
    assertThat(target.downs).hasSize(1);
    aborted(target);
  }

  @Test
  void soIsOneWhoseTargetBreaksTheProtocol() {
    ScriptedTarget target = ScriptedTarget.up();
    target.receive(new NopIn(0, 4711, Pdu.RESERVED_TAG, target.statSn, 1, 9, Pdu.NO_DATA));
    assertThat(target.downs).hasSize(1);
    aborted(target);
  }

  @Test
  void soIsOneThatTheTargetSaysItDrops() {
    ScriptedTarget target = ScriptedTarget.up();
    target.receive(
        new AsyncMessage(
            0, target.statSn++, target.expCmdSn, target.maxCmdSn(), 3, 0, 0, 0, 0, Pdu.NO_DATA));
    assertThat(target.downs).hasSize(1);
    aborted(target);
  }

  @Test
  void soIsOneThatIsClosed() {
    ScriptedTarget target = ScriptedTarget.up();
    target.core.close(target.nowNs);
    aborted(target);
  }

  @Test
  void aLoginThatTakesTooLongIsAborted() {
    ScriptedTarget target = inLogin();
    target.pass(TimeUnit.NANOSECONDS.toMillis(TIMERS.loginTimeoutNs()));
    aborted(target);
  }

  @Test
  void aLoginThatIsNotWantedAnyMoreIsAborted() {
    ScriptedTarget target = inLogin();
    target.core.logout(target.nowNs);
    assertThat(target.ends).hasSize(1);
    aborted(target);
  }

  @Test
  void aLoginThatIsNotUnderstoodIsAborted() {
    ScriptedTarget target = inLogin();
    target.receive(new NopIn(0, 4711, Pdu.RESERVED_TAG, 1, 1, 9, Pdu.NO_DATA));
    aborted(target);
    ScriptedTarget other = inLogin();
    other.core.onProtocolError(
        new ProtocolException(ProtocolException.Kind.UNKNOWN_OPCODE, "PDU", "Opcode", 0, "bad"),
        other.nowNs);
    aborted(other);
  }

  @Test
  void aLogoutThatIsAnsweredEndsInOrderAndOneThatIsNotDoesNot() {
    ScriptedTarget target = ScriptedTarget.up();
    target.core.logout(target.nowNs);
    LogoutRequest request = target.next(LogoutRequest.class);
    target.receive(
        new LogoutResponse(
            LogoutResult.CLOSED,
            request.initiatorTaskTag(),
            target.statSn++,
            target.expCmdSn,
            target.maxCmdSn(),
            0,
            0));
    assertThat(target.ends).hasSize(1);
    endedInOrder(target);

    ScriptedTarget unheard = ScriptedTarget.up();
    unheard.core.logout(unheard.nowNs);
    unheard.pass(TimeUnit.NANOSECONDS.toMillis(TIMERS.abortTimeoutNs()));
    assertThat(unheard.ends).hasSize(1);
    aborted(unheard);
  }

  @Test
  void soDoesALoginThatIsRefusedOrRedirected() {
    ScriptedTarget refused = inLogin();
    refused.refuse(0x0301, KeyValues.empty());
    endedInOrder(refused);
    ScriptedTarget redirected = begun();
    redirected.redirect("10.0.0.2:3260,1", false);
    endedInOrder(redirected);
  }
}
