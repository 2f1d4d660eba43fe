package io.pathproof.initiator.host;

import static io.pathproof.initiator.host.DeviceReservations.KEYS_LENGTH;

import io.pathproof.initiator.host.HostCommandResult.Outcome;
import io.pathproof.initiator.multipath.IoOutcome;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.ReservationCdb;
import io.pathproof.protocol.scsi.ReservationData;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * PERSISTENT RESERVE IN (SPC-4 clause 6.15): what the array says of a device's registrations and
 * reservation. A read like any other, retried on other paths. No I/O; belongs to its device's
 * thread.
 */
final class PersistentReserveIn {
  private static final int RESERVATION_LENGTH = 24;
  private static final int CAPABILITIES_LENGTH = 8;
  private static final int STATUS_LENGTH = 0xffff;

  private final DeviceCore device;

  PersistentReserveIn(DeviceCore device) {
    this.device = device;
  }

  /** Reads data of one service action. */
  @FunctionalInterface
  interface Reader<T> {
    T read(ByteBuffer data) throws ProtocolException;
  }

  /** Told what PERSISTENT RESERVE IN brought. */
  @FunctionalInterface
  interface Answer<T> {
    void answered(HostCommandResult result, Optional<T> data);
  }

  void readKeys(Answer<ReservationData.Keys> answer, long nowNs) {
    ask(ReservationData.READ_KEYS, KEYS_LENGTH, ReservationData.Keys::decode, answer, nowNs);
  }

  void readReservation(Answer<ReservationData.Held> answer, long nowNs) {
    ask(
        ReservationData.READ_RESERVATION,
        RESERVATION_LENGTH,
        ReservationData.Held::decode,
        answer,
        nowNs);
  }

  void reportCapabilities(Answer<ReservationData.Capabilities> answer, long nowNs) {
    ask(
        ReservationData.REPORT_CAPABILITIES,
        CAPABILITIES_LENGTH,
        ReservationData.Capabilities::decode,
        answer,
        nowNs);
  }

  void readFullStatus(Answer<ReservationData.FullStatus> answer, long nowNs) {
    ask(
        ReservationData.READ_FULL_STATUS,
        STATUS_LENGTH,
        ReservationData.FullStatus::decode,
        answer,
        nowNs);
  }

  private <T> void ask(int action, int length, Reader<T> reader, Answer<T> answer, long nowNs) {
    HostIoListener listener =
        new HostIoListener() {
          @Override
          public void sent(String path, int attempt) {}

          @Override
          public void attemptEnded(
              String path, int attempt, HostIoResult result, boolean retried) {}

          @Override
          public void completed(HostIoResult io) {
            if (io.outcome() != IoOutcome.OK) {
              answer.answered(failed(io), Optional.empty());
              return;
            }
            try {
              T data = reader.read(io.data());
              answer.answered(new HostCommandResult(Outcome.OK, io.path(), ""), Optional.of(data));
            } catch (ProtocolException e) {
              answer.answered(
                  new HostCommandResult(Outcome.REFUSED, io.path(), e.getMessage()),
                  Optional.empty());
            }
          }
        };
    device.submit(DeviceIo.query(new ReservationCdb.In(action, length), length, listener), nowNs);
  }

  private static HostCommandResult failed(HostIoResult io) {
    Outcome outcome =
        io.refusal().orElse(null) instanceof HostIoRefusal.NotSupported
            ? Outcome.NOT_SUPPORTED
            : io.path().isEmpty() ? Outcome.NO_PATH : Outcome.REFUSED;
    return new HostCommandResult(outcome, io.path(), io.detail());
  }
}
