package io.pathproof.initiator.host;

import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.TaskFailure;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.BlockLimits;
import io.pathproof.protocol.scsi.Capacity;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Designator;
import io.pathproof.protocol.scsi.DeviceIdentification;
import io.pathproof.protocol.scsi.LogicalBlockProvisioning;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.LunList;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import io.pathproof.protocol.scsi.StandardInquiry;
import io.pathproof.protocol.scsi.SupportedVpdPages;
import io.pathproof.protocol.scsi.TargetPortGroups;
import io.pathproof.protocol.scsi.UnitSerialNumber;
import io.pathproof.protocol.scsi.VpdPage;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What one path sees at LUN 1: answers the commands of a disk host. */
final class FakeLogicalUnit {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  byte[] naa = {0x60, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  long lastBlock = 999;

  /** How many there are from LUN 1 on, alike but for their names. */
  int luns = 1;

  /** Which of them was asked last. */
  private long lun = 1;

  boolean knowsCapacity16 = true;
  List<Integer> pages = List.of(0x00, 0x80, 0x83);
  int peripheral;

  /** Page B0h. */
  BlockLimits limits = new BlockLimits(0, false, 0, 0, 128, 0, 0, 0, 0, 0, -1, 0);

  /** Page B2h. */
  LogicalBlockProvisioning provisioning =
      new LogicalBlockProvisioning(0, 0, false, false, false, 0, false, 0);

  /** What anything is answered first; null passes it on. */
  Function<Cdb, Sense> objects = cdb -> null;

  /** Unit attentions that the next commands meet, INQUIRY and REPORT LUNS aside. */
  int attentions;

  /** Answered by CHECK CONDITION in place of what the next commands ask; as {@link #attentions}. */
  final Queue<Sense> toldFirst = new ArrayDeque<>();

  /** What READ and WRITE answer; null for GOOD. */
  Sense ioFails;

  /** How READ and WRITE end without an answer of the unit's own; null if they have one. */
  TaskFailure ioLost;

  /** Whether the unit says that it has asymmetric access. */
  boolean asymmetric;

  /** The target port group of this path's port, where asymmetric. */
  int portGroup = 1;

  /** What each group is reported to be. */
  final Map<Integer, AccessState> states = new TreeMap<>();

  /** Groups whose PREF bit is set. */
  final Set<Integer> preferred = new HashSet<>();

  /** What REPORT TARGET PORT GROUPS is answered; null for GOOD. */
  Sense groupsFail;

  /** What REPORT TARGET PORT GROUPS brings in place of {@link #states}; null for those. */
  ByteBuffer groupsData;

  /** What TEST UNIT READY answers; null for GOOD. */
  Sense notReady;

  final List<Cdb> received = new ArrayList<>();

  /** How often the access states were asked for. */
  long groupsAsked() {
    return received.stream().filter(Cdb.ReportTargetPortGroups.class::isInstance).count();
  }

  TaskOutcome answer(ScsiTask task) {
    try {
      Cdb cdb = Cdb.decode(task.cdb());
      received.add(cdb);
      lun = new Lun(task.lun()).number().orElse(1);
      boolean free = cdb instanceof Cdb.Inquiry || cdb instanceof Cdb.ReportLuns;
      if (!free && attentions > 0) {
        attentions--;
        return sense(Sense.fixed(SenseKey.UNIT_ATTENTION, 0x29, 0x00));
      }
      if (!free && !toldFirst.isEmpty()) {
        return sense(toldFirst.remove());
      }
      Sense objection = objects.apply(cdb);
      return objection == null ? answer(cdb, task) : sense(objection);
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
  }

  private TaskOutcome answer(Cdb cdb, ScsiTask task) {
    if (cdb instanceof Cdb.ReportLuns) {
      return FakeArray.good(
          new LunList(IntStream.rangeClosed(1, luns).mapToObj(Lun::of).toList()).encode());
    }
    if (cdb instanceof Cdb.Inquiry inquiry) {
      return inquiry.vitalProductData() ? page(inquiry.pageCode()) : FakeArray.good(inquiry());
    }
    if (cdb instanceof Cdb.TestUnitReady && notReady != null) {
      return sense(notReady);
    }
    if (cdb instanceof Cdb.ReadCapacity16) {
      return knowsCapacity16
          ? FakeArray.good(Capacity.of(lastBlock, 512).encode16())
          : sense(Sense.fixed(SenseKey.ILLEGAL_REQUEST, 0x20, 0x00));
    }
    if (cdb instanceof Cdb.ReadCapacity10) {
      return FakeArray.good(Capacity.of(lastBlock, 512).encode10());
    }
    if (cdb instanceof Cdb.ReportTargetPortGroups && groupsFail != null) {
      return sense(groupsFail);
    }
    if (cdb instanceof Cdb.ReportTargetPortGroups) {
      return FakeArray.good(groupsData != null ? groupsData : groups());
    }
    boolean read = cdb instanceof Cdb.Read;
    if (ioLost != null && (read || cdb instanceof Cdb.Write)) {
      return ioLost;
    }
    if (ioFails != null && (read || cdb instanceof Cdb.Write)) {
      return sense(ioFails);
    }
    return FakeArray.good(read ? ByteBuffer.allocate(task.expectedLength()) : NOTHING);
  }

  private ByteBuffer groups() {
    List<TargetPortGroups.Group> groups = new ArrayList<>();
    states.forEach(
        (group, state) ->
            groups.add(
                new TargetPortGroups.Group(
                    preferred.contains(group), state, 0, group, 0, List.of(group))));
    return new TargetPortGroups(OptionalInt.empty(), groups).encode();
  }

  private List<Designator> designators() {
    List<Designator> all = new ArrayList<>();
    byte[] name = naa.clone();
    name[name.length - 1] += (byte) (lun - 1);
    all.add(Designator.ofLogicalUnit(Designator.Type.NAA, name));
    all.add(Designator.targetPortGroup(portGroup));
    return all;
  }

  private ByteBuffer inquiry() {
    return new StandardInquiry(
            0,
            peripheral,
            false,
            6,
            StandardInquiry.DEFAULT_RESPONSE_FLAGS,
            asymmetric
                ? StandardInquiry.TargetPortGroupSupport.IMPLICIT
                : StandardInquiry.TargetPortGroupSupport.NONE,
            false,
            false,
            0,
            StandardInquiry.COMMAND_QUEUING,
            "FAKE",
            "DISK",
            "1",
            List.of())
        .encode();
  }

  private ScsiResult page(int code) {
    return switch (code) {
      case VpdPage.SUPPORTED_VPD_PAGES -> FakeArray.good(new SupportedVpdPages(0, pages).encode());
      case VpdPage.UNIT_SERIAL_NUMBER ->
          FakeArray.good(new UnitSerialNumber(0, "  serial7").encode());
      case VpdPage.DEVICE_IDENTIFICATION ->
          FakeArray.good(new DeviceIdentification(0, designators()).encode());
      case VpdPage.BLOCK_LIMITS -> FakeArray.good(limits.encode());
      case VpdPage.LOGICAL_BLOCK_PROVISIONING -> FakeArray.good(provisioning.encode());
      default -> sense(Sense.fixed(SenseKey.ILLEGAL_REQUEST, 0x24, 0x00));
    };
  }

  static ScsiResult sense(Sense sense) {
    return new ScsiResult(ScsiResult.CHECK_CONDITION, sense.encode(), 0, NOTHING);
  }
}
