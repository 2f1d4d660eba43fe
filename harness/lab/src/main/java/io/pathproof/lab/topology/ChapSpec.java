package io.pathproof.lab.topology;

import java.util.Optional;

/**
 * CHAP credentials (RFC 7143 section 12.1.3).
 *
 * @param user the name that the initiator presents
 * @param secret the initiator's secret
 * @param mutual what the target has to present in its turn, if authentication is mutual
 */
public record ChapSpec(String user, String secret, Optional<Mutual> mutual) {
  /**
   * The target's side of mutual CHAP.
   *
   * @param user the name that the target presents
   * @param secret the target's secret; differs from the initiator's
   */
  public record Mutual(String user, String secret) {}

  @Override
  public String toString() {
    return "ChapSpec[user=" + user + ", mutual=" + mutual.isPresent() + "]";
  }
}
