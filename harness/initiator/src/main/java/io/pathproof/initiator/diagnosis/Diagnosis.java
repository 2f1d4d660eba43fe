package io.pathproof.initiator.diagnosis;

import java.util.List;

/**
 * What became of all paths.
 *
 * @param paths in the order in which they were asked for
 * @param notes what is worth knowing beside, a sentence each
 */
public record Diagnosis(List<PathReport> paths, List<String> notes) {
  public Diagnosis {
    paths = List.copyOf(paths);
    notes = List.copyOf(notes);
  }
}
