package io.pathproof.interoperability;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.session.ChapCredentials;
import io.pathproof.initiator.session.ChapSettings;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.NegotiationOffer;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.initiator.session.TaskFailure;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Isid;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.R2t;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.scsi.Lun;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Targets that say what no target may say, over sockets: what ends of it (the task, the connection,
 * the session), and the message, which names the PDU and the field. The cores' own tests have many
 * more such PDUs; these show that nothing is lost on the way from the socket.
 */
@Timeout(60)
class BadTargetTest {
  private static final Portal PORTAL = new Portal("10.0.0.1", 3260);
  private static final String CHALLENGE = "0x000102030405060708090a0b0c0d0e0f";
  private static final int LENGTH = 512;

  private final EventLoops loops = new EventLoops(1);
  private PlayedTarget target;
  private OpenSession session;

  @AfterEach
  void close() throws IOException {
    session.close();
    loops.close();
    target.close();
  }

  private static SessionSettings settings() {
    return SessionSettings.normal(
            "iqn.2026-11.io.pathproof:host",
            "iqn.2026-11.io.pathproof:bad",
            PORTAL,
            Isid.random(1, 1))
        .withOffer(NegotiationOffer.defaults().withTime2Wait(0))
        .withTimers(SessionTimers.ofMillis(300, 0, 1_000, 10_000, 5_000, 0, 20));
  }

  private void play(SessionSettings settings, PlayedTarget.Script script) throws IOException {
    target = new PlayedTarget(script);
    InetSocketAddress at = target.address();
    // wherever it is sent, it comes to this target
    session = new OpenSession(loops, settings, portal -> Optional.of(at), Lun.of(1).raw());
  }

  // ---- the connection ends, and the session is back

  /** Answers a read wrongly. */
  @FunctionalInterface
  private interface Wrong {
    void answer(PlayedTarget.Connection connection, ScsiCommand read)
        throws IOException, ProtocolException;
  }

  private static Arguments wrong(String what, ConnectionFailure.Reason why, String text, Wrong w) {
    return Arguments.of(what, why, text, w);
  }

  /** A Data-In for the read, with one byte of its header another. */
  private static ByteBuffer patched(
      PlayedTarget.Connection connection, ScsiCommand read, int at, int with) {
    ByteBuffer bytes = connection.bytes(connection.dataIn(read, 0, 0, LENGTH));
    return bytes.put(bytes.position() + at, (byte) with);
  }

  static Stream<Arguments> wrongAnswers() {
    ConnectionFailure.Reason breach = ConnectionFailure.Reason.PROTOCOL_ERROR;
    return Stream.of(
        wrong(
            "garbage",
            breach,
            "opcode 0x3e: opcode at byte 0: is not defined by RFC 7143 [UNKNOWN_OPCODE]",
            (c, read) -> c.send(patched(c, read, 0, 0x3e))),
        wrong(
            "truncated",
            ConnectionFailure.Reason.CLOSED_BY_TARGET,
            "closed by the target inside a PDU",
            (c, read) -> {
              c.send(patched(c, read, 0, 0x25).limit(100));
              throw new IOException("closed");
            }),
        wrong(
            "oversized",
            breach,
            "DATA_IN: DataSegmentLength at byte 5: 16711680 bytes are more than the 262144 that were"
                + " declared [TOO_LONG]",
            (c, read) -> c.send(patched(c, read, 5, 0xff).put(6, (byte) 0).put(7, (byte) 0))),
        wrong(
            "lying length of additional headers",
            breach,
            "DATA_IN: TotalAHSLength at byte 4: is for SCSI Commands only [FORMAT]",
            (c, read) -> {
              c.send(patched(c, read, 4, 5));
              c.send(ByteBuffer.allocate(20));
            }),
        wrong(
            "more than was asked for",
            breach,
            "DATA_IN: DataSegmentLength: bytes 0 to 513 of 512",
            (c, read) -> c.send(c.dataIn(read, 0, 0, LENGTH + 1))),
        wrong(
            "out of order",
            breach,
            "DATA_IN: DataSN: 1, expected 0",
            (c, read) -> c.send(c.dataIn(read, 1, 0, LENGTH))),
        wrong(
            "wrong tag",
            breach,
            "SCSI_RESPONSE: Initiator Task Tag: 0x00abcdef belongs to nothing that is under way",
            (c, read) -> c.send(c.status(0x00abcdef))),
        wrong(
            "R2T for a read",
            breach,
            "R2T: Initiator Task Tag: 0x%08x belongs to a command that does not write",
            (c, read) ->
                c.send(
                    new R2t(
                        read.lun(),
                        read.initiatorTaskTag(),
                        1,
                        c.statSn,
                        c.expCmdSn,
                        c.maxCmdSn(),
                        0,
                        0,
                        LENGTH))),
        wrong(
            "StatSN that leaves a gap",
            breach,
            "DATA_IN: StatSN: 0x00000007, expected 0x00000003",
            (c, read) -> {
              c.statSn += 4;
              c.send(c.dataIn(read, 0, 0, LENGTH));
            }));
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("wrongAnswers")
  @DisplayName("The connection ends with its tasks, the message says why, and the session is back")
  void theConnectionEnds(String what, ConnectionFailure.Reason reason, String text, Wrong wrong)
      throws Exception {
    AtomicReference<ScsiCommand> first = new AtomicReference<>();
    play(
        settings(),
        (connection, attempt) -> {
          connection.login();
          if (attempt == 0) {
            first.set(connection.command());
            wrong.answer(connection, first.get());
            connection.silence();
          } else {
            connection.serveReads();
          }
        });
    session.up();
    ConnectionFailure lost = (ConnectionFailure) OpenSession.get(session.read(0, LENGTH));
    assertThat(lost.reason()).isEqualTo(reason);
    assertThat(lost.text()).isEqualTo(text.formatted(first.get().initiatorTaskTag()));
    assertThat(lost.sent()).isTrue();
    assertThat(session.down().text()).isEqualTo(lost.text());
    session.up();
    assertThat(((ScsiResult) OpenSession.get(session.read(0, LENGTH))).good()).isTrue();
    assertThat(session.downs).isEmpty();
    assertThat(session.ends).isEmpty();
  }

  // ---- the task ends alone

  @Test
  @DisplayName("A residual that does not fit ends the task alone, and the connection goes on")
  void theTaskEndsAlone() throws Exception {
    play(
        settings(),
        (connection, attempt) -> {
          connection.login();
          connection.send(connection.status(connection.command().initiatorTaskTag()));
          connection.serveReads();
        });
    session.up();
    TaskFailure failure = (TaskFailure) OpenSession.get(session.read(0, LENGTH));
    assertThat(failure.reason()).isEqualTo(TaskFailure.Reason.DATA_LOST);
    assertThat(failure.text())
        .isEqualTo(
            "SCSI_RESPONSE: Residual Count: 0 of 512 bytes make 512, but 0 were transferred, and"
                + " the status is GOOD");
    assertThat(((ScsiResult) OpenSession.get(session.read(0, LENGTH))).good()).isTrue();
    assertThat(session.downs).isEmpty();
  }

  // ---- logins

  private Failure loginFailed() throws InterruptedException {
    while (true) {
      SessionEvent event = session.events.poll(20, TimeUnit.SECONDS);
      assertThat(event).as("a login that failed").isNotNull();
      if (event instanceof SessionEvent.LoginFailed failed) {
        return failed.failure();
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "silence, LOGIN_TIMED_OUT, 'connected, but not logged in within 300 ms'",
    "greeting, PROTOCOL_ERROR, 'first PDU: Opcode at byte 0: no target begins with"
        + " \"220 mail ready\" [UNKNOWN_OPCODE]'",
    "half an answer, CLOSED_BY_TARGET, 'closed by the target inside a PDU'",
    "a command's answer, PROTOCOL_ERROR, 'SCSI_RESPONSE: opcode: has no place in a login'",
  })
  @DisplayName("A login that comes to nothing is told and tried again, and then succeeds")
  void aLoginThatComesToNothingIsTriedAgain(
      String what, ConnectionFailure.Reason reason, String text) throws Exception {
    play(
        settings(),
        (connection, attempt) -> {
          if (attempt > 0) {
            connection.login();
            connection.serveReads();
            return;
          }
          LoginRequest request = connection.next(LoginRequest.class);
          switch (what) {
            case "silence" -> connection.silence();
            case "greeting" -> {
              connection.send("220 mail ready\r\n");
              connection.silence();
            }
            case "half an answer" ->
                connection.send(
                    connection.bytes(connection.response(request, 0, KeyValues.empty())).limit(20));
            default -> {
              connection.send(connection.status(request.initiatorTaskTag()));
              connection.silence();
            }
          }
        });
    ConnectionFailure failure = (ConnectionFailure) loginFailed();
    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure.text()).isEqualTo(text);
    session.up();
    assertThat(session.ends).isEmpty();
  }

  private SessionFailure ends(SessionFailure.Reason reason) throws InterruptedException {
    SessionFailure end = session.end();
    assertThat(end.reason()).isEqualTo(reason);
    assertThat(session.ups).isEmpty();
    return end;
  }

  @Test
  @DisplayName("Redirections in a loop end the session, and the message tells the way")
  void aRedirectLoopEndsTheSession() throws Exception {
    play(
        settings(),
        (connection, attempt) ->
            connection.answer(
                0x0101,
                KeyValues.empty()
                    .with("TargetAddress", attempt % 2 == 0 ? "10.0.0.2:3260" : "10.0.0.1:3260")));
    assertThat(ends(SessionFailure.Reason.REDIRECT_LOOP).text())
        .isEqualTo(
            "LOGIN_RESPONSE: TargetAddress: redirected in a loop:"
                + " 10.0.0.1:3260 -> 10.0.0.2:3260 -> 10.0.0.1:3260");
  }

  @Test
  @DisplayName("Redirections without end are left after eight")
  void redirectionsWithoutEndAreLeft() throws Exception {
    play(
        settings(),
        (connection, attempt) ->
            connection.answer(
                0x0101, KeyValues.empty().with("TargetAddress", "10.0.1." + attempt)));
    assertThat(ends(SessionFailure.Reason.REDIRECT_LOOP).text())
        .startsWith("LOGIN_RESPONSE: TargetAddress: more than 8 redirections: 10.0.0.1:3260 -> ")
        .endsWith("10.0.1.8:3260");
  }

  @Test
  @DisplayName("A redirection to nowhere ends the session")
  void aRedirectionToNowhereEndsTheSession() throws Exception {
    play(
        settings(),
        (connection, attempt) ->
            connection.answer(0x0102, KeyValues.empty().with("TargetAddress", "10.0.0.2:65536")));
    assertThat(ends(SessionFailure.Reason.REDIRECT_MALFORMED).text())
        .startsWith("LOGIN_RESPONSE: TargetAddress: ");
  }

  // ---- CHAP

  private static SessionSettings mutual() {
    return settings()
        .withChap(
            ChapSettings.mutual(
                new ChapCredentials("host", "a secret of host"),
                new ChapCredentials("array", "secret of array")));
  }

  /** Poses a challenge; gives what the initiator says to it. */
  private static KeyValues pose(PlayedTarget.Connection connection, String challenge)
      throws IOException, ProtocolException {
    connection.answer(0, KeyValues.empty().with("AuthMethod", "CHAP"));
    connection.answer(
        0, KeyValues.empty().with("CHAP_A", "5").with("CHAP_I", "1").with("CHAP_C", challenge));
    return KeyValues.decode(connection.next(LoginRequest.class).data());
  }

  @Test
  @DisplayName("A target that poses the challenge that it was posed before is not answered")
  void aReflectedChallengeEndsTheSession() throws Exception {
    AtomicReference<String> posed = new AtomicReference<>();
    play(
        mutual(),
        (connection, attempt) -> {
          if (attempt == 0) {
            posed.set(pose(connection, CHALLENGE).get("CHAP_C").orElseThrow());
          } else {
            pose(connection, posed.get());
          }
        });
    assertThat(ends(SessionFailure.Reason.AUTHENTICATION_FAILED).text())
        .startsWith("LOGIN_RESPONSE: CHAP_C: is one of our own challenges");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "own, array, 'CHAP_R: is our own response'",
    "0x00112233445566778899aabbccddeeff, array, 'CHAP_R: is wrong'",
    "own, hoax, 'CHAP_N: ''hoax'', expected ''array'''",
    "none, array, 'CHAP_R: is missing: the target did not prove itself'",
  })
  @DisplayName("A target that does not prove itself ends the session")
  void aTargetThatDoesNotProveItselfEndsTheSession(String response, String name, String text)
      throws Exception {
    play(
        mutual(),
        (connection, attempt) -> {
          connection.answer(0, KeyValues.empty().with("AuthMethod", "CHAP"));
          connection.answer(
              0,
              KeyValues.empty().with("CHAP_A", "5").with("CHAP_I", "1").with("CHAP_C", CHALLENGE));
          LoginRequest proof = connection.next(LoginRequest.class);
          String own = KeyValues.decode(proof.data()).get("CHAP_R").orElseThrow();
          KeyValues answer =
              response.equals("none")
                  ? KeyValues.empty()
                  : KeyValues.empty()
                      .with("CHAP_N", name)
                      .with("CHAP_R", response.equals("own") ? own : response);
          connection.send(connection.response(proof, 0, answer));
          connection.silence();
        });
    assertThat(ends(SessionFailure.Reason.AUTHENTICATION_FAILED).text())
        .isEqualTo("LOGIN_RESPONSE: " + text);
  }
}
