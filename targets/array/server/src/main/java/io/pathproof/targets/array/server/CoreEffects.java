package io.pathproof.targets.array.server;

import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.targets.array.iscsi.TargetCore;
import io.pathproof.targets.array.scsi.LogicalUnits;
import io.pathproof.targets.array.system.Address;
import io.pathproof.targets.array.system.ArrayEffects;
import io.pathproof.targets.array.system.AsyncNotice;
import io.pathproof.targets.array.system.LiveSession;
import java.util.List;

/** Carries out what the core decides. */
final class CoreEffects implements ArrayEffects {
  private final TargetCore target;
  private final LogicalUnits units;
  private final Portals portals;
  private final ArrayNetwork network;

  CoreEffects(TargetCore target, LogicalUnits units, Portals portals, ArrayNetwork network) {
    this.target = target;
    this.units = units;
    this.portals = portals;
    this.network = network;
  }

  @Override
  public void conduct(Address address, Conduct conduct) {
    portals.conduct(address, conduct);
  }

  @Override
  public void move(Address address, String fromPort, String toPort, boolean announced) {
    network.move(address, fromPort, toPort, announced);
    if (!network.carriesAnnouncements()) {
      portals.hide(address, !announced);
    }
  }

  @Override
  public void closeConnections(Address address) {
    portals.closeConnections(address);
  }

  @Override
  public void resetConnections(Address address) {
    portals.resetConnections(address);
  }

  @Override
  public void link(String port, boolean up) {
    network.link(port, up);
  }

  @Override
  public void mapped(String port, boolean mapped) {
    units.mapped(port, mapped);
  }

  @Override
  public List<LiveSession> sessions() {
    return target.sessions().stream()
        .map(
            each ->
                new LiveSession(
                    each.tsih(),
                    each.initiatorName(),
                    each.portal().port(),
                    each.commandsInFlight()))
        .toList();
  }

  @Override
  public void requestLogout(int tsih, int seconds, long nowNs) {
    target.requestLogout(tsih, seconds, nowNs);
  }

  @Override
  public void asyncEvent(int tsih, AsyncNotice notice, long nowNs) {
    if (notice instanceof AsyncNotice.ScsiEvent event) {
      target.scsiEvent(tsih, event.lun(), event.sense());
    } else if (notice instanceof AsyncNotice.Drop drop) {
      target.announceDrop(tsih, drop.all(), drop.time2WaitSec(), nowNs);
    } else if (notice instanceof AsyncNotice.Renegotiate negotiation) {
      target.renegotiate(
          tsih, negotiation.maxRecvDataSegmentLength(), negotiation.seconds(), nowNs);
    } else if (notice instanceof AsyncNotice.Vendor vendor) {
      target.vendorEvent(tsih, vendor.code());
    }
  }

  @Override
  public void holdCommands(String port, boolean held, long nowNs) {
    target.hold(port, held, nowNs);
  }

  @Override
  public void nodeDown(String node, long nowNs) {
    units.nodeDown(node, nowNs);
  }

  @Override
  public void nodeUp(String node, long nowNs) {
    units.nodeUp(node, nowNs);
  }

  @Override
  public void own(String volume, String node, long transitionNs, long nowNs) {
    units.own(volume, node, transitionNs, nowNs);
  }

  @Override
  public void accessState(
      String volume, int portGroup, AccessState state, long transitionNs, long nowNs) {
    units.accessState(volume, portGroup, state, transitionNs, nowNs);
  }

  @Override
  public AccessState accessState(String volume, int portGroup) {
    return units.accessState(volume, portGroup);
  }

  @Override
  public void splitBrain(String node, boolean split) {
    units.splitBrain(node, split);
  }
}
