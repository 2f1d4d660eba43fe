package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.FuzzTarget.check;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One session from its start to its end, in virtual time, with a target that sends sound PDUs and
 * fuzzed ones, while users submit, cancel, reset, and time passes. The seed tells all of it.
 */
final class FuzzRun {
  private static final int STEPS = 3_000;
  private static final int MAX_TASKS = 24;

  /** More calls of onDeadline at one time than could ever be of use. */
  private static final int MAX_TURNS = 200;

  /** A message names the PDU and the field. */
  private static final Pattern NAMED =
      Pattern.compile(
          "(opcode 0x[0-9a-f]{2}|[A-Z][A-Z0-9_]+): ([^:]+?)(?: at byte \\d+)?: .+", Pattern.DOTALL);

  private final SplittableRandom random;
  private final FuzzTarget target;
  private final SessionCore core;
  private final Map<String, Integer> noticed;
  private final List<Ending> open = new ArrayList<>();
  private final FuzzBytes bytes;
  private long nowNs = TimeUnit.SECONDS.toNanos(1_000);
  private int asked;

  long fuzzed;
  long delivered;
  long good;
  long failed;

  /** The listener of one task, told once. */
  private final class Ending implements TaskListener {
    private ScsiTask task;
    private boolean over;

    @Override
    public void completed(TaskOutcome outcome, long atNs) {
      check(!over, "a task ended twice");
      over = true;
      open.remove(this);
      if (outcome instanceof ScsiResult) {
        good++;
      } else {
        failed++;
      }
      if (random.nextInt(32) == 0) {
        submit();
      }
    }
  }

  /**
   * @param seed of this run
   * @param noticed counts what was found wrong, by PDU and field
   */
  FuzzRun(long seed, Map<String, Integer> noticed) {
    this.random = new SplittableRandom(seed);
    this.noticed = noticed;
    this.target = new FuzzTarget(random);
    this.bytes = new FuzzBytes(random);
    this.core =
        new SessionCore(
            settings(random),
            challenge -> {
              for (int i = 0; i < challenge.length; i++) {
                challenge[i] = (byte) random.nextInt();
              }
            },
            target,
            random.nextBoolean() ? 1 : -3);
  }

  private static SessionSettings settings(SplittableRandom random) {
    DigestPolicy[] digests = DigestPolicy.values();
    SessionSettings settings =
        ScriptedTarget.settings()
            .withTimers(
                SessionTimers.ofMillis(
                    1_000, 300, 200, 2_000, 500, random.nextBoolean() ? 0 : 700, 50))
            .withOffer(
                ScriptedTarget.OFFER.withDigests(
                    digests[random.nextInt(digests.length)],
                    digests[random.nextInt(digests.length)]));
    return switch (random.nextInt(4)) {
      case 0 -> settings.withChap(ChapSettings.mutual(FuzzTarget.HOST, FuzzTarget.ARRAY));
      case 1 -> settings.withPortalGroupTag(1);
      case 2 -> settings.withOffer(settings.offer().withoutSecurityStage());
      default -> settings;
    };
  }

  /** Runs it; throws an AssertionError, or what the core threw, where something does not hold. */
  void run() {
    input(() -> core.start(nowNs));
    for (int step = 0; step < STEPS && core.state() != SessionState.FREE; step++) {
      nowNs += random.nextInt(50_000);
      step();
    }
    if (core.state() != SessionState.FREE && random.nextBoolean()) {
      input(() -> core.logout(nowNs));
      for (int turn = 0; core.state() != SessionState.FREE; turn++) {
        check(turn < MAX_TURNS, "a logout without an end");
        toNextDeadline();
      }
    }
    input(() -> core.close(nowNs));
    check(core.state() == SessionState.FREE, "not over after close");
    check(core.outstanding() == 0, core.outstanding() + " tasks left in the core");
    check(open.isEmpty(), open.size() + " tasks without an end");
    check(asked == 0, asked + " questions without an answer");
    check(target.ended == 1, "the end was told " + target.ended + " times");
    check(!target.connected() && !target.connecting(), "a connection is left");
    check(core.nextDeadlineNs() == SessionCore.NO_DEADLINE, "a deadline is left");
  }

  private void input(Runnable input) {
    target.input();
    target.lastFailure = null;
    input.run();
    check(core.outstanding() == open.size(), "the core and its user count tasks differently");
    Failure failure = target.lastFailure;
    if (failure != null && judged(failure)) {
      Matcher named = NAMED.matcher(failure.text());
      check(named.matches(), "names no PDU and field: " + failure.text());
      noticed.merge(named.group(1) + ": " + named.group(2), 1, Integer::sum);
    }
  }

  /** Failures by what the target sent, not by its silence or its end. */
  private static boolean judged(Failure failure) {
    if (failure instanceof ConnectionFailure connection) {
      return switch (connection.reason()) {
        case PROTOCOL_ERROR, DIGEST_ERROR, LOGIN_REFUSED -> true;
        default -> false;
      };
    }
    return failure instanceof SessionFailure session
        && session.reason() != SessionFailure.Reason.CLOSED
        && session.reason() != SessionFailure.Reason.RECOVERY_TIMED_OUT;
  }

  private void step() {
    if (random.nextInt(4) == 0) {
      drained();
    }
    switch (random.nextInt(32)) {
      case 0, 1, 2, 3 -> input(this::submit);
      case 4 -> cancel();
      case 5 -> ask();
      case 6 -> {
        nowNs += random.nextInt(40_000_000);
        input(() -> core.onDeadline(nowNs));
      }
      case 7 -> {
        if (random.nextInt(4) == 0) {
          toNextDeadline();
        }
      }
      case 8 -> {
        input(() -> core.onProgress(nowNs));
        input(() -> core.onTaken(nowNs - random.nextInt(1_000_000)));
      }
      case 9 -> unlucky();
      default -> target();
    }
  }

  /** The binding has read the socket, as the core wanted it to. */
  private void drained() {
    if (target.draining) {
      target.draining = false;
      input(() -> core.onDrained(nowNs));
    }
  }

  private void toNextDeadline() {
    drained();
    if (core.nextDeadlineNs() != SessionCore.NO_DEADLINE) {
      nowNs = Math.max(nowNs, core.nextDeadlineNs());
      for (int turn = 0; core.nextDeadlineNs() <= nowNs; turn++) {
        check(turn < MAX_TURNS, "a deadline that nothing is done about");
        input(() -> core.onDeadline(nowNs));
        drained();
      }
    }
  }

  // ---- the session's users

  private void submit() {
    if (open.size() >= MAX_TASKS) {
      return;
    }
    Ending ending = new Ending();
    long lun = random.nextInt(3);
    ByteBuffer cdb = ByteBuffer.allocate(random.nextInt(16) == 0 ? 32 : 16);
    ScsiTask task =
        switch (random.nextInt(5)) {
          case 0 -> ScsiTask.nonData(lun, cdb, ending);
          case 1, 2 -> ScsiTask.read(lun, cdb, random.nextInt(9000), ending);
          default -> ScsiTask.write(lun, cdb, ByteBuffer.allocate(random.nextInt(12_000)), ending);
        };
    ending.task = random.nextInt(8) == 0 ? task.withTimeoutNs(1 + random.nextInt(1 << 30)) : task;
    open.add(ending);
    core.submit(ending.task, nowNs);
  }

  private void cancel() {
    if (!open.isEmpty()) {
      ScsiTask task = open.get(random.nextInt(open.size())).task;
      input(() -> core.cancel(task, nowNs));
    }
  }

  private void ask() {
    asked++;
    if (random.nextBoolean()) {
      input(() -> core.sendTargets(new Question(), nowNs));
      return;
    }
    TaskManagementFunction[] functions = {
      TaskManagementFunction.ABORT_TASK_SET,
      TaskManagementFunction.CLEAR_TASK_SET,
      TaskManagementFunction.LOGICAL_UNIT_RESET,
      TaskManagementFunction.TARGET_WARM_RESET,
      TaskManagementFunction.TARGET_COLD_RESET
    };
    TaskManagementFunction function = functions[random.nextInt(functions.length)];
    input(
        () -> core.manage(new TaskManagement(function, random.nextInt(3), new Question()), nowNs));
  }

  private final class Question implements TargetsListener, TaskManagement.Listener {
    private boolean over;

    private void over() {
      check(!over, "answered twice");
      over = true;
      asked--;
    }

    @Override
    public void found(List<SendTargets.Target> targets, long atNs) {
      over();
    }

    @Override
    public void answered(TaskManagementResult result, long atNs) {
      over();
    }

    @Override
    public void failed(Failure failure, long atNs) {
      over();
    }
  }

  // ---- the other end

  /** What happens to connections. */
  private void unlucky() {
    ConnectionFailure failure =
        new ConnectionFailure(ConnectionFailure.Reason.CLOSED_BY_TARGET, "FIN", false);
    if (random.nextInt(16) > 0) {
      return;
    }
    if (target.connected()) {
      target.link(false);
      input(() -> core.onClosed(failure, nowNs));
    } else if (target.connecting()) {
      target.link(false);
      input(() -> core.onConnectFailed(failure, nowNs));
    }
  }

  private void target() {
    if (target.connecting()) {
      target.link(true);
      input(() -> core.onConnected(nowNs));
    } else if (target.connected()) {
      Pdu pdu = target.next();
      if (random.nextInt(4) == 0) {
        fuzzed++;
        receive(bytes.fuzzed(pdu, target.digests));
      } else if (pdu != null) {
        receive(bytes.sound(pdu, target.digests));
      }
    } else if (random.nextInt(4) == 0) {
      toNextDeadline();
    }
  }

  /** Hands bytes on as a binding would. */
  private void receive(byte[] from) {
    delivered++;
    ByteBuffer in = ByteBuffer.wrap(from);
    while (in.hasRemaining() && target.connected()) {
      try {
        Pdu pdu = target.decoder.decode(in);
        if (pdu == null) {
          return;
        }
        input(() -> core.onPdu(pdu, nowNs));
      } catch (ProtocolException e) {
        input(() -> core.onProtocolError(e, nowNs));
      }
    }
  }
}
