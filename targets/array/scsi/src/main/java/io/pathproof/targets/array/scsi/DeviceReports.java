package io.pathproof.targets.array.scsi;

import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.Capacity;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.LunList;
import io.pathproof.protocol.scsi.StandardInquiry;
import io.pathproof.protocol.scsi.StandardInquiry.TargetPortGroupSupport;
import io.pathproof.protocol.scsi.TargetPortGroups;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** What a logical unit says of itself, of its ports and of its commands. */
final class DeviceReports {
  private static final int SPC_4 = 6;

  /** SAM-4, SPC-4, SBC-3, iSCSI (SPC-4 table 142). */
  private static final List<Integer> VERSIONS = List.of(0x0080, 0x0460, 0x04c0, 0x0960);

  /** T_SUP, U_SUP, S_SUP, AN_SUP, AO_SUP. */
  private static final int SUPPORTED_STATES = 0x8f;

  private static final int MULTI_PORT = 0x10;
  private static final int TIMEOUT_SECONDS = 30;

  private final LogicalUnitsSettings settings;
  private final LogicalUnit[] units;

  DeviceReports(LogicalUnitsSettings settings, LogicalUnit[] units) {
    this.settings = settings;
    this.units = units;
  }

  ScsiOutcome serve(Request request) throws Refusal {
    return switch (request.operation) {
      case INQUIRY -> inquiry(request, 0);
      case REPORT_LUNS -> luns(request);
      case READ_CAPACITY_10 -> capacity10(request);
      case READ_CAPACITY_16 -> Request.cut(capacity(request).encode16(), request.uint32(10));
      case REPORT_TARGET_PORT_GROUPS -> portGroups(request);
      case SET_TARGET_PORT_GROUPS -> setPortGroups(request);
      case REPORT_SUPPORTED_OPERATION_CODES -> SupportedOperations.report(request);
      case REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS -> taskManagement(request);
      case READ_DEFECT_DATA_10 -> {
        byte[] none = {0, (byte) request.int8(2), 0, 0};
        yield Request.cut(ByteBuffer.wrap(none), request.int16(7));
      }
      case READ_DEFECT_DATA_12 -> {
        byte[] none = {0, (byte) request.int8(1), 0, 0, 0, 0, 0, 0};
        yield Request.cut(ByteBuffer.wrap(none), request.uint32(6));
      }
      default -> throw Refusal.illegal(AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
    };
  }

  /**
   * INQUIRY (SPC-4 clause 6.6).
   *
   * @param peripheral 0 for a disk, 7Fh where no logical unit is
   */
  ScsiOutcome inquiry(Request request, int peripheral) throws Refusal {
    int allocation = request.int16(3);
    if ((request.int8(1) & 0x02) != 0) {
      throw Refusal.invalidCdb(); // CMDDT, of SPC-2
    }
    if (!request.bit(1, 0)) {
      if (request.int8(2) != 0) {
        throw Refusal.invalidCdb();
      }
      return Request.cut(standard(peripheral), allocation);
    }
    if (request.unit == null) {
      if (request.int8(2) != 0) {
        throw Refusal.invalidCdb();
      }
      byte[] page = {(byte) peripheral, 0, 0, 1, 0};
      return Request.cut(ByteBuffer.wrap(page), allocation);
    }
    return Request.cut(VitalProductData.page(request), allocation);
  }

  private ByteBuffer standard(int peripheral) {
    return new StandardInquiry(
            peripheral >> 5,
            peripheral & 0x1f,
            false,
            SPC_4,
            StandardInquiry.DEFAULT_RESPONSE_FLAGS,
            settings.alua(),
            false,
            false,
            settings.ports().size() > 1 ? MULTI_PORT : 0,
            StandardInquiry.COMMAND_QUEUING,
            settings.vendor(),
            settings.product(),
            settings.revision(),
            VERSIONS)
        .encode();
  }

  ScsiOutcome luns(Request request) throws Refusal {
    int select = request.int8(2);
    long allocation = request.uint32(6);
    if (select > 2 || allocation < 16) {
      throw Refusal.invalidCdb();
    }
    List<Lun> luns = new ArrayList<>();
    if (select != 1 && !request.nexus.port.masked) {
      Arrays.stream(units).map(unit -> Lun.of(unit.volume.lun())).forEach(luns::add);
    }
    for (UnitAttentions each : request.nexus.attentions) {
      each.clear(AdditionalSense.REPORTED_LUNS_DATA_HAS_CHANGED);
    }
    return Request.cut(new LunList(luns).encode(), allocation);
  }

  private static Capacity capacity(Request request) {
    Volume volume = request.unit.volume;
    return new Capacity(volume.blocks() - 1, volume.blockLength(), 0, false, 0, 0, true, true, 0);
  }

  /** PMI and an address with it are obsolete; without PMI the address has to be 0. */
  private static ScsiOutcome capacity10(Request request) throws Refusal {
    if (!request.bit(8, 0) && request.uint32(2) != 0) {
      throw Refusal.invalidCdb();
    }
    return ScsiOutcome.good(capacity(request).encode10());
  }

  private ScsiOutcome portGroups(Request request) throws Refusal {
    if (settings.alua() == TargetPortGroupSupport.NONE) {
      throw Refusal.invalidCdb();
    }
    int format = request.int8(1) >> 5;
    if (format > 1) {
      throw Refusal.invalidCdb();
    }
    LogicalUnit unit = request.unit;
    List<TargetPortGroups.Group> groups = new ArrayList<>();
    for (int i = 0; i < unit.access.count(); i++) {
      int group = unit.access.group(i);
      String owner = unit.volume.ownerNode();
      groups.add(
          new TargetPortGroups.Group(
              !owner.isEmpty() && unit.belongs(group, owner),
              unit.access.reported(i),
              SUPPORTED_STATES,
              group,
              unit.access.statusCode(i),
              settings.ports().stream()
                  .filter(port -> port.portGroup() == group)
                  .map(TargetPort::relativePortId)
                  .toList()));
    }
    int seconds = (int) Math.min(255, (settings.transitionNs() + 999_999_999L) / 1_000_000_000L);
    OptionalInt time = format == 1 ? OptionalInt.of(seconds) : OptionalInt.empty();
    return Request.cut(new TargetPortGroups(time, groups).encode(), request.uint32(6));
  }

  /** SET TARGET PORT GROUPS (SPC-4 clause 6.45): all descriptors are checked before one acts. */
  private ScsiOutcome setPortGroups(Request request) throws Refusal {
    TargetPortGroupSupport alua = settings.alua();
    if (alua == TargetPortGroupSupport.NONE || alua == TargetPortGroupSupport.IMPLICIT) {
      throw Refusal.invalidCdb();
    }
    long length = request.uint32(6);
    if (length == 0) {
      return ScsiOutcome.GOOD;
    }
    if (length < 4 || length % 4 != 0 || length > request.dataOut.remaining()) {
      throw Refusal.parameterLength();
    }
    ByteBuffer list = request.dataOut.slice();
    for (int at = 4; at < length; at += 4) {
      wanted(request, list, at);
    }
    for (int at = 4; at < length; at += 4) {
      int index = request.unit.access.index(list.getShort(at + 2) & 0xffff);
      AccessState state = wanted(request, list, at);
      request.unit.access(index, state, settings.transitionNs(), request.nowNs, request.nexus);
    }
    return ScsiOutcome.GOOD;
  }

  private static AccessState wanted(Request request, ByteBuffer list, int at) throws Refusal {
    AccessState state = AccessState.of(list.get(at) & 0x0f).orElseThrow(Refusal::invalidParameter);
    boolean known = request.unit.access.index(list.getShort(at + 2) & 0xffff) >= 0;
    return switch (state) {
      case ACTIVE_OPTIMIZED, ACTIVE_NON_OPTIMIZED, STANDBY, UNAVAILABLE -> {
        if (!known) {
          throw Refusal.invalidParameter();
        }
        yield state;
      }
      default -> throw Refusal.invalidParameter();
    };
  }

  /** ABORT TASK and TASK SET, CLEAR TASK SET, LOGICAL UNIT and TARGET RESET. */
  private static ScsiOutcome taskManagement(Request request) throws Refusal {
    long allocation = request.uint32(6);
    if (allocation < 4) {
      throw Refusal.invalidCdb();
    }
    boolean extended = request.bit(2, 7);
    ByteBuffer out = ByteBuffer.allocate(extended ? 16 : 4).put(0, (byte) 0xda);
    if (extended) {
      out.put(3, (byte) 12);
      out.put(5, (byte) 0x03).putInt(8, 10 * TIMEOUT_SECONDS).putInt(12, 10 * TIMEOUT_SECONDS);
    }
    return Request.cut(out, allocation);
  }
}
