package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.OFFER;
import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.LogoutResponse;
import io.pathproof.protocol.iscsi.LogoutResult;
import io.pathproof.protocol.iscsi.OperationalKey;
import io.pathproof.protocol.iscsi.Pdu;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logouts that meet one another, and the time that has to pass before the next login. */
class SessionEndTest {
  private static AsyncMessage logoutWanted(ScriptedTarget target, int withinSec) {
    return new AsyncMessage(
        0, target.statSn++, target.expCmdSn, target.maxCmdSn(), 1, 0, 0, 0, withinSec, Pdu.NO_DATA);
  }

  private static LogoutResponse loggedOut(ScriptedTarget target, LogoutRequest request) {
    return new LogoutResponse(
        LogoutResult.CLOSED,
        request.initiatorTaskTag(),
        target.statSn++,
        target.expCmdSn,
        target.maxCmdSn(),
        0,
        0);
  }

  /** A session that answers the target's wish, and whose request is not answered yet. */
  private static ScriptedTarget inLogout() {
    ScriptedTarget target = ScriptedTarget.up();
    target.receive(logoutWanted(target, 4));
    assertThat(target.core.state()).isEqualTo(SessionState.IN_LOGOUT);
    return target;
  }

  @Test
  @DisplayName("A target that counts the immediate Logout Request as a command has answered it")
  void aTargetThatCountsTheLogoutRequestAsACommandHasAnsweredIt() {
    ScriptedTarget target = inLogout();
    LogoutRequest request = target.next(LogoutRequest.class);
    assertThat(request.immediate()).isTrue();
    target.expCmdSn++;
    target.receive(loggedOut(target, request));
    assertThat(((ConnectionFailure) target.downs.get(0)).reason())
        .isEqualTo(ConnectionFailure.Reason.LOGGED_OUT);
  }

  // ---- logout while one is under way

  @Test
  void aLogoutDuringTheOneThatTheTargetAskedForEndsTheSessionWithItsAnswer() {
    ScriptedTarget target = inLogout();
    target.core.logout(target.nowNs);
    target.pass(1_000);
    LogoutRequest request = target.next(LogoutRequest.class);
    assertThat(target.sent).as("asked once").isEmpty();
    target.receive(loggedOut(target, request));
    assertThat(target.ends).hasSize(1);
    assertThat(target.ends.get(0).reason()).isEqualTo(SessionFailure.Reason.CLOSED);
    assertThat(target.core.state()).isEqualTo(SessionState.FREE);
    assertThat(target.core.nextDeadlineNs()).isEqualTo(SessionCore.NO_DEADLINE);
  }

  @Test
  void aLogoutDuringTheOneThatTheTargetAskedForEndsTheSessionWithoutAnAnswerToo() {
    ScriptedTarget target = inLogout();
    target.core.logout(target.nowNs);
    // no deadline is left behind that is due and stays so
    target.pass(3_999);
    assertThat(target.ends).isEmpty();
    target.pass(1);
    assertThat(target.ends).hasSize(1);
    assertThat(target.core.state()).isEqualTo(SessionState.FREE);
    assertThat(target.connects).as("it does not come back").hasSize(1);
  }

  @Test
  void aSecondLogoutOfTheUserChangesNothing() {
    ScriptedTarget target = ScriptedTarget.up();
    target.core.logout(target.nowNs);
    target.pass(1_000);
    target.core.logout(target.nowNs);
    target.next(LogoutRequest.class);
    assertThat(target.sent).isEmpty();
    target.pass(1_999);
    assertThat(target.ends).isEmpty();
    target.pass(1);
    assertThat(target.ends).hasSize(1);
    target.core.logout(target.nowNs);
    assertThat(target.ends).hasSize(1);
    assertThat(target.core.nextDeadlineNs()).isEqualTo(SessionCore.NO_DEADLINE);
  }

  @Test
  void aLogoutWhileTasksEndForTheTargetsLogoutKeepsTheEarlierDeadline() {
    ScriptedTarget target = ScriptedTarget.up();
    Submitted slow = target.read(512);
    target.command();
    target.receive(logoutWanted(target, 4));
    assertThat(target.core.state()).isEqualTo(SessionState.LOGOUT_REQUESTED);
    target.core.logout(target.nowNs);
    target.pass(1_999);
    assertThat(target.sent).isEmpty();
    target.pass(1);
    LogoutRequest request = target.next(LogoutRequest.class);
    assertThat(slow.pending()).isTrue();
    target.receive(loggedOut(target, request));
    assertThat(slow.ended(SessionFailure.class).sent()).isTrue();
    assertThat(target.ends).hasSize(1);
    assertThat(target.core.nextDeadlineNs()).isEqualTo(SessionCore.NO_DEADLINE);
  }

  @Test
  void theTargetsWishDuringTheUsersLogoutIsMetByIt() {
    ScriptedTarget target = ScriptedTarget.up();
    target.core.logout(target.nowNs);
    LogoutRequest request = target.next(LogoutRequest.class);
    target.receive(logoutWanted(target, 10));
    assertThat(target.sent).isEmpty();
    target.receive(loggedOut(target, request));
    assertThat(target.ends).hasSize(1);
    assertThat(target.core.state()).isEqualTo(SessionState.FREE);
  }

  @Test
  void aLogoutWhileTheSessionIsDownEndsIt() {
    ScriptedTarget target = ScriptedTarget.up();
    target.closedByTarget();
    target.core.logout(target.nowNs);
    assertThat(target.ends).hasSize(1);
    target.pass(60_000);
    assertThat(target.connects).hasSize(1);
  }

  // ---- DefaultTime2Wait (section 13.15)

  @Test
  void anOfferWithAnotherTime2WaitDiffersInThatAlone() {
    assertThat(OFFER.withTime2Wait(7))
        .isEqualTo(
            new NegotiationOffer(
                DigestPolicy.NONE, DigestPolicy.NONE, 4096, 2048, 4096, false, true, 1, 7, 0));
    assertThat(NegotiationOffer.defaults().withTime2Wait(2)).isEqualTo(NegotiationOffer.defaults());
  }

  @ParameterizedTest(name = "we want {0} s, the target {1} s: next login after {2} ms")
  @CsvSource({
    "3, 3, 3000",
    "3, 1, 3000",
    "1, 4, 4000",
    // the reconnect delay of 500 ms counts where it is longer
    "0, 0, 500",
  })
  @Tag("rfc7143:7.5-a")
  void theLongerTime2WaitPassesBeforeTheNextLogin(int ours, int theirs, int expectedMs) {
    ScriptedTarget target = new ScriptedTarget(settings().withOffer(OFFER.withTime2Wait(ours)));
    // the answer to a numerical key is the greater of the two
    String answer = Integer.toString(Math.max(ours, theirs));
    target.own =
        Map.of(
            OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH,
            "1024",
            OperationalKey.DEFAULT_TIME_2_WAIT,
            answer);
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    target.answerSecurity(KeyValues.empty().with("AuthMethod", "None"));
    assertThat(ScriptedTarget.keys(target.answerOperational().data()).get("DefaultTime2Wait"))
        .hasValue(Integer.toString(ours));
    assertThat(target.ups.get(0).time2WaitSec()).isEqualTo(Math.max(ours, theirs));
    target.closedByTarget();
    target.pass(expectedMs - 1);
    assertThat(target.connects).hasSize(1);
    target.pass(1);
    assertThat(target.connects).hasSize(2);
    // an attempt that failed lost no session: the delay alone counts
    target.refused();
    target.pass(499);
    assertThat(target.connects).hasSize(2);
    target.pass(1);
    assertThat(target.connects).hasSize(3);
  }

  @ParameterizedTest(name = "{0}, Time2Wait {1} s of 3 negotiated: next login after {2} ms")
  @CsvSource({
    // ignored below ErrorRecoveryLevel 2
    "CLOSED, 0, 0",
    "CLOSED, 5, 0",
    // invalid
    "CID_NOT_FOUND, 5, 3000",
    "CONNECTION_RECOVERY_NOT_SUPPORTED, 5, 5000",
    "CLEANUP_FAILED, 5, 5000",
    "CLEANUP_FAILED, 0, 3000",
  })
  @Tag("rfc7143:11.15-a")
  void theTimeInAnAnswerToALogoutCountsWhereTheLogoutFailed(
      LogoutResult response, int time2WaitSec, int expectedMs) {
    ScriptedTarget target = ScriptedTarget.up(settings().withOffer(OFFER.withTime2Wait(3)));
    target.receive(logoutWanted(target, 10));
    LogoutRequest request = target.next(LogoutRequest.class);
    target.receive(
        new LogoutResponse(
            response,
            request.initiatorTaskTag(),
            target.statSn++,
            target.expCmdSn,
            target.maxCmdSn(),
            time2WaitSec,
            20));
    target.pass(Math.max(0, expectedMs - 1));
    assertThat(target.connects).hasSize(expectedMs == 0 ? 2 : 1);
    target.pass(1);
    assertThat(target.connects).hasSize(2);
  }
}
