package io.pathproof.initiator.session;

/**
 * A CHAP name and its secret (RFC 7143 section 12.1.3). The secret is kept out of {@link
 * #toString()}.
 *
 * @param name CHAP_N, not empty
 * @param secret the shared secret, UTF-8 on the wire; RFC 7143 asks for at least 96 random bits
 */
public record ChapCredentials(String name, String secret) {
  public ChapCredentials {
    if (name.isEmpty() || secret.isEmpty()) {
      throw new IllegalArgumentException("CHAP needs a name and a secret");
    }
  }

  @Override
  public String toString() {
    return name + ":***";
  }
}
