package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.FencePolicy;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.session.Portal;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TargetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Over which ways a nexus is fenced, in which order, and which are under way side by side. */
class FenceWaysTest {
  private static final int CHECKER_MS = 500;
  private static final HostLink A = link("nic0", "node1.a", "10.0.0.1", 1);
  private static final HostLink B = link("nic1", "node1.b", "10.0.1.1", 2);
  private static final HostLink C = link("nic0", "node2.a", "10.0.0.2", 3);
  private static final HostLink D = link("nic0", "node1.b", "10.0.1.1", 4);

  private static HostLink link(String adapter, String port, String address, int number) {
    return new HostLink(adapter + ":" + port, adapter, new Portal(address, 3260), number);
  }

  private static TargetAddress address(HostLink link, int tag) {
    return new TargetAddress(link.portal().host(), 3260, OptionalInt.of(tag));
  }

  private static FakeArray array(HostLink... links) {
    MultipathSettings settings =
        MultipathSettings.builder()
            .failback(Failback.IMMEDIATE)
            .checkerIntervalMs(CHECKER_MS)
            .fence(FencePolicy.required(0))
            .build();
    FakeArray array = FakeArray.of(settings, 0, links);
    array.groups.put(C.id(), 2);
    return array;
  }

  /** Every portal tells of all, as an array does: node 1's ports in group 1, node 2's in 2. */
  private static FakeArray telling(FakeArray array, HostLink... links) {
    List<TargetAddress> all =
        Arrays.stream(links).map(link -> address(link, link == C ? 2 : 1)).distinct().toList();
    for (HostLink link : links) {
      array.advertised.put(link.id(), List.of(new SendTargets.Target(FakeArray.TARGET, all)));
    }
    return array;
  }

  /** The first path is lost with a write under way, while A's own session stays down. */
  private static IoLog loseAWrite(FakeArray array) {
    array.start();
    array.silent.add(A.id());
    IoLog seen = array.write();
    array.cut(A.id());
    return seen;
  }

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
