package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.AttemptResult;
import io.pathproof.initiator.multipath.AttemptResult.Good;
import io.pathproof.initiator.multipath.AttemptResult.NotSent;
import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import io.pathproof.initiator.multipath.CheckedBy;
import io.pathproof.initiator.multipath.PathOptions;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.TargetPortGroups;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A logical unit as seen over one session. */
final class LuPath {
  /** PARAMETERS CHANGED: 2A/06 is ASYMMETRIC ACCESS STATE CHANGED, 2A/07 its failure. */
  private static final int ASC_PARAMETERS_CHANGED = 0x2a;

  private static final int GROUPS_LENGTH = 4096;
  private static final int MAX_ASKED_AGAIN = 8;

  /** Told how a check ended, once. */
  @FunctionalInterface
  interface CheckListener {
    void checked(AttemptResult result, long nowNs);
  }

  /** Order of preference; unique in the host. */
  final int index;

  final HostPath path;
  final PathSession session;
  final PathOptions options;

  /** What it was found to be; of no size until a port in standby has become active. */
  LogicalUnit unit;

  /** The device that this path belongs to; null until devices are assembled. */
  DeviceCore device;

  /** Which nexus its session had when it joined the device. */
  int nexusWhenJoined;

  /** Set by each new login: what answers there may be another logical unit now. */
  private boolean identityDue;

  /** Whether its session sends more than questions who it is, since the last login. */
  private boolean admitted = true;

  /** When to read it again although the path is in use; else its checker does. */
  long verifyAtNs = HostCore.NO_DEADLINE;

  /** The refusal told last, so that it is not told again at every check. */
  private String toldRefusal = "";

  /** Where the array has asymmetric access: what this path's port is there. */
  private Optional<AccessPort> port;

  /** What the array says of that group; empty where it says nothing. */
  private Optional<AccessState> accessState = Optional.empty();

  /** Whether the array prefers that group whatever its state (PREF). */
  private boolean groupPreferred;

  /** Cleared where the array does not know the extended header of its answer. */
  private boolean extendedHeader = true;

  /** How long the array says that its implicit transitions may take; 0 where it does not. */
  private long transitionNs;

  private long askedNs;

  /** When to ask again though nothing announces a change. */
  private long askAtNs = HostCore.NO_DEADLINE;

  private long toldNs = Long.MIN_VALUE;
  private int attempts;
  private boolean asking;
  private boolean askAgain;

  LuPath(
      int index, HostPath path, PathSession session, LogicalUnit unit, Optional<AccessPort> port) {
    this.port = port;
    this.identityDue = unit.isUnsized();
    this.index = index;
    this.path = path;
    this.session = session;
    this.unit = unit;
    this.options = session.optionsOf(path);
  }

  /** Logged in anew: until it has said who it is, its session keeps back what is for it. */
  void identityIsDue() {
    identityDue = true;
    admitted = false;
  }

  /** Whether it has said since the last login that it is the same logical unit. */
  boolean isAdmitted() {
    return admitted;
  }

  /** Whether it is not known yet which logical unit answers since the last login. */
  boolean isIdentityDue() {
    return identityDue;
  }

  /** What an answer says beside the fate of its command: a unit attention is told and followed. */
  void note(AttemptResult result, long nowNs) {
    if (!TaskResults.isUnitAttention(result)) {
      return;
    }
    attention(result, nowNs);
    if (((TaskEnded) result).asc() == ASC_PARAMETERS_CHANGED) {
      askAccessState(nowNs);
    }
  }

  private void attention(AttemptResult result, long nowNs) {
    tellAttention(session, path, result, nowNs);
    TaskEnded ended = (TaskEnded) result;
    if (device != null) {
      device.attention(this, ended.asc(), ended.ascq(), nowNs);
    }
  }

  /** Whether SET TARGET PORT GROUPS can change the state of this path's group. */
  boolean isExplicit() {
    return port.map(AccessPort::explicit).orElse(false);
  }

  /** Its target port group; -1 where there is no asymmetric access. */
  int portGroup() {
    return port.map(AccessPort::group).orElse(-1);
  }

  /** Whether its group serves I/O, as far as the array has told. */
  boolean isAccessible() {
    return accessState.map(AccessState::active).orElse(true);
  }

  /** Whether its group is in a state that serves no I/O and that can be changed by command. */
  boolean isPutAside() {
    return accessState.equals(Optional.of(AccessState.STANDBY))
        || accessState.equals(Optional.of(AccessState.UNAVAILABLE));
  }

  private boolean mayBeActivated(long nowNs) {
    return isExplicit() && device != null && device.mayActivate(portGroup(), nowNs);
  }

  /** How long a transition may take by the array's own word; 0 where it gives none. */
  long transitionNs() {
    return transitionNs;
  }

  static void tellAttention(PathSession session, HostPath path, AttemptResult result, long nowNs) {
    TaskEnded ended = (TaskEnded) result;
    session.tell(new HostEvent.UnitAttention(path, ended.asc(), ended.ascq()), nowNs);
  }

  /**
   * Rank by access state; the greatest is preferred. Values are those of multipathd's prioritizer
   * {@code alua}, where the PREF bit lifts a group that is not optimized above all others.
   */
  int aluaPriority() {
    if (accessState.isEmpty()) {
      return 1;
    }
    AccessState state = accessState.get();
    int rank =
        switch (state) {
          case ACTIVE_OPTIMIZED -> 50;
          case ACTIVE_NON_OPTIMIZED -> 10;
          case LOGICAL_BLOCK_DEPENDENT -> 5;
          case STANDBY -> 1;
          case UNAVAILABLE, OFFLINE, TRANSITIONING -> 0;
        };
    return groupPreferred && state != AccessState.ACTIVE_OPTIMIZED ? rank + 80 : rank;
  }

  /** Asks for the state of this path's group, where the array has asymmetric access. */
  void askAccessState(long nowNs) {
    if (port.isEmpty() || !session.isUp()) {
      return;
    }
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    askedNs = nowNs;
    askAtNs = HostCore.NO_DEADLINE;
    session.submit(
        ScsiTask.read(
            path.lun().raw(),
            new Cdb.ReportTargetPortGroups(extendedHeader, GROUPS_LENGTH).encode(),
            GROUPS_LENGTH,
            this::groupsReported));
  }

  private void groupsReported(TaskOutcome outcome, long nowNs) {
    asking = false;
    AttemptResult result = TaskResults.of(outcome, 0, false);
    boolean plain = extendedHeader && TaskResults.isInvalidField(result);
    boolean again = askAgain || plain || TaskResults.isUnitAttention(result);
    askAgain = false;
    if (plain) {
      // SPC-3 has no such field; Linux falls back the same way (ALUA_RTPG_EXT_HDR_UNSUPP)
      extendedHeader = false;
    } else if (TaskResults.isUnitAttention(result)) {
      attention(result, nowNs);
    } else if (outcome instanceof ScsiResult answer && answer.good()) {
      try {
        TargetPortGroups groups = TargetPortGroups.decode(answer.data());
        transitionNs = TimeUnit.SECONDS.toNanos(groups.implicitTransitionTimeSeconds().orElse(0));
        groupIn(groups).ifPresent(group -> told(group, nowNs));
        if (device != null) {
          device.groupsTold(groups, askedNs, nowNs);
        }
      } catch (ProtocolException e) {
        session.tell(new HostEvent.ProtocolBreach(path.link(), e.getMessage()), nowNs);
      }
    } else if (!TaskResults.isIllegalRequest(result)) {
      askAtNs = session.laterNs(nowNs);
    }
    if (again && attempts++ < MAX_ASKED_AGAIN) {
      askAccessState(nowNs);
    } else {
      attempts = 0;
    }
    session.rearm();
  }

  /** When {@link #onDeadline} is to be called. */
  long nextDeadlineNs() {
    return Math.min(verifyAtNs, askAtNs);
  }

  void onDeadline(long nowNs) {
    if (askAtNs <= nowNs) {
      askAtNs = HostCore.NO_DEADLINE;
      askAccessState(nowNs);
    }
    if (verifyAtNs <= nowNs) {
      session.verifyDue(this);
    }
  }

  private Optional<TargetPortGroups.Group> groupIn(TargetPortGroups groups) {
    return groups.groups().stream().filter(group -> group.identifier() == portGroup()).findFirst();
  }

  /**
   * Another path of the device has asked, and the answer is about all groups. An idle path hears of
   * a change in no other way, as a unit attention waits for its next command.
   *
   * @param askedNs when; what this path has been told since is newer
   */
  void groupsToldElsewhere(TargetPortGroups groups, long askedNs, long nowNs) {
    boolean asksItself = asking || identityDue || !session.isUp();
    if (asksItself || toldNs > askedNs) {
      return;
    }
    Optional<TargetPortGroups.Group> group = groupIn(groups);
    if (group.isPresent()
        && (!group.map(TargetPortGroups.Group::state).equals(accessState)
            || group.get().preferred() != groupPreferred)) {
      told(group.get(), nowNs);
    }
  }

  private void told(TargetPortGroups.Group group, long nowNs) {
    AccessState state = group.state();
    groupPreferred = group.preferred();
    toldNs = nowNs;
    accessState = Optional.of(state);
    // the array announces the end of a transition, by an attention that may get lost
    askAtNs = state == AccessState.TRANSITIONING ? session.laterNs(nowNs) : HostCore.NO_DEADLINE;
    session.tell(new HostEvent.AccessStateTold(path, state.word()), nowNs);
    if (state == AccessState.LOGICAL_BLOCK_DEPENDENT) {
      String what =
          "access by logical block is not followed (REPORT REFERRALS): the path ranks low";
      session.tell(new HostEvent.AccessStateUnsupported(path, state.word(), what), nowNs);
    }
    if (device != null) {
      device.priorityChanged(this, nowNs);
      device.accessTold(this, state, nowNs);
    }
  }

  /**
   * Checks the path; after a new login first whether this is still the same logical unit, and where
   * a reservation key is in force, at last that the path is registered. A port in standby will do
   * where its group can be activated: it is when I/O comes there.
   */
  void check(CheckedBy how, CheckListener outer) {
    CheckListener listener =
        (result, nowNs) -> {
          boolean usable = TaskResults.isStandby(result) && mayBeActivated(nowNs);
          if ((usable || result instanceof Good) && device != null) {
            device.admit(this, outer, nowNs);
          } else {
            outer.checked(result, nowNs);
          }
        };
    if (!session.isUp()) {
      listener.checked(session.whyDown(), session.nowNs());
    } else if (identityDue) {
      boolean standby = mayBeActivated(session.nowNs());
      new PathProbe(path.lun(), standby, new IdentityCheck(how, listener)).start();
    } else {
      switch (how) {
        case TEST_UNIT_READY -> testUnitReady(listener);
        case READ -> readFirstBlock(listener);
        case SESSION -> listener.checked(new Good(), session.nowNs());
      }
    }
  }

  private void testUnitReady(CheckListener listener) {
    session.submit(
        ScsiTask.nonData(
            path.lun().raw(),
            new Cdb.TestUnitReady().encode(),
            (outcome, nowNs) -> checked(outcome, 0, listener, nowNs)));
  }

  private void readFirstBlock(CheckListener listener) {
    int length = unit.blockSize();
    session.submit(
        ScsiTask.read(
            path.lun().raw(),
            Cdb.Read.of(0, 1).encode(),
            length,
            (outcome, nowNs) -> checked(outcome, length, listener, nowNs)));
  }

  private void checked(TaskOutcome outcome, int length, CheckListener listener, long nowNs) {
    AttemptResult result = TaskResults.of(outcome, length, false);
    note(result, nowNs);
    listener.checked(result, nowNs);
  }

  /** Compares what a probe finds with what was found first. */
  private final class IdentityCheck implements PathProbe.Sink {
    private final CheckedBy how;
    private final CheckListener listener;

    /** A login during the probe makes its answer out of date. */
    private final long login = session.logins();

    /** Set if it says that it is another. */
    private String otherIdentity = "";

    IdentityCheck(CheckedBy how, CheckListener listener) {
      this.how = how;
      this.listener = listener;
    }

    @Override
    public void submit(ScsiTask task) {
      session.submit(task);
    }

    private boolean isOutOfDate() {
      return login != session.logins();
    }

    @Override
    public void identified(String identity, long nowNs) {
      if (isOutOfDate()) {
        return;
      }
      if (known().identity().equals(identity)) {
        admitted = true;
        session.admit(LuPath.this);
      } else {
        otherIdentity = identity;
        keepOut(change(known().identity(), identity));
      }
    }

    @Override
    public void found(LogicalUnit now, Optional<AccessPort> at, long nowNs) {
      if (isOutOfDate()) {
        check(how, listener);
        return;
      }
      port = at;
      if (!sameAs(now)) {
        boolean another = !known().identity().equals(now.identity());
        refuse(
            another ? change(known().identity(), now.identity()) : change(text(known()), text(now)),
            nowNs);
      } else {
        if (unit.isUnsized()) {
          unit = now;
        }
        identityDue = now.isUnsized();
        askAccessState(nowNs);
        toldRefusal = "";
        if (how == CheckedBy.READ && !now.isUnsized()) {
          readFirstBlock(listener);
        } else {
          listener.checked(new Good(), nowNs);
        }
      }
    }

    @Override
    public void attention(AttemptResult result, long nowNs) {
      LuPath.this.attention(result, nowNs);
    }

    @Override
    public void noDisk(String what, long nowNs) {
      // a node that is coming up answers before its logical units are there
      NotSent why = new NotSent("no disk is there: " + what);
      keepOut(why.detail());
      listener.checked(why, nowNs);
    }

    @Override
    public void failed(String step, AttemptResult result, long nowNs) {
      if (!otherIdentity.isEmpty()) {
        refuse(change(known().identity(), otherIdentity), nowNs);
        return;
      }
      if (!admitted && !TaskResults.isPutOff(result)) {
        keepOut(step + ": " + result.detail());
      }
      listener.checked(result, nowNs);
    }

    private void keepOut(String why) {
      if (!isOutOfDate()) {
        admitted = false;
        session.refuse(LuPath.this, why);
      }
    }

    private void refuse(String why, long nowNs) {
      keepOut(why);
      if (!why.equals(toldRefusal)) {
        toldRefusal = why;
        session.refused(LuPath.this, why, nowNs);
      }
      listener.checked(new NotSent(why), nowNs);
    }
  }

  private LogicalUnit known() {
    return unit.isUnsized() && device != null ? device.unit() : unit;
  }

  private boolean sameAs(LogicalUnit other) {
    LogicalUnit known = known();
    boolean sameSize =
        known.blockSize() == other.blockSize() && known.blockCount() == other.blockCount();
    return known.identity().equals(other.identity()) && (sameSize || other.isUnsized());
  }

  private static String change(String from, String to) {
    return "it was " + from + ", now it is " + to;
  }

  private static String text(LogicalUnit unit) {
    return String.format(
        "%s of %d blocks of %d bytes", unit.identity(), unit.blockCount(), unit.blockSize());
  }
}
