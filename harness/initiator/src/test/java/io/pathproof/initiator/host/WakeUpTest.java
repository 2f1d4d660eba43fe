package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.session.Portal;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import org.junit.jupiter.api.Test;

/** When a host has its binding call it: an I/O looks at its own device's deadline alone. */
class WakeUpTest {
  private static final HostLink A =
      new HostLink("nic0:node1.a", "nic0", new Portal("10.10.1.1", 3260), 1);
  private static final HostLink B =
      new HostLink("nic0:node2.a", "nic0", new Portal("10.10.1.2", 3260), 2);
  private static final MultipathSettings MULTIPATH =
      MultipathSettings.multipath(Policy.FAILOVER, 1, 0, true, Failback.IMMEDIATE, 5_000, 500);
  private static final Sense BECOMING_READY = Sense.fixed(SenseKey.NOT_READY, 0x04, 0x01);

  private final FakeArray array = FakeArray.of(MULTIPATH, 0, A, B).start();

  @Test
  void anIdleHostIsNotCalled() {
    assertThat(array.wakeAtNs()).isEqualTo(HostCore.NO_DEADLINE);
    array.write();
    assertThat(array.wakeAtNs()).isEqualTo(HostCore.NO_DEADLINE);
  }

  @Test
  void anIoThatIsPutOffIsSentAgainAtItsTime() {
    FakeLogicalUnit unit = array.units.get(A.id());
    unit.ioFails = BECOMING_READY;
    IoLog seen = array.write();
    assertThat(array.wakeAtNs()).isEqualTo(array.nowNs + 100_000_000);
    unit.ioFails = null;
    array.pass(99);
    assertThat(seen.lines).last().isEqualTo("ended nic0:node1.a #1 FAILED true");
    array.pass(1);
    assertThat(seen.lines).last().isEqualTo("completed OK nic0:node1.a");
  }

  @Test
  void anEarlierTimeOfAnIoBringsTheCallForwardAndALaterOneDoesNotPutItOff() {
    array.cut(B.id());
    long checkNs = array.nowNs + 500_000_000;
    assertThat(array.wakeAtNs()).isEqualTo(checkNs);
    FakeLogicalUnit unit = array.units.get(A.id());
    unit.ioFails = BECOMING_READY;
    final IoLog early = array.write();
    assertThat(array.wakeAtNs()).isEqualTo(array.nowNs + 100_000_000);
    array.pass(450);
    unit.ioFails = null;
    assertThat(array.wakeAtNs())
        .as("the fifth retry and the check fall together")
        .isEqualTo(checkNs);
    array.pass(50);
    assertThat(early.lines).last().isEqualTo("completed OK nic0:node1.a");
    unit.ioFails = BECOMING_READY;
    array.pass(450);
    IoLog late = array.write();
    assertThat(array.wakeAtNs())
        .as("the next check comes first")
        .isEqualTo(array.nowNs + 50_000_000);
    unit.ioFails = null;
    array.pass(100);
    assertThat(late.lines).last().isEqualTo("completed OK nic0:node1.a");
  }

  @Test
  void theIoOfOneDeviceLeavesTheTimeOfAnotherAlone() {
    FakeArray two = FakeArray.of(MULTIPATH, 0, A, B);
    two.units.get(B.id()).naa[15] = 99;
    two.start();
    two.units.get(B.id()).ioFails = BECOMING_READY;
    IoLog other = new IoLog();
    two.core.devices().get(1).read(0, 1, other, two.nowNs);
    two.pump();
    two.units.get(B.id()).ioFails = null;
    two.write();
    assertThat(two.wakeAtNs()).isEqualTo(two.nowNs + 100_000_000);
    two.pass(100);
    assertThat(other.lines).last().isEqualTo("completed OK " + B.id());
  }

  @Test
  void afterTheIoOfOneDeviceTheCheckOfAnotherIsStillDue() {
    FakeArray two = FakeArray.of(MULTIPATH, 0, A, B);
    two.units.get(B.id()).naa[15] = 99;
    two.start();
    two.cut(B.id());
    long checkNs = two.nowNs + 500_000_000;
    two.units.get(A.id()).ioFails = BECOMING_READY;
    IoLog seen = two.write();
    two.units.get(A.id()).ioFails = null;
    two.pass(100);
    assertThat(seen.lines).last().isEqualTo("completed OK nic0:node1.a");
    assertThat(two.wakeAtNs()).isEqualTo(checkNs);
  }

  @Test
  void anIoWithoutAPathEndsWhenItsWaitIsOverThoughNoCheckFallsDue() {
    MultipathSettings impatient =
        MultipathSettings.multipath(Policy.FAILOVER, 1, 0, true, Failback.IMMEDIATE, 300, 500);
    FakeArray one = FakeArray.of(impatient, 0, A).start();
    one.cut(A.id());
    IoLog seen = one.write();
    one.pass(299);
    assertThat(seen.lines).isEmpty();
    one.pass(1);
    assertThat(seen.lines).containsExactly("completed FAILED ");
  }

  @Test
  void aCallThatComesTooEarlyIsAskedForAgain() {
    array.cut(B.id());
    long checkNs = array.nowNs + 500_000_000;
    array.callNow();
    assertThat(array.wakeAtNs()).isEqualTo(checkNs);
    array.callNow();
    assertThat(array.wakeAtNs()).isEqualTo(checkNs);
  }

  @Test
  void aDetachedHostIsNotCalledAnyMore() {
    DeviceCore device = array.core.devices().get(0);
    array.core.detach(array.nowNs);
    array.pump();
    assertThat(array.detached).isTrue();
    array.pass(60_000);
    assertThat(array.wakeAtNs()).isEqualTo(HostCore.NO_DEADLINE);
    device.read(0, 1, new IoLog(), array.nowNs);
    assertThat(array.wakeAtNs()).isEqualTo(HostCore.NO_DEADLINE);
  }
}
