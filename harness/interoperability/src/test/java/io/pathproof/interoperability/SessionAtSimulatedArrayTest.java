package io.pathproof.interoperability;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.DigestPolicy;
import io.pathproof.initiator.session.NegotiationOffer;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionParameters;
import io.pathproof.initiator.session.TaskFailure;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import io.pathproof.targets.array.system.ArrayConfig;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
  private static final int LENGTH = 4096;

  private ArrayRig rig;
  private OpenSession session;

  private void start() {
    rig = new ArrayRig();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private SessionParameters open(
      Portal portal, NegotiationOffer offer, Optional<InetSocketAddress> nearEnd)
      throws InterruptedException {
    session = rig.open(portal, offer, nearEnd);
    return session.up();
  }

  private static byte[] pattern() {
    byte[] bytes = new byte[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      bytes[i] = (byte) (i * 31 + i / 256);
    }
    return bytes;
  }

  @Test
  @DisplayName("A login that forgoes the security stage, and is redirected, is logged in")
  void aLoginForgoesTheSecurityStage() throws Exception {
    rig = new ArrayRig(new ArrayConfig.Redirect(ArrayConfig.Policy.ALWAYS, false));
    SessionParameters up =
        open(
            ArrayRig.VIRTUAL, NegotiationOffer.defaults().withoutSecurityStage(), Optional.empty());
    assertThat(up.portal()).isIn(ArrayRig.PORT, ArrayRig.OTHER_PORT);
    session.attentions();
    assertThat(((ScsiResult) OpenSession.get(session.read(0, LENGTH))).good()).isTrue();
  }

  // ---- digests

  @ParameterizedTest(name = "header {0}, data {1}")
  @CsvSource({"true, true", "true, false", "false, true"})
  @DisplayName("What is written under digests is read back")
  void whatIsWrittenUnderDigestsIsReadBack(boolean header, boolean data) throws Exception {
    start();
    NegotiationOffer offer = NegotiationOffer.defaults().withDigests(policy(header), policy(data));
    assertThat(open(ArrayRig.PORT, offer, Optional.empty()).digests())
        .isEqualTo(new Digests(header, data));
    session.attentions();
    assertThat(((ScsiResult) OpenSession.get(session.write(0, pattern()))).good()).isTrue();
    assertThat(((ScsiResult) OpenSession.get(session.read(0, LENGTH))).data())
        .isEqualTo(ByteBuffer.wrap(pattern()));
    assertThat(rig.stored("vol1", 0, LENGTH)).isEqualTo(ByteBuffer.wrap(pattern()));
    assertThat(session.downs).isEmpty();
  }

  private static DigestPolicy policy(boolean wanted) {
    return wanted ? DigestPolicy.CRC32C : DigestPolicy.NONE;
  }

  @ParameterizedTest(name = "byte {0} of a Data-In changed: {1}")
  @CsvSource({"20, Header-Digest", "100, Data-Digest"})
  @DisplayName("A wrong digest ends the connection and its tasks, and the session is back")
  void aWrongDigestEndsTheConnection(int at, String which) throws Exception {
    start();
    try (Way way = new Way(rig.where(ArrayRig.PORT))) {
      NegotiationOffer offer =
          NegotiationOffer.defaults().withDigests(DigestPolicy.CRC32C, DigestPolicy.CRC32C);
      open(ArrayRig.PORT, offer, Optional.of(way.nearEnd()));
      session.attentions();
      way.spoilBack(at);
      ConnectionFailure lost = (ConnectionFailure) OpenSession.get(session.read(0, LENGTH));
      assertThat(lost.sent()).isTrue();
      assertThat(lost.reason()).isEqualTo(ConnectionFailure.Reason.DIGEST_ERROR);
      assertThat(lost.text()).startsWithIgnoringCase("DATA_IN: " + which);
      assertThat(session.down().text()).isEqualTo(lost.text());
      session.up();
      session.attentions();
      assertThat(session.downs).isEmpty();
      session.close();
    }
  }

  // ---- task management

  @ParameterizedTest
  @EnumSource(
      names = {"ABORT_TASK_SET", "CLEAR_TASK_SET", "LOGICAL_UNIT_RESET", "TARGET_WARM_RESET"})
  @DisplayName(
      "Task management is answered, each task before it ends once, and the session goes on")
  void taskManagementIsAnswered(TaskManagementFunction function) throws Exception {
    start();
    open(ArrayRig.PORT, NegotiationOffer.defaults(), Optional.empty());
    session.attentions();
    List<CompletableFuture<TaskOutcome>> before = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      before.add(session.read(0, LENGTH));
    }
    assertThat(session.manage(function)).isEqualTo(TaskManagementResult.FUNCTION_COMPLETE);
    for (CompletableFuture<TaskOutcome> each : before) {
      TaskOutcome outcome = OpenSession.get(each);
      if (outcome instanceof TaskFailure failure) {
        assertThat(failure.reason()).isEqualTo(TaskFailure.Reason.TERMINATED);
      } else {
        assertThat(((ScsiResult) outcome).good()).isTrue();
      }
    }
    boolean reset = function.name().endsWith("RESET");
    assertThat(session.attentions()).as("unit attentions").isEqualTo(reset ? 1 : 0);
    assertThat(session.downs).isEmpty();
  }

  @Test
  @DisplayName("A cold reset drops all connections, which is announced, and the session is back")
  void aColdResetEndsTheConnection() throws Exception {
    start();
    open(ArrayRig.PORT, NegotiationOffer.defaults(), Optional.empty());
    session.attentions();
    assertThat(session.manage(TaskManagementFunction.TARGET_COLD_RESET))
        .isEqualTo(TaskManagementResult.FUNCTION_COMPLETE);
    assertThat(session.down().reason()).isEqualTo(ConnectionFailure.Reason.DROPPED_BY_TARGET);
    session.up();
    assertThat(session.attentions()).isPositive();
  }

  // ---- redirections and asynchronous messages

  @ParameterizedTest(name = "permanent: {0}")
  @ValueSource(booleans = {false, true})
  @DisplayName("0x0101 holds for one login, 0x0102 for each later one")
  void redirectionsAreFollowed(boolean permanent) throws Exception {
    rig = new ArrayRig(new ArrayConfig.Redirect(ArrayConfig.Policy.ALWAYS, permanent));
    SessionParameters first = open(ArrayRig.VIRTUAL, NegotiationOffer.defaults(), Optional.empty());
    assertThat(first.portal()).isEqualTo(ArrayRig.OTHER_PORT);
    session.attentions();
    session.events.clear();
    rig.act("node1.b", "request-logout", "2");
    assertThat(session.down().reason()).isEqualTo(ConnectionFailure.Reason.LOGGED_OUT);
    session.up();
    session.attentions();
    assertThat(session.events).hasAtLeastOneElementOfType(SessionEvent.AsyncReceived.class);
    Optional<SessionEvent> connect =
        session.events.stream().filter(SessionEvent.Connecting.class::isInstance).findFirst();
    assertThat(connect)
        .contains(new SessionEvent.Connecting(permanent ? first.portal() : ArrayRig.VIRTUAL));
  }
}
