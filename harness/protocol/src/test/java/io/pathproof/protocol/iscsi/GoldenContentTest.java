package io.pathproof.protocol.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.GoldenBytes;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import io.pathproof.protocol.scsi.StandardInquiry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What is inside the data segments of the captured PDUs. */
class GoldenContentTest {
  @Test
  void aLoginOfLibiscsiOffersItsKeysInOrder() throws Exception {
    LoginRequest login = GoldenPdus.load(LoginRequest.class, "login-request-first");
    KeyValues keys = KeyValues.decode(login.data());
    assertThat(keys.asMap().keySet())
        .startsWith("InitiatorName", "TargetName", "SessionType", "HeaderDigest", "DataDigest");
    assertThat(keys.get(OperationalKey.TARGET_NAME)).contains("iqn.2026-11.io.pathproof:golden");
    assertThat(keys.get(OperationalKey.HEADER_DIGEST)).contains("None,CRC32C");
    assertThat(keys.get(OperationalKey.MAX_BURST_LENGTH)).contains("262144");
    assertThat(keys.encode()).isEqualTo(login.data());
    assertThat(login.isid().type()).isEqualTo(Isid.Type.RANDOM);
    assertThat(login.isid()).hasToString("80148e1b0000");
  }

  @Test
  void tgtAnswersEveryOfferWithinTheRules() throws Exception {
    LoginRequest login = GoldenPdus.load(LoginRequest.class, "login-request-first");
    LoginResponse answer = GoldenPdus.load(LoginResponse.class, "login-response-full-feature");
    Map<String, String> offered = KeyValues.decode(login.data()).asMap();
    KeyValues answered = KeyValues.decode(answer.data());
    int negotiated = 0;
    for (Map.Entry<String, String> offer : offered.entrySet()) {
      OperationalKey key = OperationalKey.of(offer.getKey()).orElseThrow();
      key.check(offer.getValue());
      if (key.result() != OperationalKey.Result.DECLARATIVE) {
        String value = answered.get(key).orElse(null);
        Negotiation.Outcome outcome = Negotiation.outcome(key, offer.getValue(), value);
        assertThat(outcome.ending()).as(key.keyName()).isEqualTo(Negotiation.Ending.AGREED);
        assertThat(outcome.value()).as(key.keyName()).contains(value);
        negotiated++;
      }
    }
    assertThat(negotiated).as("keys that libiscsi offers").isEqualTo(15);
    assertThat(answered.get(OperationalKey.FIRST_BURST_LENGTH)).contains("65536");
    assertThat(answered.get(OperationalKey.INITIAL_R2T)).contains("Yes");
    assertThat(answer.tsih()).isNotZero();
    assertThat(answer.status()).contains(LoginStatus.SUCCESS);
  }

  @Test
  void theChapResponseOfLibiscsiIsTheOneThatWeCompute() throws Exception {
    KeyValues challenge = keys("chap-login-response-2");
    KeyValues response = keys("chap-login-request-3");
    byte[] expected =
        BinaryValue.decode(
            Chap.CHAP_R, response.get(Chap.CHAP_R).orElseThrow(), Chap.MAX_BINARY_LENGTH);
    int identifier = (int) KeyValues.number(challenge.get(Chap.CHAP_I).orElseThrow()).orElseThrow();
    byte[] bytes =
        BinaryValue.decode(
            Chap.CHAP_C, challenge.get(Chap.CHAP_C).orElseThrow(), Chap.MAX_BINARY_LENGTH);
    assertThat(response.get(Chap.CHAP_N)).contains("alice");
    assertThat(
            Chap.response(
                Chap.Algorithm.MD5,
                identifier,
                "secretsecret1".getBytes(StandardCharsets.US_ASCII),
                bytes))
        .isEqualTo(expected);
  }

  private static KeyValues keys(String name) throws ProtocolException {
    return KeyValues.decode(GoldenPdus.decode(GoldenBytes.load("pdu", name)).data());
  }

  @Test
  void loginFailuresAndRedirectionsSayWhy() throws Exception {
    assertThat(status("login-response-authentication-failure"))
        .isEqualTo(LoginStatus.AUTHENTICATION_FAILURE);
    assertThat(status("login-response-not-found")).isEqualTo(LoginStatus.NOT_FOUND);
    assertThat(status("login-response-moved-temporarily"))
        .isEqualTo(LoginStatus.TARGET_MOVED_TEMPORARILY);
    assertThat(status("login-response-moved-permanently"))
        .isEqualTo(LoginStatus.TARGET_MOVED_PERMANENTLY);
    String address =
        keys("login-response-moved-temporarily").get(OperationalKey.TARGET_ADDRESS).orElseThrow();
    assertThat(TargetAddress.parse(address))
        .isEqualTo(new TargetAddress("10.10.2.10", 3260, OptionalInt.empty()));
  }

  private static LoginStatus status(String name) throws ProtocolException {
    return GoldenPdus.load(LoginResponse.class, name).status().orElseThrow();
  }

  @Test
  void sendTargetsNamesTargetsWithTheirAddresses() throws Exception {
    TextResponse response = GoldenPdus.load(TextResponse.class, "text-response-send-targets");
    var targets = SendTargets.decode(response.data());
    assertThat(targets)
        .extracting(SendTargets.Target::name)
        .containsExactly(
            "iqn.2026-11.io.pathproof:golden",
            "iqn.2026-11.io.pathproof:chap",
            "iqn.2026-11.io.pathproof:moved");
    assertThat(targets.get(0).addresses())
        .containsExactly(new TargetAddress("127.0.0.1", 13260, OptionalInt.of(1)));
    assertThat(SendTargets.encode(targets)).isEqualTo(response.data());
  }

  @Test
  void senseDataIsFoundInResponsesAndEvents() throws Exception {
    ScsiResponse response = GoldenPdus.load(ScsiResponse.class, "scsi-response-unit-attention");
    Sense sense = Sense.decode(response.senseData());
    assertThat(
            sense.is(
                SenseKey.UNIT_ATTENTION,
                AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED))
        .isTrue();
    assertThat(response.responseCode()).contains(IscsiResponseCode.COMMAND_COMPLETED);
    assertThat(ScsiResponse.senseSegment(sense.encode())).isEqualTo(response.data());
    AsyncMessage event = GoldenPdus.load(AsyncMessage.class, "async-message-scsi-event");
    assertThat(event.event()).contains(AsyncEvent.SCSI_EVENT);
    assertThat(Sense.decode(event.senseData()).additional())
        .contains(AdditionalSense.ASYMMETRIC_ACCESS_STATE_CHANGED);
  }

  @Test
  void commandsCarryTheirCdbs() throws Exception {
    assertThat(cdb("scsi-command-test-unit-ready")).isEqualTo(new Cdb.TestUnitReady());
    assertThat(cdb("scsi-command-inquiry")).isEqualTo(new Cdb.Inquiry(false, 0, 64));
    assertThat(cdb("scsi-command-write-10")).isEqualTo(Cdb.Write.of(100, 2));
    assertThat(cdb("scsi-command-read-16"))
        .isEqualTo(new Cdb.Read(Cdb.Form.SIXTEEN, 0, false, false, 100, 0, 1));
    assertThat(cdb("scsi-command-extended-cdb-bidirectional")).isInstanceOf(Cdb.Unknown.class);
    ScsiCommand write = GoldenPdus.load(ScsiCommand.class, "scsi-command-write-10");
    assertThat(new Lun(write.lun())).isEqualTo(Lun.of(1));
    StandardInquiry inquiry =
        StandardInquiry.decode(GoldenPdus.load(DataIn.class, "data-in-inquiry").data());
    assertThat(inquiry.vendor()).isEqualTo("PATHPRF");
  }

  private static Cdb cdb(String name) throws ProtocolException {
    return Cdb.decode(GoldenPdus.load(ScsiCommand.class, name).cdb());
  }

  @Test
  void theRejectOfIstgtHoldsTheHeaderThatItRejects() throws Exception {
    Reject reject = GoldenPdus.load(Reject.class, "reject-protocol-error");
    assertThat(reject.reasonCode()).contains(RejectReason.PROTOCOL_ERROR);
    assertThat(new PduDecoder(0).decode(reject.data().duplicate()))
        .isEqualTo(GoldenPdus.load(SnackRequest.class, "snack-request-status"));
  }

  @Test
  void padsAndPingsComeWithoutTheirPadding() throws Exception {
    NopIn pong = GoldenPdus.load(NopIn.class, "nop-in-answer");
    assertThat(StandardCharsets.US_ASCII.decode(pong.data().duplicate()).toString())
        .isEqualTo("pathproof ping");
    DataIn pages = GoldenPdus.load(DataIn.class, "digests-data-in-padded");
    assertThat(pages.data().remaining()).isEqualTo(10);
  }
}
