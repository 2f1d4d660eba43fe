package io.pathproof.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.vsphere.Teaming;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The links below VMkernel ports follow what is done to their hosts' networks. */
class VsphereHostsTest extends VsphereRig {
  @Test
  void everyLinkGoesOverItsAdapterWithThoseThatShareIt() {
    hosts(true);

    assertThat(callsOf("bound"))
        .containsExactly(
            "bound.vmk1 -> ct0.a: bound.vmnic0 of 2",
            "bound.vmk1 -> ct0.a: heal",
            "bound.vmk1 -> ct1.a: bound.vmnic0 of 2",
            "bound.vmk1 -> ct1.a: heal",
            "bound.vmk2 -> ct0.a: bound.vmnic1 of 2",
            "bound.vmk2 -> ct0.a: heal",
            "bound.vmk2 -> ct1.a: bound.vmnic1 of 2",
            "bound.vmk2 -> ct1.a: heal");
  }

  @Test
  @Tag("PB-5")
  void aPortThatMovesIsNotHeardForAMomentWhereNothingIsLost() {
    VsphereHosts hosts = hosts(true);
    calls.clear();

    var acted = hosts.act("team.vmnic0", linkDown()).toCompletableFuture();

    assertThat(callsOf("team"))
        .containsExactly("team.vmk1 -> ct0.a: unplug", "team.vmk1 -> ct1.a: unplug");
    clock.advanceMs(VsphereHosts.MOVE_MS - 1);
    assertThat(calls).isEmpty();
    assertThat(acted).isNotCompleted();
    clock.advanceMs(1);
    assertThat(callsOf("team"))
        .containsExactly(
            "team.vmk1 -> ct0.a: team.vmnic1 of 2",
            "team.vmk1 -> ct0.a: heal",
            "team.vmk1 -> ct1.a: team.vmnic1 of 2",
            "team.vmk1 -> ct1.a: heal");
    assertThat(acted.join())
        .extracting(LinkId::toString)
        .containsExactly("team.vmk1 -> ct0.a", "team.vmk1 -> ct1.a");
  }

  @Test
  @Tag("PB-5")
  void whereBytesWouldBeLostAPortMovesAtOnceAndComesBack() {
    VsphereHosts hosts = hosts(false);
    calls.clear();

    hosts.act("team.vmnic0", linkDown());
    assertThat(callsOf("team"))
        .contains("team.vmk1 -> ct0.a: team.vmnic1 of 2")
        .noneMatch(call -> call.endsWith("unplug"));

    hosts.restore("team.vmnic0", linkDown());
    assertThat(callsOf("team")).contains("team.vmk1 -> ct0.a: team.vmnic0 of 2");
  }

  @Test
  @Tag("PB-5")
  void aBoundPortHasNoOtherAdapterToMoveTo() {
    VsphereHosts hosts = hosts(true);
    calls.clear();

    hosts.act("bound.vmnic0", linkDown());
    assertThat(callsOf("bound"))
        .containsExactly("bound.vmk1 -> ct0.a: unplug", "bound.vmk1 -> ct1.a: unplug");

    hosts.restore("bound.vmnic0", linkDown());
    assertThat(callsOf("bound"))
        .containsExactly(
            "bound.vmk1 -> ct0.a: bound.vmnic0 of 2",
            "bound.vmk1 -> ct0.a: heal",
            "bound.vmk1 -> ct1.a: bound.vmnic0 of 2",
            "bound.vmk1 -> ct1.a: heal");
  }

  @Test
  void whatIsWrongWithAnAdapterHitsThePortsThatUseItAndStaysBehindWhenTheyMove() {
    VsphereHosts hosts = hosts(false);
    calls.clear();

    List<LinkId> hit =
        hosts
            .impairAdapter("team.vmnic0", Direction.TO_HOST, new Impairment.SilentDrop())
            .toCompletableFuture()
            .join();

    assertThat(hit)
        .extracting(LinkId::toString)
        .containsExactly("team.vmk1 -> ct0.a", "team.vmk1 -> ct1.a");
    assertThat(callsOf("team"))
        .contains("team.vmk1 -> ct0.a: TO_HOST silent-drop")
        .contains("team.vmk1 -> ct1.a: TO_HOST silent-drop");

    HostAction other =
        new HostAction(
            HostAction.Kind.TEAMING, "", Optional.of(new Teaming(List.of("vmnic1"), List.of())));
    hosts.act("team.vmk1", other);
    assertThat(callsOf("team"))
        .contains("team.vmk1 -> ct0.a: team.vmnic1 of 2", "team.vmk1 -> ct0.a: heal")
        .noneMatch(call -> call.contains("silent-drop"));

    hosts.restore("team.vmk1", other);
    assertThat(callsOf("team")).contains("team.vmk1 -> ct0.a: TO_HOST silent-drop");

    hosts.healAdapter("team.vmnic0");
    assertThat(callsOf("team"))
        .contains("team.vmk1 -> ct0.a: heal")
        .noneMatch(call -> call.contains("silent-drop"));
  }

  @Test
  void aLinkOfItsOwnIsImpairedAndHealedByItself() {
    VsphereHosts hosts = hosts(true);
    calls.clear();
    LinkId link = new LinkId("bound.vmk1", "ct0.a");
    assertThat(hosts.has(link)).isTrue();

    hosts.impair(link, Direction.BOTH, new Impairment.Stall());
    assertThat(callsOf("bound")).contains(link + ": BOTH stall").allMatch(c -> c.contains("ct0"));

    hosts.heal(link);
    assertThat(callsOf("bound")).contains(link + ": heal").noneMatch(c -> c.contains("stall"));
  }

  @Test
  void resetPutsEveryHostBackAsTheTopologySays() {
    VsphereHosts hosts = hosts(false);
    hosts.act("team.vmnic0", linkDown());
    hosts.impairAdapter("bound.vmnic1", Direction.BOTH, new Impairment.SilentDrop());
    calls.clear();

    assertThat(hosts.reset().toCompletableFuture()).isCompleted();

    assertThat(calls)
        .contains("team.vmk1 -> ct0.a: team.vmnic0 of 2", "bound.vmk2 -> ct0.a: heal")
        .noneMatch(call -> call.startsWith("bound.vmk1") || call.contains("silent-drop"));
  }

  @Test
  void whatIsDoneToBothWaysReplacesWhatWasDoneToOne() {
    VsphereHosts hosts = hosts(true);
    LinkId link = new LinkId("bound.vmk1", "ct0.a");
    hosts.impair(link, Direction.TO_HOST, new Impairment.SilentDrop());
    calls.clear();
    hosts.impair(link, Direction.BOTH, new Impairment.Stall());
    assertThat(callsOf("bound"))
        .contains(link + ": BOTH stall")
        .noneMatch(call -> call.contains("silent-drop"));
    hosts.reset();
    assertThat(callsOf("bound"))
        .contains(link + ": heal")
        .noneMatch(call -> call.contains("stall"));
  }

  /** Between scenarios nobody has to wait for a switch to learn an address. */
  @Test
  void resetMovesAtOnce() {
    VsphereHosts hosts = hosts(true);
    hosts.act("team.vmnic0", linkDown());
    clock.advanceMs(VsphereHosts.MOVE_MS);
    calls.clear();
    hosts.reset();
    assertThat(callsOf("team"))
        .contains("team.vmk1 -> ct0.a: team.vmnic0 of 2")
        .noneMatch(call -> call.endsWith("unplug"));
  }

  @Test
  @Tag("PB-5")
  void aPortThatComesBackWhileItMovesMovesFirst() {
    VsphereHosts hosts = hosts(true);
    calls.clear();
    hosts.act("team.vmnic0", linkDown());
    hosts.restore("team.vmnic0", linkDown());
    assertThat(callsOf("team"))
        .containsExactly("team.vmk1 -> ct0.a: unplug", "team.vmk1 -> ct1.a: unplug");

    clock.advanceMs(VsphereHosts.MOVE_MS);
    assertThat(callsOf("team"))
        .startsWith("team.vmk1 -> ct0.a: team.vmnic0 of 2", "team.vmk1 -> ct0.a: heal")
        .contains("team.vmk1 -> ct0.a: unplug");
    clock.advanceMs(VsphereHosts.MOVE_MS);
    assertThat(callsOf("team")).contains("team.vmk1 -> ct0.a: team.vmnic0 of 2");
  }

  @Test
  void whatFailsAtALinkDoesNotKeepItFromWhatComesNext() {
    VsphereHosts hosts = hosts(true);
    LinkId link = new LinkId("bound.vmk1", "ct0.a");
    failing = true;
    assertThat(hosts.impair(link, Direction.BOTH, new Impairment.Stall()).toCompletableFuture())
        .isCompletedExceptionally();
    failing = false;
    calls.clear();
    assertThat(hosts.heal(link).toCompletableFuture()).isCompleted();
    assertThat(callsOf("bound")).contains(link + ": heal");
  }
}
