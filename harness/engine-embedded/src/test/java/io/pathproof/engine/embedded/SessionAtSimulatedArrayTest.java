package io.pathproof.engine.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.netty.NettySession;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.DigestPolicy;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.NegotiationOffer;
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
import io.pathproof.initiator.session.TaskManagement;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Isid;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.targets.array.server.LoopbackNetwork;
import io.pathproof.targets.array.server.Reachability;
import io.pathproof.targets.array.server.SimulatedArray;
import io.pathproof.targets.array.system.ArrayConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A session at the simulated array, over sockets: digests, task management, redirections. */
@Timeout(60)
class SessionAtSimulatedArrayTest {
  private static final String TARGET = "iqn.2026-11.io.pathproof:array";
  private static final Portal PORT = new Portal("10.0.0.1", ArrayConfig.ISCSI_PORT);
  private static final Portal VIRTUAL = new Portal("10.0.0.9", ArrayConfig.ISCSI_PORT);
  private static final long LUN = Lun.of(1).raw();
  private static final int LENGTH = 4096;
  private static final long SECONDS = 20;

  private final EventLoops loops = new EventLoops(1);
  private final BlockingQueue<SessionParameters> ups = new LinkedBlockingQueue<>();
  private final BlockingQueue<Failure> downs = new LinkedBlockingQueue<>();
  private final BlockingQueue<SessionEvent> events = new LinkedBlockingQueue<>();
  private SimulatedArray array;
  private NettySession session;

  private void start(ArrayConfig.Redirect redirect) {
    ArrayConfig config =
        new ArrayConfig(
            "array",
            TARGET,
            List.of(
                new ArrayConfig.Node(
                    "node1",
                    List.of(
                        new ArrayConfig.Port("a", "10.0.0.1", ArrayConfig.ISCSI_PORT, "san"),
                        new ArrayConfig.Port("b", "10.0.0.2", ArrayConfig.ISCSI_PORT, "san")))),
            List.of(
                new ArrayConfig.VirtualAddress(
                    "vip", "10.0.0.9", ArrayConfig.ISCSI_PORT, "node1.a")),
            List.of(
                new ArrayConfig.Volume(
                    "vol0", 1, 1 << 20, 512, Optional.empty(), ArrayConfig.Store.MEMORY)),
            Optional.empty(),
            0,
            redirect,
            OptionalLong.empty(),
            ArrayConfig.Alua.NONE,
            Optional.empty(),
            1);
    array = SimulatedArray.start(config, new LoopbackNetwork());
  }

  private void start() {
    start(new ArrayConfig.Redirect(ArrayConfig.Policy.NEVER, false));
  }

  @AfterEach
  void stop() throws Exception {
    session.close().get(SECONDS, TimeUnit.SECONDS);
    loops.close();
    array.close();
  }

  private InetSocketAddress where(Portal portal) {
    return ((Reachability.Answers) array.reach(portal.host(), portal.port())).at();
  }

  private SessionParameters open(
      Portal portal, NegotiationOffer offer, Optional<InetSocketAddress> nearEnd)
      throws InterruptedException {
    SessionSettings settings =
        SessionSettings.normal("iqn.2026-11.io.pathproof:host", TARGET, portal, Isid.random(1, 1))
            .withOffer(offer.withTime2Wait(0))
            .withTimers(SessionTimers.ofMillis(5_000, 0, 1_000, 10_000, 5_000, 0, 20));
    session =
        NettySession.open(
            loops,
            loops.next(),
            settings,
            to -> Optional.of(nearEnd.orElseGet(() -> where(to))),
            new SessionListener() {
              @Override
              public void sessionUp(SessionParameters parameters, long nowNs) {
                ups.add(parameters);
              }

              @Override
              public void sessionDown(Failure failure, long nowNs) {
                downs.add(failure);
              }

              @Override
              public void sessionEnded(SessionFailure failure, long nowNs) {
                downs.add(failure);
              }

              @Override
              public void event(SessionEvent event, long nowNs) {
                events.add(event);
              }
            });
    return up();
  }

  private SessionParameters up() throws InterruptedException {
    SessionParameters parameters = ups.poll(SECONDS, TimeUnit.SECONDS);
    assertThat(parameters).as("logged in; lost before: %s", downs).isNotNull();
    return parameters;
  }

  private ConnectionFailure down() throws InterruptedException {
    Failure failure = downs.poll(SECONDS, TimeUnit.SECONDS);
    assertThat(failure).isInstanceOf(ConnectionFailure.class);
    return (ConnectionFailure) failure;
  }

  private static TaskOutcome get(CompletableFuture<TaskOutcome> outcome) throws Exception {
    return outcome.get(SECONDS, TimeUnit.SECONDS);
  }

  private CompletableFuture<TaskOutcome> read() {
    CompletableFuture<TaskOutcome> outcome = new CompletableFuture<>();
    session.submit(
        ScsiTask.read(
            LUN, Cdb.Read.of(0, 8).encode(), LENGTH, (ended, nowNs) -> outcome.complete(ended)));
    return outcome;
  }

  private CompletableFuture<TaskOutcome> write(byte[] bytes) {
    CompletableFuture<TaskOutcome> outcome = new CompletableFuture<>();
    session.submit(
        ScsiTask.write(
            LUN,
            Cdb.Write.of(0, 8).encode(),
            ByteBuffer.wrap(bytes),
            (ended, nowNs) -> outcome.complete(ended)));
    return outcome;
  }

  /**
   * Reads until the unit attentions of what happened before have been told; how many there were.
   */
  private int attentions() throws Exception {
    for (int met = 0; met < 4; met++) {
      if (((ScsiResult) get(read())).good()) {
        return met;
      }
    }
    throw new AssertionError("no read is GOOD");
  }

  private static byte[] pattern() {
    byte[] bytes = new byte[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      bytes[i] = (byte) (i * 31 + i / 256);
    }
    return bytes;
  }

  // ---- digests

  @ParameterizedTest(name = "header {0}, data {1}")
  @CsvSource({"true, true", "true, false", "false, true"})
  @DisplayName("What is written under digests is read back")
  void whatIsWrittenUnderDigestsIsReadBack(boolean header, boolean data) throws Exception {
    start();
    NegotiationOffer offer = NegotiationOffer.defaults().withDigests(policy(header), policy(data));
    assertThat(open(PORT, offer, Optional.empty()).digests()).isEqualTo(new Digests(header, data));
    attentions();
    assertThat(((ScsiResult) get(write(pattern()))).good()).isTrue();
    assertThat(((ScsiResult) get(read())).data()).isEqualTo(ByteBuffer.wrap(pattern()));
    assertThat(array.readStore("vol0", 0, LENGTH).toCompletableFuture().join())
        .isEqualTo(ByteBuffer.wrap(pattern()));
    assertThat(downs).isEmpty();
  }

  private static DigestPolicy policy(boolean wanted) {
    return wanted ? DigestPolicy.CRC32C : DigestPolicy.NONE;
  }

  @ParameterizedTest(name = "byte {0} of a Data-In changed: {1}")
  @CsvSource({"20, Header-Digest", "100, Data-Digest"})
  @DisplayName("A wrong digest ends the connection and its tasks, and the session is back")
  void aWrongDigestEndsTheConnection(int at, String which) throws Exception {
    start();
    try (Way way = new Way(where(PORT))) {
      NegotiationOffer offer =
          NegotiationOffer.defaults().withDigests(DigestPolicy.CRC32C, DigestPolicy.CRC32C);
      open(PORT, offer, Optional.of(way.nearEnd()));
      attentions();
      way.spoil(at);
      ConnectionFailure lost = (ConnectionFailure) get(read());
      assertThat(lost.sent()).isTrue();
      assertThat(lost.reason()).isEqualTo(ConnectionFailure.Reason.DIGEST_ERROR);
      assertThat(lost.text()).startsWithIgnoringCase("DATA_IN: " + which);
      assertThat(down().text()).isEqualTo(lost.text());
      up();
      attentions();
      assertThat(downs).isEmpty();
      session.close().get(SECONDS, TimeUnit.SECONDS);
    }
  }

  /** The way to the array, which can change one byte of the next long piece on the way back. */
  private static final class Way implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final InetSocketAddress farEnd;
    private final List<Socket> sockets = new ArrayList<>();
    private volatile int spoilAt = -1;

    Way(InetSocketAddress farEnd) throws IOException {
      this.farEnd = farEnd;
      thread(this::accept);
    }

    InetSocketAddress nearEnd() {
      return (InetSocketAddress) server.getLocalSocketAddress();
    }

    void spoil(int at) {
      spoilAt = at;
    }

    private static void thread(Runnable what) {
      Thread thread = new Thread(what);
      thread.setDaemon(true);
      thread.start();
    }

    private void accept() {
      while (!server.isClosed()) {
        try {
          Socket near = server.accept();
          Socket far = new Socket(farEnd.getAddress(), farEnd.getPort());
          synchronized (sockets) {
            sockets.add(near);
            sockets.add(far);
          }
          thread(() -> copy(near, far, false));
          thread(() -> copy(far, near, true));
        } catch (IOException e) {
          return; // closed
        }
      }
    }

    private void copy(Socket from, Socket to, boolean back) {
      byte[] piece = new byte[1 << 16];
      try (from;
          to) {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
          if (back && spoilAt >= 0 && n > LENGTH / 2) {
            piece[spoilAt] ^= 1;
            spoilAt = -1;
          }
          out.write(piece, 0, n);
        }
      } catch (IOException e) {
        // one of the two has closed, and both are closed now
      }
    }

    @Override
    public void close() {
      try {
        server.close();
        synchronized (sockets) {
          for (Socket socket : sockets) {
            socket.close();
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  // ---- task management

  private TaskManagementResult manage(TaskManagementFunction function) throws Exception {
    CompletableFuture<TaskManagementResult> answer = new CompletableFuture<>();
    session.manage(
        new TaskManagement(
            function,
            LUN,
            new TaskManagement.Listener() {
              @Override
              public void answered(TaskManagementResult result, long nowNs) {
                answer.complete(result);
              }

              @Override
              public void failed(Failure failure, long nowNs) {
                answer.completeExceptionally(new AssertionError(failure.toString()));
              }
            }));
    return answer.get(SECONDS, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource(
      names = {"ABORT_TASK_SET", "CLEAR_TASK_SET", "LOGICAL_UNIT_RESET", "TARGET_WARM_RESET"})
  @DisplayName(
      "Task management is answered, each task before it ends once, and the session goes on")
  void taskManagementIsAnswered(TaskManagementFunction function) throws Exception {
    start();
    open(PORT, NegotiationOffer.defaults(), Optional.empty());
    attentions();
    List<CompletableFuture<TaskOutcome>> before = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      before.add(read());
    }
    assertThat(manage(function)).isEqualTo(TaskManagementResult.FUNCTION_COMPLETE);
    for (CompletableFuture<TaskOutcome> each : before) {
      TaskOutcome outcome = get(each);
      if (outcome instanceof TaskFailure failure) {
        assertThat(failure.reason()).isEqualTo(TaskFailure.Reason.TERMINATED);
      } else {
        assertThat(((ScsiResult) outcome).good()).isTrue();
      }
    }
    boolean reset = function.name().endsWith("RESET");
    assertThat(attentions()).as("unit attentions").isEqualTo(reset ? 1 : 0);
    assertThat(downs).isEmpty();
  }

  @Test
  @DisplayName("A cold reset drops all connections, which is announced, and the session is back")
  void aColdResetEndsTheConnection() throws Exception {
    start();
    open(PORT, NegotiationOffer.defaults(), Optional.empty());
    attentions();
    assertThat(manage(TaskManagementFunction.TARGET_COLD_RESET))
        .isEqualTo(TaskManagementResult.FUNCTION_COMPLETE);
    assertThat(down().reason()).isEqualTo(ConnectionFailure.Reason.DROPPED_BY_TARGET);
    up();
    assertThat(attentions()).isPositive();
  }

  // ---- redirections and asynchronous messages

  @ParameterizedTest(name = "permanent: {0}")
  @ValueSource(booleans = {false, true})
  @DisplayName("0x0101 holds for one login, 0x0102 for each later one")
  void redirectionsAreFollowed(boolean permanent) throws Exception {
    start(new ArrayConfig.Redirect(ArrayConfig.Policy.ALWAYS, permanent));
    SessionParameters first = open(VIRTUAL, NegotiationOffer.defaults(), Optional.empty());
    assertThat(first.portal()).isEqualTo(new Portal("10.0.0.2", ArrayConfig.ISCSI_PORT));
    attentions();
    events.clear();
    array.act("node1.b", "request-logout", "2").toCompletableFuture().join();
    assertThat(down().reason()).isEqualTo(ConnectionFailure.Reason.LOGGED_OUT);
    up();
    attentions();
    assertThat(events).hasAtLeastOneElementOfType(SessionEvent.AsyncReceived.class);
    Optional<SessionEvent> connect =
        events.stream().filter(SessionEvent.Connecting.class::isInstance).findFirst();
    assertThat(connect).contains(new SessionEvent.Connecting(permanent ? first.portal() : VIRTUAL));
  }
}
