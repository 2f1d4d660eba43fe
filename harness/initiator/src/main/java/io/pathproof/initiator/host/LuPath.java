package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.AttemptResult;
import io.pathproof.initiator.multipath.AttemptResult.Good;
import io.pathproof.initiator.multipath.AttemptResult.NotSent;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.protocol.scsi.Cdb;

/** A logical unit as seen over one session. */
final class LuPath {
  /** Told how a check ended, once. */
  @FunctionalInterface
  interface CheckListener {
    void checked(AttemptResult result, long nowNs);
  }

  /** Order of preference; unique in the host. */
  final int index;

  final HostPath path;
  final PathSession session;
  final LogicalUnit unit;

  /** The device that this path belongs to; null until devices are assembled. */
  DeviceCore device;

  /** Set by each new login: what answers there may be another logical unit now. */
  private boolean identityDue;

  /** The refusal told last, so that it is not told again at every check. */
  private String toldRefusal = "";

  LuPath(int index, HostPath path, PathSession session, LogicalUnit unit) {
    this.index = index;
    this.path = path;
    this.session = session;
    this.unit = unit;
  }

  void identityIsDue() {
    identityDue = true;
  }

  /** TEST UNIT READY; after a new login also whether this is still the same logical unit. */
  void check(CheckListener listener) {
    if (!session.isUp()) {
      listener.checked(session.whyDown(), session.nowNs());
    } else if (identityDue) {
      new PathProbe(path.lun(), new IdentityCheck(listener)).start();
    } else {
      session.submit(
          ScsiTask.nonData(
              path.lun().raw(),
              new Cdb.TestUnitReady().encode(),
              (outcome, nowNs) -> listener.checked(TaskResults.of(outcome, 0, false), nowNs)));
    }
  }

  /** Compares what a probe finds with what was found first. */
  private final class IdentityCheck implements PathProbe.Sink {
    private final CheckListener listener;

    /** A login during the probe makes its answer out of date. */
    private final long login = session.logins();

    IdentityCheck(CheckListener listener) {
      this.listener = listener;
    }

    @Override
    public void submit(ScsiTask task) {
      session.submit(task);
    }

    @Override
    public void found(LogicalUnit now, long nowNs) {
      if (!sameAs(now)) {
        refuse("it was " + text(unit) + ", now it is " + text(now), nowNs);
      } else {
        identityDue = login != session.logins();
        toldRefusal = "";
        listener.checked(new Good(), nowNs);
      }
    }

    @Override
    public void noDisk(String what, long nowNs) {
      // a node that is coming up answers before its logical units are there
      listener.checked(new NotSent("no disk is there: " + what), nowNs);
    }

    @Override
    public void failed(String step, AttemptResult result, long nowNs) {
      listener.checked(result, nowNs);
    }

    private void refuse(String why, long nowNs) {
      if (!why.equals(toldRefusal)) {
        toldRefusal = why;
        session.refused(LuPath.this, why, nowNs);
      }
      listener.checked(new NotSent(why), nowNs);
    }
  }

  private boolean sameAs(LogicalUnit other) {
    return unit.identity().equals(other.identity())
        && unit.blockSize() == other.blockSize()
        && unit.blockCount() == other.blockCount();
  }

  private static String text(LogicalUnit unit) {
    return String.format(
        "%s of %d blocks of %d bytes", unit.identity(), unit.blockCount(), unit.blockSize());
  }
}
