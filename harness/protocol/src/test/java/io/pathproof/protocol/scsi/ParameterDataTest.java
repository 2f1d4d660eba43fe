package io.pathproof.protocol.scsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import io.pathproof.protocol.scsi.Designator.Association;
import io.pathproof.protocol.scsi.Designator.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ParameterDataTest {
  private static final long SEED = 20261121L;
  private static final int ROUNDS = 2_000;
  private final Random random = new Random(SEED);

  private static ByteBuffer hex(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private ByteBuffer bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private long uint32() {
    return random.nextInt() & 0xffffffffL;
  }

  private String word(int max) {
    StringBuilder word = new StringBuilder();
    int length = random.nextInt(max + 1);
    while (word.length() < length) {
      word.append((char) ('!' + random.nextInt(90)));
    }
    return word.toString();
  }

  private List<Integer> ints(int maxSize, int bound) {
    return random.ints(random.nextInt(maxSize + 1), 0, bound).boxed().toList();
  }

  @Test
  void vpdPagesComeBackFromTheirBytes() throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      var pages = new SupportedVpdPages(random.nextInt(256), ints(255, 256));
      assertThat(SupportedVpdPages.decode(pages.encode())).isEqualTo(pages);
      var serial = new UnitSerialNumber(random.nextInt(256), " " + word(60) + " ");
      assertThat(UnitSerialNumber.decode(serial.encode())).isEqualTo(serial);
      List<Designator> designators = new ArrayList<>();
      for (int n = random.nextInt(8); n > 0; n--) {
        designators.add(
            new Designator(
                random.nextInt(16),
                random.nextInt(16),
                random.nextBoolean(),
                Association.values()[random.nextInt(4)],
                random.nextInt(16),
                bytes(random.nextInt(256))));
      }
      var identification = new DeviceIdentification(random.nextInt(256), designators);
      assertThat(DeviceIdentification.decode(identification.encode())).isEqualTo(identification);
      var limits =
          new BlockLimits(
              random.nextInt(256),
              random.nextBoolean(),
              random.nextInt(256),
              random.nextInt(65536),
              uint32(),
              uint32(),
              uint32(),
              uint32(),
              uint32(),
              uint32(),
              random.nextBoolean() ? -1 : uint32() >>> 1,
              random.nextLong() >>> 1);
      assertThat(BlockLimits.decode(limits.encode())).isEqualTo(limits);
    }
  }

  @Test
  void otherParameterDataComesBackFromItsBytes() throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      var inquiry =
          new StandardInquiry(
              random.nextInt(8),
              random.nextInt(32),
              random.nextBoolean(),
              random.nextInt(256),
              random.nextInt(256),
              StandardInquiry.TargetPortGroupSupport.values()[random.nextInt(4)],
              random.nextBoolean(),
              random.nextBoolean(),
              random.nextInt(256),
              random.nextInt(256),
              word(8),
              word(16),
              word(4),
              ints(8, 65536));
      assertThat(StandardInquiry.decode(inquiry.encode())).isEqualTo(inquiry);
      var luns = new LunList(random.longs(random.nextInt(20)).mapToObj(Lun::new).toList());
      assertThat(LunList.decode(luns.encode())).isEqualTo(luns);
      var capacity =
          new Capacity(
              random.nextLong() >>> 16,
              1 + random.nextInt(4096),
              random.nextInt(8),
              random.nextBoolean(),
              random.nextInt(16),
              random.nextInt(16),
              random.nextBoolean(),
              random.nextBoolean(),
              random.nextInt(0x4000));
      assertThat(Capacity.decode16(capacity.encode16())).isEqualTo(capacity);
      TargetPortGroups groups = targetPortGroups();
      assertThat(TargetPortGroups.decode(groups.encode())).isEqualTo(groups);
    }
  }

  private TargetPortGroups targetPortGroups() {
    List<TargetPortGroups.Group> groups = new ArrayList<>();
    for (int n = random.nextInt(5); n > 0; n--) {
      groups.add(
          new TargetPortGroups.Group(
              random.nextBoolean(),
              AccessState.values()[random.nextInt(7)],
              random.nextInt(256),
              random.nextInt(65536),
              random.nextInt(256),
              ints(8, 65536)));
    }
    return new TargetPortGroups(
        random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt(256)), groups);
  }

  @Test
  void modeParametersComeBackFromTheirBytes() throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      List<ModeParameters.Page> pages = new ArrayList<>();
      for (int n = random.nextInt(4); n > 0; n--) {
        boolean subpage = random.nextBoolean();
        pages.add(
            new ModeParameters.Page(
                random.nextBoolean(),
                random.nextInt(64),
                subpage,
                subpage ? random.nextInt(256) : 0,
                bytes(random.nextInt(50))));
      }
      Cdb.Form form = random.nextBoolean() ? Cdb.Form.SIX : Cdb.Form.TEN;
      var parameters =
          new ModeParameters(
              random.nextInt(256),
              random.nextInt(256),
              form == Cdb.Form.TEN && random.nextBoolean(),
              bytes(8 * random.nextInt(3)),
              pages);
      assertThat(ModeParameters.decode(form, parameters.encode(form))).isEqualTo(parameters);
    }
  }

  @Test
  void theBestDesignatorNamesTheLogicalUnit() {
    Designator t10 = text(Type.T10_VENDOR_ID, "ACME disk 1 ");
    Designator eui =
        Designator.ofLogicalUnit(Type.EUI_64, HexFormat.of().parseHex("0011223344556677"));
    Designator local =
        Designator.ofLogicalUnit(Type.NAA, HexFormat.of().parseHex("3011223344556677"));
    Designator five =
        Designator.ofLogicalUnit(Type.NAA, HexFormat.of().parseHex("5011223344556677"));
    Designator six =
        Designator.ofLogicalUnit(
            Type.NAA, HexFormat.of().parseHex("60112233445566778899aabbccddeeff"));
    Designator name = text(Type.SCSI_NAME_STRING, "iqn.2026-11.example:lu1\0\0");
    Designator port =
        new Designator(
            5, 1, true, Association.TARGET_PORT, Type.NAA.ordinal(), hex("6fffffffffffffff"));
    assertName("naa.60112233445566778899aabbccddeeff", port, t10, eui, five, six, local, name);
    assertName("naa.5011223344556677", port, t10, eui, five, local, name);
    assertName("eui.0011223344556677", port, t10, eui, local, name);
    assertName("iqn.2026-11.example:lu1", port, t10, local, name);
    assertName("t10.ACME disk 1", port, t10, local);
    assertName("naa.3011223344556677", port, local);
    assertThat(new DeviceIdentification(0, List.of(port)).logicalUnitIdentity()).isEmpty();
  }

  private static Designator text(Type type, String text) {
    return new Designator(
        0,
        Designator.ASCII,
        false,
        Association.LOGICAL_UNIT,
        type.ordinal(),
        ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private static void assertName(String name, Designator... designators) {
    assertThat(
            new DeviceIdentification(0, List.of(designators))
                .logicalUnitIdentity()
                .map(LogicalUnitIdentity::name))
        .contains(name);
  }

  @Test
  void aSerialNumberNamesTheUnitUnderVendorAndProduct() throws Exception {
    StandardInquiry inquiry =
        StandardInquiry.decode(
            hex(
                "0000051220000000"
                    + "41434d4520202020"
                    + "4469736b"
                    + "20".repeat(12)
                    + "31202020"));
    assertThat(
            LogicalUnitIdentity.ofSerialNumber(inquiry, new UnitSerialNumber(0, "  S1 "))
                .map(LogicalUnitIdentity::name))
        .contains("serial.ACME.Disk.S1");
    assertThat(LogicalUnitIdentity.ofSerialNumber(inquiry, new UnitSerialNumber(0, "    ")))
        .isEmpty();
  }

  @Test
  void targetPortGroupsInTheExtendedFormat() throws Exception {
    TargetPortGroups groups =
        TargetPortGroups.decode(
            hex("00000018 10 3c 0000  02 8f 0001 00 01 00 01 00000001  0f 8f 0002 00 02 00 00"));
    assertThat(groups.implicitTransitionTimeSeconds()).hasValue(60);
    assertThat(groups.groups())
        .containsExactly(
            new TargetPortGroups.Group(false, AccessState.STANDBY, 0x8f, 1, 1, List.of(1)),
            new TargetPortGroups.Group(false, AccessState.TRANSITIONING, 0x8f, 2, 2, List.of()));
    assertThat(AccessState.STANDBY.active()).isFalse();
    assertThat(AccessState.ACTIVE_NON_OPTIMIZED.active()).isTrue();
  }

  @Test
  void whatIsCutOffIsSaidToBeSo() {
    refused(Kind.TRUNCATED, () -> LunList.decode(hex("00000010 00000000 0000000000000000")));
    refused(Kind.TRUNCATED, () -> LunList.decode(hex("ffffffff 00000000")));
    refused(Kind.FORMAT, () -> LunList.decode(hex("00000004 00000000 00000000")));
    refused(Kind.TRUNCATED, () -> DeviceIdentification.decode(hex("00830048 02010024 70")));
    refused(Kind.TRUNCATED, () -> DeviceIdentification.decode(hex("00830005 02010024 70")));
    refused(Kind.FORMAT, () -> DeviceIdentification.decode(hex("00800000")));
    refused(Kind.TRUNCATED, () -> StandardInquiry.decode(ByteBuffer.allocate(35)));
    refused(Kind.TRUNCATED, () -> BlockLimits.decode(hex("00b00008 0000000000000000")));
    refused(Kind.TRUNCATED, () -> TargetPortGroups.decode(hex("7fffffff 00")));
    refused(Kind.TRUNCATED, () -> TargetPortGroups.decode(hex("00000008 00 8f 0001 00 00 00 01")));
    refused(Kind.FORMAT, () -> TargetPortGroups.decode(hex("00000008 07 8f 0001 00 00 00 00")));
    refused(Kind.TRUNCATED, () -> ModeParameters.decode(Cdb.Form.SIX, hex("05 00 00 00 08 12")));
    refused(Kind.TRUNCATED, () -> ModeParameters.decode(Cdb.Form.SIX, hex("09000000 0812")));
  }

  @Test
  void capacitiesThatNoMediumHasAreRefused() throws Exception {
    refused(Kind.FORMAT, () -> Capacity.decode10(hex("0000ffff 00000000")));
    refused(
        Kind.FORMAT, () -> Capacity.decode16(hex("ffffffffffffffff 00000200" + "00".repeat(20))));
    refused(
        Kind.FORMAT, () -> Capacity.decode16(hex("7fffffffffffffff 00000200" + "00".repeat(20))));
    Capacity huge = Capacity.of(1L << 33, 512);
    assertThat(huge.encode10()).isEqualTo(hex("ffffffff 00000200"));
    assertThat(Capacity.decode10(huge.encode10()).needsReadCapacity16()).isTrue();
    assertThat(huge.sizeBytes()).isEqualTo(((1L << 33) + 1) * 512);
  }

  private static void refused(
      Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable decode) {
    assertThatThrownBy(decode)
        .isInstanceOfSatisfying(ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @Test
  void lunsAreAddressedAsArraysDo() {
    assertThat(Lun.of(5).raw()).isEqualTo(0x0005000000000000L);
    assertThat(Lun.of(255).addressMethod()).isEqualTo(Lun.AddressMethod.PERIPHERAL_DEVICE);
    assertThat(Lun.of(256).raw()).isEqualTo(0x4100000000000000L);
    for (int number = 0; number <= Lun.MAX_NUMBER; number++) {
      assertThat(Lun.of(number).number()).hasValue(number);
    }
    assertThat(new Lun(0x4005000000000000L).number()).hasValue(5);
    assertThat(Lun.REPORT_LUNS.number()).isEmpty();
    assertThat(new Lun(0x0005000100000000L).number()).isEmpty();
    assertThat(Lun.REPORT_LUNS).hasToString("0xc101000000000000");
    assertThatThrownBy(() -> Lun.of(0x4000)).isInstanceOf(IllegalArgumentException.class);
  }
}
