package io.pathproof.lab.vsphere;

import static io.pathproof.lab.vsphere.TwoPorts.INHERITED;
import static io.pathproof.lab.vsphere.TwoPorts.bound;
import static io.pathproof.lab.vsphere.TwoPorts.list;
import static io.pathproof.lab.vsphere.TwoPorts.order;
import static io.pathproof.lab.vsphere.TwoPorts.state;
import static io.pathproof.lab.vsphere.TwoPorts.unboundTeam;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.vsphere.VirtualSwitch.LoadBalancing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which adapter a port leaves by, and what the host's network says of it. */
class NetworkStateTest {
  @Test
  @Tag("PB-4")
  void withoutBindingTheRouteTableTakesTheFirstPortOfTheNetworkAndNoOther() {
    NetworkState state =
        state(order("a b", ""), LoadBalancing.ORIGINATING_PORT_ID, true, INHERITED, INHERITED);

    assertThat(state.route("blue")).contains("vmk1");
    assertThat(state.uses("vmk1", "blue")).isTrue();
    assertThat(state.uses("vmk2", "blue")).isFalse();
    // no port is in green: the first one has the default gateway
    assertThat(state.route("green")).contains("vmk1");
    assertThat(state.remove("vmk1", PortUsage.NONE).refused()).isFalse();
    assertThat(state.route("blue")).contains("vmk2");
  }

  @Test
  @Tag("PB-5")
  void aTeamMovesToTheOtherAdapterAndBack() {
    NetworkState state =
        state(order("a b", ""), LoadBalancing.EXPLICIT_FAILOVER_ORDER, true, INHERITED, INHERITED);
    assertThat(state.portsOver("a")).containsExactly("vmk1", "vmk2");

    assertThat(state.link("a", false))
        .contains(
            new NetworkChange.UplinkMoved(
                "vmk1", Optional.of("a"), Optional.of("b"), "a has no link"));
    assertThat(state.portsOver("b")).containsExactly("vmk1", "vmk2");

    state.link("a", true);
    assertThat(state.uplink("vmk1")).contains("a");
  }

  @Test
  @Tag("PB-5")
  void withoutFailbackATeamStaysWhereItIs() {
    NetworkState state =
        state(order("a b", ""), LoadBalancing.ORIGINATING_PORT_ID, false, INHERITED, INHERITED);
    assertThat(state.uplink("vmk1")).contains("a");
    assertThat(state.uplink("vmk2")).contains("b");

    state.link("a", false);
    assertThat(state.uplink("vmk1")).contains("b");
    assertThat(state.link("a", true)).isEmpty();
    assertThat(state.uplink("vmk1")).contains("b");
    state.link("b", false);
    assertThat(state.uplink("vmk1")).contains("a");
  }

  @Test
  void aStandbyAdapterIsTakenOnlyWhenNoActiveOneHasALink() {
    NetworkState state =
        state(order("a", "b"), LoadBalancing.ORIGINATING_PORT_ID, true, INHERITED, INHERITED);
    assertThat(state.uplink("vmk2")).contains("a");
    state.link("a", false);
    assertThat(state.uplink("vmk2")).contains("b");
    state.link("b", false);
    assertThat(state.uplink("vmk2")).isEmpty();
    assertThat(state.reachesItsNetwork("vmk2")).isFalse();
  }

  @Test
  void resetTellsWhatItChanged() {
    NetworkState state = bound(order("a b", ""), Optional.of(order("a", "")));
    state.link("b", false);
    state.teaming("vmk1", Optional.of(order("", "")));
    assertThat(state.reset()).hasSize(4);
    assertThat(state.reset()).isEmpty();
    assertThat(state.uses("vmk1", "blue")).isTrue();
    assertThat(state.uplink("vmk2")).contains("b");
  }

  /** Two switches and networks: sw has vmk1 and vmk2 in blue, other has vmk3 in green over c. */
  private static NetworkState twoSwitches() {
    VsphereNetwork one = unboundTeam(true).network();
    Map<String, PhysicalAdapter> adapters = new LinkedHashMap<>(one.adapters());
    adapters.put("d", new PhysicalAdapter("d", "green", OptionalLong.empty()));
    Map<String, VirtualSwitch> switches = new LinkedHashMap<>(one.switches());
    switches.put(
        "other",
        new VirtualSwitch(
            "other", List.of("c", "d"), order("c d", ""), LoadBalancing.ORIGINATING_PORT_ID, true));
    Map<String, VmkernelPort> ports = new LinkedHashMap<>(one.ports());
    ports.put("vmk3", new VmkernelPort("vmk3", "other", "green", "10.0.1.1", INHERITED));
    return new NetworkState(
        new VsphereNetwork(adapters, switches, ports, Optional.empty(), false, IscsiTargets.NONE));
  }

  @Test
  @Tag("PB-4")
  void aPortIsCountedOnItsOwnSwitchAndChosenForItsOwnNetwork() {
    NetworkState state = twoSwitches();

    // the first port of its switch has the first of its adapters, though two ports come before it
    assertThat(state.uplink("vmk3")).contains("c");
    assertThat(state.route("green")).contains("vmk3");
    assertThat(state.uses("vmk1", "green")).isFalse();
    assertThat(state.reachesItsNetwork("vmk3")).isTrue();
  }

  @Test
  @Tag("PB-2")
  void whatLeavesByAnAdapterOfAnotherNetworkDoesNotReachItsOwn() {
    NetworkState state = bound(order("a b", ""), Optional.of(order("c", "")));
    assertThat(state.uplink("vmk1")).contains("c");
    assertThat(state.reachesItsNetwork("vmk1")).isFalse();
    assertThat(state.reachesItsNetwork("vmk2")).isTrue();
  }

  @ParameterizedTest
  @Tag("PB-13")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a   |     | a   | vmk1's only active adapter a has no link | check the cable and the switch port of a; bound, it has no other adapter
              | b   | b   | vmk1's only adapter b has no link        | check the cable and the switch port of b; bound, it has no other adapter
          a   | b   | a b | no adapter of vmk1's team has a link: a, b | check the cable and the switch port of a, b; bound
              |     |     | vmk1 has no active adapter (its own failover order) | exactly one active adapter
          c   |     |     | vmk1, whose address is in blue, leaves by c, which leads to green | make an adapter active that leads to blue
          a   | c   | a   | vmk1, whose address is in blue, leaves by c, which leads to green, as there is no link at a | leads to blue; check the cable and the switch port of a
          a   | b   | a   | |
          """)
  void whatKeepsAPortFromItsNetworkIsTold(
      String active, String standby, String down, String reason, String remedy) {
    NetworkState state = bound(order("a b", ""), Optional.of(order(active, standby)));
    list(down).forEach(adapter -> state.link(adapter, false));

    Optional<Obstacle> obstacle = state.obstacle("vmk1");

    assertThat(obstacle.map(Obstacle::reason)).isEqualTo(Optional.ofNullable(reason));
    if (reason != null) {
      assertThat(obstacle.orElseThrow().remedy()).contains(remedy);
      assertThat(obstacle.orElseThrow().seen())
          .isEqualTo(reason.contains("leaves by c") ? "leaves by c" : "no uplink");
    }
    assertThat(state.obstacle("vmk2").isPresent()).isEqualTo(list(down).contains("b"));
  }

  @Test
  @Tag("PB-7")
  void aPortThatWasRemovedIsNeitherOfferedNorCarriedNorUsed() {
    NetworkState state =
        state(
            order("a", ""), LoadBalancing.ORIGINATING_PORT_ID, true, INHERITED, INHERITED, "vmk1");
    assertThat(state.candidates()).containsExactly("vmk1", "vmk2");
    state.unbind("vmk1", PortUsage.NONE, false);
    assertThat(state.remove("vmk1", PortUsage.NONE).refused()).isFalse();
    // bound again before it is there again
    state.bind("vmk1");

    assertThat(state.candidates()).containsExactly("vmk2");
    assertThat(state.portsOver("a")).containsExactly("vmk2");
    assertThat(state.uses("vmk1", "blue")).isFalse();
  }

  @Test
  @Tag("PB-8")
  void anAdapterThatIsTakenOffASwitchIsNeitherActiveNorStandbyThere() {
    NetworkState state = unboundTeam(true);
    state.adapter("sw", "c", true);
    assertThat(state.adapters("sw")).containsExactly("a", "b", "c");
    state.teaming("sw", Optional.of(order("a", "c b")));

    state.adapter("sw", "c", false);

    assertThat(state.adapters("sw")).containsExactly("a", "b");
    assertThat(state.teaming("vmk1")).isEqualTo(order("a", "b"));
  }

  @Test
  @Tag("PB-8")
  void aFailoverOrderIsInheritedAgainAndThatOfASwitchIsAsDescribed() {
    NetworkState state = bound(order("a b", ""), Optional.of(order("a", "")));
    state.teaming("vmk1", Optional.empty());
    assertThat(state.teaming("vmk1")).isEqualTo(order("a b", ""));
    assertThat(state.compliance("vmk1").reason()).contains("failover order of sw");

    state.teaming("sw", Optional.of(order("b", "a")));
    assertThat(state.teaming("vmk1")).isEqualTo(order("b", "a"));
    state.teaming("sw", Optional.empty());
    assertThat(state.teaming("vmk1")).isEqualTo(order("a b", ""));
  }

  /** Nobody asks whether a port that is not bound could be. */
  @Test
  @Tag("PB-5")
  void withoutFailbackAPortLeavesAnAdapterThatIsNotOfItsTeamAnyMore() {
    NetworkState state = unboundTeam(false);
    state.teaming("vmk1", Optional.of(order("b", "")));
    assertThat(state.uplink("vmk1")).contains("b");
  }

  @Test
  @Tag("PB-2")
  void aPortWithStandbyAdaptersAloneLeavesByThese() {
    NetworkState state =
        state(order("", "b"), LoadBalancing.ORIGINATING_PORT_ID, true, INHERITED, INHERITED);
    assertThat(state.uplink("vmk1")).contains("b");
  }

  /** A port is counted among those of its own switch. */
  @Test
  @Tag("PB-5")
  void portsOfAnotherSwitchDoNotCountWhenAnAdapterIsChosen() {
    Map<String, PhysicalAdapter> adapters = new LinkedHashMap<>();
    for (String name : List.of("a", "b", "c")) {
      adapters.put(name, new PhysicalAdapter(name, "blue", OptionalLong.empty()));
    }
    LoadBalancing byPort = LoadBalancing.ORIGINATING_PORT_ID;
    Map<String, VirtualSwitch> switches = new LinkedHashMap<>();
    switches.put("one", new VirtualSwitch("one", List.of("a"), order("a", ""), byPort, true));
    switches.put(
        "two", new VirtualSwitch("two", List.of("b", "c"), order("b c", ""), byPort, true));
    Map<String, VmkernelPort> ports = new LinkedHashMap<>();
    ports.put("vmk1", new VmkernelPort("vmk1", "one", "blue", "10.0.0.1", INHERITED));
    ports.put("vmk2", new VmkernelPort("vmk2", "two", "blue", "10.0.0.2", INHERITED));
    ports.put("vmk3", new VmkernelPort("vmk3", "two", "blue", "10.0.0.3", INHERITED));
    NetworkState state =
        new NetworkState(
            new VsphereNetwork(
                adapters, switches, ports, Optional.empty(), false, IscsiTargets.NONE));
    assertThat(state.uplink("vmk1")).contains("a");
    assertThat(state.uplink("vmk2")).contains("b");
    assertThat(state.uplink("vmk3")).contains("c");
  }

  @Test
  void resetForgetsAllThatWasDone() {
    NetworkState state = unboundTeam(false);
    state.link("a", false);
    state.link("a", true);
    state.teaming("vmk2", Optional.of(order("a", "")));
    state.remove("vmk1", PortUsage.NONE);
    assertThat(state.uplink("vmk1")).contains("b");

    state.reset();

    // there is no failback, and yet nothing has ever moved
    assertThat(state.uplink("vmk1")).contains("a");
    assertThat(state.teaming("vmk2")).isEqualTo(order("a b", ""));
    assertThat(state.uses("vmk1", "blue")).isTrue();

    NetworkState binding = bound(order("a b", ""), Optional.of(order("a", "")));
    binding.unbind("vmk1", PortUsage.NONE, false);
    binding.reset();
    assertThat(binding.bound("vmk1")).isTrue();
  }

  @Test
  @Tag("PB-11")
  void parametersCascadeFromTheDynamicTargetUnlessTheStaticOneHasItsOwn() {
    TargetParameters advised = new TargetParameters(OptionalLong.of(30_000), Optional.of(false));
    TargetParameters own = new TargetParameters(OptionalLong.of(7_000), Optional.empty());
    IscsiTargets targets =
        new IscsiTargets(
            List.of(
                new IscsiTargets.Target("10.0.0.10", 3260, advised),
                new IscsiTargets.Target("10.0.9.10", 3260, TargetParameters.INHERITED)),
            List.of(new IscsiTargets.Target("10.0.0.12", 3260, own)));

    assertThat(targets.parameters("10.0.0.10:3260", "10.0.0.10:3260")).isEqualTo(advised);
    assertThat(targets.parameters("10.0.0.10:3260", "10.0.0.11:3260")).isEqualTo(advised);
    assertThat(targets.parameters("10.0.0.10:3260", "10.0.0.12:3260"))
        .isEqualTo(new TargetParameters(OptionalLong.of(7_000), Optional.of(false)));
    // another array's targets on the same adapter
    assertThat(targets.parameters("10.0.9.10:3260", "10.0.9.11:3260"))
        .isEqualTo(TargetParameters.INHERITED);
    assertThat(targets.discoversAt("10.0.0.10:3260")).isTrue();
    assertThat(targets.discoversAt("10.0.0.11:3260")).isFalse();
    assertThat(IscsiTargets.NONE.discoversAt("10.0.0.11:3260")).isTrue();
  }
}
