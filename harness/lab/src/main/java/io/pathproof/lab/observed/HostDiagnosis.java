package io.pathproof.lab.observed;

import java.util.List;

/**
 * What became of all paths of a host.
 *
 * @param host its name
 * @param paths in the order of adapters and portals
 * @param advertised the portals that the array told of, in its order
 * @param notes what is worth knowing beside, a sentence each
 */
public record HostDiagnosis(
    String host, List<DiagnosedPath> paths, List<Advertised> advertised, List<String> notes) {
  public HostDiagnosis {
    paths = List.copyOf(paths);
    advertised = List.copyOf(advertised);
    notes = List.copyOf(notes);
  }

  /**
   * A portal that the array told of.
   *
   * @param target its target's name
   * @param portal {@code address:port}
   * @param state {@code reached}: a path leads there and is logged in; {@code stops}: one leads
   *     there and does not get as far; {@code no-way}: none leads there from this host; {@code
   *     not-examined}: it was not asked for
   */
  public record Advertised(String target, String portal, String state) {}

  /** Whether every path is sound, and there is one. */
  public boolean sound() {
    return !paths.isEmpty() && paths.stream().allMatch(path -> path.stop().isEmpty());
  }
}
