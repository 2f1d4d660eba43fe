package io.pathproof.protocol.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.GoldenBytes;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.StandardInquiry.TargetPortGroupSupport;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Answers of tgt and istgt to the commands of a disk host, by value and byte for byte. */
class GoldenScsiTest {
  private static ByteBuffer bytes(String name) {
    return GoldenBytes.load("scsi", name).buffer();
  }

  private static void assertWrites(ByteBuffer written, String name) {
    assertThat(HexFormat.of().formatHex(written.array(), 0, written.limit()))
        .isEqualTo(HexFormat.of().formatHex(bytes(name).array()));
  }

  @Test
  void standardInquiryOfTgt() throws Exception {
    StandardInquiry data = StandardInquiry.decode(bytes("tgt-inquiry-standard"));
    assertThat(data)
        .isEqualTo(
            new StandardInquiry(
                0,
                0,
                false,
                5,
                0x12,
                TargetPortGroupSupport.NONE,
                false,
                false,
                0,
                StandardInquiry.COMMAND_QUEUING,
                "PATHPRF",
                "GOLDEN",
                "0001",
                List.of(0x04c0, 0x0960, 0x0300, 0)));
    assertWrites(data.encode(), "tgt-inquiry-standard");
  }

  @Test
  void standardInquiryOfIstgt() throws Exception {
    StandardInquiry data = StandardInquiry.decode(bytes("istgt-inquiry-standard"));
    // It answers REPORT TARGET PORT GROUPS all the same (see below).
    assertThat(data.targetPortGroupSupport()).isEqualTo(TargetPortGroupSupport.NONE);
    assertThat(data.multiPort()).isTrue();
    assertThat(data.commandQueuing()).isTrue();
    assertThat(data.vendor() + "|" + data.product() + "|" + data.revision())
        .isEqualTo("PATHPRF|ISTGT DISK|0001");
    assertThat(data.versionDescriptors()).startsWith(0x0960);
  }

  @Test
  void vitalProductDataPagesOfTgt() throws Exception {
    SupportedVpdPages pages = SupportedVpdPages.decode(bytes("tgt-vpd-00"));
    assertThat(pages.pageCodes()).containsExactly(0x00, 0x80, 0x83, 0xb0, 0xb1, 0xb2);
    assertWrites(pages.encode(), "tgt-vpd-00");
    UnitSerialNumber serial = UnitSerialNumber.decode(bytes("tgt-vpd-80"));
    assertThat(serial.serialNumber()).isEqualTo("PP0001");
    assertThat(serial.raw()).hasSize(36);
    assertWrites(serial.encode(), "tgt-vpd-80");
    BlockLimits limits = BlockLimits.decode(bytes("tgt-vpd-b0"));
    assertThat(limits).isEqualTo(new BlockLimits(0, false, 128, 0, 0, 0, 0, 0, 0, 0, -1, 0));
    assertWrites(limits.encode(), "tgt-vpd-b0");
  }

  @Test
  void deviceIdentificationOfTgtIsNamedByItsNaa() throws Exception {
    DeviceIdentification page = DeviceIdentification.decode(bytes("tgt-vpd-83"));
    assertThat(page.designators())
        .extracting(d -> d.type().orElseThrow())
        .containsExactly(Designator.Type.T10_VENDOR_ID, Designator.Type.NAA, Designator.Type.NAA);
    assertThat(page.designators().get(0).text()).isEqualTo("pathproof-vol0");
    assertThat(page.designators().get(1).hex()).isEqualTo("3000000100000001");
    assertThat(page.logicalUnitIdentity())
        .contains(
            new LogicalUnitIdentity(
                LogicalUnitIdentity.Source.NAA, "naa.6000000000000000000a000000f00000"));
    assertThat(page.relativeTargetPort()).isEmpty();
    assertWrites(page.encode(), "tgt-vpd-83");
  }

  @Test
  void deviceIdentificationOfIstgtNamesThePortToo() throws Exception {
    DeviceIdentification page = DeviceIdentification.decode(bytes("istgt-vpd-83"));
    assertThat(page.designators()).hasSize(7);
    assertThat(page.relativeTargetPort()).hasValue(1);
    assertThat(page.targetPortGroup()).hasValue(1);
    Designator port = page.designators().get(3);
    assertThat(port.association()).isEqualTo(Designator.Association.TARGET_PORT);
    assertThat(port.protocolIdentifierValid()).isTrue();
    assertThat(port.protocolIdentifier()).isEqualTo(Designator.ISCSI);
    assertThat(port.codeSet()).isEqualTo(Designator.UTF_8);
    assertThat(port.text()).isEqualTo("iqn.2026-11.io.pathproof:disk1,t,0x0001");
    // Its NAA is only locally assigned, so the T10 designator is the better name.
    LogicalUnitIdentity identity = page.logicalUnitIdentity().orElseThrow();
    assertThat(identity.source()).isEqualTo(LogicalUnitIdentity.Source.T10_VENDOR_ID);
    assertThat(identity.name()).isEqualTo("t10.PATHPRF ISTGT DISK      10000001");
    assertWrites(page.encode(), "istgt-vpd-83");
  }

  @Test
  void blockLimitsOfIstgt() throws Exception {
    BlockLimits limits = BlockLimits.decode(bytes("istgt-vpd-b0"));
    assertThat(limits).isEqualTo(new BlockLimits(0, false, 255, 8, 0, 2048, 0, 0, 0, 0, -1, 0));
    assertWrites(limits.encode(), "istgt-vpd-b0");
  }

  @Test
  void lunLists() throws Exception {
    LunList tgt = LunList.decode(bytes("tgt-report-luns"));
    assertThat(tgt.luns()).containsExactly(Lun.of(0), Lun.of(1));
    assertThat(LunList.length(bytes("tgt-report-luns"))).isEqualTo(24);
    assertWrites(tgt.encode(), "tgt-report-luns");
    assertThat(LunList.decode(bytes("istgt-report-luns")).luns()).containsExactly(Lun.of(0));
  }

  @Test
  void capacities() throws Exception {
    Capacity ten = Capacity.decode10(bytes("tgt-read-capacity-10"));
    assertThat(ten).isEqualTo(Capacity.of(131071, 512));
    assertThat(ten.sizeBytes()).isEqualTo(64 << 20);
    assertThat(ten.needsReadCapacity16()).isFalse();
    assertWrites(ten.encode10(), "tgt-read-capacity-10");
    Capacity sixteen = Capacity.decode16(bytes("tgt-read-capacity-16"));
    assertThat(sixteen).isEqualTo(new Capacity(131071, 512, 0, false, 0, 3, false, false, 0));
    assertWrites(sixteen.encode16(), "tgt-read-capacity-16");
  }

  @Test
  void modeParametersOfTgt() throws Exception {
    ModeParameters caching = ModeParameters.decode(Cdb.Form.SIX, bytes("tgt-mode-sense-6-caching"));
    assertThat(caching.writeProtected()).isFalse();
    assertThat(caching.dpoAndFuaSupported()).isTrue();
    assertThat(caching.caching()).contains(new ModeParameters.Caching(true, false));
    assertThat(caching.blockDescriptors().remaining()).isEqualTo(8);
    assertWrites(caching.encode(Cdb.Form.SIX), "tgt-mode-sense-6-caching");
    assertWrites(caching.encode(Cdb.Form.TEN), "tgt-mode-sense-10-caching");
    ModeParameters all = ModeParameters.decode(Cdb.Form.TEN, bytes("tgt-mode-sense-10-all-pages"));
    assertThat(all.pages())
        .extracting(ModeParameters.Page::code)
        .containsExactly(0x00, 0x02, 0x08, 0x0a, 0x0a, 0x1c);
    assertThat(all.pages().get(4).subpage()).as("control extension page").isTrue();
    assertThat(all.pages().get(4).subpageCode()).isEqualTo(1);
    assertThat(all.pages().get(4).parameters().remaining()).isEqualTo(28);
    assertWrites(all.encode(Cdb.Form.TEN), "tgt-mode-sense-10-all-pages");
    assertWrites(all.encode(Cdb.Form.SIX), "tgt-mode-sense-6-all-pages");
  }

  @Test
  void modeParametersOfIstgt() throws Exception {
    ModeParameters six = ModeParameters.decode(Cdb.Form.SIX, bytes("istgt-mode-sense-6-all-pages"));
    assertThat(six.dpoAndFuaSupported()).isFalse();
    assertThat(six.caching()).contains(new ModeParameters.Caching(true, false));
    assertThat(six.page(ModeParameters.CONTROL_PAGE)).isPresent();
    assertWrites(six.encode(Cdb.Form.SIX), "istgt-mode-sense-6-all-pages");
    ModeParameters ten = ModeParameters.decode(Cdb.Form.TEN, bytes("istgt-mode-sense-10-caching"));
    assertWrites(ten.encode(Cdb.Form.TEN), "istgt-mode-sense-10-caching");
  }

  @Test
  void targetPortGroupsOfIstgt() throws Exception {
    TargetPortGroups data = TargetPortGroups.decode(bytes("istgt-report-target-port-groups"));
    assertThat(data)
        .isEqualTo(
            new TargetPortGroups(
                OptionalInt.empty(),
                List.of(
                    new TargetPortGroups.Group(
                        true, AccessState.ACTIVE_OPTIMIZED, 0x03, 1, 2, List.of(1)))));
    // Its byte 5 of the descriptor is the status code 2: the state came about implicitly.
    assertWrites(data.encode(), "istgt-report-target-port-groups");
  }

  @Test
  void senseDataOfTgtAndIstgt() throws Exception {
    assertSense("tgt-sense-unit-attention", SenseKey.UNIT_ATTENTION, 0x29, 0);
    assertSense("tgt-sense-invalid-opcode", SenseKey.ILLEGAL_REQUEST, 0x20, 0);
    assertSense("tgt-sense-lba-out-of-range", SenseKey.ILLEGAL_REQUEST, 0x21, 0);
    assertSense("tgt-request-sense", SenseKey.NO_SENSE, 0, 0);
    Sense valid = Sense.decode(bytes("istgt-sense-unit-attention"));
    assertThat(valid.information()).hasValue(0);
    assertThat(valid.key()).isEqualTo(SenseKey.UNIT_ATTENTION);
    assertWrites(valid.encode(), "istgt-sense-unit-attention");
  }

  private static void assertSense(String name, SenseKey key, int asc, int ascq)
      throws ProtocolException {
    Sense sense = Sense.decode(bytes(name));
    assertThat(sense).isEqualTo(Sense.fixed(key, asc, ascq));
    assertWrites(sense.encode(), name);
  }

  @Test
  void everyCommandThatWasSentIsReadAndWrittenAgain() throws Exception {
    for (GoldenBytes golden : GoldenBytes.loadAll("scsi")) {
      byte[] sent = HexFormat.of().parseHex(golden.expected().get("cdb"));
      Cdb cdb = Cdb.decode(ByteBuffer.wrap(sent));
      ByteBuffer padded = ByteBuffer.allocate(16).put(cdb.encode()).rewind();
      assertThat(padded).as(golden.name()).isEqualTo(ByteBuffer.wrap(sent));
    }
  }
}
