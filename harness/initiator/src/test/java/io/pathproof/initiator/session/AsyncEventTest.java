package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.protocol.iscsi.DataOut;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.ScsiResponse;
import io.pathproof.protocol.iscsi.TextRequest;
import io.pathproof.protocol.iscsi.TextResponse;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Asynchronous messages (RFC 7143 section 11.9.1), event by event. */
class AsyncEventTest {
  private final ScriptedTarget target = ScriptedTarget.up();

  private void event(int event, int parameter1, int parameter2, int parameter3) {
    target.receive(target.async(0, event, parameter1, parameter2, parameter3, Pdu.NO_DATA));
  }

  private ConnectionFailure down() {
    assertThat(target.downs).hasSize(1);
    return (ConnectionFailure) target.downs.get(0);
  }

  @Test
  @DisplayName("Event 0: the sense data is passed up with its LUN, and the session goes on")
  void aScsiEventIsPassedUpWithItsSense() throws Exception {
    ByteBuffer sense = pattern(18);
    ByteBuffer reused = ScsiResponse.senseSegment(sense);
    target.receive(target.async(5, 0, 0, 0, 0, reused));
    for (int i = 0; i < reused.limit(); i++) {
      reused.put(i, (byte) 0);
    }
    SessionEvent.AsyncReceived told = target.events(SessionEvent.AsyncReceived.class).get(0);
    assertThat(told.message().lun()).isEqualTo(5);
    assertThat(told.message().senseData()).as("a copy, the input may be reused").isEqualTo(sense);
    assertThat(target.core.state()).isEqualTo(SessionState.LOGGED_IN);
  }

  @ParameterizedTest
  @ValueSource(ints = {255, 6, 77, 247})
  @DisplayName("Event 255 and reserved ones: told, acknowledged, and nothing else")
  void eventsOfVendorsAndUnknownOnesAreToldAndAcknowledged(int event) {
    event(event, 1, 2, 3);
    assertThat(target.events(SessionEvent.AsyncReceived.class)).hasSize(1);
    target.read(0);
    assertThat(target.command().expStatSn()).isEqualTo(target.statSn);
    assertThat(target.downs).isEmpty();
  }

  @Test
  @DisplayName("Any event uses up a StatSN: a wrong one ends the connection")
  void anEventWithAWrongStatSnEndsTheConnection() {
    target.statSn += 3;
    event(255, 0, 0, 0);
    assertThat(down().text()).startsWith("ASYNC_MESSAGE: StatSN: ");
  }

  // ---- event 1

  @Test
  @DisplayName("Event 1 with Parameter3 0: the Logout Request goes out at once")
  @Tag("rfc7143:11.9-a")
  void aLogoutWithoutTimeIsSentAtOnce() {
    final Submitted slow = target.read(512);
    target.command();
    event(1, 0, 0, 0);
    target.next(LogoutRequest.class);
    assertThat(slow.pending()).isTrue();
  }

  @Test
  @DisplayName("Event 1 with Parameter3 1: the Logout Request goes out within that second")
  @Tag("rfc7143:11.9-a")
  void aLogoutWithinASecondIsSentWithinIt() {
    target.read(512);
    target.command();
    event(1, 0, 0, 1);
    target.pass(499);
    assertThat(target.sent).isEmpty();
    target.pass(1);
    target.next(LogoutRequest.class);
    target.pass(500);
    assertThat(down().reason()).isEqualTo(ConnectionFailure.Reason.LOGOUT_UNCONFIRMED);
  }

  @Test
  @DisplayName("Event 1 again with less time: the shorter deadline counts")
  void aSecondRequestWithLessTimeShortensTheDeadline() {
    target.read(512);
    target.command();
    event(1, 0, 0, 20);
    event(1, 0, 0, 2);
    target.pass(1_000);
    target.next(LogoutRequest.class);
    target.pass(1_000);
    assertThat(down().reason()).isEqualTo(ConnectionFailure.Reason.LOGOUT_UNCONFIRMED);
  }

  @Test
  @DisplayName("Event 1 again with more time does not lengthen the deadline")
  void aSecondRequestWithMoreTimeChangesNothing() {
    target.read(512);
    target.command();
    event(1, 0, 0, 2);
    event(1, 0, 0, 20);
    target.pass(1_000);
    target.next(LogoutRequest.class);
    target.pass(1_000);
    assertThat(down().reason()).isEqualTo(ConnectionFailure.Reason.LOGOUT_UNCONFIRMED);
  }

  // ---- events 2 and 3

  @ParameterizedTest
  @CsvSource({"2, 0, 500", "2, 7, 7000", "3, 0, 500", "3, 7, 7000"})
  @DisplayName("Events 2 and 3: the next login waits for Time2Wait of Parameter2")
  void aDropIsTakenAndTime2WaitIsKept(int event, int time2WaitSec, int waitsMs) {
    Submitted read = target.read(512);
    event(event, 0, time2WaitSec, 0);
    assertThat(down().reason()).isEqualTo(ConnectionFailure.Reason.TERMINATED_BY_TARGET);
    assertThat(read.ended(ConnectionFailure.class).sent()).isTrue();
    target.pass(waitsMs - 1);
    assertThat(target.connects).hasSize(1);
    target.pass(1);
    assertThat(target.connects).hasSize(2);
  }

  @Test
  @DisplayName("Event 2 about the CID of another connection than ours says nothing")
  void aDropOfAnotherConnectionIsNotOurs() {
    event(2, 9, 0, 0);
    assertThat(target.downs).isEmpty();
    assertThat(target.events(SessionEvent.AsyncReceived.class)).hasSize(1);
  }

  @Test
  @DisplayName("Event 3 is for all connections, whatever Parameter1 says")
  void aDropOfAllConnectionsIsOurs() {
    event(3, 9, 0, 0);
    assertThat(down().reason()).isEqualTo(ConnectionFailure.Reason.TERMINATED_BY_TARGET);
  }

  @ParameterizedTest
  @CsvSource({"2, 5, DROPPED_BY_TARGET", "3, 5, DROPPED_BY_TARGET", "2, 0, TERMINATED_BY_TARGET"})
  @DisplayName("Events 2 and 3: with Parameter3 0 the target terminates what is outstanding")
  void whatTheTargetKeepsForAReassignmentIsNotTerminated(
      int event, int time2RetainSec, ConnectionFailure.Reason reason) {
    event(event, 0, 0, time2RetainSec);
    assertThat(down().reason()).isEqualTo(reason);
  }

  // ---- event 4

  private TextResponse text(TextRequest request, boolean last, String text) {
    return new TextResponse(
        last,
        false,
        0,
        request.initiatorTaskTag(),
        last ? Pdu.RESERVED_TAG : 0x4711,
        target.statSn++,
        target.expCmdSn,
        target.maxCmdSn(),
        FuzzTarget.text(text));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10})
  @DisplayName("Event 4: a Text Request goes out at once, within any Parameter3")
  @Tag("rfc7143:6.4-a")
  void aNegotiationIsBegunAtOnce(int withinSec) {
    event(4, 0, 0, withinSec);
    TextRequest request = target.text();
    assertThat(ScriptedTarget.keys(request.data()).asMap())
        .containsExactly(Map.entry("MaxRecvDataSegmentLength", "4096"));
  }

  @Test
  @DisplayName("Event 4: the target's new MaxRecvDataSegmentLength counts from the next PDU on")
  void whatTheTargetChangesCountsFromThenOn() {
    target.write(7_000);
    int tag = target.command().initiatorTaskTag();
    target.next(DataOut.class);
    event(4, 0, 0, 3);
    target.receive(text(target.text(), true, "MaxRecvDataSegmentLength=512\0"));
    assertThat(target.events(SessionEvent.ParametersChanged.class).get(0).parameters())
        .isEqualTo(target.ups.get(0).withMaxSendDataSegmentLength(512));
    target.receive(target.r2t(tag, 0, 2_048, 1_024));
    assertThat(target.next(DataOut.class).data().remaining()).isEqualTo(512);
    assertThat(target.next(DataOut.class).data().remaining()).isEqualTo(512);
    target.write(600);
    assertThat(target.command().data().remaining()).isEqualTo(512);
  }

  @Test
  @DisplayName("Event 4: login keys are refused there, unknown ones not understood")
  void keysThatHaveNoPlaceThereAreRefused() {
    event(4, 0, 0, 3);
    TextRequest first = target.text();
    target.receive(text(first, false, "ErrorRecoveryLevel=2\0X-a=1\0TargetAlias=x\0X-b=Reject\0"));
    TextRequest reply = target.text();
    assertThat(reply.targetTransferTag()).isEqualTo(0x4711);
    assertThat(ScriptedTarget.keys(reply.data()).asMap())
        .containsExactly(
            Map.entry("ErrorRecoveryLevel", "Reject"), Map.entry("X-a", "NotUnderstood"));
    target.receive(text(reply, true, ""));
    assertThat(target.downs).isEmpty();
    event(4, 0, 0, 3);
    target.text();
  }

  @Test
  @DisplayName("Event 4: an illegal value ends the connection and names the key")
  void anIllegalValueOfTheTargetIsNamed() {
    event(4, 0, 0, 3);
    target.receive(text(target.text(), true, "MaxRecvDataSegmentLength=100\0"));
    assertThat(down().text()).startsWith("TEXT_RESPONSE: MaxRecvDataSegmentLength: ");
  }

  @Test
  @DisplayName("Event 4 while a Text Request is under way: that one is the answer")
  @Tag("rfc7143:11.10-a")
  void aTextRequestThatIsUnderWayIsEnough() {
    event(4, 0, 0, 3);
    event(4, 0, 0, 3);
    target.text();
    assertThat(target.sent).isEmpty();
  }

  @Test
  @DisplayName("Event 4 behind a Logout Request: the logout is the answer")
  @Tag("rfc7143:6.4-a")
  void aLogoutThatIsUnderWayIsEnough() {
    event(1, 0, 0, 3);
    target.next(LogoutRequest.class);
    event(4, 0, 0, 3);
    assertThat(target.sent).isEmpty();
    assertThat(target.downs).isEmpty();
  }

  // ---- event 5

  @Test
  @DisplayName("Event 5: tasks of the LUN end, a NOP-Out with the LUN says so (4.2.3.4)")
  @Tag("rfc7143:4.2.3.4-a")
  void theTasksOfALogicalUnitEndAndItIsAcknowledged() {
    Submitted ended = target.submit(7);
    final int tag = target.command().initiatorTaskTag();
    final Submitted other = target.submit(8);
    target.command();
    target.receive(target.async(7, 5, 0, 0, 0, Pdu.NO_DATA));
    assertThat(ended.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.TERMINATED);
    assertThat(other.pending()).isTrue();
    NopOut acknowledgement = target.next(NopOut.class);
    assertThat(acknowledgement.initiatorTaskTag()).isEqualTo(Pdu.RESERVED_TAG);
    assertThat(acknowledgement.targetTransferTag()).isEqualTo(Pdu.RESERVED_TAG);
    assertThat(acknowledgement.lun()).isEqualTo(7);
    assertThat(acknowledgement.expStatSn()).isEqualTo(target.statSn);
    target.receive(target.status(tag, 0, 0));
    assertThat(target.downs).as("a latecomer").isEmpty();
  }
}
