package io.pathproof.targets.array.iscsi;

import static io.pathproof.protocol.iscsi.LoginStage.FULL_FEATURE_PHASE;
import static io.pathproof.protocol.iscsi.LoginStage.OPERATIONAL_NEGOTIATION;
import static io.pathproof.protocol.iscsi.LoginStage.SECURITY_NEGOTIATION;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.BinaryValue;
import io.pathproof.protocol.iscsi.Chap;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.LoginStatus;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TextRequest;
import io.pathproof.protocol.iscsi.TextResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7143 sections 6.3, 11.12, 11.13, 12.1 and 13, the target's side. */
class LoginTest {
  private static final ChapAccounts ACCOUNTS =
      new ChapAccounts(
          "host",
          "secret-of-host",
          Optional.of(new ChapAccounts.TargetAccount("array", "secret-of-array")));

  private final Rig rig = new Rig();

  @Test
  void oneRequestIsEnough() {
    ScriptedInitiator host = new ScriptedInitiator(rig, 1);

    LoginResponse response =
        host.logIn(
            KeyValues.empty()
                .with("HeaderDigest", "CRC32C,None")
                .with("DataDigest", "None,CRC32C")
                .with("MaxBurstLength", "16384")
                .with("FirstBurstLength", "65536")
                .with("InitialR2T", "Yes")
                .with("ErrorRecoveryLevel", "2")
                .with("MaxConnections", "8")
                .with("X-com.example.unknown", "1"));

    assertThat(response.status()).contains(LoginStatus.SUCCESS);
    assertThat(response.transit()).isTrue();
    assertThat(response.tsih()).isNotZero();
    KeyValues answers = decode(response.data());
    assertThat(answers.get("HeaderDigest")).contains("CRC32C");
    assertThat(answers.get("DataDigest")).contains("None");
    assertThat(answers.get("MaxBurstLength")).contains("16384");
    assertThat(answers.get("FirstBurstLength")).as("at most MaxBurstLength").contains("16384");
    assertThat(answers.get("InitialR2T")).contains("Yes");
    assertThat(answers.get("ErrorRecoveryLevel")).contains("0");
    assertThat(answers.get("MaxConnections")).contains("1");
    assertThat(answers.get("X-com.example.unknown")).contains("NotUnderstood");
    assertThat(answers.get("TargetPortalGroupTag")).contains("1");
    assertThat(host.digests).isEqualTo(new Digests(true, false));
    assertThat(rig.target.sessions()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "InitiatorName, '', 0207",
    "TargetName, '', 0207",
    "TargetName, iqn.2026-11.test:nobody, 0203",
    "SessionType, Strange, 0209",
    "MaxBurstLength, 1, 0000"
  })
  void namesHaveToBeRight(String key, String value, String status) {
    KeyValues keys = KeyValues.empty();
    for (var pair : ScriptedInitiator.names().asMap().entrySet()) {
      if (!pair.getKey().equals(key)) {
        keys = keys.with(pair.getKey(), pair.getValue());
      }
    }
    if (!value.isEmpty()) {
      keys = keys.with(key, value);
    }

    LoginResponse response =
        new ScriptedInitiator(rig, 1)
            .login(OPERATIONAL_NEGOTIATION, FULL_FEATURE_PHASE, true, keys);

    assertThat("%02x%02x".formatted(response.statusClass(), response.statusDetail()))
        .isEqualTo(status);
    assertThat(rig.target.sessions()).hasSize(status.equals("0000") ? 1 : 0);
  }

  @Test
  void textMayComeInPieces() {
    ScriptedInitiator host = new ScriptedInitiator(rig, 1);
    ByteBuffer text = ScriptedInitiator.names().encode();
    int half = text.remaining() / 2;

    host.give(
        host.request(
            OPERATIONAL_NEGOTIATION, FULL_FEATURE_PHASE, false, true, 0, text.slice(0, half)));
    LoginResponse more = host.next(LoginResponse.class);
    host.give(
        host.request(
            OPERATIONAL_NEGOTIATION,
            FULL_FEATURE_PHASE,
            true,
            false,
            0,
            text.slice(half, text.remaining() - half)));

    assertThat(more.transit()).isFalse();
    assertThat(more.data().remaining()).isZero();
    assertThat(host.next(LoginResponse.class).status()).contains(LoginStatus.SUCCESS);
  }

  @Test
  void redirectComesBeforeAuthentication() {
    Rig secured = new Rig(Optional.of(ACCOUNTS));
    secured.redirect = Optional.of(new Redirect("10.0.0.9", 3261, false));
    ScriptedInitiator host = new ScriptedInitiator(secured, 1);

    LoginResponse response =
        host.login(SECURITY_NEGOTIATION, OPERATIONAL_NEGOTIATION, true, ScriptedInitiator.names());

    assertThat(response.status()).contains(LoginStatus.TARGET_MOVED_TEMPORARILY);
    assertThat(decode(response.data()).get("TargetAddress")).contains("10.0.0.9:3261");
    assertThat(host.closed).isTrue();

    secured.redirect = Optional.of(new Redirect("10.0.0.9", 3260, true));
    assertThat(new ScriptedInitiator(secured, 1).logIn(KeyValues.empty()).status())
        .contains(LoginStatus.TARGET_MOVED_PERMANENTLY);
  }

  @Test
  void arrayMayRefuse() {
    rig.refusal = Optional.of(LoginStatus.OUT_OF_RESOURCES);

    assertThat(new ScriptedInitiator(rig, 1).logIn(KeyValues.empty()).status())
        .contains(LoginStatus.OUT_OF_RESOURCES);
    assertThat(rig.target.connections()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"right", "wrong secret", "wrong name", "reflected", "passed over", "None"})
  void chapIsAskedFor(String what) {
    Rig secured = new Rig(Optional.of(ACCOUNTS));
    ScriptedInitiator host = new ScriptedInitiator(secured, 1);

    LoginResponse last = chap(host, what);

    boolean right = what.equals("right");
    assertThat(last.statusClass()).as(what).isEqualTo(right ? 0 : 2);
    assertThat(secured.target.sessions()).hasSize(right ? 1 : 0);
    if (!right) {
      assertThat(last.status()).contains(LoginStatus.AUTHENTICATION_FAILURE);
    }
  }

  private LoginResponse chap(ScriptedInitiator host, String what) {
    if (what.equals("passed over")) {
      return host.logIn(KeyValues.empty());
    }
    String methods = what.equals("None") ? "None" : "CHAP,None";
    LoginResponse method =
        host.login(
            SECURITY_NEGOTIATION,
            OPERATIONAL_NEGOTIATION,
            false,
            ScriptedInitiator.names().with("AuthMethod", methods));
    if (method.statusClass() != 0) {
      return method;
    }
    LoginResponse challenge =
        host.login(
            SECURITY_NEGOTIATION,
            OPERATIONAL_NEGOTIATION,
            false,
            KeyValues.empty().with(Chap.CHAP_A, "9,7"));
    KeyValues asked = decode(challenge.data());
    assertThat(asked.get(Chap.CHAP_A)).contains("7");
    int identifier = Integer.parseInt(asked.get(Chap.CHAP_I).orElseThrow());
    byte[] theirs = binary(asked.get(Chap.CHAP_C).orElseThrow());
    String secret = what.equals("wrong secret") ? "secret-of-nobody" : "secret-of-host";
    byte[] answer =
        Chap.response(
            Chap.Algorithm.SHA256, identifier, secret.getBytes(StandardCharsets.UTF_8), theirs);
    byte[] ours = what.equals("reflected") ? theirs : new byte[] {1, 2, 3, 4, 5, 6, 7, 8};
    LoginResponse verdict =
        host.login(
            SECURITY_NEGOTIATION,
            OPERATIONAL_NEGOTIATION,
            true,
            KeyValues.empty()
                .with(Chap.CHAP_N, what.equals("wrong name") ? "nobody" : "host")
                .with(Chap.CHAP_R, BinaryValue.encodeHex(answer))
                .with(Chap.CHAP_I, "5")
                .with(Chap.CHAP_C, BinaryValue.encodeHex(ours)));
    if (verdict.statusClass() != 0) {
      return verdict;
    }
    KeyValues mutual = decode(verdict.data());
    assertThat(mutual.get(Chap.CHAP_N)).contains("array");
    assertThat(binary(mutual.get(Chap.CHAP_R).orElseThrow()))
        .isEqualTo(
            Chap.response(
                Chap.Algorithm.SHA256,
                5,
                "secret-of-array".getBytes(StandardCharsets.UTF_8),
                ours));
    return host.login(OPERATIONAL_NEGOTIATION, FULL_FEATURE_PHASE, true, KeyValues.empty());
  }

  @Test
  void sameInitiatorPortReinstatesItsSession() {
    ScriptedInitiator first = new ScriptedInitiator(rig, 1).loggedIn();
    ScriptedInitiator elsewhere = new ScriptedInitiator(rig, 1, rig.other).loggedIn();
    ScriptedInitiator other = new ScriptedInitiator(rig, 2).loggedIn();

    ScriptedInitiator again = new ScriptedInitiator(rig, 1).loggedIn();

    assertThat(first.closed).isTrue();
    assertThat(again.closed || other.closed || elsewhere.closed).isFalse();
    assertThat(rig.ended).containsExactly("reinstated");
    assertThat(rig.target.sessions()).hasSize(3);
  }

  @Test
  void loginHasItsTime() {
    ScriptedInitiator silent = new ScriptedInitiator(rig, 1);
    ScriptedInitiator slow = new ScriptedInitiator(rig, 2);
    slow.login(SECURITY_NEGOTIATION, OPERATIONAL_NEGOTIATION, true, ScriptedInitiator.names());

    rig.pass(14 * Rig.SECOND);
    assertThat(silent.closed || slow.closed).isFalse();
    rig.pass(2 * Rig.SECOND);

    assertThat(silent.closed).isTrue();
    assertThat(slow.closed).isTrue();
    assertThat(rig.target.connections()).isZero();
  }

  @Test
  void loginHasItsLength() {
    ScriptedInitiator host = new ScriptedInitiator(rig, 1);
    LoginResponse response =
        host.login(
            OPERATIONAL_NEGOTIATION, OPERATIONAL_NEGOTIATION, false, ScriptedInitiator.names());
    int requests = 1;
    while (response.statusClass() == 0 && requests < 1000) {
      response =
          host.login(OPERATIONAL_NEGOTIATION, OPERATIONAL_NEGOTIATION, false, KeyValues.empty());
      requests++;
    }

    assertThat(requests).isLessThan(100);
    assertThat(host.closed).isTrue();
  }

  @Test
  void versionAndTsihHaveToBeKnown() {
    ScriptedInitiator host = new ScriptedInitiator(rig, 1);
    host.give(
        host.request(
            OPERATIONAL_NEGOTIATION,
            FULL_FEATURE_PHASE,
            true,
            false,
            77,
            ScriptedInitiator.names().encode()));

    assertThat(host.next(LoginResponse.class).status()).contains(LoginStatus.TOO_MANY_CONNECTIONS);
  }

  @Test
  void nothingIsServedBeforeTheLogin() {
    ScriptedInitiator host = new ScriptedInitiator(rig, 1);

    host.give(new NopOut(true, 0, 1, Pdu.RESERVED_TAG, 1, 1, Pdu.NO_DATA));

    assertThat(host.closed).isTrue();
    assertThat(host.received).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 2000})
  void discoveryTellsAllPortals(int portals) throws ProtocolException {
    rig.portals = portals;
    ScriptedInitiator host = new ScriptedInitiator(rig, 1);
    host.login(
        OPERATIONAL_NEGOTIATION,
        FULL_FEATURE_PHASE,
        true,
        KeyValues.empty()
            .with("InitiatorName", "iqn.2026-11.test:host")
            .with("SessionType", "Discovery")
            .with("MaxRecvDataSegmentLength", "8192"));
    ByteBuffer text = ByteBuffer.allocate(1 << 20);

    TextResponse response = ask(host, "SendTargets=All\0", Pdu.RESERVED_TAG);
    text.put(response.data().duplicate());
    while (!response.finalBit()) {
      response = ask(host, "", response.targetTransferTag());
      assertThat(response.data().remaining()).isLessThanOrEqualTo(8192);
      text.put(response.data().duplicate());
    }

    assertThat(SendTargets.decode(text.flip())).hasSize(1);
    assertThat(SendTargets.decode(text.rewind()).get(0).addresses()).hasSize(portals);
    assertThat(rig.target.sessions()).as("a discovery is no session for I/O").isEmpty();
    rig.pass(20 * Rig.SECOND);
    assertThat(host.closed).as("an idle discovery ends").isTrue();
  }

  @Test
  void aLoginThatIsNotFinishedInTimeIsTold() {
    ScriptedInitiator silent = new ScriptedInitiator(rig, 1);
    ScriptedInitiator sound = new ScriptedInitiator(rig, 2).loggedIn();
    rig.pass(15 * Rig.SECOND);
    assertThat(silent.closed).isTrue();
    assertThat(sound.closed).isFalse();
    assertThat(rig.strangers)
        .containsExactly("15 s: login from 10.0.0.101:5000 not finished within 15 s");
  }

  @Test
  void aLoginThatThePausedArrayDoesNotReadIsNotHeldAgainstTheHost() {
    ScriptedInitiator host = new ScriptedInitiator(rig, 1);
    host.silenced = true;
    rig.pass(15 * Rig.SECOND);
    assertThat(host.closed).isTrue();
    assertThat(rig.strangers).isEmpty();
  }

  @Test
  void aStormWithoutLoginsIsToldOnceASecond() {
    for (int second = 0; second < 3; second++) {
      for (int i = 0; i < 50; i++) {
        ScriptedInitiator stranger = new ScriptedInitiator(rig, i);
        stranger.connection.onFirstByte((byte) 0xff, rig.nowNs);
        assertThat(stranger.closed).isTrue();
      }
      rig.pass(Rig.SECOND);
    }
    rig.pass(5 * Rig.SECOND);
    assertThat(rig.strangers)
        .containsExactly(
            "0 s: connection from 10.0.0.101:5000 begins with opcode 0x3f, not a Login Request",
            "1 s: 49 more connections came to no login",
            "2 s: 50 more connections came to no login",
            "3 s: 50 more connections came to no login");
    new ScriptedInitiator(rig, 1).connection.onFirstByte((byte) 0x00, rig.nowNs);
    assertThat(rig.strangers).hasSize(5).last().asString().contains("opcode 0x00");
  }

  private static TextResponse ask(ScriptedInitiator host, String text, int transferTag) {
    host.give(
        new TextRequest(
            false,
            true,
            false,
            0,
            host.nextTag++,
            transferTag,
            host.cmdSn++,
            1,
            ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    return host.next(TextResponse.class);
  }

  private static byte[] binary(String value) {
    try {
      return BinaryValue.decode("CHAP", value, 1024);
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyValues decode(ByteBuffer text) {
    try {
      return KeyValues.decode(text.duplicate());
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
  }
}
