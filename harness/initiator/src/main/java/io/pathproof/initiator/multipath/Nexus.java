package io.pathproof.initiator.multipath;

/**
 * The I_T nexus that a path's session has (RFC 7143 section 4.4.3): whoever logs in with the same
 * ISID to the same target portal group has the same one, and the array ends its former tasks.
 */
final class Nexus {
  final int path;

  /** How often the array is known to have ended every task of it. */
  long fencings;

  /** What did so last; meaningful once it has been fenced. */
  Fence lastFence = Fence.OWN_LOGIN;

  /** Whether a fence has been asked for since the last one was had. */
  boolean asked;

  /** Set once the path's session has another one, so that nothing fences this one any more. */
  boolean replaced;

  Nexus(int path) {
    this.path = path;
  }

  void fenced(Fence fence) {
    fencings++;
    lastFence = fence;
    asked = false;
  }
}
