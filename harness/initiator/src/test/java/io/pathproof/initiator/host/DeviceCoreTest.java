package io.pathproof.initiator.host;

import static io.pathproof.initiator.host.FailoverScene.A;
import static io.pathproof.initiator.host.FailoverScene.B;
import static io.pathproof.initiator.host.FailoverScene.CHECKER_MS;
import static io.pathproof.initiator.host.FailoverScene.MULTIPATH;
import static io.pathproof.initiator.host.FailoverScene.array;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.initiator.multipath.CheckerState;
import io.pathproof.initiator.multipath.FencePolicy;
import io.pathproof.initiator.multipath.IoOutcome;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A device over its paths: where its I/O goes when sessions are lost and come back. */
class DeviceCoreTest {

  private static IoLog write(FakeArray array) {
    return array.write();
  }

  @Test
  void aLostConnectionMovesItsIoToTheOtherPath() {
    FakeArray array = array(MULTIPATH, A, B).start();
    array.silent.add(A.id());
    IoLog seen = write(array);
    array.cut(A.id());
    assertThat(seen.lines)
        .containsExactly(
            "sent nic0:node1.a #1",
            "ended nic0:node1.a #1 INDETERMINATE true",
            "unfenced nic0:node2.a #2",
            "sent nic0:node2.a #2",
            "completed OK nic0:node2.a");
    assertThat(array.log.of(HostEvent.PathSwitched.class)).hasSize(1);
    assertThat(array.log.of(HostEvent.RetriedUnfenced.class)).hasSize(1);
    assertThat(array.log.paths(false)).containsExactly(A.id());

    // back after its login, without waiting for the checker's interval
    array.silent.clear();
    array.units.get(A.id()).attentions = 1;
    array.reconnect(A.id(), A.portal());
    assertThat(array.log.paths(true)).containsExactly(A.id(), B.id(), A.id());
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({"1, the same portal and group", "2, another group at the same address", "0, no tag"})
  void reinstatementFencesOnlyInThePortalGroupOfTheFormerLogin(int tag, String place) {
    assertThat(fencedByLoginAt(A.portal(), tag)).as(place).isEqualTo(tag == 1);
  }

  @Test
  void reinstatementFencesOnlyOnThePortalOfTheFormerLogin() {
    assertThat(fencedByLoginAt(B.portal(), 1)).isFalse();
  }

  private static boolean fencedByLoginAt(Portal portal, int tag) {
    FakeArray array =
        array(MULTIPATH.toBuilder().fence(FencePolicy.hold(60_000)).build(), A, B).start();
    array.silent.add(A.id());
    IoLog seen = write(array);
    array.cut(A.id());
    // still held on the way to B; A itself cannot be used, so that nothing else ends the hold
    array.units.get(A.id()).notReady = Sense.fixed(SenseKey.NOT_READY, 0x04, 0x03);
    array.reconnect(A.id(), portal, tag);
    assertThat(seen.lines).doesNotContain("unfenced nic0:node2.a #2");
    return seen.lines.contains("sent nic0:node2.a #2");
  }

  @Test
  void withARecoveryTimeoutThePathFailsOnlyWhenItIsOver() {
    FakeArray array = array(MULTIPATH, 2_000, A, B).start();
    array.cut(A.id());
    array.pass(1_999);
    assertThat(array.log.paths(false)).isEmpty();
    array.pass(1);
    assertThat(array.log.paths(false)).containsExactly(A.id());

    FakeArray quick = array(MULTIPATH, 2_000, A, B).start();
    quick.cut(A.id());
    quick.pass(1_000);
    quick.reconnect(A.id(), A.portal());
    quick.pass(10_000);
    assertThat(quick.log.paths(false)).isEmpty();
  }

  @Test
  void aSinglePathHostsIoWaitsForTheRecoveryOfItsSession() {
    FakeArray array = array(MultipathSettings.singlePath(CHECKER_MS), 2_000, A).start();
    array.keepsTasks = true;
    array.silent.add(A.id());
    IoLog seen = write(array);
    array.cut(A.id());
    array.silent.clear();
    array.reconnect(A.id(), A.portal());
    assertThat(seen.lines)
        .containsExactly(
            "sent nic0:node1.a #1",
            "ended nic0:node1.a #1 INDETERMINATE true",
            "sent nic0:node1.a #2",
            "completed OK nic0:node1.a");
  }

  @Test
  void aSinglePathHostTellsThatItsWriteGoesUnfencedToTheNodeThatTookTheAddress() {
    FakeArray array = array(MultipathSettings.singlePath(CHECKER_MS), 2_000, A).start();
    array.keepsTasks = true;
    array.silent.add(A.id());
    IoLog seen = write(array);
    array.cut(A.id());
    array.silent.clear();
    assertThat(array.log.of(HostEvent.RetriedUnfenced.class)).as("not known yet").isEmpty();
    array.reconnect(A.id(), A.portal(), 2);
    assertThat(seen.lines)
        .containsExactly(
            "sent nic0:node1.a #1",
            "ended nic0:node1.a #1 INDETERMINATE true",
            "sent nic0:node1.a #2",
            "unfenced nic0:node1.a #2",
            "completed OK nic0:node1.a");
    HostPath path = array.core.devices().get(0).paths().get(0);
    assertThat(array.log.of(HostEvent.RetriedUnfenced.class))
        .containsExactly(new HostEvent.RetriedUnfenced("sda", path, 2, 0));
  }

  @Test
  void aSessionThatIsDownIsNotCheckedByTasks() {
    FakeArray array = array(MULTIPATH, A, B).start();
    array.keepsTasks = true;
    array.cut(A.id());
    array.pass(5 * CHECKER_MS);
    assertThat(array.submittedWhileDown).isZero();
    assertThat(array.core.devices().get(0).checkerState(A.id())).isEqualTo(CheckerState.DOWN);
  }

  @Test
  void theIdentityIsReadOnceForEachLoginNotAtEachCheck() {
    FakeArray array = array(MULTIPATH, A, B).start();
    array.cut(A.id());
    array.reconnect(A.id(), A.portal());
    FakeLogicalUnit unit = array.units.get(A.id());
    unit.ioFails = Sense.fixed(SenseKey.NOT_READY, 0x04, 0x03);
    assertThat(write(array).lines).last().isEqualTo("completed OK nic0:node2.a");
    unit.received.clear();
    array.pass(CHECKER_MS);
    assertThat(unit.received).containsExactly(new Cdb.TestUnitReady());
    assertThat(array.log.paths(true)).hasSize(4);
  }

  @Test
  void anotherUnitAfterAShortOutageIsRefusedThoughThePathNeverFailed() {
    FakeArray array = array(MULTIPATH, 2_000, A, B).start();
    array.cut(A.id());
    array.units.get(A.id()).naa[15] = 99;
    array.reconnect(A.id(), A.portal());
    assertThat(array.log.of(HostEvent.PathRefused.class)).hasSize(1);
    assertThat(array.log.paths(false)).containsExactly(A.id());
    array.pass(10 * CHECKER_MS);
    assertThat(array.log.of(HostEvent.PathRefused.class)).as("told once").hasSize(1);
    assertThat(write(array).lines)
        .containsExactly("sent nic0:node2.a #1", "completed OK nic0:node2.a");
    array.units.get(A.id()).naa[15] = 15;
    array.pass(CHECKER_MS);
    assertThat(array.log.paths(true)).containsExactly(A.id(), B.id(), A.id());
  }

  @Test
  void aStandbyPathIsAGhost() {
    FakeArray array = array(MULTIPATH, A, B).start();
    array.cut(A.id());
    array.units.get(A.id()).notReady = Sense.fixed(SenseKey.NOT_READY, 0x04, 0x0B);
    array.reconnect(A.id(), A.portal());
    array.pass(CHECKER_MS);
    assertThat(array.log.paths(true)).containsExactly(A.id(), B.id());
    assertThat(array.core.devices().get(0).checkerState(A.id())).isEqualTo(CheckerState.GHOST);
    array.units.get(A.id()).notReady = null;
    array.pass(CHECKER_MS);
    assertThat(array.log.changes().toList())
        .last()
        .satisfies(event -> assertThat(event.checker()).isEqualTo(CheckerState.UP));
  }

  @Test
  void blocksBeyondTheEndAreRefused() {
    FakeArray array = array(MULTIPATH, A).start();
    DeviceCore device = array.core.devices().get(0);
    IoLog seen = new IoLog();
    assertThatThrownBy(() -> device.read(999, 2, seen, array.nowNs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 blocks from 999 on mpatha, which has 1000");
    device.read(998, 2, seen, array.nowNs);
    array.pump();
    assertThat(seen.lines).last().isEqualTo("completed OK " + A.id());
  }

  @Test
  void aReadGoesIntoTheBufferOfItsCallerOverWhicheverPath() {
    FakeArray array = array(MULTIPATH, A, B).start();
    DeviceCore device = array.core.devices().get(0);
    ByteBuffer into = ByteBuffer.allocate(3 * 512).position(100);
    ReadLog seen = new ReadLog();
    array.servers.put(A.id(), task -> answer(task, (byte) 1, FakeArray.RESET));
    array.servers.put(B.id(), task -> answer(task, (byte) 2, null));
    device.read(10, 2, into, seen, array.nowNs);
    array.pump();
    assertThat(seen.results).extracting(HostIoResult::path).containsExactly(B.id());
    assertThat(into.position()).isEqualTo(100);
    assertThat(into.limit()).isEqualTo(3 * 512);
    ByteBuffer expected = ByteBuffer.allocate(3 * 512);
    for (int i = 100; i < 100 + 2 * 512; i++) {
      expected.put(i, (byte) 2);
    }
    assertThat(into.array()).isEqualTo(expected.array());

    ByteBuffer small = ByteBuffer.allocate(1023);
    assertThatThrownBy(() -> device.read(10, 2, small, seen, array.nowNs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 blocks of 512 bytes do not go into the 1023 bytes of the buffer");
  }

  @Test
  void aReadIsLentOnEachPathWhereTheCallerSaysSoAndNotOtherwise() {
    FakeArray array = array(MULTIPATH, A, B).start();
    DeviceCore device = array.core.devices().get(0);
    List<Boolean> lent = new ArrayList<>();
    array.servers.put(
        A.id(),
        task -> {
          lent.add(task.isLent());
          return FakeArray.RESET.withSent(true);
        });
    array.servers.put(
        B.id(),
        task -> {
          lent.add(task.isLent());
          return new ScsiResult(ScsiResult.GOOD, ByteBuffer.allocate(0), 0, pattern());
        });
    ReadLog seen = new ReadLog();
    device.readLent(10, 2, seen, array.nowNs);
    array.pump();
    assertThat(lent).containsExactly(true, true);
    assertThat(seen.results).extracting(HostIoResult::data).containsExactly(pattern());
    device.read(10, 2, seen, array.nowNs);
    array.pump();
    assertThat(lent).containsExactly(true, true, false);
    assertThatThrownBy(() -> device.readLent(999, 2, seen, array.nowNs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 blocks from 999 on mpatha, which has 1000");
  }

  private static ByteBuffer pattern() {
    return ByteBuffer.allocate(2 * 512).put(700, (byte) 3);
  }

  /** Fills the task's buffer, and ends it well or badly. */
  private static TaskOutcome answer(ScsiTask task, byte content, ConnectionFailure failure) {
    ByteBuffer into = task.into();
    for (int i = 0; i < into.limit(); i++) {
      into.put(i, content);
    }
    return failure == null
        ? new ScsiResult(ScsiResult.GOOD, ByteBuffer.allocate(0), 0, into)
        : failure.withSent(true);
  }

  private static final class ReadLog implements HostIoListener {
    final List<HostIoResult> results = new ArrayList<>();

    @Override
    public void sent(String path, int attempt) {}

    @Override
    public void attemptEnded(String path, int attempt, HostIoResult result, boolean retried) {}

    @Override
    public void completed(HostIoResult result) {
      results.add(result);
    }
  }

  @Test
  void aPathDeviceUsesItsPathWhateverMultipathingThinksOfIt() {
    FakeArray array = array(MULTIPATH, A, B).start();
    DeviceCore second = array.core.pathDevices().get(1);
    IoLog seen = new IoLog();
    second.read(0, 1, seen, array.nowNs);
    array.pump();
    assertThat(seen.lines).containsExactly("sent nic0:node2.a #1", "completed OK nic0:node2.a");
    array.cut(B.id());
    int told = array.log.changes().toList().size();
    IoLog failed = new IoLog();
    second.read(0, 1, failed, array.nowNs);
    array.pump();
    assertThat(failed.lines).last().isEqualTo("completed " + IoOutcome.FAILED + " " + B.id());
    assertThat(array.log.changes().toList()).as("it tells no events").hasSize(told);
    array.reconnect(B.id(), B.portal());
    array.units.get(B.id()).received.clear();
    array.pass(3 * CHECKER_MS);
    assertThat(array.units.get(B.id()).received).as("it checks nothing").isEmpty();
  }
}
