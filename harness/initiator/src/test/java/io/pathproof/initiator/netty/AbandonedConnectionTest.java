package io.pathproof.initiator.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionParameters;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Isid;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.LoginStage;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.LogoutResponse;
import io.pathproof.protocol.iscsi.LogoutResult;
import io.pathproof.protocol.iscsi.OperationalKey;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduDecoder;
import io.pathproof.protocol.iscsi.PduEncoder;
import io.pathproof.protocol.scsi.Cdb;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
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

  /** A target that logs in whoever comes, in the thread of the test. */
  private static final class Target implements AutoCloseable {
    private final ServerSocket server = new ServerSocket();
    private final PduDecoder decoder = new PduDecoder(8192, PduDecoder.Retention.WHOLE);
    private Socket socket;
    private DataInputStream in;
    private int statSn = 1;

    Target() throws IOException {
      server.setReceiveBufferSize(RECEIVE_BUFFER);
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    InetSocketAddress address() {
      return (InetSocketAddress) server.getLocalSocketAddress();
    }

    void login() throws Exception {
      socket = server.accept();
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS));
      in = new DataInputStream(socket.getInputStream());
      for (boolean over = false; !over; ) {
        LoginRequest request = (LoginRequest) read();
        over = request.currentStage() == LoginStage.OPERATIONAL_NEGOTIATION;
        KeyValues answer =
            over
                ? operational(request)
                : KeyValues.empty().with("AuthMethod", "None").with("TargetPortalGroupTag", "1");
        write(
            new LoginResponse(
                request.transit(),
                false,
                request.currentStage(),
                request.nextStage(),
                0,
                0,
                request.isid(),
                over ? 7 : 0,
                request.initiatorTaskTag(),
                statSn++,
                request.cmdSn(),
                request.cmdSn() + 31,
                0,
                0,
                answer.encode()));
      }
    }

    /** As offered, and all of a write unsolicited, so that it waits for no R2T. */
    private static KeyValues operational(LoginRequest request) throws ProtocolException {
      KeyValues answer = KeyValues.empty();
      for (Map.Entry<String, String> each : KeyValues.decode(request.data()).asMap().entrySet()) {
        OperationalKey key = OperationalKey.of(each.getKey()).orElseThrow();
        String own =
            switch (key) {
              case INITIAL_R2T -> "No";
              case MAX_RECV_DATA_SEGMENT_LENGTH -> String.valueOf(WRITE);
              default -> each.getValue().split(",")[0];
            };
        answer = answer.with(key, own);
      }
      return answer;
    }

    Pdu read() throws Exception {
      byte[] header = in.readNBytes(48);
      int length = ByteBuffer.wrap(header).getInt(4) & 0xffffff;
      byte[] data = in.readNBytes((length + 3) & ~3);
      return decoder.decode(
          ByteBuffer.allocate(header.length + data.length).put(header).put(data).flip());
    }

    void write(Pdu pdu) throws IOException {
      ByteBuffer bytes = new PduEncoder(Digests.NONE).encode(pdu);
      byte[] all = new byte[bytes.remaining()];
      bytes.get(all);
      socket.getOutputStream().write(all);
    }

    /**
     * Reads what there is.
     *
     * @return bytes until the end of the stream, or less than 0 for those until a reset, minus 1
     */
    long drain() throws IOException {
      byte[] some = new byte[64 * 1024];
      long bytes = 0;
      while (true) {
        try {
          int count = in.read(some);
          if (count < 0) {
            return bytes;
          }
          bytes += count;
        } catch (SocketException reset) {
          assertThat(reset).hasMessageContaining("reset");
          return -bytes - 1;
        }
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
      if (socket != null) {
        socket.close();
      }
    }
  }

  /** Done once the session is up; what becomes of it then the tests see at the other end. */
  private static final class Up implements SessionListener {
    final CompletableFuture<Void> up = new CompletableFuture<>();

    @Override
    public void sessionUp(SessionParameters parameters, long nowNs) {
      up.complete(null);
    }

    @Override
    public void sessionDown(Failure failure, long nowNs) {}

    @Override
    public void sessionEnded(SessionFailure failure, long nowNs) {}

    @Override
    public void event(SessionEvent event, long nowNs) {}
  }

  private static NettySession session(EventLoops loops, Target target, SessionTimers timers)
      throws Exception {
    Portal portal = new Portal("127.0.0.1", target.address().getPort());
    SessionSettings settings =
        SessionSettings.normal(
                "iqn.2026-11.io.pathproof:host",
                "iqn.2026-11.io.pathproof:target",
                portal,
                Isid.random(1, 1))
            .withTimers(timers);
    Up up = new Up();
    NettySession session =
        NettySession.open(loops, loops.next(), settings, any -> Optional.of(target.address()), up);
    target.login();
    up.up.get(SECONDS, TimeUnit.SECONDS);
    return session;
  }

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

  private static void getsAResetAndNotTheWrite(Target target, NettySession session)
      throws Exception {
    settle(session);
    assertThat(target.drain()).as("reset").isBetween(-1L - WRITE / 2, -1L);
    session.close().get(SECONDS, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWriteOfAConnectionThatIsDeclaredDeadIsNotDeliveredAnyMore(boolean epoll) throws Exception {
    try (EventLoops loops = new EventLoops(1, epoll);
        Target target = new Target()) {
      SessionTimers timers = SessionTimers.ofMillis(10_000, 100, 200, 60_000, 60_000, 0, 60_000);
      NettySession session = session(loops, target, timers);
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
        Target target = new Target()) {
      NettySession session = session(loops, target, PATIENT);
      write(session);
      session.close().get(SECONDS, TimeUnit.SECONDS);
      getsAResetAndNotTheWrite(target, session);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void norOfOneWhoseOtherDirectionTheTargetHasEnded(boolean epoll) throws Exception {
    try (EventLoops loops = new EventLoops(1, epoll);
        Target target = new Target()) {
      NettySession session = session(loops, target, PATIENT);
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
        Target target = new Target()) {
      NettySession session = session(loops, target, PATIENT);
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
