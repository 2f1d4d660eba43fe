package io.pathproof.protocol.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.GoldenBytes;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Demands of RFC 7143 on formats that no test of a PDU or a key shows. */
class FormatDemandsTest {
  private static final Pattern RANGE = Pattern.compile("(\\d+)-(\\d+)");

  @ParameterizedTest
  @CsvSource({
    "nop-in-answer, 7f, 2-3 36-47",
    "scsi-response-good, 61, 8-15",
    "task-management-response-complete, 7f, 3-3 8-15 20-23 36-47",
    "text-response-send-targets, 3f, 2-3 36-47",
    "logout-response, 7f, 3-3 8-15 20-23 36-39 44-47",
    "r2t, 7f, 2-3",
    "reject-protocol-error, 7f, 3-3 8-15 20-23 40-47",
    "async-message-logout-requested, 7f, 2-3 20-23 44-47",
  })
  @Tag("rfc7143:11-a")
  @DisplayName("Reserved bits and bytes that come are passed over")
  void reservedFieldsArePassedOver(String name, String flags, String ranges) throws Exception {
    ByteBuffer bytes = GoldenBytes.load("pdu", name).buffer();
    final Pdu sound = new PduDecoder(8_192).decode(bytes.duplicate());
    bytes.put(1, (byte) (bytes.get(1) | Integer.parseInt(flags, 16)));
    Matcher reserved = RANGE.matcher(ranges);
    while (reserved.find()) {
      for (int at = number(reserved, 1); at <= number(reserved, 2); at++) {
        bytes.put(at, (byte) 0xff);
      }
    }
    assertThat(new PduDecoder(8_192).decode(bytes)).isEqualTo(sound);
  }

  private static int number(Matcher range, int group) {
    return Integer.parseInt(range.group(group));
  }

  @ParameterizedTest
  @CsvSource({"6, 0", "16, 0", "17, 2", "32, 5"})
  @Tag("rfc7143:11.2.2-b")
  @DisplayName("A CDB of up to 16 bytes needs no additional header, a longer one has it")
  void aShortCdbNeedsNoAdditionalHeader(int length, int words) {
    ScsiCommand command =
        new ScsiCommand(
            false,
            true,
            true,
            false,
            TaskAttribute.SIMPLE,
            0,
            1,
            512,
            1,
            1,
            ByteBuffer.allocate(length),
            OptionalInt.empty(),
            Pdu.NO_DATA);
    assertThat(new PduEncoder(Digests.NONE).encode(command).get(4)).isEqualTo((byte) words);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HeaderDigest",
        "DataDigest",
        "MaxConnections",
        "SendTargets",
        "TargetName",
        "InitiatorName",
        "TargetAlias",
        "InitiatorAlias",
        "TargetAddress",
        "TargetPortalGroupTag",
        "InitialR2T",
        "ImmediateData",
        "MaxRecvDataSegmentLength",
        "MaxBurstLength",
        "FirstBurstLength",
        "DefaultTime2Wait",
        "DefaultTime2Retain",
        "MaxOutstandingR2T",
        "DataPDUInOrder",
        "DataSequenceInOrder",
        "ErrorRecoveryLevel",
        "SessionType",
        "TaskReporting",
        "iSCSIProtocolLevel",
        "AuthMethod",
      })
  @Tag("rfc7143:13-a")
  @DisplayName("The keys of the standard are known")
  void theKeysOfTheStandardAreKnown(String name) {
    assertThat(OperationalKey.of(name)).isPresent();
  }
}
