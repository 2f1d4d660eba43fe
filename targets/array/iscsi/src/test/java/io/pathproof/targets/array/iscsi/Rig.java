package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.iscsi.LoginStatus;
import io.pathproof.targets.array.scsi.Defects;
import io.pathproof.targets.array.scsi.LogicalUnits;
import io.pathproof.targets.array.scsi.LogicalUnitsSettings;
import io.pathproof.targets.array.scsi.MemoryStore;
import io.pathproof.targets.array.scsi.TargetPort;
import io.pathproof.targets.array.scsi.Volume;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A target with one volume in memory, in virtual time. */
final class Rig implements LoginDirector, TargetListener {
  static final String TARGET = "iqn.2026-11.test:array";
  static final long SECOND = 1_000_000_000L;

  final PortalIdentity portal =
      new PortalIdentity("node1", "node1.a", 1, 1, "10.0.0.2", 3260, false);
  final PortalIdentity other =
      new PortalIdentity("node2", "node2.a", 2, 2, "10.0.0.3", 3260, false);
  final Defects defects = new Defects();
  final List<String> ended = new ArrayList<>();
  final List<String> breaches = new ArrayList<>();
  final List<String> strangers = new ArrayList<>();
  final LogicalUnits units;
  final TargetCore target;
  Optional<Redirect> redirect = Optional.empty();
  Optional<LoginStatus> refusal = Optional.empty();
  int portals = 1;
  long nowNs = 1_000 * SECOND;

  Rig() {
    this(Optional.empty());
  }

  Rig(Optional<ChapAccounts> chap) {
    units =
        new LogicalUnits(
            LogicalUnitsSettings.of(
                TARGET,
                List.of(
                    new TargetPort("node1", "node1.a", 1, 1),
                    new TargetPort("node2", "node2.a", 2, 2)),
                List.of(new Volume("vol0", 1, 1 << 20, 512, "", new MemoryStore(1 << 20)))),
            defects);
    target =
        new TargetCore(
            TargetSettings.of(TARGET, chap), units, defects, this, bytes -> bytes[0] = 42, this);
  }

  void pass(long ns) {
    long end = nowNs + ns;
    while (target.nextDeadlineNs() != Long.MAX_VALUE && target.nextDeadlineNs() <= end) {
      nowNs = Math.max(nowNs, target.nextDeadlineNs());
      target.onTime(nowNs);
    }
    nowNs = end;
  }

  byte[] store(int offset, int length) {
    ByteBuffer bytes = units.readStore("vol0", offset, length);
    byte[] copy = new byte[length];
    bytes.get(copy);
    return copy;
  }

  @Override
  public Optional<Redirect> redirect(PortalIdentity at, String initiatorName, long now) {
    return redirect;
  }

  @Override
  public Optional<LoginStatus> refuses(PortalIdentity at, String initiatorName) {
    return refusal;
  }

  @Override
  public List<PortalIdentity> advertised() {
    List<PortalIdentity> all = new ArrayList<>();
    for (int i = 0; i < portals; i++) {
      all.add(
          new PortalIdentity(
              "node1", "node1.a", 1, 1, "10.0." + i / 250 + "." + i % 250, 3260, false));
    }
    return all;
  }

  @Override
  public void sessionEnded(SessionInfo session, String why, long now) {
    ended.add(why);
  }

  @Override
  public void noLogin(PortalIdentity at, String what, long now) {
    strangers.add((now - 1_000 * SECOND) / SECOND + " s: " + what);
  }

  @Override
  public void breach(PortalIdentity at, String what, long now) {
    breaches.add(what);
  }
}
