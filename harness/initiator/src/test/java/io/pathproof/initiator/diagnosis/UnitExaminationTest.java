package io.pathproof.initiator.diagnosis;

import static io.pathproof.initiator.diagnosis.ScriptedPath.MS;
import static io.pathproof.initiator.diagnosis.ScriptedPath.lost;
import static io.pathproof.initiator.diagnosis.ScriptedPath.sense;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.diagnosis.StepResult.Outcome;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.ConnectionFailure.Reason;
import io.pathproof.initiator.session.TaskFailure;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.SenseKey;
import io.pathproof.protocol.scsi.StandardInquiry.TargetPortGroupSupport;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is found of the logical units behind a path, from LUN to I/O. */
class UnitExaminationTest {
  @Test
  void readsAreSpreadOverTheUnitAndNothingIsEverWritten() throws Exception {
    ScriptedPath path = new ScriptedPath().loggedIn().run();
    List<Long> read =
        path.commands.stream()
            .filter(Cdb.Read.class::isInstance)
            .map(cdb -> ((Cdb.Read) cdb).logicalBlockAddress())
            .toList();
    assertThat(read).containsExactly(0L, 0L, 499L, 998L);
    assertThat(path.commands)
        .allMatch(
            cdb ->
                cdb instanceof Cdb.ReportLuns
                    || cdb instanceof Cdb.Inquiry
                    || cdb instanceof Cdb.TestUnitReady
                    || cdb instanceof Cdb.ReadCapacity16
                    || cdb instanceof Cdb.Read);
  }

  @Test
  void readsBeyondTwoToThe32BlocksUseSixteenBytes() throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.blocks = 1L << 34;
    path.loggedIn().run();
    assertThat(path.report.stop()).isEmpty();
    assertThat(path.commands)
        .filteredOn(Cdb.Read.class::isInstance)
        .extracting(cdb -> ((Cdb.Read) cdb).form())
        .containsExactly(Cdb.Form.TEN, Cdb.Form.TEN, Cdb.Form.SIXTEEN, Cdb.Form.SIXTEEN);
  }

  // LUN

  @Test
  void noLunIsMapped() throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.luns = List.of();
    path.loggedIn().run();
    assertThat(path.stop().step()).isEqualTo(Step.LUN);
    assertThat(path.stop().why()).contains("no volume is mapped to " + ScriptedPath.NAME);
  }

  @Test
  void onlyAControllerIsThere() throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.luns = List.of(Lun.of(0));
    path.deviceType = 0x0c;
    path.loggedIn().run();
    assertThat(path.stop().step()).isEqualTo(Step.LUN);
    assertThat(path.stop().seen()).isEqualTo("LUN 0 is the array's controller, no disk");
  }

  @Test
  void expectedLunIsAbsent() throws Exception {
    ScriptedPath path =
        new ScriptedPath(Optional.of(ScriptedPath.TARGET), ScriptedPath.settings(Set.of(1, 2)));
    path.loggedIn().run();
    assertThat(path.stop().step()).isEqualTo(Step.LUN);
    assertThat(path.stop().why()).contains("LUN 2 is not mapped");
    assertThat(path.report.step(Step.IO).outcome()).as("LUN 1").isEqualTo(Outcome.PASSED);
  }

  @Test
  void unitsBeyondTheLimitAreCounted() throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.luns = List.of(1, 2, 3, 4, 5, 6).stream().map(Lun::of).toList();
    path.loggedIn().run();
    assertThat(path.report.units()).hasSize(4);
    assertThat(path.report.step(Step.LUN).seen()).contains("2 further LUNs not examined");
  }

  @Test
  void lostSessionEndsThePathWithoutAskingTheOtherUnits() throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.luns = List.of(Lun.of(1), Lun.of(2));
    ConnectionFailure reset = lost(Reason.RESET, "Connection reset by peer");
    path.special.add(new ScriptedPath.Answer(Cdb.TestUnitReady.class, reset));
    path.loggedIn().run();
    assertThat(path.stop().step()).isEqualTo(Step.IO);
    assertThat(path.stop().why()).contains("the session broke off");
    assertThat(path.stop().remedy()).contains("MTU");
    assertThat(path.report.units()).hasSize(1);
    assertThat(path.inOrder).isFalse();
  }

  @Test
  void commandThatIsHeldWhileItsSessionLivesIsTheArraysFault() throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.special.add(
        new ScriptedPath.Answer(
            Cdb.ReportLuns.class, new TaskFailure(TaskFailure.Reason.TIMED_OUT, "aborted", true)));
    path.loggedIn().run();
    assertThat(path.stop().step()).isEqualTo(Step.LUN);
    assertThat(path.stop().seen()).isEqualTo("REPORT LUNS: aborted");
    assertThat(path.stop().why()).contains("not carried out, though the session lives");
    assertThat(path.stop().remedy()).contains("event log");
  }

  @Test
  void sessionThatIsLostBeforeAnyUnitIsNoMissingMapping() throws Exception {
    ScriptedPath path = new ScriptedPath().loggedIn();
    path.session.sessionDown(lost(Reason.RESET, "Connection reset by peer"), path.nowNs);
    path.run();
    assertThat(path.stop().why()).contains("the session broke off");
  }

  // identity

  @Test
  void unitThatDoesNotSayWhichItIs() throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.pages = List.of(0x00, 0x80);
    path.loggedIn().run();
    assertThat(path.stop().step()).isEqualTo(Step.IDENTITY);
    assertThat(path.stop().remedy()).contains("83h");
  }

  // access state

  @ParameterizedTest
  @EnumSource(
      value = AccessState.class,
      names = {"UNAVAILABLE", "OFFLINE", "TRANSITIONING"})
  void accessStateThatServesNothing(AccessState state) throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.support = TargetPortGroupSupport.IMPLICIT;
    path.states = new ArrayDeque<>(List.of(state));
    path.loggedIn().run();
    assertThat(path.stop().step()).isEqualTo(Step.ALUA);
    assertThat(path.stop().seen()).contains(state.word());
    if (state == AccessState.TRANSITIONING) {
      assertThat(path.stop().tookNs()).as("given its time").isGreaterThanOrEqualTo(1000 * MS);
    }
  }

  @Test
  void transitionThatEndsIsWaitedFor() throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.support = TargetPortGroupSupport.IMPLICIT;
    path.states =
        new ArrayDeque<>(
            List.of(
                AccessState.TRANSITIONING,
                AccessState.TRANSITIONING,
                AccessState.ACTIVE_NON_OPTIMIZED));
    path.loggedIn().run();
    assertThat(path.report.stop()).isEmpty();
    assertThat(path.report.units().get(0).accessState()).isEqualTo("active/non-optimized");
  }

  @Test
  void standbyIsSoundButReadsNothing() throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.support = TargetPortGroupSupport.IMPLICIT;
    path.states = new ArrayDeque<>(List.of(AccessState.STANDBY));
    path.loggedIn().run();
    assertThat(path.report.stop()).isEmpty();
    assertThat(path.report.step(Step.IO).outcome()).isEqualTo(Outcome.NOT_APPLICABLE);
    assertThat(path.commands).noneMatch(Cdb.Read.class::isInstance);
  }

  @Test
  void portWithoutAGroup() throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.support = TargetPortGroupSupport.IMPLICIT;
    path.ownGroup = 9;
    path.loggedIn().run();
    assertThat(path.stop().step()).isEqualTo(Step.ALUA);
    assertThat(path.stop().seen()).contains("group 9 is not in the list");
  }

  // I/O

  @Test
  void readyDoesNotMeanThatReadsEnd() throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.special.add(
        new ScriptedPath.Answer(
            Cdb.Read.class, new TaskFailure(TaskFailure.Reason.TIMED_OUT, "timed out", true)));
    path.loggedIn().run();
    assertThat(path.stop().step()).isEqualTo(Step.IO);
    assertThat(path.stop().why()).contains("does not mean that I/O works");
  }

  @Test
  void deadSilenceAfterTheAbortIsToldAsNoAnswer() throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.special.add(
        new ScriptedPath.Answer(
            Cdb.Read.class, lost(Reason.ABORT_TIMED_OUT, "ABORT TASK was not answered")));
    path.loggedIn().run();
    assertThat(path.stop().why()).contains("does not mean that I/O works");
  }

  @ParameterizedTest
  @CsvSource({
    "MEDIUM_ERROR, 0x11, 0x00, cannot read its own medium",
    "NOT_READY, 0x04, 0x03, is not ready",
    "ILLEGAL_REQUEST, 0x25, 0x00, no longer mapped",
    "HARDWARE_ERROR, 0x44, 0x00, refuses READ"
  })
  void senseIsExplained(SenseKey key, String asc, String ascq, String why) throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.special.add(
        new ScriptedPath.Answer(
            Cdb.Read.class, sense(key, Integer.decode(asc), Integer.decode(ascq))));
    path.loggedIn().run();
    assertThat(path.stop().step()).isEqualTo(Step.IO);
    assertThat(path.stop().why()).contains(why);
  }

  @Test
  void unitAttentionsAreTakenAndTransitionsWaitedFor() throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.special.add(
        new ScriptedPath.Answer(Cdb.ReportLuns.class, sense(SenseKey.UNIT_ATTENTION, 0x29, 0)));
    path.special.add(
        new ScriptedPath.Answer(Cdb.Inquiry.class, sense(SenseKey.UNIT_ATTENTION, 0x3f, 0x0e)));
    path.special.add(
        new ScriptedPath.Answer(Cdb.TestUnitReady.class, sense(SenseKey.NOT_READY, 4, 0x0a)));
    path.loggedIn().run();
    assertThat(path.report.stop()).isEmpty();
  }

  @Test
  void endlessUnitAttentionsAreBounded() throws Exception {
    ScriptedPath path = new ScriptedPath();
    for (int i = 0; i < 20; i++) {
      path.special.add(
          new ScriptedPath.Answer(
              Cdb.TestUnitReady.class, sense(SenseKey.UNIT_ATTENTION, 0x29, 0)));
    }
    path.loggedIn().run();
    assertThat(path.stop().why()).contains("another unit attention");
  }

  @Test
  void reservationIsNamed() throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.special.add(
        new ScriptedPath.Answer(
            Cdb.Read.class,
            new io.pathproof.initiator.session.ScsiResult(
                0x18, ScriptedPath.empty(), 0, ScriptedPath.empty())));
    path.loggedIn().run();
    assertThat(path.stop().why()).contains("reservation");
  }
}
