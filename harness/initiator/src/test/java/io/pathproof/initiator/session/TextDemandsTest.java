package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.PORTAL;
import static io.pathproof.initiator.session.ScriptedTarget.keys;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduEncoder;
import io.pathproof.protocol.iscsi.Reject;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementRequest;
import io.pathproof.protocol.iscsi.TaskManagementResponse;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import io.pathproof.protocol.iscsi.TextRequest;
import io.pathproof.protocol.iscsi.TextResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Demands of RFC 7143 on texts of the full feature phase, which no test of a feature shows. */
class TextDemandsTest {
  private final ScriptedTarget target = ScriptedTarget.up();

  private TextRequest asked() {
    target.receive(target.async(0, 4, 0, 0, 3, Pdu.NO_DATA));
    return target.next(TextRequest.class);
  }

  private TextResponse answer(TextRequest request, long lun, int tag, String text) {
    return new TextResponse(
        tag == Pdu.RESERVED_TAG,
        false,
        lun,
        request.initiatorTaskTag(),
        tag,
        target.statSn++,
        target.expCmdSn,
        target.maxCmdSn(),
        FuzzTarget.text(text));
  }

  private List<SessionEvent.ParametersChanged> changes() {
    return target.events(SessionEvent.ParametersChanged.class);
  }

  @Test
  @Tag("rfc7143:6.2-e")
  @Tag("rfc7143:11.10-b")
  @Tag("rfc7143:11.10-e")
  @DisplayName("The requests of one text have one tag, and go on with the target's tag and LUN")
  void aTextGoesOnWithTagAndLun() {
    TextRequest first = asked();
    target.receive(answer(first, 0x0005_0000_0000_0000L, 0x4711, ""));
    TextRequest second = target.next(TextRequest.class);
    assertThat(second.initiatorTaskTag()).isEqualTo(first.initiatorTaskTag());
    assertThat(second.immediate()).isEqualTo(first.immediate());
    assertThat(second.targetTransferTag()).isEqualTo(0x4711);
    assertThat(second.lun()).isEqualTo(0x0005_0000_0000_0000L);
    assertThat(List.of(first.continueBit(), second.continueBit())).containsOnly(false);
    assertThat(List.of(first.finalBit(), second.finalBit())).containsOnly(true);
  }

  @Test
  @Tag("rfc7143:11.10-c")
  @DisplayName("A Target Transfer Tag in the last answer is passed over")
  void aTagInTheLastAnswerIsPassedOver() {
    TextRequest first = asked();
    target.receive(
        new TextResponse(
            true,
            false,
            0,
            first.initiatorTaskTag(),
            0x4711,
            target.statSn++,
            target.expCmdSn,
            target.maxCmdSn(),
            Pdu.NO_DATA));
    assertThat(target.sent).isEmpty();
    assertThat(target.downs).isEmpty();
    assertThat(asked().targetTransferTag()).as("the next is a new one").isEqualTo(-1);
  }

  @Test
  @Tag("rfc7143:6.2-h")
  @DisplayName("What a negotiation agrees holds from its end on")
  void aNegotiationTakesEffectAtItsEnd() {
    TextRequest first = asked();
    target.receive(answer(first, 0, 0x4711, "MaxRecvDataSegmentLength=512\0"));
    assertThat(changes()).isEmpty();
    target.receive(answer(target.next(TextRequest.class), 0, Pdu.RESERVED_TAG, ""));
    assertThat(changes())
        .extracting(each -> each.parameters().maxSendDataSegmentLength())
        .containsExactly(512);
  }

  @Test
  @Tag("rfc7143:6.2-h")
  @DisplayName("Of a negotiation that fails nothing holds")
  void ofANegotiationThatFailsNothingHolds() {
    TextRequest first = asked();
    target.receive(answer(first, 0, 0x4711, "MaxRecvDataSegmentLength=512\0"));
    reject(target, target.next(TextRequest.class));
    assertThat(changes()).isEmpty();
    target.write(1_024);
    assertThat(target.command().data().remaining()).isEqualTo(1_024);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Tag("rfc7143:6.4-b")
  @DisplayName("A target that declares again in a negotiation has it all begun anew")
  void aNegotiationInWhichAKeyComesTwiceIsBegunAnew(boolean inOneText) {
    TextRequest first = asked();
    String twice = "MaxRecvDataSegmentLength=512\0";
    if (inOneText) {
      target.receive(answer(first, 0, 0x4711, twice + twice));
    } else {
      target.receive(answer(first, 0, 0x4711, twice));
      target.receive(answer(target.next(TextRequest.class), 0, 0x4712, twice));
    }
    TextRequest anew = target.next(TextRequest.class);
    assertThat(anew.targetTransferTag()).isEqualTo(Pdu.RESERVED_TAG);
    assertThat(anew.initiatorTaskTag()).isEqualTo(first.initiatorTaskTag());
    assertThat(anew.data()).isEqualTo(first.data());
    target.receive(answer(anew, 0, Pdu.RESERVED_TAG, "MaxRecvDataSegmentLength=768\0"));
    assertThat(changes())
        .extracting(each -> each.parameters().maxSendDataSegmentLength())
        .containsExactly(768);
  }

  @Test
  @Tag("rfc7143:11.10-d")
  @DisplayName("A text that asks for longer answers than the target takes ends the connection")
  void answersOfATextKeepToWhatTheTargetTakes() {
    TextRequest first = asked();
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      many.append("X-%03d=1\0".formatted(i));
    }
    target.receive(answer(first, 0, 0x4711, many.toString()));
    assertThat(target.sent).isEmpty();
    assertThat(((ConnectionFailure) target.downs.get(0)).text())
        .startsWith("TEXT_RESPONSE: text: asks for answers of 2000 bytes, of which the target");
  }

  // ---- discovery

  private static ScriptedTarget discovery() {
    return new ScriptedTarget(
        SessionSettings.discovery("iqn.test:host", PORTAL, ScriptedTarget.ISID)
            .withTimers(ScriptedTarget.TIMERS));
  }

  private static final class Found implements TargetsListener {
    private final List<SendTargets.Target> targets = new ArrayList<>();
    private int failures;

    @Override
    public void found(List<SendTargets.Target> found, long nowNs) {
      targets.addAll(found);
    }

    @Override
    public void failed(Failure failure, long nowNs) {
      failures++;
    }
  }

  @Test
  @Tag("rfc7143:7.4.1-a")
  @DisplayName("A discovery session is of ErrorRecoveryLevel 0")
  void aDiscoverySessionIsOfLevelZero() {
    ScriptedTarget discovered = discovery();
    discovered.core.start(discovered.nowNs);
    discovered.core.onConnected(discovered.nowNs);
    discovered.answerSecurity(KeyValues.empty().with("AuthMethod", "None"));
    assertThat(keys(discovered.answerOperational().data()).get("ErrorRecoveryLevel")).hasValue("0");
    assertThat(discovered.ups).hasSize(1);
  }

  @Test
  @Tag("rfc7143:13.3-b")
  @DisplayName("SendTargets is not sent before the full feature phase")
  void sendTargetsWaitsForTheFullFeaturePhase() {
    ScriptedTarget discovered = discovery();
    discovered.core.start(discovered.nowNs);
    discovered.core.onConnected(discovered.nowNs);
    Found early = new Found();
    discovered.core.sendTargets(early, discovered.nowNs);
    assertThat(early.failures).isEqualTo(1);
    assertThat(discovered.sent).hasSize(1).first().isInstanceOf(LoginRequest.class);
  }

  @Test
  @Tag("rfc7143:4.2.7.1-c")
  @DisplayName("Names of targets of 223 bytes are taken")
  void longNamesAreTaken() {
    ScriptedTarget discovered = discovery();
    discovered.core.start(discovered.nowNs);
    discovered.login();
    Found found = new Found();
    discovered.core.sendTargets(found, discovered.nowNs);
    String name = "iqn.2026-11.test:" + "x".repeat(223 - 17);
    discovered.receive(
        new TextResponse(
            true,
            false,
            0,
            discovered.next(TextRequest.class).initiatorTaskTag(),
            Pdu.RESERVED_TAG,
            discovered.statSn++,
            discovered.expCmdSn,
            discovered.maxCmdSn(),
            FuzzTarget.text("TargetName=" + name + "\0TargetAddress=10.0.0.1:3260,1\0")));
    assertThat(found.targets).extracting(SendTargets.Target::name).containsExactly(name);
  }

  private static TextResponse part(ScriptedTarget target, TextRequest request, int tag) {
    return new TextResponse(
        tag == Pdu.RESERVED_TAG,
        tag != Pdu.RESERVED_TAG,
        0,
        request.initiatorTaskTag(),
        tag,
        target.statSn++,
        target.expCmdSn,
        target.maxCmdSn(),
        Pdu.NO_DATA);
  }

  /** A discovery session that asks for targets, with that many commands allowed. */
  private static ScriptedTarget asking(int window) {
    ScriptedTarget discovered = discovery();
    discovered.window = window;
    discovered.core.start(discovered.nowNs);
    discovered.login();
    discovered.core.sendTargets(new Found(), discovered.nowNs);
    return discovered;
  }

  @Test
  @Tag("rfc7143:4.2.2.1-b")
  @Tag("rfc7143:11.10-b")
  @DisplayName("A text that began in the order of commands goes on so, and waits for the window")
  void aTextInOrderWaitsForTheWindow() {
    ScriptedTarget discovered = asking(1);
    TextRequest first = discovered.next(TextRequest.class);
    assertThat(first.immediate()).isFalse();
    discovered.window = 0;
    discovered.expCmdSn++;
    discovered.receive(part(discovered, first, 0x4711));
    assertThat(discovered.sent).isEmpty();
    discovered.window = 1;
    discovered.receive(discovered.update());
    TextRequest second = discovered.next(TextRequest.class);
    assertThat(second.immediate()).isFalse();
    assertThat(second.cmdSn()).isEqualTo(first.cmdSn() + 1);
    assertThat(second.targetTransferTag()).isEqualTo(0x4711);
  }

  @Test
  @Tag("rfc7143:11.10-b")
  @DisplayName("A text that began as an immediate command goes on so in an open window")
  void anImmediateTextStaysImmediate() {
    ScriptedTarget discovered = asking(0);
    TextRequest first = discovered.next(TextRequest.class);
    assertThat(first.immediate()).isTrue();
    discovered.window = 8;
    discovered.receive(part(discovered, first, 0x4711));
    TextRequest second = discovered.next(TextRequest.class);
    assertThat(second.immediate()).isTrue();
    assertThat(second.cmdSn()).isEqualTo(first.cmdSn());
  }

  @Test
  @Tag("rfc7143:11.10-a")
  @DisplayName("An answer to a request that waits for the window ends the connection")
  void anAnswerToARequestThatWaitsEndsTheConnection() {
    ScriptedTarget discovered = asking(1);
    TextRequest first = discovered.next(TextRequest.class);
    discovered.window = 0;
    discovered.expCmdSn++;
    discovered.receive(part(discovered, first, 0x4711));
    discovered.receive(part(discovered, first, Pdu.RESERVED_TAG));
    assertThat(((ConnectionFailure) discovered.downs.get(0)).text())
        .isEqualTo(
            "TEXT_RESPONSE: Initiator Task Tag: answers a request that waits for the window");
  }

  private static void reject(ScriptedTarget target, Pdu pdu) {
    ByteBuffer header = new PduEncoder(Digests.NONE).encode(pdu).slice(0, 48);
    target.receive(new Reject(4, target.statSn++, target.expCmdSn, target.maxCmdSn(), 0, header));
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, false"})
  @Tag("rfc7143:7.3-b")
  @DisplayName("ABORT TASK closes the gap that a rejected text leaves, if it leaves one")
  void theGapOfARejectedTextIsClosed(boolean inOrder, boolean gap) {
    ScriptedTarget discovered = asking(inOrder ? 1 : 0);
    TextRequest question = discovered.next(TextRequest.class);
    discovered.expCmdSn += inOrder && !gap ? 1 : 0;
    reject(discovered, question);
    if (!gap) {
      assertThat(discovered.sent).isEmpty();
      return;
    }
    TaskManagementRequest abort = discovered.next(TaskManagementRequest.class);
    assertThat(abort.function()).isEqualTo(TaskManagementFunction.ABORT_TASK);
    assertThat(abort.referencedTaskTag()).isEqualTo(question.initiatorTaskTag());
    assertThat(abort.refCmdSn()).isEqualTo(question.cmdSn());
  }

  @ParameterizedTest
  @CsvSource({
    "FUNCTION_COMPLETE, true",
    "TASK_DOES_NOT_EXIST, true",
    "FUNCTION_REJECTED, false",
    ", false"
  })
  @Tag("rfc7143:7.3-b")
  @DisplayName("A gap that cannot be closed ends the connection")
  void aGapThatStaysEndsTheConnection(TaskManagementResult result, boolean closed) {
    ScriptedTarget discovered = asking(1);
    reject(discovered, discovered.next(TextRequest.class));
    TaskManagementRequest abort = discovered.next(TaskManagementRequest.class);
    if (result == null) {
      reject(discovered, abort);
    } else {
      discovered.receive(
          new TaskManagementResponse(
              result,
              abort.initiatorTaskTag(),
              discovered.statSn++,
              discovered.expCmdSn,
              discovered.maxCmdSn()));
    }
    assertThat(discovered.downs).hasSize(closed ? 0 : 1);
  }
}
