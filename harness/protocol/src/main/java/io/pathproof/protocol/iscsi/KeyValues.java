package io.pathproof.protocol.iscsi;

/** Text of key=value pairs (RFC 7143 section 6.1). */
public final class KeyValues {
  private KeyValues() {}
}
