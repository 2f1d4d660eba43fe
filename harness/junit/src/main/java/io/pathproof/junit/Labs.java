package io.pathproof.junit;

import io.pathproof.lab.Lab;

/** Labs by the name of their topology; a parameter that {@link FailoverTest} tests may have. */
public interface Labs {
  /**
   * The lab of that topology, which is built when its first scenario runs; waits while labs of
   * other threads are in its way. Each thread that runs tests has one lab at a time: asking for
   * another one gives its last one up.
   *
   * @throws io.pathproof.lab.topology.TopologyException when its file is not usable, or the engine
   *     cannot build it
   * @throws IllegalArgumentException when there is no such topology
   */
  Lab of(String topology);

  /**
   * Gives the calling thread's lab up, for others to use or to have out of their way. Done when a
   * test has ended; a dynamic test, which may have a thread of its own, does it itself.
   */
  void release();
}
