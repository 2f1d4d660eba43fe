package io.pathproof.lab.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pathproof.lab.Examples;
import io.pathproof.lab.document.Problem;
import io.pathproof.lab.vsphere.Compliance;
import io.pathproof.lab.vsphere.IscsiTargets;
import io.pathproof.lab.vsphere.NetworkState;
import io.pathproof.lab.vsphere.PhysicalAdapter;
import io.pathproof.lab.vsphere.TargetParameters;
import io.pathproof.lab.vsphere.Teaming;
import io.pathproof.lab.vsphere.VirtualSwitch;
import io.pathproof.lab.vsphere.VmkernelPort;
import io.pathproof.lab.vsphere.VsphereNetwork;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Topologies with vSphere hosts. */
class VsphereTopologyTest {
  private static Topology topology(String piece, String by) {
    return TopologyLoader.parse(Examples.replaced(Examples.VSPHERE, piece, by), "v.yaml");
  }

  @Test
  void everyKeyIsRead() {
    HostSpec host = Examples.vsphere().hosts().get("esx1");
    VsphereNetwork network = host.vsphere().orElseThrow();

    assertThat(network.adapters())
        .containsValues(
            new PhysicalAdapter("vmnic0", "san", OptionalLong.of(12 * 1024)),
            new PhysicalAdapter("vmnic1", "san", OptionalLong.empty()));
    assertThat(network.switches())
        .containsValue(
            new VirtualSwitch(
                "vSwitch1",
                List.of("vmnic0", "vmnic1"),
                new Teaming(List.of("vmnic0"), List.of("vmnic1")),
                VirtualSwitch.LoadBalancing.EXPLICIT_FAILOVER_ORDER,
                false));
    assertThat(network.ports().values())
        .containsExactly(
            new VmkernelPort(
                "vmk1",
                "vSwitch1",
                "san",
                "10.0.0.101",
                Optional.of(new Teaming(List.of("vmnic0"), List.of()))),
            new VmkernelPort("vmk2", "vSwitch1", "san", "10.0.0.102", Optional.empty()),
            new VmkernelPort("vmk3", "vSwitch1", "san", "10.0.0.103", Optional.empty()));
    assertThat(network.bound()).contains(List.of("vmk1", "vmk2"));
    TargetParameters advised = new TargetParameters(OptionalLong.of(30_000), Optional.of(false));
    assertThat(network.targets())
        .isEqualTo(
            new IscsiTargets(
                List.of(new IscsiTargets.Target("10.0.0.10", 3260, advised)),
                List.of(
                    new IscsiTargets.Target(
                        "10.0.0.11",
                        3260,
                        new TargetParameters(OptionalLong.of(5_000), Optional.empty())))));
    assertThat(host.adapters().get("vmk1"))
        .isEqualTo(new AdapterSpec("esx1", "vmk1", "san", "10.0.0.101"));
  }

  @Test
  void aBoundPortThatIsNotCompliantLoadsAndHasNoSessions() {
    Topology topology = Examples.vsphere();
    HostSpec host = topology.hosts().get("esx1");
    NetworkState state = new NetworkState(host.vsphere().orElseThrow());

    assertThat(state.compliance("vmk2").cause()).isEqualTo(Compliance.Cause.STANDBY);
    assertThat(topology.linksOf(host))
        .extracting(LinkId::toString)
        .containsExactly(
            "esx1.vmk1 -> ct0.eth0",
            "esx1.vmk1 -> ct1.eth0",
            "esx1.vmk2 -> ct0.eth0",
            "esx1.vmk2 -> ct1.eth0");
    assertThat(topology.entryLinksOf(host))
        .extracting(LinkId::adapter)
        .containsExactly("esx1.vmk1", "esx1.vmk1");
    assertThat(topology.discoveryLinksOf(host))
        .extracting(LinkId::port)
        .containsExactly("ct0.eth0", "ct0.eth0");
  }

  @Test
  void withoutBindingTheRouteTableChoosesTheLinks() {
    Topology topology = topology("port-binding: [vmk1, vmk2]", "port-binding: off");
    HostSpec host = topology.hosts().get("esx1");

    assertThat(host.portBinding()).isFalse();
    assertThat(topology.linksOf(host)).hasSize(6);
    assertThat(topology.entryLinksOf(host))
        .extracting(LinkId::adapter)
        .containsExactly("esx1.vmk1", "esx1.vmk1");
  }

  @Test
  void adaptersThatNoListNamesAreActiveOnASwitch() {
    VsphereNetwork network =
        topology(", active: [vmnic0], standby: [vmnic1], load-balancing: explicit", "")
            .hosts()
            .get("esx1")
            .vsphere()
            .orElseThrow();
    VirtualSwitch first = network.switches().get("vSwitch1");
    assertThat(first.teaming()).isEqualTo(new Teaming(List.of("vmnic0", "vmnic1"), List.of()));
    assertThat(first.loadBalancing()).isEqualTo(VirtualSwitch.LoadBalancing.ORIGINATING_PORT_ID);
  }

  @Test
  void portBindingOnBindsEveryPort() {
    assertThat(
            topology("port-binding: [vmk1, vmk2]", "port-binding: on")
                .hosts()
                .get("esx1")
                .vsphere()
                .orElseThrow()
                .bound())
        .contains(List.of("vmk1", "vmk2", "vmk3"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          vmk3: { switch: vSwitch1 | vmk3: { switch: vSwitch2 | 17 | there is no switch vSwitch2 | did you mean vSwitch1
          address: 10.0.0.103 | address: 10.0.9.103 | 17 | 10.0.9.103 is in no fabric's subnet | use an address of one: 10.0.0.0/24
          address: 10.0.0.103 | address: 10.0.0.102 | 17 | has the address 10.0.0.102 of VMkernel port esx1.vmk2 | give each
          address: 10.0.0.103 | adress: 10.0.0.103 | 17 | unknown key adress | did you mean address
          teaming: { active: [vmnic0] | teaming: { standby: [vmnic0] | 15 | teaming of vmk1 has no active | or [] for none
          teaming: { active: [vmnic0] | teaming: { active: [vmnic9] | 15 | there is no adapter vmnic9 here | did you mean
          unused: [vmnic1] } | unused: [vmnic0] } | 15 | vmnic0 is in two places | leave it in one of
          teaming: { active: [vmnic0] | teaming: { active: vmnic0 | 15 | active of teaming of vmk1 is the value vmnic0, not a list | write a list: active: [vmnic0]
          active: [vmnic0], standby | active: vmnic0, standby | 13 | active of switch vSwitch1 is the value vmnic0, not a list | write a list: active: [vmnic0]
          adapters: [vmnic0, vmnic1] | adapters: vmnic0 | 13 | adapters of switch vSwitch1 is the value vmnic0, not a list | adapters: [vmnic0]
          [vmk1, vmk2] | { vmk1: on } | 18 | port-binding of host esx1 is a mapping, not a list | port-binding: […]
          [vmk1, vmk2] | [vmk1, vmk9] | 18 | there is no VMkernel port vmk9 here | did you mean
          [vmk1, vmk2] | [vmk1, vmk1] | 18 | port-binding of host esx1 names vmk1 twice | once is enough
          [vmk1, vmk2] | vmk1 | 18 | vmk1 is a VMkernel port, not on or off | write a list: [vmk1]
          port-binding: [vmk1, vmk2] | force-binding: on | 18 | force-binding of host esx1 without port-binding | add port-binding:
          port-binding: [vmk1, vmk2] | force-binding: maybe | 18 | maybe is neither on nor off | write on or off
          vmkernel: | vmkernl: | 14 | unknown key vmkernl in host esx1 | did you mean vmkernel
          vmkernel: | vmkernl: | 11 | host esx1 has no vmkernel | add vmkernel:
          adapters: [vmnic0, vmnic1] | adapters: [vmnic0, vmnic1, vmnic1] | 13 | adapters of switch vSwitch1 names vmnic1 twice | once
          [vmk1, vmk2] | [] | 18 | port-binding of host esx1 is empty | the route table chooses
          vmnic1: { fabric: san } | vmnic1: { fabric: sun } | 11 | unknown fabric sun | did you mean san
          vmnic1: { fabric: san } | vmnic1: { fabric: san, address: 10.0.0.9 } | 11 | has an address | under vmkernel:
          bandwidth: 12MiB/s | bandwidth: 12MiB | 11 | is no bandwidth | 512KiB/s
          standby: [vmnic1], load | standby: [vmnic1, vmnic0], load | 13 | vmnic0 is in two places | leave it in one of
          load-balancing: explicit | load-balancing: iphash | 13 | iphash is unknown | explicit
          vmk3: { switch | vSwitch1: { switch | 14 | two things with the name vSwitch1 | rename one
          { address: 10.0.0.10, | { address: 10.0.0.99, | 19 | no array has a portal 10.0.0.99:3260 | 10.0.0.10:3260
          delayed-ack: off }] | delayed-ack: off }, { address: 10.0.0.10 }] | 20 | dynamic of targets of host esx1 has 10.0.0.10:3260 twice | leave one of them
          login-timeout: 5s }] | login-timeout: 5s }, { address: 10.0.0.11, tcp-port: 3260 }] | 21 | static of targets of host esx1 has 10.0.0.11:3260 twice | leave one of them
          [{ address: 10.0.0.11, login-timeout: 5s }] | { address: 10.0.0.11, login-timeout: 5s } | 21 | static of targets of host esx1 is a mapping, not a list | static: [{ address: … }]
          [{ address: 10.0.0.11, login-timeout: 5s }] | [] | 21 | static of targets of host esx1 is empty | name a target
          { address: 10.0.0.10, | { address: 10.0.0.10, tcp-port: 0, | 20 | 0 is no whole number from 1 to 65535 | write one
          { address: 10.0.0.10, | { address: 10.0.0.10, tcp-port: 65536, | 20 | 65536 is no whole number from 1 to 65535 | write one
          login-timeout: 30s | login-timeout: 999ms | 20 | 999ms is outside of what ESXi takes | 1s to 60s
          login-timeout: 30s | login-timeout: 61s | 20 | 61s is outside of what ESXi takes | 1s to 60s
          login-timeout: 30s | login-timeout: 0 | 20 | 0 is outside of what ESXi takes | 1s to 60s
          login-timeout: 30s | login-timeout: long | 20 | long is no duration | 500ms
          delayed-ack: off | delayed-ack: sometimes | 20 | delayed-ack | on
          """)
  void whatIsWrongIsToldWithItsLineAndARemedy(
      String piece, String by, int line, String message, String remedy) {
    TopologyException refused =
        catchThrowableOfType(TopologyException.class, () -> topology(piece, by));

    assertThat(refused).isNotNull();
    assertThat(refused.problems())
        .anySatisfy(
            problem -> {
              assertThat(problem.line()).isEqualTo(line);
              assertThat(problem.what()).contains(message);
              assertThat(problem.remedy()).contains(remedy);
            });
  }

  private static List<Problem> problems(String yaml) {
    TopologyException refused =
        catchThrowableOfType(
            TopologyException.class, () -> TopologyLoader.parse(yaml, "vsphere.yaml"));
    assertThat(refused).isNotNull();
    return refused.problems();
  }

  /** What follows from it is not told as well. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          vmk1: { switch: vSwitch1 | vmk1: { switch: vSwitch9 | there is no switch vSwitch9 here
          address: 10.0.0.102 | address: 10.0.9.102 | 10.0.9.102 is in no fabric's subnet
          address: 10.0.0.102 | address: 10.0.0.999 | 10.0.0.999 is no IPv4 address
          [vmk1, vmk2] | [] | port-binding of host esx1 is empty
          adapters: [vmnic0, vmnic1], | adapters: vmnic0, | adapters of switch vSwitch1 is the value vmnic0, not a list
          unused: [vmnic1] } | unused: vmnic1 } | unused of teaming of vmk1 is the value vmnic1, not a list
          [vmk1, vmk2] | [vmk9] | there is no VMkernel port vmk9 here
          vmnic0: { fabric: san, | vmnic0: { fabric: sun, | unknown fabric sun
          adapters: [vmnic0, vmnic1], | adapters: [vmnic0, vmnic9], | there is no adapter vmnic9 here
          subnet: 10.0.0.0/24 | subnet: 10.0.0.1/24 | has host bits set
          eth0: { fabric: san, address: 10.0.0.10 } | eth0: { fabric: san, address: 10.0.0.310 } | 10.0.0.310 is no IPv4 address
          adapters: [vmnic0, vmnic1], active | active | switch vSwitch1 has no adapters
          adapters: [vmnic0, vmnic1], | adapters: [vmnic0, vmnic1, vmnic1], | adapters of switch vSwitch1 names vmnic1 twice
          standby: [vmnic1], load | standby: [vmnic1, vmnic0], load | vmnic0 is in two places of the failover order of switch vSwitch1
          delayed-ack: off }] | delayed-ack: off }, { address: 10.0.0.10, tcp-port: 3261 }] | no array has a portal 10.0.0.10:3261
          teaming: { active: [vmnic0], unused | teaming: { active: [vmnic0], spare | unknown key spare in teaming of vmk1
          """)
  void oneFaultIsToldOnce(String piece, String by, String what) {
    assertThat(problems(Examples.replaced(Examples.VSPHERE, piece, by)))
        .singleElement()
        .satisfies(problem -> assertThat(problem.what()).contains(what));
  }

  /** Of a list with a wrong name no more is said of what it does not reach. */
  @Test
  void aPathOverAPortThatAWrongListLeavesOutIsNotTold() {
    String yaml =
        Examples.replaced(Examples.VSPHERE, "[vmk1, vmk2]", "[vmk2, vmk9]")
            .replace(
                "  esx1:\n",
                "  esx1:\n    multipath: { policy: fixed, preferred: vmk1:ct0.eth0 }\n");
    assertThat(yaml).contains("preferred");
    assertThat(problems(yaml))
        .extracting(Problem::what)
        .containsExactly("port-binding of host esx1: there is no VMkernel port vmk9 here");
  }

  @Test
  void boundPortsStandInTheOrderOfTheFileAndSwitchesFailBackUnlessToldOtherwise() {
    HostSpec host = topology("[vmk1, vmk2]", "[vmk2, vmk1]").hosts().get("esx1");
    assertThat(host.portBinding()).isTrue();
    assertThat(host.vsphere().orElseThrow().bound()).contains(List.of("vmk1", "vmk2"));
    assertThat(
            topology(", failback: off", "")
                .hosts()
                .get("esx1")
                .vsphere()
                .orElseThrow()
                .switches()
                .get("vSwitch1")
                .failback())
        .isTrue();
  }

  /** All ports unreadable: the host is not said to reach nothing. */
  @Test
  void whatAHostReachesIsSaidOfAHostThatCouldBeRead() {
    assertThat(problems(Examples.VSPHERE.replace("address: 10.0.0.10", "adress: 10.0.0.10")))
        .extracting(Problem::what)
        .noneMatch(what -> what.contains("reaches") || what.contains("no VMkernel port"));
  }

  @Test
  void theKnownKeysAreToldOnce() {
    assertThat(problems(Examples.replaced(Examples.VSPHERE, "unused: [vmnic1] }", "spare: [] }")))
        .extracting(Problem::remedy)
        .containsExactly("known here: active, standby, unused");
  }

  @ParameterizedTest
  @CsvSource({"1s, 1000", "60s, 60000"})
  void whatEsxiTakesAtLeastAndAtMostIsTaken(String text, long ms) {
    IscsiTargets targets =
        topology("login-timeout: 30s", "login-timeout: " + text)
            .hosts()
            .get("esx1")
            .vsphere()
            .orElseThrow()
            .targets();
    assertThat(targets.parameters("10.0.0.10:3260", "10.0.0.10:3260").loginTimeoutMs())
        .hasValue(ms);
  }

  @Test
  void emptyTargetsAreRefused() {
    int targets = Examples.VSPHERE.indexOf("      dynamic:");
    String yaml = Examples.VSPHERE.substring(0, targets).stripTrailing() + " {}\n";
    assertThat(problems(yaml))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.what()).isEqualTo("targets of host esx1 is empty");
              assertThat(problem.remedy()).contains("add dynamic:").contains("or remove it");
              assertThat(problem.line()).isEqualTo(19);
            });
  }

  @Test
  void anAdapterIsTheUplinkOfOneSwitch() {
    TopologyException refused =
        catchThrowableOfType(
            TopologyException.class,
            () -> topology("switches:\n", "switches:\n      vSwitch0: { adapters: [vmnic1] }\n"));
    assertThat(refused.problems())
        .extracting(Problem::what)
        .contains("adapter vmnic1 is on switches vSwitch0 and vSwitch1");
  }

  /** The four causes, as a file has them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          unused: [vmnic1] } | unused: [vmnic1] } | COMPLIANT |
          active: [vmnic0], unused: [vmnic1] | active: [], standby: [vmnic1] | NO_ACTIVE | vmk1 has no active adapter
          active: [vmnic0], unused: [vmnic1] | active: [vmnic0, vmnic1] | SEVERAL_ACTIVE | vmk1 has 2 active adapters, vmnic0, vmnic1
          unused: [vmnic1] } | standby: [vmnic1] } | STANDBY | vmk1 has standby adapter vmnic1
          vmnic0: { fabric: san, | vmnic0: { fabric: other, | WRONG_UPLINK | whose address is in san, has active adapter vmnic0, which leads to other
          """)
  void eachCauseOfNonComplianceIsSeenInAFile(
      String piece, String by, Compliance.Cause cause, String reason) {
    String yaml =
        Examples.replaced(
            Examples.VSPHERE,
            "  san: { subnet: 10.0.0.0/24 }",
            "  san: { subnet: 10.0.0.0/24 }\n  other: { subnet: 10.0.9.0/24 }");
    VsphereNetwork network =
        TopologyLoader.parse(Examples.replaced(yaml, piece, by), "v.yaml")
            .hosts()
            .get("esx1")
            .vsphere()
            .orElseThrow();
    NetworkState state = new NetworkState(network);

    assertThat(state.compliance("vmk1").cause()).isEqualTo(cause);
    assertThat(state.uses("vmk1", "san")).isEqualTo(cause == Compliance.Cause.COMPLIANT);
    if (reason != null) {
      assertThat(state.compliance("vmk1").reason()).contains(reason);
      assertThat(state.compliance("vmk1").remedy()).contains("override the failover order of vmk1");
    }
  }
}
