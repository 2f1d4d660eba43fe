package io.pathproof.initiator.session;

/**
 * Random CHAP secrets (RFC 7143 section 9.2.1).
 *
 * <p>A secret has 6 random bits a character: letters, digits, {@code .} and {@code _}, which need
 * no quoting anywhere. The shortest, of 96 bits, has 16 characters: as many as Windows takes
 * ("Storage and iSCSI", 12 to 16 without IPsec), and arrays that ask for 12 to 16.
 */
public final class ChapSecret {
  /** Below which RFC 7143 section 9.2.1 demands that IPsec protects the connection. */
  public static final int MIN_BITS = 96;

  /** 255 characters, of open-iscsi (AUTH_STR_MAX_LEN), hold no more whole bytes. */
  public static final int MAX_BITS = 1_528;

  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

  private static final int BITS_A_CHARACTER = 6;

  private ChapSecret() {}

  /**
   * A new secret.
   *
   * @param bits random bits that it has at least, {@link #MIN_BITS} to {@link #MAX_BITS}
   * @param random a secure source; nothing else goes into the secret
   * @throws IllegalArgumentException for fewer or more bits
   */
  public static String generate(int bits, ChallengeSource random) {
    if (bits < MIN_BITS || bits > MAX_BITS) {
      throw new IllegalArgumentException(
          bits + " bits: a CHAP secret has " + MIN_BITS + " to " + MAX_BITS);
    }
    byte[] bytes = new byte[(bits + BITS_A_CHARACTER - 1) / BITS_A_CHARACTER];
    random.fill(bytes);
    StringBuilder secret = new StringBuilder(bytes.length);
    for (byte each : bytes) {
      // 64 characters: the low six bits of a random byte choose each of them as often
      secret.append(ALPHABET.charAt(each & ALPHABET.length() - 1));
    }
    return secret.toString();
  }
}
