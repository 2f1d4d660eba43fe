package io.pathproof.lab.vsphere;

import static io.pathproof.lab.vsphere.TwoPorts.INHERITED;
import static io.pathproof.lab.vsphere.TwoPorts.bound;
import static io.pathproof.lab.vsphere.TwoPorts.order;
import static io.pathproof.lab.vsphere.TwoPorts.state;
import static io.pathproof.lab.vsphere.TwoPorts.unboundTeam;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.vsphere.VirtualSwitch.LoadBalancing;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which ports port binding uses, why it uses others not, and what unbinding costs. */
class PortBindingTest {
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
  @Tag("PB-13")
  void aPortThatIsNotBoundMayHaveAFurtherAdapter() {
    NetworkState state =
        state(order("a", ""), LoadBalancing.ORIGINATING_PORT_ID, true, INHERITED, INHERITED);
    state.link("a", false);
    assertThat(state.obstacle("vmk1").orElseThrow().remedy())
        .endsWith("or give vmk1 a further adapter, active or standby");
  }

  @Test
  @Tag("PB-3")
  void complianceIsToldOfBoundPortsAlone() {
    NetworkState state = unboundTeam(true);
    assertThat(state.teaming("vmk2", Optional.of(order("b", ""))))
        .noneMatch(NetworkChange.ComplianceChanged.class::isInstance);
  }
}
