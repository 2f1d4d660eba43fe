package io.pathproof.initiator.host;

import static io.pathproof.initiator.host.FencingScene.A;
import static io.pathproof.initiator.host.FencingScene.B;
import static io.pathproof.initiator.host.FencingScene.C;
import static io.pathproof.initiator.host.FencingScene.CHECKER_MS;
import static io.pathproof.initiator.host.FencingScene.array;
import static io.pathproof.initiator.host.FencingScene.loseAWrite;
import static io.pathproof.initiator.host.FencingScene.telling;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.BlockRange;
import io.pathproof.initiator.multipath.Fence;
import io.pathproof.initiator.multipath.IoTraits;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a host fences the nexus of a lost session, and when it leaves off. */
class NexusFencingTest {
  private static String isidOf(FakeArray.Session session) {
    return session.settings.isid().toString();
  }

  @Test
  void theOldNexusIsReinstatedOverAnotherPortalOfItsGroupAndLeftAgain() {
    FakeArray array = telling(array(A, B, C), A, B, C);
    IoLog seen = loseAWrite(array);

    assertThat(seen.lines)
        .containsExactly(
            "sent nic0:node1.a #1",
            "ended nic0:node1.a #1 INDETERMINATE true",
            "fenced nic1:node1.b #2 by reinstated over nic1:node1.b",
            "sent nic1:node1.b #2",
            "completed OK nic1:node1.b");
    FakeArray.Session fence = array.fences().get(0);
    assertThat(array.fences()).hasSize(1);
    assertThat(fence.link).isEqualTo(B);
    assertThat(isidOf(fence)).isEqualTo(isidOf(array.session(A.id())));
    assertThat(isidOf(fence)).isNotEqualTo(isidOf(array.session(B.id())));
    assertThat(fence.settings.portal()).isEqualTo(B.portal());
    assertThat(fence.settings.portalGroupTag()).hasValue(1);
    assertThat(fence.ended).as("it has left again").isTrue();
    assertThat(array.session(B.id()).up).as("the way's own session").isTrue();
    assertThat(array.log.of(HostEvent.NexusFenced.class))
        .containsExactly(
            new HostEvent.NexusFenced(A, FakeArray.TARGET, Fence.reinstatedOver(B.id()), 0));
  }

  @Test
  void anotherGroupIsNoWayAndTheWriteWaits() {
    FakeArray array = telling(array(A, C), A, C);
    IoLog seen = loseAWrite(array);
    assertThat(array.fences()).isEmpty();
    assertThat(seen.lines).doesNotContain("sent nic0:node2.a #2");
    assertThat(array.log.of(HostEvent.FenceFailed.class))
        .containsExactly(
            new HostEvent.FenceFailed(
                A,
                FakeArray.TARGET,
                Optional.empty(),
                "no other session to its portal group is up"));

    array.silent.clear();
    array.reconnect(A.id(), A.portal());
    assertThat(seen.lines)
        .contains("fenced nic0:node2.a #2 by reinstated", "completed OK nic0:node2.a");
    assertThat(array.log.of(HostEvent.NexusFenced.class))
        .containsExactly(new HostEvent.NexusFenced(A, FakeArray.TARGET, Fence.OWN_LOGIN, 0));
  }

  @Test
  void equalTagsInAnswersOfDifferentPortalsAreNoGroup() {
    // as two programs that pose as one array, each with its only group 1
    FakeArray array = array(A, B);
    IoLog seen = loseAWrite(array);
    assertThat(array.fences()).isEmpty();
    assertThat(seen.lines).doesNotContain("sent nic1:node1.b #2");
  }

  @Test
  void aWriteWhoseLossIsToldBeforeItsSessionsIsFencedAllTheSame() {
    FakeArray array = telling(array(A, B), A, B);
    array.start();
    array.silent.add(A.id());
    IoLog seen = array.write();
    FakeArray.Session session = array.session(A.id());
    session.unanswered.remove(0).listener().completed(FakeArray.RESET.withSent(true), array.nowNs);
    array.pump();
    array.cut(A.id());
    assertThat(seen.lines)
        .contains("fenced nic1:node1.b #2 by reinstated over nic1:node1.b")
        .contains("completed OK nic1:node1.b");
    assertThat(array.fences()).hasSize(1);
  }

  @Test
  void theOwnSessionsReturnEndsAFenceThatIsUnderWay() {
    FakeArray array = telling(array(A, B), A, B);
    array.start();
    array.loginsHang.add(B.id());
    array.silent.add(A.id());
    IoLog seen = array.write();
    array.cut(A.id());
    assertThat(array.fences()).singleElement().matches(fence -> !fence.ended);
    // not used for I/O, so that nothing but the reinstatement lets the write go
    array.units.get(A.id()).notReady = Sense.fixed(SenseKey.NOT_READY, 0x04, 0x03);
    array.silent.clear();
    array.reconnect(A.id(), A.portal());
    assertThat(seen.lines).contains("fenced nic1:node1.b #2 by reinstated");
    assertThat(array.fences()).singleElement().matches(fence -> fence.ended);

    // what its login brings now is late, and fences nothing that was lost since
    array.units.get(A.id()).notReady = null;
    array.pass(2 * CHECKER_MS);
    array.silent.add(A.id());
    IoLog second = array.write();
    SessionListener late = array.fences().get(0).listener;
    array.cut(A.id());
    late.sessionUp(array.parameters(B), array.nowNs);
    array.pump();
    assertThat(second.lines)
        .containsExactly("sent nic0:node1.a #1", "ended nic0:node1.a #1 INDETERMINATE true");
  }

  @Test
  void aLoginThatEndsElsewhereIsNoFence() {
    FakeArray array = telling(array(A, B), A, B);
    array.start();
    // the address has moved since to a node of another group
    array.groups.put(B.id(), 2);
    array.silent.add(A.id());
    IoLog seen = array.write();
    array.cut(A.id());
    assertThat(array.fences()).singleElement().matches(fence -> fence.ended);
    assertThat(seen.lines).noneMatch(line -> line.startsWith("fenced"));
    assertThat(array.log.of(HostEvent.FenceFailed.class))
        .extracting(HostEvent.FenceFailed::why)
        .containsExactly(
            "it leads to 10.0.1.1:3260 in portal group 2, not to 10.0.0.1:3260 in portal group 1");
  }

  @Test
  void twoDevicesOfOneSessionAreFencedByOneLogin() {
    FakeArray array = telling(array(A, B), A, B);
    array.units.values().forEach(unit -> unit.luns = 2);
    array.start();
    assertThat(array.core.devices()).hasSize(2);
    array.silent.add(A.id());
    IoLog first = array.write(0);
    IoLog second = array.write(1);
    array.cut(A.id());
    assertThat(array.fences()).hasSize(1);
    assertThat(first.lines).contains("completed OK nic1:node1.b");
    assertThat(second.lines).contains("completed OK nic1:node1.b");
  }

  /** The first device's I/O, which has the second write at the moment when it is fenced. */
  private static HostIoListener thenWriting(FakeArray array, IoLog onSecond) {
    return new HostIoListener() {
      @Override
      public void sent(String path, int attempt) {}

      @Override
      public void attemptEnded(String path, int attempt, HostIoResult result, boolean retried) {}

      @Override
      public void sentFenced(String path, int attempt, Fence fence, long heldNs) {
        writeBlock(array, 1, onSecond);
      }

      @Override
      public void completed(HostIoResult result) {}
    };
  }

  private static void writeBlock(FakeArray array, int device, HostIoListener seen) {
    DeviceCore core = array.core.devices().get(device);
    core.write(0, 1, (path, attempt) -> ByteBuffer.allocate(512), seen, array.nowNs);
  }

  /**
   * As COMPARE AND WRITE: once it is lost nothing of it waits, and nobody has asked for a fence.
   */
  private static IoLog writeOnce(FakeArray array, int device) {
    IoLog seen = new IoLog();
    IoTraits once = new IoTraits(true, false, 512, new BlockRange(0, 1));
    ByteBuffer block = ByteBuffer.allocate(512);
    array
        .core
        .devices()
        .get(device)
        .submit(DeviceIo.command(Cdb.Write.of(0, 1), once, block, false, seen), array.nowNs);
    array.pump();
    return seen;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoAsksForAFenceThatIsBeingToldIsToldAsWellAndItIsNotHadTwice(boolean former) {
    FakeArray array = telling(array(A, B), A, B);
    array.units.values().forEach(unit -> unit.luns = 2);
    array.start();
    array.loginsHang.add(B.id());
    array.silent.add(A.id());
    IoLog inTheMiddle = new IoLog();
    writeBlock(array, 0, thenWriting(array, inTheMiddle));
    IoLog second = writeOnce(array, 1);
    array.cut(A.id());
    assertThat(second.lines).last().asString().startsWith("completed INDETERMINATE");
    if (former) {
      array.silent.clear();
      array.reconnect(A.id(), A.portal(), 2);
    }
    array.fences().get(0).listener.sessionUp(array.parameters(B), array.nowNs);
    array.pump();
    assertThat(inTheMiddle.lines)
        .hasSize(3)
        .first()
        .asString()
        .endsWith(" #1 by reinstated over nic1:node1.b");
    array.pass(2 * CHECKER_MS);
    assertThat(array.log.of(HostEvent.NexusFenced.class)).hasSize(1);
    assertThat(array.log.of(HostEvent.FenceFailed.class)).as("of a second one").isEmpty();
    assertThat(array.fences()).singleElement().matches(fence -> fence.ended);
  }

  @Test
  void aConfirmedLogoutNeedsNoFence() {
    FakeArray array = telling(array(A, B), A, B);
    array.start();
    array.silent.add(A.id());
    IoLog seen = array.write();
    array.cut(
        A.id(), new ConnectionFailure(ConnectionFailure.Reason.LOGGED_OUT, "logged out", false));
    assertThat(array.fences()).isEmpty();
    assertThat(seen.lines)
        .contains("fenced nic1:node1.b #2 by logged out", "completed OK nic1:node1.b");

    FakeArray unconfirmed = telling(array(A, B), A, B);
    unconfirmed.start();
    unconfirmed.silent.add(A.id());
    IoLog other = unconfirmed.write();
    unconfirmed.cut(
        A.id(),
        new ConnectionFailure(ConnectionFailure.Reason.LOGOUT_UNCONFIRMED, "no answer", false));
    assertThat(unconfirmed.fences()).hasSize(1);
    assertThat(other.lines).anyMatch(line -> line.contains("by reinstated over"));
  }

  @Test
  void whatTheTargetSaysItTerminatesNeedsNoFence() {
    FakeArray array = telling(array(A, B), A, B);
    array.start();
    array.silent.add(A.id());
    IoLog seen = array.write();
    array.cut(
        A.id(),
        new ConnectionFailure(
            ConnectionFailure.Reason.TERMINATED_BY_TARGET, "asynchronous event 3", false));
    assertThat(array.fences()).isEmpty();
    assertThat(seen.lines)
        .contains("fenced nic1:node1.b #2 by terminated", "completed OK nic1:node1.b");

    FakeArray kept = telling(array(A, B), A, B);
    kept.start();
    kept.silent.add(A.id());
    kept.write();
    kept.cut(
        A.id(),
        new ConnectionFailure(
            ConnectionFailure.Reason.DROPPED_BY_TARGET, "asynchronous event 3", false));
    assertThat(kept.fences()).as("its tasks may be reassigned for a while").hasSize(1);
  }

  @Test
  void detachingEndsAFenceThatIsUnderWay() {
    FakeArray array = telling(array(A, B), A, B);
    array.start();
    array.loginsHang.add(B.id());
    array.silent.add(A.id());
    IoLog seen = array.write();
    array.cut(A.id());
    array.core.detach(array.nowNs);
    array.pump();
    assertThat(array.detached).isTrue();
    assertThat(array.fences()).singleElement().matches(fence -> fence.ended);
    assertThat(seen.lines).contains("completed INDETERMINATE nic0:node1.a");
  }
}
