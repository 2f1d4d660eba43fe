package io.pathproof.initiator.session;

/**
 * Where CHAP challenges and secrets come from: a secure source when live, a seed when simulated.
 */
@FunctionalInterface
public interface ChallengeSource {
  /** Fills the array with bytes that have not been used before. */
  void fill(byte[] random);
}
