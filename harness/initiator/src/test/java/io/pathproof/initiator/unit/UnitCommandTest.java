package io.pathproof.initiator.unit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.DataDirection;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a command to a unit is sent again, with what, and when it is not. */
class UnitCommandTest {
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);
  private static final TaskOutcome GOOD = new ScsiResult(ScsiResult.GOOD, EMPTY, 0, EMPTY);
  private static final TaskOutcome BUSY = new ScsiResult(ScsiResult.BUSY, EMPTY, 0, EMPTY);
  private static final TaskOutcome ATTENTION = sense(SenseKey.UNIT_ATTENTION, 0x29);
  private static final TaskOutcome NOT_READY = sense(SenseKey.NOT_READY, 0x04);

  private static TaskOutcome sense(SenseKey key, int asc) {
    ByteBuffer encoded = Sense.fixed(key, asc, 0).encode();
    return new ScsiResult(ScsiResult.CHECK_CONDITION, encoded, 0, EMPTY);
  }

  private final List<ScsiTask> sent = new ArrayList<>();
  private final List<TaskOutcome> attentions = new ArrayList<>();
  private final List<TaskOutcome> ends = new ArrayList<>();
  private final List<UnitCommand.Step> waiting = new ArrayList<>();
  private boolean patient;

  private final UnitCommand.Asker asker =
      new UnitCommand.Asker() {
        @Override
        public void submit(ScsiTask task) {
          sent.add(task);
        }

        @Override
        public void attention(TaskOutcome outcome, long nowNs) {
          attentions.add(outcome);
        }

        @Override
        public boolean waits(TaskOutcome outcome, UnitCommand.Step again, long nowNs) {
          if (patient) {
            waiting.add(again);
          }
          return patient;
        }
      };

  private void ask(int room) {
    UnitCommand.ask(Lun.of(3), new Cdb.TestUnitReady(), room, asker, (end, now) -> ends.add(end));
  }

  private void answer(TaskOutcome outcome) {
    sent.get(sent.size() - 1).listener().completed(outcome, 0);
  }

  @Test
  void aCommandIsAskedAgainAtOnceAfterAUnitAttention() {
    ask(0);
    answer(ATTENTION);
    assertThat(sent).hasSize(2);
    assertThat(attentions).containsExactly(ATTENTION);
    assertThat(ends).isEmpty();
    answer(GOOD);
    assertThat(sent).hasSize(2).allMatch(task -> task.lun() == Lun.of(3).raw());
    assertThat(ends).containsExactly(GOOD);
    assertThat(attentions).hasSize(1);
  }

  @Test
  void theNinthUnitAttentionEndsIt() {
    ask(0);
    for (int i = 0; i < 8; i++) {
      answer(ATTENTION);
    }
    assertThat(sent).hasSize(9);
    assertThat(ends).isEmpty();
    answer(ATTENTION);
    assertThat(sent).hasSize(9);
    assertThat(ends).containsExactly(ATTENTION);
    assertThat(attentions).as("told of each").hasSize(9);
  }

  @Test
  void anotherAnswerEndsItUnlessWhoAsksHasPatience() {
    ask(0);
    answer(NOT_READY);
    assertThat(ends).containsExactly(NOT_READY);
    assertThat(sent).hasSize(1);
    assertThat(attentions).isEmpty();
  }

  @Test
  void whoHasPatienceAsksTheSameAgainWhenItWill() {
    patient = true;
    ask(0);
    answer(BUSY);
    assertThat(ends).isEmpty();
    assertThat(sent).as("not before it is told to").hasSize(1);
    waiting.get(0).at(5);
    assertThat(sent).hasSize(2);
    assertThat(sent.get(1).cdb()).isEqualTo(sent.get(0).cdb());
    patient = false;
    answer(BUSY);
    assertThat(ends).containsExactly(BUSY);
  }

  @Test
  void theDataForTheUnitGoesWithEverySending() {
    ByteBuffer data = ByteBuffer.wrap("parameters".getBytes(StandardCharsets.US_ASCII));
    UnitCommand.give(
        Lun.of(0),
        new Cdb.SetTargetPortGroups(data.remaining()),
        data,
        asker,
        (end, now) -> ends.add(end));
    for (int i = 0; i < 2; i++) {
      ByteBuffer payload = sent.get(i).payload();
      assertThat(StandardCharsets.US_ASCII.decode(payload).toString()).isEqualTo("parameters");
      assertThat(sent.get(i).direction()).isEqualTo(DataDirection.WRITE);
      answer(ATTENTION);
    }
    assertThat(sent).hasSize(3);
  }

  @Test
  void roomForAnAnswerMakesItARead() {
    ask(96);
    answer(ATTENTION);
    assertThat(sent)
        .hasSize(2)
        .allMatch(task -> task.direction() == DataDirection.READ && task.expectedLength() == 96);
    ask(0);
    assertThat(sent.get(2).direction()).isEqualTo(DataDirection.NONE);
  }
}
