package io.pathproof.targets.array.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.targets.array.system.ArrayEffects.Conduct;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeActionsTest {
  private static final OptionalLong TAKEOVER = OptionalLong.of(500);
  private static final OptionalLong NONE = OptionalLong.empty();

  @Test
  void aPausedNodeIsFrozenAndNothingMoves() {
    FakeArray array = new FakeArray(FakeArray.pair(TAKEOVER, 0));
    Snapshot before = array.core.snapshot();
    array.act("node1", "pause");
    array.passMs(60_000);
    assertThat(array.conduct("10.10.1.10")).isEqualTo(Conduct.FROZEN);
    assertThat(array.owner("10.10.1.10")).isEqualTo("node1.a");
    assertThat(array.core.snapshot().nodes().get("node1").state()).isEqualTo("paused");
    assertThat(array.effects).isEmpty();
    array.restore("node1", "pause");
    assertThat(array.conduct("10.10.1.10")).isEqualTo(Conduct.ANSWERS);
    assertThat(array.core.snapshot()).isEqualTo(before);
    assertThat(array.effects).isEmpty();
  }

  @Test
  void aStoppedNodeClosesRefusesAndIsTakenOver() {
    FakeArray array = new FakeArray(FakeArray.pair(TAKEOVER, 0));
    Snapshot before = array.core.snapshot();
    array.act("node1", "stop");
    assertThat(array.effects).startsWith("close 10.10.1.10", "close 10.10.2.10", "down node1");
    assertThat(array.conduct("10.10.1.10")).isEqualTo(Conduct.REFUSES);
    array.passMs(499);
    assertThat(array.owner("10.10.1.10")).isEqualTo("node1.a");
    array.passMs(1);
    assertThat(array.owner("10.10.1.10")).isEqualTo("node2.a");
    assertThat(array.owner("10.10.2.10")).isEqualTo("node2.b");
    assertThat(array.conduct("10.10.1.10")).isEqualTo(Conduct.ANSWERS);
    assertThat(array.effects).contains("move 10.10.1.10 node1.a node2.a true", "own vol0 node2 0");
    assertThat(array.journal()).contains("10.10.1.10 moved from node1.a to node2.a");
    array.effects.clear();
    assertThat(array.restore("node1", "stop")).isTrue();
    assertThat(array.effects)
        .containsSubsequence("close 10.10.1.10", "move 10.10.1.10 node2.a node1.a true")
        .contains("up node1", "own vol0 node1 0");
    assertThat(array.core.snapshot()).isEqualTo(before);
  }

  @Test
  void withoutTakeoverAStoppedNodesAddressesRefuseUntilItIsBack() {
    FakeArray array = new FakeArray(FakeArray.pair(NONE, 0));
    Snapshot before = array.core.snapshot();
    array.act("node1", "stop");
    array.passMs(60_000);
    assertThat(array.owner("10.10.1.10")).isEqualTo("node1.a");
    assertThat(array.conduct("10.10.1.10")).isEqualTo(Conduct.REFUSES);
    array.restore("node1", "stop");
    assertThat(array.core.snapshot()).isEqualTo(before);
  }

  @Test
  void aKilledNodeIsSilentThenItsPartnerCutsWhatWasOpen() {
    FakeArray array = new FakeArray(FakeArray.pair(TAKEOVER, 0));
    array.act("node1", "kill");
    assertThat(array.conduct("10.10.1.10")).isEqualTo(Conduct.SILENT);
    assertThat(array.effects)
        .containsExactly("link node1.a false", "link node1.b false", "down node1");
    array.passMs(500);
    assertThat(array.effects)
        .containsSubsequence("move 10.10.1.10 node1.a node2.a true", "reset 10.10.1.10");
    assertThat(array.conduct("10.10.1.10")).isEqualTo(Conduct.ANSWERS);
  }

  @Test
  void withoutTakeoverAKilledNodesConnectionsAreCut() {
    FakeArray array = new FakeArray(FakeArray.pair(NONE, 0));
    Snapshot before = array.core.snapshot();
    array.act("node1", "kill");
    assertThat(array.effects)
        .containsExactly(
            "reset 10.10.1.10",
            "reset 10.10.2.10",
            "link node1.a false",
            "link node1.b false",
            "down node1");
    array.passMs(60_000);
    assertThat(array.conduct("10.10.1.10")).isEqualTo(Conduct.SILENT);
    array.restore("node1", "kill");
    assertThat(array.core.snapshot()).isEqualTo(before);
  }

  @Test
  void aKilledNodeThatIsBackBeforeTheTakeoverKeepsItsAddresses() {
    FakeArray array = new FakeArray(FakeArray.pair(TAKEOVER, 0));
    Snapshot before = array.core.snapshot();
    array.act("node1", "kill");
    array.passMs(300);
    array.restore("node1", "kill");
    array.passMs(60_000);
    assertThat(array.effects)
        .containsExactly(
            "link node1.a false",
            "link node1.b false",
            "down node1",
            "link node1.a true",
            "link node1.b true",
            "reset 10.10.1.10",
            "reset 10.10.2.10",
            "up node1");
    assertThat(array.core.snapshot()).isEqualTo(before);
  }

  @Test
  void aRemovedNodeSeesItsVolumesOffThenClosesThenIsTakenOver() {
    FakeArray array = new FakeArray(FakeArray.pair(NONE, 200));
    Snapshot before = array.core.snapshot();
    array.act("node1", "remove");
    assertThat(array.effects)
        .containsExactly(
            "own vol0 node2 200", "state vol0 1 UNAVAILABLE", "state vol1 1 UNAVAILABLE");
    assertThat(array.conduct("10.10.1.10")).isEqualTo(Conduct.ANSWERS);
    array.passMs(199);
    assertThat(array.owner("10.10.1.10")).isEqualTo("node1.a");
    array.passMs(1);
    assertThat(array.owner("10.10.1.10")).isEqualTo("node2.a");
    assertThat(array.effects).containsSubsequence("close 10.10.1.10", "down node1");
    assertThat(array.core.snapshot().nodes().get("node1").state()).isEqualTo("removed");
    assertThat(array.restore("node1", "remove")).as("the transition back takes a while").isFalse();
    array.passMs(200);
    assertThat(array.core.snapshot()).isEqualTo(before);
  }

  @Test
  void aRemovedNodesAddressesMoveAfterTheTakeoverTime() {
    FakeArray array = new FakeArray(FakeArray.pair(TAKEOVER, 200));
    array.act("node1", "remove");
    array.passMs(200);
    assertThat(array.conduct("10.10.1.10")).isEqualTo(Conduct.REFUSES);
    array.passMs(499);
    assertThat(array.owner("10.10.1.10")).isEqualTo("node1.a");
    array.passMs(1);
    assertThat(array.owner("10.10.1.10")).isEqualTo("node2.a");
  }

  @Test
  void aReplacedNodeJoinsAsAnother() {
    FakeArray array = new FakeArray(FakeArray.pair(NONE, 0));
    String serial = array.core.snapshot().nodes().get("node1").serial();
    array.act("node1", "replace");
    array.restore("node1", "replace");
    Snapshot.NodeState node = array.core.snapshot().nodes().get("node1");
    assertThat(node.serial()).isNotEqualTo(serial);
    assertThat(node.addresses()).containsExactly("10.10.1.10", "10.10.2.10");
    assertThat(array.journal()).contains("node1 joins as node1-2");
  }

  @Test
  void aFailoverMovesVolumesAndNothingElse() {
    FakeArray array = new FakeArray(FakeArray.pair(TAKEOVER, 300));
    Snapshot before = array.core.snapshot();
    array.act("node1", "fail-over");
    assertThat(array.effects).containsExactly("own vol0 node2 300");
    assertThat(array.conduct("10.10.1.10")).isEqualTo(Conduct.ANSWERS);
    assertThat(array.restore("node1", "fail-over")).isFalse();
    array.passMs(300);
    assertThat(array.effects).containsExactly("own vol0 node2 300", "own vol0 node1 300");
    assertThat(array.core.snapshot()).isEqualTo(before);
  }

  @Test
  void maintenanceWaitsForCommandsInFlight() {
    FakeArray array = new FakeArray(FakeArray.pair(NONE, 100));
    Snapshot before = array.core.snapshot();
    array.sessions.add(new LiveSession(1, "iqn.h", "node1.a", 3));
    array.act("node1", "maintenance");
    assertThat(array.core.snapshot().nodes().get("node1").accessStates())
        .containsEntry("vol0", "unavailable");
    array.passMs(1000);
    assertThat(array.effects).doesNotContain("close 10.10.1.10");
    array.sessions.clear();
    array.passMs(5);
    assertThat(array.effects).contains("close 10.10.1.10");
    assertThat(array.owner("10.10.1.10")).as("no takeover time is set").isEqualTo("node1.a");
    assertThat(array.conduct("10.10.1.10")).isEqualTo(Conduct.REFUSES);
    array.restore("node1", "maintenance");
    array.passMs(100);
    assertThat(array.core.snapshot()).isEqualTo(before);
  }

  @Test
  void maintenanceDoesNotWaitForEver() {
    FakeArray array = new FakeArray(FakeArray.pair(NONE, 100));
    array.sessions.add(new LiveSession(1, "iqn.h", "node1.a", 3));
    array.act("node1", "maintenance");
    array.passMs(5099);
    assertThat(array.effects).doesNotContain("close 10.10.1.10");
    array.passMs(1);
    assertThat(array.effects).contains("close 10.10.1.10");
  }

  @Test
  void anAccessStateIsSetForTheNodesGroupAndOutlastsAFailover() {
    FakeArray array = new FakeArray(FakeArray.pair(NONE, 0));
    Snapshot before = array.core.snapshot();
    array.act("node1", "access-state", "standby");
    assertThat(array.effects).containsExactly("state vol0 1 STANDBY", "state vol1 1 STANDBY");
    array.act("node1", "fail-over");
    array.restore("node1", "fail-over");
    assertThat(array.core.snapshot().nodes().get("node1").accessStates())
        .containsEntry("vol0", "standby");
    array.restore("node1", "access-state");
    assertThat(array.core.snapshot()).isEqualTo(before);
  }

  @Test
  void onlyTheAccessStateThatStandsIsInForceAndNoneThatADepartureBrought() {
    FakeArray array = new FakeArray(FakeArray.pair(NONE, 0));
    array.act("node1", "access-state", "standby");
    array.core.requireInForce("node1", "access-state", "standby");
    array.core.requireInForce("node1", "access-state", "");
    assertThatThrownBy(() -> array.core.requireInForce("node1", "access-state", "unavailable"))
        .isInstanceOf(RefusedException.class)
        .hasMessage(
            "node1 access-state unavailable is not in force;"
                + " in force: node1 access-state standby");
    array.restore("node1", "access-state");
    array.act("node1", "maintenance");
    array.core.requireInForce("node1", "maintenance", "");
    assertThatThrownBy(() -> array.core.requireInForce("node1", "access-state", ""))
        .hasMessage("node1 access-state is not in force; in force: node1 maintenance");
  }

  @ParameterizedTest
  @CsvSource({"rebalance", "reset"})
  void ownersArePreferredAgainAfterAHostSetAnotherState(String how) {
    FakeArray array = new FakeArray(FakeArray.pair(NONE, 0));
    Snapshot before = array.core.snapshot();
    array.accessState("vol0", 1, AccessState.STANDBY, 0, 0);
    array.accessState("vol0", 2, AccessState.ACTIVE_OPTIMIZED, 0, 0);
    assertThat(array.core.snapshot()).isNotEqualTo(before);
    if (how.equals("reset")) {
      array.reset();
    } else {
      array.act("array", "rebalance");
    }
    assertThat(array.core.snapshot()).isEqualTo(before);
    assertThat(array.effects).contains("own vol0 node1 0").doesNotContain("own vol1 node2 0");
  }

  @Test
  void withBothNodesDownAddressesWaitForTheFirstPortThatIsBack() {
    FakeArray array = new FakeArray(FakeArray.pair(TAKEOVER, 0));
    Snapshot before = array.core.snapshot();
    array.act("node2", "kill");
    array.act("node1", "kill");
    array.passMs(60_000);
    assertThat(array.owner("10.10.1.10")).isEqualTo("node1.a");
    assertThat(array.journal()).contains("10.10.1.10 has no port left to move to");
    array.restore("node2", "kill");
    assertThat(array.owner("10.10.1.10")).isEqualTo("node2.a");
    assertThat(array.conduct("10.10.1.11")).isEqualTo(Conduct.ANSWERS);
    array.restore("node1", "kill");
    assertThat(array.core.snapshot()).isEqualTo(before);
  }

  @Test
  void aPartnerThatDiesInItsTurnPassesOnWhatItHasTakenOver() {
    FakeArray array = new FakeArray(FakeArray.pair(TAKEOVER, 0));
    array.act("node1", "kill");
    array.passMs(500);
    array.act("node2", "kill");
    array.passMs(500);
    array.restore("node1", "kill");
    array.passMs(500);
    assertThat(array.owner("10.10.1.10")).isEqualTo("node1.a");
    assertThat(array.owner("10.10.1.11")).isEqualTo("node1.a");
    assertThat(array.core.snapshot().nodes().get("node1").portals()).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({
    "node1,pause,''",
    "node1,stop,''",
    "node1,kill,''",
    "node1,remove,''",
    "node1,replace,''",
    "node1,fail-over,''",
    "node1,maintenance,''",
    "node1,access-state,offline",
    "node1.a,down,''",
    "array,firmware-restart,''",
    "array,rebalance,''",
    "array,request-logout,3",
    "node1.a,hold-commands,''",
    "array,defect,split-brain"
  })
  void resetBringsBackTheInitialSnapshotFromAnyMoment(String place, String word, String detail) {
    for (long ms : new long[] {0, 1, 50, 300, 700, 3000}) {
      FakeArray array = new FakeArray(FakeArray.pair(TAKEOVER, 100));
      Snapshot before = array.core.snapshot();
      array.act(place, word, detail);
      array.passMs(ms);
      array.act("node2", "kill");
      array.passMs(ms);
      array.reset();
      array.passMs(100);
      assertThat(array.core.snapshot()).as("after %d ms", ms).isEqualTo(before);
      assertThat(array.core.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
      assertThat(array.defects.active()).isEmpty();
    }
  }

  @Test
  void aFirmwareRestartTakesOneNodeAfterTheOtherAndWaitsForHosts() {
    FakeArray array = new FakeArray(FakeArray.pair(TAKEOVER, 100));
    Snapshot before = array.core.snapshot();
    array.session(1, "iqn.h", "node1.a");
    array.act("array", "firmware-restart");
    array.passMs(100);
    assertThat(array.core.snapshot().nodes().get("node1").state()).isEqualTo("maintenance");
    array.sessions.clear();
    array.passMs(1000);
    assertThat(array.core.snapshot().nodes().get("node1").state()).isEqualTo("running");
    array.passMs(5000);
    assertThat(array.core.snapshot().nodes().get("node2").state()).isEqualTo("running");
    array.session(2, "iqn.h", "node1.a");
    array.passMs(20);
    assertThat(array.core.snapshot().nodes().get("node2").state()).isEqualTo("maintenance");
    array.passMs(1200);
    assertThat(array.journal()).contains("node1: hosts are back", "firmware restart done");
    assertThat(array.core.snapshot()).isEqualTo(before);
  }

  @Test
  void aPortHoldsCommandsUntilItIsRestored() {
    FakeArray array = new FakeArray(FakeArray.pair(TAKEOVER, 100));
    array.act("node1.a", "hold-commands");
    array.core.requireInForce("node1.a", "hold-commands", "");
    array.act("node1.a", "hold-commands");
    assertThat(array.restore("node1.a", "hold-commands")).isTrue();
    assertThat(array.effects.stream().filter(effect -> effect.startsWith("hold")))
        .containsExactly("hold node1.a true", "hold node1.a false");
    assertThat(array.journal()).contains("node1.a holds commands", "node1.a carries out commands");
  }

  @Test
  void anAsynchronousEventGoesToTheSessionsOfItsPlace() {
    FakeArray array = new FakeArray(FakeArray.pair(TAKEOVER, 100));
    array.session(1, "iqn.h", "node1.a");
    array.session(2, "iqn.h", "node2.a");
    array.act("node1", "async-event", "drop-session 3");
    array.act("node2.a", "async-event", "vendor 66");
    assertThat(array.effects.stream().filter(effect -> effect.startsWith("async")))
        .containsExactly(
            "async 1 " + new AsyncNotice.Drop(true, 3), "async 2 " + new AsyncNotice.Vendor(66));
    assertThat(array.journal())
        .contains(
            "asynchronous event 3 to iqn.h on node1.a",
            "asynchronous event 255 to iqn.h on node2.a");
  }

  @ParameterizedTest
  @CsvSource({
    "node9,kill,'',no place",
    "node1,explode,'',nothing that can be done",
    "node1.a,kill,'',nothing that can be done",
    "node1,down,'',nothing that can be done",
    "array,defect,rust,no defect",
    "node1,access-state,sleepy,no access state",
    "array,request-logout,soon,no number of seconds",
    "array,request-logout,65536,no number of seconds",
    "array,async-event,'',no asynchronous message",
    "array,async-event,sense 1 6/2a,is no sense key",
    "array,async-event,sense 256 6/2a/06,is no number from 0 to 255",
    "array,async-event,drop-session 65536,is no number from 0 to 65535",
    "array,async-event,renegotiate 511,is no number from 512 to 16777215",
    "array,async-event,vendor 256,is no number from 0 to 255",
    "array,async-event,vendor,no asynchronous message",
    "node1,hold-commands,'',nothing that can be done"
  })
  void whatIsNotKnownIsRefusedWithTheReason(
      String place, String word, String detail, String reason) {
    FakeArray array = new FakeArray(FakeArray.pair(TAKEOVER, 100));
    Snapshot before = array.core.snapshot();
    assertThatThrownBy(() -> array.act(place, word, detail))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(reason);
    assertThat(array.core.snapshot()).isEqualTo(before);
  }

  @Test
  void aPortThatDeniesLoginsEndsItsSessionsUntilItIsRestored() {
    FakeArray array = new FakeArray(FakeArray.pair(NONE, 0));
    array.act("node1.a", "deny-login");
    assertThat(array.effects).containsExactly("close 10.10.1.10");
    assertThat(array.core.deniesLogin("node1.a")).isTrue();
    assertThat(array.core.deniesLogin("node1.b")).isFalse();
    array.restore("node1.a", "deny-login");
    assertThat(array.core.deniesLogin("node1.a")).isFalse();
    assertThat(array.journal()).contains("node1.a denies logins", "node1.a takes logins");
  }

  @Test
  void aPortsLunsAreMaskedOnceAndAResetMapsThemAgain() {
    FakeArray array = new FakeArray(FakeArray.pair(NONE, 0));
    array.act("node1.a", "mask-luns");
    array.act("node1.a", "mask-luns");
    assertThat(array.effects).containsExactly("mapped node1.a false");
    array.reset();
    assertThat(array.effects).contains("mapped node1.a true");
  }
}
