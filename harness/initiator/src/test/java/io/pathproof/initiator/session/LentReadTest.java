package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.pattern;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.TaskAttribute;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where the data of a read lies when its listener is told. */
class LentReadTest {
  private static final int BYTES = 2_500;

  private final ScriptedTarget target = ScriptedTarget.up();
  private final ByteBuffer received = pattern(BYTES);
  private int tag = Pdu.RESERVED_TAG;

  private Submitted read(UnaryOperator<ScsiTask> kind) {
    return target.submit(
        listener -> kind.apply(ScsiTask.read(0, ByteBuffer.allocate(10), BYTES, listener)));
  }

  /** Of the one command there is. */
  private int tag() {
    if (tag == Pdu.RESERVED_TAG) {
      tag = target.command().initiatorTaskTag();
    }
    return tag;
  }

  private void receive(int dataSn, int from, int to, boolean status) {
    ByteBuffer part = received.slice(from, to - from);
    target.receive(target.dataIn(tag(), dataSn, from, part, status));
  }

  /** What the listener was told, and whether it is still there when the input is used again. */
  private boolean staysAfterReuse(Submitted read) {
    ByteBuffer data = read.ended(ScsiResult.class).data();
    assertThat(data).isEqualTo(pattern(BYTES));
    received.put(0, new byte[BYTES]);
    return data.equals(pattern(BYTES));
  }

  @Test
  @DisplayName("What one PDU brings with the status is not copied, and cannot be written to")
  void notCopied() {
    Submitted read = read(ScsiTask::lent);
    receive(0, 0, BYTES, true);
    assertThat(read.ended(ScsiResult.class).data().isReadOnly()).isTrue();
    assertThat(staysAfterReuse(read)).isFalse();
  }

  @Test
  @DisplayName("A read that is not lent has a copy, though one PDU brings all of it")
  void otherReadsAreCopied() {
    Submitted read = read(UnaryOperator.identity());
    receive(0, 0, BYTES, true);
    assertThat(staysAfterReuse(read)).isTrue();
  }

  @Test
  @DisplayName("What comes in several PDUs is put together")
  void severalPdus() {
    Submitted read = read(ScsiTask::lent);
    receive(0, 0, 1_000, false);
    receive(1, 1_000, BYTES, true);
    assertThat(staysAfterReuse(read)).isTrue();
  }

  @Test
  @DisplayName("What comes before its status outlives its PDU")
  void statusOfItsOwn() {
    Submitted read = read(ScsiTask::lent);
    receive(0, 0, BYTES, false);
    target.receive(target.status(tag(), 0, 0));
    assertThat(staysAfterReuse(read)).isTrue();
  }

  @Test
  @DisplayName(
      "Whichever way it comes, it cannot be written to; in a buffer of the caller's it can")
  void readOnly() {
    Submitted read = read(ScsiTask::lent);
    receive(0, 0, 1_000, false);
    receive(1, 1_000, BYTES, true);
    assertThat(read.ended(ScsiResult.class).data().isReadOnly()).isTrue();
  }

  @Test
  @DisplayName("Its listener is told while its PDU is there, also where what follows from it fails")
  void toldThoughTheTurnFails() {
    boolean[] fails = {false};
    ScriptedTarget failing =
        new ScriptedTarget(ScriptedTarget.settings()) {
          @Override
          public void send(Pdu pdu) {
            if (fails[0]) {
              throw new IllegalStateException("no memory for " + pdu.opcode());
            }
            super.send(pdu);
          }
        };
    failing.window = 1;
    failing.core.start(failing.nowNs);
    failing.login();
    Submitted read =
        failing.submit(
            listener -> ScsiTask.read(0, ByteBuffer.allocate(10), BYTES, listener).lent());
    Submitted next = failing.read(8);
    int tag = failing.command().initiatorTaskTag();
    assertThat(failing.sent).as("the window is closed to the next").isEmpty();
    fails[0] = true;
    DataIn last = failing.dataIn(tag, 0, 0, received.slice(), true);
    assertThatThrownBy(() -> failing.receive(last)).hasMessage("no memory for SCSI_COMMAND");
    assertThat(next.pending()).isTrue();
    assertThat(read.ended(ScsiResult.class).data()).isEqualTo(pattern(BYTES));
  }

  @Test
  @DisplayName("A short one tells its residual, and no more than came")
  void shortRead() {
    Submitted read = read(ScsiTask::lent);
    receive(0, 0, 36, false);
    target.receive(target.status(tag(), 0, BYTES - 36));
    assertThat(read.ended(ScsiResult.class).residual()).isEqualTo(BYTES - 36);
    assertThat(read.ended(ScsiResult.class).data()).isEqualTo(pattern(36));
  }

  @Test
  @DisplayName("Where the caller gave a buffer the data goes there")
  void aBufferOfTheCallersIsUsed() {
    ByteBuffer into = ByteBuffer.allocate(BYTES);
    Submitted read =
        target.submit(listener -> ScsiTask.read(0, ByteBuffer.allocate(10), into, listener).lent());
    receive(0, 0, BYTES, true);
    assertThat(staysAfterReuse(read)).isTrue();
    assertThat(into).isEqualTo(pattern(BYTES));
    assertThat(read.ended(ScsiResult.class).data().isReadOnly()).isFalse();
  }

  /** What else can be said of a task. */
  private enum Also {
    TIMEOUT(task -> task.withTimeoutNs(1_000_000_000)),
    ATTRIBUTE(task -> task.withAttribute(TaskAttribute.ORDERED)),
    IDENTIFYING(ScsiTask::identifying);

    final UnaryOperator<ScsiTask> applied;

    Also(UnaryOperator<ScsiTask> applied) {
      this.applied = applied;
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("It stays lent whatever else is said of the task, and keeps that")
  void staysLent(Also also) {
    ScsiTask plain = ScsiTask.read(7, ByteBuffer.allocate(10), 8, (outcome, nowNs) -> {});
    assertThat(plain.isLent()).isFalse();
    assertThat(also.applied.apply(plain).isLent()).isFalse();
    assertThat(also.applied.apply(plain.lent()).isLent()).isTrue();
    assertThat(also.applied.apply(plain).lent())
        .usingRecursiveComparison()
        .isEqualTo(also.applied.apply(plain.lent()));
  }
}
