package io.pathproof.initiator.diagnosis;

import static io.pathproof.initiator.diagnosis.ScriptedPath.MS;
import static io.pathproof.initiator.diagnosis.ScriptedPath.lost;
import static io.pathproof.initiator.diagnosis.ScriptedPath.sense;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.diagnosis.StepResult.Outcome;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.ConnectionFailure.Reason;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.TaskFailure;
import io.pathproof.protocol.iscsi.LoginStatus;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TargetAddress;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.SenseKey;
import io.pathproof.protocol.scsi.StandardInquiry.TargetPortGroupSupport;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One path, on which each step fails in each of its ways. */
class ExaminationTest {
  private static final SessionFailure AUTHENTICATION =
      new SessionFailure(SessionFailure.Reason.AUTHENTICATION_FAILED, "login status 0x0201", false);

  @Test
  void soundPathPassesEveryStepAndTellsItsTimes() throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.support = TargetPortGroupSupport.IMPLICIT;
    path.loggedIn().run();
    assertThat(path.report.stop()).isEmpty();
    assertThat(path.report.steps()).allMatch(step -> step.outcome() == Outcome.PASSED);
    assertThat(path.report.step(Step.ROUTE).tookNs()).isEqualTo(2 * MS);
    assertThat(path.report.step(Step.TCP).tookNs()).isEqualTo(MS);
    assertThat(path.report.step(Step.LOGIN).tookNs()).isEqualTo(5 * MS);
    assertThat(path.report.step(Step.ALUA).seen())
        .isEqualTo("active/optimized, group 1, preferred");
    UnitReport unit = path.report.units().get(0);
    assertThat(unit.identity()).hasValue("naa.60000000000000000000000000000001");
    assertThat(unit.readNs()).containsExactly(MS, MS, MS);
    assertThat(unit.blockCount()).isEqualTo(ScriptedPath.BLOCKS);
    assertThat(path.inOrder).isTrue();
  }

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

  @Test
  void ownIsidLeavesTheHostsSessionAlone() {
    ScriptedPath path = new ScriptedPath().routed();
    assertThat(path.opened.isid())
        .isNotEqualTo(io.pathproof.protocol.iscsi.Isid.random(ScriptedPath.NAME.hashCode(), 3));
    assertThat(path.opened.timers().loginTimeoutNs()).isEqualTo(path.settings.timeoutNs());
  }

  // route

  @ParameterizedTest
  @CsvSource({"true, no address, name service", "false, no route, add a route"})
  void routeIsMissing(boolean name, String why, String remedy) {
    ScriptedPath path = new ScriptedPath().start();
    String seen = "Network is unreachable";
    path.core.onRoute(name ? Route.Missing.name(seen) : Route.Missing.address(seen), path.nowNs);
    assertThat(path.stop().seen()).isEqualTo(seen);
    assertThat(path.stop().step()).isEqualTo(Step.ROUTE);
    assertThat(path.stop().why()).contains(why);
    assertThat(path.stop().remedy()).contains(remedy);
    assertThat(path.opened).isNull();
    assertThat(path.report.step(Step.TCP).outcome()).isEqualTo(Outcome.NOT_REACHED);
  }

  // names

  private static ScriptedPath redirectedTo(String host) {
    ScriptedPath path = new ScriptedPath().connected();
    path.event(new SessionEvent.Redirected(ScriptedPath.LINK.portal(), new Portal(host, 1), false));
    path.loginFails(lost(Reason.UNREACHABLE, "no link leads to " + host));
    return path;
  }

  @Test
  void aNameThatALoginWasRedirectedToIsLookedUpAndTheLoginMadeAnew() throws Exception {
    ScriptedPath path = redirectedTo("san.example");
    assertThat(path.report).isNull();
    assertThat(path.lookedUp).containsExactly(new Portal("san.example", 1));
    path.core.onName(true, path.nowNs);
    assertThat(path.logins).isEqualTo(2);
    path.event(
        new SessionEvent.Redirected(
            ScriptedPath.LINK.portal(), new Portal("san.example", 1), false));
    path.up().run();
    assertThat(path.report.stop()).isEmpty();
    assertThat(path.report.step(Step.LOGIN).seen()).endsWith("; redirected to san.example:1");
  }

  @Test
  void aNameThatCannotBeResolvedIsTold() {
    ScriptedPath path = redirectedTo("san.example");
    path.core.onName(false, path.nowNs);
    assertThat(path.stop().step()).isEqualTo(Step.LOGIN);
    assertThat(path.stop().seen()).isEqualTo("redirected to san.example:1");
    assertThat(path.stop().why())
        .isEqualTo(
            "the array redirects the login to san.example:1, a name that this host cannot resolve");
    assertThat(path.stop().remedy()).contains("redirect to IP addresses");
    assertThat(path.logins).isEqualTo(1);
  }

  @Test
  void aNameIsLookedUpOnceAndAnAddressNever() {
    ScriptedPath path = redirectedTo("san.example");
    path.core.onName(true, path.nowNs);
    path.event(
        new SessionEvent.Redirected(
            ScriptedPath.LINK.portal(), new Portal("san.example", 1), false));
    path.loginFails(lost(Reason.UNREACHABLE, "no route"));
    assertThat(path.lookedUp).hasSize(1);
    assertThat(path.stop().why()).contains("sent on to san.example:1");
    for (String address : List.of("10.0.0.9", "2001:db8::9")) {
      ScriptedPath other = redirectedTo(address);
      assertThat(other.lookedUp).isEmpty();
      assertThat(other.stop().why()).contains("no connection can be made there");
    }
  }

  @Test
  void aNameServiceThatDoesNotAnswerIsBounded() throws Exception {
    ScriptedPath path = redirectedTo("san.example").run();
    assertThat(path.stop().seen()).isEqualTo("not done within 5000 ms in all");
    path.core.onName(true, path.nowNs);
    assertThat(path.logins).isEqualTo(1);
  }

  // TCP

  @ParameterizedTest
  @CsvSource({
    "REFUSED, nothing takes connections",
    "UNREACHABLE, no way leads",
    "RESET, ended as soon as it was made",
    "CONNECT_FAILED, could not be made"
  })
  void connectFails(Reason reason, String why) {
    ScriptedPath path = new ScriptedPath().routed();
    path.loginFails(lost(reason, "no luck"));
    assertThat(path.stop().step()).isEqualTo(Step.TCP);
    assertThat(path.stop().why()).contains(why);
    assertThat(path.stop().remedy()).isNotEmpty();
    assertThat(path.pingAsked).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "true, the address answers pings",
    "false, 'neither TCP nor pings'",
    ", nothing answers TCP at 10.0.0.1:3260"
  })
  void silenceIsFollowedByAPing(Boolean answered, String why) {
    ScriptedPath path = new ScriptedPath().routed();
    path.loginFails(lost(Reason.LOGIN_TIMED_OUT, "not connected within 1000 ms"));
    assertThat(path.pingAsked).isTrue();
    assertThat(path.report).isNull();
    if (answered == null) {
      path.core.onNoPing(path.nowNs);
    } else {
      path.core.onPing(answered, path.nowNs);
    }
    assertThat(path.stop().step()).isEqualTo(Step.TCP);
    assertThat(path.stop().why()).contains(why);
  }

  @Test
  void pingThatNeverEndsIsBounded() throws Exception {
    ScriptedPath path = new ScriptedPath().routed();
    path.loginFails(lost(Reason.LOGIN_TIMED_OUT, "not connected within 1000 ms"));
    path.run();
    assertThat(path.stop().step()).isEqualTo(Step.TCP);
  }

  @Test
  void pathThatIsNeverDoneIsBounded() throws Exception {
    ScriptedPath path = new ScriptedPath().start();
    final long beganNs = path.nowNs;
    path.run();
    assertThat(path.stop().step()).isEqualTo(Step.ROUTE);
    assertThat(path.stop().seen()).contains("5000 ms");
    assertThat(path.nowNs - beganNs).isEqualTo(5 * path.settings.timeoutNs());
  }

  /** Ticks until 1100 ms after the start, none of them for a while, and a login that times out. */
  private static ScriptedPath stoodStill(long ms) {
    ScriptedPath path = new ScriptedPath().connected();
    long untilNs = path.nowNs + 1100 * ScriptedPath.MS;
    path.core.onTick(path.nowNs);
    path.nowNs += ms * ScriptedPath.MS;
    while (path.nowNs < untilNs) {
      path.nowNs += Examination.TICK_NS;
      path.core.onTick(path.nowNs);
    }
    path.loginFails(lost(Reason.LOGIN_TIMED_OUT, "connected, but not logged in within 1000 ms"));
    return path;
  }

  @Test
  void pathIsNotBlamedAloneForATimeInWhichThisMachineStoodStill() {
    ScriptedPath busy = stoodStill(300);
    assertThat(busy.stop().why())
        .startsWith("this machine itself stood still for 0.3 s")
        .contains("does not answer the login");
    assertThat(busy.stop().remedy()).startsWith("examine it again").contains("something listens");
    // ticks that are a little late are not worth a word
    assertThat(stoodStill(50).stop().why()).doesNotContain("this machine");
    // what was answered was answered
    ScriptedPath refused = new ScriptedPath().connected();
    refused.nowNs += 500 * ScriptedPath.MS;
    refused.core.onTick(refused.nowNs);
    refused.refused(LoginStatus.NOT_FOUND, lost(Reason.LOGIN_REFUSED, "not found"));
    assertThat(refused.stop().why()).doesNotContain("this machine");
  }

  // login

  @ParameterizedTest
  @EnumSource(
      value = LoginStatus.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"SUCCESS", "TARGET_MOVED_TEMPORARILY", "TARGET_MOVED_PERMANENTLY"})
  void refusalIsExplainedByItsStatus(LoginStatus status) {
    ScriptedPath path = new ScriptedPath().connected();
    path.refused(
        status,
        status.statusClass() == 3 || status == LoginStatus.NOT_FOUND
            ? lost(Reason.LOGIN_REFUSED, "login status")
            : status == LoginStatus.AUTHENTICATION_FAILURE
                ? AUTHENTICATION
                : new SessionFailure(SessionFailure.Reason.LOGIN_REJECTED, "login status", false));
    assertThat(path.stop().step()).isEqualTo(Step.LOGIN);
    assertThat(path.stop().why()).doesNotContain("not define").isNotEmpty();
    String telling =
        switch (status) {
          case NOT_FOUND -> "target name is not known";
          case AUTHORIZATION_FAILURE -> "does not allow this initiator";
          case AUTHENTICATION_FAILURE -> "wants CHAP";
          case OUT_OF_RESOURCES, TOO_MANY_CONNECTIONS -> "no further sessions";
          case SERVICE_UNAVAILABLE, TARGET_ERROR -> "cannot serve now";
          case TARGET_REMOVED -> "was removed";
          default -> "login status";
        };
    assertThat(path.stop().why()).contains(telling);
  }

  @Test
  void wrongSecretAndMissingCredentialsAndFailedProofAreToldApart() {
    DiagnosisSettings chap =
        new DiagnosisSettings(
            ScriptedPath.NAME,
            1,
            Optional.of(
                io.pathproof.initiator.session.ChapSettings.oneWay(
                    new io.pathproof.initiator.session.ChapCredentials("u", "secret"))),
            1000 * MS,
            1,
            1,
            Set.of());
    ScriptedPath wrong = new ScriptedPath(Optional.of(ScriptedPath.TARGET), chap).connected();
    wrong.refused(LoginStatus.AUTHENTICATION_FAILURE, AUTHENTICATION);
    assertThat(wrong.stop().why()).contains("the secret is wrong");
    ScriptedPath none = new ScriptedPath().connected();
    none.loginFails(AUTHENTICATION);
    assertThat(none.stop().why()).contains("wants CHAP, and no credentials were given");
    ScriptedPath proof = new ScriptedPath(Optional.of(ScriptedPath.TARGET), chap).connected();
    proof.loginFails(
        new SessionFailure(
            SessionFailure.Reason.AUTHENTICATION_FAILED, "the target's response is wrong", false));
    assertThat(proof.stop().why()).contains("CHAP failed on this side");
  }

  @ParameterizedTest
  @CsvSource({
    "LOGIN_TIMED_OUT, does not answer the login",
    "CLOSED_BY_TARGET, ends it during the login",
    "RESET, ends it during the login",
    "PROTOCOL_ERROR, breaks the iSCSI protocol"
  })
  void loginFindsNoTarget(Reason reason, String why) {
    ScriptedPath path = new ScriptedPath().connected();
    path.loginFails(lost(reason, "what happened"));
    assertThat(path.stop().step()).isEqualTo(Step.LOGIN);
    assertThat(path.stop().why()).contains(why);
    assertThat(path.report.step(Step.TCP).outcome()).isEqualTo(Outcome.PASSED);
    assertThat(path.pingAsked).isFalse();
  }

  @Test
  void redirectionsAreShownAndTheirEndIsToldApart() {
    ScriptedPath path = new ScriptedPath().connected();
    path.event(
        new SessionEvent.Redirected(
            ScriptedPath.LINK.portal(), new Portal("10.0.0.2", 3260), false));
    path.loginFails(lost(Reason.REFUSED, "connect(2) of a socket: -111"));
    assertThat(path.stop().step()).isEqualTo(Step.LOGIN);
    assertThat(path.stop().seen()).isEqualTo("connection refused; redirected to 10.0.0.2:3260");
    assertThat(path.stop().why()).contains("sent on to 10.0.0.2:3260");

    ScriptedPath loop = new ScriptedPath().connected();
    loop.loginFails(
        new SessionFailure(SessionFailure.Reason.REDIRECT_LOOP, "back at 10.0.0.1", false));
    assertThat(loop.stop().why()).contains("round in a circle");
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

  // discovery

  @Test
  void discoveryTellsTargetsAndAsksNoUnit() {
    ScriptedPath path =
        new ScriptedPath(Optional.empty(), ScriptedPath.settings(Set.of(1))).loggedIn();
    path.discovery.found(
        List.of(
            new SendTargets.Target(
                "iqn.x", List.of(new TargetAddress("10.0.0.9", 3260, OptionalInt.of(1))))),
        path.nowNs);
    assertThat(path.report.stop()).isEmpty();
    assertThat(path.report.targets()).hasSize(1);
    assertThat(path.report.step(Step.LUN).outcome()).isEqualTo(Outcome.NOT_APPLICABLE);
  }

  @Test
  void discoveryWithoutAnAnswerStopsAtTheLogin() {
    ScriptedPath path =
        new ScriptedPath(Optional.empty(), ScriptedPath.settings(Set.of())).loggedIn();
    path.discovery.failed(lost(Reason.CLOSED_BY_TARGET, "closed"), path.nowNs);
    assertThat(path.stop().step()).isEqualTo(Step.LOGIN);
    assertThat(path.stop().remedy()).contains("--target");
  }
}
