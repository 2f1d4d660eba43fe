package io.pathproof.lab.engine;

/** An exact place in one direction of a link's byte stream, counted from when the fault begins. */
public sealed interface CutPoint {

  /**
   * After so many bytes.
   *
   * @param bytes from 0
   */
  record AfterBytes(long bytes) implements CutPoint {}

  /**
   * At a PDU (RFC 7143 section 11).
   *
   * @param pdu the PDU's name in lower-case words joined by hyphens, such as {@code data-out} or
   *     {@code login-response}
   * @param number which one of them, from 1
   * @param where before, inside or after it
   */
  record AtPdu(String pdu, int number, Where where) implements CutPoint {}

  /** Where at a PDU. */
  enum Where {
    /** Before its first byte. */
    BEFORE,
    /** In the middle of its basic header segment. */
    HEADER,
    /** In the middle of its data segment; of its header, if it has none. */
    DATA,
    /** After its last byte. */
    AFTER
  }
}
