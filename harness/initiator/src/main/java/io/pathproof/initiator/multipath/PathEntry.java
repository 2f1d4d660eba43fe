package io.pathproof.initiator.multipath;

/** What multipathing remembers of a path; a new one is failed until it is found up. */
final class PathEntry {
  final int path;
  final PathOptions options;
  final LoadCount load = new LoadCount();
  PathState state = PathState.FAILED;
  CheckerState checker = CheckerState.UNCHECKED;
  long nextCheckNs = MultipathCore.NO_DEADLINE;
  boolean checking;

  /** Set when a check was asked for while one was under way, whose answer may be out of date. */
  boolean checkAgain;

  /** Unit attentions in a row that checks have met. */
  int attentions;

  /** The one that its session has, or had last. */
  Nexus nexus;

  // kept by PathGroups

  PathGroup group;

  /** Its rank; the greatest is preferred. */
  int priority;

  /** Whether it may carry I/O. */
  boolean usable;

  /** Whether a target port of its rank said that it is not for I/O now. */
  boolean bypassed;

  /** Its place among the paths that its group's selector chooses from, or -1. */
  int slot = -1;

  // kept by the selector of its group

  int heapAt;
  long heapKey;
  long heapUse;
  int probesAnswered;
  long probeNs;

  PathEntry(int path) {
    this(path, PathOptions.DEFAULT);
  }

  // kept by PathHealth

  /** Set while a check is under way that began before the path failed. */
  boolean checkIsStale;

  /** Between two checks of the path while it is in use. */
  long checkIntervalNs;

  PathRecord record;

  PathEntry(int path, PathOptions options) {
    this.path = path;
    this.options = options;
    this.nexus = new Nexus(path, 0);
  }
}
