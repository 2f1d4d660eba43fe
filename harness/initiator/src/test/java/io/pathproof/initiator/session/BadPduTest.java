package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.pattern;
import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.LogoutResponse;
import io.pathproof.protocol.iscsi.LogoutResult;
import io.pathproof.protocol.iscsi.NopIn;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduDecoder;
import io.pathproof.protocol.iscsi.PduEncoder;
import io.pathproof.protocol.iscsi.Reject;
import io.pathproof.protocol.iscsi.ScsiResponse;
import io.pathproof.protocol.iscsi.TaskManagementResponse;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import io.pathproof.protocol.iscsi.TextResponse;
import java.nio.ByteBuffer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad PDUs: the scope of what ends, and the message, which names the PDU and the field. */
class BadPduTest {
  private static final int NO_TAG = 0x00abcdef;

  private static Arguments bad(Function<ScriptedTarget, Pdu> pdu, String text) {
    return Arguments.of(text, pdu);
  }

  private static ScsiResponse response(
      ScriptedTarget t, int tag, boolean o, boolean u, int expDataSn, int statSn) {
    return new ScsiResponse(
        o,
        u,
        false,
        false,
        0,
        0,
        tag,
        0,
        statSn,
        t.expCmdSn,
        t.maxCmdSn(),
        expDataSn,
        9,
        0,
        Pdu.NO_DATA);
  }

  /** CHECK CONDITION with that for a data segment, where SenseLength stands before the sense. */
  private static ScsiResponse sense(ScriptedTarget t, int... data) {
    byte[] bytes = new byte[data.length];
    for (int i = 0; i < data.length; i++) {
      bytes[i] = (byte) data[i];
    }
    return new ScsiResponse(
        false,
        false,
        false,
        false,
        0,
        ScsiResult.CHECK_CONDITION,
        readTag(t),
        0,
        t.statSn,
        t.expCmdSn,
        t.maxCmdSn(),
        0,
        0,
        0,
        ByteBuffer.wrap(bytes));
  }

  /** The tag of a read of 512 bytes that is in flight: the first that was given. */
  private static int readTag(ScriptedTarget target) {
    target.read(512);
    return target.command().initiatorTaskTag();
  }

  private static int writeTag(ScriptedTarget target) {
    target.write(7_000);
    int tag = target.command().initiatorTaskTag();
    target.sent.clear();
    return tag;
  }

  static Stream<Arguments> connectionEnds() {
    return Stream.of(
        bad(t -> t.dataIn(readTag(t), 1, 0, 8), "DATA_IN: DataSN: 1, expected 0"),
        bad(t -> t.dataIn(readTag(t), 0, 8, 8), "DATA_IN: Buffer Offset: 8, expected 0"),
        bad(t -> t.dataIn(readTag(t), 0, -8, 8), "DATA_IN: Buffer Offset: 4294967288, expected 0"),
        bad(
            t -> t.dataIn(readTag(t), 0, 0, 513),
            "DATA_IN: DataSegmentLength: bytes 0 to 513 of 512"),
        bad(
            t -> t.dataIn(NO_TAG, 0, 0, 8),
            "DATA_IN: Initiator Task Tag: 0x00abcdef belongs to nothing that is under way"),
        bad(
            t -> t.dataIn(writeTag(t), 0, 0, 8),
            "DATA_IN: Initiator Task Tag: 0x00000001 belongs to a command that does not read"),
        bad(t -> t.r2t(writeTag(t), 1, 2_048, 8), "R2T: R2TSN: 1, expected 0"),
        bad(
            t -> t.r2t(writeTag(t), 0, 2_048, 4_097),
            "R2T: Desired Data Transfer Length: 4097 bytes, MaxBurstLength is 4096"),
        bad(t -> t.r2t(writeTag(t), 0, 6_993, 8), "R2T: Buffer Offset: bytes 6993 to 7001 of 7000"),
        bad(
            t -> t.r2t(writeTag(t), 0, -1, 8),
            "R2T: Buffer Offset: bytes 4294967295 to 4294967303 of 7000"),
        bad(
            t -> t.r2t(writeTag(t), 0, 2_047, 8),
            "R2T: Buffer Offset: 2047 after 2048 bytes, DataSequenceInOrder is Yes"),
        bad(
            t -> t.r2t(readTag(t), 0, 0, 8),
            "R2T: Initiator Task Tag: 0x00000001 belongs to a command that does not write"),
        bad(
            t -> response(t, NO_TAG, false, false, 0, t.statSn),
            "SCSI_RESPONSE: Initiator Task Tag: 0x00abcdef belongs to nothing that is under way"),
        bad(
            t -> response(t, readTag(t), false, false, 0, 7),
            "SCSI_RESPONSE: StatSN: 0x00000007, expected 0x00000000"),
        bad(
            t -> sense(t, 0, 20, 0x70, 0),
            "SCSI_RESPONSE: SenseLength at byte 48: says 20 of 2 bytes [TRUNCATED]"),
        bad(
            t -> sense(t, 0),
            "SCSI_RESPONSE: SenseLength at byte 48: needs 2 bytes, has 1 [TRUNCATED]"),
        bad(
            t -> new NopIn(0, NO_TAG, -1, t.statSn, t.expCmdSn, t.maxCmdSn(), Pdu.NO_DATA),
            "NOP_IN: Initiator Task Tag: 0x00abcdef belongs to nothing that is under way"),
        bad(
            t -> new NopIn(0, -1, -1, t.statSn, 2, 40, Pdu.NO_DATA),
            "NOP_IN: ExpCmdSN: 0x00000002 acknowledges commands that were never sent;"
                + " the next is 0x00000001"),
        bad(
            t ->
                new TaskManagementResponse(
                    TaskManagementResult.FUNCTION_COMPLETE,
                    NO_TAG,
                    t.statSn,
                    t.expCmdSn,
                    t.maxCmdSn()),
            "TASK_MANAGEMENT_RESPONSE: Initiator Task Tag: 0x00abcdef belongs to nothing that is"
                + " under way"),
        bad(
            t ->
                new TextResponse(
                    true, false, 0, NO_TAG, -1, t.statSn, t.expCmdSn, t.maxCmdSn(), Pdu.NO_DATA),
            "TEXT_RESPONSE: Initiator Task Tag: 0x00abcdef belongs to nothing that is under way"),
        bad(
            t ->
                new LogoutResponse(
                    LogoutResult.CLOSED, NO_TAG, t.statSn, t.expCmdSn, t.maxCmdSn(), 0, 0),
            "LOGOUT_RESPONSE: Initiator Task Tag: 0x00abcdef belongs to nothing that is under way"),
        bad(
            t -> new Reject(5, 9, t.expCmdSn, t.maxCmdSn(), 0, Pdu.NO_DATA),
            "REJECT: StatSN: 0x00000009, expected 0x00000000"),
        bad(
            t -> t.async(0, 0, 0, 0, 0, Pdu.NO_DATA, 9),
            "ASYNC_MESSAGE: StatSN: 0x00000009, expected 0x00000000"),
        bad(
            t -> new NopOut(true, 0, 5, -1, 1, 1, Pdu.NO_DATA),
            "NOP_OUT: opcode: has no place in the full feature phase"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("connectionEnds")
  @DisplayName("The connection ends, with every task on it (7.8, 7.12)")
  @Tag("rfc7143:7.7-a")
  @Tag("rfc7143:11.2.1-c")
  void theConnectionEndsAndSaysWhy(String text, Function<ScriptedTarget, Pdu> pdu) {
    ScriptedTarget target = ScriptedTarget.up();
    Pdu bad = pdu.apply(target);
    target.receive(bad);
    assertThat(target.downs).hasSize(1);
    ConnectionFailure failure = (ConnectionFailure) target.downs.get(0);
    assertThat(failure.reason()).isEqualTo(ConnectionFailure.Reason.PROTOCOL_ERROR);
    assertThat(failure.text()).isEqualTo(text);
    assertThat(target.disconnects).containsExactly(text);
    assertThat(target.ends).as("the session goes on").isEmpty();
    assertThat(target.core.outstanding()).isZero();
    target.pass(500);
    target.login();
    assertThat(target.ups).hasSize(2);
  }

  static Stream<Arguments> taskEnds() {
    return Stream.of(
        bad(
            t -> response(t, readTag(t), false, false, 3, t.statSn++),
            "SCSI_RESPONSE: ExpDataSN: 3, but 0 Data-In and R2T PDUs came"),
        bad(
            t -> t.status(readTag(t), 0, 0),
            "SCSI_RESPONSE: Residual Count: 0 of 512 bytes make 512, but 0 were transferred,"
                + " and the status is GOOD"),
        bad(
            t -> t.status(readTag(t), 0, 500),
            "SCSI_RESPONSE: Residual Count: 500 of 512 bytes make 12, but 0 were transferred,"
                + " and the status is GOOD"),
        bad(
            t ->
                new ScsiResponse(
                    false,
                    false,
                    false,
                    false,
                    0x80,
                    0,
                    readTag(t),
                    0,
                    t.statSn++,
                    t.expCmdSn,
                    t.maxCmdSn(),
                    0,
                    0,
                    0,
                    Pdu.NO_DATA),
            "SCSI_RESPONSE: Response: 0x80"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("taskEnds")
  @DisplayName("The task ends alone, and the connection goes on (11.4)")
  void theTaskEndsAloneAndSaysWhy(String text, Function<ScriptedTarget, Pdu> pdu) {
    ScriptedTarget target = ScriptedTarget.up();
    Pdu bad = pdu.apply(target);
    target.receive(bad);
    assertThat(target.core.outstanding()).isZero();
    assertThat(target.downs).isEmpty();
    assertThat(target.failures()).extracting(Failure::text).containsExactly(text);
  }

  @Test
  @DisplayName("ExpDataSN of 0, or of no more PDUs than came, is sound (11.4.8)")
  void anExpDataSnOfWhatCameIsSound() {
    ScriptedTarget target = ScriptedTarget.up();
    for (int expDataSn = 0; expDataSn <= 2; expDataSn++) {
      Submitted read = target.read(512);
      int tag = target.command().initiatorTaskTag();
      target.receive(target.dataIn(tag, 0, 0, 256));
      target.receive(target.dataIn(tag, 1, 256, 256));
      target.receive(response(target, tag, false, false, expDataSn, target.statSn++));
      assertThat(read.ended(ScsiResult.class).good()).isTrue();
    }
  }

  @Test
  @DisplayName("ExpDataSN of a write counts its R2Ts (11.4.8)")
  void anExpDataSnOfAWriteCountsItsR2ts() {
    ScriptedTarget target = ScriptedTarget.up();
    final Submitted write = target.write(2_100);
    int tag = target.command().initiatorTaskTag();
    target.receive(target.r2t(tag, 0, 2_048, 52));
    target.receive(response(target, tag, false, false, 1, target.statSn++));
    assertThat(write.ended(ScsiResult.class).good()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"true, false", "false, true"})
  @DisplayName("The residual of a bidirectional read says nothing of one direction (11.4.1)")
  void bidirectionalResidualsOfAReadAreNoResidual(boolean o, boolean u) {
    ScriptedTarget target = ScriptedTarget.up();
    Submitted read = target.read(8);
    int tag = target.command().initiatorTaskTag();
    target.receive(target.dataIn(tag, 0, 0, 8));
    target.receive(response(target, tag, o, u, 0, target.statSn++));
    assertThat(read.ended(ScsiResult.class).residual()).isZero();
  }

  @Test
  @DisplayName("An R2T asks for nothing twice: a target cannot have data sent without end")
  void anR2tThatAsksAgainEndsTheConnection() {
    ScriptedTarget target = ScriptedTarget.up();
    int tag = writeTag(target);
    target.receive(target.r2t(tag, 0, 2_048, 100));
    assertThat(target.downs).isEmpty();
    target.receive(target.r2t(tag, 1, 2_048, 100));
    assertThat(((ConnectionFailure) target.downs.get(0)).text())
        .isEqualTo("R2T: Buffer Offset: 2048 after 2148 bytes, DataSequenceInOrder is Yes");
  }

  @Test
  @DisplayName("A write of which a part was never asked for is no success")
  void aWriteWithAHoleIsNoSuccess() {
    ScriptedTarget target = ScriptedTarget.up();
    Submitted write = target.write(7_000);
    int tag = target.command().initiatorTaskTag();
    target.receive(target.r2t(tag, 0, 5_000, 2_000));
    target.receive(target.status(tag, 0, 0));
    assertThat(write.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.DATA_LOST);
  }

  @Test
  @DisplayName("The answer of a command that was rejected comes late and is passed over (11.17)")
  void theAnswerOfARejectedCommandIsPassedOver() {
    ScriptedTarget target = ScriptedTarget.up();
    final Submitted read = target.read(512);
    Pdu command = target.command();
    target.receive(
        new Reject(
            2,
            target.statSn++,
            target.expCmdSn,
            target.maxCmdSn(),
            0,
            new PduEncoder(Digests.NONE).encode(command).slice(0, 48)));
    assertThat(read.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.REJECTED);
    target.receive(target.status(command.initiatorTaskTag(), 8, 0));
    assertThat(target.downs).isEmpty();
  }

  @Test
  @DisplayName("A Logout Request that is rejected ends the connection at once (11.17)")
  void aRejectedLogoutEndsTheConnection() {
    ScriptedTarget target = ScriptedTarget.up();
    target.core.logout(target.nowNs);
    Pdu logout = target.next(LogoutRequest.class);
    target.receive(
        new Reject(
            9,
            target.statSn++,
            target.expCmdSn,
            target.maxCmdSn(),
            0,
            new PduEncoder(Digests.NONE).encode(logout).slice(0, 48)));
    assertThat(target.ends).hasSize(1);
    assertThat(target.disconnects).hasSize(1);
  }

  // ---- pings of the target

  private static NopIn ping(ScriptedTarget target, int bytes) {
    return new NopIn(
        5,
        Pdu.RESERVED_TAG,
        0x99,
        target.statSn,
        target.expCmdSn,
        target.maxCmdSn(),
        pattern(bytes));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "100, 100", "1025, 1024"})
  @DisplayName("A target's ping is answered with its LUN, tag and data, no more than it takes")
  @Tag("rfc7143:11.18-a")
  void theTargetsPingIsAnsweredWithWhatItBrought(int bytes, int back) {
    ScriptedTarget target = ScriptedTarget.up();
    target.receive(ping(target, bytes));
    NopOut answer = target.next(NopOut.class);
    assertThat(answer.lun()).isEqualTo(5);
    assertThat(answer.targetTransferTag()).isEqualTo(0x99);
    assertThat(answer.data()).isEqualTo(pattern(bytes).slice(0, back));
  }

  @Test
  @DisplayName("A target's ping is answered while logging out too (11.18)")
  void theTargetsPingIsAnsweredWhileLoggingOut() {
    ScriptedTarget target = ScriptedTarget.up();
    target.core.logout(target.nowNs);
    target.next(LogoutRequest.class);
    target.receive(ping(target, 0));
    assertThat(target.next(NopOut.class).targetTransferTag()).isEqualTo(0x99);
  }

  @Test
  @DisplayName("A NOP-In without a tag of either kind asks for no answer (11.19)")
  void aNopInWithoutTagsIsNotAnswered() {
    ScriptedTarget target = ScriptedTarget.up();
    target.receive(target.update());
    assertThat(target.sent).isEmpty();
  }

  // ---- bytes

  @ParameterizedTest
  @CsvSource({
    "true, 20, DATA_IN: Header-Digest at byte 48: ",
    "false, 60, DATA_IN: Data-Digest at byte 112: ",
  })
  @DisplayName("A wrong digest ends the connection at level 0 (7.8)")
  void aWrongDigestEndsTheConnection(boolean header, int flipped, String text) {
    ScriptedTarget target =
        ScriptedTarget.up(
            settings()
                .withOffer(
                    ScriptedTarget.OFFER.withDigests(
                        header ? DigestPolicy.CRC32C : DigestPolicy.NONE,
                        header ? DigestPolicy.NONE : DigestPolicy.CRC32C)));
    Digests digests = target.digests.get(0);
    ByteBuffer bytes = new PduEncoder(digests).encode(target.dataIn(readTag(target), 0, 0, 64));
    bytes.put(flipped, (byte) (bytes.get(flipped) ^ 1));
    PduDecoder decoder = new PduDecoder(4_096);
    decoder.digests(digests);
    try {
      decoder.decode(bytes);
      throw new AssertionError("decoded");
    } catch (ProtocolException e) {
      target.core.onProtocolError(e, target.nowNs);
    }
    ConnectionFailure failure = (ConnectionFailure) target.downs.get(0);
    assertThat(failure.reason()).isEqualTo(ConnectionFailure.Reason.DIGEST_ERROR);
    assertThat(failure.text()).startsWith(header ? text : text.trim());
  }
}
