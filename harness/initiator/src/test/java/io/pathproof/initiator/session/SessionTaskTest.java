package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.OFFER;
import static io.pathproof.initiator.session.ScriptedTarget.pattern;
import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.protocol.iscsi.DataOut;
import io.pathproof.protocol.iscsi.Isid;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduEncoder;
import io.pathproof.protocol.iscsi.R2t;
import io.pathproof.protocol.iscsi.Reject;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.ScsiResponse;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TextRequest;
import io.pathproof.protocol.iscsi.TextResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tasks: window, data both ways, residuals, and what has no place (RFC 7143). */
class SessionTaskTest {
  private static R2t r2t(ScriptedTarget target, int tag, int r2tSn, int offset, int length) {
    return new R2t(
        0,
        tag,
        0x7000 + r2tSn,
        target.statSn,
        target.expCmdSn,
        target.maxCmdSn(),
        r2tSn,
        offset,
        length);
  }

  private static ConnectionFailure.Reason down(ScriptedTarget target) {
    assertThat(target.downs).hasSize(1);
    assertThat(target.disconnects).hasSize(1);
    return ((ConnectionFailure) target.downs.get(0)).reason();
  }

  // ---- window

  @Test
  @Tag("rfc7143:4.2.2.1-b")
  void commandsWaitWhileTheWindowIsClosed() {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.window = 2;
    target.core.start(target.nowNs);
    target.login();
    target.read(0);
    target.read(0);
    target.read(0);
    ScsiCommand first = target.command();
    ScsiCommand second = target.command();
    assertThat(target.sent).isEmpty();
    assertThat(second.initiatorTaskTag()).isNotEqualTo(first.initiatorTaskTag());
    target.receive(target.update());
    assertThat(target.command().cmdSn()).isEqualTo(3);
    // A window of 3 is granted, then one of 0 by an older PDU: the grant holds.
    target.window = 3;
    target.receive(target.update());
    target.window = 0;
    target.receive(target.update());
    target.read(0);
    assertThat(target.command().cmdSn()).isEqualTo(4);
    // A MaxCmdSN below ExpCmdSN-1 says nothing at all.
    target.window = -10;
    target.receive(target.update());
    target.read(0);
    assertThat(target.command().cmdSn()).isEqualTo(5);
  }

  @Test
  @Tag("rfc7143:4.2.2.1-a")
  void sequenceNumbersGoOnAcrossTheWrap() {
    // The scripted target's StatSN starts two below the wrap.
    ScriptedTarget target = ScriptedTarget.up();
    for (int i = 0; i < 8; i++) {
      Submitted read = target.read(0);
      ScsiCommand command = target.command();
      assertThat(command.expStatSn()).isEqualTo(target.statSn);
      target.receive(target.status(command.initiatorTaskTag(), 0, 0));
      read.ended(ScsiResult.class);
    }
    assertThat(target.core.outstanding()).isZero();
  }

  @Test
  void aTaskThatTheWindowNeverLetsOutTimesOutUnsent() {
    ScriptedTarget target =
        new ScriptedTarget(
            settings().withTimers(SessionTimers.ofMillis(1_000, 0, 2_000, 30_000, 3_000, 0, 500)));
    target.window = 0;
    target.core.start(target.nowNs);
    target.login();
    Submitted read = target.read(0);
    target.pass(30_000);
    assertThat(read.ended(TaskFailure.class))
        .matches(f -> !f.sent())
        .matches(f -> f.reason() == TaskFailure.Reason.TIMED_OUT);
    assertThat(target.downs).isEmpty();
  }

  // ---- writes: FirstBurstLength 2048, MaxBurstLength 4096, the target takes 1024 a PDU

  @Test
  @Tag("rfc7143:4.2.2.4-a")
  @Tag("rfc7143:4.2.5.2-a")
  @Tag("rfc7143:4.2.5.2-c")
  @Tag("rfc7143:11.3-a")
  @Tag("rfc7143:11.3-b")
  @Tag("rfc7143:11.7-a")
  @Tag("rfc7143:11.7-b")
  @Tag("rfc7143:13.12-a")
  void aWriteGoesAsImmediateThenUnsolicitedThenSolicitedData() {
    ScriptedTarget target = ScriptedTarget.up();
    Submitted write = target.write(7_000);
    ScsiCommand command = target.command();
    ByteBuffer data = pattern(7_000);
    assertThat(command.expectedDataTransferLength()).isEqualTo(7_000);
    assertThat(command.finalBit()).isFalse();
    assertThat(command.data()).isEqualTo(data.slice(0, 1024));
    DataOut unsolicited = target.next(DataOut.class);
    assertThat(unsolicited.targetTransferTag()).isEqualTo(Pdu.RESERVED_TAG);
    assertThat(unsolicited.dataSn()).isZero();
    assertThat(unsolicited.bufferOffset()).isEqualTo(1024);
    assertThat(unsolicited.finalBit()).isTrue();
    assertThat(unsolicited.data()).isEqualTo(data.slice(1024, 1024));
    assertThat(target.sent).isEmpty();

    target.receive(r2t(target, command.initiatorTaskTag(), 0, 2048, 3000));
    int[] lengths = {1024, 1024, 952};
    int offset = 2048;
    for (int i = 0; i < 3; i++) {
      DataOut out = target.next(DataOut.class);
      assertThat(out.targetTransferTag()).isEqualTo(0x7000);
      assertThat(out.dataSn()).isEqualTo(i);
      assertThat(out.bufferOffset()).isEqualTo(offset);
      assertThat(out.finalBit()).isEqualTo(i == 2);
      assertThat(out.data()).isEqualTo(data.slice(offset, lengths[i]));
      offset += lengths[i];
    }
    assertThat(target.sent).isEmpty();
    target.receive(r2t(target, command.initiatorTaskTag(), 1, 5048, 1952));
    assertThat(target.next(DataOut.class).dataSn()).as("DataSN starts anew").isZero();
    assertThat(target.next(DataOut.class).finalBit()).isTrue();
    target.receive(target.status(command.initiatorTaskTag(), 0, 0));
    assertThat(write.ended(ScsiResult.class).good()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"true, true, 1024, true, 0", "true, false, 0, true, 0", "false, false, 0, false, 2"})
  @Tag("rfc7143:4.2.5.2-a")
  @Tag("rfc7143:11.3-a")
  @Tag("rfc7143:13.10-a")
  void unsolicitedDataKeepsToWhatWasNegotiated(
      boolean initialR2t, boolean immediate, int inCommand, boolean finalBit, int dataOuts) {
    ScriptedTarget target =
        ScriptedTarget.up(settings().withOffer(OFFER.withUnsolicitedData(initialR2t, immediate)));
    target.write(4_000);
    ScsiCommand command = target.command();
    assertThat(command.data().remaining()).isEqualTo(inCommand);
    assertThat(command.finalBit()).isEqualTo(finalBit);
    assertThat(target.sent).hasSize(dataOuts);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 2048, 100", // R2TSN 0 is missing
    "0, 2048, 4097", // above MaxBurstLength
    "0, 6900, 101", // beyond the end
    "0, 0, 100", // before what was sent already
    "0, -1, 100"
  })
  @Tag("rfc7143:4.2.2.4-b")
  @Tag("rfc7143:7.9-a")
  @Tag("rfc7143:11.8-a")
  void anR2tOutOfOrderEndsTheConnection(int r2tSn, int offset, int length) {
    ScriptedTarget target = ScriptedTarget.up();
    Submitted write = target.write(7_000);
    target.receive(r2t(target, target.command().initiatorTaskTag(), r2tSn, offset, length));
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.PROTOCOL_ERROR);
    assertThat(write.ended(ConnectionFailure.class).sent()).isTrue();
  }

  @Test
  void aWriteAcknowledgedBeforeItsDataWasAskedForIsNoSuccess() {
    ScriptedTarget target = ScriptedTarget.up();
    Submitted write = target.write(7_000);
    target.receive(target.status(target.command().initiatorTaskTag(), 0, 0));
    assertThat(write.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.DATA_LOST);
  }

  // ---- reads

  @Test
  @Tag("rfc7143:11.7-c")
  @Tag("rfc7143:11.7-e")
  void aReadIsPutTogetherWithItsStatus() {
    ScriptedTarget target = ScriptedTarget.up();
    Submitted read = target.read(2_500);
    int tag = target.command().initiatorTaskTag();
    ByteBuffer data = pattern(2_500);
    target.receive(target.dataIn(tag, 0, 0, data.slice(0, 1000), false));
    ByteBuffer reused = ByteBuffer.allocate(1000).put(data.slice(1000, 1000)).flip();
    target.receive(target.dataIn(tag, 1, 1000, reused, false));
    reused.clear().put(new byte[1000]);
    assertThat(read.pending()).isTrue();
    target.receive(target.dataIn(tag, 2, 2000, data.slice(2000, 500), true));
    ScsiResult result = read.ended(ScsiResult.class);
    assertThat(result.good()).isTrue();
    assertThat(result.residual()).isZero();
    assertThat(result.data()).as("copied, the input may be reused").isEqualTo(data);
  }

  @Test
  void aReadGoesIntoTheBufferOfItsCaller() {
    ScriptedTarget target = ScriptedTarget.up();
    ByteBuffer into = ByteBuffer.allocate(12).position(2).limit(10);
    Submitted read = target.read(into);
    ScsiCommand command = target.command();
    assertThat(command.expectedDataTransferLength()).isEqualTo(8);
    int tag = command.initiatorTaskTag();
    target.receive(target.dataIn(tag, 0, 0, ByteBuffer.wrap(new byte[] {1, 2, 3}), false));
    target.receive(target.dataIn(tag, 1, 3, ByteBuffer.wrap(new byte[] {4, 5}), false));
    target.receive(target.status(tag, 0, 3));
    assertThat(into.array()).containsExactly(0, 0, 1, 2, 3, 4, 5, 0, 0, 0, 0, 0);
    assertThat(into).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 0, 0, 0}));
    ByteBuffer data = read.ended(ScsiResult.class).data();
    assertThat(data).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}));
    into.put(2, (byte) 9);
    assertThat(data.get(0)).as("no copy").isEqualTo((byte) 9);
  }

  @Test
  void nothingIsPutBehindTheBufferOfTheCaller() {
    ScriptedTarget target = ScriptedTarget.up();
    ByteBuffer into = ByteBuffer.allocate(12).limit(8);
    target.read(into);
    int tag = target.command().initiatorTaskTag();
    target.receive(target.dataIn(tag, 0, 0, pattern(9), false));
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.PROTOCOL_ERROR);
    assertThat(into.array()).containsOnly(0);
  }

  @Test
  @Tag("rfc7143:11.4-a")
  void aShortReadTellsItsResidual() {
    ScriptedTarget target = ScriptedTarget.up();
    Submitted read = target.read(255);
    int tag = target.command().initiatorTaskTag();
    target.receive(target.dataIn(tag, 0, 0, pattern(36), false));
    target.receive(target.status(tag, 0, 219));
    assertThat(read.ended(ScsiResult.class).residual()).isEqualTo(219);
    assertThat(read.ended(ScsiResult.class).data()).isEqualTo(pattern(36));
  }

  @Test
  @Tag("rfc7143:11.4-a")
  void aReadThatLacksDataIsNoSuccess() {
    ScriptedTarget target = ScriptedTarget.up();
    Submitted read = target.read(255);
    int tag = target.command().initiatorTaskTag();
    target.receive(target.dataIn(tag, 0, 0, pattern(36), false));
    target.receive(target.status(tag, 0, 0));
    assertThat(read.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.DATA_LOST);
    assertThat(target.downs).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 100", "0, 4, 100", "0, 0, 257", "0, -4, 100"})
  @Tag("rfc7143:7.9-a")
  @Tag("rfc7143:11.7-c")
  void dataOutOfOrderEndsTheConnection(int dataSn, int offset, int length) {
    ScriptedTarget target = ScriptedTarget.up();
    target.read(256);
    int tag = target.command().initiatorTaskTag();
    target.receive(target.dataIn(tag, dataSn, offset, pattern(length), false));
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.PROTOCOL_ERROR);
  }

  @Test
  @Tag("rfc7143:10.2-a")
  void senseComesWithTheStatus() {
    ScriptedTarget target = ScriptedTarget.up();
    Submitted read = target.read(255);
    ByteBuffer sense = pattern(18);
    target.receive(
        new ScsiResponse(
            false,
            false,
            false,
            true,
            0,
            2,
            target.command().initiatorTaskTag(),
            0,
            target.statSn++,
            target.expCmdSn,
            target.maxCmdSn(),
            0,
            0,
            255,
            ScsiResponse.senseSegment(sense)));
    assertThat(read.ended(ScsiResult.class).status()).isEqualTo(ScsiResult.CHECK_CONDITION);
    assertThat(read.ended(ScsiResult.class).sense()).isEqualTo(sense);
  }

  // ---- what has no place

  @Test
  @Tag("rfc7143:7.13-a")
  void anAnswerToNothingEndsTheConnection() {
    ScriptedTarget target = ScriptedTarget.up();
    Submitted read = target.read(0);
    target.receive(target.status(0x12345, 0, 0));
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.PROTOCOL_ERROR);
    assertThat(read.ended(ConnectionFailure.class).sent()).isTrue();
  }

  @Test
  @Tag("rfc7143:4.2.2.2-b")
  @Tag("rfc7143:7.9-a")
  void aMissingStatSnEndsTheConnection() {
    ScriptedTarget target = ScriptedTarget.up();
    target.read(0);
    target.statSn++;
    target.receive(target.status(target.command().initiatorTaskTag(), 0, 0));
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.PROTOCOL_ERROR);
  }

  @Test
  @Tag("rfc7143:7.3-a")
  @Tag("rfc7143:11.4-b")
  void aTargetFailureAndARejectAreTheTasksOwn() {
    ScriptedTarget target = ScriptedTarget.up();
    final Submitted failed = target.read(0);
    final Submitted rejected = target.read(0);
    int first = target.command().initiatorTaskTag();
    ScsiCommand second = target.command();
    target.receive(
        new ScsiResponse(
            false,
            false,
            false,
            false,
            1,
            0,
            first,
            0,
            target.statSn++,
            target.expCmdSn,
            target.maxCmdSn(),
            0,
            0,
            0,
            Pdu.NO_DATA));
    ByteBuffer header = new PduEncoder(io.pathproof.protocol.iscsi.Digests.NONE).encode(second);
    target.receive(
        new Reject(5, target.statSn++, target.expCmdSn, target.maxCmdSn(), 0, header.slice(0, 48)));
    assertThat(failed.ended(TaskFailure.class).reason())
        .isEqualTo(TaskFailure.Reason.TARGET_FAILURE);
    assertThat(rejected.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.REJECTED);
    assertThat(target.downs).isEmpty();
    assertThat(target.events(SessionEvent.Rejected.class)).hasSize(1);
  }

  // ---- SendTargets

  @Test
  @Tag("rfc7143:11.10-a")
  @Tag("rfc7143:13.3-a")
  void anAnswerInSeveralPartsIsJoined() {
    ScriptedTarget target =
        new ScriptedTarget(
            SessionSettings.discovery("iqn.test:host", ScriptedTarget.PORTAL, Isid.random(1, 1)));
    target.core.start(target.nowNs);
    target.login();
    List<SendTargets.Target> found = new ArrayList<>();
    target.core.sendTargets(answer(found), target.nowNs);
    TextRequest question = target.text();
    assertThat(question.immediate()).as("the window is open").isFalse();
    assertThat(ScriptedTarget.keys(question.data()).get("SendTargets")).hasValue("All");
    byte[] text =
        "TargetName=iqn.a\0TargetAddress=10.0.0.1:3260,1\0TargetAddress=[fe80::1]:3261,2\0"
            .getBytes(StandardCharsets.UTF_8);
    target.receive(part(target, question, false, ByteBuffer.wrap(text, 0, 25).slice()));
    TextRequest goOn = target.text();
    assertThat(goOn.targetTransferTag()).isEqualTo(0x4711);
    assertThat(goOn.data().remaining()).isZero();
    assertThat(found).isEmpty();
    ByteBuffer rest = ByteBuffer.wrap(text, 25, text.length - 25).slice();
    target.receive(part(target, goOn, true, rest));
    assertThat(found).hasSize(1);
    assertThat(found.get(0).addresses())
        .extracting(Portal::of)
        .containsExactly(new Portal("10.0.0.1", 3260), new Portal("fe80::1", 3261));
    assertThat(target.read(0).ended(SessionFailure.class).reason())
        .isEqualTo(SessionFailure.Reason.NOT_SUPPORTED);
  }

  @Test
  @DisplayName("Where the window is closed the question goes out as an immediate command")
  void aQuestionDoesNotWaitForTheWindow() {
    ScriptedTarget target =
        new ScriptedTarget(
            SessionSettings.discovery("iqn.test:host", ScriptedTarget.PORTAL, Isid.random(1, 1)));
    target.window = 0;
    target.core.start(target.nowNs);
    target.login();
    target.core.sendTargets(answer(new ArrayList<>()), target.nowNs);
    assertThat(target.text().immediate()).isTrue();
  }

  private static TargetsListener answer(List<SendTargets.Target> found) {
    return new TargetsListener() {
      @Override
      public void found(List<SendTargets.Target> targets, long nowNs) {
        found.addAll(targets);
      }

      @Override
      public void failed(Failure failure, long nowNs) {
        throw new AssertionError(failure);
      }
    };
  }

  private static TextResponse part(
      ScriptedTarget target, TextRequest request, boolean last, ByteBuffer data) {
    return new TextResponse(
        last,
        !last,
        0,
        request.initiatorTaskTag(),
        last ? Pdu.RESERVED_TAG : 0x4711,
        target.statSn++,
        target.expCmdSn,
        target.maxCmdSn(),
        data);
  }
}
