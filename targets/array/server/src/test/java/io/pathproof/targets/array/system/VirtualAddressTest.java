package io.pathproof.targets.array.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.targets.array.system.ArrayConfig.Policy;
import io.pathproof.targets.array.system.ArrayEffects.Conduct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class VirtualAddressTest {
  private static FakeArray array(Policy policy) {
    return new FakeArray(FakeArray.virtualPort(policy, OptionalLong.empty()));
  }

  @Test
  void itMovesToThePartnerPortOfTheSameNodeHalfASecondAfterItsPortWentDown() {
    FakeArray array = array(Policy.NEVER);
    Snapshot before = array.core.snapshot();
    array.act("node1.a", "down");
    assertThat(array.effects).containsExactly("link node1.a false");
    assertThat(array.conduct("10.0.0.1")).isEqualTo(Conduct.SILENT);
    assertThat(array.conduct("10.0.0.2")).isEqualTo(Conduct.SILENT);
    array.passMs(499);
    assertThat(array.owner("10.0.0.1")).isEqualTo("node1.a");
    array.passMs(1);
    assertThat(array.effects)
        .containsExactly(
            "link node1.a false", "move 10.0.0.1 node1.a node1.b true", "reset 10.0.0.1");
    assertThat(array.core.snapshot().nodes().get("node1").ports().get("node1.b").portals())
        .containsExactly("10.0.0.1:3260", "10.0.0.3:3260");
    assertThat(array.owner("10.0.0.2")).as("a port's own address stays").isEqualTo("node1.a");
    array.effects.clear();
    array.restore("node1.a", "down");
    assertThat(array.effects)
        .containsExactly(
            "link node1.a true", "close 10.0.0.1", "move 10.0.0.1 node1.b node1.a true");
    assertThat(array.core.snapshot()).isEqualTo(before);
  }

  @Test
  void addressesThatAreOneAndTheSameAreToldApartByName() {
    ArrayConfig apart = FakeArray.virtualPort(Policy.NEVER, OptionalLong.empty());
    int[] tcpPort = {3260};
    FakeArray array =
        new FakeArray(
            new ArrayConfig(
                apart.name(),
                apart.targetName(),
                apart.nodes().stream()
                    .map(
                        node ->
                            new ArrayConfig.Node(
                                node.name(),
                                node.ports().stream()
                                    .map(
                                        port ->
                                            new ArrayConfig.Port(
                                                port.name(),
                                                "127.0.0.1",
                                                tcpPort[0]++,
                                                port.network()))
                                    .toList()))
                    .toList(),
                List.of(new ArrayConfig.VirtualAddress("vip", "127.0.0.1", 3264, "node1.a")),
                apart.volumes(),
                apart.chap(),
                apart.maxSessions(),
                apart.redirect(),
                apart.takeoverMs(),
                apart.alua(),
                apart.storeDirectory(),
                apart.seed()));
    assertThat(array.core.snapshot().nodes().get("node1").addresses())
        .containsExactly(
            "node1.a (127.0.0.1:3260)", "node1.b (127.0.0.1:3261)", "vip (127.0.0.1:3264)");
    array.act("node1.a", "down");
    array.passMs(500);
    assertThat(array.journal()).contains("vip (127.0.0.1:3264) moved from node1.a to node1.b");
  }

  @Test
  void aPortThatIsBackInTimeKeepsIt() {
    FakeArray array = array(Policy.NEVER);
    array.act("node1.a", "down");
    array.passMs(499);
    array.restore("node1.a", "down");
    array.passMs(5000);
    assertThat(array.effects).containsExactly("link node1.a false", "link node1.a true");
  }

  @Test
  void itGoesOnToTheOtherNodeAndWaitsWhenNoPortIsLeft() {
    FakeArray array = array(Policy.NEVER);
    array.act("node1.b", "down");
    array.act("node1.a", "down");
    array.passMs(500);
    assertThat(array.owner("10.0.0.1")).isEqualTo("node2.a");
    array.act("node2", "kill");
    array.passMs(5000);
    assertThat(array.conduct("10.0.0.1")).isEqualTo(Conduct.SILENT);
    array.restore("node1.b", "down");
    assertThat(array.owner("10.0.0.1")).isEqualTo("node1.b");
    assertThat(array.conduct("10.0.0.1")).isEqualTo(Conduct.ANSWERS);
  }

  @Test
  void discoveryShowsItAlone() {
    assertThat(array(Policy.NEVER).core.advertised())
        .extracting(Address::ip)
        .containsExactly("10.0.0.1");
  }

  @Test
  void neverMeansThatItCarriesTheLogin() {
    assertThat(array(Policy.NEVER).redirect("10.0.0.1", "iqn.h")).isEmpty();
  }

  @Test
  void alwaysMeansTheFirstUsablePortThatIsNotTheOwner() {
    FakeArray array = array(Policy.ALWAYS);
    assertThat(array.redirect("10.0.0.1", "iqn.h")).contains("10.0.0.3");
    array.act("node1.b", "down");
    assertThat(array.redirect("10.0.0.1", "iqn.h")).contains("10.0.0.4");
    array.act("node2", "kill");
    assertThat(array.redirect("10.0.0.1", "iqn.h")).as("only the owner is left").isEmpty();
    assertThat(array.redirect("10.0.0.2", "iqn.h")).as("a port's own address").isEmpty();
    assertThat(array.journal()).contains("login of iqn.h redirected from 10.0.0.1 to 10.0.0.3");
  }

  @Test
  void roundRobinTakesUsablePortsInTurnTheOwnerIncluded() {
    FakeArray array = array(Policy.ROUND_ROBIN);
    List<Optional<String>> targets = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      targets.add(array.redirect("10.0.0.1", "iqn.h" + i));
    }
    assertThat(targets)
        .containsExactly(
            Optional.empty(),
            Optional.of("10.0.0.3"),
            Optional.of("10.0.0.4"),
            Optional.of("10.0.0.5"),
            Optional.empty());
    array.act("node2.a", "down");
    for (int i = 0; i < 6; i++) {
      assertThat(array.redirect("10.0.0.1", "iqn.h")).isNotEqualTo(Optional.of("10.0.0.4"));
    }
  }

  @Test
  void leastLoadedCountsSessionsAndLoginsOnTheirWay() {
    FakeArray array = array(Policy.LEAST_LOADED);
    array.session(1, "iqn.h1", "node1.a");
    array.session(2, "iqn.h2", "node1.b");
    assertThat(array.redirect("10.0.0.1", "iqn.h3")).contains("10.0.0.4");
    assertThat(array.redirect("10.0.0.1", "iqn.h4")).contains("10.0.0.5");
    array.passMs(3000);
    assertThat(array.redirect("10.0.0.1", "iqn.h5"))
        .as("neither of them came")
        .contains("10.0.0.4");
  }

  @Test
  void aSessionThatWasAskedToLogOutIsSentToAnotherPort() {
    FakeArray array = array(Policy.ALWAYS);
    array.session(7, "iqn.h", "node1.b");
    array.act("node1.b", "request-logout", "3");
    assertThat(array.effects).containsExactly("logout 7 3");
    assertThat(array.journal()).contains("logout requested of iqn.h on node1.b");
    assertThat(array.redirect("10.0.0.1", "iqn.h")).contains("10.0.0.4");
    assertThat(array.redirect("10.0.0.1", "iqn.h")).as("the next one").contains("10.0.0.3");
  }

  @Test
  void logoutsAreRequestedOfThoseAtTheNamedPlaceOnly() {
    FakeArray array = array(Policy.ALWAYS);
    array.session(1, "iqn.h1", "node1.a");
    array.session(2, "iqn.h2", "node1.b");
    array.session(3, "iqn.h3", "node2.a");
    array.act("node1", "request-logout");
    assertThat(array.effects).containsExactly("logout 1 5", "logout 2 5");
    array.effects.clear();
    array.act("array", "request-logout");
    assertThat(array.effects).containsExactly("logout 1 5", "logout 2 5", "logout 3 5");
  }

  @Test
  void rebalanceEvensSessionsOut() {
    FakeArray array = array(Policy.ROUND_ROBIN);
    for (int i = 1; i <= 6; i++) {
      array.session(i, "iqn.h" + i, "node1.b");
    }
    array.act("array", "rebalance");
    assertThat(array.effects).hasSize(4).allMatch(effect -> effect.startsWith("logout"));
    List<String> targets = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      targets.add(array.redirect("10.0.0.1", "iqn.h" + i).orElse("10.0.0.1"));
    }
    assertThat(targets).containsOnly("10.0.0.1", "10.0.0.4", "10.0.0.5");
    array.effects.clear();
    array.sessions.clear();
    array.session(1, "iqn.h1", "node1.b");
    array.session(2, "iqn.h2", "node1.a");
    array.act("array", "rebalance");
    assertThat(array.effects).as("even already").isEmpty();
  }

  @Test
  void anUnannouncedMoveTellsNobodyAndCutsNothing() {
    FakeArray array = array(Policy.NEVER);
    Snapshot before = array.core.snapshot();
    array.act("array", "defect", "unannounced-move");
    array.act("node1.a", "down");
    array.passMs(500);
    assertThat(array.effects)
        .containsExactly("link node1.a false", "move 10.0.0.1 node1.a node1.b false");
    array.core.restore("array", "defect", "unannounced-move", 1_000_000_000, () -> {});
    assertThat(array.effects).endsWith("reset 10.0.0.1", "move 10.0.0.1 node1.b node1.b true");
    array.restore("node1.a", "down");
    assertThat(array.core.snapshot()).isEqualTo(before);
  }

  @Test
  void aSplitArrayAnswersFromTwoNodesInTurn() {
    FakeArray array = array(Policy.NEVER);
    array.act("array", "defect", "split-brain");
    assertThat(array.core.portFor(array.address("10.0.0.1"))).isEqualTo("node1.a");
    array.act("node1.a", "down");
    array.passMs(500);
    assertThat(array.effects).contains("split node2 true");
    List<String> ports = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ports.add(array.core.portFor(array.address("10.0.0.1")));
    }
    assertThat(ports).containsExactly("node2.b", "node1.b", "node2.b", "node1.b");
    array.core.restore("array", "defect", "split-brain", 1_000_000_000, () -> {});
    assertThat(array.effects).contains("split node2 false");
    assertThat(array.core.portFor(array.address("10.0.0.1"))).isEqualTo("node1.b");
  }

  @Test
  void aRedirectLoopNeverEnds() {
    FakeArray array = array(Policy.ALWAYS);
    array.act("array", "defect", "redirect-loop");
    String at = "10.0.0.1";
    for (int hop = 0; hop < 20; hop++) {
      at = array.redirect(at, "iqn.h").orElseThrow();
    }
    array.core.restore("array", "defect", "redirect-loop", 0, () -> {});
    assertThat(array.redirect(at, "iqn.h")).isEmpty();
  }

  @Test
  void aRedirectToADeadPortGoesToOneThatIsDownOrToNobody() {
    FakeArray array = array(Policy.ALWAYS);
    array.act("array", "defect", "redirect-to-dead-port");
    String nobody = array.redirect("10.0.0.1", "iqn.h").orElseThrow();
    assertThat(array.core.addresses()).extracting(Address::ip).doesNotContain(nobody);
    array.act("node2.b", "down");
    assertThat(array.redirect("10.0.0.1", "iqn.h")).contains("10.0.0.5");
  }

  @Test
  void theLimitOfSessionsCountsByNode() {
    ArrayConfig base = FakeArray.virtualPort(Policy.NEVER, OptionalLong.empty());
    FakeArray array =
        new FakeArray(
            new ArrayConfig(
                base.name(),
                base.targetName(),
                base.nodes(),
                base.virtualAddresses(),
                base.volumes(),
                base.chap(),
                2,
                base.redirect(),
                base.takeoverMs(),
                base.alua(),
                base.storeDirectory(),
                base.seed()));
    array.session(1, "iqn.h1", "node1.a");
    assertThat(array.core.full("node1.b")).isFalse();
    array.session(2, "iqn.h2", "node1.b");
    assertThat(array.core.full("node1.b")).isTrue();
    assertThat(array.core.full("node2.a")).isFalse();
  }
}
