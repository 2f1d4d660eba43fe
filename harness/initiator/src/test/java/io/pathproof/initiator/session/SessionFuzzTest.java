package io.pathproof.initiator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.LoginStage;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.LogoutResponse;
import io.pathproof.protocol.iscsi.LogoutResult;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduDecoder;
import io.pathproof.protocol.iscsi.PduEncoder;
import io.pathproof.protocol.iscsi.R2t;
import io.pathproof.protocol.iscsi.Reject;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.TaskManagementRequest;
import io.pathproof.protocol.iscsi.TaskManagementResponse;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A target that is mostly sound and now and then sends a PDU with flipped bits, out of turn, or cut
 * off. Whatever it does, the core throws nothing, answers in a bounded number of steps, and tells
 * the end of each task exactly once.
 */
class SessionFuzzTest {
  private static final int ROUNDS = 400;
  private static final int STEPS = 60;

  /** States in which a mutated PDU was received, over the runs of one seed. */
  private final Set<SessionState> attacked = EnumSet.noneOf(SessionState.class);

  private int accepted;
  private int failed;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20261121})
  void noPduMakesTheCoreThrowOrLoseATask(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      run(random, "seed " + seed + ", round " + round);
    }
    assertThat(attacked)
        .contains(
            SessionState.IN_LOGIN,
            SessionState.LOGGED_IN,
            SessionState.LOGOUT_REQUESTED,
            SessionState.IN_LOGOUT);
    assertThat(accepted).as("tasks that ended well").isPositive();
    assertThat(failed).as("tasks that ended in a failure").isPositive();
  }

  private void run(Random random, String name) {
    ScriptedTarget target =
        new ScriptedTarget(
            ScriptedTarget.settings()
                .withTimers(
                    SessionTimers.ofMillis(
                        1_000, 300, 200, 2_000, 500, random.nextBoolean() ? 0 : 700, 50)));
    List<Submitted> tasks = new ArrayList<>();
    try {
      target.core.start(target.nowNs);
      for (int step = 0; step < STEPS; step++) {
        step(target, random, tasks);
      }
      target.core.close(target.nowNs);
    } catch (RuntimeException e) {
      throw new AssertionError(name, e);
    }
    assertThat(target.core.outstanding()).as(name).isZero();
    assertThat(target.ends).as(name).hasSize(1);
    assertThat(target.core.nextDeadlineNs()).as(name).isEqualTo(SessionCore.NO_DEADLINE);
    for (Submitted task : tasks) {
      if (task.ended(TaskOutcome.class) instanceof ScsiResult) {
        accepted++;
      } else {
        failed++;
      }
    }
  }

  private void step(ScriptedTarget target, Random random, List<Submitted> tasks) {
    switch (random.nextInt(12)) {
      case 0 -> tasks.add(target.read(random.nextInt(3000)));
      case 1 -> tasks.add(target.write(random.nextInt(9000)));
      case 2 -> target.pass(random.nextInt(400));
      case 3 -> cancelOne(target, random, tasks);
      case 4 -> {
        if (random.nextInt(40) == 0) {
          target.core.logout(target.nowNs);
        } else if (random.nextInt(6) == 0) {
          target.closedByTarget();
        }
      }
      default -> answer(target, random);
    }
  }

  private static void cancelOne(ScriptedTarget target, Random random, List<Submitted> tasks) {
    if (!tasks.isEmpty()) {
      target.core.cancel(tasks.get(random.nextInt(tasks.size())).task(), target.nowNs);
    }
  }

  private void answer(ScriptedTarget target, Random random) {
    if (target.core.state() == SessionState.XPT_WAIT) {
      target.core.onConnected(target.nowNs);
      return;
    }
    Pdu request = target.sent.poll();
    Pdu sound = sound(target, random, request);
    if (sound == null) {
      return;
    }
    if (random.nextInt(8) == 0) {
      attacked.add(target.core.state());
      mutated(target, random, sound);
    } else {
      target.receive(sound);
    }
  }

  /** What a sound target would say to the request, or of its own accord. */
  private static Pdu sound(ScriptedTarget target, Random random, Pdu request) {
    if (request instanceof LoginRequest login) {
      return login(target, login);
    }
    if (request instanceof ScsiCommand command) {
      target.expCmdSn = command.cmdSn() + 1;
      int length = command.expectedDataTransferLength();
      if (command.read() && length > 0 && random.nextBoolean()) {
        return new DataIn(
            true,
            false,
            false,
            false,
            true,
            0,
            0,
            command.initiatorTaskTag(),
            Pdu.RESERVED_TAG,
            target.statSn++,
            target.expCmdSn,
            target.maxCmdSn(),
            0,
            0,
            0,
            ScriptedTarget.pattern(length));
      }
      if (command.write() && length > 2048) {
        return new R2t(
            0,
            command.initiatorTaskTag(),
            9,
            target.statSn,
            target.expCmdSn,
            target.maxCmdSn(),
            0,
            2048,
            Math.min(length - 2048, 4096));
      }
      return target.status(command.initiatorTaskTag(), random.nextInt(3) == 0 ? 2 : 0, 0);
    }
    if (request instanceof NopOut ping && ping.initiatorTaskTag() != Pdu.RESERVED_TAG) {
      return target.pong(ping.initiatorTaskTag());
    }
    if (request instanceof TaskManagementRequest abort) {
      return new TaskManagementResponse(
          TaskManagementResult.FUNCTION_COMPLETE,
          abort.initiatorTaskTag(),
          target.statSn++,
          target.expCmdSn,
          target.maxCmdSn());
    }
    if (request instanceof LogoutRequest logout) {
      // Sometimes late, so that other PDUs meet the core in this state.
      return random.nextBoolean()
          ? target.update()
          : new LogoutResponse(
              LogoutResult.CLOSED,
              logout.initiatorTaskTag(),
              target.statSn++,
              target.expCmdSn,
              target.maxCmdSn(),
              0,
              0);
    }
    return switch (random.nextInt(20)) {
      case 0 ->
          new AsyncMessage(
              0,
              target.statSn++,
              target.expCmdSn,
              target.maxCmdSn(),
              random.nextInt(7),
              0,
              0,
              0,
              1,
              Pdu.NO_DATA);
      case 1 ->
          new Reject(
              9,
              target.statSn++,
              target.expCmdSn,
              target.maxCmdSn(),
              0,
              ScriptedTarget.pattern(48));
      default -> target.update();
    };
  }

  private static LoginResponse login(ScriptedTarget target, LoginRequest request) {
    if (request.currentStage() == LoginStage.SECURITY_NEGOTIATION) {
      return target.response(
          request,
          true,
          LoginStage.OPERATIONAL_NEGOTIATION,
          0,
          KeyValues.empty().with("AuthMethod", "None"));
    }
    return target.response(
        request,
        true,
        LoginStage.FULL_FEATURE_PHASE,
        7,
        ScriptedTarget.keys(request.data()).with("MaxRecvDataSegmentLength", "1024"));
  }

  /** Sends the PDU as bytes with some of them changed, as the binding would hand it on. */
  private static void mutated(ScriptedTarget target, Random random, Pdu pdu) {
    ByteBuffer bytes = new PduEncoder(Digests.NONE).encode(pdu);
    for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
      // Mostly the header, where the meaning is.
      int limit = random.nextInt(4) == 0 ? bytes.limit() : Math.min(48, bytes.limit());
      int at = random.nextInt(limit);
      bytes.put(at, (byte) (random.nextBoolean() ? random.nextInt() : bytes.get(at) ^ 1));
    }
    try {
      Pdu received = new PduDecoder(8192).decode(bytes);
      if (received != null) {
        target.receive(received);
      }
    } catch (ProtocolException e) {
      target.core.onProtocolError(e, target.nowNs);
    }
  }

  @Test
  void inputsOutOfTurnAreIgnored() {
    ScriptedTarget target = new ScriptedTarget(ScriptedTarget.settings());
    target.core.onPdu(target.update(), target.nowNs);
    target.core.onConnected(target.nowNs);
    target.closedByTarget();
    target.refused();
    target.core.onDeadline(target.nowNs);
    assertThat(target.core.state()).isEqualTo(SessionState.FREE);
    assertThat(target.sent).isEmpty();
    assertThat(target.connects).isEmpty();
    target.core.start(target.nowNs);
    target.core.onPdu(target.update(), target.nowNs);
    assertThat(target.core.state()).isEqualTo(SessionState.XPT_WAIT);
  }
}
