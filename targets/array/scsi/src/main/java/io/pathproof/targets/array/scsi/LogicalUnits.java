package io.pathproof.targets.array.scsi;

import io.pathproof.protocol.scsi.AccessState;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Contract; being filled. */
public final class LogicalUnits {
  public LogicalUnits(LogicalUnitsSettings settings, Defects defects) {
    this(settings, defects, RegistrationStore.NONE);
  }

  public LogicalUnits(
      LogicalUnitsSettings settings, Defects defects, RegistrationStore registrations) {}

  public interface Command {
    boolean abort();
  }

  public long dataOutLength(Nexus nexus, long lun, ByteBuffer cdb) {
    throw new UnsupportedOperationException();
  }

  public Command execute(
      Nexus nexus,
      long lun,
      ByteBuffer cdb,
      ByteBuffer dataOut,
      long nowNs,
      Completion completion) {
    throw new UnsupportedOperationException();
  }

  public void nexusEstablished(Nexus nexus, long nowNs) {}

  public void nexusLost(Nexus nexus, long nowNs) {}

  public void logicalUnitReset(Nexus by, long lun, long nowNs) {}

  public void targetReset(Nexus by, long nowNs) {}

  public void taskSetCleared(Nexus by, long lun, List<Nexus> others, long nowNs) {}

  public void nodeDown(String node, long nowNs) {}

  public void nodeUp(String node, long nowNs) {}

  public void splitBrain(String node, boolean on) {}

  public void accessState(
      String volume, int portGroup, AccessState state, long transitionNs, long nowNs) {}

  public AccessState accessState(String volume, int portGroup) {
    throw new UnsupportedOperationException();
  }

  public void own(String volume, String node, long transitionNs, long nowNs) {}

  public ByteBuffer readStore(String volume, long offsetBytes, int lengthBytes) {
    throw new UnsupportedOperationException();
  }

  public Map<String, PortLoad> loads() {
    throw new UnsupportedOperationException();
  }

  public long nextDeadlineNs() {
    return Long.MAX_VALUE;
  }

  public void onTime(long nowNs) {}
}
