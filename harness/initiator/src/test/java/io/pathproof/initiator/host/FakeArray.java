package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionParameters;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.initiator.session.TaskFailure;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TargetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The array, the network and the clock of a host core under test; answers come on {@link #pump}.
 */
final class FakeArray implements HostEffects {
  static final String TARGET = "iqn.2026-11.io.pathproof:array";
  static final ConnectionFailure REFUSED =
      new ConnectionFailure(ConnectionFailure.Reason.REFUSED, "refused", false);
  static final ConnectionFailure RESET =
      new ConnectionFailure(ConnectionFailure.Reason.RESET, "reset", false);

  static final int LOGIN_MS = 1_000;

  final HostCore core;
  final HostLog log = new HostLog();
  final Map<Integer, Session> sessions = new HashMap<>();
  final List<SessionSettings> discoveries = new ArrayList<>();

  /** What each link's portal answers to SendTargets; a link without an entry gives no answer. */
  final Map<String, List<SendTargets.Target>> advertised = new HashMap<>();

  /** Links whose portals refuse connections. */
  final Set<String> refusing = new HashSet<>();

  /** Links whose targets refuse the login for good. */
  final Map<String, SessionFailure> rejecting = new HashMap<>();

  /** What each link's LUN 1 is. */
  final Map<String, FakeLogicalUnit> units = new HashMap<>();

  /** The target portal group behind each link, 1 where there is no entry. */
  final Map<String, Integer> groups = new HashMap<>();

  /** Links on which logins stay unanswered. */
  final Set<String> loginsHang = new HashSet<>();

  /** What answers on a link in place of its {@link FakeLogicalUnit}. */
  final Map<String, Function<ScsiTask, TaskOutcome>> servers = new HashMap<>();

  /** Links on which tasks stay unanswered. */
  final Set<String> silent = new HashSet<>();

  /** Links on which the answer to REPORT TARGET PORT GROUPS is given, but under way for a while. */
  final Set<String> slowGroups = new HashSet<>();

  /** Whether sessions that are down keep their tasks, as one with a recovery timeout does. */
  boolean keepsTasks;

  /** Tasks that were given to sessions while they were down. */
  int submittedWhileDown;

  boolean logoutsHang;
  boolean ready;
  boolean detached;
  long nowNs = 1_000_000_000L;
  private final Queue<Runnable> pending = new ArrayDeque<>();
  private final List<Runnable> underWay = new ArrayList<>();
  private long wakeAtNs = HostCore.NO_DEADLINE;

  /** One session as the binding would hold it. */
  static final class Session {
    final HostLink link;
    SessionSettings settings;
    SessionListener listener;
    boolean up;
    boolean ended;

    /** Ended at once, without a logout, or before its logout was answered. */
    boolean closed;

    final List<ScsiTask> unanswered = new ArrayList<>();

    /** Logical units whose tasks wait after a login. */
    final Set<Long> guarded = new HashSet<>();

    final Set<Long> admitted = new HashSet<>();
    final Map<Long, String> refused = new HashMap<>();

    void loggedIn() {
      up = true;
      admitted.clear();
      refused.clear();
    }

    /** Whether a task has to wait until its logical unit is admitted. */
    boolean keeps(ScsiTask task) {
      return guarded.contains(task.lun()) && !admitted.contains(task.lun()) && !task.identifies();
    }

    Session(HostLink link) {
      this.link = link;
    }
  }

  /**
   * An array for a host of these links.
   *
   * @param recoveryMs the recovery timeout of the host's sessions
   */
  static FakeArray of(MultipathSettings multipath, long recoveryMs, HostLink... links) {
    return new FakeArray(
        HostSettings.builder("iqn.2026-11.io.pathproof:host", List.of(links))
            .targets(Set.of(TARGET))
            .timers(SessionTimers.ofMillis(LOGIN_MS, 200, 200, 30_000, 15_000, recoveryMs, 100))
            .multipath(multipath)
            .build());
  }

  FakeArray(HostSettings settings) {
    core = new HostCore(settings, this);
    for (HostLink link : settings.links()) {
      advertise(link, link.portal());
      units.put(link.id(), new FakeLogicalUnit());
    }
  }

  void advertise(HostLink link, Portal... portals) {
    List<TargetAddress> addresses = new ArrayList<>();
    for (Portal portal : portals) {
      addresses.add(new TargetAddress(portal.host(), portal.port(), OptionalInt.of(1)));
    }
    advertised.put(link.id(), List.of(new SendTargets.Target(TARGET, addresses)));
  }

  /** When the host wants to be called. */
  long wakeAtNs() {
    return wakeAtNs;
  }

  FakeArray start() {
    core.start(nowNs);
    pump();
    return this;
  }

  /** Gives the answers that are due now, and those that follow from them. */
  void pump() {
    for (Runnable next = pending.poll(); next != null; next = pending.poll()) {
      next.run();
    }
  }

  /** Calls the host now, whatever it asked for; a binding may leave an earlier timer standing. */
  void callNow() {
    wakeAtNs = HostCore.NO_DEADLINE;
    core.onDeadline(nowNs);
    pump();
  }

  void pass(long ms) {
    long until = nowNs + TimeUnit.MILLISECONDS.toNanos(ms);
    int calls = 0;
    while (wakeAtNs <= until) {
      assertThat(++calls).as("calls in %d ms", ms).isLessThan(10_000);
      nowNs = Math.max(nowNs, wakeAtNs);
      wakeAtNs = HostCore.NO_DEADLINE;
      core.onDeadline(nowNs);
      pump();
    }
    nowNs = until;
  }

  Session session(String link) {
    return sessions.entrySet().stream()
        .filter(each -> each.getKey() >= 0 && each.getValue().link.id().equals(link))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  /** The sessions that were opened to fence others, in the order of their numbers. */
  List<Session> fences() {
    return sessions.entrySet().stream()
        .filter(each -> each.getKey() < 0)
        .sorted(Map.Entry.comparingByKey())
        .map(Map.Entry::getValue)
        .toList();
  }

  /** The session loses its connection, and its tasks in flight with it. */
  void cut(String link) {
    cut(link, RESET);
  }

  void cut(String link, ConnectionFailure failure) {
    Session session = session(link);
    session.up = false;
    session.listener.sessionDown(failure, nowNs);
    List<ScsiTask> lost = List.copyOf(session.unanswered);
    session.unanswered.clear();
    lost.forEach(task -> task.listener().completed(failure.withSent(true), nowNs));
    pump();
  }

  /** The first device writes its first block. */
  IoLog write() {
    return write(0);
  }

  /** A device writes its first block. */
  IoLog write(int number) {
    IoLog seen = new IoLog();
    DeviceCore device = core.devices().get(number);
    device.write(0, 1, (path, attempt) -> ByteBuffer.allocate(512), seen, nowNs);
    pump();
    return seen;
  }

  /** The session logs in again by itself. */
  void reconnect(String link, Portal at) {
    reconnect(link, at, 1);
  }

  /**
   * The session logs in again by itself.
   *
   * @param tag of the target portal group that answers there; 0 tells none
   */
  void reconnect(String link, Portal at, int tag) {
    Session session = session(link);
    session.loggedIn();
    session.listener.sessionUp(parameters(at, tag), nowNs);
    List.copyOf(session.unanswered).forEach(task -> pending.add(() -> answer(session, task)));
    pump();
  }

  /** What a login over this link brings. */
  SessionParameters parameters(HostLink link) {
    return parameters(link.portal(), groups.getOrDefault(link.id(), 1));
  }

  private static SessionParameters parameters(Portal portal, int tag) {
    return new SessionParameters(
        portal,
        1,
        tag == 0 ? OptionalInt.empty() : OptionalInt.of(tag),
        "",
        Digests.NONE,
        8192,
        262_144,
        65_536,
        262_144,
        false,
        true,
        1,
        0,
        0);
  }

  @Override
  public void discover(HostLink link, SessionSettings settings) {
    discoveries.add(settings);
    if (refusing.contains(link.id())) {
      pending.add(() -> core.onDiscoveryFailed(link, REFUSED, nowNs));
    } else if (advertised.containsKey(link.id())) {
      pending.add(() -> core.onDiscovered(link, advertised.get(link.id()), nowNs));
    }
  }

  @Override
  public void open(int number, HostLink link, SessionSettings settings, SessionListener listener) {
    Session session = sessions.computeIfAbsent(number, each -> new Session(link));
    session.settings = settings;
    session.listener = listener;
    session.ended = false;
    pending.add(() -> login(session));
  }

  private void login(Session session) {
    SessionFailure rejection = rejecting.get(session.link.id());
    if (rejection != null) {
      loginFailed(session, rejection);
      end(session, rejection);
    } else if (refusing.contains(session.link.id())) {
      loginFailed(session, REFUSED);
    } else if (!loginsHang.contains(session.link.id())) {
      session.loggedIn();
      session.listener.sessionUp(parameters(session.link), nowNs);
    }
  }

  private void loginFailed(Session session, Failure failure) {
    session.listener.event(new SessionEvent.LoginFailed(session.link.portal(), failure), nowNs);
  }

  private void end(Session session, SessionFailure failure) {
    session.up = false;
    session.ended = true;
    session.listener.sessionEnded(failure, nowNs);
  }

  @Override
  public void submit(int number, ScsiTask task) {
    Session session = sessions.get(number);
    if (session.ended) {
      throw new IllegalStateException("a task for a session that has ended");
    }
    submittedWhileDown += session.up ? 0 : 1;
    if (!session.up && !keepsTasks) {
      TaskOutcome failure =
          new ConnectionFailure(ConnectionFailure.Reason.NOT_CONNECTED, "not connected", false);
      pending.add(() -> task.listener().completed(failure, nowNs));
      return;
    }
    if (session.up && session.keeps(task) && session.refused.containsKey(task.lun())) {
      pending.add(() -> refuse(task, session.refused.get(task.lun())));
      return;
    }
    session.unanswered.add(task);
    if (session.up) {
      pending.add(() -> answer(session, task));
    }
  }

  private void answer(Session session, ScsiTask task) {
    boolean waits = silent.contains(session.link.id()) || session.keeps(task);
    if (waits || !session.unanswered.remove(task)) {
      return;
    }
    Function<ScsiTask, TaskOutcome> server = servers.get(session.link.id());
    TaskOutcome outcome =
        server == null ? units.get(session.link.id()).answer(task) : server.apply(task);
    boolean groups = task.cdb().get(0) == (byte) 0xa3;
    if (groups && slowGroups.contains(session.link.id())) {
      underWay.add(() -> task.listener().completed(outcome, nowNs));
    } else {
      task.listener().completed(outcome, nowNs);
    }
  }

  @Override
  public void guard(int number, long lun) {
    Session session = sessions.get(number);
    session.guarded.add(lun);
    if (session.up) {
      session.admitted.add(lun);
    }
  }

  @Override
  public void admit(int number, long lun) {
    Session session = sessions.get(number);
    session.admitted.add(lun);
    session.refused.remove(lun);
    kept(session, lun).forEach(task -> pending.add(() -> answer(session, task)));
  }

  @Override
  public void refuse(int number, long lun, String why) {
    Session session = sessions.get(number);
    session.admitted.remove(lun);
    session.refused.put(lun, why);
    for (ScsiTask task : kept(session, lun)) {
      session.unanswered.remove(task);
      pending.add(() -> refuse(task, why));
    }
  }

  private static List<ScsiTask> kept(Session session, long lun) {
    return session.unanswered.stream()
        .filter(task -> task.lun() == lun && !task.identifies())
        .toList();
  }

  private void refuse(ScsiTask task, String why) {
    task.listener().completed(new TaskFailure(TaskFailure.Reason.NOT_ADMITTED, why, false), nowNs);
  }

  /** What is under way arrives. */
  void arrive() {
    pending.addAll(underWay);
    underWay.clear();
    pump();
  }

  static ScsiResult good(ByteBuffer data) {
    return new ScsiResult(ScsiResult.GOOD, ByteBuffer.allocate(0), 0, data);
  }

  @Override
  public void logout(int number) {
    if (!logoutsHang) {
      leave(sessions.get(number));
    }
  }

  @Override
  public void close(int number) {
    sessions.get(number).closed = true;
    leave(sessions.get(number));
  }

  private void leave(Session session) {
    pending.add(
        () -> end(session, new SessionFailure(SessionFailure.Reason.CLOSED, "closed", false)));
  }

  @Override
  public void ready() {
    ready = true;
  }

  @Override
  public void detached() {
    detached = true;
  }

  @Override
  public void wakeAt(long deadlineNs) {
    wakeAtNs = deadlineNs;
  }

  @Override
  public void event(HostEvent event, long now) {
    log.event(event, now);
  }
}
