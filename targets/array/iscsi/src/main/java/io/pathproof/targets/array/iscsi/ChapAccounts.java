package io.pathproof.targets.array.iscsi;

import java.util.Optional;

/**
 * What CHAP asks for (RFC 7143 section 12.1.3).
 *
 * @param initiatorName CHAP_N that initiators have to give
 * @param initiatorSecret their secret
 * @param target how the target answers an initiator that authenticates it; empty: it cannot
 */
public record ChapAccounts(
    String initiatorName, String initiatorSecret, Optional<TargetAccount> target) {
  /**
   * The target's own.
   *
   * @param name CHAP_N of the target
   * @param secret its secret
   */
  public record TargetAccount(String name, String secret) {}
}
