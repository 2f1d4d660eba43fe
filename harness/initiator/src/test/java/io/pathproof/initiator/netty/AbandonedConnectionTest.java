package io.pathproof.initiator.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.LogoutResponse;
import io.pathproof.protocol.iscsi.LogoutResult;
import io.pathproof.protocol.scsi.Cdb;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a target still gets of a connection that the host has left: it takes nothing for a while, so
 * that a write waits in the host's socket, and reads on only afterwards.
 */
@Timeout(60)
class AbandonedConnectionTest {
  private static final long SECONDS = 30;

  /** The initiator's socket takes it at once; the other end has room for a small part of it. */
  private static final int WRITE = 256 * 1024;

  private static final int RECEIVE_BUFFER = 8 * 1024;

  private static final SessionTimers PATIENT =
      SessionTimers.ofMillis(10_000, 60_000, 60_000, 60_000, 60_000, 0, 60_000);

  /** Submits a write, and is back when the socket has it. */
  private static CompletableFuture<TaskOutcome> write(NettySession session) throws Exception {
    CompletableFuture<TaskOutcome> end = new CompletableFuture<>();
    session.submit(
        ScsiTask.write(
            0,
            Cdb.Write.of(0, WRITE / 512).encode(),
            ByteBuffer.allocate(WRITE),
            (outcome, nowNs) -> end.complete(outcome)));
    settle(session);
    return end;
  }

  /** The loop has been through a select since: only there NIO closes a socket for good. */
  private static void settle(NettySession session) throws Exception {
    for (int turn = 0; turn < 2; turn++) {
      session
          .eventLoop()
          .schedule(() -> {}, 1, TimeUnit.MILLISECONDS)
          .get(SECONDS, TimeUnit.SECONDS);
    }
  }

  private static void getsAResetAndNotTheWrite(LoopbackTarget target, NettySession session)
      throws Exception {
    settle(session);
    assertThat(target.drain()).as("reset").isBetween(-1L - WRITE / 2, -1L);
    session.close().get(SECONDS, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWriteOfAConnectionThatIsDeclaredDeadIsNotDeliveredAnyMore(boolean epoll) throws Exception {
    try (EventLoops loops = new EventLoops(1, epoll);
        LoopbackTarget target = new LoopbackTarget(RECEIVE_BUFFER)) {
      SessionTimers timers = SessionTimers.ofMillis(10_000, 100, 200, 60_000, 60_000, 0, 60_000);
      NettySession session = target.session(loops, timers, new Recorder());
      TaskOutcome outcome = write(session).get(SECONDS, TimeUnit.SECONDS);
      assertThat(outcome)
          .isInstanceOfSatisfying(
              ConnectionFailure.class,
              failure -> {
                assertThat(failure.reason()).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
                assertThat(failure.sent()).isTrue();
              });
      getsAResetAndNotTheWrite(target, session);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void norOfOneThatIsGivenUp(boolean epoll) throws Exception {
    try (EventLoops loops = new EventLoops(1, epoll);
        LoopbackTarget target = new LoopbackTarget(RECEIVE_BUFFER)) {
      NettySession session = target.session(loops, PATIENT, new Recorder());
      write(session);
      session.close().get(SECONDS, TimeUnit.SECONDS);
      getsAResetAndNotTheWrite(target, session);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void norOfOneWhoseOtherDirectionTheTargetHasEnded(boolean epoll) throws Exception {
    try (EventLoops loops = new EventLoops(1, epoll);
        LoopbackTarget target = new LoopbackTarget(RECEIVE_BUFFER)) {
      NettySession session = target.session(loops, PATIENT, new Recorder());
      CompletableFuture<TaskOutcome> end = write(session);
      target.socket.shutdownOutput();
      assertThat(((ConnectionFailure) end.get(SECONDS, TimeUnit.SECONDS)).reason())
          .isEqualTo(ConnectionFailure.Reason.CLOSED_BY_TARGET);
      getsAResetAndNotTheWrite(target, session);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLogoutEndsTheConnectionInOrder(boolean epoll) throws Exception {
    try (EventLoops loops = new EventLoops(1, epoll);
        LoopbackTarget target = new LoopbackTarget(RECEIVE_BUFFER)) {
      NettySession session = target.session(loops, PATIENT, new Recorder());
      session.logout();
      LogoutRequest request = (LogoutRequest) target.read();
      target.write(
          new LogoutResponse(
              LogoutResult.CLOSED,
              request.initiatorTaskTag(),
              target.statSn,
              request.cmdSn(),
              31,
              0,
              0));
      assertThat(target.drain()).as("FIN, and nothing before it").isZero();
      session.logout().get(SECONDS, TimeUnit.SECONDS);
    }
  }
}
