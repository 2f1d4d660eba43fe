package io.pathproof.lab.engine;

import io.pathproof.lab.topology.Topology;

/**
 * Turns a topology into a running lab. Found through {@link java.util.ServiceLoader}. An engine
 * does nothing, and starts nothing, before {@link #start} is called.
 */
public interface Engine {
  /** The name given to {@code --engine}, such as {@code containers}. */
  String name();

  /**
   * What the links and the array of that topology can be made to do; a scenario that needs more is
   * refused by name. Called for topologies only that it does not refuse.
   */
  Capabilities capabilities(Topology topology);

  /**
   * Why this engine cannot build the given topology (an array kind that it does not know, say), or
   * an empty string if it can. Starts nothing.
   */
  String refuses(Topology topology);

  /**
   * The kind of array that it builds where a topology does not say, such as {@code tgt}: what
   * {@link io.pathproof.lab.topology.ArraySpec#kind} stands for when it is empty.
   */
  String defaultArray();

  /** Whether it needs a container engine on this machine. */
  default boolean needsContainers() {
    return false;
  }

  /** How many labs it can well have up side by side on this machine, from 1. */
  default int concurrentLabs() {
    return 1;
  }

  /**
   * Whether labs of these two topologies, which may be the same, can be up at the same time; false
   * where both take something that there is once on this machine, such as a subnet. Starts nothing.
   */
  default boolean sideBySide(Topology one, Topology other) {
    return true;
  }

  /**
   * Builds the lab and returns once every portal of the array answers for every volume.
   *
   * @throws LabException when it cannot be built; what was started has been taken down again
   */
  LabDriver start(Topology topology, LabSettings settings) throws LabException;
}
