package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.OFFER;
import static io.pathproof.initiator.session.ScriptedTarget.PORTAL;
import static io.pathproof.initiator.session.ScriptedTarget.keys;
import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A login that forgoes the stage SecurityNegotiation (RFC 7143 section 6.3.1). */
class SecurityStageTest {
  private static final int AUTHENTICATION_FAILURE = 0x0201;
  private static final int NOT_FOUND = 0x0203;

  private static SessionSettings withoutStage() {
    return settings().withOffer(OFFER.withoutSecurityStage());
  }

  private static ScriptedTarget started(SessionSettings settings) {
    ScriptedTarget target = new ScriptedTarget(settings);
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    return target;
  }

  private static void nextAttempt(ScriptedTarget target) {
    target.nowNs = target.core.nextDeadlineNs();
    target.deadline();
  }

  @Test
  @DisplayName("It is done with one exchange, whose request says who, what and all offers")
  void oneExchangeIsEnough() {
    ScriptedTarget target = started(withoutStage());
    LoginRequest request = target.answerOperational();
    assertThat(request.transit()).isTrue();
    assertThat(request.nextStage()).isEqualTo(LoginStage.FULL_FEATURE_PHASE);
    assertThat(keys(request.data()).asMap())
        .containsEntry("InitiatorName", "iqn.test:host")
        .containsEntry("TargetName", "iqn.test:array")
        .containsEntry("SessionType", "Normal")
        .containsKeys("MaxBurstLength", "HeaderDigest", "MaxRecvDataSegmentLength")
        .doesNotContainKey("AuthMethod");
    assertThat(target.ups).hasSize(1);
    assertThat(target.connects).containsExactly(PORTAL);
    assertThat(target.sent).isEmpty();
  }

  @Test
  @DisplayName("A target that insists has the stage, at once and from then on")
  void aTargetThatInsistsHasTheStage() {
    ScriptedTarget target = started(withoutStage());
    target.refuse(AUTHENTICATION_FAILURE, KeyValues.empty());
    assertThat(target.connects).containsExactly(PORTAL, PORTAL);
    assertThat(target.disconnects).hasSize(1);
    assertThat(target.ends).isEmpty();
    target.login();
    assertThat(target.ups).hasSize(1);

    target.closedByTarget();
    nextAttempt(target);
    assertThat(target.connects).hasSize(3);
    target.login();
    assertThat(target.ups).hasSize(2);
  }

  @Test
  @DisplayName("A target that then refuses as well has refused: the session ends")
  void aTargetThatRefusesWithTheStageHasRefused() {
    ScriptedTarget target = started(withoutStage());
    target.refuse(AUTHENTICATION_FAILURE, KeyValues.empty());
    target.core.onConnected(target.nowNs);
    target.refuse(AUTHENTICATION_FAILURE, KeyValues.empty());
    assertThat(target.connects).hasSize(2);
    assertThat(target.ends).hasSize(1);
    assertThat(target.ends.get(0).reason()).isEqualTo(SessionFailure.Reason.AUTHENTICATION_FAILED);
  }

  @Test
  @DisplayName("Another refusal says nothing of the stage, which the next attempt forgoes again")
  void anotherRefusalSaysNothingOfTheStage() {
    ScriptedTarget target = started(withoutStage());
    target.refuse(NOT_FOUND, KeyValues.empty());
    assertThat(target.connects).hasSize(1);
    nextAttempt(target);
    assertThat(target.connects).hasSize(2);
    target.core.onConnected(target.nowNs);
    target.answerOperational();
    assertThat(target.ups).hasSize(1);
  }

  @Test
  @DisplayName("The target may redirect it")
  void itIsRedirected() {
    ScriptedTarget target = started(withoutStage());
    target.refuse(0x0101, KeyValues.empty().with("TargetAddress", "10.0.0.2:3261"));
    assertThat(target.connects).containsExactly(PORTAL, new Portal("10.0.0.2", 3261));
    target.core.onConnected(target.nowNs);
    target.answerOperational();
    assertThat(target.ups.get(0).portal()).isEqualTo(new Portal("10.0.0.2", 3261));
  }

  @Test
  @DisplayName("A login with CHAP has the stage")
  void aLoginWithChapHasTheStage() {
    ChapCredentials host = new ChapCredentials("host", "initiator secret");
    ScriptedTarget target = started(withoutStage().withChap(ChapSettings.oneWay(host)));
    LoginRequest request = target.answerSecurity(KeyValues.empty().with("AuthMethod", "None"));
    assertThat(keys(request.data()).asMap()).containsEntry("AuthMethod", "CHAP,None");
  }
}
