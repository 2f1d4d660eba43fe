package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.AttemptResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.initiator.unit.UnitCommands;
import io.pathproof.initiator.unit.UnitCommands.Question;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.LunList;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Looks which logical units there are over a session: REPORT LUNS, then a {@link PathProbe} of each
 * that has no path yet. Repeated later for as long as something was missing. Belongs to a {@link
 * PathSession}.
 */
final class UnitScan {
  private final PathSession session;
  private final HostCore host;

  /** Logical units that are no disks; told once. */
  private final Set<Lun> leftAside = new LinkedHashSet<>();

  /** Answers that the scan under way still waits for; 0 when there is none. */
  private int pending;

  private boolean missedSomething;
  private long againAtNs = HostCore.NO_DEADLINE;

  UnitScan(PathSession session, HostCore host) {
    this.session = session;
    this.host = host;
  }

  void start(long now) {
    againAtNs = HostCore.NO_DEADLINE;
    if (pending > 0) {
      // the answers of the scan under way are failures by now, or soon; then it is repeated
      missedSomething = true;
      return;
    }
    pending = 1;
    missedSomething = false;
    new UnitCommands(Lun.of(0), new LunsAnswers())
        .reportLuns(
            (data, at) -> {
              session.at(at);
              LunList.decode(data).luns().forEach(this::probe);
              answerCame(at);
            });
  }

  /** It is not repeated. */
  void stop() {
    againAtNs = HostCore.NO_DEADLINE;
  }

  /** A path that was found can be taken by no device yet: it is to be found again. */
  void lost(Lun lun, String step, String why, long now) {
    missed(lun, step, why, now);
    if (pending == 0) {
      againAtNs = session.laterNs(now);
    }
  }

  /** When {@link #onDeadline} is to be called. */
  long nextDeadlineNs() {
    return againAtNs;
  }

  void onDeadline(long now) {
    if (againAtNs <= now) {
      againAtNs = HostCore.NO_DEADLINE;
      if (session.isUp()) {
        start(now);
      }
    }
  }

  /** What becomes of REPORT LUNS where it brings no list. */
  private final class LunsAnswers implements UnitCommands.Asker {
    @Override
    public void submit(ScsiTask task) {
      session.submit(task.identifying());
    }

    @Override
    public void attention(TaskOutcome outcome, long now) {
      session.at(now);
      tellAttention(Lun.of(0), TaskResults.of(outcome, 0, false), now);
    }

    @Override
    public void refused(Question question, TaskOutcome outcome, long now) {
      without(question, TaskResults.of(outcome, 0, false).detail(), now);
    }

    @Override
    public void unreadable(Question question, ProtocolException why, long now) {
      without(question, why.getMessage(), now);
    }

    private void without(Question question, String why, long now) {
      session.at(now);
      missed(Lun.of(0), question.name(), why, now);
      answerCame(now);
    }
  }

  private void probe(Lun lun) {
    if (!session.hasPath(lun)) {
      pending++;
      new PathProbe(lun, host.isMultipath(), new Found(lun)).start();
    }
  }

  private void missed(Lun lun, String step, String why, long now) {
    missedSomething = true;
    host.tell(new HostEvent.ProbeFailed(session.link, session.target, lun, step, why), now);
  }

  private void tellAttention(Lun lun, AttemptResult result, long now) {
    LuPath.tellAttention(session, session.pathTo(lun), result, now);
  }

  private void answerCame(long now) {
    if (--pending > 0) {
      return;
    }
    if (missedSomething || session.hasNoPath()) {
      againAtNs = session.laterNs(now);
    }
    session.noteTried(now);
    host.rearm();
  }

  /** What a probe finds. */
  private final class Found implements PathProbe.Sink {
    private final Lun lun;

    /** A login during the probe makes its answer out of date. */
    private final long login = session.logins();

    Found(Lun lun) {
      this.lun = lun;
    }

    @Override
    public void submit(ScsiTask task) {
      session.submit(task);
    }

    @Override
    public void found(LogicalUnit unit, Optional<AccessPort> port, long now) {
      session.at(now);
      if (login != session.logins()) {
        failed("INQUIRY", new AttemptResult.NotSent("the session was logged in anew"), now);
        return;
      }
      session.found(lun, unit, port, now);
      answerCame(now);
    }

    @Override
    public void attention(AttemptResult result, long now) {
      tellAttention(lun, result, now);
    }

    @Override
    public void noDisk(String what, long now) {
      session.at(now);
      if (leftAside.add(lun)) {
        host.tell(new HostEvent.NoDisk(session.link, session.target, lun, what), now);
      }
      answerCame(now);
    }

    @Override
    public void failed(String step, AttemptResult result, long now) {
      session.at(now);
      missed(lun, step, result.detail(), now);
      answerCame(now);
    }
  }
}
