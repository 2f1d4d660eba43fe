package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.keys;
import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.protocol.iscsi.BinaryValue;
import io.pathproof.protocol.iscsi.Chap;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginStage;
import io.pathproof.protocol.iscsi.OperationalKey;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.Reject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Demands of RFC 7143 on what an initiator says and takes in a login, which no test of a feature
 * shows.
 */
class LoginDemandsTest {
  private static final ChapCredentials HOST = new ChapCredentials("host", "initiator secret");
  private static final ChapCredentials ARRAY = new ChapCredentials("array", "target secret");
  private static final String CHALLENGE = "0x" + "11".repeat(16);

  private static ScriptedTarget started(SessionSettings settings) {
    ScriptedTarget target = new ScriptedTarget(settings);
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    return target;
  }

  private static KeyValues none() {
    return KeyValues.empty().with("AuthMethod", "None");
  }

  /** The requests of a login by mutual CHAP. */
  private static List<LoginRequest> requests() {
    ScriptedTarget target = started(settings().withChap(ChapSettings.mutual(HOST, ARRAY)));
    byte[] posed = new byte[32];
    Arrays.fill(posed, (byte) 0xa5);
    byte[] proof =
        Chap.response(
            Chap.Algorithm.MD5, 24, "target secret".getBytes(StandardCharsets.UTF_8), posed);
    List<LoginRequest> requests = new ArrayList<>();
    requests.add(target.answerSecurity(KeyValues.empty().with("AuthMethod", "CHAP")));
    requests.add(
        target.answerSecurity(
            KeyValues.empty().with("CHAP_A", "5").with("CHAP_I", "23").with("CHAP_C", CHALLENGE)));
    requests.add(
        target.answerSecurity(
            KeyValues.empty()
                .with("CHAP_N", "array")
                .with("CHAP_R", BinaryValue.encodeHex(proof))));
    requests.add(target.answerOperational());
    assertThat(target.ups).hasSize(1);
    return requests;
  }

  @Test
  @Tag("rfc7143:6.3-d")
  @DisplayName("Security comes before operational parameters, and ends within the login")
  void securityComesFirst() {
    assertThat(requests())
        .extracting(LoginRequest::currentStage)
        .containsExactly(
            LoginStage.SECURITY_NEGOTIATION,
            LoginStage.SECURITY_NEGOTIATION,
            LoginStage.SECURITY_NEGOTIATION,
            LoginStage.OPERATIONAL_NEGOTIATION);
  }

  @Test
  @Tag("rfc7143:12-a")
  @DisplayName("The security stage has keys of that stage alone")
  void theSecurityStageHasItsOwnKeysAlone() {
    Set<String> said = new HashSet<>();
    requests().subList(0, 3).forEach(each -> said.addAll(keys(each.data()).asMap().keySet()));
    assertThat(said)
        .containsExactlyInAnyOrder(
            "InitiatorName",
            "SessionType",
            "TargetName",
            "AuthMethod",
            "CHAP_A",
            "CHAP_N",
            "CHAP_R",
            "CHAP_I",
            "CHAP_C");
  }

  @Test
  @Tag("rfc7143:12.1-b")
  @DisplayName("CHAP begins with the request behind the answer that chose it")
  void chapBeginsAsSoonAsItIsChosen() {
    assertThat(keys(requests().get(1).data()).asMap()).containsOnlyKeys("CHAP_A");
  }

  @Test
  @Tag("rfc7143:13.4-a")
  @DisplayName("Both names are said once in a login")
  void namesAreSaidOnce() {
    List<String> said = new ArrayList<>();
    requests().forEach(each -> said.addAll(keys(each.data()).asMap().keySet()));
    assertThat(said).containsOnlyOnce("InitiatorName", "TargetName");
  }

  @Test
  @Tag("rfc7143:6.2-e")
  @Tag("rfc7143:11.12-c")
  @DisplayName("Requests of a login hold whole texts, and one version throughout")
  void requestsOfALoginAreWholeAndOfOneVersion() {
    for (LoginRequest each : requests()) {
      assertThat(each.continueBit()).isFalse();
      assertThat(each.versionMax()).isZero();
      assertThat(each.versionMin()).isZero();
    }
  }

  @Test
  @Tag("rfc7143:6.2-g")
  @DisplayName("Reserved words are never offered; a function to be done without is None")
  void reservedWordsAreNoOffers() {
    ScriptedTarget target = started(settings());
    Map<String, String> first = keys(target.answerSecurity(none()).data()).asMap();
    Map<String, String> offers = keys(target.answerOperational().data()).asMap();
    assertThat(first).containsEntry("AuthMethod", "None");
    assertThat(offers).containsEntry("HeaderDigest", "None").containsEntry("DataDigest", "None");
    assertThat(first.values()).doesNotContain("Reject", "Irrelevant", "NotUnderstood");
    assertThat(offers.values()).doesNotContain("Reject", "Irrelevant", "NotUnderstood");
  }

  @ParameterizedTest
  @CsvSource({
    "true, InitiatorName",
    "true, SessionType",
    "true, TargetName",
    "true, AuthMethod",
    "false, DefaultTime2Retain",
    "false, MaxRecvDataSegmentLength",
    "false, FirstBurstLength",
  })
  @Tag("rfc7143:6.2-f")
  @DisplayName("NotUnderstood for a key of the standard ends the login and names the key")
  void aKeyOfTheStandardHasToBeUnderstood(boolean security, String key) {
    ScriptedTarget target = started(settings());
    KeyValues answer = KeyValues.empty().with(key, "NotUnderstood");
    if (security) {
      target.answerSecurity(answer);
    } else {
      target.answerSecurity(none());
      target.receive(
          target.response(
              target.next(LoginRequest.class), false, LoginStage.SECURITY_NEGOTIATION, 0, answer));
    }
    assertThat(target.ends)
        .extracting(SessionFailure::text)
        .containsExactly("LOGIN_RESPONSE: " + key + ": is not understood, though of RFC 7143");
    assertThat(target.disconnects).hasSize(1);
  }

  /** As many keys of vendors as make that many bytes of text, each answered by more or less. */
  private static KeyValues vendorKeys(int bytes, int ofEach) {
    KeyValues keys = KeyValues.empty();
    for (int at = 0, i = 0; at < bytes; i++) {
      String name = "X-%03d".formatted(i);
      int length = Math.min(ofEach, bytes - at);
      keys = keys.with(name, "v".repeat(length - name.length() - 2));
      at += length;
    }
    assertThat(keys.encode().remaining()).isEqualTo(bytes);
    return keys;
  }

  @Test
  @Tag("rfc7143:6.1-f")
  @DisplayName("8,192 bytes of text in one negotiation are taken")
  void muchTextIsTaken() {
    ScriptedTarget target = started(settings());
    target.answerSecurity(none());
    KeyValues theirs = vendorKeys(8_192, 256);
    target.receive(
        target.response(
            target.next(LoginRequest.class), false, LoginStage.SECURITY_NEGOTIATION, 0, theirs));
    Map<String, String> answers = keys(target.next(LoginRequest.class).data()).asMap();
    assertThat(answers.keySet()).isEqualTo(theirs.asMap().keySet());
    assertThat(answers.values()).containsOnly("NotUnderstood");
  }

  @ParameterizedTest
  @CsvSource({"512, true", "8192, false"})
  @Tag("rfc7143:11.10-d")
  @DisplayName("A login that asks for more text than the target takes is given up")
  void answersOfALoginKeepToWhatTheTargetTakes(int asked, boolean sound) {
    ScriptedTarget target = started(settings());
    target.answerSecurity(none());
    // 8 bytes that ask for 20
    target.receive(
        target.response(
            target.next(LoginRequest.class),
            false,
            LoginStage.SECURITY_NEGOTIATION,
            0,
            vendorKeys(asked, 8)));
    if (sound) {
      assertThat(target.next(LoginRequest.class).data().remaining()).isEqualTo(64 * 20);
    } else {
      assertThat(target.sent).isEmpty();
      assertThat(target.ends.get(0).text())
          .isEqualTo("LOGIN_RESPONSE: text: asks for answers of 20504 bytes, more than 8192");
    }
  }

  @Test
  @Tag("rfc7143:13.14-a")
  @DisplayName("FirstBurstLength is not offered above MaxBurstLength, nor taken")
  void aBurstIsNotLongerThanTheLongest() {
    assertThatThrownBy(
            () ->
                new NegotiationOffer(
                    DigestPolicy.NONE, DigestPolicy.NONE, 4096, 2048, 2047, false, true, 1, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxBurstLength");
    ScriptedTarget target = new ScriptedTarget(settings());
    target.own =
        Map.of(OperationalKey.FIRST_BURST_LENGTH, "2048", OperationalKey.MAX_BURST_LENGTH, "1024");
    target.core.start(target.nowNs);
    target.login();
    assertThat(target.ends.get(0).text())
        .startsWith("LOGIN_RESPONSE: FirstBurstLength: 2048 is greater than MaxBurstLength 1024");
  }

  // ---- how a login ends

  @ParameterizedTest
  @ValueSource(ints = {0x0101, 0x0102, 0x0200, 0x0203, 0x0301})
  @Tag("rfc7143:11.13-f")
  @DisplayName("A login status that is no success closes the connection")
  void aStatusThatIsNoSuccessClosesTheConnection(int status) {
    ScriptedTarget other = started(settings());
    other.refuse(status, KeyValues.empty().with("TargetAddress", "10.0.0.9:3260"));
    assertThat(other.disconnects).hasSize(1);
  }

  @Test
  @Tag("rfc7143:11.17-a")
  @DisplayName("A Reject in the login, as of the old reason 0Bh, ends login and connection")
  void aRejectInTheLoginEndsTheConnection() {
    ScriptedTarget other = started(settings());
    other.receive(new Reject(0x0b, 0, 1, 1, 0, Pdu.NO_DATA));
    assertThat(other.disconnects).hasSize(1);
    assertThat(other.core.state()).isEqualTo(SessionState.CLEANUP_WAIT);
    assertThat(other.ups).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "CHAP_I, ",
    "CHAP_A, ",
    "CHAP_C, ",
    "CHAP_I, 256",
    "CHAP_C, 0x123g",
  })
  @Tag("rfc7143:9.2-a")
  @DisplayName("Keys and values that do not fit the step end the connection")
  void whatDoesNotFitTheStepEndsTheConnection(String key, String value) {
    ScriptedTarget other = started(settings().withChap(ChapSettings.oneWay(HOST)));
    other.answerSecurity(KeyValues.empty().with("AuthMethod", "CHAP"));
    Map<String, String> sound = Map.of("CHAP_A", "5", "CHAP_I", "23", "CHAP_C", CHALLENGE);
    KeyValues keys = KeyValues.empty();
    for (Map.Entry<String, String> each : sound.entrySet()) {
      String said = each.getKey().equals(key) ? value : each.getValue();
      keys = said == null ? keys : keys.with(each.getKey(), said);
    }
    other.answerSecurity(keys);
    assertThat(other.sent).as("no answer to it").isEmpty();
    assertThat(other.disconnects).hasSize(1);
    assertThat(other.ends.get(0).text()).startsWith("LOGIN_RESPONSE: " + key + ": ");
  }

  @Test
  @Tag("rfc7143:9.2.1-c")
  @DisplayName("What this side would have answered to its own challenge is no proof")
  void ourOwnAnswerToOurChallengeIsNoProof() {
    ScriptedTarget other = started(settings().withChap(ChapSettings.mutual(HOST, ARRAY)));
    other.answerSecurity(KeyValues.empty().with("AuthMethod", "CHAP"));
    other.answerSecurity(
        KeyValues.empty().with("CHAP_A", "5").with("CHAP_I", "23").with("CHAP_C", CHALLENGE));
    byte[] posed = new byte[32];
    Arrays.fill(posed, (byte) 0xa5);
    byte[] own =
        Chap.response(
            Chap.Algorithm.MD5, 24, "initiator secret".getBytes(StandardCharsets.UTF_8), posed);
    other.answerSecurity(
        KeyValues.empty().with("CHAP_N", "array").with("CHAP_R", BinaryValue.encodeHex(own)));
    assertThat(other.ends)
        .extracting(SessionFailure::reason)
        .containsExactly(SessionFailure.Reason.AUTHENTICATION_FAILED);
    assertThat(other.disconnects).hasSize(1);
  }
}
