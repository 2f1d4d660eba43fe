package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.NopIn;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.ScsiResponse;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A target that breaks the protocol: what ends the connection, and what ends the task alone. */
class TargetBreachTest {
  private final ScriptedTarget target = ScriptedTarget.up();

  private ConnectionFailure down() {
    assertThat(target.downs).hasSize(1);
    assertThat(target.disconnects).hasSize(1);
    return (ConnectionFailure) target.downs.get(0);
  }

  private DataIn dataIn(int tag, int dataSn, int offset, int length) {
    return new DataIn(
        false,
        false,
        false,
        false,
        false,
        0,
        0,
        tag,
        Pdu.RESERVED_TAG,
        0,
        target.expCmdSn,
        target.maxCmdSn(),
        dataSn,
        offset,
        0,
        pattern(length));
  }

  /** Status GOOD with the last data and a residual count in one PDU. */
  private DataIn lastDataIn(int tag, int length, boolean overflow, int residual) {
    return new DataIn(
        true,
        false,
        overflow,
        !overflow && residual != 0,
        true,
        0,
        0,
        tag,
        Pdu.RESERVED_TAG,
        target.statSn++,
        target.expCmdSn,
        target.maxCmdSn(),
        0,
        0,
        residual,
        pattern(length));
  }

  private ScsiResponse good(int tag, boolean overflow, int residual) {
    return new ScsiResponse(
        false,
        false,
        overflow,
        !overflow && residual != 0,
        0,
        0,
        tag,
        0,
        target.statSn++,
        target.expCmdSn,
        target.maxCmdSn(),
        0,
        0,
        residual,
        Pdu.NO_DATA);
  }

  // ---- ExpCmdSN

  @Test
  @Tag("rfc7143:4.2.2.1-e")
  void anExpCmdSnOfCommandsThatWereNeverSentEndsTheConnection() {
    Submitted read = target.read(0);
    int tag = target.command().initiatorTaskTag();
    target.expCmdSn++;
    target.receive(target.status(tag, 0, 0));
    assertThat(down().reason()).isEqualTo(ConnectionFailure.Reason.PROTOCOL_ERROR);
    assertThat(down().text())
        .contains("SCSI_RESPONSE: ExpCmdSN: 0x00000003", "the next is 0x00000002");
    assertThat(read.ended(ConnectionFailure.class).sent()).isTrue();
  }

  @Test
  void aPingWithSuchAnExpCmdSnEndsItToo() {
    target.receive(
        new NopIn(0, Pdu.RESERVED_TAG, Pdu.RESERVED_TAG, target.statSn, 2, 33, Pdu.NO_DATA));
    assertThat(down().text()).contains("ExpCmdSN");
  }

  @Test
  void anExpCmdSnThatStaysBehindIsSound() {
    final Submitted first = target.read(0);
    final Submitted second = target.read(0);
    int firstTag = target.command().initiatorTaskTag();
    target.expCmdSn--;
    target.receive(target.status(firstTag, 0, 0));
    first.ended(ScsiResult.class);
    target.expCmdSn++;
    target.receive(target.status(target.command().initiatorTaskTag(), 0, 0));
    second.ended(ScsiResult.class);
    assertThat(target.downs).isEmpty();
  }

  // ---- residual counts (section 11.4.5)

  @ParameterizedTest(name = "{0} of 256 bytes, {1} {2}: {3}")
  @CsvSource({
    "256, U, 0, GOOD",
    "156, U, 100, GOOD",
    "256, O, 44, GOOD",
    "0, U, 256, GOOD",
    // what came and what is said to be missing make more than was asked for, or less
    "256, U, 100, LOST",
    "200, U, 100, LOST",
    "100, U, 100, LOST",
    "0, U, 300, LOST",
    // the target has more, and yet did not send all that was asked for
    "200, O, 44, LOST",
  })
  @Tag("rfc7143:11.4-a")
  void theResidualOfAReadHasToFitItsData(int bytes, String flag, int residual, String end) {
    boolean overflow = flag.equals("O");
    Submitted whole = target.read(256);
    target.receive(lastDataIn(target.command().initiatorTaskTag(), bytes, overflow, residual));
    check(whole, end, overflow ? -residual : residual);

    Submitted apart = target.read(256);
    int tag = target.command().initiatorTaskTag();
    target.receive(dataIn(tag, 0, 0, bytes));
    target.receive(good(tag, overflow, residual));
    check(apart, end, overflow ? -residual : residual);
    assertThat(target.downs).as("the task's own failure").isEmpty();
  }

  private static void check(Submitted task, String end, int residual) {
    if (end.equals("GOOD")) {
      assertThat(task.ended(ScsiResult.class).residual()).isEqualTo(residual);
    } else {
      assertThat(task.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.DATA_LOST);
      assertThat(task.ended(TaskFailure.class).sent()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 512})
  void aWriteMayBeTakenInPart(int residual) {
    Submitted write = target.write(512);
    target.receive(good(target.command().initiatorTaskTag(), false, residual));
    check(write, "GOOD", residual);
  }

  @Test
  void moreThanAllOfAWriteCannotBeMissing() {
    Submitted write = target.write(512);
    target.receive(good(target.command().initiatorTaskTag(), false, 513));
    check(write, "LOST", 513);
  }

  @Test
  void theResidualOfACommandWithoutDataIsTakenAsItIs() {
    Submitted none = new Submitted();
    target.core.submit(ScsiTask.nonData(0, ByteBuffer.allocate(6), none), target.nowNs);
    target.receive(good(target.command().initiatorTaskTag(), false, 5));
    check(none, "GOOD", 5);
  }

  @Test
  void aResidualBesideAnotherStatusIsNoContradiction() {
    Submitted read = target.read(256);
    target.receive(target.status(target.command().initiatorTaskTag(), ScsiResult.BUSY, 100));
    assertThat(read.ended(ScsiResult.class).status()).isEqualTo(ScsiResult.BUSY);
  }

  // ---- DataSN

  @ParameterizedTest
  @ValueSource(ints = {0, 2, -1})
  @Tag("rfc7143:4.2.2.4-b")
  @Tag("rfc7143:7.9-a")
  void aDataSnThatIsNotTheNextEndsTheConnection(int dataSn) {
    Submitted read = target.read(256);
    int tag = target.command().initiatorTaskTag();
    target.receive(dataIn(tag, 0, 0, 100));
    assertThat(target.downs).isEmpty();
    target.receive(dataIn(tag, dataSn, 100, 100));
    assertThat(down().reason()).isEqualTo(ConnectionFailure.Reason.PROTOCOL_ERROR);
    assertThat(down().text())
        .isEqualTo("DATA_IN: DataSN: %s, expected 1", Integer.toUnsignedString(dataSn));
    assertThat(read.ended(ConnectionFailure.class).sent()).isTrue();
  }

  @Test
  void eachReadCountsItsDataPdusFromZero() {
    for (int i = 0; i < 2; i++) {
      Submitted read = target.read(200);
      int tag = target.command().initiatorTaskTag();
      target.receive(dataIn(tag, 0, 0, 100));
      target.receive(dataIn(tag, 1, 100, 100));
      target.receive(good(tag, false, 0));
      assertThat(read.ended(ScsiResult.class).data().remaining()).isEqualTo(200);
    }
  }

  @Test
  @Tag("rfc7143:7.13-a")
  void dataForAWriteEndsTheConnection() {
    target.write(512);
    target.receive(dataIn(target.command().initiatorTaskTag(), 0, 0, 100));
    assertThat(down().text()).contains("does not read");
  }

  @Test
  @Tag("rfc7143:11.7-g")
  void theDataOfAnEmptyPduCountsAsOneOfThem() {
    Submitted read = target.read(100);
    int tag = target.command().initiatorTaskTag();
    target.receive(dataIn(tag, 0, 0, 0));
    target.receive(dataIn(tag, 1, 0, 100));
    target.receive(good(tag, false, 0));
    assertThat(read.ended(ScsiResult.class).data()).isEqualTo(pattern(100));
  }
}
