package io.pathproof.initiator.diagnosis;

import static io.pathproof.initiator.diagnosis.ScriptedPath.MS;
import static io.pathproof.initiator.diagnosis.ScriptedPath.lost;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.diagnosis.StepResult.Outcome;
import io.pathproof.initiator.session.ChapCredentials;
import io.pathproof.initiator.session.ChapSettings;
import io.pathproof.initiator.session.ConnectionFailure.Reason;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.protocol.iscsi.LoginStatus;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A path that stops at the login, in each of its ways; redirections, to names too. */
class ExaminationLoginTest {
  private static final SessionFailure AUTHENTICATION =
      new SessionFailure(SessionFailure.Reason.AUTHENTICATION_FAILED, "login status 0x0201", false);

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
    ScriptedPath wrong = withChap();
    wrong.event(new SessionEvent.ChapChallenged(ScriptedPath.LINK.portal()));
    wrong.refused(LoginStatus.AUTHENTICATION_FAILURE, AUTHENTICATION);
    assertThat(wrong.stop().why()).contains("the secret is wrong");
    ScriptedPath none = new ScriptedPath().connected();
    none.loginFails(AUTHENTICATION);
    assertThat(none.stop().why()).contains("wants CHAP, and no credentials were given");
    ScriptedPath proof = withChap();
    proof.loginFails(
        new SessionFailure(
            SessionFailure.Reason.AUTHENTICATION_FAILED, "the target's response is wrong", false));
    assertThat(proof.stop().why()).contains("CHAP failed on this side");
  }

  private static ScriptedPath withChap() {
    DiagnosisSettings chap =
        new DiagnosisSettings(
            ScriptedPath.NAME,
            1,
            Optional.of(ChapSettings.oneWay(new ChapCredentials("u", "secret"))),
            1000 * MS,
            1,
            1,
            Set.of());
    return new ScriptedPath(Optional.of(ScriptedPath.TARGET), chap).connected();
  }

  @Test
  void refusalBeforeAnyChallengeDoesNotBlameTheSecret() {
    ScriptedPath path = withChap();
    // one of a login before, elsewhere, does not count
    path.event(new SessionEvent.ChapChallenged(ScriptedPath.LINK.portal()));
    path.event(new SessionEvent.Connecting(ScriptedPath.LINK.portal()));
    path.refused(LoginStatus.AUTHENTICATION_FAILURE, AUTHENTICATION);
    assertThat(path.stop().why())
        .isEqualTo(
            "the target refused before it asked for any CHAP answer: it may do no CHAP, or not"
                + " know this initiator");
  }

  @Test
  void loginThatTookNoChapSaysThatTheCredentialsWereNotTested() throws Exception {
    String untested = "the target asked for no CHAP: the credentials were not tested";
    ScriptedPath none = withChap().up().run();
    assertThat(none.report.stop()).isEmpty();
    assertThat(none.report.step(Step.LOGIN).seen()).endsWith("; " + untested);
    assertThat(IdentityComparison.of(List.of(none.report)).notes())
        .containsExactly("10.0.0.1:3260: " + untested);
    ScriptedPath chap = withChap();
    chap.event(new SessionEvent.ChapChallenged(ScriptedPath.LINK.portal()));
    ScriptedPath plain = new ScriptedPath().loggedIn();
    for (ScriptedPath path : List.of(chap.up().run(), plain.run())) {
      assertThat(path.report.step(Step.LOGIN).seen()).doesNotContain("CHAP");
      assertThat(IdentityComparison.of(List.of(path.report)).notes()).isEmpty();
    }
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
}
