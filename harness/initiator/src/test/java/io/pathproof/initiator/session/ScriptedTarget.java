package io.pathproof.initiator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.Isid;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.LoginStage;
import io.pathproof.protocol.iscsi.NopIn;
import io.pathproof.protocol.iscsi.OperationalKey;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.R2t;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.ScsiResponse;
import io.pathproof.protocol.iscsi.TextRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The other end of a session core in a test: a target that does what the test says, and a clock
 * that stands still until the test moves it.
 */
class ScriptedTarget extends EffectsLog {
  static final Portal PORTAL = new Portal("10.0.0.1", 3260);
  static final Isid ISID = Isid.random(0xabcdef, 7);
  static final SessionTimers TIMERS =
      SessionTimers.ofMillis(1_000, 5_000, 2_000, 30_000, 3_000, 0, 500);

  /** Small lengths, so that every split happens with little data. */
  static final NegotiationOffer OFFER =
      new NegotiationOffer(
          DigestPolicy.NONE, DigestPolicy.NONE, 4096, 2048, 4096, false, true, 1, 0, 0);

  final SessionCore core;
  private final List<Submitted> submitted = new ArrayList<>();
  Map<OperationalKey, String> own = Map.of(OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH, "1024");

  /** How many commands beyond ExpCmdSN are allowed. */
  int window = 32;

  /** What the next drain finds out: when the other end last took something; 0 is nothing. */
  long takenNs;

  long nowNs = TimeUnit.SECONDS.toNanos(1_000);
  int statSn = 0xfffffffe;
  int expCmdSn = 1;

  ScriptedTarget(SessionSettings settings) {
    this(settings, 1);
  }

  /** For a session whose first command has that CmdSN. */
  ScriptedTarget(SessionSettings settings, int cmdSn) {
    core =
        new SessionCore(
            settings, challenge -> java.util.Arrays.fill(challenge, (byte) 0xa5), this, cmdSn);
  }

  static SessionSettings settings() {
    return SessionSettings.normal("iqn.test:host", "iqn.test:array", PORTAL, ISID)
        .withOffer(OFFER)
        .withTimers(TIMERS);
  }

  /** A target whose session is logged in. */
  static ScriptedTarget up(SessionSettings settings) {
    ScriptedTarget target = new ScriptedTarget(settings);
    target.core.start(target.nowNs);
    target.login();
    return target;
  }

  static ScriptedTarget up() {
    return up(settings());
  }

  // ---- what the test makes happen

  /** Lets time pass; deadlines are served when they come, in steps that are counted. */
  void pass(long millis) {
    long endNs = nowNs + TimeUnit.MILLISECONDS.toNanos(millis);
    int steps = 0;
    while (core.nextDeadlineNs() <= endNs) {
      nowNs = Math.max(nowNs, core.nextDeadlineNs());
      deadline();
      assertThat(++steps).as("deadlines served in %d ms", millis).isLessThan(10_000);
    }
    nowNs = endNs;
  }

  /** The core's timer fires, and the loop turns while the core wants the socket read. */
  void deadline() {
    core.onDeadline(nowNs);
    while (draining) {
      turn();
    }
  }

  /** One turn of the loop: the socket is read, and a drain that the core wants is over. */
  void turn() {
    boolean drained = draining;
    draining = false;
    while (!socket.isEmpty()) {
      core.onProgress(nowNs);
      receive(socket.remove());
    }
    if (drained) {
      if (takenNs != 0) {
        core.onTaken(takenNs);
      }
      core.onDrained(nowNs);
    }
  }

  <T extends Pdu> T next(Class<T> type) {
    assertThat(sent).as("PDUs sent").isNotEmpty();
    Pdu pdu = sent.remove();
    assertThat(pdu).isInstanceOf(type);
    return type.cast(pdu);
  }

  void receive(Pdu pdu) {
    core.onPdu(pdu, nowNs);
  }

  /** Accepts the connection and a login without authentication. */
  void login() {
    core.onConnected(nowNs);
    answerSecurity(KeyValues.empty().with("AuthMethod", "None").with("TargetPortalGroupTag", "1"));
    answerOperational();
  }

  LoginRequest answerSecurity(KeyValues keys) {
    LoginRequest request = next(LoginRequest.class);
    assertThat(request.currentStage()).isEqualTo(LoginStage.SECURITY_NEGOTIATION);
    receive(response(request, request.transit(), LoginStage.OPERATIONAL_NEGOTIATION, 0, keys));
    return request;
  }

  LoginRequest answerOperational() {
    LoginRequest request = next(LoginRequest.class);
    assertThat(request.currentStage()).isEqualTo(LoginStage.OPERATIONAL_NEGOTIATION);
    KeyValues answer = KeyValues.empty();
    for (Map.Entry<String, String> each : keys(request.data()).asMap().entrySet()) {
      OperationalKey key = OperationalKey.of(each.getKey()).orElseThrow();
      answer = answer.with(key, own.getOrDefault(key, each.getValue().split(",")[0]));
    }
    receive(response(request, true, LoginStage.FULL_FEATURE_PHASE, 77, answer));
    return request;
  }

  LoginResponse response(
      LoginRequest request, boolean transit, LoginStage next, int tsih, KeyValues keys) {
    expCmdSn = acknowledged(request.cmdSn());
    return new LoginResponse(
        transit,
        false,
        request.currentStage(),
        next,
        0,
        0,
        request.isid(),
        tsih,
        request.initiatorTaskTag(),
        statSn++,
        expCmdSn,
        expCmdSn + window - 1,
        0,
        0,
        keys.encode());
  }

  /** ExpCmdSN of a login response: a login uses none up. */
  int acknowledged(int cmdSn) {
    return cmdSn;
  }

  /** The same with that text. */
  static LoginResponse withData(LoginResponse of, String text) {
    return withData(of, of.continueBit(), FuzzTarget.text(text));
  }

  /** The same with that data, of which more is to come or not. */
  static LoginResponse withData(LoginResponse of, boolean continueBit, ByteBuffer data) {
    return new LoginResponse(
        of.transit(),
        continueBit,
        of.currentStage(),
        of.nextStage(),
        of.versionMax(),
        of.versionActive(),
        of.isid(),
        of.tsih(),
        of.initiatorTaskTag(),
        of.statSn(),
        of.expCmdSn(),
        of.maxCmdSn(),
        of.statusClass(),
        of.statusDetail(),
        data);
  }

  /** Status class 1, 2 or 3, with sequence numbers that mean nothing. */
  void refuse(int status, KeyValues keys) {
    LoginRequest request = next(LoginRequest.class);
    receive(
        new LoginResponse(
            false,
            false,
            request.currentStage(),
            LoginStage.SECURITY_NEGOTIATION,
            0,
            0,
            request.isid(),
            0,
            request.initiatorTaskTag(),
            0x55555555,
            0x66666666,
            0x11111111,
            status >> 8,
            status & 0xff,
            keys.encode()));
  }

  void redirect(String address, boolean permanent) {
    core.onConnected(nowNs);
    refuse(permanent ? 0x0102 : 0x0101, KeyValues.empty().with("TargetAddress", address));
  }

  static KeyValues keys(ByteBuffer text) {
    try {
      return KeyValues.decode(text);
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
  }

  /** The next command sent; counts as received. */
  ScsiCommand command() {
    ScsiCommand command = next(ScsiCommand.class);
    assertThat(command.cmdSn()).isEqualTo(expCmdSn);
    expCmdSn++;
    return command;
  }

  /** The next Text Request sent; counts as received. */
  TextRequest text() {
    TextRequest request = next(TextRequest.class);
    assertThat(request.cmdSn()).isEqualTo(expCmdSn);
    if (!request.immediate()) {
      expCmdSn++;
    }
    return request;
  }

  int maxCmdSn() {
    return expCmdSn + window - 1;
  }

  ScsiResponse status(int tag, int status, int residualUnderflow) {
    return new ScsiResponse(
        false,
        false,
        false,
        residualUnderflow > 0,
        0,
        status,
        tag,
        0,
        statSn++,
        expCmdSn,
        maxCmdSn(),
        0,
        0,
        residualUnderflow,
        Pdu.NO_DATA);
  }

  R2t r2t(int tag, int r2tSn, int offset, int length) {
    return new R2t(0, tag, 0x7000 + r2tSn, statSn, expCmdSn, maxCmdSn(), r2tSn, offset, length);
  }

  /** Data of the {@link #pattern}, without status. */
  DataIn dataIn(int tag, int dataSn, int offset, int length) {
    ByteBuffer all = pattern(Math.max(0, offset) + length);
    return dataIn(tag, dataSn, offset, all.slice(Math.max(0, offset), length), false);
  }

  /**
   * @param status whether it brings status GOOD
   */
  DataIn dataIn(int tag, int dataSn, int offset, ByteBuffer data, boolean status) {
    return new DataIn(
        status,
        false,
        false,
        false,
        status,
        0,
        0,
        tag,
        Pdu.RESERVED_TAG,
        status ? statSn++ : 0,
        expCmdSn,
        maxCmdSn(),
        dataSn,
        offset,
        0,
        data);
  }

  AsyncMessage async(
      long lun, int event, int parameter1, int parameter2, int parameter3, ByteBuffer data) {
    return async(lun, event, parameter1, parameter2, parameter3, data, statSn++);
  }

  AsyncMessage async(
      long lun,
      int event,
      int parameter1,
      int parameter2,
      int parameter3,
      ByteBuffer data,
      int withStatSn) {
    return new AsyncMessage(
        lun, withStatSn, expCmdSn, maxCmdSn(), event, 0, parameter1, parameter2, parameter3, data);
  }

  NopIn pong(int tag) {
    return new NopIn(0, tag, Pdu.RESERVED_TAG, statSn++, expCmdSn, maxCmdSn(), Pdu.NO_DATA);
  }

  /** Says something that carries no answer: MaxCmdSN alone. */
  NopIn update() {
    return new NopIn(
        0, Pdu.RESERVED_TAG, Pdu.RESERVED_TAG, statSn, expCmdSn, maxCmdSn(), Pdu.NO_DATA);
  }

  void closedByTarget() {
    core.onClosed(
        new ConnectionFailure(ConnectionFailure.Reason.CLOSED_BY_TARGET, "FIN", false), nowNs);
  }

  void refused() {
    core.onConnectFailed(
        new ConnectionFailure(ConnectionFailure.Reason.REFUSED, "refused", false), nowNs);
  }

  // ---- tasks

  /** Submits a task and keeps its one outcome. */
  static final class Submitted implements TaskListener {
    private final List<TaskOutcome> outcomes = new ArrayList<>();
    private ScsiTask task;

    private static Submitted of(ScriptedTarget target) {
      Submitted submitted = new Submitted();
      target.submitted.add(submitted);
      return submitted;
    }

    @Override
    public void completed(TaskOutcome outcome, long atNs) {
      outcomes.add(outcome);
      assertThat(outcomes).as("outcomes of one task").hasSize(1);
    }

    boolean pending() {
      return outcomes.isEmpty();
    }

    ScsiTask task() {
      return task;
    }

    <T extends TaskOutcome> T ended(Class<T> type) {
      assertThat(outcomes).as("outcomes").hasSize(1);
      assertThat(outcomes.get(0)).isInstanceOf(type);
      return type.cast(outcomes.get(0));
    }
  }

  /** How the tasks of {@link #read}, {@link #write} and {@link #submit} failed. */
  List<Failure> failures() {
    return submitted.stream()
        .flatMap(each -> each.outcomes.stream())
        .filter(Failure.class::isInstance)
        .map(Failure.class::cast)
        .toList();
  }

  /** Submits the task that is made for a listener. */
  Submitted submit(Function<TaskListener, ScsiTask> task) {
    Submitted submitted = Submitted.of(this);
    submitted.task = task.apply(submitted);
    core.submit(submitted.task, nowNs);
    return submitted;
  }

  /** A command without data for a logical unit. */
  Submitted submit(long lun) {
    return submit(lun, false);
  }

  /**
   * @param identifies whether it asks who answers there
   */
  Submitted submit(long lun, boolean identifies) {
    return submit(
        listener -> {
          ScsiTask task = ScsiTask.nonData(lun, ByteBuffer.allocate(6), listener);
          return identifies ? task.identifying() : task;
        });
  }

  Submitted read(int bytes) {
    return submit(listener -> ScsiTask.read(0, ByteBuffer.allocate(10), bytes, listener));
  }

  Submitted read(ByteBuffer into) {
    return submit(listener -> ScsiTask.read(0, ByteBuffer.allocate(10), into, listener));
  }

  Submitted write(int bytes) {
    return submit(listener -> ScsiTask.write(0, ByteBuffer.allocate(10), pattern(bytes), listener));
  }

  static ByteBuffer pattern(int bytes) {
    byte[] content = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      content[i] = (byte) (i * 31 + i / 256);
    }
    return ByteBuffer.wrap(content);
  }
}
