package io.pathproof.initiator.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.initiator.session.TaskManagement;
import io.pathproof.protocol.iscsi.NopIn;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementRequest;
import io.pathproof.protocol.iscsi.TaskManagementResponse;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * An event loop that is held up, for longer than an answer may take, costs no connection whose
 * target answers. What saves it is one thing in each test, as each would cover for the other: that
 * the socket is read before the verdict, and that the time of the standstill does not count.
 */
@Timeout(60)
class OwnLatenessTest {
  private static final long SECONDS = 30;
  private static final int RECEIVE_BUFFER = 64 * 1024;
  private static final long PING_INTERVAL_MS = 50;
  private static final long PING_TIMEOUT_MS = 500;
  private static final long ABORT_TIMEOUT_MS = 100;

  /** What the answer to a task management function is granted again at most. */
  private static final long MOST_CREDIT_MS = 100;

  /** Timers are late beyond doubt. */
  private static final long BEYOND_MS = 200;

  /** Something that the loop or the session does, and that may fail. */
  private interface Step {
    void run() throws Exception;
  }

  /** The end of a test: how the session fared. */
  private static final class Outcome extends Recorder {
    /** What came first: an answer, or the failure of the connection. */
    final CompletableFuture<Object> first = new CompletableFuture<>();

    private Runnable onPing = () -> {};

    void run(Step step) {
      try {
        step.run();
      } catch (Exception e) {
        first.completeExceptionally(e);
      }
    }

    @Override
    public void sessionDown(Failure failure, long nowNs) {
      first.complete(failure);
    }

    @Override
    public void sessionEnded(SessionFailure failure, long nowNs) {
      first.complete(failure);
    }

    @Override
    public void event(SessionEvent event, long nowNs) {
      if (event instanceof SessionEvent.PingSent) {
        onPing.run();
      } else if (event instanceof SessionEvent.PingAnswered) {
        first.complete(event);
      }
    }
  }

  /**
   * Another connection of the loop. What it does with what it reads comes before whatever else has
   * arrived by then is read, and before timers that have run off meanwhile.
   */
  private static final class Neighbour extends ChannelInboundHandlerAdapter
      implements AutoCloseable {
    private final Socket other;
    private Runnable next = () -> {};

    Neighbour(EventLoops loops, EventLoop loop) throws Exception {
      try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        new Bootstrap()
            .group(loop)
            .channelFactory(loops.channelsTo((InetSocketAddress) server.getLocalSocketAddress()))
            .handler(this)
            .connect(server.getLocalSocketAddress())
            .sync();
        other = server.accept();
      }
    }

    /** Something comes, and this is done with it. */
    void receives(Runnable then) throws Exception {
      next = then;
      other.getOutputStream().write(1);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
      next.run();
    }

    @Override
    public void close() throws IOException {
      other.close();
    }
  }

  private static void holdUp(long millis) {
    long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() < untilNs) {
      Thread.onSpinWait();
    }
  }

  /** The next turn of the loop but one; a drain that has begun by now is over then. */
  private static void twoTurnsLater(EventLoop loop, Runnable step) {
    loop.schedule(() -> loop.schedule(step, 1, TimeUnit.NANOSECONDS), 1, TimeUnit.NANOSECONDS);
  }

  /**
   * The first standstill uses up what such a deadline is put off by, before the target can have
   * answered; the answer comes during the second, at whose end only reading it helps. No pings are
   * sent.
   */
  @Test
  @DisplayName("An answer that lies unread in the socket counts, however late the loop is")
  void anUnreadAnswerCountsWhenNoMoreTimeIsGranted() throws Exception {
    SessionTimers timers =
        SessionTimers.ofMillis(10_000, 0, MOST_CREDIT_MS, 60_000, ABORT_TIMEOUT_MS, 0, 60_000);
    Outcome outcome = new Outcome();
    CompletableFuture<Void> begun = new CompletableFuture<>();
    CompletableFuture<Void> answered = new CompletableFuture<>();
    try (EventLoops loops = new EventLoops(1);
        LoopbackTarget target = new LoopbackTarget(RECEIVE_BUFFER)) {
      NettySession session = target.session(loops, timers, outcome);
      try (Neighbour neighbour = new Neighbour(loops, session.eventLoop())) {
        Step second =
            () -> {
              begun.complete(null);
              answered.get(SECONDS, TimeUnit.SECONDS);
              holdUp(MOST_CREDIT_MS + BEYOND_MS);
            };
        Step first =
            () -> {
              session.manage(reset(outcome));
              neighbour.receives(() -> outcome.run(second));
              holdUp(ABORT_TIMEOUT_MS + MOST_CREDIT_MS + BEYOND_MS);
            };
        session
            .eventLoop()
            .execute(() -> outcome.run(() -> neighbour.receives(() -> outcome.run(first))));
        TaskManagementRequest request = (TaskManagementRequest) target.read();
        begun.get(SECONDS, TimeUnit.SECONDS);
        target.write(
            new TaskManagementResponse(
                TaskManagementResult.FUNCTION_COMPLETE,
                request.initiatorTaskTag(),
                target.statSn++,
                request.cmdSn(),
                request.cmdSn() + 31));
        answered.complete(null);
        assertThat(outcome.first.get(SECONDS, TimeUnit.SECONDS))
            .isEqualTo(TaskManagementResult.FUNCTION_COMPLETE);
      }
      session.close().get(SECONDS, TimeUnit.SECONDS);
    }
  }

  /**
   * The socket is to wake its loop for more than the target sends, as with a deep queue before, and
   * no look ends that wait. The loop has stood still until the answer lay there, behind other PDUs.
   */
  @Test
  @EnabledOnOs(OS.LINUX)
  @DisplayName("A drain reads all that the socket holds, be it too little to wake the loop")
  void aDrainReadsWhatDoesNotWakeTheLoop() throws Exception {
    SessionTimers timers =
        SessionTimers.ofMillis(10_000, 0, MOST_CREDIT_MS, 60_000, ABORT_TIMEOUT_MS, 0, 60_000);
    Outcome outcome = new Outcome();
    CompletableFuture<Void> answered = new CompletableFuture<>();
    try (EventLoops loops = new EventLoops(1);
        LoopbackTarget target = new LoopbackTarget(RECEIVE_BUFFER)) {
      NettySession session = target.session(loops, timers, outcome);
      EventLoop loop = session.eventLoop();
      Step ask =
          () -> {
            wakesForMoreThanComes(session.connection);
            session.manage(reset(outcome));
            // behind the flush, which is under way
            loop.execute(() -> outcome.run(() -> answered.get(SECONDS, TimeUnit.SECONDS)));
          };
      loop.submit(() -> outcome.run(ask)).get(SECONDS, TimeUnit.SECONDS);
      assertThat(outcome.first).as("the settings of the socket").isNotCompletedExceptionally();
      TaskManagementRequest request = (TaskManagementRequest) target.read();
      for (int i = 0; i < 20; i++) {
        target.write(
            new NopIn(
                0,
                Pdu.RESERVED_TAG,
                Pdu.RESERVED_TAG,
                target.statSn,
                request.cmdSn(),
                request.cmdSn() + 31,
                Pdu.NO_DATA));
      }
      target.write(
          new TaskManagementResponse(
              TaskManagementResult.FUNCTION_COMPLETE,
              request.initiatorTaskTag(),
              target.statSn++,
              request.cmdSn(),
              request.cmdSn() + 31));
      answered.complete(null);
      assertThat(outcome.first.get(SECONDS, TimeUnit.SECONDS))
          .isEqualTo(TaskManagementResult.FUNCTION_COMPLETE);
      session.close().get(SECONDS, TimeUnit.SECONDS);
    }
  }

  /** As after many reads at a good pace, and no look takes it back. */
  private static void wakesForMoreThanComes(PduChannel connection) {
    ReceiveModeration moderation = new ReceiveModeration();
    for (int i = 0; i < 100; i++) {
      moderation.read(4096, 32, 32 * 4096, i * 10_000L);
    }
    EpollSocketChannel socket = connection.mark.socket;
    connection.mark =
        new LowWaterMark(socket, AdaptivePolling.never(), moderation, TimeUnit.HOURS.toNanos(1));
    connection.mark.read(4096, 32, 32 * 4096);
    assertThat(socket.config().getOption(LowWaterMark.SO_RCVLOWAT))
        .isEqualTo(moderation.mark())
        .isGreaterThan(32 * 1024);
  }

  private static TaskManagement reset(Outcome outcome) {
    return new TaskManagement(
        TaskManagementFunction.LOGICAL_UNIT_RESET,
        0,
        new TaskManagement.Listener() {
          @Override
          public void answered(TaskManagementResult result, long nowNs) {
            outcome.first.complete(result);
          }

          @Override
          public void failed(Failure failure, long nowNs) {
            outcome.first.complete(failure);
          }
        });
  }

  /** The answer is sent only when the timers have fired and the socket was found empty. */
  @Test
  @DisplayName("The time for which the loop stood still does not count against the target")
  void aPingMayBeAnsweredAfterAStandstill() throws Exception {
    SessionTimers timers =
        SessionTimers.ofMillis(
            10_000, PING_INTERVAL_MS, PING_TIMEOUT_MS, 60_000, 60_000, 0, 60_000);
    Outcome outcome = new Outcome();
    CompletableFuture<NopOut> arrived = new CompletableFuture<>();
    try (EventLoops loops = new EventLoops(1);
        LoopbackTarget target = new LoopbackTarget(RECEIVE_BUFFER)) {
      EventLoop loop = loops.next();
      Step standstill =
          () -> {
            NopOut ping = arrived.get(SECONDS, TimeUnit.SECONDS);
            holdUp(PING_TIMEOUT_MS + BEYOND_MS);
            twoTurnsLater(loop, () -> outcome.run(() -> target.write(pong(target, ping))));
          };
      outcome.onPing =
          () -> {
            outcome.onPing = () -> {};
            // behind the flush, which is under way
            loop.execute(() -> outcome.run(standstill));
          };
      NettySession session = target.session(loops, timers, outcome);
      arrived.complete((NopOut) target.read());
      assertThat(outcome.first.get(SECONDS, TimeUnit.SECONDS))
          .isInstanceOf(SessionEvent.PingAnswered.class);
      session.close().get(SECONDS, TimeUnit.SECONDS);
    }
  }

  private static Pdu pong(LoopbackTarget target, NopOut ping) {
    return new NopIn(
        ping.lun(),
        ping.initiatorTaskTag(),
        Pdu.RESERVED_TAG,
        target.statSn++,
        ping.cmdSn(),
        ping.cmdSn() + 31,
        Pdu.NO_DATA);
  }
}
