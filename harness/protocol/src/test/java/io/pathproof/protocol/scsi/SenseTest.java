package io.pathproof.protocol.scsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SenseTest {
  private static final long SEED = 20261121L;

  private static ByteBuffer hex(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  /** Bytes read off SPC-4 tables 49 (fixed format) and 28 to 42 (descriptor format). */
  @Test
  void bothFormatsHaveTheirFieldsWhereTheStandardPutsThem() throws Exception {
    Sense fixed =
        new Sense(
            false,
            true,
            SenseKey.MEDIUM_ERROR,
            0x11,
            0,
            true,
            OptionalLong.of(0x89abcdefL),
            0x01020304,
            7,
            OptionalInt.of(0x401234));
    ByteBuffer fixedBytes = hex("f1 00 23 89abcdef 0a 01020304 11 00 07 c01234");
    assertThat(fixed.encode()).isEqualTo(fixedBytes);
    assertThat(Sense.decode(fixedBytes)).isEqualTo(fixed);
    Sense descriptor =
        new Sense(
            true,
            false,
            SenseKey.MEDIUM_ERROR,
            0x11,
            0,
            true,
            OptionalLong.of(0x123456789abcdef0L),
            9,
            7,
            OptionalInt.of(0x401234));
    ByteBuffer descriptorBytes =
        hex(
            "72 03 11 00 000000 28"
                + "00 0a 80 00 123456789abcdef0"
                + "01 0a 00 00 0000000000000009"
                + "02 06 00 00 c01234 00"
                + "03 02 00 07"
                + "05 02 00 20");
    assertThat(descriptor.encode()).isEqualTo(descriptorBytes);
    assertThat(Sense.decode(descriptorBytes)).isEqualTo(descriptor);
  }

  @Test
  void unknownAndCutDescriptorsArePassedOver() throws Exception {
    assertThat(Sense.decode(hex("73 06 2a 06 000000 0e 80 02 ffff 00 0a 80 00 00000000")))
        .satisfies(s -> assertThat(s.deferred()).isTrue())
        .satisfies(s -> assertThat(s.information()).isEmpty())
        .satisfies(
            s ->
                assertThat(
                        s.is(
                            SenseKey.UNIT_ATTENTION,
                            AdditionalSense.ASYMMETRIC_ACCESS_STATE_CHANGED))
                    .isTrue());
  }

  @Test
  void shortFixedSenseHasNoAdditionalCode() throws Exception {
    Sense sense = Sense.decode(hex("70 00 02 00000000 00"));
    assertThat(sense).isEqualTo(Sense.fixed(SenseKey.NOT_READY, 0, 0));
    Sense cut = Sense.decode(hex("70 00 02 00000000 00 00000000 04 0b 00 000000"));
    assertThat(cut.asc()).as("beyond ADDITIONAL SENSE LENGTH").isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "70",
        "70000200000000",
        "720629",
        "7f00060000000000",
        "0000060000000000",
        "74"
      })
  void whatIsNoSenseDataIsRefused(String hex) {
    assertThatThrownBy(() -> Sense.decode(hex(hex)))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("sense data");
  }

  @Test
  void bothFormatsComeBackFromTheirBytes() throws Exception {
    Random random = new Random(SEED);
    for (int i = 0; i < 20_000; i++) {
      boolean descriptor = random.nextBoolean();
      int width = descriptor ? 64 : 32;
      Sense sense =
          new Sense(
              descriptor,
              random.nextBoolean(),
              SenseKey.of(random.nextInt(16)),
              random.nextInt(256),
              random.nextInt(256),
              random.nextBoolean(),
              random.nextBoolean()
                  ? OptionalLong.empty()
                  : OptionalLong.of(random.nextLong() >>> 64 - width),
              random.nextLong() >>> 64 - width,
              random.nextInt(256),
              random.nextBoolean()
                  ? OptionalInt.empty()
                  : OptionalInt.of(random.nextInt(0x800000)));
      assertThat(Sense.decode(sense.encode())).as("seed %d", SEED).isEqualTo(sense);
    }
  }

  @Test
  void codesOfMultipathingHaveTheirNames() {
    assertThat(AdditionalSense.of(0x04, 0x0a))
        .contains(AdditionalSense.LOGICAL_UNIT_NOT_ACCESSIBLE_ASYMMETRIC_ACCESS_STATE_TRANSITION);
    assertThat(AdditionalSense.of(0x04, 0x0b))
        .contains(AdditionalSense.LOGICAL_UNIT_NOT_ACCESSIBLE_TARGET_PORT_IN_STANDBY_STATE);
    assertThat(AdditionalSense.of(0x04, 0x0c))
        .contains(AdditionalSense.LOGICAL_UNIT_NOT_ACCESSIBLE_TARGET_PORT_IN_UNAVAILABLE_STATE);
    assertThat(AdditionalSense.of(0x3f, 0x0e))
        .contains(AdditionalSense.REPORTED_LUNS_DATA_HAS_CHANGED);
    assertThat(AdditionalSense.of(0x25, 0x00)).contains(AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED);
    assertThat(AdditionalSense.of(0x99, 0x99)).isEmpty();
    assertThat(Sense.fixed(SenseKey.UNIT_ATTENTION, 0x29, 0))
        .hasToString("UNIT_ATTENTION 29/00 POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED");
    assertThat(ScsiStatus.of(0x18)).contains(ScsiStatus.RESERVATION_CONFLICT);
    assertThat(ScsiStatus.of(0x22)).isEmpty();
    assertThat(SenseKey.of(0xb)).isEqualTo(SenseKey.ABORTED_COMMAND);
    assertThat(SenseKey.of(0xe)).isEqualTo(SenseKey.MISCOMPARE);
  }
}
