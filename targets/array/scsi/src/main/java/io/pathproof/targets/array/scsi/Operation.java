package io.pathproof.targets.array.scsi;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The commands of the device server: how REPORT SUPPORTED OPERATION CODES describes them, in which
 * access states they are served, and what a reservation of another nexus does to them.
 */
enum Operation {
  TEST_UNIT_READY(0x00, "000000000000", Access.ACTIVE, Conflict.NONE, true),
  REQUEST_SENSE(0x03, "0301 0000ff00", Access.ALWAYS, Conflict.NONE, false),
  READ_6(0x08, "081fffffff00", Access.ACTIVE, Conflict.READ, true),
  WRITE_6(0x0a, "0a1fffffff00", Access.ACTIVE, Conflict.WRITE, true),
  INQUIRY(0x12, "1201ffffff00", Access.ALWAYS, Conflict.NONE, false),
  MODE_SELECT_6(0x15, "15110000ff00", Access.STANDBY, Conflict.WRITE, true),
  RESERVE_6(0x16, "160000000000", Access.ACTIVE, Conflict.LEGACY, true),
  RELEASE_6(0x17, "170000000000", Access.ACTIVE, Conflict.LEGACY, false),
  MODE_SENSE_6(0x1a, "1a08ffffff00", Access.STANDBY, Conflict.READ, true),
  START_STOP_UNIT(0x1b, "1b01000ff700", Access.ACTIVE, Conflict.OWN, true),
  PREVENT_ALLOW(0x1e, "1e0000000300", Access.ACTIVE, Conflict.OWN, true),
  READ_CAPACITY_10(0x25, "25000000000000000000", Access.STANDBY, Conflict.NONE, true),
  READ_10(0x28, "2818ffffffff1fffff00", Access.ACTIVE, Conflict.READ, true),
  WRITE_10(0x2a, "2a18ffffffff1fffff00", Access.ACTIVE, Conflict.WRITE, true),
  WRITE_AND_VERIFY_10(0x2e, "2e16ffffffff1fffff00", Access.ACTIVE, Conflict.WRITE, true),
  VERIFY_10(0x2f, "2f16ffffffff1fffff00", Access.ACTIVE, Conflict.READ, true),
  PRE_FETCH_10(0x34, "3402ffffffff1fffff00", Access.ACTIVE, Conflict.READ, true),
  SYNCHRONIZE_CACHE_10(0x35, "3502ffffffff1fffff00", Access.ACTIVE, Conflict.WRITE, true),
  READ_DEFECT_DATA_10(0x37, "37001f00000000ffff00", Access.ACTIVE, Conflict.READ, true),
  WRITE_SAME_10(0x41, "4108ffffffff1fffff00", Access.ACTIVE, Conflict.WRITE, true),
  UNMAP(0x42, "42000000000000ffff00", Access.ACTIVE, Conflict.WRITE, true),
  MODE_SELECT_10(0x55, "551100000000 00ffff00", Access.STANDBY, Conflict.WRITE, true),
  RESERVE_10(0x56, "56000000000000000000", Access.ACTIVE, Conflict.LEGACY, true),
  RELEASE_10(0x57, "57000000000000000000", Access.ACTIVE, Conflict.LEGACY, false),
  MODE_SENSE_10(0x5a, "5a18ffff000000ffff00", Access.STANDBY, Conflict.READ, true),
  PR_IN_READ_KEYS(0x5e, 0x00, "5e1f0000000000ffff00", Access.STANDBY, Conflict.NONE),
  PR_IN_READ_RESERVATION(0x5e, 0x01, "5e1f0000000000ffff00", Access.STANDBY, Conflict.NONE),
  PR_IN_REPORT_CAPABILITIES(0x5e, 0x02, "5e1f0000000000ffff00", Access.STANDBY, Conflict.NONE),
  PR_IN_READ_FULL_STATUS(0x5e, 0x03, "5e1f0000000000ffff00", Access.STANDBY, Conflict.NONE),
  PR_OUT_REGISTER(0x5f, 0x00, "5f1f0000 00ffffffff00", Access.STANDBY, Conflict.NONE),
  PR_OUT_RESERVE(0x5f, 0x01, "5f1fff00 00ffffffff00", Access.STANDBY, Conflict.NONE),
  PR_OUT_RELEASE(0x5f, 0x02, "5f1fff00 00ffffffff00", Access.STANDBY, Conflict.NONE),
  PR_OUT_CLEAR(0x5f, 0x03, "5f1f0000 00ffffffff00", Access.STANDBY, Conflict.NONE),
  PR_OUT_PREEMPT(0x5f, 0x04, "5f1fff00 00ffffffff00", Access.STANDBY, Conflict.NONE),
  PR_OUT_PREEMPT_AND_ABORT(0x5f, 0x05, "5f1fff00 00ffffffff00", Access.STANDBY, Conflict.NONE),
  PR_OUT_REGISTER_AND_IGNORE(0x5f, 0x06, "5f1f0000 00ffffffff00", Access.STANDBY, Conflict.NONE),
  PR_OUT_REGISTER_AND_MOVE(0x5f, 0x07, "5f1f0000 00ffffffff00", Access.STANDBY, Conflict.NONE),
  READ_16(0x88, "8818ffffffffffffffffffffffff1f00", Access.ACTIVE, Conflict.READ, true),
  COMPARE_AND_WRITE(0x89, "8918ffffffffffffffff000000ff1f00", Access.ACTIVE, Conflict.WRITE, true),
  WRITE_16(0x8a, "8a18ffffffffffffffffffffffff1f00", Access.ACTIVE, Conflict.WRITE, true),
  ORWRITE_16(0x8b, "8b18ffffffffffffffffffffffff1f00", Access.ACTIVE, Conflict.WRITE, true),
  WRITE_AND_VERIFY_16(
      0x8e, "8e16ffffffffffffffffffffffff1f00", Access.ACTIVE, Conflict.WRITE, true),
  VERIFY_16(0x8f, "8f16ffffffffffffffffffffffff1f00", Access.ACTIVE, Conflict.READ, true),
  PRE_FETCH_16(0x90, "9002ffffffffffffffffffffffff1f00", Access.ACTIVE, Conflict.READ, true),
  SYNCHRONIZE_CACHE_16(
      0x91, "9102ffffffffffffffffffffffff1f00", Access.ACTIVE, Conflict.WRITE, true),
  WRITE_SAME_16(0x93, "9309ffffffffffffffffffffffff1f00", Access.ACTIVE, Conflict.WRITE, true),
  WRITE_ATOMIC_16(0x9c, "9c18ffffffffffffffffffffffff1f00", Access.ACTIVE, Conflict.WRITE, true),
  READ_CAPACITY_16(0x9e, 0x10, "9e1f0000000000000000ffffffff0000", Access.STANDBY, Conflict.NONE),
  GET_LBA_STATUS(0x9e, 0x12, "9e1fffffffffffffffffffffffff0000", Access.ACTIVE, Conflict.READ),
  REPORT_LUNS(0xa0, "a000ff000000ffffffff0000", Access.ALWAYS, Conflict.NONE, false),
  REPORT_TARGET_PORT_GROUPS(0xa3, 0x0a, "a3ff00000000ffffffff0000", Access.ALWAYS, Conflict.NONE),
  REPORT_SUPPORTED_OPERATION_CODES(
      0xa3, 0x0c, "a31f87ffffffffffffff0000", Access.STANDBY, Conflict.READ),
  REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS(
      0xa3, 0x0d, "a31f80000000ffffffff0000", Access.STANDBY, Conflict.READ),
  SET_TARGET_PORT_GROUPS(
      0xa4, 0x0a, "a41f00000000ffffffff0000", Access.NOT_IN_TRANSITION, Conflict.WRITE),
  READ_12(0xa8, "a818ffffffffffffffff1f00", Access.ACTIVE, Conflict.READ, true),
  WRITE_12(0xaa, "aa18ffffffffffffffff1f00", Access.ACTIVE, Conflict.WRITE, true),
  WRITE_AND_VERIFY_12(0xae, "ae16ffffffffffffffff1f00", Access.ACTIVE, Conflict.WRITE, true),
  VERIFY_12(0xaf, "af16ffffffffffffffff1f00", Access.ACTIVE, Conflict.READ, true),
  READ_DEFECT_DATA_12(0xb7, "b71f00000000ffffffff0000", Access.ACTIVE, Conflict.READ, true);

  /** In which access states a command is served (SPC-4 clause 5.15.2.4). */
  enum Access {
    ALWAYS,
    NOT_IN_TRANSITION,
    STANDBY,
    ACTIVE
  }

  /** What a persistent reservation of another nexus does to a command (SPC-4 table 46). */
  enum Conflict {
    /** Allowed under every type. */
    NONE,
    /** Refused under the types of exclusive access. */
    READ,
    /** Refused under every type. */
    WRITE,
    /** By what the CDB asks for; the command's own code looks. */
    OWN,
    /** RESERVE and RELEASE, which do not go with registrations. */
    LEGACY
  }

  private static final Operation[][] BY_CODE = index();

  final int code;

  /** The service action, -1 if the operation code has none. */
  final int serviceAction;

  final byte[] usage;
  final Access access;
  final Conflict conflict;

  /** True if RESERVE (6) and (10) of another nexus refuse it (SPC-2). */
  final boolean excludedByReserve;

  Operation(int code, String usage, Access access, Conflict conflict, boolean excluded) {
    this(code, -1, usage, access, conflict, excluded);
  }

  Operation(int code, int action, String usage, Access access, Conflict conflict) {
    this(code, action, usage, access, conflict, code != 0xa3 && code != 0x9e);
  }

  Operation(int code, int action, String usage, Access access, Conflict conflict, boolean ex) {
    this.code = code;
    this.serviceAction = action;
    this.usage = HexFormat.of().parseHex(usage.replace(" ", ""));
    if (action >= 0) {
      this.usage[1] = (byte) (code == 0xa3 && action == 0x0a ? 0xe0 | action : action);
    }
    this.access = access;
    this.conflict = conflict;
    this.excludedByReserve =
        ex && conflict != Conflict.NONE || code == 0x00 || code == 0x5e || code == 0x5f;
  }

  private static Operation[][] index() {
    Operation[][] all = new Operation[256][];
    for (Operation each : values()) {
      if (each.serviceAction < 0) {
        all[each.code] = new Operation[] {each};
      } else {
        if (all[each.code] == null) {
          all[each.code] = new Operation[32];
        }
        all[each.code][each.serviceAction] = each;
      }
    }
    return all;
  }

  /** True if commands of this operation code are told apart by service actions. */
  static boolean hasServiceActions(int code) {
    return BY_CODE[code] != null && BY_CODE[code].length > 1;
  }

  static boolean known(int code) {
    return BY_CODE[code] != null;
  }

  /** The command; null if there is none. */
  static Operation of(int code, int serviceAction) {
    Operation[] found = BY_CODE[code];
    if (found == null) {
      return null;
    }
    return found.length == 1 ? found[0] : found[serviceAction & 0x1f];
  }

  static List<Operation> all() {
    return Arrays.asList(values());
  }

  int cdbLength() {
    return usage.length;
  }
}
