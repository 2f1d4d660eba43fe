package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.AttemptResult;
import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.CheckedBy;
import io.pathproof.initiator.multipath.FailureScope;
import io.pathproof.initiator.multipath.Fence;
import io.pathproof.initiator.multipath.PathOptions;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionParameters;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.AsyncEvent;
import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.scsi.Lun;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A host's session to one target over one link, and the logical units seen over it, for which it
 * looks after each login.
 */
final class PathSession implements SessionListener {

  /** 3F/0E is REPORTED LUNS DATA HAS CHANGED. */
  private static final int ASC_TARGET_CHANGED = 0x3f;

  private static final int ASCQ_LUNS_CHANGED = 0x0e;

  final HostLink link;
  final String target;

  /** Its number among the sessions of the binding; the same when it is opened anew. */
  final int number;

  /** What its target has of its own. */
  final TargetOptions options;

  private final HostCore host;
  private final Map<Lun, LuPath> paths = new LinkedHashMap<>();
  private final SessionNexuses nexuses = new SessionNexuses();
  private final UnitScan scan;

  private boolean up;
  private boolean ended;
  private boolean tried;

  /** Whether it logs out because its link was left out. */
  private boolean leaving;

  private long logins;
  private Optional<Failure> lastFailure = Optional.empty();
  private long nowNs;

  private long recoverByNs = HostCore.NO_DEADLINE;
  private long reopenAtNs = HostCore.NO_DEADLINE;

  PathSession(int number, HostLink link, String target, TargetOptions options, HostCore host) {
    this.options = options;
    this.number = number;
    this.link = link;
    this.target = target;
    this.host = host;
    this.scan = new UnitScan(this, host);
  }

  boolean isUp() {
    return up;
  }

  boolean isEnded() {
    return ended;
  }

  /** Whether its first login has ended, and the scan after it, one way or the other. */
  boolean isTried() {
    return tried;
  }

  /** Which of its nexuses it has, or had last, counted from 0. */
  int nexus() {
    return nexuses.current();
  }

  /** Where it has or had a nexus that may have to be fenced; empty if it is fenced for good. */
  Optional<NexusPlace> placeOf(int which) {
    return nexuses.placeOf(which);
  }

  /** Where it is logged in, or was last. */
  Optional<NexusPlace> loggedInAt() {
    return nexuses.place();
  }

  /** Whether it is down and keeps what it is given, as it may be back within its timeout. */
  boolean isRecovering() {
    return !up && recoverByNs != HostCore.NO_DEADLINE;
  }

  long logins() {
    return logins;
  }

  long nowNs() {
    return nowNs;
  }

  AttemptResult whyDown() {
    String why = lastFailure.map(Failure::text).orElse("never logged in");
    return new NexusLost(FailureScope.SESSION, false, false, "the session is down: " + why);
  }

  Iterable<LuPath> paths() {
    return paths.values();
  }

  boolean hasPath(Lun lun) {
    return paths.containsKey(lun);
  }

  boolean hasNoPath() {
    return paths.isEmpty();
  }

  /** The path over this session to a logical unit, be it known or not. */
  HostPath pathTo(Lun lun) {
    return new HostPath(link.id(), link, target, lun);
  }

  /** Something that was sent over it was answered, or has failed. */
  void at(long now) {
    nowNs = now;
  }

  void opened(long now) {
    nowNs = now;
    ended = false;
    reopenAtNs = HostCore.NO_DEADLINE;
  }

  PathOptions optionsOf(HostPath path) {
    return host.settings().pathOptions().apply(path);
  }

  /** A session that is opened anew knows nothing of the logical units found before. */
  void guard() {
    paths.keySet().forEach(lun -> host.effects().guard(number, lun.raw()));
  }

  /** Who answers at the path's LUN is who did before this login. */
  void admit(LuPath path) {
    host.effects().admit(number, path.path.lun().raw());
  }

  /** Who answers there is somebody else, or does not say. */
  void refuse(LuPath path, String why) {
    host.effects().refuse(number, path.path.lun().raw(), why);
  }

  /** Its link is to be used no more: I/O goes elsewhere at once, then it logs out. */
  void leave(String why, long now) {
    nowNs = now;
    reopenAtNs = HostCore.NO_DEADLINE;
    recoverByNs = HostCore.NO_DEADLINE;
    scan.stop();
    up = false;
    lastFailure = Optional.of(new SessionFailure(SessionFailure.Reason.CLOSED, why, false));
    if (!ended) {
      leaving = true;
      losePaths(lastFailure.get(), now);
      host.effects().logout(number);
    }
  }

  /** Its link may be used again. */
  void comeBack(long now) {
    nowNs = now;
    if (ended) {
      host.reopen(this, now);
    }
  }

  void submit(ScsiTask task) {
    if (ended) {
      String text = lastFailure.map(Failure::text).orElse("the session has ended");
      ConnectionFailure failure =
          new ConnectionFailure(ConnectionFailure.Reason.NOT_CONNECTED, text, false);
      task.listener().completed(failure, nowNs);
    } else {
      host.effects().submit(number, task);
    }
  }

  void tell(HostEvent event, long now) {
    host.tell(event, now);
    host.rearm();
  }

  void rearm() {
    host.rearm();
  }

  /** When to ask again what could not be answered now. */
  long laterNs(long now) {
    return now + host.checkerIntervalNs();
  }

  void refused(LuPath path, String why, long now) {
    String device = path.device == null ? "" : path.device.name();
    host.tell(new HostEvent.PathRefused(device, path.path, why), now);
  }

  // told by the session

  @Override
  public void sessionUp(SessionParameters parameters, long now) {
    nowNs = now;
    up = true;
    logins++;
    recoverByNs = HostCore.NO_DEADLINE;
    host.tell(new HostEvent.SessionUp(link, target, parameters), now);
    NexusPlace place = NexusPlace.of(parameters);
    boolean reinstated = reinstates(place);
    nexuses.loggedIn(place, reinstated);
    for (LuPath path : paths.values()) {
      path.identityIsDue();
      if (path.device != null) {
        boolean inUse = path.device.isActive(path);
        path.device.pathMayBeBack(path, reinstated, now);
        if (inUse) {
          verifyInUse(path);
        }
      }
    }
    host.fencing().sessionUp(this, now);
    fenceFormerNexusesAt(place, now);
    scan.start(now);
    host.rearm();
  }

  /** Only the portal group of the former login knows, and reinstates, the old session. */
  private boolean reinstates(NexusPlace place) {
    return nexuses
        .place()
        .map(before -> host.fencing().isSameGroup(target, before, place))
        .orElse(false);
  }

  /** It is back where it was before it was elsewhere, which reinstates what it had there. */
  private void fenceFormerNexusesAt(NexusPlace place, long now) {
    for (int which :
        nexuses.formerAt(before -> host.fencing().isSameGroup(target, before, place))) {
      host.fencing().fencedByItself(this, which, now);
      nexusFenced(which, Fence.OWN_LOGIN, now);
    }
  }

  /** Where it is logged in may be known to be where it was before only now. */
  void groupsTold(long now) {
    if (up) {
      nexuses.place().ifPresent(place -> fenceFormerNexusesAt(place, now));
    }
  }

  /** A device waits for a nexus of this session to be fenced. */
  void fence(int which, long now) {
    host.fencing().want(this, which, now);
  }

  /** The array has ended what this session left behind on a nexus that it has not now. */
  void nexusFenced(int which, Fence fence, long now) {
    nexuses.fenced(which);
    for (LuPath path : paths.values()) {
      if (path.device != null) {
        path.device.nexusFenced(path, which, fence, now);
      }
    }
  }

  /**
   * The session came back within its recovery timeout, so that no checker looks at the path. What
   * cannot be read now, as while a takeover is under way, is read after the checker interval; who
   * it is as soon as an I/O would be tried again, as I/O waits for that.
   */
  private void verifyInUse(LuPath path) {
    path.verifyAtNs = HostCore.NO_DEADLINE;
    path.check(
        CheckedBy.TEST_UNIT_READY,
        (result, now) -> {
          if (result instanceof AttemptResult.NotSent refused) {
            path.device.pathLost(path, FailureScope.SESSION, refused.detail(), now);
          } else if (path.isIdentityDue() && up) {
            verifyAgain(path, result, now);
          }
          host.rearm();
        });
  }

  private void verifyAgain(LuPath path, AttemptResult result, long now) {
    if (path.isAdmitted()) {
      path.verifyAtNs = laterNs(now);
    } else if (TaskResults.isPutOff(result)) {
      path.verifyAtNs = now + path.device.patience().retryDelayNs();
    } else {
      path.device.pathLost(path, result.scope(), result.detail(), now);
    }
  }

  void verifyDue(LuPath path) {
    path.verifyAtNs = HostCore.NO_DEADLINE;
    // one that has failed since is its checker's
    if (path.device.isActive(path)) {
      verifyInUse(path);
    }
  }

  @Override
  public void sessionDown(Failure failure, long now) {
    nowNs = now;
    up = false;
    lastFailure = Optional.of(failure);
    host.tell(new HostEvent.SessionDown(link, target, failure), now);
    host.tellBreach(link, failure, now);
    for (LuPath path : paths.values()) {
      if (path.device != null) {
        path.device.pathDown(path, now);
      }
    }
    long recovery = host.settings().timers().recoveryTimeoutNs();
    if (recovery == 0) {
      losePaths(failure, now);
    } else {
      recoverByNs = now + recovery;
    }
    host.fencing().sessionDown(this, now);
    host.rearm();
  }

  @Override
  public void sessionEnded(SessionFailure failure, long now) {
    nowNs = now;
    up = false;
    ended = true;
    lastFailure = Optional.of(failure);
    host.tell(new HostEvent.SessionEnded(link, target, failure), now);
    losePaths(failure, now);
    host.fencing().sessionDown(this, now);
    recoverByNs = HostCore.NO_DEADLINE;
    if (host.uses(link)) {
      reopenAtNs = leaving ? now : now + host.settings().timers().loginTimeoutNs();
    }
    leaving = false;
    noteTried(now);
    host.sessionEnded(now);
    host.rearm();
  }

  @Override
  public void event(SessionEvent event, long now) {
    nowNs = now;
    host.tell(new HostEvent.SessionNoted(link, target, event), now);
    if (event instanceof SessionEvent.LoginFailed failed) {
      lastFailure = Optional.of(failed.failure());
      host.tellBreach(link, failed.failure(), now);
      noteTried(now);
      host.rearm();
    } else if (event instanceof SessionEvent.Contradicted breach) {
      host.tell(new HostEvent.ProtocolBreach(link, breach.what()), now);
    } else if (event instanceof SessionEvent.AsyncReceived told
        && told.message().event().equals(Optional.of(AsyncEvent.SCSI_EVENT))) {
      scsiEvent(told.message(), now);
    }
  }

  /** What a command's sense would have said (RFC 7143 section 11.9.1, event 0), unasked. */
  private void scsiEvent(AsyncMessage message, long now) {
    ByteBuffer sense;
    try {
      sense = message.senseData();
    } catch (ProtocolException e) {
      host.tell(new HostEvent.ProtocolBreach(link, e.getMessage()), now);
      return;
    }
    AttemptResult result =
        TaskResults.of(
            new ScsiResult(ScsiResult.CHECK_CONDITION, sense, 0, ByteBuffer.allocate(0)), 0, false);
    if (!(result instanceof AttemptResult.TaskEnded ended)
        || !TaskResults.isUnitAttention(result)) {
      return;
    }
    Lun lun = new Lun(message.lun());
    LuPath path = paths.get(lun);
    if (path != null) {
      path.note(result, now);
    } else {
      LuPath.tellAttention(this, pathTo(lun), result, now);
    }
    if (ended.asc() == ASC_TARGET_CHANGED && ended.ascq() == ASCQ_LUNS_CHANGED && up) {
      scan.start(now);
    }
    host.rearm();
  }

  private void losePaths(Failure failure, long now) {
    FailureScope scope =
        failure instanceof SessionFailure ? FailureScope.SESSION : FailureScope.CONNECTION;
    for (LuPath path : paths.values()) {
      if (path.device != null) {
        path.device.pathLost(path, scope, failure.text(), now);
      }
    }
  }

  /** Its first login has ended, and the scan after it. */
  void noteTried(long now) {
    if (!tried) {
      tried = true;
      host.tried(now);
    }
  }

  /** A probe has found a disk behind a LUN. */
  void found(Lun lun, LogicalUnit unit, Optional<AccessPort> port, long now) {
    LuPath path = new LuPath(host.assembly().nextIndex(link), pathTo(lun), this, unit, port);
    paths.put(lun, path);
    host.effects().guard(number, lun.raw());
    host.assembly().found(path, now);
    path.askAccessState(now);
  }

  /** A path that no device can take yet; it is found again by a later scan. */
  void forget(LuPath path, String why, long now) {
    paths.remove(path.path.lun());
    scan.lost(path.path.lun(), "READ CAPACITY (16)", why, now);
  }

  // time

  long nextDeadlineNs() {
    long next = Math.min(scan.nextDeadlineNs(), Math.min(recoverByNs, reopenAtNs));
    for (LuPath path : paths.values()) {
      next = Math.min(next, path.nextDeadlineNs());
    }
    return next;
  }

  void onDeadline(long now) {
    nowNs = now;
    if (recoverByNs <= now) {
      recoverByNs = HostCore.NO_DEADLINE;
      lastFailure.ifPresent(failure -> losePaths(failure, now));
    }
    scan.onDeadline(now);
    for (LuPath path : paths.values()) {
      path.onDeadline(now);
    }
    if (reopenAtNs <= now) {
      host.reopen(this, now);
    }
  }
}
