package io.pathproof.protocol.iscsi;

/**
 * The six-byte Initiator Session ID (RFC 7143 section 11.12.5).
 *
 * @param value the 48 bits as on the wire, T in the two highest of them
 */
public record Isid(long value) {
  /** How the naming authority part of an ISID is formed. */
  public enum Type {
    /** A and B are the 22 low bits of an IEEE OUI, C and D the qualifier of 24 bits. */
    OUI,
    /** B and C are an IANA enterprise number, D the qualifier of 16 bits. */
    ENTERPRISE_NUMBER,
    /** B and C are random, D the qualifier of 16 bits. */
    RANDOM,
    /** Not to be used; decoded all the same. */
    RESERVED
  }

  private static final long MASK = 0xffffffffffffL;

  public Isid {
    if ((value & ~MASK) != 0) {
      throw new IllegalArgumentException("an ISID has 48 bits: 0x" + Long.toHexString(value));
    }
  }

  /** An ISID under an IEEE OUI, of which the low 22 bits are kept; the qualifier has 24 bits. */
  public static Isid oui(int oui, int qualifier) {
    return new Isid((oui & 0x3fffffL) << 24 | (qualifier & 0xffffffL));
  }

  /** An ISID under an IANA enterprise number of 24 bits; the qualifier has 16 bits. */
  public static Isid enterpriseNumber(int number, int qualifier) {
    return new Isid(1L << 46 | (number & 0xffffffL) << 16 | (qualifier & 0xffffL));
  }

  /** An ISID with 24 bits that the caller drew at random; the qualifier has 16 bits. */
  public static Isid random(int random, int qualifier) {
    return new Isid(2L << 46 | (random & 0xffffffL) << 16 | (qualifier & 0xffffL));
  }

  public Type type() {
    return Type.values()[(int) (value >>> 46)];
  }

  /** The OUI, enterprise number or random part. */
  public int namingAuthority() {
    return (int) (type() == Type.OUI ? value >>> 24 & 0x3fffff : value >>> 16 & 0xffffff);
  }

  public int qualifier() {
    return (int) (value & (type() == Type.OUI ? 0xffffff : 0xffff));
  }

  /** Twelve hexadecimal digits, as in an iSCSI initiator port name ({@code …,i,0x00023d000001}). */
  @Override
  public String toString() {
    return "%012x".formatted(value);
  }
}
