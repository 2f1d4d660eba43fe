package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.Opcode;
import io.pathproof.protocol.iscsi.SerialNumber;
import java.util.Optional;

/**
 * The sequence numbers of a session with one connection (RFC 7143 section 4.2.2): CmdSN and the
 * window that the target grants for it, and the ExpStatSN that acknowledges its answers.
 */
final class CommandWindow {
  private int cmdSn;
  private int expCmdSn;
  private int maxCmdSn;
  private int expStatSn;

  /** What the target said last that contradicts itself; empty once it has been told. */
  private Optional<String> contradiction = Optional.empty();

  /**
   * @param cmdSn of the next command; the login used it as an immediate one
   * @param expStatSn one beyond the StatSN of the last login response
   */
  CommandWindow(int cmdSn, int expCmdSn, int maxCmdSn, int expStatSn) {
    this.cmdSn = cmdSn;
    this.expCmdSn = expCmdSn;
    this.maxCmdSn = maxCmdSn;
    this.expStatSn = expStatSn;
  }

  /** Whether a command that is not immediate may be sent. */
  boolean open() {
    return SerialNumber.lessOrEqual(cmdSn, maxCmdSn);
  }

  /** The CmdSN of a command that is not immediate, which uses it up. */
  int take() {
    return cmdSn++;
  }

  /** The CmdSN that an immediate command carries. */
  int current() {
    return cmdSn;
  }

  int expStatSn() {
    return expStatSn;
  }

  /** Takes ExpCmdSN and MaxCmdSN of any PDU by the rules of section 4.2.2.1. */
  void update(Opcode pdu, int newExpCmdSn, int newMaxCmdSn) throws ConnectionBreach {
    if (SerialNumber.lessThan(newMaxCmdSn, newExpCmdSn - 1)) {
      contradiction =
          Optional.of(
              "%s: MaxCmdSN: 0x%08x is below ExpCmdSN 0x%08x - 1; both are ignored"
                  .formatted(pdu, newMaxCmdSn, newExpCmdSn));
      return;
    }
    if (SerialNumber.lessThan(cmdSn, newExpCmdSn)) {
      throw ConnectionBreach.protocol(
          pdu,
          "ExpCmdSN",
          "0x%08x acknowledges commands that were never sent; the next is 0x%08x"
              .formatted(newExpCmdSn, cmdSn));
    }
    maxCmdSn = SerialNumber.max(maxCmdSn, newMaxCmdSn);
    expCmdSn = SerialNumber.max(expCmdSn, newExpCmdSn);
  }

  /**
   * Takes the StatSN of a PDU that uses one up. At ErrorRecoveryLevel 0 a missing one cannot be had
   * again.
   */
  void status(Opcode pdu, int statSn) throws ConnectionBreach {
    if (statSn != expStatSn) {
      throw ConnectionBreach.protocol(
          pdu, "StatSN", "0x%08x, expected 0x%08x".formatted(statSn, expStatSn));
    }
    expStatSn++;
  }

  /** What the target has said since the last call that had to be ignored, as it means nothing. */
  Optional<String> takeContradiction() {
    Optional<String> taken = contradiction;
    contradiction = Optional.empty();
    return taken;
  }

  /** ExpCmdSN as last granted. */
  int expCmdSn() {
    return expCmdSn;
  }
}
