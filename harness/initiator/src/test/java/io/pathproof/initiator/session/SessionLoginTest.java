package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.ISID;
import static io.pathproof.initiator.session.ScriptedTarget.OFFER;
import static io.pathproof.initiator.session.ScriptedTarget.keys;
import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.protocol.iscsi.BinaryValue;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.LoginStage;
import io.pathproof.protocol.iscsi.OperationalKey;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Login, negotiation and CHAP (RFC 7143 sections 6, 12 and 13). */
class SessionLoginTest {
  private static final ChapCredentials HOST = new ChapCredentials("host", "initiator secret");
  private static final ChapCredentials ARRAY = new ChapCredentials("array", "target secret");
  private static final String CHALLENGE = "0x0102030405060708090a0b0c0d0e0f10";

  // Computed with Python's hashlib: md5(bytes([0x17]) + b"initiator secret" + challenge), and so
  // on.
  private static final String MD5_OF_HOST = "0x2dd1682209f0c0e193b1442861e6f7b5";
  private static final String SHA256_OF_HOST =
      "0x1592dc871457fafc3e0292c313a1dbd598bba7bd405684892474640d58987d03";
  private static final String MD5_OF_ARRAY = "0x77b2ddab089b5bced5453c9e7f21c436";

  private static ScriptedTarget started(SessionSettings settings) {
    ScriptedTarget target = new ScriptedTarget(settings);
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    return target;
  }

  private static KeyValues none() {
    return KeyValues.empty().with("AuthMethod", "None");
  }

  private static SessionFailure.Reason end(ScriptedTarget target) {
    assertThat(target.ends).hasSize(1);
    assertThat(target.core.state()).isEqualTo(SessionState.FREE);
    assertThat(target.disconnects).hasSize(1);
    assertThat(target.core.nextDeadlineNs()).isEqualTo(SessionCore.NO_DEADLINE);
    return target.ends.get(0).reason();
  }

  @Test
  @Tag("rfc7143:6.3-a")
  @Tag("rfc7143:11.12-a")
  @Tag("rfc7143:12.1-a")
  void theFirstRequestSaysWhoAndWhat() {
    ScriptedTarget target = started(settings());
    LoginRequest first = target.answerSecurity(none());
    assertThat(first.isid()).isEqualTo(ISID);
    assertThat(first.tsih()).isZero();
    assertThat(first.transit()).isTrue();
    assertThat(keys(first.data()).asMap())
        .containsEntry("InitiatorName", "iqn.test:host")
        .containsEntry("TargetName", "iqn.test:array")
        .containsEntry("SessionType", "Normal")
        .containsEntry("AuthMethod", "None");
  }

  @Test
  @Tag("rfc7143:13.12-a")
  @Tag("rfc7143:13.13-a")
  void negotiatedValuesAreInForce() {
    ScriptedTarget target =
        new ScriptedTarget(
            settings().withOffer(OFFER.withDigests(DigestPolicy.PREFER_CRC32C, DigestPolicy.NONE)));
    target.own =
        Map.of(
            OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH, "1536",
            OperationalKey.FIRST_BURST_LENGTH, "1024",
            OperationalKey.INITIAL_R2T, "Yes",
            OperationalKey.IMMEDIATE_DATA, "No",
            OperationalKey.DEFAULT_TIME_2_WAIT, "3");
    target.core.start(target.nowNs);
    target.login();
    SessionParameters up = target.ups.get(0);
    assertThat(target.core.state()).isEqualTo(SessionState.LOGGED_IN);
    assertThat(up.digests()).isEqualTo(new Digests(true, false));
    assertThat(target.digests).containsExactly(new Digests(true, false));
    assertThat(target.maxRecv).containsExactly(4096);
    assertThat(up.maxSendDataSegmentLength()).isEqualTo(1536);
    assertThat(up.firstBurstLength()).isEqualTo(1024);
    assertThat(up.maxBurstLength()).isEqualTo(4096);
    assertThat(up.initialR2t()).isTrue();
    assertThat(up.immediateData()).isFalse();
    assertThat(up.time2WaitSec()).isEqualTo(3);
    assertThat(up.tsih()).isEqualTo(77);
    assertThat(up.targetPortalGroupTag()).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({
    "FirstBurstLength, 4096", // more than was offered
    "HeaderDigest, CRC32C", // not in the list
    "ImmediateData, Maybe",
    "MaxBurstLength, 100", // out of range
    "DefaultTime2Wait, -1",
    "MaxRecvDataSegmentLength, 16777216"
  })
  @Tag("rfc7143:6.2-b")
  @Tag("rfc7143:7.12-a")
  void anAnswerThatTheOfferDoesNotAllowEndsTheLogin(String key, String value) {
    ScriptedTarget target = started(settings());
    target.own = Map.of(OperationalKey.of(key).orElseThrow(), value);
    target.answerSecurity(none());
    target.answerOperational();
    assertThat(end(target)).isEqualTo(SessionFailure.Reason.NEGOTIATION_FAILED);
    assertThat(target.ends.get(0).text()).contains(key);
  }

  @Test
  @Tag("rfc7143:6.2-c")
  @Tag("rfc7143:13.22-a")
  @Tag("rfc7143:13.23-a")
  @Tag("rfc7143:13.25-a")
  void theTargetsOwnOffersAreAnswered() {
    ScriptedTarget target = started(settings());
    target.answerSecurity(none());
    LoginRequest offers = target.next(LoginRequest.class);
    target.receive(
        target.response(
            offers,
            false,
            LoginStage.SECURITY_NEGOTIATION,
            0,
            KeyValues.empty()
                .with("X-com.example.Speed", "9")
                .with("IFMarker", "No")
                .with("TaskReporting", "FastAbort,RFC3720")));
    LoginRequest replies = target.next(LoginRequest.class);
    assertThat(keys(replies.data()).asMap())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "X-com.example.Speed", "NotUnderstood",
                "IFMarker", "Reject",
                "TaskReporting", "RFC3720"));
  }

  @Test
  @Tag("rfc7143:6.1-d")
  void textInSeveralPartsIsJoined() {
    ScriptedTarget target = started(settings());
    LoginRequest first = target.next(LoginRequest.class);
    LoginResponse whole = target.response(first, false, LoginStage.SECURITY_NEGOTIATION, 0, none());
    LoginResponse part =
        new LoginResponse(
            false,
            true,
            whole.currentStage(),
            whole.nextStage(),
            0,
            0,
            ISID,
            0,
            whole.initiatorTaskTag(),
            whole.statSn(),
            whole.expCmdSn(),
            whole.maxCmdSn(),
            0,
            0,
            whole.data().slice(0, 7));
    target.receive(part);
    LoginRequest goOn = target.next(LoginRequest.class);
    assertThat(goOn.data().remaining()).isZero();
    assertThat(goOn.transit()).isFalse();
    target.receive(
        new LoginResponse(
            false,
            false,
            whole.currentStage(),
            whole.nextStage(),
            0,
            0,
            ISID,
            0,
            whole.initiatorTaskTag(),
            target.statSn++,
            whole.expCmdSn(),
            whole.maxCmdSn(),
            0,
            0,
            whole.data().slice(7, whole.data().remaining() - 7)));
    target.answerSecurity(KeyValues.empty());
    target.answerOperational();
    assertThat(target.ups).hasSize(1);
  }

  @Test
  @Tag("rfc7143:6.3-b")
  void aTargetThatNeverTransitsIsLeft() {
    ScriptedTarget target = started(settings());
    target.answerSecurity(none());
    for (int i = 0; i < 100 && target.ends.isEmpty(); i++) {
      LoginRequest request = target.next(LoginRequest.class);
      target.receive(
          target.response(request, false, LoginStage.SECURITY_NEGOTIATION, 0, KeyValues.empty()));
    }
    assertThat(end(target)).isEqualTo(SessionFailure.Reason.NEGOTIATION_FAILED);
  }

  @Test
  @Tag("rfc7143:13.9-a")
  void aPortalOfAnotherGroupIsRefused() {
    ScriptedTarget target = started(settings().withPortalGroupTag(2));
    target.answerSecurity(none().with("TargetPortalGroupTag", "1"));
    target.answerOperational();
    assertThat(end(target)).isEqualTo(SessionFailure.Reason.WRONG_PORTAL_GROUP);
  }

  @ParameterizedTest
  @CsvSource({
    "0201, AUTHENTICATION_FAILED",
    "0202, LOGIN_REJECTED",
    "0204, LOGIN_REJECTED",
    "02ff, LOGIN_REJECTED",
    "0700, LOGIN_REJECTED"
  })
  @Tag("rfc7143:11.13-b")
  void aRefusalForAReasonOfOursEndsTheSession(String status, SessionFailure.Reason reason) {
    ScriptedTarget target = started(settings());
    target.refuse(Integer.parseInt(status, 16), KeyValues.empty());
    assertThat(end(target)).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({"0300", "0301", "0302", "0203"})
  @Tag("rfc7143:11.13-b")
  @Tag("rfc7143:11.13-c")
  void aRefusalForNowIsTriedAgain(String status) {
    ScriptedTarget target = started(settings());
    target.refuse(Integer.parseInt(status, 16), KeyValues.empty());
    assertThat(target.core.state()).isEqualTo(SessionState.CLEANUP_WAIT);
    target.pass(499);
    assertThat(target.connects).hasSize(1);
    target.pass(1);
    assertThat(target.connects).hasSize(2);
    target.login();
    assertThat(target.ups).hasSize(1);
  }

  @Test
  void aSilentLoginTimesOut() {
    ScriptedTarget target = started(settings());
    target.pass(999);
    assertThat(target.disconnects).isEmpty();
    target.pass(1);
    assertThat(target.disconnects).hasSize(1);
    Failure failure = target.events(SessionEvent.LoginFailed.class).get(0).failure();
    assertThat(((ConnectionFailure) failure).reason())
        .isEqualTo(ConnectionFailure.Reason.LOGIN_TIMED_OUT);
  }

  private static ScriptedTarget challenged(ChapSettings chap, String algorithm, String challenge) {
    ScriptedTarget target = started(settings().withChap(chap));
    LoginRequest first = target.answerSecurity(KeyValues.empty().with("AuthMethod", "CHAP"));
    assertThat(first.transit()).isFalse();
    assertThat(keys(first.data()).get("AuthMethod"))
        .hasValue(chap.target().isPresent() ? "CHAP" : "CHAP,None");
    LoginRequest offer =
        target.answerSecurity(
            KeyValues.empty()
                .with("CHAP_A", algorithm)
                .with("CHAP_I", "23")
                .with("CHAP_C", challenge));
    assertThat(keys(offer.data()).get("CHAP_A")).hasValue("5,7");
    return target;
  }

  @ParameterizedTest
  @CsvSource({"5, " + MD5_OF_HOST, "7, " + SHA256_OF_HOST})
  @Tag("rfc7143:12.1-a")
  @Tag("rfc7143:12.1.3-a")
  @Tag("rfc7143:6.1-e")
  void chapAnswersTheChallenge(String algorithm, String response) {
    ScriptedTarget target = challenged(ChapSettings.oneWay(HOST), algorithm, CHALLENGE);
    LoginRequest proof = target.answerSecurity(KeyValues.empty());
    assertThat(proof.transit()).isTrue();
    assertThat(keys(proof.data()).asMap())
        .containsExactlyInAnyOrderEntriesOf(Map.of("CHAP_N", "host", "CHAP_R", response));
    target.answerOperational();
    assertThat(target.ups).hasSize(1);
    assertThat(target.events(SessionEvent.ChapChallenged.class)).hasSize(1);
  }

  @Test
  @Tag("rfc7143:9.2.1-c")
  void chapChecksTheTargetsProof() {
    ScriptedTarget target = challenged(ChapSettings.mutual(HOST, ARRAY), "5", CHALLENGE);
    LoginRequest proof =
        target.answerSecurity(
            KeyValues.empty().with("CHAP_N", "array").with("CHAP_R", MD5_OF_ARRAY));
    assertThat(keys(proof.data()).asMap())
        .containsEntry("CHAP_I", "24")
        .containsEntry("CHAP_C", "0x" + "a5".repeat(32));
    target.answerOperational();
    assertThat(target.ups).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "array, 0x00112233445566778899aabbccddeeff",
    "other, " + MD5_OF_ARRAY,
    "array, " + MD5_OF_HOST // our own answer sent back
  })
  @Tag("rfc7143:6.3-c")
  @Tag("rfc7143:9.2.1-c")
  void aWrongProofOfTheTargetIsRefused(String name, String response) {
    ScriptedTarget target = challenged(ChapSettings.mutual(HOST, ARRAY), "5", CHALLENGE);
    target.answerSecurity(KeyValues.empty().with("CHAP_N", name).with("CHAP_R", response));
    assertThat(end(target)).isEqualTo(SessionFailure.Reason.AUTHENTICATION_FAILED);
  }

  @Test
  @Tag("rfc7143:9.2.1-c")
  void aMissingProofOfTheTargetIsRefused() {
    ScriptedTarget target = challenged(ChapSettings.mutual(HOST, ARRAY), "5", CHALLENGE);
    target.answerSecurity(KeyValues.empty());
    assertThat(end(target)).isEqualTo(SessionFailure.Reason.AUTHENTICATION_FAILED);
  }

  @Test
  @Tag("rfc7143:9.2.1-c")
  @Tag("rfc7143:12.1-a")
  void aTargetThatSkipsMutualChapIsRefused() {
    ScriptedTarget target = started(settings().withChap(ChapSettings.mutual(HOST, ARRAY)));
    target.answerSecurity(none());
    assertThat(end(target)).isEqualTo(SessionFailure.Reason.AUTHENTICATION_FAILED);
  }

  @Test
  @Tag("rfc7143:9.2.1-a")
  void ourOwnChallengeSentBackIsRefused() {
    ScriptedTarget target =
        challenged(
            ChapSettings.mutual(HOST, ARRAY), "5", BinaryValue.encodeHex(filled((byte) 0xa5)));
    assertThat(end(target)).isEqualTo(SessionFailure.Reason.AUTHENTICATION_FAILED);
    assertThat(target.sent).as("no answer to it").isEmpty();
  }

  private static byte[] filled(byte value) {
    byte[] bytes = new byte[32];
    java.util.Arrays.fill(bytes, value);
    return bytes;
  }

  @Test
  @Tag("rfc7143:12.1.3-c")
  void anAlgorithmThatWasNotOfferedIsRefused() {
    assertThat(end(challenged(ChapSettings.oneWay(HOST), "6", CHALLENGE)))
        .isEqualTo(SessionFailure.Reason.AUTHENTICATION_FAILED);
  }

  @Test
  @Tag("rfc7143:9.2.1-b")
  void oneSecretForBothDirectionsIsRefused() {
    assertThatThrownBy(() -> ChapSettings.mutual(HOST, new ChapCredentials("array", HOST.secret())))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
