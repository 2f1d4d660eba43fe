package io.pathproof.lab.verdict;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.Topology;
import java.util.List;

/** Reads a history and concludes; a pure function. */
public final class Judge {
  private Judge() {}

  /** Judges a run. */
  public static Judgement judge(Scenario scenario, Topology topology, List<Entry> history) {
    throw new UnsupportedOperationException("follows in the next commit");
  }
}
