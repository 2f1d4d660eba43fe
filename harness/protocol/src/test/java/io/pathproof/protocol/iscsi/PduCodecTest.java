package io.pathproof.protocol.iscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pathproof.protocol.GoldenBytes;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PduCodecTest {
  private static final long SEED = 20261121L;
  private static final int ROUNDS = 400;
  private static final Digests BOTH = new Digests(true, true);

  @Test
  @Tag("rfc7143:11.2.1-b")
  void everyPduComesBackFromItsBytes() throws Exception {
    for (Digests digests : List.of(Digests.NONE, new Digests(true, false), BOTH)) {
      RandomPdus random = new RandomPdus(new Random(SEED), 700);
      PduEncoder encoder = new PduEncoder(digests);
      PduDecoder decoder = decoder(700, digests);
      for (Class<? extends Pdu> type : RandomPdus.TYPES) {
        for (int i = 0; i < ROUNDS; i++) {
          Pdu pdu = random.next(type);
          ByteBuffer bytes = encoder.encode(pdu);
          assertThat(bytes.remaining()).isEqualTo(encoder.length(pdu));
          assertThat(bytes.remaining() % 4).isZero();
          assertThat(decoder.decode(bytes)).as("seed %d, %s", SEED, digests).isEqualTo(pdu);
          assertThat(bytes.hasRemaining()).isFalse();
        }
      }
    }
  }

  @Test
  void aStreamCutAnywhereGivesTheSamePdus() throws Exception {
    Random random = new Random(SEED);
    RandomPdus pdus = new RandomPdus(random, 200);
    PduEncoder encoder = new PduEncoder(BOTH);
    List<Pdu> sent = new ArrayList<>();
    ByteBuffer stream = ByteBuffer.allocate(1 << 20);
    for (int i = 0; i < 500; i++) {
      Pdu pdu = pdus.next();
      sent.add(pdu);
      encoder.encode(pdu, stream);
    }
    stream.flip();
    for (int maxChunk : new int[] {1, 7, 49, 500, stream.limit()}) {
      for (PduDecoder.Retention retention : PduDecoder.Retention.values()) {
        PduDecoder decoder = new PduDecoder(200, retention);
        decoder.digests(BOTH);
        List<Pdu> received = new ArrayList<>();
        int taken = 0;
        for (int at = 0; at < stream.limit(); ) {
          at += Math.min(1 + random.nextInt(maxChunk), stream.limit() - at);
          ByteBuffer in = stream.slice(taken, at - taken);
          for (Pdu pdu = decoder.decode(in); pdu != null; pdu = decoder.decode(in)) {
            received.add(pdu);
          }
          assertThat(in.remaining()).isLessThan(Math.max(1, decoder.wanted()));
          taken += in.position();
        }
        assertThat(received).as("seed %d, chunks of %d", SEED, maxChunk).isEqualTo(sent);
        assertThat(decoder.inPdu()).isFalse();
      }
    }
  }

  @Test
  void copiedDataOutlivesItsInputAndSlicedDataSharesIt() throws Exception {
    for (PduDecoder.Retention retention : PduDecoder.Retention.values()) {
      ByteBuffer bytes = GoldenBytes.load("pdu", "data-in-inquiry").buffer();
      DataIn pdu = (DataIn) new PduDecoder(8192, retention).decode(bytes);
      byte before = pdu.data().get(8);
      bytes.put(48 + 8, (byte) ~before);
      assertThat(pdu.data().get(8) == before).isEqualTo(retention == PduDecoder.Retention.COPY);
    }
  }

  @Test
  void aWholeDataSegmentIsLeftInItsInputUntilAllOfItIsThere() throws Exception {
    ByteBuffer bytes = GoldenBytes.load("pdu", "data-in-inquiry").buffer();
    int segment = bytes.limit() - 48;
    for (int split = 48; split < bytes.limit(); split++) {
      PduDecoder decoder = new PduDecoder(8192, PduDecoder.Retention.WHOLE);
      ByteBuffer first = bytes.slice(0, split);
      assertThat(decoder.decode(first)).isNull();
      assertThat(first.position()).as("split at %d", split).isEqualTo(48);
      assertThat(decoder.wanted()).isEqualTo(segment);
      assertThat(decoder.inPdu()).isTrue();
      DataIn pdu = (DataIn) decoder.decode(bytes.slice(48, segment));
      assertThat(decoder.wanted()).isZero();
      byte before = pdu.data().get(8);
      bytes.put(48 + 8, (byte) ~before);
      assertThat(pdu.data().get(8)).as("of the input itself").isEqualTo((byte) ~before);
      bytes.put(48 + 8, before);
    }
  }

  @Test
  void aDataSegmentAboveTheBoundIsRefusedByItsHeaderAlone() {
    ByteBuffer header = GoldenBytes.load("pdu", "scsi-response-good").buffer();
    header.putInt(4, 0xffffff);
    PduDecoder decoder = new PduDecoder(8192);
    ProtocolException e =
        catchThrowableOfType(ProtocolException.class, () -> decoder.decode(header));
    assertThat(e.kind()).isEqualTo(Kind.TOO_LONG);
    assertThat(e.field()).isEqualTo("DataSegmentLength");
    assertThat(e.offset()).isEqualTo(5);
    assertThat(e.where()).isEqualTo("SCSI_RESPONSE");
    assertThat(e.header()).hasSize(48);
    assertThatThrownBy(() -> decoder.decode(ByteBuffer.allocate(48))).isSameAs(e);
  }

  @Test
  void aDataSegmentAtTheBoundIsTaken() throws Exception {
    Pdu pdu = new NopIn(0, 1, 2, 3, 4, 5, ByteBuffer.allocate(512));
    assertThat(new PduDecoder(512).decode(encode(pdu, Digests.NONE))).isEqualTo(pdu);
    assertThatThrownBy(() -> new PduDecoder(511).decode(encode(pdu, Digests.NONE)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  @Tag("rfc7143:7.8-a")
  @Tag("rfc7143:7.8-b")
  @Tag("rfc7143:13.1-a")
  void everyFlippedBitUnderADigestIsNoticedAndToldApart() throws Exception {
    GoldenBytes golden = GoldenBytes.load("pdu", "digests-data-in-padded");
    int dataStart = 48 + Digests.LENGTH;
    for (int bit = 0; bit < golden.bytes().length * 8; bit++) {
      int at = bit / 8;
      if (at == 4) {
        continue; // TotalAHSLength moves the digest itself: the decoder waits for more bytes
      }
      ByteBuffer bytes = golden.buffer();
      bytes.put(at, (byte) (bytes.get(at) ^ 1 << bit % 8));
      PduDecoder decoder = decoder(8192, BOTH);
      ProtocolException e =
          catchThrowableOfType(ProtocolException.class, () -> decoder.decode(bytes));
      assertThat(e).as("bit %d of byte %d", bit % 8, at).isNotNull();
      assertThat(e.kind()).isEqualTo(at < dataStart ? Kind.HEADER_DIGEST : Kind.DATA_DIGEST);
    }
  }

  @Test
  void afterADataDigestErrorTheNextPduIsRead() throws Exception {
    NopIn first = new NopIn(0, 1, Pdu.RESERVED_TAG, 3, 4, 5, ByteBuffer.wrap(new byte[] {1, 2, 3}));
    NopIn second = new NopIn(0, 2, Pdu.RESERVED_TAG, 4, 4, 5, Pdu.NO_DATA);
    PduEncoder encoder = new PduEncoder(BOTH);
    ByteBuffer stream = ByteBuffer.allocate(200);
    encoder.encode(first, stream);
    encoder.encode(second, stream);
    stream.flip();
    stream.put(53, (byte) 9);
    PduDecoder decoder = decoder(8192, BOTH);
    ProtocolException e =
        catchThrowableOfType(ProtocolException.class, () -> decoder.decode(stream));
    assertThat(e.kind()).isEqualTo(Kind.DATA_DIGEST);
    assertThat(e.kind().framingLost()).isFalse();
    assertThat(e.header()).startsWith(0x20, 0x80);
    assertThat(decoder.decode(stream)).isEqualTo(second);
  }

  @Test
  @Tag("rfc7143:13.1-b")
  void digestsSwitchBetweenTwoPdusOfOneBuffer() throws Exception {
    Pdu before = new NopIn(0, 1, 2, 3, 4, 5, Pdu.NO_DATA);
    Pdu after = new NopIn(0, 2, 2, 3, 4, 5, ByteBuffer.allocate(5));
    ByteBuffer stream = ByteBuffer.allocate(200);
    new PduEncoder(Digests.NONE).encode(before, stream);
    new PduEncoder(BOTH).encode(after, stream);
    stream.flip();
    PduDecoder decoder = new PduDecoder(8192);
    assertThat(decoder.decode(stream)).isEqualTo(before);
    decoder.digests(BOTH);
    assertThat(decoder.decode(stream)).isEqualTo(after);
    assertThat(decoder.decode(ByteBuffer.wrap(new byte[3]))).isNull();
    assertThatThrownBy(() -> decoder.digests(Digests.NONE))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  @Tag("rfc7143:13.1-a")
  void crc32cIsThatOfTheStandardsExamples() {
    // RFC 3720 appendix B.4, the bytes in the order of the wire.
    byte[] ones = new byte[32];
    java.util.Arrays.fill(ones, (byte) 0xff);
    byte[] rising = new byte[32];
    for (int i = 0; i < 32; i++) {
      rising[i] = (byte) i;
    }
    assertThat(Digests.crc32c(ByteBuffer.wrap(new byte[32]))).isEqualTo(0xaa36918a);
    assertThat(Digests.crc32c(ByteBuffer.wrap(ones))).isEqualTo(0x43aba862);
    assertThat(Digests.crc32c(ByteBuffer.wrap(rising))).isEqualTo(0x4e79dd46);
  }

  @Test
  @Tag("rfc7143:7.7-a")
  @Tag("rfc7143:11-b")
  void valuesThatTheStandardForbidsAreNamed() {
    refused("r2t", 44, new byte[4], "Desired Data Transfer Length");
    refused("r2t", 20, new byte[] {-1, -1, -1, -1}, "Target Transfer Tag");
    refused("scsi-command-inquiry", 1, new byte[] {0x41}, "F and W");
    refused("scsi-command-inquiry", 1, new byte[] {(byte) 0x81}, "R and W");
    refused("scsi-command-inquiry", 1, new byte[] {(byte) 0xc5}, "ATTR");
    refused("text-request-send-targets", 1, new byte[] {(byte) 0xc0}, "C");
    refused("text-response-send-targets", 1, new byte[] {(byte) 0xc0}, "C");
    refused("login-request-first", 1, new byte[] {(byte) 0xc7}, "C");
    refused("login-request-first", 1, new byte[] {(byte) 0x86}, "NSG");
    refused("login-response-full-feature", 1, new byte[] {(byte) 0x8b}, "CSG");
    refused("data-in-inquiry", 1, new byte[] {0x01}, "S");
    refused("data-in-inquiry", 1, new byte[] {(byte) 0x87}, "O and U");
    refused("scsi-response-good", 1, new byte[] {(byte) 0x86}, "O and U");
    refused("scsi-response-good", 1, new byte[] {(byte) 0x98}, "o and u");
    refused("nop-out-answer", 0, new byte[] {0x00}, "I");
    refused("task-management-request-abort-task", 1, new byte[] {(byte) 0xff}, "function");
    refused("task-management-response-complete", 2, new byte[] {0x70}, "response");
    refused("logout-request-close-session", 1, new byte[] {(byte) 0x83}, "reason");
    refused("logout-response", 2, new byte[] {0x04}, "response");
    refused("snack-request-data", 1, new byte[] {(byte) 0x84}, "type");
    refused("scsi-command-extended-cdb-bidirectional", 50, new byte[] {9}, "AHSType");
    refused("scsi-command-extended-cdb-bidirectional", 49, new byte[] {0x70}, "AHSLength");
    refused("scsi-command-extended-cdb-bidirectional", 48, new byte[] {0, 0}, "AHSLength");
  }

  private static void refused(String name, int at, byte[] value, String field) {
    ByteBuffer bytes = GoldenBytes.load("pdu", name).buffer();
    bytes.put(at, value);
    ProtocolException e =
        catchThrowableOfType(ProtocolException.class, () -> new PduDecoder(8192).decode(bytes));
    assertThat(e).as(name + " with a wrong " + field).isNotNull();
    assertThat(e.kind()).isEqualTo(Kind.FORMAT);
    assertThat(e.field()).isEqualTo(field);
    assertThat(bytes.hasRemaining()).as("the PDU is consumed").isFalse();
  }

  @Test
  void anOpcodeThatIsNotDefinedIsToldApart() {
    ByteBuffer bytes = GoldenBytes.load("pdu", "scsi-response-good").buffer();
    bytes.put(0, (byte) 0x1c);
    assertThatThrownBy(() -> new PduDecoder(8192).decode(bytes))
        .isInstanceOfSatisfying(
            ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNKNOWN_OPCODE));
  }

  @Test
  @Tag("rfc7143:11.2.1-b")
  void dataAndAdditionalHeadersAreRefusedWhereNoneBelong() {
    ByteBuffer data = ByteBuffer.allocate(52).put(GoldenBytes.load("pdu", "r2t").bytes()).rewind();
    data.putInt(4, 4);
    assertThatThrownBy(() -> new PduDecoder(8192).decode(data))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("DataSegmentLength");
    ByteBuffer ahs =
        ByteBuffer.allocate(52).put(GoldenBytes.load("pdu", "nop-out-answer").bytes()).rewind();
    ahs.put(4, (byte) 1);
    assertThatThrownBy(() -> new PduDecoder(8192).decode(ahs))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("TotalAHSLength");
  }

  @Test
  @Tag("rfc7143:11.2.2-a")
  void theLongestCdbFitsIntoTheAdditionalHeaders() throws Exception {
    ByteBuffer cdb = ByteBuffer.allocate(ScsiCommand.MAX_CDB_LENGTH).put(0, (byte) 0x7f);
    ScsiCommand command = command(cdb);
    assertThat(command.ahsLength()).isEqualTo(BasicHeaderSegment.MAX_AHS_LENGTH);
    assertThat(new PduDecoder(0).decode(encode(command, Digests.NONE))).isEqualTo(command);
    assertThatThrownBy(() -> command(ByteBuffer.allocate(ScsiCommand.MAX_CDB_LENGTH + 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ScsiCommand command(ByteBuffer cdb) {
    return new ScsiCommand(
        false,
        true,
        true,
        true,
        TaskAttribute.SIMPLE,
        0,
        1,
        512,
        1,
        1,
        cdb,
        java.util.OptionalInt.of(512),
        Pdu.NO_DATA);
  }

  @Test
  void encodingLeavesTheDataSegmentWhereItIs() {
    ByteBuffer data = ByteBuffer.wrap(new byte[] {9, 1, 2, 3, 9}).slice(1, 3);
    NopIn pdu = new NopIn(0, 1, 2, 3, 4, 5, data);
    ByteBuffer[] parts = new PduEncoder(BOTH).gather(pdu);
    assertThat(parts).hasSize(3);
    assertThat(parts[1].array()).isSameAs(data.array());
    assertThat(data.remaining()).isEqualTo(3);
    assertThat(parts[2].remaining()).isEqualTo(1 + Digests.LENGTH);
  }

  private static PduDecoder decoder(int bound, Digests digests) {
    PduDecoder decoder = new PduDecoder(bound);
    decoder.digests(digests);
    return decoder;
  }

  private static ByteBuffer encode(Pdu pdu, Digests digests) {
    return new PduEncoder(digests).encode(pdu);
  }

  @ParameterizedTest
  @CsvSource({"64, true", "64, false", "61, false"})
  @DisplayName("Data whose digest or padding comes later outlives the input that it came in")
  void dataWhoseTrailerComesLaterIsCopied(int length, boolean digest) throws Exception {
    Digests digests = new Digests(false, digest);
    byte[] content = new byte[length];
    java.util.Arrays.fill(content, (byte) 0x5a);
    DataIn pdu =
        new DataIn(
            false,
            false,
            false,
            false,
            false,
            0,
            0,
            1,
            -1,
            0,
            1,
            1,
            0,
            0,
            0,
            ByteBuffer.wrap(content));
    ByteBuffer bytes = new PduEncoder(digests).encode(pdu);
    for (int split = 48; split <= bytes.limit(); split++) {
      PduDecoder decoder = new PduDecoder(8192, PduDecoder.Retention.SLICE);
      decoder.digests(digests);
      ByteBuffer first = ByteBuffer.allocate(split).put(bytes.slice(0, split)).flip();
      Pdu early = decoder.decode(first);
      if (early == null) {
        java.util.Arrays.fill(first.array(), (byte) 0);
        early = decoder.decode(bytes.slice(split, bytes.limit() - split));
      }
      assertThat(early.data()).as("split at %d", split).isEqualTo(ByteBuffer.wrap(content));
    }
  }
}
