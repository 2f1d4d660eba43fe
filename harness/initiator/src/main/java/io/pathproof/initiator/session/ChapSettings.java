package io.pathproof.initiator.session;

import java.util.Optional;

/**
 * Authentication by CHAP (RFC 1994, RFC 7143 section 12.1.3).
 *
 * @param initiator with what the initiator proves itself to the target
 * @param target what the target has to prove in turn (mutual CHAP); empty for one way
 */
public record ChapSettings(ChapCredentials initiator, Optional<ChapCredentials> target) {
  public ChapSettings {
    // Section 9.2.1: one secret for both directions would let an answer be reflected.
    if (target.isPresent() && target.get().secret().equals(initiator.secret())) {
      throw new IllegalArgumentException("both directions of CHAP must not share one secret");
    }
  }

  public static ChapSettings oneWay(ChapCredentials initiator) {
    return new ChapSettings(initiator, Optional.empty());
  }

  public static ChapSettings mutual(ChapCredentials initiator, ChapCredentials target) {
    return new ChapSettings(initiator, Optional.of(target));
  }
}
