package io.pathproof.engine;

import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.JournalEntry;
import io.pathproof.lab.observed.PortLoad;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.targets.array.system.ArrayCore;
import io.pathproof.targets.array.system.Snapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the simulated array says of itself, in the lab's terms. */
public final class ArrayWords {
  private ArrayWords() {}

  /**
   * What the array itself calls a place of the topology: its own name there is {@code array} to it.
   */
  public static String place(ArraySpec array, String place) {
    return place.equals(array.name()) ? ArrayCore.ARRAY : place;
  }

  /** Its state. */
  public static ArraySnapshot snapshot(Snapshot snapshot) {
    Map<String, ArraySnapshot.NodeState> nodes = new TreeMap<>();
    snapshot
        .nodes()
        .forEach(
            (name, node) ->
                nodes.put(
                    name,
                    new ArraySnapshot.NodeState(
                        node.state() + ", serial " + node.serial(),
                        node.addresses(),
                        node.portals(),
                        node.accessStates())));
    return new ArraySnapshot(nodes);
  }

  /** What its ports have carried. */
  public static Map<String, PortLoad> loads(
      Map<String, io.pathproof.targets.array.server.PortLoad> loads) {
    Map<String, PortLoad> all = new LinkedHashMap<>();
    loads.forEach(
        (port, load) ->
            all.put(
                port, new PortLoad(load.sessions(), load.reads(), load.writes(), load.bytes())));
    return all;
  }

  /**
   * Its journal.
   *
   * @param array the array in the topology
   * @param originNs the lab clock's time at the zero of the journal's
   */
  public static List<JournalEntry> journal(
      ArraySpec array,
      List<io.pathproof.targets.array.system.JournalEntry> entries,
      long originNs) {
    return entries.stream()
        .map(
            entry ->
                new JournalEntry(
                    originNs + entry.nanos(),
                    entry.part().equals(ArrayCore.ARRAY) ? array.name() : entry.part(),
                    entry.text()))
        .toList();
  }
}
