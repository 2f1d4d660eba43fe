package io.pathproof.protocol.iscsi;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/** CHAP as a login carries it (RFC 7143 section 12.1.3, RFC 1994): its keys and its response. */
public final class Chap {
  /** Algorithms offered, a list of {@link Algorithm#code()}; the answer is one of them. */
  public static final String CHAP_A = "CHAP_A";

  /** Identifier, one byte. */
  public static final String CHAP_I = "CHAP_I";

  /** Challenge, a binary value. */
  public static final String CHAP_C = "CHAP_C";

  /** Name of the party that answers. */
  public static final String CHAP_N = "CHAP_N";

  /** Response, a binary value. */
  public static final String CHAP_R = "CHAP_R";

  /** The longest challenge in bytes. */
  public static final int MAX_BINARY_LENGTH = 1024;

  /** Hash algorithms of CHAP_A by their IANA numbers. */
  public enum Algorithm {
    MD5(5, "MD5"),
    SHA1(6, "SHA-1"),
    SHA256(7, "SHA-256");

    private final int code;
    private final String digest;

    Algorithm(int code, String digest) {
      this.code = code;
      this.digest = digest;
    }

    public int code() {
      return code;
    }

    public static Optional<Algorithm> of(int code) {
      return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
    }
  }

  private Chap() {}

  /**
   * The response: the hash over identifier, secret and challenge (RFC 1994 section 4.1).
   *
   * @param identifier CHAP_I, 0 to 255
   * @throws IllegalStateException if this JVM has been stripped of the algorithm
   */
  public static byte[] response(
      Algorithm algorithm, int identifier, byte[] secret, byte[] challenge) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm.digest);
      digest.update((byte) identifier);
      digest.update(secret);
      return digest.digest(challenge);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " is not available", e);
    }
  }
}
