package io.pathproof.initiator.host;

import static io.pathproof.initiator.host.FencingScene.A;
import static io.pathproof.initiator.host.FencingScene.B;
import static io.pathproof.initiator.host.FencingScene.C;
import static io.pathproof.initiator.host.FencingScene.CHECKER_MS;
import static io.pathproof.initiator.host.FencingScene.D;
import static io.pathproof.initiator.host.FencingScene.array;
import static io.pathproof.initiator.host.FencingScene.loseAWrite;
import static io.pathproof.initiator.host.FencingScene.telling;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.iscsi.SendTargets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Over which ways a nexus is fenced, in which order, and which are under way side by side. */
class FenceWaysTest {
  private static FakeArray.Session fenceOver(FakeArray array, HostLink way) {
    return array.fences().stream().filter(fence -> fence.link == way).findFirst().orElseThrow();
  }

  @Test
  void aWayFromAnotherAdapterIsTriedFirst() {
    FakeArray array = telling(array(A, D, B), A, D, B);
    loseAWrite(array);
    assertThat(array.fences().get(0).link).isEqualTo(B);
  }

  @Test
  void theSamePortalFromAnotherAdapterNeedsNoWordOfTheArray() {
    FakeArray array = array(B, D);
    array.start();
    array.silent.add(B.id());
    IoLog seen = array.write();
    array.cut(B.id());
    assertThat(array.fences()).hasSize(1);
    assertThat(seen.lines).contains("completed OK nic0:node1.b");
  }

  @Test
  void aWayThatFailsIsFollowedByTheNextAndAllAreTriedAgain() {
    FakeArray array = telling(array(A, B, D), A, B, D);
    array.start();
    array.refusing.addAll(List.of(B.id(), D.id()));
    array.silent.add(A.id());
    IoLog seen = array.write();
    array.cut(A.id());
    assertThat(array.log.of(HostEvent.FenceFailed.class))
        .extracting(HostEvent.FenceFailed::way)
        .containsExactly(Optional.of(B), Optional.of(D));
    array.refusing.remove(D.id());
    array.pass(CHECKER_MS - 1);
    assertThat(seen.lines).noneMatch(line -> line.startsWith("fenced"));
    array.pass(1);
    assertThat(seen.lines).anyMatch(line -> line.endsWith("by reinstated over nic0:node1.b"));
    assertThat(array.fences()).allMatch(fence -> fence.ended);
  }

  @Test
  void aSessionThatComesUpIsANewWay() {
    FakeArray array = telling(array(A, B, C), A, B, C);
    array.start();
    array.cut(B.id());
    array.silent.add(A.id());
    IoLog seen = array.write();
    array.cut(A.id());
    assertThat(array.fences()).isEmpty();
    array.reconnect(B.id(), B.portal());
    assertThat(array.fences()).hasSize(1);
    assertThat(seen.lines).contains("fenced nic0:node2.a #2 by reinstated over nic1:node1.b");
  }

  @Test
  void aWordOfTheArrayThatMakesAKnownPortalAWayIsEnough() {
    // neither portal tells of the other, and one that tells of both is not there yet
    FakeArray array = array(A, B, C);
    array.refusing.add(C.id());
    IoLog seen = loseAWrite(array);
    array.pass(CHECKER_MS);
    assertThat(array.fences()).isEmpty();
    assertThat(seen.lines).hasSize(2);

    array.refusing.remove(C.id());
    telling(array, A, B);
    List<SendTargets.Target> both = array.advertised.get(A.id());
    array.core.onDiscovered(C, both, array.nowNs);
    array.pump();
    assertThat(seen.lines).contains("fenced nic1:node1.b #2 by reinstated over nic1:node1.b");
    assertThat(array.session(A.id()).up).isFalse();
  }

  @Test
  void aFenceThatFailsIsNotTriedAgainBeforeItsTimeForWhatTheArrayTells() {
    FakeArray array = telling(array(A, B), A, B);
    array.start();
    array.refusing.add(B.id());
    array.silent.add(A.id());
    array.write();
    array.cut(A.id());
    array.core.onDiscovered(B, array.advertised.get(B.id()), array.nowNs);
    array.pump();
    assertThat(array.log.of(HostEvent.FenceFailed.class)).hasSize(1);
  }

  @Test
  void aWayWhoseOwnSessionIsLostIsLeft() {
    FakeArray array = telling(array(A, B, D), A, B, D);
    array.start();
    array.loginsHang.add(B.id());
    array.silent.add(A.id());
    IoLog seen = array.write();
    array.cut(A.id());
    assertThat(seen.lines).noneMatch(line -> line.startsWith("fenced"));
    array.cut(B.id());
    assertThat(seen.lines).anyMatch(line -> line.endsWith("by reinstated over nic0:node1.b"));
  }

  @Test
  void aWayThatComesUpIsTriedBesideOneWhoseLoginHangs() {
    FakeArray array = telling(array(A, B, D), A, B, D);
    array.start();
    array.cut(D.id());
    array.loginsHang.add(B.id());
    array.silent.add(A.id());
    IoLog seen = array.write();
    array.cut(A.id());
    assertThat(array.fences()).singleElement().matches(fence -> !fence.ended);

    array.reconnect(D.id(), D.portal());
    assertThat(seen.lines).anyMatch(line -> line.endsWith("by reinstated over nic0:node1.b"));
    assertThat(array.fences()).hasSize(2).allMatch(fence -> fence.ended);

    // what the other brings now is late: there is no second fence, and it is no failure
    fenceOver(array, B).listener.sessionUp(array.parameters(B), array.nowNs);
    array.pass(3 * CHECKER_MS);
    assertThat(array.log.of(HostEvent.NexusFenced.class)).hasSize(1);
    assertThat(array.log.of(HostEvent.FenceFailed.class)).isEmpty();
    assertThat(array.fences()).hasSize(2);
  }

  @Test
  void aLoginThatHangsKeepsTheNextWayForACheckerInterval() {
    FakeArray array = telling(array(A, B, D), A, B, D);
    array.start();
    array.loginsHang.add(B.id());
    array.silent.add(A.id());
    IoLog seen = array.write();
    array.cut(A.id());
    array.pass(CHECKER_MS - 1);
    assertThat(array.fences()).hasSize(1);
    array.pass(1);
    assertThat(seen.lines).anyMatch(line -> line.endsWith("by reinstated over nic0:node1.b"));
    assertThat(array.fences()).hasSize(2).allMatch(fence -> fence.ended);
  }

  @Test
  void aWayThatFailsBesideOneThatHangsIsTriedAgain() {
    FakeArray array = telling(array(A, B, D), A, B, D);
    array.start();
    array.loginsHang.add(B.id());
    array.refusing.add(D.id());
    array.silent.add(A.id());
    IoLog seen = array.write();
    array.cut(A.id());
    array.pass(CHECKER_MS);
    assertThat(array.log.of(HostEvent.FenceFailed.class))
        .extracting(HostEvent.FenceFailed::way)
        .containsExactly(Optional.of(D));
    array.refusing.remove(D.id());
    array.pass(CHECKER_MS - 1);
    assertThat(seen.lines).noneMatch(line -> line.startsWith("fenced"));
    array.pass(1);
    assertThat(seen.lines).anyMatch(line -> line.endsWith("by reinstated over nic0:node1.b"));
  }

  @Test
  void aWayThatTheArrayTellsOfIsTriedBesideOneWhoseLoginHangs() {
    // the same portal over another adapter is a way without a word
    FakeArray array = array(B, D, A);
    array.start();
    array.loginsHang.add(D.id());
    array.silent.add(B.id());
    IoLog seen = array.write();
    array.cut(B.id());
    assertThat(array.fences()).singleElement().matches(fence -> !fence.ended);
    telling(array, A, B);
    array.core.onDiscovered(A, array.advertised.get(A.id()), array.nowNs);
    array.pump();
    assertThat(seen.lines).anyMatch(line -> line.endsWith("by reinstated over nic0:node1.a"));
  }

  @Test
  void aWayIsLeftAsLongAsOneIsUnderWay() {
    FakeArray array = telling(array(A, B, D), A, B, D);
    array.start();
    array.loginsHang.add(B.id());
    array.refusing.add(D.id());
    array.silent.add(A.id());
    array.write();
    array.cut(A.id());
    array.pass(CHECKER_MS);
    array.cut(D.id());
    array.pass(3 * CHECKER_MS);
    assertThat(array.log.of(HostEvent.FenceFailed.class))
        .extracting(HostEvent.FenceFailed::way)
        .containsExactly(Optional.of(D));
    assertThat(array.fences()).filteredOn(fence -> !fence.ended).hasSize(1);
  }

  @Test
  void theFirstOfTwoFencesThatSucceedsCounts() {
    FakeArray array = telling(array(A, B, D), A, B, D);
    array.start();
    array.loginsHang.addAll(List.of(B.id(), D.id()));
    array.silent.add(A.id());
    IoLog seen = array.write();
    array.cut(A.id());
    array.pass(3 * CHECKER_MS);
    assertThat(array.fences()).as("one over each way").hasSize(2);
    fenceOver(array, B).listener.sessionUp(array.parameters(B), array.nowNs);
    array.pump();
    assertThat(seen.lines).anyMatch(line -> line.endsWith("by reinstated over nic1:node1.b"));
    assertThat(array.fences()).allMatch(fence -> fence.ended);
    assertThat(fenceOver(array, B).closed).as("it has logged out").isFalse();
    assertThat(fenceOver(array, D).closed).as("it has not logged in").isTrue();
  }
}
