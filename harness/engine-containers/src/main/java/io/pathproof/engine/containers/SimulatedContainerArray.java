package io.pathproof.engine.containers;

import io.pathproof.engine.ArrayWords;
import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.LabDriver.PartLog;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.JournalEntry;
import io.pathproof.lab.observed.PortLoad;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.targets.array.control.ControlClient;
import io.pathproof.targets.array.scsi.Defect;
import io.pathproof.targets.array.server.ArrayException;
import io.pathproof.targets.array.server.JournalPage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.testcontainers.containers.ContainerLaunchException;

/** The simulated array in a container, controlled over HTTP. */
final class SimulatedContainerArray implements LabArray {
  /** What it can be made to do. */
  static final Set<ArrayAction.Kind> ACTIONS = EnumSet.allOf(ArrayAction.Kind.class);

  /** How often the clocks are compared; the quickest answer tells best. */
  private static final int CLOCK_SAMPLES = 5;

  private static final int REACH_TIMEOUT_MS = 1000;

  private final ArraySpec array;
  private final ArrayContainer container;
  private ControlClient control;
  private long originNs;
  private long journalSeen;

  SimulatedContainerArray(
      Topology topology, ArraySpec array, Fabrics fabrics, long seed, Map<String, String> labels) {
    this.array = array;
    container = new ArrayContainer(topology, array, fabrics, seed, labels);
  }

  /** The defects that it can be given. */
  static Set<String> defects() {
    return Arrays.stream(Defect.values()).map(Defect::word).collect(Collectors.toSet());
  }

  @Override
  public Collection<ArrayContainer> containers() {
    return List.of(container);
  }

  /** Its nodes are parts of it, and it outlives them. */
  @Override
  public Collection<ArrayContainer> lasting() {
    return containers();
  }

  @Override
  public void started(Scheduler clock) throws LabException {
    InetSocketAddress own = new InetSocketAddress(container.address(), ArrayContainer.CONTROL_PORT);
    control =
        new ControlClient(
            reaches(own)
                ? own
                : new InetSocketAddress(
                    container.getHost(), container.getMappedPort(ArrayContainer.CONTROL_PORT)));
    long quickest = Long.MAX_VALUE;
    for (int i = 0; i < CLOCK_SAMPLES; i++) {
      long askedNs = clock.nowNs();
      JournalPage page = told(() -> control.journal(0));
      long answeredNs = clock.nowNs();
      if (answeredNs - askedNs < quickest) {
        quickest = answeredNs - askedNs;
        originNs = askedNs + quickest / 2 - page.nowNanos();
      }
    }
  }

  private static boolean reaches(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, REACH_TIMEOUT_MS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void act(String place, ArrayAction action) throws LabException {
    told(
        () -> {
          control.act(ArrayWords.place(array, place), action.kind().word(), action.detail());
          return null;
        });
  }

  @Override
  public void restore(String place, ArrayAction action) throws LabException {
    told(
        () -> {
          control.restore(ArrayWords.place(array, place), action.kind().word(), action.detail());
          return null;
        });
  }

  @Override
  public void restoreAll() throws LabException {
    told(
        () -> {
          control.reset();
          return null;
        });
  }

  @Override
  public ArraySnapshot snapshot() throws LabException {
    return ArrayWords.snapshot(told(control::snapshot));
  }

  @Override
  public Map<String, PortLoad> loads() throws LabException {
    return ArrayWords.loads(told(control::loads));
  }

  @Override
  public synchronized List<JournalEntry> journal() throws LabException {
    JournalPage page = told(() -> control.journal(journalSeen));
    journalSeen = page.next();
    return ArrayWords.journal(array, page.entries(), originNs);
  }

  @Override
  public ByteBuffer readStore(String volume, long offset, int length) throws LabException {
    return told(() -> control.readStore(volume, offset, length));
  }

  private <T> T told(Supplier<T> operation) throws LabException {
    try {
      return operation.get();
    } catch (ArrayException e) {
      throw new LabException("the array: " + e.getMessage(), log(), e);
    }
  }

  private String log() {
    try {
      return container.getLogs();
    } catch (RuntimeException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  @Override
  public List<PartLog> logs() {
    StringBuilder text = new StringBuilder(log());
    if (control != null) {
      try {
        control
            .journal(0)
            .entries()
            .forEach(
                entry ->
                    text.append(
                        String.format(
                            "%10.3f s  %-10s  %s%n",
                            entry.nanos() / 1e9, entry.part(), entry.text())));
      } catch (ArrayException | ContainerLaunchException e) {
        text.append("(no journal: ").append(e.getMessage()).append(")\n");
      }
    }
    return List.of(new PartLog(array.name(), text.toString()));
  }

  @Override
  public void close() {
    container.stop();
  }
}
