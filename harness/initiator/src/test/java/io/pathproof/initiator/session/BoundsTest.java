package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.PORTAL;
import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.LoginStage;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TextRequest;
import io.pathproof.protocol.iscsi.TextResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How much a target can have us keep, and for how long it can keep us busy. */
class BoundsTest {
  private static final int KIB_64 = 65_536;

  private final List<SendTargets.Target> found = new ArrayList<>();
  private final List<Failure> failures = new ArrayList<>();

  /** A discovery session that has asked for targets. */
  private ScriptedTarget asked() {
    ScriptedTarget target =
        new ScriptedTarget(SessionSettings.discovery("iqn.test:host", PORTAL, ScriptedTarget.ISID));
    target.core.start(target.nowNs);
    target.login();
    target.core.sendTargets(
        new TargetsListener() {
          @Override
          public void found(List<SendTargets.Target> targets, long nowNs) {
            found.addAll(targets);
          }

          @Override
          public void failed(Failure failure, long nowNs) {
            failures.add(failure);
          }
        },
        target.nowNs);
    return target;
  }

  /** Answers the question, or what asks for more of the answer. */
  private static void answer(ScriptedTarget target, ByteBuffer data, boolean last) {
    TextRequest request = target.text();
    target.receive(
        new TextResponse(
            last,
            false,
            0,
            request.initiatorTaskTag(),
            last ? Pdu.RESERVED_TAG : 0x4711,
            target.statSn++,
            target.expCmdSn,
            target.maxCmdSn(),
            data));
  }

  @Test
  @DisplayName("An answer to SendTargets has 4,096 parts at most, empty ones too")
  void anAnswerWithoutEndIsGivenUp() {
    ScriptedTarget target = asked();
    for (int part = 0; part < 4_096; part++) {
      answer(target, Pdu.NO_DATA, false);
    }
    assertThat(target.downs).isEmpty();
    answer(target, Pdu.NO_DATA, false);
    assertThat(((ConnectionFailure) target.downs.get(0)).text())
        .isEqualTo("TEXT_RESPONSE: F: is 0 in more than 4096 parts of one answer");
    assertThat(failures).hasSize(1);
    assertThat(found).isEmpty();
  }

  @Test
  @DisplayName("An answer to SendTargets has 4 MiB at most")
  void anAnswerThatIsTooLongIsGivenUp() {
    ScriptedTarget target = asked();
    for (int part = 0; part < 64; part++) {
      answer(target, ByteBuffer.allocate(KIB_64), false);
    }
    assertThat(target.downs).isEmpty();
    answer(target, ByteBuffer.allocate(1), true);
    assertThat(((ConnectionFailure) target.downs.get(0)).text())
        .startsWith("TEXT_RESPONSE: C: 4194305 bytes are more than 4194304");
    assertThat(failures).hasSize(1);
  }

  private static LoginResponse part(ScriptedTarget target, int bytes) {
    LoginResponse of =
        target.response(
            target.next(LoginRequest.class),
            false,
            LoginStage.SECURITY_NEGOTIATION,
            0,
            KeyValues.empty());
    return ScriptedTarget.withData(of, true, ByteBuffer.allocate(bytes));
  }

  @Test
  @DisplayName("A text of a login has 64 KiB at most")
  void aLoginThatSaysTooMuchIsGivenUp() {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    for (int bytes = 0; bytes < KIB_64; bytes += 8_192) {
      target.receive(part(target, 8_192));
    }
    assertThat(target.ends).isEmpty();
    target.receive(part(target, 1));
    assertThat(target.ends.get(0).text())
        .startsWith("LOGIN_RESPONSE: C: 65537 bytes are more than 65536");
  }

  @Test
  @DisplayName("The login timeout is for all of a login, however soon each answer comes")
  void aLoginThatIsAnsweredBitByBitTimesOut() {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    for (int part = 0; part < 2; part++) {
      target.pass(400);
      target.receive(part(target, 0));
    }
    target.pass(199);
    assertThat(target.disconnects).isEmpty();
    target.pass(1);
    Failure failure = target.events(SessionEvent.LoginFailed.class).get(0).failure();
    assertThat(((ConnectionFailure) failure).reason())
        .isEqualTo(ConnectionFailure.Reason.LOGIN_TIMED_OUT);
    assertThat(target.disconnects).hasSize(1);
  }

  @Test
  @DisplayName("Of the challenges that were posed the last 64 are known, over all connections")
  void theMemoryOfChallengesIsBounded() {
    ChallengeMemory memory = new ChallengeMemory();
    for (int posed = 0; posed < 100; posed++) {
      memory.remember(new byte[] {(byte) posed});
    }
    assertThat(memory.posed(new byte[] {99})).isTrue();
    assertThat(memory.posed(new byte[] {36})).isTrue();
    assertThat(memory.posed(new byte[] {35})).isFalse();
  }
}
