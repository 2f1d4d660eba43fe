package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.LogoutReason;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.LogoutResponse;
import io.pathproof.protocol.iscsi.LogoutResult;
import io.pathproof.protocol.iscsi.NopIn;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Opcode;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduEncoder;
import io.pathproof.protocol.iscsi.R2t;
import io.pathproof.protocol.iscsi.Reject;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.ScsiResponse;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementRequest;
import io.pathproof.protocol.iscsi.TaskManagementResponse;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Demands of RFC 7143 on an initiator in the full feature phase that no test of a feature shows.
 */
class CommandDemandsTest {
  private final ScriptedTarget target = ScriptedTarget.up();

  private String down() {
    assertThat(target.downs).hasSize(1);
    ConnectionFailure failure = (ConnectionFailure) target.downs.get(0);
    assertThat(failure.reason()).isEqualTo(ConnectionFailure.Reason.PROTOCOL_ERROR);
    assertThat(target.disconnects).hasSize(1);
    return failure.text();
  }

  /** A response with flags, a service response and a status; the residual count is 77. */
  private ScsiResponse response(int tag, boolean underflow, int response, int status) {
    return new ScsiResponse(
        false,
        false,
        false,
        underflow,
        response,
        status,
        tag,
        0,
        target.statSn++,
        target.expCmdSn,
        target.maxCmdSn(),
        0,
        0,
        77,
        Pdu.NO_DATA);
  }

  // ---- how commands are sent

  @ParameterizedTest
  @CsvSource({
    "none, 0, false, false, true",
    "read, 512, true, false, true",
    "write, 1024, false, true, true", // all of it is immediate
    "write, 1500, false, true, false",
    "write, 4000, false, true, false",
  })
  @Tag("rfc7143:10.6-a")
  @Tag("rfc7143:11.3-a")
  @Tag("rfc7143:11.3-d")
  @DisplayName("Commands are in order, and their flags say which way data goes and what follows")
  void flagsOfACommand(String kind, int bytes, boolean reads, boolean writes, boolean last) {
    switch (kind) {
      case "read" -> target.read(bytes);
      case "write" -> target.write(bytes);
      default -> target.submit(0);
    }
    ScsiCommand command = target.command();
    assertThat(command.immediate()).isFalse();
    assertThat(command.read()).isEqualTo(reads);
    assertThat(command.write()).isEqualTo(writes);
    assertThat(command.finalBit()).isEqualTo(last);
    assertThat(command.expectedDataTransferLength()).isEqualTo(bytes);
    assertThat(target.sent.isEmpty()).as("unsolicited data follows").isEqualTo(last);
  }

  private final class Ignored implements TaskManagement.Listener {
    @Override
    public void answered(TaskManagementResult result, long nowNs) {}

    @Override
    public void failed(Failure failure, long nowNs) {}
  }

  @Test
  @Tag("rfc7143:4.2.4-c")
  @Tag("rfc7143:11.2.1-c")
  @Tag("rfc7143:11.2.1-d")
  @DisplayName("All that is sent are an initiator's PDUs; some have no data and no more headers")
  void onlyPdusOfAnInitiatorAreSent() {
    List<Pdu> sent = new ArrayList<>();
    target.write(7_000);
    sent.add(target.command());
    target.pass(ScriptedTarget.TIMERS.nopIntervalNs() / 1_000_000);
    target.receive(target.async(0, 4, 0, 0, 3, Pdu.NO_DATA));
    target.core.manage(
        new TaskManagement(TaskManagementFunction.LOGICAL_UNIT_RESET, 0, new Ignored()),
        target.nowNs);
    target.receive(target.async(0, 1, 0, 0, 0, Pdu.NO_DATA));
    sent.addAll(target.sent);
    Set<Opcode> seen = EnumSet.noneOf(Opcode.class);
    for (Pdu each : sent) {
      seen.add(each.opcode());
      if (each instanceof TaskManagementRequest || each instanceof LogoutRequest) {
        // TotalAHSLength and DataSegmentLength
        assertThat(new PduEncoder(Digests.NONE).encode(each).getInt(4)).isZero();
      }
    }
    assertThat(seen)
        .containsExactlyInAnyOrder(
            Opcode.SCSI_COMMAND,
            Opcode.DATA_OUT,
            Opcode.NOP_OUT,
            Opcode.TEXT_REQUEST,
            Opcode.TASK_MANAGEMENT_REQUEST,
            Opcode.LOGOUT_REQUEST);
  }

  @Test
  @Tag("rfc7143:11.18-b")
  @DisplayName("A ping has a task's tag, and no tag of the target")
  void aPingHasATagOfItsOwn() {
    target.read(512);
    int task = target.command().initiatorTaskTag();
    target.pass(ScriptedTarget.TIMERS.nopIntervalNs() / 1_000_000);
    NopOut ping = target.next(NopOut.class);
    assertThat(ping.initiatorTaskTag()).isNotIn(Pdu.RESERVED_TAG, task);
    assertThat(ping.targetTransferTag()).isEqualTo(Pdu.RESERVED_TAG);
    assertThat(ping.lun()).isZero();
  }

  // ---- what is taken and what is not

  @ParameterizedTest
  @CsvSource({"0, true", "1, false"})
  @Tag("rfc7143:4.2.5.3-b")
  @DisplayName("The LUN of an R2T is that of its command")
  void anR2tHasTheLunOfItsCommand(int lun, boolean sound) {
    target.write(7_000);
    int tag = target.command().initiatorTaskTag();
    target.sent.clear();
    target.receive(
        new R2t(
            (long) lun << 48,
            tag,
            0x7000,
            target.statSn,
            target.expCmdSn,
            target.maxCmdSn(),
            0,
            2_048,
            512));
    if (sound) {
      assertThat(target.sent).hasSize(1);
      assertThat(target.downs).isEmpty();
    } else {
      assertThat(target.sent).isEmpty();
      assertThat(down())
          .isEqualTo("R2T: LUN: 0x0001000000000000, that of the command is 0x0000000000000000");
    }
  }

  @Test
  @Tag("rfc7143:7.7-b")
  @DisplayName("A NOP-In that is an answer and a question at once is a format error")
  void aNopInWithBothTagsEndsTheConnection() {
    target.pass(ScriptedTarget.TIMERS.nopIntervalNs() / 1_000_000);
    int ping = target.next(NopOut.class).initiatorTaskTag();
    target.receive(
        new NopIn(0, ping, 0x99, target.statSn++, target.expCmdSn, target.maxCmdSn(), Pdu.NO_DATA));
    assertThat(down())
        .isEqualTo(
            "NOP_IN: Target Transfer Tag: 0x00000099 beside the Initiator Task Tag of a ping");
  }

  @Test
  @Tag("rfc7143:7.7-c")
  @DisplayName("CHECK CONDITION without a data segment is a format error")
  void checkConditionWithoutDataEndsTheConnection() {
    target.read(512);
    target.receive(response(target.command().initiatorTaskTag(), false, 0, 2));
    assertThat(down())
        .isEqualTo("SCSI_RESPONSE: DataSegmentLength: 0, though the status is CHECK CONDITION");
  }

  @ParameterizedTest
  @CsvSource({"1, false", "2, true", "127, true", "128, false", "255, false"})
  @Tag("rfc7143:11-b")
  @DisplayName("A reserved service response is a protocol error, a vendor's is not")
  void aReservedResponseEndsTheConnection(int code, boolean reserved) {
    final Submitted read = target.read(512);
    target.receive(response(target.command().initiatorTaskTag(), false, code, 0));
    if (reserved) {
      assertThat(down()).isEqualTo("SCSI_RESPONSE: Response: 0x%02x is reserved".formatted(code));
    } else {
      assertThat(target.downs).isEmpty();
      assertThat(read.ended(TaskFailure.class).reason())
          .isEqualTo(TaskFailure.Reason.TARGET_FAILURE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 8})
  @Tag("rfc7143:11.4-c")
  @DisplayName("Status and flags beside a failed service response mean nothing")
  void statusAndFlagsOfAFailedResponseArePassedOver(int status) {
    final Submitted read = target.read(512);
    target.receive(response(target.command().initiatorTaskTag(), true, 1, status));
    assertThat(read.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.TARGET_FAILURE);
    assertThat(target.downs).isEmpty();
  }

  @Test
  @Tag("rfc7143:11.4-d")
  @DisplayName("A residual count without O and U means nothing")
  void aResidualCountWithoutItsFlagsIsPassedOver() {
    final Submitted read = target.read(512);
    int tag = target.command().initiatorTaskTag();
    target.receive(target.dataIn(tag, 0, 0, 512));
    target.receive(response(tag, false, 0, 0));
    assertThat(read.ended(ScsiResult.class).good()).isTrue();
    assertThat(read.ended(ScsiResult.class).residual()).isZero();
  }

  @Test
  @Tag("rfc7143:11.7-f")
  @DisplayName("The A bit means nothing at ErrorRecoveryLevel 0, nor do tag and LUN beside it")
  void theAcknowledgeBitIsPassedOver() {
    final Submitted read = target.read(512);
    int tag = target.command().initiatorTaskTag();
    target.receive(
        new DataIn(
            true,
            true,
            false,
            false,
            true,
            0,
            9,
            tag,
            0x4711,
            target.statSn++,
            target.expCmdSn,
            target.maxCmdSn(),
            0,
            0,
            0,
            ScriptedTarget.pattern(512)));
    assertThat(read.ended(ScsiResult.class).good()).isTrue();
    assertThat(target.sent).as("no SNACK").isEmpty();
  }

  // ---- a rejected command

  private void reject(ScsiCommand command, int expCmdSn) {
    reject(5, command, expCmdSn);
  }

  private void reject(int reason, ScsiCommand command, int expCmdSn) {
    target.receive(
        new Reject(
            reason,
            target.statSn++,
            expCmdSn,
            target.maxCmdSn(),
            0,
            new PduEncoder(Digests.NONE).encode(command).slice(0, 48)));
  }

  @Test
  @Tag("rfc7143:7.3-b")
  @DisplayName("ABORT TASK closes the gap in CmdSN that a rejected command leaves")
  void theGapOfARejectedCommandIsClosed() {
    Submitted read = target.read(512);
    ScsiCommand command = target.next(ScsiCommand.class);
    reject(command, command.cmdSn());
    assertThat(read.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.REJECTED);
    TaskManagementRequest abort = target.next(TaskManagementRequest.class);
    assertThat(abort.function()).isEqualTo(TaskManagementFunction.ABORT_TASK);
    assertThat(abort.referencedTaskTag()).isEqualTo(command.initiatorTaskTag());
    assertThat(abort.refCmdSn()).isEqualTo(command.cmdSn());
    target.expCmdSn = command.cmdSn() + 1;
    target.receive(
        new TaskManagementResponse(
            TaskManagementResult.FUNCTION_COMPLETE,
            abort.initiatorTaskTag(),
            target.statSn++,
            target.expCmdSn,
            target.maxCmdSn()));
    assertThat(target.downs).isEmpty();
    final Submitted next = target.read(0);
    target.receive(target.status(target.command().initiatorTaskTag(), 0, 0));
    assertThat(next.ended(ScsiResult.class).good()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1, true", "2, false", "12, false", "13, false", "255, false"})
  @Tag("rfc7143:11-b")
  @DisplayName("A reserved reason is a protocol error, one that is not assigned yet is not")
  void aReservedReasonEndsTheConnection(int reason, boolean reserved) {
    final Submitted read = target.read(512);
    ScsiCommand command = target.command();
    reject(reason, command, command.cmdSn() + 1);
    if (reserved) {
      assertThat(down()).isEqualTo("REJECT: Reason: 0x01 is reserved");
    } else {
      assertThat(target.downs).isEmpty();
      assertThat(read.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.REJECTED);
    }
  }

  @Test
  @Tag("rfc7143:7.3-b")
  @DisplayName("A rejected command that was counted leaves no gap, and nothing is sent for it")
  void aRejectedCommandThatWasCountedLeavesNoGap() {
    target.read(512);
    ScsiCommand command = target.command();
    reject(command, command.cmdSn() + 1);
    assertThat(target.sent).isEmpty();
  }

  @Test
  @Tag("rfc7143:7.3-b")
  @DisplayName("A command that is rejected while it is being aborted is not aborted twice")
  void aRejectedCommandIsAbortedOnce() {
    Submitted read = target.read(512);
    ScsiCommand command = target.next(ScsiCommand.class);
    target.core.cancel(read.task(), target.nowNs);
    target.next(TaskManagementRequest.class);
    reject(command, command.cmdSn());
    assertThat(target.sent).isEmpty();
  }

  // ---- logout

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Tag("rfc7143:11.9-d")
  @Tag("rfc7143:11.14-b")
  @DisplayName("A logout, of whoever wants it, closes the session, and then the connection")
  void aLogoutClosesSessionAndConnection(boolean targetWantsIt) {
    ScriptedTarget other = ScriptedTarget.up(settings());
    if (targetWantsIt) {
      other.receive(other.async(0, 1, 0, 0, 3, Pdu.NO_DATA));
    } else {
      other.core.logout(other.nowNs);
    }
    LogoutRequest logout = other.next(LogoutRequest.class);
    assertThat(logout.reason()).isEqualTo(LogoutReason.CLOSE_SESSION);
    assertThat(other.disconnects).isEmpty();
    other.receive(
        new LogoutResponse(
            LogoutResult.CLOSED,
            logout.initiatorTaskTag(),
            other.statSn++,
            other.expCmdSn,
            other.maxCmdSn(),
            0,
            0));
    assertThat(other.disconnects).containsExactly("logged out");
  }
}
