package io.pathproof.initiator.multipath;

/** What multipathing remembers of a path; a new one is failed until it is found up. */
final class PathEntry {
  final int path;
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

  PathEntry(int path) {
    this.path = path;
    this.nexus = new Nexus(path);
  }
}
