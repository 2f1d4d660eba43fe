package io.pathproof.initiator.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.ConnectionFailure.Reason;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionParameters;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.SessionState;
import io.pathproof.initiator.session.TargetsListener;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.LoginStatus;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.Capacity;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Designator;
import io.pathproof.protocol.scsi.DeviceIdentification;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.LunList;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import io.pathproof.protocol.scsi.StandardInquiry;
import io.pathproof.protocol.scsi.StandardInquiry.TargetPortGroupSupport;
import io.pathproof.protocol.scsi.SupportedVpdPages;
import io.pathproof.protocol.scsi.TargetPortGroups;
import io.pathproof.protocol.scsi.UnitSerialNumber;
import io.pathproof.protocol.scsi.VpdPage;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The other end of an examination: a path that does what the test says, with a disk behind it, and
 * a clock that the test moves. Each command takes a millisecond.
 */
final class ScriptedPath implements ExaminationEffects {
  static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  static final String NAME = "iqn.2026-11.io.pathproof:host";
  static final String TARGET = "iqn.2026-11.io.pathproof:array";
  static final HostLink LINK = new HostLink("nic0:a", "nic0", new Portal("10.0.0.1", 3260), 3);
  static final long BLOCKS = 1000;

  final DiagnosisSettings settings;
  final Examination core;
  final List<Cdb> commands = new ArrayList<>();
  private final Deque<ScsiTask> asked = new ArrayDeque<>();
  private long wakeAtNs = Long.MAX_VALUE;
  long nowNs = TimeUnit.SECONDS.toNanos(50);
  SessionSettings opened;
  int logins;
  SessionListener session;
  TargetsListener discovery;
  boolean routeAsked;
  boolean pingAsked;
  final List<Portal> lookedUp = new ArrayList<>();
  PathReport report;
  boolean inOrder;

  // the disk
  List<Lun> luns = List.of(Lun.of(1));
  int deviceType;
  byte identity = 1;
  List<Integer> pages = List.of(0x00, 0x80, 0x83);
  TargetPortGroupSupport support = TargetPortGroupSupport.NONE;
  Deque<AccessState> states = new ArrayDeque<>(List.of(AccessState.ACTIVE_OPTIMIZED));
  int ownGroup = 1;
  long blocks = BLOCKS;

  /** Answers given before the disk's own, each to the next command of its kind. */
  final Deque<Answer> special = new ArrayDeque<>();

  record Answer(Class<? extends Cdb> to, TaskOutcome outcome) {}

  ScriptedPath() {
    this(Optional.of(TARGET), settings(Set.of()));
  }

  ScriptedPath(Optional<String> target, DiagnosisSettings settings) {
    this.settings = settings;
    core = new Examination(LINK, target, settings, this);
  }

  static DiagnosisSettings settings(Set<Integer> expectedLuns) {
    return new DiagnosisSettings(NAME, 1, Optional.empty(), 1000 * MS, 3, 4, expectedLuns);
  }

  static ScsiResult sense(SenseKey key, int asc, int ascq) {
    return new ScsiResult(
        ScsiResult.CHECK_CONDITION, Sense.fixed(key, asc, ascq).encode(), 0, empty());
  }

  static ByteBuffer empty() {
    return ByteBuffer.allocate(0);
  }

  static ConnectionFailure lost(Reason reason, String text) {
    return new ConnectionFailure(reason, text, true);
  }

  // what the examination wants

  @Override
  public void route() {
    routeAsked = true;
  }

  @Override
  public void open(SessionSettings wanted, SessionListener listener) {
    opened = wanted;
    logins++;
    session = listener;
  }

  @Override
  public void lookUp(Portal portal) {
    lookedUp.add(portal);
  }

  @Override
  public void sendTargets(TargetsListener listener) {
    discovery = listener;
  }

  @Override
  public void submit(ScsiTask task) {
    asked.add(task);
  }

  @Override
  public void wakeAt(long deadlineNs) {
    wakeAtNs = Math.min(wakeAtNs, deadlineNs);
  }

  @Override
  public void ping() {
    pingAsked = true;
  }

  @Override
  public void ended(PathReport ended, boolean logout) {
    assertThat(report).as("ends once").isNull();
    report = ended;
    inOrder = logout;
  }

  // what the test does

  ScriptedPath start() {
    core.start(nowNs);
    assertThat(routeAsked).isTrue();
    return this;
  }

  ScriptedPath routed() {
    start();
    core.onRoute(new Route.Found("from 10.0.0.7 on eth0"), nowNs += 2 * MS);
    return this;
  }

  ScriptedPath connected() {
    routed();
    event(new SessionEvent.StateChanged(SessionState.XPT_WAIT, SessionState.IN_LOGIN));
    return this;
  }

  ScriptedPath loggedIn() {
    return connected().up();
  }

  ScriptedPath up() {
    session.sessionUp(
        new SessionParameters(
            LINK.portal(),
            7,
            OptionalInt.of(2),
            "",
            Digests.NONE,
            8192,
            8192,
            8192,
            8192,
            true,
            true,
            1,
            0,
            0),
        nowNs += 5 * MS);
    return this;
  }

  void event(SessionEvent event) {
    session.event(event, nowNs += MS);
  }

  void loginFails(io.pathproof.initiator.session.Failure failure) {
    event(new SessionEvent.LoginFailed(LINK.portal(), failure));
    if (failure instanceof SessionFailure ended) {
      session.sessionEnded(ended, nowNs);
    }
  }

  void refused(LoginStatus status, io.pathproof.initiator.session.Failure failure) {
    event(
        new SessionEvent.LoginRefused(LINK.portal(), status.statusClass(), status.statusDetail()));
    loginFails(failure);
  }

  /** Answers commands, and lets time pass where nothing is asked, until the examination ends. */
  ScriptedPath run() throws ProtocolException {
    for (int i = 0; i < 10_000 && report == null; i++) {
      ScsiTask task = asked.poll();
      if (task != null) {
        nowNs += MS;
        Cdb cdb = Cdb.decode(task.cdb().duplicate());
        commands.add(cdb);
        task.listener().completed(answer(cdb), nowNs);
      } else {
        passTime();
      }
    }
    assertThat(report).as("ends").isNotNull();
    return this;
  }

  /** To the next time that was asked for. */
  void passTime() {
    nowNs = Math.max(nowNs, wakeAtNs);
    wakeAtNs = Long.MAX_VALUE;
    core.onDeadline(nowNs);
    if (report == null && wakeAtNs == Long.MAX_VALUE) {
      // times that were asked for before still count
      wakeAtNs = nowNs + 10 * settings.timeoutNs();
    }
  }

  private TaskOutcome answer(Cdb cdb) {
    if (!special.isEmpty() && special.peek().to().isInstance(cdb)) {
      TaskOutcome outcome = special.poll().outcome();
      if (outcome instanceof ConnectionFailure failure) {
        session.sessionDown(failure, nowNs);
      }
      return outcome;
    }
    return new ScsiResult(ScsiResult.GOOD, empty(), 0, data(cdb));
  }

  private ByteBuffer data(Cdb cdb) {
    if (cdb instanceof Cdb.ReportLuns) {
      return new LunList(luns).encode();
    } else if (cdb instanceof Cdb.Inquiry inquiry) {
      return inquiry.vitalProductData() ? page(inquiry.pageCode()) : standard();
    } else if (cdb instanceof Cdb.ReportTargetPortGroups) {
      AccessState state = states.size() > 1 ? states.poll() : states.peek();
      return new TargetPortGroups(
              OptionalInt.empty(),
              List.of(
                  new TargetPortGroups.Group(true, state, 0xff, 1, 0, List.of(1)),
                  new TargetPortGroups.Group(
                      false, AccessState.ACTIVE_NON_OPTIMIZED, 0xff, 2, 0, List.of(2))))
          .encode();
    } else if (cdb instanceof Cdb.ReadCapacity16) {
      return new Capacity(blocks - 1, 512, 0, false, 0, 0, false, false, 0).encode16();
    } else if (cdb instanceof Cdb.Read read) {
      return ByteBuffer.allocate(Math.toIntExact(512 * read.transferLength()));
    }
    return empty();
  }

  private ByteBuffer standard() {
    return new StandardInquiry(
            0,
            deviceType,
            false,
            6,
            StandardInquiry.DEFAULT_RESPONSE_FLAGS,
            support,
            false,
            false,
            0,
            StandardInquiry.COMMAND_QUEUING,
            "PPROOF",
            "DISK",
            "1",
            List.of())
        .encode();
  }

  private ByteBuffer page(int code) {
    if (code == VpdPage.SUPPORTED_VPD_PAGES) {
      return new SupportedVpdPages(0, pages).encode();
    } else if (code == VpdPage.UNIT_SERIAL_NUMBER) {
      return new UnitSerialNumber(0, "S1").encode();
    }
    byte[] naa = {0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, identity};
    return new DeviceIdentification(
            0,
            List.of(
                new Designator(
                    0, 1, false, Designator.Association.LOGICAL_UNIT, 3, ByteBuffer.wrap(naa)),
                new Designator(
                    5,
                    1,
                    true,
                    Designator.Association.TARGET_PORT,
                    5,
                    ByteBuffer.wrap(new byte[] {0, 0, 0, (byte) ownGroup}))))
        .encode();
  }

  StepResult stop() {
    return report.stop().orElseThrow(() -> new AssertionError("sound: " + report));
  }
}
