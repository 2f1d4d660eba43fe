package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.PORTAL;
import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.iscsi.KeyValues;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a redirected login goes, from any of its stages (RFC 7143 sections 11.13.5 and 13.8). */
class RedirectTest {
  private static ScriptedTarget started(SessionSettings settings) {
    ScriptedTarget target = new ScriptedTarget(settings);
    target.core.start(target.nowNs);
    return target;
  }

  private static KeyValues to(String address) {
    return KeyValues.empty().with("TargetAddress", address);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.2, 10.0.0.2, 3260",
    "10.0.0.1:3261, 10.0.0.1, 3261",
    "10.0.0.2:3261, 10.0.0.2, 3261",
    "[fe80::2], fe80::2, 3260",
    "[fe80::2]:860, fe80::2, 860",
    "node-2.lab:3261, node-2.lab, 3261",
    "'10.0.0.2:3260,1', 10.0.0.2, 3260",
  })
  @DisplayName("A new address, a new port or both; of IPv4, IPv6 or a name (13.8)")
  void aRedirectionBringsAnAddressAPortOrBoth(String address, String host, int port) {
    ScriptedTarget target = started(settings());
    target.redirect(address, false);
    assertThat(target.connects).containsExactly(PORTAL, new Portal(host, port));
    assertThat(target.disconnects).containsExactly("redirected to " + new Portal(host, port));
    target.login();
    assertThat(target.ups.get(0).portal()).isEqualTo(new Portal(host, port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"method", "challenge", "proof", "negotiation"})
  @DisplayName("A redirection is taken at any stage, with sequence numbers that mean nothing")
  @Tag("rfc7143:11.13-a")
  void aRedirectionIsTakenAtAnyStage(String when) {
    ChapCredentials host = new ChapCredentials("host", "initiator secret");
    ScriptedTarget target = started(settings().withChap(ChapSettings.oneWay(host)));
    target.core.onConnected(target.nowNs);
    List<String> stages = List.of("method", "challenge", "proof", "negotiation");
    int stage = stages.indexOf(when);
    if (stage > 0) {
      target.answerSecurity(KeyValues.empty().with("AuthMethod", "CHAP"));
    }
    if (stage > 1) {
      target.answerSecurity(
          KeyValues.empty().with("CHAP_A", "5").with("CHAP_I", "1").with("CHAP_C", "0x0102"));
    }
    if (stage > 2) {
      target.answerSecurity(KeyValues.empty());
    }
    target.refuse(0x0101, to("10.0.0.2"));
    assertThat(target.connects).containsExactly(PORTAL, new Portal("10.0.0.2", 3260));
    // there the login begins anew
    target.core.onConnected(target.nowNs);
    target.answerSecurity(KeyValues.empty().with("AuthMethod", "None"));
    target.answerSecurity(KeyValues.empty());
    target.answerOperational();
    assertThat(target.ups).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.256",
        "[fe80::g]",
        "[::1",
        ":3260",
        "10.0.0.2:0",
        "10.0.0.2:x",
        "10.0.0.2:99999",
        "a b",
        "-x",
        "é"
      })
  @DisplayName("Garbage for an address ends the attempt and names the field (13.8)")
  void garbageForAnAddressIsNamed(String address) {
    ScriptedTarget target = started(settings());
    target.redirect(address, false);
    assertThat(target.ends.get(0).reason()).isEqualTo(SessionFailure.Reason.REDIRECT_MALFORMED);
    assertThat(target.ends.get(0).text())
        .startsWith("LOGIN_RESPONSE: TargetAddress: ")
        .contains("\"" + address + "\"", "0x0101");
    assertThat(target.disconnects).hasSize(1);
  }

  @Test
  @DisplayName("A redirection without an address ends the attempt and names the field (13.8)")
  void aMissingAddressIsNamed() {
    ScriptedTarget target = started(settings());
    target.core.onConnected(target.nowNs);
    target.refuse(0x0102, KeyValues.empty());
    assertThat(target.ends.get(0).text())
        .startsWith("LOGIN_RESPONSE: TargetAddress: is missing")
        .contains("0x0102");
  }

  @Test
  @DisplayName("Permanent redirections that go round replace nothing")
  void aLoopOfPermanentRedirectionsLeavesTheOriginal() {
    ScriptedTarget target = ScriptedTarget.up();
    target.closedByTarget();
    target.pass(500);
    target.redirect("10.0.0.2", true);
    target.redirect("10.0.0.1", true);
    Failure astray = target.events(SessionEvent.LoginFailed.class).get(0).failure();
    assertThat(astray.text())
        .isEqualTo(
            "LOGIN_RESPONSE: TargetAddress: redirected in a loop:"
                + " 10.0.0.1:3260 -> 10.0.0.2:3260 -> 10.0.0.1:3260");
    target.pass(500);
    assertThat(target.connects).last().isEqualTo(PORTAL);
  }

  @Test
  @DisplayName("A permanent redirection holds for every later login, also after a refusal there")
  void aPermanentRedirectionHoldsThroughARefusal() {
    ScriptedTarget target = started(settings());
    target.redirect("10.0.0.2", true);
    target.core.onConnected(target.nowNs);
    target.refuse(0x0301, KeyValues.empty());
    target.pass(500);
    assertThat(target.connects).last().isEqualTo(new Portal("10.0.0.2", 3260));
    target.login();
    target.closedByTarget();
    target.pass(500);
    assertThat(target.connects).hasSize(4).last().isEqualTo(new Portal("10.0.0.2", 3260));
  }

  @Test
  @Tag("rfc7143:11.13-a")
  @Tag("rfc7143:11.13-c")
  void aTemporaryRedirectionHoldsForOneSession() {
    ScriptedTarget target = started(settings());
    target.redirect("10.0.0.2:3261", false);
    assertThat(target.connects).containsExactly(PORTAL, new Portal("10.0.0.2", 3261));
    target.login();
    assertThat(target.ups.get(0).portal()).isEqualTo(new Portal("10.0.0.2", 3261));
    target.closedByTarget();
    target.pass(500);
    assertThat(target.connects).hasSize(3).last().isEqualTo(PORTAL);
  }

  @Test
  @Tag("rfc7143:11.13-a")
  void aPermanentRedirectionReplacesTheAddress() {
    ScriptedTarget target = started(settings());
    target.redirect("[fe80::1]:3262", true);
    target.login();
    target.closedByTarget();
    target.pass(500);
    assertThat(target.connects).hasSize(3).last().isEqualTo(new Portal("fe80::1", 3262));
  }

  @Test
  void aPermanentMoveBehindATemporaryOneLeavesTheOriginal() {
    ScriptedTarget target = started(settings());
    target.redirect("10.0.0.2", false);
    target.redirect("10.0.0.3", true);
    target.login();
    target.closedByTarget();
    target.pass(500);
    assertThat(target.connects).hasSize(4).last().isEqualTo(PORTAL);
  }

  @Test
  void aLoopOfRedirectionsIsReported() {
    ScriptedTarget target = started(settings());
    target.redirect("10.0.0.2", false);
    target.redirect("10.0.0.1:3260,1", false);
    assertThat(target.ends.get(0).reason()).isEqualTo(SessionFailure.Reason.REDIRECT_LOOP);
    assertThat(target.ends.get(0).text())
        .contains("10.0.0.1:3260 -> 10.0.0.2:3260 -> 10.0.0.1:3260");
    assertThat(target.connects).hasSize(2);
  }

  @Test
  void eightHopsAreFollowedAndNotANinth() {
    ScriptedTarget target = started(settings());
    for (int hop = 2; hop <= 9; hop++) {
      target.redirect("10.0.0." + hop, false);
    }
    assertThat(target.ends).isEmpty();
    assertThat(target.connects).hasSize(9);
    target.redirect("10.0.0.10", false);
    assertThat(target.ends.get(0).reason()).isEqualTo(SessionFailure.Reason.REDIRECT_LOOP);
  }

  @Test
  void redirectionsShareOneLoginTimeout() {
    ScriptedTarget target = started(settings());
    target.pass(900);
    target.redirect("10.0.0.2", false);
    target.pass(100);
    assertThat(target.events(SessionEvent.LoginFailed.class)).hasSize(1);
  }
}
