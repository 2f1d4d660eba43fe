package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.AttemptResult;
import io.pathproof.initiator.multipath.AttemptResult.NotSent;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.BlockLimits;
import io.pathproof.protocol.scsi.Capacity;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.DeviceIdentification;
import io.pathproof.protocol.scsi.LogicalBlockProvisioning;
import io.pathproof.protocol.scsi.LogicalUnitIdentity;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.StandardInquiry;
import io.pathproof.protocol.scsi.StandardInquiry.TargetPortGroupSupport;
import io.pathproof.protocol.scsi.SupportedVpdPages;
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

  /** Reads the answer to one command and goes on with the next. */
  @FunctionalInterface
  private interface Reader {
    void read(ByteBuffer data, long nowNs) throws ProtocolException;
  }

  private static final int MAX_UNIT_ATTENTIONS = 8;
  private static final int INQUIRY_LENGTH = 96;
  private static final int VPD_LENGTH = 1024;
  private static final int CAPACITY_16_LENGTH = 32;
  private static final int CAPACITY_10_LENGTH = 8;

  private final Lun lun;

  /** Whether a unit in standby is found too, without its size. */
  private final boolean takesStandby;

  private final Sink sink;
  private StandardInquiry inquiry;
  private List<Integer> pages = List.of();
  private Optional<UnitSerialNumber> serial = Optional.empty();
  private Optional<LogicalUnitIdentity> identity = Optional.empty();
  private Optional<AccessPort> port = Optional.empty();
  private Optional<BlockLimits> blockLimits = Optional.empty();
  private Optional<LogicalBlockProvisioning> provisioning = Optional.empty();

  /**
   * @param takesStandby whether a unit is found, without its size, through a port in standby that
   *     SET TARGET PORT GROUPS can make active
   */
  PathProbe(Lun lun, boolean takesStandby, Sink sink) {
    this.lun = lun;
    this.takesStandby = takesStandby;
    this.sink = sink;
  }

  void start() {
    ask("INQUIRY", new Cdb.Inquiry(false, 0, INQUIRY_LENGTH), INQUIRY_LENGTH, this::onInquiry);
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
    askPage(VpdPage.SUPPORTED_VPD_PAGES, this::onSupportedPages);
  }

  private void onSupportedPages(ByteBuffer data, long nowNs) throws ProtocolException {
    pages = SupportedVpdPages.decode(data).pageCodes();
    askSerialNumber();
  }

  private void askSerialNumber() {
    if (!pages.contains(VpdPage.UNIT_SERIAL_NUMBER)) {
      askIdentification();
      return;
    }
    askPage(
        VpdPage.UNIT_SERIAL_NUMBER,
        (data, nowNs) -> {
          serial = Optional.of(UnitSerialNumber.decode(data));
          askIdentification();
        });
  }

  private void askIdentification() {
    if (!pages.contains(VpdPage.DEVICE_IDENTIFICATION)) {
      askBlockLimits();
      return;
    }
    askPage(
        VpdPage.DEVICE_IDENTIFICATION,
        (data, nowNs) -> {
          DeviceIdentification page = DeviceIdentification.decode(data);
          identity = page.logicalUnitIdentity();
          port = port(page);
          askBlockLimits();
        });
  }

  private Optional<AccessPort> port(DeviceIdentification page) {
    TargetPortGroupSupport support = inquiry.targetPortGroupSupport();
    if (support == TargetPortGroupSupport.NONE || page.targetPortGroup().isEmpty()) {
      return Optional.empty();
    }
    boolean explicit = support != TargetPortGroupSupport.IMPLICIT;
    return Optional.of(new AccessPort(page.targetPortGroup().getAsInt(), explicit));
  }

  private void askBlockLimits() {
    if (!pages.contains(VpdPage.BLOCK_LIMITS)) {
      askProvisioning();
      return;
    }
    askPage(
        VpdPage.BLOCK_LIMITS,
        (data, nowNs) -> {
          blockLimits = Optional.of(BlockLimits.decode(data));
          askProvisioning();
        });
  }

  private void askProvisioning() {
    if (!pages.contains(VpdPage.LOGICAL_BLOCK_PROVISIONING)) {
      askReady();
      return;
    }
    askPage(
        VpdPage.LOGICAL_BLOCK_PROVISIONING,
        (data, nowNs) -> {
          provisioning = Optional.of(LogicalBlockProvisioning.decode(data));
          askReady();
        });
  }

  private void askReady() {
    Reader reader = (data, nowNs) -> askCapacity16();
    new Command("TEST UNIT READY", new Cdb.TestUnitReady(), 0, reader) {
      @Override
      void refused(AttemptResult result, long nowNs) {
        boolean activatable = port.map(AccessPort::explicit).orElse(false);
        if (takesStandby && activatable && TaskResults.isStandby(result)) {
          end(0, 0, nowNs);
        } else {
          super.refused(result, nowNs);
        }
      }
    }.send();
  }

  private void askCapacity16() {
    Reader reader = (data, nowNs) -> end(Capacity.decode16(data), nowNs);
    Cdb cdb = new Cdb.ReadCapacity16(CAPACITY_16_LENGTH);
    new Command("READ CAPACITY (16)", cdb, CAPACITY_16_LENGTH, reader) {
      @Override
      void refused(AttemptResult result, long nowNs) {
        if (TaskResults.isIllegalRequest(result)) {
          askCapacity10();
        } else {
          super.refused(result, nowNs);
        }
      }
    }.send();
  }

  private void askCapacity10() {
    ask(
        "READ CAPACITY (10)",
        new Cdb.ReadCapacity10(),
        CAPACITY_10_LENGTH,
        (data, nowNs) -> end(Capacity.decode10(data), nowNs));
  }

  private void end(Capacity capacity, long nowNs) {
    end(capacity.blockLength(), capacity.lastLogicalBlockAddress() + 1, nowNs);
  }

  private void end(int blockSize, long blockCount, long nowNs) {
    Optional<LogicalUnitIdentity> best =
        identity.or(() -> serial.flatMap(s -> LogicalUnitIdentity.ofSerialNumber(inquiry, s)));
    if (best.isEmpty()) {
      sink.failed("VPD 83h", new NotSent("the logical unit tells no identity"), nowNs);
      return;
    }
    sink.found(
        new LogicalUnit(
            best.get().name(),
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

  private void askPage(int page, Reader reader) {
    ask(
        String.format("VPD %02Xh", page),
        new Cdb.Inquiry(true, page, VPD_LENGTH),
        VPD_LENGTH,
        reader);
  }

  private void ask(String step, Cdb cdb, int length, Reader reader) {
    new Command(step, cdb, length, reader).send();
  }

  /** One command, asked again after each unit attention. */
  private class Command {
    private final String step;
    private final Cdb cdb;
    private final int length;
    private final Reader reader;
    private int attentionsLeft = MAX_UNIT_ATTENTIONS;

    Command(String step, Cdb cdb, int length, Reader reader) {
      this.step = step;
      this.cdb = cdb;
      this.length = length;
      this.reader = reader;
    }

    void send() {
      sink.submit(
          length == 0
              ? ScsiTask.nonData(lun.raw(), cdb.encode(), this::ended)
              : ScsiTask.read(lun.raw(), cdb.encode(), length, this::ended));
    }

    private void ended(TaskOutcome outcome, long nowNs) {
      AttemptResult result = TaskResults.of(outcome, 0, false);
      if (TaskResults.isUnitAttention(result)) {
        sink.attention(result, nowNs);
      }
      if (TaskResults.isUnitAttention(result) && attentionsLeft-- > 0) {
        send();
      } else if (!(outcome instanceof ScsiResult answer && answer.good())) {
        refused(result, nowNs);
      } else {
        try {
          reader.read(answer.data(), nowNs);
        } catch (ProtocolException e) {
          sink.failed(step, new NotSent(e.getMessage()), nowNs);
        }
      }
    }

    /** The command brought no answer that could be read. */
    void refused(AttemptResult result, long nowNs) {
      sink.failed(step, result, nowNs);
    }
  }
}
