package io.pathproof.initiator.diagnosis;

import static io.pathproof.initiator.diagnosis.ScriptedPath.MS;
import static io.pathproof.initiator.diagnosis.ScriptedPath.lost;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.diagnosis.StepResult.Outcome;
import io.pathproof.initiator.session.ConnectionFailure.Reason;
import io.pathproof.protocol.iscsi.LoginStatus;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TargetAddress;
import io.pathproof.protocol.scsi.StandardInquiry.TargetPortGroupSupport;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A path as a whole, its route and its TCP connection, and what a portal tells of its targets. */
class ExaminationTest {
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
