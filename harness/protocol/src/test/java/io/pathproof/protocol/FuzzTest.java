package io.pathproof.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.iscsi.BinaryValue;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.Negotiation;
import io.pathproof.protocol.iscsi.OperationalKey;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduDecoder;
import io.pathproof.protocol.iscsi.PduEncoder;
import io.pathproof.protocol.iscsi.ScsiResponse;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TargetAddress;
import io.pathproof.protocol.scsi.BlockLimits;
import io.pathproof.protocol.scsi.Capacity;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.DeviceIdentification;
import io.pathproof.protocol.scsi.LunList;
import io.pathproof.protocol.scsi.MediumCdb;
import io.pathproof.protocol.scsi.ModeParameters;
import io.pathproof.protocol.scsi.ReservationCdb;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.StandardInquiry;
import io.pathproof.protocol.scsi.SupportedVpdPages;
import io.pathproof.protocol.scsi.TargetPortGroups;
import io.pathproof.protocol.scsi.UnitSerialNumber;
import io.pathproof.protocol.scsi.VpdPage;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Hostile bytes: mutations of captured ones, and random ones. A decoder gives a value or a {@link
 * ProtocolException}, in bounded time and memory, and nothing else. {@code -Dpathproof.fuzz.seed=N}
 * repeats a run, {@code -Dpathproof.fuzz.inputs=N} makes it longer.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzTest {
  private static final long SEED = Long.getLong("pathproof.fuzz.seed", 20261121L);
  private static final int INPUTS = Integer.getInteger("pathproof.fuzz.inputs", 60_000);

  /** Something that decodes, and uses what it decoded as a caller would. */
  private interface Decoder {
    void decode(ByteBuffer bytes) throws ProtocolException;
  }

  /**
   * What became of the inputs, so that a fuzz run that never got past the first check is noticed.
   */
  private record Tally(int decoded, int refused) {}

  private static Tally fuzz(List<byte[]> corpus, int inputs, Decoder decoder) {
    Random random = new Random(SEED);
    int decoded = 0;
    int refused = 0;
    for (int i = 0; i < inputs; i++) {
      byte[] input = i % 5 == 0 ? random(random) : mutated(corpus, random);
      try {
        decoder.decode(ByteBuffer.wrap(input));
        decoded++;
      } catch (ProtocolException e) {
        refused++;
      } catch (RuntimeException | Error e) {
        fail("seed " + SEED + ", input " + i + ": " + HexFormat.of().formatHex(input), e);
      }
    }
    return new Tally(decoded, refused);
  }

  private static byte[] random(Random random) {
    byte[] bytes = new byte[random.nextInt(200)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] mutated(List<byte[]> corpus, Random random) {
    byte[] bytes = corpus.get(random.nextInt(corpus.size())).clone();
    for (int n = 1 + random.nextInt(4); n > 0 && bytes.length > 0; n--) {
      // Most fields that steer a parser stand near the start.
      int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(64, bytes.length));
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0);
        case 3 -> bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 16));
        default -> {
          byte[] other = corpus.get(random.nextInt(corpus.size()));
          int length = Math.min(other.length, bytes.length - at);
          System.arraycopy(other, 0, bytes, at, length);
        }
      }
    }
    return bytes;
  }

  private static List<byte[]> corpus(String folder) {
    return GoldenBytes.loadAll(folder).stream().map(GoldenBytes::bytes).toList();
  }

  private static void assertBothHappened(Tally tally) {
    assertThat(tally.decoded()).as("inputs that decoded").isGreaterThan(0);
    assertThat(tally.refused()).as("inputs that were refused").isGreaterThan(0);
  }

  @Test
  void pdusWithoutDigests() {
    assertBothHappened(fuzz(corpus("pdu"), INPUTS, bytes -> stream(bytes, Digests.NONE)));
  }

  @Test
  void pdusWithDigests() {
    List<byte[]> digested =
        GoldenBytes.loadAll("pdu").stream()
            .filter(g -> g.digest("header") && g.digest("data"))
            .map(GoldenBytes::bytes)
            .toList();
    assertThat(digested).isNotEmpty();
    assertBothHappened(fuzz(digested, INPUTS / 4, bytes -> stream(bytes, new Digests(true, true))));
  }

  /**
   * All PDUs of a stream, as a connection would take them, cut at a place that depends on the
   * bytes.
   */
  private static void stream(ByteBuffer bytes, Digests digests) throws ProtocolException {
    PduDecoder decoder = new PduDecoder(4096);
    decoder.digests(digests);
    int cut = bytes.hasRemaining() ? (bytes.get(bytes.limit() - 1) & 0xff) % bytes.limit() : 0;
    ByteBuffer first = bytes.slice(0, cut);
    ByteBuffer second = bytes.slice(cut, bytes.limit() - cut);
    for (ByteBuffer in : List.of(first, second)) {
      for (Pdu pdu = decoder.decode(in); pdu != null; pdu = decoder.decode(in)) {
        use(pdu, digests);
      }
      if (in.hasRemaining()) {
        throw new AssertionError("the decoder stopped before the end of its input");
      }
    }
  }

  private static void use(Pdu pdu, Digests digests) throws ProtocolException {
    // What was accepted can be written, and reads back as the same value.
    PduDecoder again = new PduDecoder(4096);
    again.digests(digests);
    if (!pdu.equals(again.decode(new PduEncoder(digests).encode(pdu)))) {
      throw new AssertionError(pdu + " does not come back");
    }
    if (pdu instanceof ScsiResponse response) {
      response.senseData();
    } else if (pdu instanceof AsyncMessage message) {
      message.senseData();
    }
  }

  @Test
  void aDeclaredLengthCostsNoMemoryBeforeItIsBounded() {
    ByteBuffer header = GoldenBytes.load("pdu", "data-in-inquiry").buffer();
    header.putInt(4, 0xff_ffffff).limit(48);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 1000; i++) {
      PduDecoder decoder = new PduDecoder(8192);
      header.position(0);
      ByteBuffer ahs = ByteBuffer.allocate(1020);
      try {
        decoder.decode(header);
        decoder.decode(ahs);
        fail("a data segment of 16 MiB was accepted");
      } catch (ProtocolException e) {
        assertThat(e.kind()).isEqualTo(ProtocolException.Kind.TOO_LONG);
      }
    }
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / 1000;
    assertThat(each).as("bytes allocated for one hostile header").isLessThan(64 << 10);
  }

  @Test
  void textKeys() {
    List<byte[]> corpus =
        GoldenBytes.loadAll("pdu").stream()
            .filter(g -> g.expected().get("pdu").matches("(Login|Text)(Request|Response)"))
            .map(GoldenBytes::bytes)
            .filter(b -> b.length > 48)
            .map(b -> java.util.Arrays.copyOfRange(b, 48, b.length))
            .toList();
    assertBothHappened(fuzz(corpus, INPUTS / 2, FuzzTest::text));
  }

  private static void text(ByteBuffer bytes) throws ProtocolException {
    KeyValues keys = KeyValues.decode(bytes);
    if (!KeyValues.decode(keys.encode()).equals(keys)) {
      throw new AssertionError(keys + " does not come back");
    }
    for (Map.Entry<String, String> pair : keys.asMap().entrySet()) {
      OperationalKey key = OperationalKey.of(pair.getKey()).orElse(null);
      if (key == null) {
        BinaryValue.decode(pair.getKey(), pair.getValue(), 1024);
        continue;
      }
      if (key.defaultValue().isPresent() && key.result() != OperationalKey.Result.DECLARATIVE) {
        Negotiation.answer(key, pair.getValue(), key.defaultValue().get());
        Negotiation.outcome(key, key.defaultValue().get(), pair.getValue());
      }
      key.check(pair.getValue());
    }
    SendTargets.decode(bytes);
  }

  @Test
  void targetAddresses() {
    List<byte[]> corpus =
        List.of(
            "10.10.1.10:3260,1".getBytes(StandardCharsets.US_ASCII),
            "[fe80::1%eth0]:3260,0x0001".getBytes(StandardCharsets.US_ASCII),
            "array-1.example.com".getBytes(StandardCharsets.US_ASCII),
            ("a.".repeat(2000) + "!").getBytes(StandardCharsets.US_ASCII));
    assertBothHappened(
        fuzz(
            corpus,
            INPUTS / 10,
            bytes -> TargetAddress.parse(StandardCharsets.ISO_8859_1.decode(bytes).toString())));
  }

  @Test
  void commandDescriptorBlocks() {
    List<byte[]> corpus =
        GoldenBytes.loadAll("scsi").stream()
            .map(g -> HexFormat.of().parseHex(g.expected().get("cdb")))
            .toList();
    assertBothHappened(fuzz(corpus, INPUTS / 2, bytes -> Cdb.decode(Cdb.decode(bytes).encode())));
  }

  @Test
  void parameterData() {
    List<Decoder> decoders =
        List.of(
            b -> StandardInquiry.decode(b).encode(),
            b -> SupportedVpdPages.decode(b).encode(),
            b -> UnitSerialNumber.decode(b).serialNumber(),
            b -> {
              DeviceIdentification page = DeviceIdentification.decode(b);
              page.logicalUnitIdentity();
              page.relativeTargetPort();
              page.encode();
            },
            VpdPage::length,
            b -> BlockLimits.decode(b).encode(),
            b -> LunList.decode(b).luns().forEach(lun -> lun.toString()),
            b -> Capacity.decode10(b).sizeBytes(),
            b -> Capacity.decode16(b).encode16(),
            b -> ModeParameters.decode(Cdb.Form.SIX, b).caching(),
            b -> ModeParameters.decode(Cdb.Form.TEN, b).caching(),
            b -> TargetPortGroups.decode(b).encode(),
            b -> MediumCdb.UnmapList.decode(b).encode(),
            b -> ReservationCdb.OutParameters.decode(b).encode(),
            b -> Sense.decode(Sense.decode(b).encode()).toString());
    List<byte[]> corpus = corpus("scsi");
    for (Decoder decoder : decoders) {
      assertBothHappened(fuzz(corpus, INPUTS / 10, decoder));
    }
  }
}
