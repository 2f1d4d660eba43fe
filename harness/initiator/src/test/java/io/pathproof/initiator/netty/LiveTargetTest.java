package io.pathproof.initiator.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pathproof.initiator.session.ChapCredentials;
import io.pathproof.initiator.session.ChapSettings;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.DigestPolicy;
import io.pathproof.initiator.session.NegotiationOffer;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.SessionState;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.initiator.session.TaskFailure;
import io.pathproof.initiator.session.TaskListener;
import io.pathproof.initiator.session.TaskManagement;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Isid;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The session and its binding against a real target: tgtd on loopback. */
@Tag("live")
class LiveTargetTest {
  private static final String INITIATOR = "iqn.2026-11.io.pathproof:host1";
  private static final long LUN_1 = 0x0001_0000_0000_0000L;
  private static final int BLOCK = 512;
  private static final SessionTimers QUICK =
      SessionTimers.ofMillis(5_000, 200, 400, 10_000, 2_000, 0, 50);

  /** Time2Wait of 0, or each reconnect would wait for the 2 s of the default. */
  private static final NegotiationOffer OFFER =
      new NegotiationOffer(
          DigestPolicy.PREFER_NONE,
          DigestPolicy.PREFER_NONE,
          262_144,
          262_144,
          1 << 20,
          false,
          true,
          1,
          0,
          0);

  @TempDir Path directory;
  private TgtdProcess tgtd;
  private EventLoops loops;
  private final List<NettySession> sessions = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    tgtd = new TgtdProcess(directory);
    loops = new EventLoops(1);
  }

  @AfterEach
  void stop() throws Exception {
    for (NettySession session : sessions) {
      session.close().get(5, TimeUnit.SECONDS);
    }
    loops.close();
    tgtd.close();
  }

  private static SessionSettings settings(Portal portal) {
    return SessionSettings.normal(INITIATOR, TgtdProcess.TARGET, portal, Isid.random(0x1234, 1))
        .withOffer(OFFER)
        .withTimers(QUICK);
  }

  private SessionSettings settings() {
    return settings(tgtd.portal());
  }

  private NettySession open(SessionSettings settings, Recorder recorder) {
    NettySession session =
        NettySession.open(loops, loops.next(), settings, PortalResolver.direct(), recorder);
    sessions.add(session);
    return session;
  }

  private NettySession up(SessionSettings settings, Recorder recorder) {
    NettySession session = open(settings, recorder);
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(
            () -> {
              assertThat(recorder.ends).isEmpty();
              assertThat(recorder.ups).hasSize(1);
            });
    return session;
  }

  /** A future that completes with the task's outcome. */
  private static final class Answer extends CompletableFuture<TaskOutcome> implements TaskListener {
    @Override
    public void completed(TaskOutcome outcome, long nowNs) {
      complete(outcome);
    }

    TaskOutcome await() throws Exception {
      return get(15, TimeUnit.SECONDS);
    }

    ScsiResult result() throws Exception {
      TaskOutcome outcome = await();
      assertThat(outcome).isInstanceOf(ScsiResult.class);
      return (ScsiResult) outcome;
    }
  }

  private static ByteBuffer rw10(int operation, int lba, int blocks) {
    return ByteBuffer.allocate(10)
        .put((byte) operation)
        .put((byte) 0)
        .putInt(lba)
        .put((byte) 0)
        .putShort((short) blocks)
        .put((byte) 0)
        .flip();
  }

  private static Answer write(NettySession session, int lba, ByteBuffer data) {
    Answer answer = new Answer();
    session.submit(ScsiTask.write(LUN_1, rw10(0x2a, lba, data.remaining() / BLOCK), data, answer));
    return answer;
  }

  private static Answer read(NettySession session, int lba, int blocks) {
    Answer answer = new Answer();
    session.submit(ScsiTask.read(LUN_1, rw10(0x28, lba, blocks), blocks * BLOCK, answer));
    return answer;
  }

  /** Each nexus is met by one unit attention; it is no failure. */
  private static NettySession ready(NettySession session) throws Exception {
    ScsiResult result = null;
    for (int i = 0; i < 4 && (result == null || !result.good()); i++) {
      Answer answer = new Answer();
      session.submit(ScsiTask.nonData(LUN_1, ByteBuffer.allocate(6), answer));
      result = answer.result();
    }
    assertThat(result).isNotNull().matches(ScsiResult::good);
    return session;
  }

  private static ByteBuffer pattern(int bytes, long seed) {
    byte[] content = new byte[bytes];
    new Random(seed).nextBytes(content);
    return ByteBuffer.wrap(content);
  }

  static Stream<NegotiationOffer> offers() {
    return Stream.of(
        OFFER,
        OFFER.withDigests(DigestPolicy.CRC32C, DigestPolicy.CRC32C),
        OFFER.withDigests(DigestPolicy.CRC32C, DigestPolicy.NONE),
        OFFER.withDigests(DigestPolicy.NONE, DigestPolicy.CRC32C),
        OFFER.withUnsolicitedData(true, true),
        OFFER.withUnsolicitedData(true, false),
        OFFER.withUnsolicitedData(false, false),
        OFFER.withLengths(4096, 1024, 8192),
        NegotiationOffer.defaults());
  }

  @ParameterizedTest
  @MethodSource("offers")
  void whatIsWrittenIsReadBack(NegotiationOffer offer) throws Exception {
    if (offer.headerDigest() == DigestPolicy.CRC32C || offer.dataDigest() == DigestPolicy.CRC32C) {
      tgtd.allowDigests();
    }
    Recorder recorder = new Recorder();
    NettySession session = ready(up(settings().withOffer(offer), recorder));
    assertThat(recorder.ups.get(0).digests())
        .isEqualTo(
            new Digests(
                offer.headerDigest() == DigestPolicy.CRC32C,
                offer.dataDigest() == DigestPolicy.CRC32C));
    int lba = 0;
    for (int bytes : new int[] {512, 4096, 65_536, 300 * 1024, 2 << 20}) {
      ByteBuffer data = pattern(bytes, bytes);
      assertThat(write(session, lba, data).result().good()).isTrue();
      ScsiResult back = read(session, lba, bytes / BLOCK).result();
      assertThat(back.good()).isTrue();
      assertThat(back.data()).isEqualTo(data);
      lba += bytes / BLOCK;
    }
    session.logout().get(5, TimeUnit.SECONDS);
    assertThat(recorder.ends)
        .extracting(SessionFailure::reason)
        .containsExactly(SessionFailure.Reason.CLOSED);
    assertThat(recorder.downs).isEmpty();
  }

  @Test
  void manyCommandsAtOnceAreAllAnswered() throws Exception {
    NettySession session = ready(up(settings(), new Recorder()));
    ByteBuffer data = pattern(1 << 20, 7);
    assertThat(write(session, 0, data).result().good()).isTrue();
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      answers.add(read(session, i % 256 * 8, 8));
    }
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).result().data()).isEqualTo(data.slice(i % 256 * 4096, 4096));
    }
  }

  @Test
  void aShortReadTellsItsResidual() throws Exception {
    NettySession session = ready(up(settings(), new Recorder()));
    Answer answer = new Answer();
    ByteBuffer inquiry = ByteBuffer.wrap(new byte[] {0x12, 0, 0, 0x02, 0, 0});
    session.submit(ScsiTask.read(LUN_1, inquiry, 512, answer));
    ScsiResult result = answer.result();
    assertThat(result.good()).isTrue();
    assertThat(result.residual()).isEqualTo(512 - result.data().remaining()).isPositive();
    assertThat(result.data().get(0) & 0x1f).isZero();
  }

  @Test
  void aReadBeyondTheEndComesWithSense() throws Exception {
    NettySession session = ready(up(settings(), new Recorder()));
    ScsiResult result = read(session, TgtdProcess.DISK_BYTES / BLOCK + 8, 8).result();
    assertThat(result.status()).isEqualTo(ScsiResult.CHECK_CONDITION);
    // Fixed format: sense key 5, ASC 21h LOGICAL BLOCK ADDRESS OUT OF RANGE.
    assertThat(result.sense().get(2) & 0x0f).isEqualTo(5);
    assertThat(result.sense().get(12)).isEqualTo((byte) 0x21);
  }

  @Test
  void discoveryFindsTheTarget() throws Exception {
    List<SendTargets.Target> found =
        Discovery.sendTargets(
                loops,
                loops.next(),
                SessionSettings.discovery(INITIATOR, tgtd.portal(), Isid.random(1, 2)),
                PortalResolver.direct())
            .get(5, TimeUnit.SECONDS);
    assertThat(found).hasSize(1);
    assertThat(found.get(0).name()).isEqualTo(TgtdProcess.TARGET);
    assertThat(found.get(0).addresses()).extracting(Portal::of).containsExactly(tgtd.portal());
    assertThat(found.get(0).addresses().get(0).portalGroupTag()).hasValue(1);
  }

  @Test
  void discoveryOfAClosedPortFails() {
    tgtd.kill();
    assertThatThrownBy(
            () ->
                Discovery.sendTargets(
                        loops,
                        loops.next(),
                        SessionSettings.discovery(INITIATOR, tgtd.portal(), Isid.random(1, 2)),
                        PortalResolver.direct())
                    .get(5, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            DiscoveryException.class,
            e ->
                assertThat(((ConnectionFailure) e.failure()).reason())
                    .isEqualTo(ConnectionFailure.Reason.REFUSED));
  }

  @Test
  void chapOneWay() throws Exception {
    tgtd.account("host1", "a secret of the host", false);
    ready(
        up(
            settings()
                .withChap(
                    ChapSettings.oneWay(new ChapCredentials("host1", "a secret of the host"))),
            new Recorder()));
  }

  @Test
  void chapMutual() throws Exception {
    tgtd.account("host1", "a secret of the host", false);
    tgtd.account("array", "a secret of the array", true);
    ready(
        up(
            settings()
                .withChap(
                    ChapSettings.mutual(
                        new ChapCredentials("host1", "a secret of the host"),
                        new ChapCredentials("array", "a secret of the array"))),
            new Recorder()));
  }

  @Test
  void theWrongSecretIsAnAuthenticationFailure() {
    tgtd.account("host1", "a secret of the host", false);
    Recorder recorder = new Recorder();
    open(
        settings().withChap(ChapSettings.oneWay(new ChapCredentials("host1", "another secret"))),
        recorder);
    await().atMost(Duration.ofSeconds(5)).until(() -> !recorder.ends.isEmpty());
    assertThat(recorder.ends)
        .extracting(SessionFailure::reason)
        .containsExactly(SessionFailure.Reason.AUTHENTICATION_FAILED);
  }

  @Test
  void aTargetThatProvesItselfWronglyIsRefused() {
    tgtd.account("host1", "a secret of the host", false);
    tgtd.account("array", "a secret of the array", true);
    Recorder recorder = new Recorder();
    open(
        settings()
            .withChap(
                ChapSettings.mutual(
                    new ChapCredentials("host1", "a secret of the host"),
                    new ChapCredentials("array", "not the array's secret"))),
        recorder);
    await().atMost(Duration.ofSeconds(5)).until(() -> !recorder.ends.isEmpty());
    assertThat(recorder.ends.get(0).reason())
        .isEqualTo(SessionFailure.Reason.AUTHENTICATION_FAILED);
    assertThat(recorder.ends.get(0).text()).contains("LOGIN_RESPONSE: CHAP_R: is wrong");
  }

  @Test
  void anUnknownTargetIsTriedAgain() {
    Recorder recorder = new Recorder();
    open(
        SessionSettings.normal(
                INITIATOR, "iqn.2026-11.io.pathproof:no", tgtd.portal(), Isid.random(1, 1))
            .withTimers(QUICK),
        recorder);
    await().atMost(Duration.ofSeconds(5)).until(() -> recorder.loginFailures().size() >= 2);
    assertThat(((ConnectionFailure) recorder.loginFailures().get(0)).reason())
        .isEqualTo(ConnectionFailure.Reason.LOGIN_REFUSED);
    assertThat(recorder.ends).isEmpty();
  }

  @Test
  void aFrozenTargetIsFoundByNopAndComesBack() throws Exception {
    Recorder recorder = new Recorder();
    NettySession session = ready(up(settings(), recorder));
    tgtd.freeze();
    Answer lost = write(session, 0, pattern(4096, 1));
    await().atMost(Duration.ofSeconds(5)).until(() -> recorder.downs.size() == 1);
    assertThat(((ConnectionFailure) recorder.downs.get(0)).reason())
        .isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
    assertThat(lost.await())
        .isInstanceOfSatisfying(ConnectionFailure.class, f -> assertThat(f.sent()).isTrue());
    tgtd.thaw();
    await().atMost(Duration.ofSeconds(10)).until(() -> recorder.ups.size() == 2);
    ready(session);
  }

  /** Its machine goes on acknowledging what is sent, behind the ping too. */
  @Test
  void aFrozenTargetIsFoundInTimeWhileCommandsAreSentToIt() throws Exception {
    Recorder recorder = new Recorder();
    SessionTimers timers = SessionTimers.ofMillis(5_000, 500, 500, 30_000, 1_000, 0, 10_000);
    NettySession session = ready(up(settings().withTimers(timers), recorder));
    ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
    try {
      sender.scheduleAtFixedRate(() -> read(session, 0, 1), 0, 10, TimeUnit.MILLISECONDS);
      tgtd.freeze();
      long frozenNs = System.nanoTime();
      await()
          .pollInterval(Duration.ofMillis(10))
          .atMost(Duration.ofSeconds(5))
          .until(() -> recorder.downs.size() == 1);
      assertThat(Duration.ofNanos(System.nanoTime() - frozenNs))
          // interval and timeout make 1 s; a busy machine's own lateness is credited to the target
          .isBetween(Duration.ofMillis(900), Duration.ofMillis(2_500));
    } finally {
      sender.shutdownNow();
      tgtd.thaw();
    }
  }

  @Test
  void aKilledTargetIsReconnectedToWhenItIsBack() throws Exception {
    Recorder recorder = new Recorder();
    NettySession session = ready(up(settings(), recorder));
    tgtd.kill();
    await().atMost(Duration.ofSeconds(5)).until(() -> recorder.downs.size() == 1);
    assertThat(((ConnectionFailure) recorder.downs.get(0)).reason())
        .isIn(ConnectionFailure.Reason.CLOSED_BY_TARGET, ConnectionFailure.Reason.RESET);
    assertThat(((ConnectionFailure) read(session, 0, 8).await()))
        .matches(f -> !f.sent())
        .matches(f -> f.reason() == ConnectionFailure.Reason.NOT_CONNECTED);
    await().atMost(Duration.ofSeconds(5)).until(() -> !recorder.loginFailures().isEmpty());
    tgtd.start();
    await().atMost(Duration.ofSeconds(10)).until(() -> recorder.ups.size() == 2);
    ready(session);
  }

  @Test
  void cancelledCommandsEndAndTheSessionLives() throws Exception {
    Recorder recorder = new Recorder();
    NettySession session = ready(up(settings(), recorder));
    List<Answer> answers = new ArrayList<>();
    List<ScsiTask> tasks = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      Answer answer = new Answer();
      answers.add(answer);
      tasks.add(ScsiTask.read(LUN_1, rw10(0x28, 0, 512), 512 * BLOCK, answer));
    }
    session
        .eventLoop()
        .execute(
            () -> {
              tasks.forEach(session::submit);
              tasks.forEach(session::cancel);
            });
    for (Answer answer : answers) {
      TaskOutcome outcome = answer.await();
      if (!(outcome instanceof ScsiResult)) {
        assertThat(((TaskFailure) outcome).reason()).isEqualTo(TaskFailure.Reason.CANCELLED);
      }
    }
    ready(session);
    assertThat(recorder.downs).isEmpty();
    assertThat(recorder.events)
        .anyMatch(io.pathproof.initiator.session.SessionEvent.AbortSent.class::isInstance);
  }

  @Test
  void aLogicalUnitResetIsAnswered() throws Exception {
    NettySession session = ready(up(settings(), new Recorder()));
    CompletableFuture<TaskManagementResult> answer = new CompletableFuture<>();
    session.manage(
        new TaskManagement(
            TaskManagementFunction.LOGICAL_UNIT_RESET,
            LUN_1,
            new TaskManagement.Listener() {
              @Override
              public void answered(TaskManagementResult result, long nowNs) {
                answer.complete(result);
              }

              @Override
              public void failed(io.pathproof.initiator.session.Failure failure, long nowNs) {
                answer.completeExceptionally(new AssertionError(failure));
              }
            }));
    assertThat(answer.get(5, TimeUnit.SECONDS)).isEqualTo(TaskManagementResult.FUNCTION_COMPLETE);
  }

  @Test
  void noLinkToThePortalIsUnreachable() throws TimeoutException {
    Recorder recorder = new Recorder();
    sessions.add(
        NettySession.open(
            loops, loops.next(), settings(), portal -> java.util.Optional.empty(), recorder));
    await().atMost(Duration.ofSeconds(5)).until(() -> recorder.loginFailures().size() >= 2);
    assertThat(recorder.loginFailures().get(0).text())
        .isEqualTo("no link leads to " + tgtd.portal());
    assertThat(sessions.get(0).state()).isNotEqualTo(SessionState.FREE);
  }

  @Test
  void theFallbackToNioCarriesIoToo() throws Exception {
    try (EventLoops nio = new EventLoops(1, false)) {
      assertThat(nio.transport()).isEqualTo("nio");
      Recorder recorder = new Recorder();
      NettySession session =
          NettySession.open(nio, nio.next(), settings(), PortalResolver.direct(), recorder);
      await().atMost(Duration.ofSeconds(5)).until(() -> recorder.ups.size() == 1);
      ready(session);
      ByteBuffer data = pattern(65_536, 3);
      assertThat(write(session, 0, data).result().good()).isTrue();
      assertThat(read(session, 0, 128).result().data()).isEqualTo(data);
      session.logout().get(5, TimeUnit.SECONDS);
    }
  }
}
