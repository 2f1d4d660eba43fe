package io.pathproof.targets.array.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LogoutReason;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.LogoutResponse;
import io.pathproof.protocol.iscsi.NopIn;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.R2t;
import io.pathproof.protocol.iscsi.Reject;
import io.pathproof.protocol.iscsi.RejectReason;
import io.pathproof.protocol.iscsi.ScsiResponse;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementResponse;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import io.pathproof.protocol.iscsi.TextRequest;
import io.pathproof.protocol.iscsi.TextResponse;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.ScsiStatus;
import io.pathproof.targets.array.scsi.Defect;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7143 sections 4.2.2, 11.3 to 11.19, the target's side. */
class FullFeatureTest {
  private final Rig rig = new Rig();
  private ScriptedInitiator host;

  @BeforeEach
  void logIn() {
    host = ready(new ScriptedInitiator(rig, 1));
  }

  /** Logs in and takes the unit attention that the first command of a nexus meets. */
  private static ScriptedInitiator ready(ScriptedInitiator initiator) {
    initiator.loggedIn();
    initiator.command(new Cdb.TestUnitReady(), false, false, 0, Pdu.NO_DATA, true);
    assertThat(initiator.next(ScsiResponse.class).status())
        .isEqualTo(ScsiStatus.CHECK_CONDITION.code());
    return initiator;
  }

  @Test
  void immediateDataIsWrittenAndReadBack() {
    ByteBuffer data = ScriptedInitiator.pattern(1024, 1);

    host.write(4, data, 1024);
    assertThat(host.next(ScsiResponse.class).status()).isZero();
    int tag = host.read(4, 2);

    DataIn in = host.next(DataIn.class);
    assertThat(in.initiatorTaskTag()).isEqualTo(tag);
    assertThat(in.statusBit()).as("status collapsed into the last Data-In").isTrue();
    assertThat(in.finalBit()).isTrue();
    assertThat(in.data()).isEqualTo(data);
  }

  @Test
  void longWriteIsSolicitedInBursts() {
    ByteBuffer data = ScriptedInitiator.pattern(600 * 1024, 2);
    int tag = host.write(0, data, 0);
    int offset = 0;
    int burst = 0;
    while (host.received.peek() instanceof R2t) {
      R2t asked = host.next(R2t.class);
      assertThat(asked.bufferOffset()).isEqualTo(offset);
      assertThat(asked.r2tSn()).isEqualTo(burst++);
      assertThat(asked.desiredDataTransferLength()).isLessThanOrEqualTo(262_144);
      int half = asked.desiredDataTransferLength() / 2;
      host.dataOut(tag, asked.targetTransferTag(), 0, offset, data.slice(offset, half), false);
      host.dataOut(
          tag, asked.targetTransferTag(), 1, offset + half, data.slice(offset + half, half), true);
      offset += asked.desiredDataTransferLength();
    }

    assertThat(burst).isEqualTo(3);
    assertThat(host.next(ScsiResponse.class).status()).isZero();
    assertThat(rig.store(0, data.remaining())).isEqualTo(data.array());
  }

  @ParameterizedTest
  @ValueSource(strings = {"tag", "DataSN", "offset", "too much", "too little"})
  void dataOutHasToFitItsR2t(String what) {
    ByteBuffer data = ScriptedInitiator.pattern(4096, 3);
    int tag = host.write(0, data, 0);
    R2t asked = host.next(R2t.class);

    host.dataOut(
        tag,
        asked.targetTransferTag() + (what.equals("tag") ? 1 : 0),
        what.equals("DataSN") ? 1 : 0,
        what.equals("offset") ? 512 : 0,
        what.equals("too much")
            ? ScriptedInitiator.pattern(8192, 4)
            : data.slice(0, what.equals("too little") ? 512 : 4096),
        true);

    assertThat(host.next(Reject.class).reasonCode()).contains(RejectReason.PROTOCOL_ERROR);
    assertThat(host.closed).isTrue();
    assertThat(rig.target.sessions()).isEmpty();
    assertThat(rig.store(0, 4096)).containsOnly(0);
  }

  @Test
  void longReadComesInSequences() {
    host = ready(new ScriptedInitiator(rig, 3));
    ScriptedInitiator small = new ScriptedInitiator(rig, 4);
    small.logIn(
        KeyValues.empty().with("MaxRecvDataSegmentLength", "4096").with("MaxBurstLength", "8192"));
    small.command(new Cdb.TestUnitReady(), false, false, 0, Pdu.NO_DATA, true);
    small.next(ScsiResponse.class);

    small.read(0, 48);

    for (int i = 0; i < 6; i++) {
      DataIn in = small.next(DataIn.class);
      assertThat(in.dataSn()).isEqualTo(i);
      assertThat(in.bufferOffset()).isEqualTo(i * 4096);
      assertThat(in.data().remaining()).isEqualTo(4096);
      assertThat(in.finalBit()).as("end of a sequence").isEqualTo(i % 2 == 1);
      assertThat(in.statusBit()).isEqualTo(i == 5);
    }
  }

  @Test
  void residualsAreTold() {
    host.command(Cdb.Read.of(0, 1), true, false, 2048, Pdu.NO_DATA, true);
    DataIn under = host.next(DataIn.class);
    assertThat(under.residualUnderflow()).isTrue();
    assertThat(under.residualCount()).isEqualTo(1536);

    host.command(Cdb.Read.of(0, 4), true, false, 512, Pdu.NO_DATA, true);
    DataIn over = host.next(DataIn.class);
    assertThat(over.residualOverflow()).isTrue();
    assertThat(over.residualCount()).isEqualTo(1536);
    assertThat(over.data().remaining()).isEqualTo(512);
  }

  @Test
  void commandsAreCarriedOutInTheirOrder() {
    int first = host.cmdSn;
    host.cmdSn = first + 1;
    host.write(0, ScriptedInitiator.pattern(512, 9), 512);
    assertThat(host.received).as("waits for the one before").isEmpty();

    host.cmdSn = first;
    host.write(0, ScriptedInitiator.pattern(512, 8), 512);

    host.next(ScsiResponse.class);
    host.next(ScsiResponse.class);
    assertThat(rig.store(0, 512)).isEqualTo(ScriptedInitiator.pattern(512, 9).array());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1_000_000})
  void commandOutsideOfTheWindowIsIgnored(int away) {
    host.cmdSn += away;

    host.read(0, 1);

    assertThat(host.received).isEmpty();
    assertThat(host.closed).isFalse();
    assertThat(rig.breaches).hasSize(1);
  }

  @Test
  void tagInUseIsRejected() {
    host.write(0, ScriptedInitiator.pattern(4096, 1), 0);
    host.next(R2t.class);
    host.nextTag--;

    host.read(0, 1);

    assertThat(host.next(Reject.class).reasonCode()).contains(RejectReason.TASK_IN_PROGRESS);
  }

  @Test
  void writesHoldBoundedMemory() {
    ByteBuffer data = ByteBuffer.allocate(1 << 20);
    int refused = 0;
    for (int i = 0; i < 100; i++) {
      host.write(0, data, 0);
      Pdu answer = host.received.remove();
      refused +=
          answer instanceof ScsiResponse full && full.status() == ScsiStatus.TASK_SET_FULL.code()
              ? 1
              : 0;
    }

    assertThat(refused).isEqualTo(36);
  }

  @Test
  void abortedTaskHasNoEffectAndNoAnswer() {
    int tag = host.write(0, ScriptedInitiator.pattern(4096, 5), 0);
    R2t asked = host.next(R2t.class);

    host.manage(TaskManagementFunction.ABORT_TASK, tag, host.cmdSn - 1);
    assertThat(host.next(TaskManagementResponse.class).response())
        .isEqualTo(TaskManagementResult.FUNCTION_COMPLETE);
    host.dataOut(tag, asked.targetTransferTag(), 0, 0, ScriptedInitiator.pattern(4096, 5), true);

    assertThat(host.received).isEmpty();
    assertThat(rig.store(0, 4096)).containsOnly(0);
    host.manage(TaskManagementFunction.ABORT_TASK, tag, host.cmdSn - 1);
    assertThat(host.next(TaskManagementResponse.class).response())
        .isEqualTo(TaskManagementResult.TASK_DOES_NOT_EXIST);
  }

  @Test
  void commandIsAbortedBeforeItComes() {
    host.manage(TaskManagementFunction.ABORT_TASK, 99, host.cmdSn);
    assertThat(host.next(TaskManagementResponse.class).response())
        .isEqualTo(TaskManagementResult.FUNCTION_COMPLETE);

    host.write(0, ScriptedInitiator.pattern(512, 6), 512);
    assertThat(host.received).isEmpty();
    host.read(0, 1);

    assertThat(host.next(DataIn.class).data()).isEqualTo(ByteBuffer.allocate(512));
  }

  @Test
  void resetsEndTheTasksOfAll() {
    ScriptedInitiator other = ready(new ScriptedInitiator(rig, 2));
    other.write(0, ScriptedInitiator.pattern(4096, 5), 0);
    other.next(R2t.class);

    host.manage(TaskManagementFunction.LOGICAL_UNIT_RESET, -1, 0);

    assertThat(host.next(TaskManagementResponse.class).response())
        .isEqualTo(TaskManagementResult.FUNCTION_COMPLETE);
    assertThat(rig.target.sessions()).allMatch(session -> session.commandsInFlight() == 0);
    other.read(0, 1);
    assertThat(other.next(ScsiResponse.class).status())
        .as("a unit attention tells")
        .isEqualTo(ScsiStatus.CHECK_CONDITION.code());
    host.manage(TaskManagementFunction.TARGET_COLD_RESET, -1, 0);
    assertThat(host.closed && other.closed).isTrue();
  }

  @Test
  void silentInitiatorIsAskedAndThenDropped() {
    rig.pass(31 * Rig.SECOND);
    NopIn ping = host.next(NopIn.class);
    host.give(
        new NopOut(
            true, 0, Pdu.RESERVED_TAG, ping.targetTransferTag(), host.cmdSn, 1, Pdu.NO_DATA));
    rig.pass(15 * Rig.SECOND);
    assertThat(host.closed).as("it has answered").isFalse();

    rig.pass(60 * Rig.SECOND);

    assertThat(host.closed).isTrue();
    assertThat(rig.ended).containsExactly("no answer to NOP-In");
  }

  @Test
  void logoutRequestHasItsTime() {
    int tsih = rig.target.sessions().get(0).tsih();

    rig.target.requestLogout(tsih, 3, rig.nowNs);
    AsyncMessage asked = host.next(AsyncMessage.class);
    rig.pass(2 * Rig.SECOND);
    assertThat(host.closed).isFalse();
    rig.pass(2 * Rig.SECOND);

    assertThat(asked.asyncEvent()).isEqualTo(1);
    assertThat(asked.parameter3()).isEqualTo(3);
    assertThat(host.closed).isTrue();
  }

  @Test
  void aNegotiationThatIsAskedForHasItsTime() {
    int tsih = rig.target.sessions().get(0).tsih();

    rig.target.renegotiate(tsih, 4096, 3, rig.nowNs);
    AsyncMessage asked = host.next(AsyncMessage.class);
    rig.pass(2 * Rig.SECOND);
    assertThat(host.closed).isFalse();
    rig.pass(2 * Rig.SECOND);

    assertThat(asked.asyncEvent()).isEqualTo(4);
    assertThat(asked.parameter3()).isEqualTo(3);
    assertThat(rig.ended).containsExactly("no Text Request within its time");
  }

  @Test
  void aTextRequestIsAnsweredWithWhatTheTargetWantsToDeclare() {
    rig.target.renegotiate(rig.target.sessions().get(0).tsih(), 4096, 3, rig.nowNs);
    host.next(AsyncMessage.class);
    host.give(
        new TextRequest(true, true, false, 0, 60, Pdu.RESERVED_TAG, host.cmdSn, 1, Pdu.NO_DATA));

    assertThat(host.next(TextResponse.class).data())
        .isEqualTo(KeyValues.empty().with("MaxRecvDataSegmentLength", "4096").encode());
    rig.pass(4 * Rig.SECOND);
    assertThat(host.closed).as("it has asked in time").isFalse();
  }

  @Test
  void heldCommandsAreCarriedOutInTheirOrderOnceThePortLetsThem() {
    String port = rig.target.sessions().get(0).portal().port();
    rig.target.hold(port, true, rig.nowNs);
    host.write(0, ScriptedInitiator.pattern(512, 1), 512);
    int aborted = host.write(1, ScriptedInitiator.pattern(512, 1), 512);
    host.write(0, ScriptedInitiator.pattern(512, 2), 512);
    assertThat(host.received).isEmpty();
    assertThat(rig.target.sessions().get(0).commandsInFlight()).isEqualTo(3);

    host.manage(TaskManagementFunction.ABORT_TASK, aborted, host.cmdSn - 2);
    assertThat(host.next(TaskManagementResponse.class).response())
        .isEqualTo(TaskManagementResult.FUNCTION_COMPLETE);
    rig.target.hold(port, false, rig.nowNs);

    assertThat(host.next(ScsiResponse.class).status()).isEqualTo(ScsiStatus.GOOD.code());
    assertThat(host.next(ScsiResponse.class).status()).isEqualTo(ScsiStatus.GOOD.code());
    assertThat(host.received).isEmpty();
    assertThat(rig.store(0, 512)).isEqualTo(ScriptedInitiator.pattern(512, 2).array());
    assertThat(rig.store(512, 512)).as("of the aborted one").containsOnly(0);
  }

  @Test
  void logoutEndsTheSession() {
    host.give(new LogoutRequest(true, LogoutReason.CLOSE_SESSION, 50, 1, host.cmdSn, 1));

    host.next(LogoutResponse.class);
    assertThat(host.closed).isTrue();
    assertThat(rig.target.sessions()).isEmpty();
  }

  @Test
  void ignoredAbortTakesItsEffectAllTheSame() {
    rig.defects.set(Defect.IGNORE_ABORT, true);
    for (int i = 0; i < 24; i++) {
      host.write(i, ScriptedInitiator.pattern(512, 1), 512);
      host.next(ScsiResponse.class);
    }
    int held = host.write(100, ScriptedInitiator.pattern(512, 7), 512);
    assertThat(host.received).isEmpty();

    host.manage(TaskManagementFunction.ABORT_TASK, held, host.cmdSn - 1);

    assertThat(host.next(TaskManagementResponse.class).response())
        .isEqualTo(TaskManagementResult.FUNCTION_COMPLETE);
    assertThat(rig.store(51_200, 512)).containsOnly(0);
    rig.defects.set(Defect.IGNORE_ABORT, false);
    rig.pass(4 * Rig.SECOND);
    assertThat(rig.store(51_200, 512)).isEqualTo(ScriptedInitiator.pattern(512, 7).array());
    assertThat(host.received).as("nobody is told").isEmpty();
  }

  @Test
  void heldCommandIsCarriedOutAfterItsSession() {
    rig.defects.set(Defect.HOLD_COMMAND, true);
    for (int i = 0; i < 25; i++) {
      host.write(i, ScriptedInitiator.pattern(512, 7), 512);
    }
    assertThat(host.received).hasSize(24);
    rig.defects.set(Defect.HOLD_COMMAND, false);

    host.connection.onClosed(rig.nowNs);
    rig.pass(Rig.SECOND);
    assertThat(rig.store(24 * 512, 512)).containsOnly(0);
    rig.pass(2 * Rig.SECOND);

    assertThat(rig.store(24 * 512, 512)).isEqualTo(ScriptedInitiator.pattern(512, 7).array());
  }

  @Test
  void wrongNumbersAreTold() {
    rig.defects.set(Defect.BAD_RESIDUAL, true);
    rig.defects.set(Defect.BAD_DATA_SN, true);
    rig.defects.set(Defect.BAD_CMD_SN, true);
    int residuals = 0;
    int dataSns = 0;
    int cmdSns = 0;
    for (int i = 0; i < 400; i++) {
      host.read(0, 1);
      DataIn in = host.next(DataIn.class);
      residuals += in.residualUnderflow() ? 1 : 0;
      dataSns += in.dataSn() == 0 ? 0 : 1;
      cmdSns += in.expCmdSn() == host.cmdSn ? 0 : 1;
    }

    assertThat(residuals).isEqualTo(10);
    assertThat(dataSns).isEqualTo(10);
    assertThat(cmdSns).isEqualTo(10);
  }
}
