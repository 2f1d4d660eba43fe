package io.pathproof.initiator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.protocol.iscsi.AsyncEvent;
import io.pathproof.protocol.iscsi.BasicHeaderSegment;
import io.pathproof.protocol.iscsi.Pdu;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a binding may wait for before it reads. */
class OwedBytesTest {
  private static final int HEADER = BasicHeaderSegment.LENGTH;

  private final ScriptedTarget target = ScriptedTarget.up();

  @Test
  @DisplayName("A read owes its data and a header, until they have come")
  void aRead() {
    assertThat(target.core.owedBytes()).isZero();
    Submitted read = target.read(4096);
    int tag = target.command().initiatorTaskTag();
    assertThat(target.core.inFlight()).isEqualTo(1);
    assertThat(target.core.owedBytes()).isEqualTo(HEADER + 4096);
    target.receive(target.dataIn(tag, 0, 0, 1000));
    assertThat(target.core.owedBytes()).isEqualTo(HEADER + 3096);
    target.receive(target.dataIn(tag, 1, 1000, 3096));
    assertThat(target.core.owedBytes()).isEqualTo(HEADER);
    target.receive(target.status(tag, 0, 0));
    read.ended(ScsiResult.class);
    assertThat(target.core.owedBytes()).isZero();
  }

  @Test
  @DisplayName("A read that ends short owes nothing more")
  void aShortRead() {
    target.read(4096);
    Submitted other = target.read(512);
    int tag = target.command().initiatorTaskTag();
    assertThat(target.core.owedBytes()).isEqualTo(2 * HEADER + 4096 + 512);
    target.receive(target.dataIn(tag, 0, 0, 1000));
    target.receive(target.status(tag, 0, 3096));
    assertThat(target.core.owedBytes()).isEqualTo(HEADER + 512);
    assertThat(other.pending()).isTrue();
  }

  @Test
  @DisplayName("A write owes a header alone, and so does a command without data")
  void aWrite() {
    target.write(512);
    target.submit(0);
    assertThat(target.core.owedBytes()).isEqualTo(2 * HEADER);
  }

  @Test
  @DisplayName("What waits in the queue is not owed")
  void whatWaitsIsNotOwed() {
    target.window = 0;
    target.receive(target.update());
    while (target.core.inFlight() == target.core.outstanding()) {
      target.read(512);
    }
    assertThat(target.core.owedBytes())
        .isEqualTo((long) target.core.inFlight() * (HEADER + 512))
        .isLessThan((long) target.core.outstanding() * (HEADER + 512));
  }

  @Test
  @DisplayName("Who waits for a logout or has no connection is to read all")
  void nothingIsWaitedForAtTheEnd() {
    target.read(4096);
    target.receive(target.async(0, AsyncEvent.LOGOUT_REQUESTED.code(), 0, 0, 5, Pdu.NO_DATA));
    assertThat(target.core.inFlight()).isEqualTo(1);
    assertThat(target.core.owedBytes()).isZero();
    target.closedByTarget();
    assertThat(target.core.inFlight()).isZero();
    assertThat(target.core.owedBytes()).isZero();
  }
}
