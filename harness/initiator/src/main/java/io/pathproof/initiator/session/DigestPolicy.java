package io.pathproof.initiator.session;

/** What is offered for HeaderDigest or DataDigest (RFC 7143 section 13.1). */
public enum DigestPolicy {
  /** {@code None}. */
  NONE("None"),
  /** {@code CRC32C} only: a target that refuses it gets no session. */
  CRC32C("CRC32C"),
  /** {@code CRC32C,None}. */
  PREFER_CRC32C("CRC32C,None"),
  /** {@code None,CRC32C}: the default of open-iscsi. */
  PREFER_NONE("None,CRC32C");

  private final String offer;

  DigestPolicy(String offer) {
    this.offer = offer;
  }

  /** The value list as sent. */
  public String offer() {
    return offer;
  }

  /** Whether the value that the target chose was on offer. */
  boolean allows(boolean crc32c) {
    return this != (crc32c ? NONE : CRC32C);
  }
}
