package io.pathproof.engine.containers;

import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.LabDriver.PartLog;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.JournalEntry;
import io.pathproof.lab.observed.PortLoad;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.Topology;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.testcontainers.containers.GenericContainer;

/** All arrays of a topology, each of its own kind, as one. */
final class LabArrays implements LabArray {
  private final Topology topology;
  private final Map<String, LabArray> arrays = new LinkedHashMap<>();

  LabArrays(Topology topology, Fabrics fabrics, long seed, Map<String, String> labels) {
    this.topology = topology;
    try {
      for (ArraySpec array : topology.arrays().values()) {
        arrays.put(
            array.name(),
            ContainersEngine.simulated(array)
                ? new SimulatedContainerArray(
                    topology, array, fabrics, seed + arrays.size(), labels)
                : new TgtArray(array, fabrics, labels));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private LabArray of(String part) {
    return arrays.get(topology.arrayOf(part).name());
  }

  @Override
  public Collection<GenericContainer<?>> containers() {
    List<GenericContainer<?>> all = new ArrayList<>();
    arrays.values().forEach(array -> all.addAll(array.containers()));
    return all;
  }

  @Override
  public Collection<GenericContainer<?>> lasting() {
    List<GenericContainer<?>> all = new ArrayList<>();
    arrays.values().forEach(array -> all.addAll(array.lasting()));
    return all;
  }

  @Override
  public void started(Scheduler clock) throws LabException {
    for (LabArray array : arrays.values()) {
      array.started(clock);
    }
  }

  @Override
  public void act(String place, ArrayAction action) throws LabException {
    of(place).act(place, action);
  }

  @Override
  public void restore(String place, ArrayAction action) throws LabException {
    of(place).restore(place, action);
  }

  @Override
  public void restoreAll() throws LabException {
    for (LabArray array : arrays.values()) {
      array.restoreAll();
    }
  }

  @Override
  public ArraySnapshot snapshot() throws LabException {
    Map<String, ArraySnapshot.NodeState> nodes = new TreeMap<>();
    for (LabArray array : arrays.values()) {
      nodes.putAll(array.snapshot().nodes());
    }
    return new ArraySnapshot(nodes);
  }

  @Override
  public Map<String, PortLoad> loads() throws LabException {
    Map<String, PortLoad> loads = new LinkedHashMap<>();
    for (LabArray array : arrays.values()) {
      loads.putAll(array.loads());
    }
    return loads;
  }

  @Override
  public List<JournalEntry> journal() throws LabException {
    List<JournalEntry> entries = new ArrayList<>();
    for (LabArray array : arrays.values()) {
      entries.addAll(array.journal());
    }
    entries.sort(Comparator.comparingLong(JournalEntry::atNs));
    return entries;
  }

  @Override
  public ByteBuffer readStore(String volume, long offset, int length) throws LabException {
    return of(volume).readStore(volume, offset, length);
  }

  @Override
  public List<PartLog> logs() {
    return arrays.values().stream().flatMap(array -> array.logs().stream()).toList();
  }

  @Override
  public void close() {
    arrays.values().forEach(LabArray::close);
  }
}
