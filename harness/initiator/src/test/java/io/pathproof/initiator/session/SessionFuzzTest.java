package io.pathproof.initiator.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A live session whose target sends PDUs with changed fields, lengths, digests, text and order:
 * whatever comes, the core and the decoder throw nothing of their own, each input leads to a
 * bounded number of PDUs, each deadline is dealt with, each task and question ends exactly once,
 * and what ends a connection or a session names the PDU and the field.
 *
 * <p>{@code -Dpathproof.fuzz.pdus=N} sets how many PDUs are fuzzed (default 250,000), {@code
 * -Dpathproof.fuzz.seed=S} where it begins; {@code ci/fuzz} runs ten million. A failure names the
 * seed of its run.
 */
class SessionFuzzTest {
  private static final long PDUS = Long.getLong("pathproof.fuzz.pdus", 250_000);
  private static final long SEED = Long.getLong("pathproof.fuzz.seed", 20_261_121);

  /** What a PDU can have wrong, found deep inside: a fuzz that stops at the opcode sees none. */
  private static final String[] DEEP = {
    "DATA_IN: DataSN",
    "DATA_IN: Buffer Offset",
    "DATA_IN: DataSegmentLength",
    "DATA_IN: StatSN",
    "DATA_IN: Initiator Task Tag",
    "R2T: R2TSN",
    "R2T: Buffer Offset",
    "R2T: Desired Data Transfer Length",
    "SCSI_RESPONSE: StatSN",
    "SCSI_RESPONSE: ExpCmdSN",
    "SCSI_RESPONSE: Initiator Task Tag",
    "TASK_MANAGEMENT_RESPONSE: Initiator Task Tag",
    "TEXT_RESPONSE: Target Transfer Tag",
    "TEXT_RESPONSE: pair",
    "NOP_IN: Initiator Task Tag",
    "ASYNC_MESSAGE: StatSN",
    "REJECT: StatSN",
    "LOGOUT_RESPONSE: Initiator Task Tag",
    "LOGIN_RESPONSE: StatSN",
    "LOGIN_RESPONSE: TSIH",
    "LOGIN_RESPONSE: CHAP_R",
    "LOGIN_RESPONSE: CHAP_A",
    "LOGIN_RESPONSE: FirstBurstLength",
    "LOGIN_RESPONSE: TargetPortalGroupTag",
    "LOGIN_RESPONSE: TargetAddress",
    "LOGIN_RESPONSE: pair",
    "LOGIN_RESPONSE: NSG",
    "DATA_IN: Header-Digest",
    "DATA_IN: Data-Digest",
  };

  @Test
  @DisplayName("No PDU makes a live session throw, hang, leak, or fail without a reason")
  void noPduMakesALiveSessionThrowHangLeakOrFailWithoutAReason() {
    Map<String, Integer> noticed = new TreeMap<>();
    long fuzzed = 0;
    long delivered = 0;
    long good = 0;
    long failed = 0;
    long runs = 0;
    while (fuzzed < PDUS) {
      long seed = SEED + runs++;
      FuzzRun run = new FuzzRun(seed, noticed);
      try {
        run.run();
      } catch (RuntimeException | AssertionError | StackOverflowError e) {
        throw new AssertionError(
            "run with -Dpathproof.fuzz.seed=" + seed + " -Dpathproof.fuzz.pdus=1", e);
      }
      fuzzed += run.fuzzed;
      delivered += run.delivered;
      good += run.good;
      failed += run.failed;
    }
    String counts =
        ("seed %d: %d sessions, %d PDUs fuzzed among %d, %d tasks ended well, %d failed,"
                + " %d kinds of breaches named")
            .formatted(SEED, runs, fuzzed, delivered, good, failed, noticed.size());
    System.out.println(counts);
    if (PDUS >= 100_000) {
      assertThat(noticed.keySet()).as(counts).contains(DEEP);
      assertThat(good).as(counts).isGreaterThan(PDUS / 20);
      assertThat(failed).as(counts).isGreaterThan(PDUS / 20);
    }
  }

  @Test
  @Tag("rfc7143:8.1-a")
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
