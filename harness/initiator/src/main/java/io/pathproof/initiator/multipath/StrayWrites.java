package io.pathproof.initiator.multipath;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The writes that failed on a nexus which may still carry them out, whatever became of their I/Os
 * since: until the nexus is fenced, another path must not write the same blocks.
 */
final class StrayWrites {
  /** More of one nexus are taken for one to every block. */
  static final int MOST_OF_A_NEXUS = 1024;

  private record Stray(BlockRange blocks, long fencings, long lostNs) {}

  private final Map<Nexus, List<Stray>> strays = new LinkedHashMap<>();

  boolean isEmpty() {
    return strays.isEmpty();
  }

  /** A write to these blocks was lost there. */
  void add(Nexus nexus, BlockRange blocks, long nowNs) {
    List<Stray> there = strays.computeIfAbsent(nexus, each -> new ArrayList<>());
    if (there.size() == MOST_OF_A_NEXUS) {
      there.clear();
      there.add(new Stray(BlockRange.ALL, nexus.fencings, nowNs));
    } else {
      there.add(new Stray(blocks, nexus.fencings, nowNs));
    }
  }

  /** Forgets what that nexus cannot carry out any more. */
  void fenced(Nexus nexus) {
    List<Stray> there = strays.get(nexus);
    if (there != null && there.removeIf(stray -> stray.fencings() < nexus.fencings)) {
      forgetIfEmpty(nexus, there);
    }
  }

  /** Forgets what was lost then or earlier. */
  void forgetUntil(long lostNs) {
    for (Map.Entry<Nexus, List<Stray>> each : List.copyOf(strays.entrySet())) {
      if (each.getValue().removeIf(stray -> stray.lostNs() <= lostNs)) {
        forgetIfEmpty(each.getKey(), each.getValue());
      }
    }
  }

  private void forgetIfEmpty(Nexus nexus, List<Stray> there) {
    if (there.isEmpty()) {
      strays.remove(nexus);
    }
  }

  /** When the latest of those that touch these blocks was lost, or {@link Io#NEVER}. */
  long lastLoss(BlockRange blocks) {
    long latest = Io.NEVER;
    for (List<Stray> there : strays.values()) {
      for (Stray stray : there) {
        if (stray.blocks().overlaps(blocks)) {
          latest = Math.max(latest, stray.lostNs());
        }
      }
    }
    return latest;
  }

  /** The nexuses that hold any that touch these blocks. */
  List<Nexus> nexuses(BlockRange blocks) {
    List<Nexus> found = new ArrayList<>();
    strays.forEach(
        (nexus, there) -> {
          if (there.stream().anyMatch(stray -> stray.blocks().overlaps(blocks))) {
            found.add(nexus);
          }
        });
    return found;
  }

  /** A path's nexus of that number, if it holds any. */
  Optional<Nexus> nexus(int path, int number) {
    return strays.keySet().stream()
        .filter(each -> each.path == path && each.number == number)
        .findFirst();
  }
}
