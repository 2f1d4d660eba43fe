package io.pathproof.targets.array.scsi;

import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.Lun;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The device servers of the array: every logical unit, at every port. One thread; no I/O, no clock.
 * Times are those of the caller's monotonic clock, in nanoseconds.
 */
public final class LogicalUnits {
  /** What a host may send or ask for with one command, in bytes. */
  public static final int MAX_TRANSFER = 8 << 20;

  /** Stands for every volume. */
  public static final String ALL = "*";

  /** Nexuses remembered at most; those that are away and have nothing pending go first. */
  private static final int MAX_NEXUSES = 4096;

  /** A command in execution. */
  public interface Command {
    /**
     * Ends the command without an outcome.
     *
     * @return true if it had and will have no effect; false if it is completed
     */
    boolean abort();
  }

  private final LogicalUnitsSettings settings;
  private final Map<Nexus, NexusState> nexuses = new LinkedHashMap<>();
  private final Map<String, NexusState.PortCounters> ports = new LinkedHashMap<>();
  private final LogicalUnit[] units;
  private final Map<Integer, LogicalUnit> byLun = new HashMap<>();
  private final DeviceServer server;
  private final Defects defects;
  private NexusState latest;

  /** An array that keeps no reservations over a restart. */
  public LogicalUnits(LogicalUnitsSettings settings, Defects defects) {
    this(settings, defects, RegistrationStore.NONE);
  }

  public LogicalUnits(
      LogicalUnitsSettings settings, Defects defects, RegistrationStore registrations) {
    this.settings = settings;
    this.defects = defects;
    settings.ports().forEach(p -> ports.put(p.port(), new NexusState.PortCounters()));
    units = new LogicalUnit[settings.volumes().size()];
    for (int i = 0; i < units.length; i++) {
      units[i] = new LogicalUnit(i, settings, defects, registrations, nexuses);
      byLun.put(units[i].volume.lun(), units[i]);
    }
    this.server = new DeviceServer(settings, units, defects);
    defects.listen(
        new Defects.Listener() {
          @Override
          public void switched(Defect defect, boolean on) {
            if (!on) {
              for (LogicalUnit unit : units) {
                unit.store.switchedOff(defect);
              }
            }
          }
        });
  }

  private LogicalUnit unit(long lun) {
    if ((lun & 0xff00_ffff_ffff_ffffL) == 0) {
      return units.length == 1 && units[0].volume.lun() == lun >>> 48
          ? units[0]
          : byLun.get((int) (lun >>> 48));
    }
    OptionalInt number = new Lun(lun).number();
    return number.isPresent() ? byLun.get(number.getAsInt()) : null;
  }

  /**
   * What a command takes from the initiator.
   *
   * @param lun the eight bytes of the LUN
   * @param cdb from position to limit
   * @return bytes, 0 to 16 MiB; 0 for a command that is going to be refused for its length
   */
  public long dataOutLength(Nexus nexus, long lun, ByteBuffer cdb) {
    LogicalUnit unit = unit(lun);
    return unit == null || !cdb.hasRemaining()
        ? 0
        : DataOut.length(Request.padded(cdb), unit.volume.blockLength());
  }

  /**
   * Runs a command.
   *
   * @param lun the eight bytes of the LUN
   * @param cdb from position to limit; not kept
   * @param dataOut everything that came for it, from position to limit; not kept. Less than {@link
   *     #dataOutLength} if the initiator announced less
   * @param completion hears of the outcome, mostly before this returns
   */
  public Command execute(
      Nexus nexus,
      long lun,
      ByteBuffer cdb,
      ByteBuffer dataOut,
      long nowNs,
      Completion completion) {
    if (nextDeadlineNs() <= nowNs) {
      onTime(nowNs);
    }
    NexusState state = state(nexus);
    LogicalUnit unit = state.port.masked ? null : unit(lun);
    return server.execute(state, unit, lun, cdb, dataOut, nowNs, completion);
  }

  private NexusState state(Nexus nexus) {
    NexusState found = latest;
    if (found != null && found.nexus == nexus) {
      return found;
    }
    found = nexuses.get(nexus);
    if (found == null) {
      forgetSome();
      NexusState.PortCounters counters =
          ports.computeIfAbsent(nexus.port(), port -> new NexusState.PortCounters());
      found = new NexusState(nexus, counters, units.length, defects);
      for (UnitAttentions each : found.attentions) {
        each.raise(AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
      }
      nexuses.put(nexus, found);
    }
    latest = found;
    return found;
  }

  private void forgetSome() {
    if (nexuses.size() >= MAX_NEXUSES) {
      var oldest = nexuses.values().iterator();
      while (oldest.hasNext() && nexuses.size() >= MAX_NEXUSES) {
        if (!oldest.next().connected) {
          oldest.remove();
        }
      }
    }
  }

  /** A session is in its full feature phase. */
  public void nexusEstablished(Nexus nexus, long nowNs) {
    NexusState state = state(nexus);
    if (state.lost) {
      for (UnitAttentions each : state.attentions) {
        each.raise(AdditionalSense.I_T_NEXUS_LOSS_OCCURRED);
      }
    }
    state.connected = true;
    state.lost = false;
  }

  /** A session is gone: its commands end without an outcome, its RESERVE with them. */
  public void nexusLost(Nexus nexus, long nowNs) {
    NexusState state = nexuses.get(nexus);
    if (state == null) {
      return;
    }
    state.connected = false;
    state.lost = true;
    server.abortAll(held -> held.nexus() == state);
    for (LogicalUnit unit : units) {
      unit.nexusLost(state, nowNs);
    }
  }

  /** LOGICAL UNIT RESET (SAM-5 clause 7.6): unit attention 29/03 at every nexus. */
  public void logicalUnitReset(Nexus by, long lun, long nowNs) {
    LogicalUnit unit = unit(lun);
    if (unit != null) {
      reset(unit, AdditionalSense.BUS_DEVICE_RESET_FUNCTION_OCCURRED);
    }
  }

  private void reset(LogicalUnit unit, AdditionalSense condition) {
    server.abortAll(held -> held.unit() == unit);
    unit.reset();
    unit.raiseOnOthers(null, condition);
  }

  /** TARGET WARM RESET and COLD RESET: every logical unit is reset; unit attention 29/00. */
  public void targetReset(Nexus by, long nowNs) {
    for (LogicalUnit unit : units) {
      reset(unit, AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
    }
  }

  /**
   * CLEAR TASK SET, or commands cleared by another nexus's command: unit attention 2F/00.
   *
   * @param others the nexuses whose commands were ended
   */
  public void taskSetCleared(Nexus by, long lun, List<Nexus> others, long nowNs) {
    LogicalUnit unit = unit(lun);
    if (unit == null) {
      return;
    }
    for (Nexus other : others) {
      NexusState state = nexuses.get(other);
      if (state != null && !other.equals(by)) {
        server.abortAll(held -> held.unit() == unit && held.nexus() == state);
        unit.attentions(state).raise(AdditionalSense.COMMANDS_CLEARED_BY_ANOTHER_INITIATOR);
      }
    }
  }

  /**
   * Maps every volume at a port, or none: then it reports no LUN and serves none. Mapped again, the
   * nexuses there are told 3F/0E.
   */
  public void mapped(String port, boolean mapped) {
    ports.computeIfAbsent(port, each -> new NexusState.PortCounters()).masked = !mapped;
    if (mapped) {
      nexuses.values().stream()
          .filter(state -> state.nexus.port().equals(port))
          .flatMap(state -> Arrays.stream(state.attentions))
          .forEach(each -> each.raise(AdditionalSense.REPORTED_LUNS_DATA_HAS_CHANGED));
    }
  }

  /** A controller's end: its volumes or addresses go to the partner. */
  public void nodeDown(String node, long nowNs) {
    for (LogicalUnit unit : units) {
      unit.store.history().nodeDown(node, nowNs);
    }
  }

  /** A controller is back. Its view of the volumes is that of all. */
  public void nodeUp(String node, long nowNs) {
    splitBrain(node, false);
  }

  /**
   * While on, a node serves a copy of its own, which begins as the shared store is now and is
   * thrown away when switched off.
   */
  public void splitBrain(String node, boolean on) {
    for (LogicalUnit unit : units) {
      unit.store.splitBrain(node, on);
    }
  }

  /**
   * Changes an access state implicitly: TRANSITIONING first if that takes time, unit attention
   * 2A/06 on every nexus once the state is there.
   *
   * @param volume a volume's name, or {@link #ALL}
   * @throws IllegalArgumentException if there is no such volume or group
   */
  public void accessState(
      String volume, int portGroup, AccessState state, long transitionNs, long nowNs) {
    each(volume, unit -> unit.access(index(unit, portGroup), state, transitionNs, nowNs, null));
  }

  private static int index(LogicalUnit unit, int portGroup) {
    int index = unit.access.index(portGroup);
    if (index < 0) {
      throw new IllegalArgumentException("there is no target port group " + portGroup);
    }
    return index;
  }

  public AccessState accessState(String volume, int portGroup) {
    LogicalUnit unit = byName(volume);
    return unit.access.state(index(unit, portGroup));
  }

  /** Makes the groups of a node active/optimized, and gives all others the partner state. */
  public void own(String volume, String node, long transitionNs, long nowNs) {
    each(
        volume,
        unit -> {
          for (int i = 0; i < unit.access.count(); i++) {
            boolean owner = unit.belongs(unit.access.group(i), node);
            AccessState state = owner ? AccessState.ACTIVE_OPTIMIZED : settings.partnerState();
            unit.access(i, state, transitionNs, nowNs, null);
          }
        });
  }

  /**
   * Raises a unit attention at every nexus, for changes that are not the device server's own: 2A/09
   * after a resize, 3F/0E after a change of LUNs.
   */
  public void raise(String volume, AdditionalSense condition) {
    each(volume, unit -> unit.raiseOnOthers(null, condition));
  }

  private LogicalUnit byName(String volume) {
    for (LogicalUnit unit : units) {
      if (unit.volume.name().equals(volume)) {
        return unit;
      }
    }
    throw new IllegalArgumentException("there is no volume " + volume);
  }

  private void each(String volume, Consumer<LogicalUnit> action) {
    if (volume.equals(ALL)) {
      List.of(units).forEach(action);
    } else {
      action.accept(byName(volume));
    }
  }

  /** What the shared store holds, past all defects of reading. */
  public ByteBuffer readStore(String volume, long offsetBytes, int lengthBytes) {
    LogicalUnit unit = byName(volume);
    if (offsetBytes < 0 || lengthBytes < 0 || offsetBytes > unit.volume.sizeBytes() - lengthBytes) {
      throw new IllegalArgumentException(
          "%d bytes at %d are not in volume %s".formatted(lengthBytes, offsetBytes, volume));
    }
    ByteBuffer out = ByteBuffer.allocate(lengthBytes);
    unit.store.shared().read(offsetBytes, out);
    return out.flip();
  }

  /** What went through each port, by its name. */
  public Map<String, PortLoad> loads() {
    Map<String, PortLoad> all = new LinkedHashMap<>();
    ports.forEach((port, counters) -> all.put(port, counters.load()));
    return all;
  }

  /** When {@link #onTime} is due; {@link Long#MAX_VALUE} if never. */
  public long nextDeadlineNs() {
    long next = Long.MAX_VALUE;
    for (LogicalUnit unit : units) {
      next = Math.min(next, unit.nextDeadlineNs());
    }
    return next;
  }

  public void onTime(long nowNs) {
    for (LogicalUnit unit : units) {
      unit.onTime(nowNs);
    }
  }
}
