package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.AttemptResult;
import io.pathproof.initiator.multipath.AttemptResult.NotSent;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.initiator.unit.UnitCommands;
import io.pathproof.initiator.unit.UnitCommands.Page;
import io.pathproof.initiator.unit.UnitCommands.Question;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.BlockLimits;
import io.pathproof.protocol.scsi.Capacity;
import io.pathproof.protocol.scsi.DeviceIdentification;
import io.pathproof.protocol.scsi.LogicalBlockProvisioning;
import io.pathproof.protocol.scsi.LogicalUnitIdentity;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.StandardInquiry;
import io.pathproof.protocol.scsi.StandardInquiry.TargetPortGroupSupport;
import io.pathproof.protocol.scsi.UnitSerialNumber;
import io.pathproof.protocol.scsi.VpdPage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Finds out what is behind a LUN: INQUIRY, VPD pages 00h, 80h, 83h, B0h and B2h, TEST UNIT READY,
 * READ CAPACITY (16) and, where that is not known, (10). One command at a time; unit attentions are
 * taken and the command is asked again. No I/O.
 */
final class PathProbe {
  /** Told how the probe ended: exactly one call, once. */
  interface Sink {
    /** Send this task. */
    void submit(ScsiTask task);

    /**
     * Who it is, before it is known what it can do now; {@link #found} or {@link #failed} follows.
     */
    default void identified(String identity, long nowNs) {}

    /**
     * A disk that is ready.
     *
     * @param port the target port it was found through, where there is asymmetric access
     */
    void found(LogicalUnit unit, Optional<AccessPort> port, long nowNs);

    /** A command met a unit attention, and is asked again. */
    void attention(AttemptResult result, long nowNs);

    /** Something else than a disk, or nothing. */
    void noDisk(String what, long nowNs);

    /** A command failed, or its answer could not be read. */
    void failed(String step, AttemptResult result, long nowNs);
  }

  /** Whether a unit in standby is found too, without its size. */
  private final boolean takesStandby;

  private final Sink sink;
  private StandardInquiry inquiry;
  private Optional<UnitSerialNumber> serial = Optional.empty();
  private Optional<LogicalUnitIdentity> identity = Optional.empty();
  private String name = "";
  private Optional<AccessPort> port = Optional.empty();
  private Optional<BlockLimits> blockLimits = Optional.empty();
  private Optional<LogicalBlockProvisioning> provisioning = Optional.empty();

  private final UnitCommands unit;

  /**
   * @param takesStandby whether a unit is found, without its size, through a port in standby that
   *     SET TARGET PORT GROUPS can make active
   */
  PathProbe(Lun lun, boolean takesStandby, Sink sink) {
    this.takesStandby = takesStandby;
    this.sink = sink;
    unit = new UnitCommands(lun, new Answers());
  }

  void start() {
    unit.inquiry(this::onInquiry);
  }

  private void onInquiry(ByteBuffer data, long nowNs) throws ProtocolException {
    inquiry = StandardInquiry.decode(data);
    if (inquiry.peripheralQualifier() != 0 || inquiry.peripheralDeviceType() != 0) {
      sink.noDisk(
          String.format(
              "peripheral qualifier %d, device type %02Xh",
              inquiry.peripheralQualifier(), inquiry.peripheralDeviceType()),
          nowNs);
      return;
    }
    unit.pages(
        List.of(
            new Page(
                VpdPage.UNIT_SERIAL_NUMBER,
                (page, now) -> serial = Optional.of(UnitSerialNumber.decode(page))),
            new Page(VpdPage.DEVICE_IDENTIFICATION, this::onIdentification),
            new Page(
                VpdPage.BLOCK_LIMITS,
                (page, now) -> blockLimits = Optional.of(BlockLimits.decode(page))),
            new Page(
                VpdPage.LOGICAL_BLOCK_PROVISIONING,
                (page, now) -> provisioning = Optional.of(LogicalBlockProvisioning.decode(page)))),
        this::onPages);
  }

  private void onIdentification(ByteBuffer data, long nowNs) throws ProtocolException {
    DeviceIdentification page = DeviceIdentification.decode(data);
    identity = page.logicalUnitIdentity();
    port = port(page);
    identify(nowNs);
  }

  private void identify(long nowNs) {
    Optional<LogicalUnitIdentity> best =
        identity.or(() -> serial.flatMap(s -> LogicalUnitIdentity.ofSerialNumber(inquiry, s)));
    if (best.isPresent()) {
      name = best.get().name();
      sink.identified(name, nowNs);
    }
  }

  private void onPages(long nowNs) {
    if (name.isEmpty()) {
      identify(nowNs);
    }
    if (name.isEmpty()) {
      sink.failed("VPD page 83h", new NotSent("the logical unit tells no identity"), nowNs);
    } else {
      askReady();
    }
  }

  private Optional<AccessPort> port(DeviceIdentification page) {
    TargetPortGroupSupport support = inquiry.targetPortGroupSupport();
    if (support == TargetPortGroupSupport.NONE || page.targetPortGroup().isEmpty()) {
      return Optional.empty();
    }
    boolean explicit = support != TargetPortGroupSupport.IMPLICIT;
    return Optional.of(new AccessPort(page.targetPortGroup().getAsInt(), explicit));
  }

  private void askReady() {
    unit.testUnitReady(
        now -> unit.capacity(this::end),
        (outcome, nowNs) -> {
          boolean activatable = port.map(AccessPort::explicit).orElse(false);
          boolean standby =
              takesStandby
                  && activatable
                  && TaskResults.isStandby(TaskResults.of(outcome, 0, false));
          if (standby) {
            end(0, 0, nowNs);
          }
          return standby;
        });
  }

  private void end(Capacity capacity, long nowNs) {
    end(capacity.blockLength(), capacity.lastLogicalBlockAddress() + 1, nowNs);
  }

  private void end(int blockSize, long blockCount, long nowNs) {
    sink.found(
        new LogicalUnit(
            name,
            inquiry.vendor(),
            inquiry.product(),
            serial.map(UnitSerialNumber::serialNumber).orElse(""),
            blockSize,
            blockCount,
            blockLimits.map(BlockLimits::maxTransferLength).orElse(0L),
            new CommandLimits(blockLimits, provisioning)),
        port,
        nowNs);
  }

  /** What becomes of the commands. */
  private final class Answers implements UnitCommands.Asker {
    @Override
    public void submit(ScsiTask task) {
      sink.submit(task.identifying());
    }

    @Override
    public void attention(TaskOutcome outcome, long nowNs) {
      sink.attention(TaskResults.of(outcome, 0, false), nowNs);
    }

    @Override
    public void refused(Question question, TaskOutcome outcome, long nowNs) {
      sink.failed(question.name(), TaskResults.of(outcome, 0, false), nowNs);
    }

    @Override
    public void unreadable(Question question, ProtocolException why, long nowNs) {
      sink.failed(question.name(), new NotSent(why.getMessage()), nowNs);
    }
  }
}
