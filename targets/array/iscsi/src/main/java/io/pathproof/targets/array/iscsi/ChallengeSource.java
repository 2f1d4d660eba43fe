package io.pathproof.targets.array.iscsi;

/** Where CHAP challenges come from; random in a live target, seeded in a simulated one. */
@FunctionalInterface
public interface ChallengeSource {
  /** Fills the array. */
  void fill(byte[] challenge);
}
