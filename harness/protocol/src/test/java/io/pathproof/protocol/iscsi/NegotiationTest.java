package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.Negotiation.Ending.AGREED;
import static io.pathproof.protocol.iscsi.Negotiation.Ending.IRRELEVANT;
import static io.pathproof.protocol.iscsi.Negotiation.Ending.NOT_UNDERSTOOD;
import static io.pathproof.protocol.iscsi.Negotiation.Ending.REJECTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.protocol.ProtocolException;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NegotiationTest {
  @ParameterizedTest(name = "{0}: {1} and {2} give {3}")
  @CsvSource(
      delimiter = ' ',
      value = {
        "HeaderDigest CRC32C,None None,CRC32C CRC32C",
        "HeaderDigest None,CRC32C CRC32C CRC32C",
        "AuthMethod KRB5,CHAP CHAP,None CHAP",
        "AuthMethod KRB5,SRP CHAP,None Reject",
        "InitialR2T No No No",
        "InitialR2T No Yes Yes",
        "InitialR2T Yes No Yes",
        "ImmediateData Yes Yes Yes",
        "ImmediateData Yes No No",
        "ImmediateData No Yes No",
        "ImmediateData Maybe Yes Reject",
        "MaxBurstLength 1048576 262144 262144",
        "MaxBurstLength 0x10000 262144 65536",
        "MaxBurstLength 511 262144 Reject",
        "MaxBurstLength 16777216 262144 Reject",
        "DefaultTime2Wait 2 5 5",
        "DefaultTime2Wait 7 5 7",
        "DefaultTime2Retain 0 20 0",
        "ErrorRecoveryLevel 2 0 0",
        "ErrorRecoveryLevel 3 0 Reject",
        "IFMarker No No Reject"
      })
  @Tag("rfc7143:6.2.1-a")
  @Tag("rfc7143:6.2.2-a")
  @Tag("rfc7143:13.10-a")
  @Tag("rfc7143:13.13-a")
  @Tag("rfc7143:13.15-a")
  @Tag("rfc7143:13.17-a")
  @Tag("rfc7143:13.18-a")
  @Tag("rfc7143:13.20-a")
  void theResponderAnswersByTheRuleOfTheKey(String name, String offer, String own, String expected)
      throws Exception {
    OperationalKey key = OperationalKey.of(name).orElseThrow();
    assertThat(Negotiation.answer(key, offer, own)).isEqualTo(expected);
    if (!expected.equals(KeyValues.REJECT)) {
      assertThat(Negotiation.outcome(key, offer, expected).value()).contains(expected);
    }
  }

  @Test
  @Tag("rfc7143:6.2-b")
  void answersThatTheOfferDoesNotAllowAreRefused() {
    assertRefused(OperationalKey.HEADER_DIGEST, "None", "CRC32C");
    assertRefused(OperationalKey.IMMEDIATE_DATA, "No", "Yes");
    assertRefused(OperationalKey.INITIAL_R2T, "Yes", "No");
    assertRefused(OperationalKey.MAX_BURST_LENGTH, "65536", "65537");
    assertRefused(OperationalKey.MAX_BURST_LENGTH, "65536", "100");
    assertRefused(OperationalKey.DEFAULT_TIME_2_WAIT, "5", "4");
    assertRefused(OperationalKey.MAX_CONNECTIONS, "1", "one");
    assertRefused(OperationalKey.IF_MARKER, "No", "Yes");
  }

  private static void assertRefused(OperationalKey key, String offer, String answer) {
    assertThatThrownBy(() -> Negotiation.outcome(key, offer, answer))
        .as("%s=%s to %s", key.keyName(), answer, offer)
        .isInstanceOfSatisfying(
            ProtocolException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ProtocolException.Kind.NEGOTIATION);
              assertThat(e.field()).isEqualTo(key.keyName());
            });
  }

  @Test
  void silenceIsAnAnswerOnlyWhereTheOfferDecidesAlone() throws Exception {
    assertThat(Negotiation.outcome(OperationalKey.IMMEDIATE_DATA, "No", null).value())
        .contains("No");
    assertThat(Negotiation.outcome(OperationalKey.INITIAL_R2T, "Yes", null).ending())
        .isEqualTo(AGREED);
    assertRefused(OperationalKey.IMMEDIATE_DATA, "Yes", null);
    assertRefused(OperationalKey.INITIAL_R2T, "No", null);
    assertRefused(OperationalKey.MAX_BURST_LENGTH, "65536", null);
    assertRefused(OperationalKey.DATA_DIGEST, "None", null);
  }

  @Test
  @Tag("rfc7143:6.2-d")
  void theReservedAnswersLeaveTheDefault() throws Exception {
    OperationalKey key = OperationalKey.MAX_OUTSTANDING_R2T;
    assertThat(Negotiation.outcome(key, "8", "Reject"))
        .isEqualTo(new Negotiation.Outcome(REJECTED, Optional.of("1")));
    assertThat(Negotiation.outcome(key, "8", "Irrelevant"))
        .isEqualTo(new Negotiation.Outcome(IRRELEVANT, Optional.of("1")));
    assertThat(Negotiation.outcome(key, "8", "NotUnderstood"))
        .isEqualTo(new Negotiation.Outcome(NOT_UNDERSTOOD, Optional.of("1")));
    assertThat(Negotiation.answerToUnknownKey()).isEqualTo("NotUnderstood");
  }

  @Test
  void ownWishesThatAreNoValuesAreTheCallersMistake() {
    assertThatThrownBy(() -> Negotiation.answer(OperationalKey.MAX_BURST_LENGTH, "512", "1"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> Negotiation.answer(OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH, "512", "512"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource
  void everyDefaultIsAValueOfItsKey(OperationalKey key) throws Exception {
    assertThat(OperationalKey.of(key.keyName())).contains(key);
    if (key.defaultValue().isPresent()) {
      key.check(key.defaultValue().get());
    }
  }

  /** RFC 7143 section 13, read off again and not from the enum. */
  @ParameterizedTest
  @CsvSource({
    "MaxConnections,1,1,65535",
    "MaxRecvDataSegmentLength,8192,512,16777215",
    "MaxBurstLength,262144,512,16777215",
    "FirstBurstLength,65536,512,16777215",
    "DefaultTime2Wait,2,0,3600",
    "DefaultTime2Retain,20,0,3600",
    "MaxOutstandingR2T,1,1,65535",
    "ErrorRecoveryLevel,0,0,2",
    "iSCSIProtocolLevel,1,0,31"
  })
  @Tag("rfc7143:4.2.2.4-c")
  void defaultsAndRangesAreThoseOfTheStandard(String name, String value, long from, long to)
      throws Exception {
    OperationalKey key = OperationalKey.of(name).orElseThrow();
    assertThat(key.defaultValue()).contains(value);
    assertThat(key.number(Long.toString(from))).isEqualTo(from);
    assertThat(key.number(Long.toString(to))).isEqualTo(to);
    assertThatThrownBy(() -> key.check(Long.toString(from - 1)))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> key.check(Long.toString(to + 1)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void declaredValuesAreCheckedToo() {
    assertThatThrownBy(() -> OperationalKey.SESSION_TYPE.check("normal"))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> OperationalKey.TARGET_ADDRESS.check("nowhere:x"))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> OperationalKey.HEADER_DIGEST.check("None,,CRC32C"))
        .isInstanceOf(ProtocolException.class);
  }
}
