package io.pathproof.targets.container;

import java.util.Objects;

/**
 * A CHAP name and secret (RFC 7143 section 9.2.1 and 12.1).
 *
 * @param user the CHAP_N, not empty
 * @param secret what the CHAP_R is computed from; RFC 7143 asks for 12 bytes at least
 */
public record ChapAccount(String user, String secret) {
  public ChapAccount {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(secret, "secret");
    if (user.isEmpty() || secret.isEmpty()) {
      throw new IllegalArgumentException("a CHAP account needs a user and a secret");
    }
  }

  /** The user alone: secrets do not belong into logs. */
  @Override
  public String toString() {
    return "ChapAccount[" + user + "]";
  }
}
