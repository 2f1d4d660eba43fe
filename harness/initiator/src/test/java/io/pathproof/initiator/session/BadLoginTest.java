package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.LoginStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Answers in a login that no sound target gives: which of them ends what, and what is said of it.
 */
class BadLoginTest {
  private static LoginResponse with(
      LoginResponse of, int version, LoginStage stage, int tsih, int tag, int statSn) {
    return new LoginResponse(
        of.transit(),
        false,
        stage,
        of.nextStage(),
        0,
        version,
        of.isid(),
        tsih,
        tag,
        statSn,
        of.expCmdSn(),
        of.maxCmdSn(),
        0,
        0,
        of.data());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "version | LOGIN_RESPONSE: Version-active: 1, offered is 0 alone",
        "stage | LOGIN_RESPONSE: CSG: OPERATIONAL_NEGOTIATION, expected SECURITY_NEGOTIATION",
        "tag | LOGIN_RESPONSE: Initiator Task Tag: 0x00000007, expected 0x00000000",
        "text | LOGIN_RESPONSE: pair at byte 0: has no '=' [FORMAT]",
        "twice | LOGIN_RESPONSE: AuthMethod: is given twice [NEGOTIATION]",
        "nul | LOGIN_RESPONSE: NUL at byte 0: the last pair is not closed [TRUNCATED]",
        "method | LOGIN_RESPONSE: AuthMethod: 'KRB5', offered was None",
      })
  @DisplayName("A bad answer to the first Login Request ends the session (6.3, 11.13)")
  @Tag("rfc7143:9.2-a")
  @Tag("rfc7143:11.13-e")
  void aBadFirstAnswerEndsTheSession(String what, String text) {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    LoginRequest request = target.next(LoginRequest.class);
    KeyValues keys = KeyValues.empty().with("AuthMethod", what.equals("method") ? "KRB5" : "None");
    LoginResponse sound =
        target.response(request, true, LoginStage.OPERATIONAL_NEGOTIATION, 0, keys);
    LoginStage security = LoginStage.SECURITY_NEGOTIATION;
    target.receive(
        switch (what) {
          case "version" -> with(sound, 1, security, 0, 0, sound.statSn());
          case "stage" -> with(sound, 0, LoginStage.OPERATIONAL_NEGOTIATION, 0, 0, sound.statSn());
          case "tag" -> with(sound, 0, security, 0, 7, sound.statSn());
          case "text" -> ScriptedTarget.withData(sound, "AuthMethod\0");
          case "twice" -> ScriptedTarget.withData(sound, "AuthMethod=None\0AuthMethod=None\0");
          case "nul" -> ScriptedTarget.withData(sound, "AuthMethod=None");
          default -> sound;
        });
    assertThat(target.ends).extracting(SessionFailure::text).containsExactly(text);
    assertThat(target.disconnects).hasSize(1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "tsih | LOGIN_RESPONSE: TSIH: 0 at the end of the login",
        "statSn | LOGIN_RESPONSE: StatSN: 0x00000010, expected 0xffffffff",
        "stage | LOGIN_RESPONSE: NSG: from OPERATIONAL_NEGOTIATION to OPERATIONAL_NEGOTIATION",
      })
  @DisplayName("A bad end of a login ends the session (6.3, 11.13)")
  void aBadLastAnswerEndsTheSession(String what, String text) {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    target.answerSecurity(KeyValues.empty().with("AuthMethod", "None"));
    LoginRequest request = target.next(LoginRequest.class);
    LoginStage next =
        what.equals("stage") ? LoginStage.OPERATIONAL_NEGOTIATION : LoginStage.FULL_FEATURE_PHASE;
    LoginResponse sound =
        target.response(request, true, next, 77, ScriptedTarget.keys(request.data()));
    target.receive(
        switch (what) {
          case "tsih" -> with(sound, 0, sound.currentStage(), 0, 0, sound.statSn());
          case "statSn" -> with(sound, 0, sound.currentStage(), 77, 0, 16);
          default -> sound;
        });
    assertThat(target.ends).extracting(SessionFailure::text).containsExactly(text);
  }

  @Test
  @DisplayName("A PDU of another phase in a login ends the attempt, and it is tried again")
  @Tag("rfc7143:4.2.4-b")
  void aPduOfAnotherPhaseEndsTheAttempt() {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    target.receive(target.update());
    SessionEvent.LoginFailed failed = target.events(SessionEvent.LoginFailed.class).get(0);
    assertThat(failed.failure().text()).isEqualTo("NOP_IN: opcode: has no place in a login");
    assertThat(target.ends).isEmpty();
    target.pass(500);
    assertThat(target.connects).hasSize(2);
  }
}
