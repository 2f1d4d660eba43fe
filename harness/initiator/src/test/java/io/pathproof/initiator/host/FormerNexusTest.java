package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.Fence;
import io.pathproof.initiator.multipath.FencePolicy;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.session.Portal;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TargetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A session that recovers by itself and finds another target portal group where it was, as where
 * the address has moved to another node: what it left behind is fenced before its writes go on.
 */
class FormerNexusTest {
  private static final int RECOVERY_MS = 2_000;
  private static final int HOLD_MS = 5_000;
  private static final HostLink A = link("nic0:node1.a", "nic0", "10.0.0.1", 1);
  private static final HostLink B = link("nic1:node1.b", "nic1", "10.0.1.1", 2);

  private static HostLink link(String id, String adapter, String address, int number) {
    return new HostLink(id, adapter, new Portal(address, 3260), number);
  }

  /** Both portals are in group 1, and say so; A's session is down with a write under way. */
  private static FakeArray lost(FencePolicy policy, HostLink... links) {
    MultipathSettings settings =
        MultipathSettings.builder().checkerIntervalMs(500).fence(policy).build();
    FakeArray array = FakeArray.of(settings, RECOVERY_MS, links);
    array.keepsTasks = true;
    List<TargetAddress> all = Stream.of(links).map(link -> inGroup(link, 1)).toList();
    for (HostLink link : links) {
      array.advertised.put(link.id(), List.of(new SendTargets.Target(FakeArray.TARGET, all)));
    }
    array.start();
    array.silent.add(A.id());
    return array;
  }

  private static TargetAddress inGroup(HostLink link, int tag) {
    return new TargetAddress(link.portal().host(), 3260, OptionalInt.of(tag));
  }

  /**
   * A is in group 1 and B in group 2, by these words of both; then B's node has taken over A's
   * address, and A's session is there with a write under way.
   */
  private static FakeArray takenOver(FencePolicy policy, TargetAddress... told) {
    MultipathSettings settings =
        MultipathSettings.builder().checkerIntervalMs(500).fence(policy).build();
    FakeArray array = FakeArray.of(settings, RECOVERY_MS, A, B);
    array.keepsTasks = true;
    List<SendTargets.Target> answer =
        List.of(new SendTargets.Target(FakeArray.TARGET, List.of(told)));
    array.advertised.put(A.id(), answer);
    array.advertised.put(B.id(), answer);
    array.groups.put(B.id(), 2);
    array.start();
    array.cut(A.id());
    array.reconnect(A.id(), A.portal(), 2);
    array.silent.add(A.id());
    return array;
  }

  private static IoLog cut(FakeArray array) {
    IoLog seen = array.write();
    array.cut(A.id());
    array.silent.clear();
    return seen;
  }

  @Test
  void theWriteWaitsOutsideTheSessionAndFollowsItsReinstatement() {
    FakeArray array = lost(FencePolicy.required(0), A, B);
    IoLog seen = cut(array);
    assertThat(array.submittedWhileDown).isZero();
    array.reconnect(A.id(), A.portal());
    assertThat(seen.lines)
        .containsExactly(
            "sent nic0:node1.a #1",
            "ended nic0:node1.a #1 INDETERMINATE true",
            "fenced nic0:node1.a #2 by reinstated",
            "sent nic0:node1.a #2",
            "completed OK nic0:node1.a");
    assertThat(array.fences()).isEmpty();
  }

  @Test
  void theFormerNexusIsReinstatedOverAnotherPortalOfItsGroup() {
    FakeArray array = lost(FencePolicy.required(0), A, B);
    final IoLog seen = cut(array);
    array.loginsHang.add(B.id());
    array.reconnect(A.id(), A.portal(), 2);
    assertThat(array.fences()).singleElement().matches(fence -> fence.link.equals(B));
    FakeArray.Session fence = array.fences().get(0);
    assertThat(fence.settings.isid()).isEqualTo(array.session(A.id()).settings.isid());
    assertThat(fence.settings.portalGroupTag()).hasValue(1);
    assertThat(seen.lines).hasSize(2);

    fence.listener.sessionUp(array.parameters(B), array.nowNs);
    array.pump();
    assertThat(seen.lines.subList(2, 5))
        .containsExactly(
            "fenced nic0:node1.a #2 by reinstated over nic1:node1.b",
            "sent nic0:node1.a #2",
            "completed OK nic0:node1.a");
    assertThat(array.session(A.id()).up).isTrue();
  }

  @Test
  void withoutAWayThereTheWriteIsHeldAndThenToldUnfenced() {
    FakeArray array = lost(FencePolicy.hold(HOLD_MS), A);
    IoLog seen = cut(array);
    array.reconnect(A.id(), A.portal(), 2);
    array.pass(HOLD_MS - 1);
    assertThat(seen.lines).hasSize(2);
    assertThat(array.log.of(HostEvent.FenceFailed.class))
        .containsExactly(
            new HostEvent.FenceFailed(
                A,
                FakeArray.TARGET,
                Optional.empty(),
                "no other session to its portal group is up"));
    array.pass(1);
    assertThat(seen.lines)
        .endsWith("unfenced nic0:node1.a #2", "sent nic0:node1.a #2", "completed OK nic0:node1.a");
  }

  @Test
  void goingBackToTheFormerGroupIsAFenceOfIt() {
    FakeArray array = lost(FencePolicy.required(0), A);
    IoLog seen = cut(array);
    array.reconnect(A.id(), A.portal(), 2);
    array.cut(A.id());
    array.pass(100);
    assertThat(seen.lines).hasSize(2);
    array.reconnect(A.id(), A.portal(), 1);
    assertThat(seen.lines.subList(2, 5))
        .containsExactly(
            "fenced nic0:node1.a #2 by reinstated",
            "sent nic0:node1.a #2",
            "completed OK nic0:node1.a");
    assertThat(array.log.of(HostEvent.NexusFenced.class))
        .containsExactly(
            new HostEvent.NexusFenced(A, FakeArray.TARGET, Fence.OWN_LOGIN, 100_000_000));
  }

  @Test
  void anotherPortalOfTheSameGroupReinstatesToo() {
    FakeArray array = lost(FencePolicy.required(0), A, B);
    IoLog seen = cut(array);
    // redirected, as an array does that moves its hosts between its ports
    array.reconnect(A.id(), B.portal());
    assertThat(seen.lines).contains("fenced nic0:node1.a #2 by reinstated");

    FakeArray untold = lost(FencePolicy.required(0), A, B);
    untold.advertise(A, A.portal());
    untold.advertise(B, B.portal());
    untold.core.onDiscovered(A, untold.advertised.get(A.id()), untold.nowNs);
    untold.core.onDiscovered(B, untold.advertised.get(B.id()), untold.nowNs);
    IoLog waiting = cut(untold);
    untold.reconnect(A.id(), B.portal());
    assertThat(waiting.lines).as("nobody said that these are one group").hasSize(2);
    untold.core.onDiscovered(B, array.advertised.get(B.id()), untold.nowNs);
    untold.pump();
    assertThat(waiting.lines).as("now B has").contains("fenced nic0:node1.a #2 by reinstated");
  }

  @Test
  void whatWasLeftBehindAtTheNodeThatHadTakenTheAddressOverIsFencedOverThatNodesOwn() {
    FakeArray array = takenOver(FencePolicy.required(0), inGroup(A, 1), inGroup(B, 2));
    IoLog seen = cut(array);
    array.reconnect(A.id(), A.portal(), 1);
    array.pump();
    assertThat(array.fences()).singleElement().matches(fence -> fence.link.equals(B));
    FakeArray.Session fence = array.fences().get(0);
    assertThat(fence.settings.isid()).isEqualTo(array.session(A.id()).settings.isid());
    assertThat(fence.settings.portalGroupTag()).hasValue(2);
    assertThat(array.log.of(HostEvent.FenceFailed.class)).isEmpty();
    assertThat(seen.lines)
        .containsExactly(
            "sent nic0:node1.a #1",
            "ended nic0:node1.a #1 INDETERMINATE true",
            "fenced nic0:node1.a #2 by reinstated over nic1:node1.b",
            "sent nic0:node1.a #2",
            "completed OK nic0:node1.a");
  }

  @Test
  void soItIsWhileTheAddressIsOnItsWayBack() {
    FakeArray array = takenOver(FencePolicy.required(0), inGroup(A, 1), inGroup(B, 2));
    IoLog seen = cut(array);
    array.pass(RECOVERY_MS);
    assertThat(array.session(A.id()).up).isFalse();
    assertThat(seen.lines.subList(2, 5))
        .containsExactly(
            "fenced nic1:node1.b #2 by reinstated over nic1:node1.b",
            "sent nic1:node1.b #2",
            "completed OK nic1:node1.b");
  }

  @Test
  void anAddressThatHasComeToTheLostSessionsNodeIsAWayThere() {
    FakeArray array = takenOver(FencePolicy.required(0), inGroup(A, 1), inGroup(B, 2));
    array.reconnect(A.id(), A.portal(), 1);
    array.cut(B.id());
    array.groups.put(B.id(), 1);
    array.reconnect(B.id(), B.portal(), 1);
    cut(array);
    array.pass(RECOVERY_MS);
    assertThat(array.fences())
        .singleElement()
        .matches(fence -> fence.link.equals(B))
        .satisfies(fence -> assertThat(fence.settings.portalGroupTag()).hasValue(1));
    assertThat(array.log.of(HostEvent.NexusFenced.class))
        .extracting(HostEvent.NexusFenced::fence)
        .contains(Fence.reinstatedOver(B.id()));
  }

  @Test
  void equalTagsOfPortalsThatNoAnswerListsInThatGroupAreNoWay() {
    FakeArray other = takenOver(FencePolicy.required(0), inGroup(A, 1), inGroup(B, 3));
    IoLog seen = cut(other);
    other.reconnect(A.id(), A.portal(), 1);
    assertThat(other.fences()).as("group 2 is not one that the answer knows").isEmpty();
    assertThat(seen.lines).hasSize(2);
  }

  @Test
  void aWriteWithoutAWayToTheNodeThatHadTheAddressIsGivenUpInItsOwnTime() {
    MultipathSettings defaults = MultipathSettings.builder().build();
    FakeArray array = takenOver(FencePolicy.required(0), inGroup(A, 1), inGroup(B, 3));
    IoLog seen = array.write();
    array.pass(1);
    array.cut(A.id());
    array.silent.clear();
    array.reconnect(A.id(), A.portal(), 1);
    array.pass(defaults.ioTimeoutMs() - 2);
    assertThat(seen.lines).hasSize(2);
    array.pass(1);
    assertThat(seen.lines).hasSize(3).last().asString().startsWith("completed INDETERMINATE");
  }

  @Test
  void aFenceThatIsUnderWayGoesOnWhenTheSessionIsBackElsewhere() {
    FakeArray array = lost(FencePolicy.required(0), A, B);
    array.loginsHang.add(B.id());
    IoLog seen = cut(array);
    array.pass(RECOVERY_MS);
    assertThat(array.fences()).as("asked for by a write that goes over B").hasSize(1);
    array.reconnect(A.id(), A.portal(), 2);
    FakeArray.Session fence = array.fences().get(0);
    assertThat(fence.ended).isFalse();
    fence.listener.sessionUp(array.parameters(B), array.nowNs);
    array.pump();
    assertThat(seen.lines).anyMatch(line -> line.endsWith("by reinstated over nic1:node1.b"));
  }

  @Test
  void aPathThatJoinsLaterCountsItsSessionsNexusesFromThere() {
    FakeArray array = lost(FencePolicy.required(0), A, B);
    array.cut(A.id());
    array.silent.clear();
    array.units.values().forEach(unit -> unit.luns = 2);
    array.reconnect(A.id(), A.portal(), 2);
    assertThat(array.core.devices()).hasSize(2);
    array.silent.add(A.id());
    IoLog seen = array.write(1);
    array.cut(A.id());
    array.silent.clear();
    array.reconnect(A.id(), A.portal(), 1);
    assertThat(seen.lines).as("group 2 has no other way").hasSize(2);
    array.cut(A.id());
    array.reconnect(A.id(), A.portal(), 2);
    assertThat(seen.lines).contains("fenced nic0:node1.a #2 by reinstated");
  }
}
