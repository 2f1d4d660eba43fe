package io.pathproof.initiator.multipath;

/**
 * The I_T nexus that a path's session has (RFC 7143 section 4.4.3): whoever logs in with the same
 * ISID to the same target portal group has the same one, and the array ends its former tasks.
 */
final class Nexus {
  final int path;

  /** Which of the path's, counted from 0. */
  final int number;

  /** How often the array is known to have ended every task of it. */
  long fencings;

  /** What did so last; meaningful once it has been fenced. */
  Fence lastFence = Fence.OWN_LOGIN;

  /** Whether a fence has been asked for since the last one was had. */
  boolean asked;

  /** Set once the path's session has another one, whose login does not fence this one. */
  boolean replaced;

  Nexus(int path, int number) {
    this.path = path;
    this.number = number;
  }

  void fenced(Fence fence) {
    fencings++;
    lastFence = fence;
    asked = false;
  }
}
