package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.DataOut;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.LogoutResponse;
import io.pathproof.protocol.iscsi.LogoutResult;
import io.pathproof.protocol.iscsi.NopIn;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduDecoder;
import io.pathproof.protocol.iscsi.PduEncoder;
import io.pathproof.protocol.iscsi.R2t;
import io.pathproof.protocol.iscsi.Reject;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.ScsiResponse;
import io.pathproof.protocol.iscsi.TaskManagementRequest;
import io.pathproof.protocol.iscsi.TaskManagementResponse;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import io.pathproof.protocol.iscsi.TextRequest;
import io.pathproof.protocol.iscsi.TextResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The other end of a session that is fuzzed: it keeps the books of a sound target, so that its PDUs
 * get far before what is changed in them is noticed; and it checks that the core keeps to the order
 * of {@link SessionEffects}.
 */
final class FuzzTarget implements SessionEffects {
  static final ChapCredentials HOST = new ChapCredentials("host", "initiator secret");
  static final ChapCredentials ARRAY = new ChapCredentials("array", "target secret");

  /** One input leads to no more PDUs than this: a window of commands with their data. */
  private static final int MAX_SENDS = 2_000;

  private static final int LOGIN_MAX_RECV = 8192;

  /** A command that was received and has not been answered. */
  private static final class Command {
    final ScsiCommand pdu;
    int received;
    int sent;
    int dataSn;
    int r2tSn;
    int asked;

    Command(ScsiCommand pdu) {
      this.pdu = pdu;
      this.received = pdu.data().remaining();
    }
  }

  private enum Link {
    NONE,
    CONNECTING,
    UP
  }

  private final SplittableRandom random;
  private final FuzzLogin logins;
  private final List<Pdu> requests = new ArrayList<>();
  private final List<Command> commands = new ArrayList<>();
  private Link link = Link.NONE;
  private int sends;
  private int statSn;
  private int expCmdSn;

  PduDecoder decoder = new PduDecoder(LOGIN_MAX_RECV);
  Digests digests = Digests.NONE;
  boolean draining;
  int ups;
  int ended;
  Failure lastFailure;

  FuzzTarget(SplittableRandom random) {
    this.random = random;
    this.logins = new FuzzLogin(random);
  }

  boolean connecting() {
    return link == Link.CONNECTING;
  }

  boolean connected() {
    return link == Link.UP;
  }

  /** The connection was made, or is gone, by the test. */
  void link(boolean up) {
    link = up ? Link.UP : Link.NONE;
    draining = false;
  }

  /** Before each input to the core. */
  void input() {
    sends = 0;
  }

  // ---- effects

  @Override
  public void connect(Portal portal) {
    check(link == Link.NONE, "connect while there is a connection");
    link = Link.CONNECTING;
    requests.clear();
    commands.clear();
    decoder = new PduDecoder(LOGIN_MAX_RECV);
    digests = Digests.NONE;
    statSn = random.nextInt(4) == 0 ? -2 : random.nextInt();
  }

  @Override
  public void send(Pdu pdu) {
    check(link == Link.UP, "a PDU without a connection");
    check(++sends <= MAX_SENDS, "more than " + MAX_SENDS + " PDUs for one input");
    switch (pdu.opcode()) {
      case SCSI_COMMAND -> {
        ScsiCommand command = (ScsiCommand) pdu;
        commands.add(new Command(command));
        expCmdSn = command.cmdSn() + 1;
      }
      case DATA_OUT -> received((DataOut) pdu);
      case NOP_OUT -> {
        if (pdu.initiatorTaskTag() != Pdu.RESERVED_TAG) {
          requests.add(pdu);
        }
      }
      default -> requests.add(pdu);
    }
  }

  private void received(DataOut pdu) {
    for (Command command : commands) {
      if (command.pdu.initiatorTaskTag() == pdu.initiatorTaskTag()) {
        command.received = Math.max(command.received, pdu.bufferOffset() + pdu.data().remaining());
      }
    }
  }

  @Override
  public void digests(Digests value) {
    check(link == Link.UP, "digests without a connection");
    digests = value;
    decoder.digests(value);
  }

  @Override
  public void maxRecvDataSegmentLength(int bytes) {
    decoder.maxDataSegmentLength(bytes);
  }

  @Override
  public void drain() {
    check(link != Link.NONE, "a drain without a connection");
    check(!draining, "a drain while one is under way");
    draining = true;
  }

  @Override
  public void abort(String why) {
    disconnect(why);
  }

  @Override
  public void disconnect(String why) {
    check(link != Link.NONE, "disconnect without a connection");
    link(false);
  }

  @Override
  public void sessionUp(SessionParameters parameters, long nowNs) {
    ups++;
  }

  @Override
  public void sessionDown(Failure failure, long nowNs) {
    lastFailure = failure;
  }

  @Override
  public void sessionEnded(SessionFailure failure, long nowNs) {
    ended++;
    lastFailure = failure;
  }

  @Override
  public void event(SessionEvent event, long nowNs) {
    if (event instanceof SessionEvent.LoginFailed failed) {
      lastFailure = failed.failure();
    }
  }

  static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  // ---- what a sound target would send now

  /** A sound PDU, or null where there is nothing to say. */
  Pdu next() {
    int what = random.nextInt(16);
    if (!requests.isEmpty() && (what < 8 || requests.get(0) instanceof LoginRequest)) {
      return answer(requests.remove(random.nextInt(requests.size())));
    }
    if (!commands.isEmpty() && what < 14) {
      return serve(commands.get(random.nextInt(commands.size())));
    }
    return ofItsOwn();
  }

  private int maxCmdSn() {
    return expCmdSn + (random.nextInt(64) == 0 ? -1 : 15);
  }

  private Pdu answer(Pdu request) {
    int tag = request.initiatorTaskTag();
    if (request instanceof LoginRequest login) {
      expCmdSn = login.cmdSn();
      // a refusal has a StatSN of its own that means nothing
      LoginResponse answer = logins.answer(login, statSn, maxCmdSn());
      statSn += answer.statusClass() == 0 ? 1 : 0;
      return answer;
    }
    if (request instanceof NopOut) {
      return new NopIn(0, tag, Pdu.RESERVED_TAG, statSn++, expCmdSn, maxCmdSn(), Pdu.NO_DATA);
    }
    if (request instanceof TaskManagementRequest management) {
      return managed(management);
    }
    if (request instanceof TextRequest) {
      boolean last = random.nextInt(3) > 0;
      return new TextResponse(
          last,
          false,
          0,
          tag,
          last ? Pdu.RESERVED_TAG : 0x4711,
          statSn++,
          expCmdSn,
          maxCmdSn(),
          text(random.nextBoolean() ? targets() : negotiated()));
    }
    if (request instanceof LogoutRequest) {
      return new LogoutResponse(
          LogoutResult.CLOSED, tag, statSn++, expCmdSn, maxCmdSn(), random.nextInt(2), 0);
    }
    return null;
  }

  private Pdu managed(TaskManagementRequest request) {
    TaskManagementResult[] results = TaskManagementResult.values();
    TaskManagementResult result =
        random.nextInt(4) > 0
            ? TaskManagementResult.FUNCTION_COMPLETE
            : results[random.nextInt(results.length)];
    if (result == TaskManagementResult.FUNCTION_COMPLETE && random.nextBoolean()) {
      commands.removeIf(
          each ->
              each.pdu.initiatorTaskTag() == request.referencedTaskTag() || random.nextBoolean());
    }
    return new TaskManagementResponse(
        result, request.initiatorTaskTag(), statSn++, expCmdSn, maxCmdSn());
  }

  private static String targets() {
    return "TargetName=iqn.a\0TargetAddress=10.0.0.1:3260,1\0";
  }

  private String negotiated() {
    return "MaxRecvDataSegmentLength="
        + (512 << random.nextInt(4))
        + "\0X-a=1\0ErrorRecoveryLevel=2\0";
  }

  static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private Pdu serve(Command command) {
    int length = command.pdu.expectedDataTransferLength();
    if (command.pdu.read() && command.sent < length && random.nextInt(8) > 0) {
      return dataIn(command, length);
    }
    if (command.pdu.write() && command.received < length && random.nextInt(8) > 0) {
      if (command.asked > command.received) {
        return null;
      }
      int burst = Math.min(length - command.received, 4096);
      command.asked = command.received + burst;
      return new R2t(
          command.pdu.lun(),
          command.pdu.initiatorTaskTag(),
          0x7000 + command.r2tSn,
          statSn,
          expCmdSn,
          maxCmdSn(),
          command.r2tSn++,
          command.received,
          burst);
    }
    commands.remove(command);
    int missing = command.pdu.read() ? length - command.sent : 0;
    boolean check = random.nextInt(8) == 0;
    return new ScsiResponse(
        false,
        false,
        false,
        missing > 0,
        0,
        check ? 2 : 0,
        command.pdu.initiatorTaskTag(),
        0,
        statSn++,
        expCmdSn,
        maxCmdSn(),
        command.pdu.read() ? command.dataSn : command.r2tSn,
        0,
        missing,
        check ? ScsiResponse.senseSegment(ByteBuffer.allocate(18)) : Pdu.NO_DATA);
  }

  private Pdu dataIn(Command command, int length) {
    int part = Math.min(length - command.sent, 1 + random.nextInt(2048));
    int offset = command.sent;
    command.sent += part;
    boolean status = command.sent == length && random.nextBoolean();
    if (status) {
      commands.remove(command);
    }
    return new DataIn(
        status,
        false,
        false,
        false,
        status,
        0,
        0,
        command.pdu.initiatorTaskTag(),
        Pdu.RESERVED_TAG,
        status ? statSn++ : 0,
        expCmdSn,
        maxCmdSn(),
        command.dataSn++,
        offset,
        0,
        ByteBuffer.allocate(part));
  }

  private Pdu ofItsOwn() {
    int what = random.nextInt(16);
    if (what < 8) {
      int ttt = random.nextBoolean() ? Pdu.RESERVED_TAG : random.nextInt(100);
      return new NopIn(0, Pdu.RESERVED_TAG, ttt, statSn, expCmdSn, maxCmdSn(), Pdu.NO_DATA);
    }
    if (what < 13) {
      return async();
    }
    if (commands.isEmpty()) {
      return null;
    }
    Command refused = commands.remove(random.nextInt(commands.size()));
    ByteBuffer header = new PduEncoder(Digests.NONE).encode(refused.pdu);
    return new Reject(9, statSn++, expCmdSn, maxCmdSn(), 0, header.slice(0, 48));
  }

  private AsyncMessage async() {
    int[] events = {0, 0, 0, 4, 4, 4, 5, 5, 255, 77, 1, 2, 3};
    int event = events[random.nextInt(events.length)];
    return new AsyncMessage(
        random.nextInt(3),
        statSn++,
        expCmdSn,
        maxCmdSn(),
        event,
        0,
        0,
        0,
        random.nextInt(3),
        event == 0 ? ScsiResponse.senseSegment(ByteBuffer.allocate(18)) : Pdu.NO_DATA);
  }
}
