package io.pathproof.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.diagnosis.Route;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.History;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.vsphere.PortUsage;
import io.pathproof.lab.vsphere.Teaming;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which links hosts are told to use, and what the history tells of it. */
class VsphereSessionsTest extends VsphereRig {
  /** Sessions over one path of each port; what is asked of them is kept. */
  private static final class Told implements PortSessions {
    final List<String> uses = new ArrayList<>();

    @Override
    public void use(LinkId link, boolean used, String why) {
      uses.add(link + (used ? ": used" : ": " + why));
    }

    @Override
    public CompletionStage<PortUsage> usage(String port) {
      String path = port + ":ct0.a";
      return CompletableFuture.completedFuture(
          new PortUsage(List.of(path), List.of(path), List.of("mpatha"), List.of()));
    }
  }

  private final History history = new History(0);
  private final Map<LinkId, String> leftOut = new LinkedHashMap<>();

  private Told attached(VsphereHosts hosts, String name) {
    return hosts.attach(
        name,
        history,
        out -> {
          leftOut.putAll(out);
          return new Told();
        });
  }

  private List<String> eventsSince(int from) {
    return history.entries().stream()
        .skip(from)
        .map(entry -> entry.event())
        .map(
            event ->
                event instanceof Event.VmkernelPortSeen seen
                    ? seen.port() + " " + seen.compliance() + (seen.used() ? " used" : "")
                    : event instanceof Event.PortRemovalAsked asked
                        ? asked.wish()
                            + (asked.bound() ? " bound" : "")
                            + (asked.refused() ? " refused " : " done ")
                            + asked.sessions()
                        : event instanceof Event.HostChanged change
                            ? change.place() + " " + change.text()
                            : event.getClass().getSimpleName())
        .toList();
  }

  private static HostAction action(HostAction.Kind kind) {
    return HostAction.of(kind);
  }

  @Test
  @Tag("PB-2")
  @Tag("PB-4")
  void aHostComesUpWithoutTheLinksThatItsNetworkDoesNotUse() {
    VsphereHosts hosts = hosts(true);
    // two ports are over vmnic0, and the sessions of one alone
    assertThat(callsOf("routed")).contains("routed.vmk1 -> ct0.a: routed.vmnic0 of 2");

    attached(hosts, "bound");
    assertThat(eventsSince(0))
        .containsExactly("vmk1 compliant used", "vmk2 compliant used", "vmk3 wrong-uplink");
    assertThat(leftOut.keySet()).extracting(LinkId::adapter).containsOnly("bound.vmk3");
    assertThat(leftOut.values()).allMatch(why -> why.contains("which leads to other"));

    leftOut.clear();
    attached(hosts, "routed");
    assertThat(leftOut.keySet()).extracting(LinkId::adapter).containsOnly("routed.vmk2");
    assertThat(leftOut.values()).containsOnly("vmk2 is not the port that the route table chooses");
  }

  @Test
  @Tag("PB-3")
  void aPortGoesOutOfUseAndComesBackAndTheHistoryTellsWhy() {
    VsphereHosts hosts = hosts(true);
    Told told = attached(hosts, "bound");
    int before = history.entries().size();
    HostAction teaming =
        new HostAction(
            HostAction.Kind.TEAMING,
            "",
            Optional.of(new Teaming(List.of("vmnic0"), List.of("vmnic1"))));

    hosts.act("bound.vmk1", teaming);

    assertThat(eventsSince(before))
        .containsExactly("bound.vmk1 teaming active vmnic0 standby vmnic1", "vmk1 standby");
    assertThat(told.uses)
        .contains(
            "bound.vmk1 -> ct0.a: vmk1 has standby adapter vmnic1 (its own failover order)",
            "bound.vmk2 -> ct0.a: used");
    told.uses.clear();
    int broken = history.entries().size();

    hosts.restore("bound.vmk1", teaming);

    assertThat(eventsSince(broken))
        .containsExactly(
            "bound.vmk1 no more: teaming active vmnic0 standby vmnic1", "vmk1 compliant used");
    assertThat(told.uses).contains("bound.vmk1 -> ct0.a: used", "bound.vmk1 -> ct1.a: used");
  }

  @Test
  @Tag("PB-8")
  void anAdapterIsAddedToOneSwitchAndTakenOffAgain() {
    VsphereHosts hosts = hosts(true);
    Told told = attached(hosts, "two");
    HostAction add = new HostAction(HostAction.Kind.ADD_ADAPTER, "vmnic2", Optional.empty());

    List<LinkId> over = hosts.act("two.vSwitch2", add).toCompletableFuture().join();

    assertThat(over).extracting(LinkId::adapter).containsOnly("two.vmk2");
    assertThat(told.uses)
        .contains("two.vmk1 -> ct0.a: used")
        .anyMatch(use -> use.startsWith("two.vmk2 -> ct0.a: vmk2 has 2 active adapters"));
    told.uses.clear();
    hosts.restore("two.vSwitch2", add);
    assertThat(told.uses).contains("two.vmk2 -> ct0.a: used");
  }

  @Test
  @Tag("PB-7")
  void whoAsksToTakeAPortAwayIsToldWhatHangsOnIt() {
    VsphereHosts hosts = hosts(true);
    Told told = attached(hosts, "bound");
    int before = history.entries().size();

    hosts.act("bound.vmk1", action(HostAction.Kind.REMOVE_PORT));
    hosts.act("bound.vmk1", action(HostAction.Kind.UNBIND));
    assertThat(told.uses).noneMatch(use -> use.startsWith("bound.vmk1") && !use.endsWith("used"));
    hosts.act("bound.vmk1", action(HostAction.Kind.UNBIND_FORCE));
    assertThat(told.uses).contains("bound.vmk1 -> ct0.a: vmk1 was unbound");
    hosts.act("bound.vmk1", action(HostAction.Kind.REMOVE_PORT));
    told.uses.clear();
    hosts.restore("bound.vmk1", action(HostAction.Kind.UNBIND_FORCE));
    assertThat(told.uses).doesNotContain("bound.vmk1 -> ct0.a: used");
    hosts.restore("bound.vmk1", action(HostAction.Kind.REMOVE_PORT));
    assertThat(told.uses).contains("bound.vmk1 -> ct0.a: used");

    assertThat(eventsSince(before))
        .contains(
            "remove-port bound refused [vmk1:ct0.a]",
            "unbind bound refused [vmk1:ct0.a]",
            "unbind-force bound done [vmk1:ct0.a]",
            "remove-port done [vmk1:ct0.a]");
  }

  /** What an examination is told of the ways below its links. */
  @Test
  @Tag("PB-13")
  void theRouteOfALinkIsItsPortsAdapterOrWhatKeepsItFromIts() {
    VsphereHosts hosts = hosts(true);
    LinkId first = new LinkId("bound.vmk1", "ct0.a");
    assertThat(hosts.route(first)).contains(new Route.Found("by vmnic0"));
    assertThat(hosts.route(new LinkId("bound.vmk3", "ct0.a")).orElseThrow())
        .isInstanceOfSatisfying(
            Route.Missing.class, missing -> assertThat(missing.why()).contains("leads to other"));
    hosts.act("bound.vmnic0", linkDown());
    assertThat(hosts.route(first).orElseThrow())
        .isInstanceOfSatisfying(
            Route.Missing.class,
            missing ->
                assertThat(missing.why())
                    .isEqualTo("vmk1's only active adapter vmnic0 has no link"));
    assertThat(hosts.route(new LinkId("bound.vmk2", "ct0.a")))
        .contains(new Route.Found("by vmnic1"));
    assertThat(hosts.route(new LinkId("other.nic0", "ct0.a"))).isEmpty();
  }

  @Test
  @Tag("PB-4")
  void portsWithoutSessionsAreNamedWithTheReason() {
    VsphereHosts hosts = hosts(true);
    assertThat(hosts.unused("routed"))
        .containsExactly(
            "the host has no session over vmk2: vmk2 is not the port that the route table"
                + " chooses");
    assertThat(hosts.unused("bound"))
        .singleElement()
        .satisfies(text -> assertThat(text).startsWith("the host has no session over vmk3: "));
    assertThat(hosts.unused("two")).isEmpty();
    assertThat(hosts.unused("nobody")).isEmpty();
  }
}
