package io.pathproof.targets.array.scsi;

import static io.pathproof.targets.array.scsi.Bench.assertGood;
import static io.pathproof.targets.array.scsi.Bench.assertIllegal;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.BlockLimits;
import io.pathproof.protocol.scsi.Capacity;
import io.pathproof.protocol.scsi.Cdb.Form;
import io.pathproof.protocol.scsi.DeviceIdentification;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.LunList;
import io.pathproof.protocol.scsi.ModeParameters;
import io.pathproof.protocol.scsi.StandardInquiry;
import io.pathproof.protocol.scsi.StandardInquiry.TargetPortGroupSupport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private final Bench bench = new Bench().settled();

  private ByteBuffer data(String cdb) {
    ScsiOutcome outcome = bench.run(bench.a1, cdb);
    assertGood(outcome);
    return outcome.dataIn();
  }

  private static String hex(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void inquiryDescribesADisk() throws Exception {
    StandardInquiry inquiry = StandardInquiry.decode(data("12 00 00 00 ff 00"));
    assertThat(inquiry.peripheralDeviceType()).isZero();
    assertThat(inquiry.version()).isEqualTo(6);
    assertThat(inquiry.targetPortGroupSupport())
        .isEqualTo(TargetPortGroupSupport.IMPLICIT_AND_EXPLICIT);
    assertThat(inquiry.vendor()).isEqualTo("PATHPRF");
    assertThat(inquiry.versionDescriptors()).contains(0x0460, 0x04c0);
    assertThat(data("12 00 00 00 05 00").remaining()).isEqualTo(5);
    assertIllegal(bench.run(bench.a1, "12 00 83 00 ff 00"), AdditionalSense.INVALID_FIELD_IN_CDB);
  }

  @Test
  void pagesAreThoseOfTheList() throws Exception {
    assertThat(hex(data("12 01 00 00 ff 00"))).isEqualTo("00000007" + "00808386b0b1b2");
    for (int page : new int[] {0x00, 0x80, 0x83, 0x86, 0xb0, 0xb1, 0xb2}) {
      ByteBuffer bytes = data("12 01 %02x 01 00 00".formatted(page));
      assertThat(bytes.get(1) & 0xff).isEqualTo(page);
      assertThat(bytes.getShort(2)).isEqualTo((short) (bytes.remaining() - 4));
    }
    assertThat(hex(data("12 01 b2 00 ff 00"))).isEqualTo("00b20004" + "00e40200");
    BlockLimits limits = BlockLimits.decode(data("12 01 b0 00 ff 00"));
    assertThat(limits.maxCompareAndWriteLength()).isEqualTo(255);
    assertThat(limits.maxTransferLength()).isEqualTo(16384);
    assertIllegal(bench.run(bench.a1, "12 01 b9 00 ff 00"), AdditionalSense.INVALID_FIELD_IN_CDB);
  }

  @Test
  void identityIsTheSameAtEveryPortAndAfterARestart() throws Exception {
    DeviceIdentification here = DeviceIdentification.decode(data("12 01 83 01 00 00"));
    DeviceIdentification there =
        DeviceIdentification.decode(bench.run(bench.b2, "12 01 83 01 00 00").dataIn());
    Bench again = new Bench();
    DeviceIdentification later =
        DeviceIdentification.decode(again.run(again.a1, "12 01 83 01 00 00").dataIn());
    assertThat(here.logicalUnitIdentity()).isPresent().isEqualTo(there.logicalUnitIdentity());
    assertThat(later).isEqualTo(here);
    assertThat(here.relativeTargetPort()).hasValue(1);
    assertThat(there.relativeTargetPort()).hasValue(2);
    assertThat(there.targetPortGroup()).hasValue(2);
    assertThat(here.designators().get(0).hex()).startsWith("6").hasSize(32);
  }

  @Test
  void capacityIsThatOfAThinVolume() throws Exception {
    assertThat(Capacity.decode10(data("25 00 00000000 00 0000 00")).sizeBytes()).isEqualTo(1 << 20);
    Capacity capacity = Capacity.decode16(data("9e 10 0000000000000000 00000020 00 00"));
    assertThat(capacity.lastLogicalBlockAddress()).isEqualTo(2047);
    assertThat(capacity.provisioningManagement()).isTrue();
    assertThat(capacity.provisioningReadZeros()).isTrue();
  }

  @Test
  void modePagesComeInBothForms() throws Exception {
    ModeParameters six = ModeParameters.decode(Form.SIX, data("1a 00 3f 00 ff 00"));
    ModeParameters ten = ModeParameters.decode(Form.TEN, data("5a 08 3f 00 00 00 00 01 00 00"));
    assertThat(six.pages()).isEqualTo(ten.pages()).hasSize(4);
    assertThat(six.dpoAndFuaSupported()).isTrue();
    assertThat(hex(data("1a 08 4a 00 ff 00"))).isEqualTo("0f001000" + "0a0a04000800000000000000");
    assertIllegal(
        bench.run(bench.a1, "1a 00 ca 00 ff 00"), AdditionalSense.SAVING_PARAMETERS_NOT_SUPPORTED);
    assertIllegal(bench.run(bench.a1, "1a 00 02 00 ff 00"), AdditionalSense.INVALID_FIELD_IN_CDB);
  }

  @Test
  void everySupportedCommandIsDescribed() {
    ByteBuffer all = data("a3 0c 00 00 0000 00010000 00 00");
    assertThat(all.getInt(0)).isEqualTo(8 * Operation.values().length);
    ByteBuffer timed = data("a3 0c 80 00 0000 00010000 00 00");
    assertThat(timed.getInt(0)).isEqualTo(20 * Operation.values().length);
    for (int at = 4; at < all.limit(); at += 8) {
      int code = all.get(at) & 0xff;
      boolean actions = (all.get(at + 5) & 1) != 0;
      int action = all.getShort(at + 2);
      String options = actions ? "02" : "01";
      ByteBuffer one = data("a3 0c %s %02x %04x 00010000 00 00".formatted(options, code, action));
      assertThat(one.get(1) & 7).isEqualTo(3);
      assertThat(one.getShort(2)).isEqualTo(all.getShort(at + 6));
      assertThat(one.get(4) & 0xff).isEqualTo(code);
      String wrong = actions ? "01" : "02";
      assertIllegal(
          bench.run(bench.a1, "a3 0c %s %02x %04x 00010000 00 00".formatted(wrong, code, action)),
          AdditionalSense.INVALID_FIELD_IN_CDB);
    }
    assertThat(data("a3 0c 03 12 0000 00010000 00 00").get(1)).isEqualTo((byte) 3);
    assertThat(data("a3 0c 03 99 0000 00010000 00 00").get(1)).isEqualTo((byte) 1);
    assertThat(hex(data("a3 0c 81 00 0000 00010000 00 00")))
        .isEqualTo("00830006" + "000000000000" + "000a0000" + "00000001" + "0000001e");
  }

  @Test
  void lunsAreReportedAndOthersAreNot() throws Exception {
    assertThat(LunList.decode(data("a0 00 00 00 00 00 00000100 00 00")).luns())
        .containsExactly(Lun.of(0));
    List<ScsiOutcome> outcomes = new ArrayList<>();
    for (String cdb :
        new String[] {
          "12 00 00 00 ff 00",
          "03 00 00 00 ff 00",
          "00 00 00 00 00 00",
          "a0 00 00 00 00 00 00000100 00 00"
        }) {
      bench.units.execute(
          bench.a1, Lun.of(5).raw(), Bench.hex(cdb), ByteBuffer.allocate(0), 1, outcomes::add);
    }
    assertThat(outcomes.get(0).dataIn().get(0)).isEqualTo((byte) 0x7f);
    assertThat(outcomes.get(1).dataIn().get(12)).isEqualTo((byte) 0x25);
    assertIllegal(outcomes.get(2), AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED);
    assertGood(outcomes.get(3));
  }

  @Test
  void unknownCommandsAreRefused() {
    assertIllegal(bench.run(bench.a1, "c0 00"), AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
    assertIllegal(
        bench.run(bench.a1, "9e 1f 0000000000000000 00000020 00 00"),
        AdditionalSense.INVALID_FIELD_IN_CDB);
    assertIllegal(bench.run(bench.a1, ""), AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
  }

  @Test
  void aPortWithoutAMappingShowsNoLunAndServesNone() throws Exception {
    bench.units.mapped("node1.a", false);
    String reportLuns = "a0 00 00 00 00 00 00 00 10 00 00 00";
    assertThat(LunList.decode(data(reportLuns)).luns()).isEmpty();
    assertIllegal(
        bench.run(bench.a1, "00 00 00 00 00 00"), AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED);
    assertGood(bench.run(bench.a2, "00 00 00 00 00 00"));
    bench.units.mapped("node1.a", true);
    Bench.assertAttention(
        bench.run(bench.a1, "00 00 00 00 00 00"), AdditionalSense.REPORTED_LUNS_DATA_HAS_CHANGED);
    assertThat(LunList.decode(data(reportLuns)).luns()).hasSize(1);
    assertGood(bench.run(bench.a1, "00 00 00 00 00 00"));
  }
}
