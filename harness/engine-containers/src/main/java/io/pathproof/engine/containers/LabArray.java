package io.pathproof.engine.containers;

import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.LabDriver.PartLog;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.JournalEntry;
import io.pathproof.lab.observed.PortLoad;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;

/** An array of a lab, whatever serves it. Operations block. */
interface LabArray extends AutoCloseable {
  /** Its containers, to be started together with the links'. */
  Collection<? extends GenericContainer<?>> containers();

  /** Those of its containers that no fault ends. */
  Collection<? extends GenericContainer<?>> lasting();

  /**
   * The containers run.
   *
   * @param clock the lab's, for the journal's times
   */
  void started(Scheduler clock) throws LabException;

  void act(String place, ArrayAction action) throws LabException;

  /** Undoes an action; returns once the place serves again. */
  void restore(String place, ArrayAction action) throws LabException;

  /** Brings everything back to service. */
  void restoreAll() throws LabException;

  ArraySnapshot snapshot() throws LabException;

  /** What each port has carried. */
  Map<String, PortLoad> loads() throws LabException;

  /** What has been written into its journal since the last call. */
  List<JournalEntry> journal() throws LabException;

  ByteBuffer readStore(String volume, long offset, int length) throws LabException;

  List<PartLog> logs();

  @Override
  void close();
}
