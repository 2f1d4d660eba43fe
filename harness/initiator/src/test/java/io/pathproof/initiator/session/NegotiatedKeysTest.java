package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.OFFER;
import static io.pathproof.initiator.session.ScriptedTarget.keys;
import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.DataOut;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginStage;
import io.pathproof.protocol.iscsi.OperationalKey;
import io.pathproof.protocol.iscsi.PduDecoder;
import io.pathproof.protocol.iscsi.PduEncoder;
import io.pathproof.protocol.iscsi.ScsiCommand;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each negotiated key of RFC 7143 section 13 as it shows on the wire afterwards. */
class NegotiatedKeysTest {
  /** A session with a target that answers so. */
  private static ScriptedTarget up(NegotiationOffer offer, Object... answers) {
    ScriptedTarget target = new ScriptedTarget(settings().withOffer(offer));
    target.own = own(answers);
    target.core.start(target.nowNs);
    target.login();
    assertThat(target.ups).hasSize(1);
    return target;
  }

  private static Map<OperationalKey, String> own(Object... answers) {
    Map<OperationalKey, String> own = new HashMap<>();
    own.put(OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH, "1024");
    for (int i = 0; i < answers.length; i += 2) {
      own.put((OperationalKey) answers[i], (String) answers[i + 1]);
    }
    return own;
  }

  private static List<Integer> dataOuts(ScriptedTarget target) {
    return target.sent.stream()
        .filter(DataOut.class::isInstance)
        .map(pdu -> pdu.data().remaining())
        .toList();
  }

  @Test
  @DisplayName("MaxRecvDataSegmentLength of the target: no PDU carries more (13.12)")
  @Tag("rfc7143:11.7-a")
  void theTargetsMaxRecvDataSegmentLengthBindsEveryPduThatIsSent() {
    ScriptedTarget target = up(OFFER, OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH, "512");
    target.write(2_000);
    ScsiCommand command = target.command();
    assertThat(command.data().remaining()).isEqualTo(512);
    assertThat(dataOuts(target)).containsExactly(512, 512, 464);
  }

  @Test
  @DisplayName("MaxRecvDataSegmentLength of ours: a longer PDU ends the connection (13.12)")
  void ourMaxRecvDataSegmentLengthBindsEveryPduThatComes() throws ProtocolException {
    ScriptedTarget target = up(OFFER.withLengths(1_024, 512, 4_096));
    assertThat(target.maxRecv).containsExactly(1_024);
    PduDecoder decoder = new PduDecoder(target.maxRecv.get(0));
    Submitted read = target.read(4_000);
    int tag = target.command().initiatorTaskTag();
    PduEncoder encoder = new PduEncoder(Digests.NONE);
    assertThat(decoder.decode(encoder.encode(target.dataIn(tag, 0, 0, 1_024)))).isNotNull();
    ByteBuffer tooLong = encoder.encode(target.dataIn(tag, 1, 1_024, 1_025));
    assertThatThrownBy(() -> decoder.decode(tooLong))
        .isInstanceOfSatisfying(
            ProtocolException.class, e -> target.core.onProtocolError(e, target.nowNs));
    assertThat(read.ended(ConnectionFailure.class).text())
        .startsWith("DATA_IN: DataSegmentLength at byte 5: 1025 bytes");
  }

  @Test
  @DisplayName("FirstBurstLength: immediate and unsolicited data together are no more (13.14)")
  @Tag("rfc7143:4.2.5.2-a")
  void unsolicitedDataEndsAtFirstBurstLength() {
    ScriptedTarget target = up(OFFER, OperationalKey.FIRST_BURST_LENGTH, "1536");
    target.write(4_000);
    assertThat(target.command().data().remaining()).isEqualTo(1_024);
    assertThat(dataOuts(target)).containsExactly(512);
  }

  @Test
  @DisplayName("The longest burst in the shortest PDUs is of 2^15 PDUs, and no longer (4.2.2.4)")
  @Tag("rfc7143:4.2.2.4-c")
  void noSequenceOfDataOutHasMorePdusThanDataSnCanCount() {
    int longest = (1 << 24) - 1;
    ScriptedTarget target =
        up(
            OFFER.withLengths(4_096, 512, longest),
            OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH,
            "512");
    target.write(512 + longest);
    int tag = target.command().initiatorTaskTag();
    target.receive(target.r2t(tag, 0, 512, longest));
    int dataSn = 0;
    while (target.sent.size() > 1) {
      DataOut data = target.next(DataOut.class);
      assertThat(data.dataSn()).isEqualTo(dataSn++);
      assertThat(data.data().remaining()).isEqualTo(512);
      assertThat(data.finalBit()).isFalse();
    }
    DataOut last = target.next(DataOut.class);
    assertThat(last.dataSn()).isEqualTo((1 << 15) - 1).isEqualTo(dataSn);
    assertThat(last.data().remaining()).isEqualTo(511);
    assertThat(last.finalBit()).isTrue();
    assertThatThrownBy(() -> OFFER.withLengths(4_096, 512, longest + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"1024, true", "1025, false"})
  @DisplayName("MaxBurstLength: an R2T may ask for that much (13.13)")
  @Tag("rfc7143:11.8-a")
  void anR2tAsksForNoMoreThanMaxBurstLength(int asked, boolean sound) {
    ScriptedTarget target =
        up(
            OFFER.withLengths(4_096, 512, 4_096),
            OperationalKey.MAX_BURST_LENGTH,
            "1024",
            OperationalKey.FIRST_BURST_LENGTH,
            "512");
    target.write(4_000);
    target.receive(target.r2t(target.command().initiatorTaskTag(), 0, 512, asked));
    if (sound) {
      assertThat(dataOuts(target)).containsExactly(1_024);
    } else {
      assertThat(((ConnectionFailure) target.downs.get(0)).text())
          .isEqualTo("R2T: Desired Data Transfer Length: 1025 bytes, MaxBurstLength is 1024");
    }
  }

  @ParameterizedTest
  @CsvSource({"true, No, true", "false, Yes, true", "false, No, false"})
  @DisplayName("InitialR2T: Yes from either end stops unsolicited Data-Out (13.10)")
  @Tag("rfc7143:4.2.5.2-a")
  void initialR2tOfEitherEndCounts(boolean ours, String theirs, boolean waits) {
    // under OR, a Yes of ours decides alone, and then theirs can only be Yes
    ScriptedTarget target =
        up(
            OFFER.withUnsolicitedData(ours, true),
            OperationalKey.INITIAL_R2T,
            ours ? "Yes" : theirs);
    target.write(4_000);
    assertThat(target.command().finalBit()).isEqualTo(waits);
    assertThat(dataOuts(target)).hasSize(waits ? 0 : 1);
  }

  @ParameterizedTest
  @CsvSource({"true, No, 0", "false, No, 0", "true, Yes, 1024"})
  @DisplayName("ImmediateData: No from either end keeps data out of the command (13.11)")
  @Tag("rfc7143:4.2.5.2-a")
  void immediateDataOfEitherEndCounts(boolean ours, String theirs, int inCommand) {
    ScriptedTarget target =
        up(OFFER.withUnsolicitedData(true, ours), OperationalKey.IMMEDIATE_DATA, theirs);
    target.write(4_000);
    assertThat(target.command().data().remaining()).isEqualTo(inCommand);
  }

  @Test
  @DisplayName("MaxOutstandingR2T: as many R2Ts at once are each answered in full (13.17)")
  @Tag("rfc7143:11.8-b")
  void severalR2tsAtOnceAreEachAnswered() {
    NegotiationOffer offer =
        new NegotiationOffer(
            DigestPolicy.NONE, DigestPolicy.NONE, 4096, 512, 4096, true, false, 4, 0, 0);
    ScriptedTarget target = up(offer, OperationalKey.MAX_OUTSTANDING_R2T, "3");
    assertThat(target.ups.get(0).maxOutstandingR2t()).isEqualTo(3);
    final Submitted write = target.write(3_000);
    int tag = target.command().initiatorTaskTag();
    for (int r2tSn = 0; r2tSn < 3; r2tSn++) {
      target.receive(target.r2t(tag, r2tSn, r2tSn * 1_000, 1_000));
    }
    for (int r2tSn = 0; r2tSn < 3; r2tSn++) {
      DataOut data = target.next(DataOut.class);
      assertThat(data.targetTransferTag()).isEqualTo(0x7000 + r2tSn);
      assertThat(data.bufferOffset()).isEqualTo(r2tSn * 1_000);
      assertThat(data.dataSn()).as("counts within its R2T").isZero();
      assertThat(data.finalBit()).isTrue();
    }
    target.receive(target.status(tag, 0, 0));
    assertThat(write.ended(ScsiResult.class).good()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"2, 5, 5000", "5, 5, 5000", "0, 0, 500"})
  @DisplayName("DefaultTime2Wait: a reconnect waits for the greater of both (13.15)")
  void aReconnectWaitsForDefaultTime2Wait(int ours, String theirs, int waitsMs) {
    ScriptedTarget target =
        up(OFFER.withTime2Wait(ours), OperationalKey.DEFAULT_TIME_2_WAIT, theirs);
    target.closedByTarget();
    target.pass(waitsMs - 1);
    assertThat(target.connects).hasSize(1);
    target.pass(1);
    assertThat(target.connects).hasSize(2);
  }

  @Test
  @DisplayName("DefaultTime2Retain: the smaller of both, told to who listens (13.16)")
  void theSmallerTime2RetainIsTold() {
    NegotiationOffer offer =
        new NegotiationOffer(
            DigestPolicy.NONE, DigestPolicy.NONE, 4096, 2048, 4096, false, true, 1, 0, 20);
    ScriptedTarget target = up(offer, OperationalKey.DEFAULT_TIME_2_RETAIN, "7");
    assertThat(target.ups.get(0).time2RetainSec()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, NONE, None, None, false, false",
    "CRC32C, NONE, CRC32C, None, true, false",
    "NONE, CRC32C, None, CRC32C, false, true",
    "CRC32C, CRC32C, CRC32C, CRC32C, true, true",
    "PREFER_CRC32C, PREFER_NONE, None, CRC32C, false, true",
  })
  @DisplayName("HeaderDigest and DataDigest: what was agreed is switched on (13.1)")
  @Tag("rfc7143:13.1-b")
  void theDigestsThatWereAgreedAreSwitchedOn(
      DigestPolicy header,
      DigestPolicy data,
      String theirHeader,
      String theirData,
      boolean headerOn,
      boolean dataOn) {
    ScriptedTarget target =
        up(
            OFFER.withDigests(header, data),
            OperationalKey.HEADER_DIGEST,
            theirHeader,
            OperationalKey.DATA_DIGEST,
            theirData);
    assertThat(target.digests).containsExactly(new Digests(headerOn, dataOn));
  }

  @Test
  @DisplayName("What one connection at level 0 asks for is always offered (13.2, 13.18 to 13.20)")
  @Tag("rfc7143:7.1.5-a")
  void oneConnectionInOrderAtLevelZeroIsOffered() {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    target.answerSecurity(KeyValues.empty().with("AuthMethod", "None"));
    assertThat(keys(target.next(LoginRequest.class).data()).asMap())
        .containsEntry("MaxConnections", "1")
        .containsEntry("DataPDUInOrder", "Yes")
        .containsEntry("DataSequenceInOrder", "Yes")
        .containsEntry("ErrorRecoveryLevel", "0")
        .doesNotContainKeys("IFMarker", "OFMarker", "IFMarkInt", "OFMarkInt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  @DisplayName("ErrorRecoveryLevel: a target that asks for 1 or 2 gets 0 (13.20)")
  @Tag("rfc7143:7.1.5-a")
  void aTargetThatAsksForAHigherErrorRecoveryLevelGetsZero(String level) {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    target.answerSecurity(
        KeyValues.empty().with("AuthMethod", "None").with("ErrorRecoveryLevel", level));
    LoginRequest offers = target.answerOperational();
    assertThat(keys(offers.data()).get("ErrorRecoveryLevel")).hasValue("0");
    assertThat(target.ups).hasSize(1);
    // and nothing of a higher level is done: a wrong sequence number ends the connection
    target.statSn++;
    target.read(0);
    target.receive(target.status(target.command().initiatorTaskTag(), 0, 0));
    assertThat(target.downs).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "HeaderDigest, CRC32C",
    "DataDigest, CRC32C",
    "ErrorRecoveryLevel, 1",
    "ErrorRecoveryLevel, 2",
    "DefaultTime2Retain, 1",
    "DefaultTime2Wait, 3601",
    "MaxConnections, 2",
    "MaxConnections, 0",
    "InitialR2T, yes",
    "ImmediateData, Maybe",
    "MaxBurstLength, 4097",
    "MaxBurstLength, 511",
    "FirstBurstLength, 2049",
    "MaxOutstandingR2T, 2",
    "MaxOutstandingR2T, 0",
    "DataPDUInOrder, No",
    "DataSequenceInOrder, No",
    "MaxRecvDataSegmentLength, 511",
    "MaxRecvDataSegmentLength, Reject",
  })
  @DisplayName("An answer that the offer does not allow ends the session and names the key (6.2)")
  @Tag("rfc7143:6.2-b")
  @Tag("rfc7143:7.12-a")
  void anAnswerThatIsNotAllowedNamesItsKey(String key, String answer) {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.own = own(OperationalKey.of(key).orElseThrow(), answer);
    target.core.start(target.nowNs);
    target.login();
    assertThat(target.ups).isEmpty();
    assertThat(target.ends.get(0).reason()).isEqualTo(SessionFailure.Reason.NEGOTIATION_FAILED);
    assertThat(target.ends.get(0).text()).startsWith("LOGIN_RESPONSE: " + key + ": ");
    assertThat(target.disconnects).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HeaderDigest",
        "DataDigest",
        "ErrorRecoveryLevel",
        "DefaultTime2Wait",
        "DefaultTime2Retain",
        "MaxConnections",
        "InitialR2T",
        "ImmediateData",
        "MaxBurstLength",
        "FirstBurstLength",
        "MaxOutstandingR2T"
      })
  @DisplayName("An offer that is not answered ends the session and names the key (6.2)")
  @Tag("rfc7143:6.2-b")
  void anOfferThatIsNotAnsweredNamesItsKey(String key) {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    target.answerSecurity(KeyValues.empty().with("AuthMethod", "None"));
    LoginRequest request = target.next(LoginRequest.class);
    KeyValues answer = KeyValues.empty();
    for (Map.Entry<String, String> each : keys(request.data()).asMap().entrySet()) {
      if (!each.getKey().equals(key)) {
        answer = answer.with(each.getKey(), each.getValue());
      }
    }
    target.receive(target.response(request, true, LoginStage.FULL_FEATURE_PHASE, 77, answer));
    assertThat(target.ends.get(0).text())
        .startsWith("LOGIN_RESPONSE: " + key + ": ")
        .contains("not answered");
  }

  @ParameterizedTest
  @CsvSource({
    "FirstBurstLength, Irrelevant",
    "MaxOutstandingR2T, Reject",
    "DefaultTime2Retain, Irrelevant",
    "HeaderDigest, Reject",
    "ErrorRecoveryLevel, Reject",
  })
  @DisplayName("Reject and Irrelevant leave a key at its default (6.2)")
  @Tag("rfc7143:6.2-d")
  void aKeyThatIsNotTakenStaysAtItsDefault(String key, String answer) {
    ScriptedTarget target = up(OFFER, OperationalKey.of(key).orElseThrow(), answer);
    SessionParameters up = target.ups.get(0);
    switch (key) {
      // the default of 65536 is above the MaxBurstLength that was agreed
      case "FirstBurstLength" -> assertThat(up.firstBurstLength()).isEqualTo(4_096);
      case "MaxOutstandingR2T" -> assertThat(up.maxOutstandingR2t()).isEqualTo(1);
      case "DefaultTime2Retain" -> assertThat(up.time2RetainSec()).isEqualTo(20);
      default -> assertThat(up.digests()).isEqualTo(Digests.NONE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "IFMarker, Yes, Reject",
    "OFMarker, No, Reject",
    "IFMarkInt, '2048~8192', Reject",
    "OFMarkInt, 2048, Reject",
    "X-com.example.Speed, 9, NotUnderstood",
    "NoSuchKey, 1, NotUnderstood",
    "X#NodeArchitecture, 'ExampleOS/v1,Example/1.05a', NotUnderstood",
    "TaskReporting, 'FastAbort,RFC3720', RFC3720",
    "iSCSIProtocolLevel, 2, 1",
  })
  @DisplayName("A target's own offers are answered, obsolete and unknown ones too (6.2, 13.25)")
  @Tag("rfc7143:6.2.1-b")
  @Tag("rfc7143:13.24-a")
  @Tag("rfc7143:13.26-b")
  @Tag("rfc7143:13.25-a")
  @Tag("rfc7143:6.2-c")
  void theTargetsOwnOfferIsAnswered(String key, String offer, String answer) {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    target.answerSecurity(KeyValues.empty().with("AuthMethod", "None"));
    LoginRequest offers = target.next(LoginRequest.class);
    target.receive(
        target.response(
            offers, false, LoginStage.SECURITY_NEGOTIATION, 0, KeyValues.empty().with(key, offer)));
    assertThat(keys(target.next(LoginRequest.class).data()).asMap())
        .containsExactly(Map.entry(key, answer));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Reject", "Irrelevant", "NotUnderstood"})
  @DisplayName("There is no answer to an answer (6.2)")
  void anAnswerIsNotAnswered(String value) {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    target.answerSecurity(KeyValues.empty().with("AuthMethod", "None"));
    target.receive(
        target.response(
            target.next(LoginRequest.class),
            false,
            LoginStage.SECURITY_NEGOTIATION,
            0,
            KeyValues.empty().with("X-com.example.Speed", value).with("IFMarker", value)));
    assertThat(target.next(LoginRequest.class).data().remaining()).isZero();
  }

  @ParameterizedTest
  @DisplayName("A key that the target says again ends the login, whatever it says (6.3)")
  @Tag("rfc7143:6.3-e")
  @Tag("rfc7143:6.3-f")
  @CsvSource({
    // an answer, a declaration, offers of its own, and a key that nobody knows
    "FirstBurstLength, 1024, 2048",
    "FirstBurstLength, 1024, 1024",
    "MaxRecvDataSegmentLength, 8192, 8192",
    "TargetAlias, disk, disk",
    "IFMarker, No, No",
    "X-com.example.Speed, fast, fast"
  })
  void aKeyThatIsSaidAgainIsNamed(String key, String first, String second) {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    target.answerSecurity(KeyValues.empty().with("AuthMethod", "None"));
    operational(target, KeyValues.empty().with(key, first));
    assertThat(target.ends).isEmpty();
    operational(target, KeyValues.empty().with(key, second));
    assertThat(target.ends.get(0).text())
        .startsWith("LOGIN_RESPONSE: " + key + ": is " + first + " first and " + second + " then");
  }

  @ParameterizedTest
  @DisplayName("What was said in the security stage is said in the login (6.3)")
  @Tag("rfc7143:6.3-f")
  @CsvSource({"AuthMethod, None", "TargetPortalGroupTag, 1"})
  void aKeyOfTheSecurityStageIsNotSaidAgainInTheNext(String key, String value) {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    target.answerSecurity(
        KeyValues.empty().with("AuthMethod", "None").with("TargetPortalGroupTag", "1"));
    operational(target, KeyValues.empty().with(key, value));
    assertThat(target.ends.get(0).text()).contains(key + ": is " + value + " first and " + value);
  }

  private static void operational(ScriptedTarget target, KeyValues keys) {
    target.receive(
        target.response(
            target.next(LoginRequest.class), false, LoginStage.SECURITY_NEGOTIATION, 0, keys));
  }
}
