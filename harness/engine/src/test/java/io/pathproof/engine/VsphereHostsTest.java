package io.pathproof.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.History;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import io.pathproof.lab.vsphere.PhysicalAdapter;
import io.pathproof.lab.vsphere.PortUsage;
import io.pathproof.lab.vsphere.Teaming;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The links below VMkernel ports follow what is done to their hosts' networks. */
class VsphereHostsTest {
  private static final Topology TOPOLOGY =
      TopologyLoader.parse(
          """
          topology: wires
          fabrics: { san: { subnet: 10.0.0.0/24 }, other: { subnet: 10.0.1.0/24 } }
          array:
            nodes:
              ct0: { ports: { a: { fabric: san, address: 10.0.0.10 } } }
              ct1: { ports: { a: { fabric: san, address: 10.0.0.11 } } }
            volumes: { vol0: { size: 64MiB } }
          hosts:
            team:
              multipath: { policy: round-robin }
              adapters: { vmnic0: { fabric: san, bandwidth: 4MiB/s }, vmnic1: { fabric: san } }
              switches: { vSwitch1: { adapters: [vmnic0, vmnic1] } }
              vmkernel: { vmk1: { switch: vSwitch1, address: 10.0.0.101 } }
            bound:
              multipath: { policy: round-robin }
              adapters: { vmnic0: { fabric: san }, vmnic1: { fabric: san }, vmnic2: { fabric: other } }
              switches: { vSwitch1: { adapters: [vmnic0, vmnic1, vmnic2] } }
              vmkernel:
                vmk1: { switch: vSwitch1, address: 10.0.0.111, teaming: { active: [vmnic0] } }
                vmk2: { switch: vSwitch1, address: 10.0.0.112, teaming: { active: [vmnic1] } }
                vmk3: { switch: vSwitch1, address: 10.0.0.113, teaming: { active: [vmnic2] } }
              port-binding: on
            routed:
              multipath: { policy: round-robin }
              adapters: { vmnic0: { fabric: san }, vmnic1: { fabric: san } }
              switches: { vSwitch1: { adapters: [vmnic0, vmnic1], load-balancing: explicit } }
              vmkernel: { vmk1: { switch: vSwitch1, address: 10.0.0.121 }, vmk2: { switch: vSwitch1, address: 10.0.0.122 } }
            two:
              multipath: { policy: round-robin }
              adapters: { vmnic0: { fabric: san }, vmnic1: { fabric: san }, vmnic2: { fabric: san } }
              switches: { vSwitch1: { adapters: [vmnic0] }, vSwitch2: { adapters: [vmnic1] } }
              vmkernel: { vmk1: { switch: vSwitch1, address: 10.0.0.131 }, vmk2: { switch: vSwitch2, address: 10.0.0.132 } }
              port-binding: on
          """,
          "wires.yaml");

  private final List<String> calls = new ArrayList<>();
  private final Clock clock = new Clock();
  private boolean failing;

  /** Time that is moved by hand; tasks run where they are given. */
  private static final class Clock implements Scheduler {
    private record Timer(long atNs, Runnable task) {}

    private final PriorityQueue<Timer> timers =
        new PriorityQueue<>((one, other) -> Long.compare(one.atNs, other.atNs));
    private long nowNs = 1_000;

    @Override
    public long nowNs() {
      return nowNs;
    }

    @Override
    public Cancellable at(long deadlineNs, Runnable task) {
      Timer timer = new Timer(deadlineNs, task);
      timers.add(timer);
      return () -> timers.remove(timer);
    }

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    void advanceMs(long ms) {
      nowNs += ms * 1_000_000;
      while (!timers.isEmpty() && timers.peek().atNs <= nowNs) {
        timers.poll().task.run();
      }
    }
  }

  private final class Recorded implements Wires {
    private final boolean losesNothing;

    Recorded(boolean losesNothing) {
      this.losesNothing = losesNothing;
    }

    private CompletionStage<Void> told(String call) {
      calls.add(call);
      return failing
          ? CompletableFuture.failedFuture(new IllegalStateException(call))
          : CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> impair(LinkId link, Direction direction, Impairment impairment) {
      return told(link + ": " + direction + " " + impairment.kind().word());
    }

    @Override
    public CompletionStage<Void> heal(LinkId link) {
      return told(link + ": heal");
    }

    @Override
    public CompletionStage<Void> unplug(LinkId link) {
      return told(link + ": unplug");
    }

    @Override
    public boolean losesNothing() {
      return losesNothing;
    }

    @Override
    public CompletionStage<Void> carriedBy(
        LinkId link, String host, PhysicalAdapter adapter, int links) {
      return told(link + ": " + host + "." + adapter.name() + " of " + links);
    }
  }

  private VsphereHosts hosts(boolean losesNothing) {
    VsphereHosts hosts = new VsphereHosts(TOPOLOGY, clock, new Recorded(losesNothing));
    assertThat(hosts.plugIn().toCompletableFuture()).isCompleted();
    return hosts;
  }

  private List<String> callsOf(String host) {
    List<String> own = calls.stream().filter(call -> call.startsWith(host + ".")).toList();
    calls.clear();
    return own;
  }

  private static HostAction linkDown() {
    return new HostAction(HostAction.Kind.LINK_DOWN, "", Optional.empty());
  }

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
