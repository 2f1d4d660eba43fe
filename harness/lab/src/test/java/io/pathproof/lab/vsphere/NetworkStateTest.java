package io.pathproof.lab.vsphere;

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

/** A host with adapters a and b on blue, c on green, two ports on blue. */
class NetworkStateTest {
  private static final Optional<Teaming> INHERITED = Optional.empty();

  private static Teaming order(String active, String standby) {
    return new Teaming(list(active), list(standby));
  }

  private static List<String> list(String names) {
    return names == null || names.isBlank() ? List.of() : List.of(names.split(" "));
  }

  private static NetworkState state(
      Teaming ofSwitch,
      LoadBalancing balancing,
      boolean failback,
      Optional<Teaming> ofVmk1,
      Optional<Teaming> ofVmk2,
      String... bound) {
    Map<String, PhysicalAdapter> adapters = new LinkedHashMap<>();
    for (String name : List.of("a", "b", "c")) {
      String fabric = name.equals("c") ? "green" : "blue";
      adapters.put(name, new PhysicalAdapter(name, fabric, OptionalLong.empty()));
    }
    Map<String, VmkernelPort> ports = new LinkedHashMap<>();
    ports.put("vmk1", new VmkernelPort("vmk1", "sw", "blue", "10.0.0.1", ofVmk1));
    ports.put("vmk2", new VmkernelPort("vmk2", "sw", "blue", "10.0.0.2", ofVmk2));
    return new NetworkState(
        new VsphereNetwork(
            adapters,
            Map.of("sw", new VirtualSwitch("sw", List.of("a", "b"), ofSwitch, balancing, failback)),
            ports,
            bound.length == 0 ? Optional.empty() : Optional.of(List.of(bound)),
            false,
            IscsiTargets.NONE));
  }

  private static NetworkState bound(Teaming ofSwitch, Optional<Teaming> ofVmk1) {
    return state(
        ofSwitch,
        LoadBalancing.EXPLICIT_FAILOVER_ORDER,
        true,
        ofVmk1,
        Optional.of(order("b", "")),
        "vmk1",
        "vmk2");
  }

  @ParameterizedTest
  @Tag("PB-1")
  @Tag("PB-2")
  @CsvSource({
    "a,,COMPLIANT,''",
    "b,,COMPLIANT,''",
    "'',,NO_ACTIVE,has no active adapter",
    "'',b,NO_ACTIVE,has no active adapter",
    "a b,,SEVERAL_ACTIVE,'has 2 active adapters, a, b'",
    "a,b,STANDBY,has standby adapter b",
    "c,,WRONG_UPLINK,'has active adapter c, which leads to green'"
  })
  void exactlyOneActiveAdapterAndNoStandbyOneIsCompliant(
      String active, String standby, Compliance.Cause cause, String reason) {
    NetworkState state = bound(order("a b", ""), Optional.of(order(active, standby)));

    Compliance compliance = state.compliance("vmk1");

    assertThat(compliance.cause()).isEqualTo(cause);
    assertThat(compliance.reason()).contains(reason);
    boolean compliant = cause == Compliance.Cause.COMPLIANT;
    assertThat(compliance.reason().isEmpty()).isEqualTo(compliant);
    assertThat(compliance.remedy().isEmpty()).isEqualTo(compliant);
    assertThat(state.uses("vmk1", "blue")).isEqualTo(compliant);
    assertThat(state.candidates().contains("vmk1")).isEqualTo(compliant);
    assertThat(state.uses("vmk2", "blue")).isTrue();
  }

  @ParameterizedTest
  @Tag("PB-2")
  @CsvSource({"'',", "a b,", "a,b", "c,"})
  void aPortThatWasBoundByForceIsUsedAsItIs(String active, String standby) {
    VsphereNetwork strict = bound(order("a b", ""), Optional.of(order(active, standby))).network();
    NetworkState state =
        new NetworkState(
            new VsphereNetwork(
                strict.adapters(),
                strict.switches(),
                strict.ports(),
                strict.bound(),
                true,
                strict.targets()));

    assertThat(state.compliance("vmk1").compliant()).isFalse();
    assertThat(state.uses("vmk1", "blue")).isTrue();
    state.unbind("vmk1", PortUsage.NONE, false);
    assertThat(state.uses("vmk1", "blue")).isFalse();
  }

  @Test
  @Tag("PB-8")
  void anAdapterAddedToTheSwitchMakesAnInheritingPortNonCompliantUntilItIsTakenOff() {
    NetworkState state = bound(order("a", ""), INHERITED);
    assertThat(state.uses("vmk1", "blue")).isTrue();

    List<NetworkChange> added = state.adapter("sw", "b", true);

    assertThat(state.compliance("vmk1").cause()).isEqualTo(Compliance.Cause.SEVERAL_ACTIVE);
    assertThat(state.compliance("vmk1").reason()).contains("failover order of sw");
    assertThat(added)
        .extracting(change -> change.getClass().getSimpleName() + " " + change.port())
        .containsExactly("ComplianceChanged vmk1", "UseChanged vmk1");

    List<NetworkChange> taken = state.adapter("sw", "b", false);

    assertThat(state.uses("vmk1", "blue")).isTrue();
    assertThat(taken).contains(new NetworkChange.UseChanged("vmk1", true, "b was taken off sw"));
  }

  @Test
  @Tag("PB-8")
  void anOverrideKeepsAPortCompliant() {
    NetworkState state = bound(order("a", ""), Optional.of(order("a", "")));

    assertThat(state.adapter("sw", "b", true)).isEmpty();
    assertThat(state.uses("vmk1", "blue")).isTrue();
  }

  @Test
  @Tag("PB-3")
  void aTeamingThatChangesLaterTakesThePortOutOfUseUntilItIsMended() {
    NetworkState state = bound(order("a b", ""), Optional.of(order("a", "")));

    List<NetworkChange> changed = state.teaming("vmk1", Optional.of(order("a", "b")));

    assertThat(state.uses("vmk1", "blue")).isFalse();
    assertThat(changed).hasSize(2);
    assertThat(changed.get(1))
        .isEqualTo(new NetworkChange.UseChanged("vmk1", false, state.compliance("vmk1").reason()));
    assertThat(state.describedTeaming("vmk1")).hasSize(2);
    assertThat(state.uses("vmk1", "blue")).isTrue();
  }

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
  void aBoundPortHasNoOtherAdapterToMoveTo() {
    NetworkState state = bound(order("a b", ""), Optional.of(order("a", "")));

    assertThat(state.link("a", false))
        .containsExactly(
            new NetworkChange.UplinkMoved(
                "vmk1", Optional.of("a"), Optional.empty(), "a has no link"));
    assertThat(state.uses("vmk1", "blue")).isTrue();
  }

  @Test
  @Tag("PB-7")
  void theRemovalOfABoundPortIsRefusedAndNamesWhatWouldBeLost() {
    NetworkState state = bound(order("a b", ""), Optional.of(order("a", "")));
    PortUsage usage =
        new PortUsage(
            List.of("vmk1:node1.a"),
            List.of("vmk1:node1.a LUN 1"),
            List.of("mpatha", "mpathb"),
            List.of("mpathb"));

    NetworkState.Removal removal = state.remove("vmk1", usage);

    assertThat(removal.refused()).isTrue();
    assertThat(removal.changes()).isEmpty();
    assertThat(removal.text())
        .isEqualTo(
            "vmk1 is bound to the software iSCSI adapter; removing it would end 1 session"
                + " (vmk1:node1.a), 1 path (vmk1:node1.a LUN 1) of mpatha, mpathb; mpathb would"
                + " lose the last path. Unbind it first");
    assertThat(state.uses("vmk1", "blue")).isTrue();
  }

  @Test
  @Tag("PB-7")
  void theRemovalOfAnUnboundPortIsNotGuarded() {
    NetworkState state =
        state(order("a b", ""), LoadBalancing.ORIGINATING_PORT_ID, true, INHERITED, INHERITED);
    PortUsage usage =
        new PortUsage(List.of("vmk1:p"), List.of("vmk1:p"), List.of("sda"), List.of("sda"));

    NetworkState.Removal removal = state.remove("vmk1", usage);

    assertThat(removal.refused()).isFalse();
    assertThat(state.uses("vmk1", "blue")).isFalse();
    assertThat(removal.changes())
        .containsExactly(
            new NetworkChange.UseChanged("vmk1", false, "vmk1 was removed"),
            new NetworkChange.UseChanged("vmk2", true, "vmk1 was removed"));
    state.restore("vmk1");
    assertThat(state.uses("vmk1", "blue")).isTrue();
    assertThat(state.uses("vmk2", "blue")).isFalse();
  }

  @Test
  void aPortWithActivePathsIsUnboundByForceOnly() {
    NetworkState state = bound(order("a b", ""), Optional.of(order("a", "")));
    PortUsage usage =
        new PortUsage(List.of("vmk1:p"), List.of("vmk1:p"), List.of("sda"), List.of());

    assertThat(state.unbind("vmk1", usage, false).refused()).isTrue();
    assertThat(state.uses("vmk1", "blue")).isTrue();
    assertThat(state.unbind("vmk1", usage, true).changes())
        .containsExactly(new NetworkChange.UseChanged("vmk1", false, "vmk1 was unbound"));
    // the last one unbound: the route table chooses again
    state.unbind("vmk2", PortUsage.NONE, false);
    assertThat(state.binding()).isFalse();
    assertThat(state.uses("vmk1", "blue")).isTrue();
    assertThat(state.uses("vmk2", "blue")).isFalse();
    state.bind("vmk2");
    assertThat(state.uses("vmk2", "blue")).isTrue();
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

  private static NetworkState unboundTeam(boolean failback) {
    return state(
        order("a b", ""), LoadBalancing.ORIGINATING_PORT_ID, failback, INHERITED, INHERITED);
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
  @Tag("PB-13")
  void aPortThatIsNotBoundMayHaveAFurtherAdapter() {
    NetworkState state =
        state(order("a", ""), LoadBalancing.ORIGINATING_PORT_ID, true, INHERITED, INHERITED);
    state.link("a", false);
    assertThat(state.obstacle("vmk1").orElseThrow().remedy())
        .endsWith("or give vmk1 a further adapter, active or standby");
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
  @Tag("PB-3")
  void complianceIsToldOfBoundPortsAlone() {
    NetworkState state = unboundTeam(true);
    assertThat(state.teaming("vmk2", Optional.of(order("b", ""))))
        .noneMatch(NetworkChange.ComplianceChanged.class::isInstance);
  }

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
