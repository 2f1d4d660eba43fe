package io.pathproof.lab.engine;

import java.util.Set;

/**
 * What an engine can do to the links and the array of one topology.
 *
 * @param impairments what its links can be made to do in both directions at once
 * @param oneWay what its links can be made to do in a single direction
 * @param arrayActions what it can do to the array
 * @param defects the names of the defects that its array can be given; empty without {@link
 *     ArrayAction.Kind#DEFECT}
 * @param portLoads whether the array tells what each of its ports has carried
 * @param hostActions what it can do on vSphere hosts
 */
public record Capabilities(
    Set<Impairment.Kind> impairments,
    Set<Impairment.Kind> oneWay,
    Set<ArrayAction.Kind> arrayActions,
    Set<String> defects,
    boolean portLoads,
    Set<HostAction.Kind> hostActions) {
  /** Without vSphere hosts. */
  public Capabilities(
      Set<Impairment.Kind> impairments,
      Set<Impairment.Kind> oneWay,
      Set<ArrayAction.Kind> arrayActions,
      Set<String> defects,
      boolean portLoads) {
    this(impairments, oneWay, arrayActions, defects, portLoads, Set.of());
  }
}
