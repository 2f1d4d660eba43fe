package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.FuzzTarget.check;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Opcode;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduEncoder;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private static final int[] FIELDS = {16, 20, 24, 28, 32, 36, 40, 44};

  private static final String[] KEYS = {
    "MaxRecvDataSegmentLength",
    "FirstBurstLength",
    "MaxBurstLength",
    "InitialR2T",
    "HeaderDigest",
    "DataDigest",
    "ErrorRecoveryLevel",
    "MaxConnections",
    "DefaultTime2Wait",
    "TargetPortalGroupTag",
    "AuthMethod",
    "CHAP_A",
    "CHAP_I",
    "CHAP_C",
    "CHAP_N",
    "CHAP_R",
    "TargetAddress",
    "TargetName",
    "X-com.example",
    "=",
    "",
    "IFMarker",
    "TaskReporting",
    "TargetAlias"
  };

  private static final String[] VALUES = {
    "",
    "0",
    "1",
    "-1",
    "511",
    "512",
    "16777215",
    "16777216",
    "99999999999999999999",
    "Yes",
    "No",
    "None",
    "CRC32C",
    "Reject",
    "Irrelevant",
    "NotUnderstood",
    "0x",
    "0x00",
    "0xzz",
    "0b!",
    "10.0.0.9",
    "[",
    "a,b,,c",
    "\u0001",
    "\u00e9"
  };

  private final SplittableRandom random;
  private final FuzzTarget target;
  private final SessionCore core;
  private final Map<String, Integer> noticed;
  private final List<Ending> open = new ArrayList<>();
  private final List<byte[]> replays = new ArrayList<>();
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
        receive(fuzzed(pdu));
      } else if (pdu != null) {
        receive(withDigests(encode(pdu)));
      }
    } else if (random.nextInt(4) == 0) {
      toNextDeadline();
    }
  }

  private static byte[] encode(Pdu pdu) {
    ByteBuffer bytes = new PduEncoder(Digests.NONE).encode(pdu);
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy;
  }

  /** Hands bytes on as a binding would. */
  private void receive(byte[] bytes) {
    delivered++;
    ByteBuffer in = ByteBuffer.wrap(bytes);
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

  private byte[] withDigests(byte[] bytes) {
    Digests digests = target.digests;
    if (digests.equals(Digests.NONE) || bytes.length < 48) {
      return bytes;
    }
    ByteBuffer out = ByteBuffer.allocate(bytes.length + 2 * Digests.LENGTH);
    out.put(bytes, 0, 48);
    if (digests.header()) {
      out.putInt(Digests.crc32c(ByteBuffer.wrap(bytes, 0, 48)));
    }
    out.put(bytes, 48, bytes.length - 48);
    if (digests.data() && bytes.length > 48) {
      out.putInt(Digests.crc32c(ByteBuffer.wrap(bytes, 48, bytes.length - 48)));
    }
    byte[] all = new byte[out.position()];
    out.flip().get(all);
    return all;
  }

  // ---- what goes wrong

  private byte[] fuzzed(Pdu pdu) {
    if (pdu == null || random.nextInt(16) == 0) {
      return replays.isEmpty() ? garbage() : replays.get(random.nextInt(replays.size()));
    }
    byte[] bytes = encode(pdu);
    if (random.nextInt(16) == 0) {
      if (replays.size() == 16) {
        replays.remove(0);
      }
      replays.add(withDigests(bytes));
    }
    int times = random.nextInt(4) == 0 ? 2 : 1;
    for (int i = 0; i < times; i++) {
      bytes = changed(bytes);
    }
    byte[] whole = withDigests(bytes);
    switch (random.nextInt(48)) {
      case 0 -> whole[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> whole = cut(whole);
      default -> {}
    }
    return whole;
  }

  private byte[] garbage() {
    byte[] bytes = new byte[random.nextInt(200)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) random.nextInt();
    }
    return bytes;
  }

  private byte[] cut(byte[] bytes) {
    return java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
  }

  private byte[] changed(byte[] bytes) {
    ByteBuffer header = ByteBuffer.wrap(bytes);
    switch (random.nextInt(16)) {
      case 0 -> bytes[random.nextInt(48)] = (byte) random.nextInt();
      case 1 -> bytes[random.nextInt(48)] ^= (byte) (1 << random.nextInt(8));
      case 2 -> bytes[1] = (byte) random.nextInt();
      case 3 -> bytes[2 + random.nextInt(2)] = (byte) random.nextInt();
      case 4 -> bytes[0] = opcode();
      case 5 -> header.putLong(8, random.nextInt(4));
      case 6 -> {
        if (bytes.length > 48) {
          bytes[48 + random.nextInt(bytes.length - 48)] = (byte) random.nextInt();
        }
      }
      case 7 -> {
        return withData(bytes, dataOf(bytes));
      }
      case 8 -> bytes[5 + random.nextInt(3)] = (byte) random.nextInt(3);
      case 9 -> bytes[36 + random.nextInt(4)] = (byte) random.nextInt(6);
      default -> {
        int at = FIELDS[random.nextInt(FIELDS.length)];
        header.putInt(at, interesting(header.getInt(at)));
      }
    }
    return bytes;
  }

  private byte opcode() {
    Opcode[] all = Opcode.values();
    return (byte) all[random.nextInt(all.length)].code();
  }

  private int interesting(int value) {
    return switch (random.nextInt(10)) {
      case 0 -> 0;
      case 1 -> -1;
      case 2 -> value + 1;
      case 3 -> value - 1;
      case 4 -> value ^ 0x80000000;
      case 5 -> value + Integer.MAX_VALUE;
      case 6 -> Integer.MAX_VALUE;
      case 7 -> Integer.MIN_VALUE;
      case 8 -> random.nextInt(64);
      default -> random.nextInt();
    };
  }

  /** Another data segment under the same header: text for a text PDU, else any bytes. */
  private byte[] dataOf(byte[] bytes) {
    Optional<Opcode> opcode = Opcode.of(bytes[0] & 0x3f);
    boolean text =
        opcode.isPresent()
            && (opcode.get() == Opcode.LOGIN_RESPONSE || opcode.get() == Opcode.TEXT_RESPONSE);
    if (!text) {
      return new byte[random.nextInt(300)];
    }
    String old =
        new String(bytes, 48, bytes.length - 48, java.nio.charset.StandardCharsets.ISO_8859_1);
    String[] pairs = old.replaceAll("\0+$", "").split("\0");
    StringBuilder mixed = new StringBuilder();
    for (String pair : pairs) {
      switch (random.nextInt(8)) {
        case 0 -> {}
        case 1 -> mixed.append(pair).append('\0').append(pair).append('\0');
        case 2 -> mixed.append(pair.split("=", 2)[0]).append('=').append(value()).append('\0');
        default -> mixed.append(pair).append('\0');
      }
    }
    if (random.nextBoolean()) {
      mixed.append(KEYS[random.nextInt(KEYS.length)]).append('=').append(value());
      mixed.append(random.nextInt(8) == 0 ? "" : "\0");
    }
    return mixed.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private String value() {
    return random.nextInt(24) == 0 ? "x".repeat(300) : VALUES[random.nextInt(VALUES.length)];
  }

  private static byte[] withData(byte[] bytes, byte[] data) {
    byte[] all = new byte[48 + (data.length + 3 & ~3)];
    System.arraycopy(bytes, 0, all, 0, 48);
    System.arraycopy(data, 0, all, 48, data.length);
    all[5] = 0;
    all[6] = (byte) (data.length >> 8);
    all[7] = (byte) data.length;
    return all;
  }
}
