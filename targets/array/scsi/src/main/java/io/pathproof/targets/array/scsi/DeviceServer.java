package io.pathproof.targets.array.scsi;

import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Decides whether a command is served (SAM-5, SPC-4 clause 5), and hands it to what serves it. */
final class DeviceServer {
  private static final LogicalUnits.Command COMPLETED = () -> false;
  private static final int UNSUPPORTED_PERIPHERAL = 0x7f;

  private final Defects defects;
  private final List<Held> held = new ArrayList<>();
  private final DeviceReports reports;

  DeviceServer(LogicalUnitsSettings settings, LogicalUnit[] units, Defects defects) {
    this.defects = defects;
    this.reports = new DeviceReports(settings, units);
  }

  /** A command that never completes, because of a defect. */
  final class Held implements LogicalUnits.Command {
    private final NexusState nexus;
    private final LogicalUnit unit;

    private Held(Request request) {
      this.nexus = request.nexus;
      this.unit = request.unit;
    }

    NexusState nexus() {
      return nexus;
    }

    LogicalUnit unit() {
      return unit;
    }

    @Override
    public boolean abort() {
      return held.remove(this);
    }
  }

  void abortAll(Predicate<Held> which) {
    held.removeIf(which);
  }

  LogicalUnits.Command execute(
      NexusState nexus,
      LogicalUnit unit,
      long lun,
      ByteBuffer rawCdb,
      ByteBuffer dataOut,
      long nowNs,
      Completion completion) {
    ScsiOutcome outcome;
    try {
      if (!rawCdb.hasRemaining()) {
        throw Refusal.illegal(AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
      }
      ByteBuffer cdb = Request.padded(rawCdb);
      Operation operation = operation(cdb);
      Request request = new Request(nexus, unit, operation, cdb, dataOut, nowNs);
      if (unit == null) {
        outcome = withoutUnit(request);
      } else {
        admit(request);
        if (holds(operation)) {
          Held command = new Held(request);
          held.add(command);
          defects.struck(Defect.READY_BUT_NO_IO, operation + " at " + unit.volume.name());
          return command;
        }
        outcome = serve(request);
      }
    } catch (Refusal refusal) {
      outcome = refusal.outcome(unit != null && unit.modes.descriptorSense());
    } catch (UncheckedIOException failed) {
      outcome =
          Refusal.check(SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR)
              .outcome(unit != null && unit.modes.descriptorSense());
    }
    completion.complete(outcome);
    return COMPLETED;
  }

  private static Operation operation(ByteBuffer cdb) throws Refusal {
    int code = cdb.get(0) & 0xff;
    if (!Operation.known(code)) {
      throw Refusal.illegal(AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
    }
    Operation operation = Operation.of(code, cdb.get(1));
    if (operation == null) {
      throw Refusal.invalidCdb();
    }
    return operation;
  }

  /** What is answered at a LUN that is none (SPC-4 clauses 5.4.2, 6.6.1, 6.33). */
  private ScsiOutcome withoutUnit(Request request) throws Refusal {
    return switch (request.operation) {
      case INQUIRY -> reports.inquiry(request, UNSUPPORTED_PERIPHERAL);
      case REPORT_LUNS -> reports.luns(request);
      case REQUEST_SENSE -> {
        AdditionalSense none = AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED;
        yield sense(request, SenseKey.ILLEGAL_REQUEST, Refusal.code(none));
      }
      default -> throw Refusal.illegal(AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED);
    };
  }

  private static ScsiOutcome sense(Request request, SenseKey key, int code) {
    boolean descriptor = request.bit(1, 0);
    Sense sense =
        descriptor
            ? Sense.descriptor(key, code >>> 8, code & 0xff)
            : Sense.fixed(key, code >>> 8, code & 0xff);
    return Request.cut(sense.encode(), request.int8(4));
  }

  private void admit(Request request) throws Refusal {
    LogicalUnit unit = request.unit;
    Operation operation = request.operation;
    switch (operation) {
      case INQUIRY, REPORT_LUNS, REQUEST_SENSE -> {
        return;
      }
      default -> {}
    }
    UnitAttentions attentions = unit.attentions(request.nexus);
    if (attentions.pending() > 0 || !defects.none()) {
      int code = attentions.take();
      if (code != 0) {
        throw Refusal.check(SenseKey.UNIT_ATTENTION, code);
      }
    }
    int group = unit.access.index(request.nexus.nexus.portGroup());
    if (group >= 0) {
      unit.access.check(group, operation);
    }
    if (unit.reservedBy != null
        && unit.reservedBy != request.nexus
        && operation.excludedByReserve) {
      throw Refusal.conflict();
    }
    unit.reservations.check(request.nexus.nexus, operation.conflict);
    if (unit.stopped && operation.access == Operation.Access.ACTIVE) {
      checkStopped(operation);
    }
  }

  private static void checkStopped(Operation operation) throws Refusal {
    switch (operation) {
      case START_STOP_UNIT, PREVENT_ALLOW, RESERVE_6, RESERVE_10, RELEASE_6, RELEASE_10 -> {}
      default ->
          throw Refusal.check(
              SenseKey.NOT_READY,
              AdditionalSense.LOGICAL_UNIT_NOT_READY_INITIALIZING_COMMAND_REQUIRED);
    }
  }

  private boolean holds(Operation operation) {
    return !defects.none()
        && defects.on(Defect.READY_BUT_NO_IO)
        && operation.access == Operation.Access.ACTIVE
        && (operation.conflict == Operation.Conflict.READ
            || operation.conflict == Operation.Conflict.WRITE);
  }

  private ScsiOutcome serve(Request request) throws Refusal {
    return switch (request.operation) {
      case READ_6, READ_10, READ_12, READ_16 -> MediumAccess.read(request);
      case WRITE_6, WRITE_10, WRITE_12, WRITE_16 -> MediumAccess.write(request);
      case WRITE_AND_VERIFY_10, WRITE_AND_VERIFY_12, WRITE_AND_VERIFY_16 ->
          MediumAccess.writeAndVerify(request);
      case WRITE_ATOMIC_16 -> MediumAccess.writeAtomic(request);
      case VERIFY_10, VERIFY_12, VERIFY_16 -> MediumAccess.verify(request);
      case COMPARE_AND_WRITE -> MediumAccess.compareAndWrite(request);
      case ORWRITE_16 -> MediumAccess.orWrite(request);
      case PRE_FETCH_10, PRE_FETCH_16 -> MediumAccess.preFetch(request);
      case SYNCHRONIZE_CACHE_10, SYNCHRONIZE_CACHE_16 -> MediumAccess.synchronize(request);
      case WRITE_SAME_10, WRITE_SAME_16 -> Provisioning.writeSame(request);
      case UNMAP -> Provisioning.unmap(request);
      case GET_LBA_STATUS -> Provisioning.status(request);
      case TEST_UNIT_READY -> ScsiOutcome.GOOD;
      case REQUEST_SENSE -> requestSense(request);
      case START_STOP_UNIT, PREVENT_ALLOW, RESERVE_6, RESERVE_10, RELEASE_6, RELEASE_10 ->
          unitControl(request);
      case MODE_SENSE_6, MODE_SENSE_10 -> request.unit.modes.sense(request);
      case MODE_SELECT_6, MODE_SELECT_10 -> request.unit.modes.select(request);
      case PR_IN_READ_KEYS,
          PR_IN_READ_RESERVATION,
          PR_IN_REPORT_CAPABILITIES,
          PR_IN_READ_FULL_STATUS ->
          ReservationCommands.in(request);
      case PR_OUT_REGISTER,
          PR_OUT_RESERVE,
          PR_OUT_RELEASE,
          PR_OUT_CLEAR,
          PR_OUT_PREEMPT,
          PR_OUT_PREEMPT_AND_ABORT,
          PR_OUT_REGISTER_AND_IGNORE,
          PR_OUT_REGISTER_AND_MOVE ->
          reservationOut(request);
      default -> reports.serve(request);
    };
  }

  private ScsiOutcome reservationOut(Request request) throws Refusal {
    List<Reservations.Holder> removed = ReservationCommands.out(request);
    if (request.operation == Operation.PR_OUT_PREEMPT_AND_ABORT) {
      abortAll(
          command ->
              command.unit() == request.unit
                  && removed.contains(Reservations.Holder.of(command.nexus().nexus)));
    }
    return ScsiOutcome.GOOD;
  }

  /** A pending unit attention is given as data, and is over with that (SPC-4 clause 6.39). */
  private static ScsiOutcome requestSense(Request request) {
    int code = request.unit.attentions(request.nexus).take();
    return sense(request, code == 0 ? SenseKey.NO_SENSE : SenseKey.UNIT_ATTENTION, code);
  }

  private static ScsiOutcome unitControl(Request request) throws Refusal {
    LogicalUnit unit = request.unit;
    switch (request.operation) {
      case RESERVE_6, RESERVE_10 -> unit.reservedBy = request.nexus;
      case RELEASE_6, RELEASE_10 -> {
        if (unit.reservedBy == request.nexus) {
          unit.reservedBy = null;
        }
      }
      case PREVENT_ALLOW -> {
        boolean prevent = (request.int8(4) & 3) != 0;
        if (prevent) {
          unit.reservations.check(request.nexus.nexus, Operation.Conflict.WRITE);
          unit.preventing.add(request.nexus);
        } else {
          unit.preventing.remove(request.nexus);
        }
      }
      default -> startStop(request);
    }
    return ScsiOutcome.GOOD;
  }

  /** START STOP UNIT (SBC-3 clause 5.24); with a power condition START means nothing. */
  private static void startStop(Request request) throws Refusal {
    LogicalUnit unit = request.unit;
    if (request.int8(4) >> 4 != 0) {
      unit.reservations.check(request.nexus.nexus, Operation.Conflict.WRITE);
      return;
    }
    boolean start = request.bit(4, 0);
    if (!start) {
      unit.reservations.check(request.nexus.nexus, Operation.Conflict.WRITE);
    }
    if (request.bit(4, 1)) {
      throw Refusal.invalidCdb(); // LOEJ: there is nothing to load or eject
    }
    unit.stopped = !start;
  }
}
