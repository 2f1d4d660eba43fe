package io.pathproof.targets.array.scsi;

import io.pathproof.protocol.scsi.BlockLimits;
import io.pathproof.protocol.scsi.Designator;
import io.pathproof.protocol.scsi.DeviceIdentification;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Vital product data pages (SPC-4 clause 7.8, SBC-3 clause 6.5). */
final class VitalProductData {
  private static final int EXTENDED_INQUIRY = 0x86;
  private static final int BLOCK_DEVICE_CHARACTERISTICS = 0xb1;
  private static final int LOGICAL_BLOCK_PROVISIONING = 0xb2;
  private static final byte[] SUPPORTED = {
    0, (byte) 0x80, (byte) 0x83, (byte) 0x86, (byte) 0xb0, (byte) 0xb1, (byte) 0xb2
  };

  private VitalProductData() {}

  static ByteBuffer page(Request request) throws Refusal {
    LogicalUnit unit = request.unit;
    return switch (request.int8(2)) {
      case 0 -> header(0, SUPPORTED.length).put(4, SUPPORTED);
      case 0x80 -> {
        byte[] serial = unit.identity.serial().getBytes(StandardCharsets.US_ASCII);
        yield header(0x80, serial.length).put(4, serial);
      }
      case 0x83 -> identification(request);
      case EXTENDED_INQUIRY ->
          // Simple, ordered and head-of-queue commands; a reset clears unit attentions of none.
          header(EXTENDED_INQUIRY, 60).put(5, (byte) 0x07);
      case 0xb0 -> limits(unit.volume);
      case BLOCK_DEVICE_CHARACTERISTICS ->
          header(BLOCK_DEVICE_CHARACTERISTICS, 60).putShort(4, (short) 1); // does not rotate
      case LOGICAL_BLOCK_PROVISIONING ->
          // LBPU, LBPWS, LBPWS10, LBPRZ; thin provisioned
          header(LOGICAL_BLOCK_PROVISIONING, 4).put(5, (byte) 0xe4).put(6, (byte) 2);
      default -> throw Refusal.invalidCdb();
    };
  }

  private static ByteBuffer header(int code, int length) {
    return ByteBuffer.allocate(4 + length).put(1, (byte) code).putShort(2, (short) length);
  }

  private static ByteBuffer identification(Request request) {
    LogicalUnit unit = request.unit;
    Nexus nexus = request.nexus.nexus;
    byte[] t10 =
        "%-8s%s"
            .formatted(unit.settings.vendor(), unit.identity.serial())
            .getBytes(StandardCharsets.US_ASCII);
    String device = unit.settings.targetName();
    String port = device + ",t,0x%04x".formatted(nexus.portGroup());
    return new DeviceIdentification(
            0,
            List.of(
                Designator.ofLogicalUnit(Designator.Type.NAA, unit.identity.naa().clone()),
                new Designator(
                    0,
                    Designator.ASCII,
                    false,
                    Designator.Association.LOGICAL_UNIT,
                    Designator.Type.T10_VENDOR_ID.ordinal(),
                    ByteBuffer.wrap(t10)),
                Designator.relativeTargetPort(nexus.relativePortId()),
                Designator.targetPortGroup(nexus.portGroup()),
                name(Designator.Association.TARGET_PORT, port),
                name(Designator.Association.TARGET_DEVICE, device)))
        .encode();
  }

  /** A SCSI name string: NUL at the end, filled up to a multiple of four. */
  private static Designator name(Designator.Association of, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer padded = ByteBuffer.allocate((bytes.length + 4) / 4 * 4).put(bytes).clear();
    return new Designator(
        Designator.ISCSI,
        Designator.UTF_8,
        true,
        of,
        Designator.Type.SCSI_NAME_STRING.ordinal(),
        padded);
  }

  private static ByteBuffer limits(Volume volume) {
    int transfer = LogicalUnits.MAX_TRANSFER / volume.blockLength();
    ByteBuffer page =
        new BlockLimits(
                0,
                true,
                MediumAccess.MAX_COMPARE_AND_WRITE,
                VolumeStore.PAGE / volume.blockLength(),
                transfer,
                (1 << 20) / volume.blockLength(),
                0,
                Provisioning.MAX_BLOCKS,
                Provisioning.MAX_DESCRIPTORS,
                1,
                0,
                Provisioning.MAX_SAME)
            .encode();
    // MAXIMUM ATOMIC TRANSFER LENGTH (SBC-4); every alignment and granularity will do.
    return page.putInt(44, transfer);
  }
}
