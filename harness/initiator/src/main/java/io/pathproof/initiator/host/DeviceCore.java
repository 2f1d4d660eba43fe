package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.Attempt;
import io.pathproof.initiator.multipath.AttemptResult;
import io.pathproof.initiator.multipath.AttemptResult.Good;
import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.CheckedBy;
import io.pathproof.initiator.multipath.CheckerState;
import io.pathproof.initiator.multipath.DeviceState;
import io.pathproof.initiator.multipath.FailureScope;
import io.pathproof.initiator.multipath.Fence;
import io.pathproof.initiator.multipath.MultipathCore;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.multipath.PathLoad;
import io.pathproof.initiator.multipath.PathState;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.TargetPortGroups;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A disk as a host sees it, over one path or several. No I/O, no clock; belongs to its host's
 * thread. {@code nowNs} is the clock of the host's sessions.
 */
public final class DeviceCore {
  private final String name;
  private final LogicalUnit unit;
  private final HostCore host;

  /** Whether it is there for verification beside the real device, and tells no events. */
  private final boolean quiet;

  private final DevicePaths paths = new DevicePaths();
  private final MultipathCore<DeviceIo> core;
  private final MultipathSettings settings;
  private final DeviceTimers timers = new DeviceTimers();
  private final MediumCommands medium = new MediumCommands(this);
  private final DeviceReservations registrations = new DeviceReservations(this);
  private final ReservationRequests reservations = new ReservationRequests(this, registrations);
  private final GroupActivation activation = new GroupActivation(this);
  private final Admission admission;
  private long nowNs;

  DeviceCore(
      String name, LogicalUnit unit, HostCore host, MultipathSettings settings, boolean quiet) {
    this.name = name;
    this.unit = unit;
    this.host = host;
    this.quiet = quiet;
    this.settings = settings;
    DeviceEffects effects = new DeviceEffects(this, host, paths, registrations, activation, quiet);
    this.admission = effects.admission();
    this.core =
        new MultipathCore<>(settings, path -> rank(paths.numbered(path), settings), effects);
  }

  private static int rank(LuPath path, MultipathSettings settings) {
    return switch (settings.prioritizer()) {
      case ALUA -> path.aluaPriority();
      case CONSTANT -> 1;
      case WEIGHTED -> path.options.weight();
    };
  }

  /** The host's name for it, such as {@code sda} or {@code mpatha}. */
  public String name() {
    return name;
  }

  /** What it is. */
  public LogicalUnit unit() {
    return unit;
  }

  /** Its paths in order of preference. */
  public List<HostPath> paths() {
    return paths.list().stream().map(each -> each.path).toList();
  }

  /** Whether a path may carry I/O now. */
  public PathState pathState(String pathId) {
    return core.pathState(indexOf(pathId));
  }

  /** What the path checker last found of a path. */
  public CheckerState checkerState(String pathId) {
    return core.checkerState(indexOf(pathId));
  }

  private int indexOf(String pathId) {
    for (LuPath each : paths) {
      if (each.path.id().equals(pathId)) {
        return each.index;
      }
    }
    throw new IllegalArgumentException(name + " has no path " + pathId);
  }

  /** What each path has carried, by the path's id, in order of preference. */
  public Map<String, PathLoad> loads() {
    Map<String, PathLoad> loads = new LinkedHashMap<>();
    core.loads().forEach(load -> loads.put(paths.numbered(load.path()).path.id(), load));
    return loads;
  }

  /** Whether it has a path, and what is known if not. */
  public DeviceState state() {
    return core.deviceState();
  }

  /** How many I/Os wait for a path. */
  public int waitingForPath() {
    return core.waitingForPath();
  }

  /**
   * Reads blocks.
   *
   * @param lba first block
   * @param blocks how many, from 1
   * @throws IllegalArgumentException for blocks that the device does not have
   */
  public void read(long lba, int blocks, HostIoListener listener, long nowNs) {
    submit(DeviceIo.read(lba, blocks, length(lba, blocks), listener), nowNs);
  }

  /** Reads blocks, see {@link HostDevice#readLent}. */
  public void readLent(long lba, int blocks, HostIoListener listener, long nowNs) {
    submit(DeviceIo.readLent(lba, blocks, length(lba, blocks), listener), nowNs);
  }

  /**
   * Reads blocks into a buffer of the caller's, which saves one for each read.
   *
   * @param into takes them from its position on; not to be used until the I/O ends, which leaves
   *     position and limit as they were. What it holds after one that failed is not defined
   * @throws IllegalArgumentException for blocks that the device does not have, or too little room
   */
  public void read(long lba, int blocks, ByteBuffer into, HostIoListener listener, long nowNs) {
    int length = length(lba, blocks);
    if (into.remaining() < length) {
      throw new IllegalArgumentException(
          String.format(
              "%d blocks of %d bytes do not go into the %d bytes of the buffer",
              blocks, unit.blockSize(), into.remaining()));
    }
    ByteBuffer room = into.slice(into.position(), length);
    submit(DeviceIo.read(lba, blocks, length, room, listener), nowNs);
  }

  /** Writes blocks; arguments as in {@link #read}. */
  public void write(
      long lba, int blocks, WriteContent content, HostIoListener listener, long nowNs) {
    submit(DeviceIo.write(lba, blocks, length(lba, blocks), content, listener), nowNs);
  }

  /** Flushes the logical unit's write cache (SYNCHRONIZE CACHE). */
  public void flush(HostIoListener listener, long nowNs) {
    submit(DeviceIo.flush(listener), nowNs);
  }

  /** Persistent reservations over all paths. */
  ReservationRequests reservations() {
    return reservations;
  }

  /**
   * Gives a target port group another access state (SET TARGET PORT GROUPS), down a path of that
   * group, or else down any.
   *
   * @param listener told once the array has told the new state
   */
  void setPortGroup(int group, AccessState state, Consumer<HostCommandResult> listener, long now) {
    nowNs = now;
    Optional<LuPath> via =
        paths.list().stream()
            .filter(path -> path.session.isUp() && path.isExplicit())
            .min(Comparator.comparing(path -> path.portGroup() != group));
    if (via.isPresent()) {
      activation.set(group, state, via.get(), listener, now);
    } else {
      String why = name + " has no path that is up and has explicit asymmetric access";
      HostCommandResult.Outcome outcome = HostCommandResult.Outcome.NO_PATH;
      listener.accept(new HostCommandResult(outcome, "", why));
    }
    host.rearm();
  }

  /** What the parts of this device share of its settings. */
  MultipathSettings patience() {
    return settings;
  }

  DeviceTimers timers() {
    return timers;
  }

  long nowNs() {
    return nowNs;
  }

  /** Something has been answered, or has failed. */
  void noteTime(long now) {
    nowNs = now;
  }

  boolean isMultipath() {
    return settings.policy() != Policy.NONE;
  }

  List<LuPath> luPaths() {
    return paths.list();
  }

  void tell(HostEvent event, long now) {
    host.tell(event, now);
  }

  /** Commands beside READ, WRITE and the flush. */
  MediumCommands medium() {
    return medium;
  }

  int length(long lba, int blocks) {
    long most = unit.maxTransferBlocks() == 0 ? Integer.MAX_VALUE : unit.maxTransferBlocks();
    if (lba < 0 || blocks < 1 || blocks > most || lba > unit.blockCount() - blocks) {
      throw new IllegalArgumentException(
          String.format(
              "%d blocks from %d on %s, which has %d and takes %d at once",
              blocks, lba, name, unit.blockCount(), most));
    }
    return Math.multiplyExact(blocks, unit.blockSize());
  }

  void submit(DeviceIo io, long now) {
    at(now).submit(io, io.traits, now);
    host.rearm(this);
  }

  private MultipathCore<DeviceIo> at(long now) {
    nowNs = now;
    return core;
  }

  /**
   * Whether a path to this logical unit may join: the identity is the same, so the size must be.
   */
  boolean takes(LogicalUnit other) {
    return other.isUnsized()
        || unit.blockSize() == other.blockSize() && unit.blockCount() == other.blockCount();
  }

  void add(LuPath path, long now) {
    paths.add(path);
    path.nexusWhenJoined = path.session.nexus();
    // the first check of one of unknown size is to read it
    boolean usable = path.session.isUp() && !path.isIdentityDue();
    at(now).addPath(path.index, path.options, quiet || usable, now);
  }

  void pathLost(LuPath path, FailureScope scope, String cause, long now) {
    at(now).onPathLost(path.index, scope, cause, now);
    activation.lost(path, cause, now);
    admission.fail(path, new NexusLost(scope, false, false, cause), now);
  }

  /** The path's session has lost its connection, and may come back. */
  void pathDown(LuPath path, long now) {
    nowNs = now;
    registrations.down(path, path.session.whyDown(), now);
  }

  /** Has a path registered where a reservation key is in force; GOOD once it may be used. */
  void admit(LuPath path, LuPath.CheckListener listener, long now) {
    nowNs = now;
    registrations.admit(
        path,
        (result, then) -> {
          listener.checked(result, then);
          admission.review(path, result, then);
        },
        now);
  }

  /** What kept I/O back from a path has ended. */
  void admitted(LuPath path, AttemptResult result, long now) {
    nowNs = now;
    admission.review(path, result, now);
  }

  /** A change of a target port group has ended; where it failed the array is to say so itself. */
  void groupSettled(int group, long now) {
    nowNs = now;
    for (LuPath path : luPaths()) {
      if (path.isExplicit() && path.portGroup() == group) {
        if (path.isIdentityDue() && path.session.isUp()) {
          path.check(CheckedBy.TEST_UNIT_READY, (result, then) -> admitted(path, result, then));
        } else {
          admission.review(path, new Good(), now);
        }
      }
    }
    host.rearm();
  }

  /** Whether a path in standby of this group is a way for I/O. */
  boolean mayActivate(int group, long now) {
    return isMultipath() && activation.mayTry(group, now);
  }

  void attention(LuPath path, int asc, int ascq, long now) {
    nowNs = now;
    registrations.attention(path, asc, ascq, now);
  }

  /** The array told the access state of a path's group. */
  void accessTold(LuPath path, AccessState state, long now) {
    nowNs = now;
    activation.told(path, state, now);
  }

  /**
   * The path's session is logged in again.
   *
   * @param fenced whether by reinstatement, so that the array has ended its former tasks; else it
   *     has another nexus now
   */
  void pathMayBeBack(LuPath path, boolean fenced, long now) {
    if (fenced) {
      at(now).onNexusFenced(path.index, Fence.OWN_LOGIN, now);
    } else {
      at(now).onNexusReplaced(path.index, now);
    }
    at(now).checkNow(path.index, now);
  }

  /** The array has ended what one nexus of the path's session left behind. */
  void nexusFenced(LuPath path, int nexus, Fence fence, long now) {
    at(now).onNexusFenced(path.index, nexus - path.nexusWhenJoined, fence, now);
    host.rearm(this);
  }

  /** The array told one path the states of all groups. */
  void groupsTold(TargetPortGroups groups, long askedNs, long now) {
    paths.forEach(path -> path.groupsToldElsewhere(groups, askedNs, now));
  }

  /** The array said something new of the group that a path belongs to. */
  void priorityChanged(LuPath path, long now) {
    at(now).onPriorityChanged(path.index, now);
  }

  boolean isActive(LuPath path) {
    return core.pathState(path.index) != PathState.FAILED;
  }

  /** Whether it is held down for its errors, and on probation. */
  boolean isMarginal(LuPath path) {
    return core.pathState(path.index) == PathState.MARGINAL;
  }

  /** A check that multipathing has asked for has ended. */
  void checked(LuPath path, AttemptResult result, long now) {
    at(now).onPathChecked(path.index, result, now);
  }

  void close(long now) {
    at(now).close(now);
    timers.clear();
    admission.close(now);
  }

  long nextDeadlineNs() {
    return Math.min(core.nextDeadlineNs(), timers.nextDeadlineNs());
  }

  void onDeadline(long now) {
    nowNs = now;
    timers.onDeadline(now);
    if (core.nextDeadlineNs() <= now) {
      at(now).onDeadline(now);
    }
  }

  /** An attempt has ended, sent or not. */
  void ended(Attempt<DeviceIo> attempt, AttemptResult result, ByteBuffer data, long now) {
    attempt.io().data = data;
    at(now).onAttemptEnded(attempt, result, now);
    host.rearm(this);
  }
}
