package io.pathproof.junit;

import io.pathproof.lab.Lab;

/** Labs by the name of their topology; a parameter that {@link FailoverTest} tests may have. */
@FunctionalInterface
public interface Labs {
  /**
   * The lab of that topology, which is built when its first scenario runs. Each thread that runs
   * tests has one lab up at a time: asking for another one takes its last one down.
   *
   * @throws io.pathproof.lab.topology.TopologyException when its file is not usable, or the engine
   *     cannot build it
   * @throws IllegalArgumentException when there is no such topology
   */
  Lab of(String topology);
}
