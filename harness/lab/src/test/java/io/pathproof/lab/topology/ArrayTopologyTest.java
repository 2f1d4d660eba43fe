package io.pathproof.lab.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pathproof.lab.Examples;
import io.pathproof.lab.document.Problem;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Topologies of arrays with virtual addresses, takeover and asymmetric access. */
class ArrayTopologyTest {
  private static Topology topology(String piece, String by) {
    return TopologyLoader.parse(Examples.replaced(Examples.VIRTUAL_PORT, piece, by), "v.yaml");
  }

  @Test
  void everyKeyIsRead() {
    ArraySpec array = Examples.virtualPort().arrays().get("array");
    assertThat(array.kind()).isEqualTo("simulated");
    PortSpec vip = new PortSpec("", "vip", "san", "10.0.0.1", 3260);
    assertThat(array.virtualAddresses())
        .containsExactly(java.util.Map.entry("vip", new VirtualAddressSpec(vip, "node1.a")));
    assertThat(vip.ref()).isEqualTo("vip");
    assertThat(array.addresses()).hasSize(5).last().isEqualTo(vip);
    assertThat(array.ports()).hasSize(4).doesNotContain(vip);
    assertThat(array.redirect()).isEqualTo(new RedirectSpec(RedirectSpec.Policy.ALWAYS, false));
    assertThat(array.takeoverMs()).isEqualTo(OptionalLong.of(500));
    assertThat(array.alua()).isEqualTo(new AluaSpec(AluaSpec.Mode.IMPLICIT, "standby", 200));
    assertThat(array.volumes().get("vol0"))
        .isEqualTo(new VolumeSpec("vol0", 1, 64L << 20, Optional.of("node1"), 512));
  }

  @Test
  void withoutThemAnArrayHasNoneOfIt() {
    ArraySpec array = Examples.ioGroup().arrays().get("array");
    assertThat(array.virtualAddresses()).isEmpty();
    assertThat(array.redirect()).isEqualTo(RedirectSpec.NEVER);
    assertThat(array.takeoverMs()).isEmpty();
    assertThat(array.alua()).isEqualTo(AluaSpec.NONE);
    assertThat(array.volumes().get("vol0").owner()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "never,NEVER",
    "always,ALWAYS",
    "round-robin,ROUND_ROBIN",
    "least-loaded,LEAST_LOADED"
  })
  void redirectionIsAWordOrAMapping(String word, RedirectSpec.Policy policy) {
    assertThat(
            topology("login-redirect: always", "login-redirect: " + word)
                .arrays()
                .get("array")
                .redirect())
        .isEqualTo(new RedirectSpec(policy, false));
    String mapping = "login-redirect: { policy: " + word + ", permanent: on }";
    assertThat(topology("login-redirect: always", mapping).arrays().get("array").redirect())
        .isEqualTo(new RedirectSpec(policy, true));
  }

  @ParameterizedTest
  @CsvSource({"none,NONE", "implicit,IMPLICIT", "explicit,EXPLICIT", "both,BOTH"})
  void aluaHasItsModes(String word, AluaSpec.Mode mode) {
    assertThat(topology("mode: implicit", "mode: " + word).arrays().get("array").alua().mode())
        .isEqualTo(mode);
    assertThat(
            topology(
                    "{ mode: implicit, partner: standby, transition: 200ms }",
                    "{ mode: " + word + " }")
                .arrays()
                .get("array")
                .alua())
        .isEqualTo(new AluaSpec(mode, "active/non-optimized", 0));
  }

  @Test
  void hostsEnterByVirtualAddressesAlone() {
    Topology topology = Examples.virtualPort();
    HostSpec host = topology.hosts().get("esx1");
    assertThat(topology.linksOf(host)).hasSize(5);
    assertThat(topology.entryLinksOf(host)).containsExactly(new LinkId("esx1.nic0", "vip"));
    assertThat(topology.port("vip").portal()).isEqualTo("10.0.0.1:3260");
    Topology plain = Examples.ioGroup();
    HostSpec host3 = plain.hosts().get("host3");
    assertThat(plain.entryLinksOf(host3)).isEqualTo(plain.linksOf(host3));
  }

  @Test
  void portsAndBlocksMayBeOthers() {
    assertThat(
            topology("address: 10.0.0.1, owner", "address: 10.0.0.1, tcp-port: 860, owner")
                .port("vip")
                .portal())
        .isEqualTo("10.0.0.1:860");
    assertThat(
            topology("owner: node1 }", "block-size: 4096 }")
                .arrays()
                .get("array")
                .volumes()
                .get("vol0")
                .blockSize())
        .isEqualTo(4096);
    assertThat(topology("takeover: 500ms", "takeover: 0").arrays().get("array").takeoverMs())
        .isEqualTo(OptionalLong.of(0));
  }

  @Test
  void aHostThatBindsMayHaveTwoAdaptersInASubnet() {
    String two =
        "nic0: { fabric: san, address: 10.0.0.101 }, nic1: { fabric: san, address: 10.0.0.103 }";
    String one = "nic0: { fabric: san, address: 10.0.0.101 }";
    Topology bound =
        TopologyLoader.parse(
            Examples.replaced(
                Examples.replaced(Examples.VIRTUAL_PORT, one, two),
                "esx1: {",
                "esx1: { port-binding: on,"),
            "v.yaml");
    assertThat(bound.hosts().get("esx1").portBinding()).isTrue();
    assertThat(bound.entryLinksOf(bound.hosts().get("esx1")))
        .containsExactly(new LinkId("esx1.nic0", "vip"), new LinkId("esx1.nic1", "vip"));
    assertThat(bound.hosts().get("esx2").portBinding()).isFalse();
  }

  /** piece | replacement | line | what | remedy. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          owner: node1.a | owner: node1.c | 9 | virtual address vip: there is no array port node1.c | did you mean node1.
          owner: node1.a | owner: node1 | 9 | there is no array port node1 | did you mean node1.
          , owner: node1.a | | 9 | virtual address vip has no owner | add owner:
          owner: node1.a | ownr: node1.a | 9 | unknown key ownr | did you mean owner?
          address: 10.0.0.1, owner | adress: 10.0.0.1, owner | 9 | unknown key adress | did you mean address?
          address: 10.0.0.1, owner | address: 10.0.0, owner | 9 | 10.0.0 is no IPv4 address | four numbers
          address: 10.0.0.1, owner | address: 10.0.1.1, owner | 9 | virtual address vip: 10.0.1.1 is outside of 10.0.0.0/24 | free address
          address: 10.0.0.1, owner | address: 10.0.0.2, owner | 9 | virtual address vip has the address 10.0.0.2 of array port node1.a | an address of its own
          address: 10.0.0.101 | address: 10.0.0.1 | 15 | has the address 10.0.0.1 of virtual address vip | an address of its own
          vip: { address | node1: { address | 9 | the virtual address node1 has the name of a node | rename one
          vip: { address | san: { address | 9 | the virtual address san has the name of a fabric | rename one
          vip: { address: 10.0.0.1, owner: node1.a } | vip: 10.0.0.1 | 9 | is the value 10.0.0.1 | as a mapping
          virtual-addresses: { vip: { address: 10.0.0.1, owner: node1.a } } | max-sessions: 9 | 10 | login-redirect without virtual addresses | add virtual-addresses:
          login-redirect: always | login-redirect: allways | 10 | allways is unknown | did you mean always?
          login-redirect: always | login-redirect: [always] | 10 | is a list | as a mapping
          login-redirect: always | login-redirect: { permanent: on } | 10 | login-redirect has no policy | add policy:
          login-redirect: always | login-redirect: { policy: always, permanent: maybe } | 10 | maybe is neither on nor off | write on or off
          login-redirect: always | login-redirect: { policy: always, for: 3 } | 10 | unknown key for | known here
          takeover: 500ms | takeover: 500 | 11 | 500 is no duration | 500ms
          takeover: 500ms | takeovr: 500ms | 11 | unknown key takeovr | did you mean takeover?
          mode: implicit | mode: implied | 12 | implied is unknown | explicit
          partner: standby | partner: active/optimized | 12 | the partner of an owner is not as good as the owner | leave alua: out
          partner: standby | partner: stand-by | 12 | stand-by is no access state | active/optimized, active/non-optimized, standby, unavailable
          transition: 200ms | transition: 200 | 12 | 200 is no duration | 500ms
          transition: 200ms | transit: 200ms | 12 | unknown key transit | known here: mode, partner, transition
          owner: node1 } | owner: node3 } | 13 | volume vol0: there is no node node3 | did you mean node1?
          owner: node1 } | block-size: 1024 } | 13 | 1024 | 512
          owner: node1 } | blocksize: 512 } | 13 | unknown key blocksize | did you mean block-size?
          esx1: { multipath | esx1: { profile: vmware, multipath | 15 | vmware is no profile of timers | write fast, open-iscsi, esxi, windows
          esx1: { multipath | esx1: { port-binding: perhaps, multipath | 15 | perhaps is neither on nor off | write on or off
          nic0: { fabric: san, address: 10.0.0.101 } | nic0: { fabric: san, address: 10.0.0.101 }, nic1: { fabric: san, address: 10.0.0.103 } | 15 | are in one subnet (fabric san) | port-binding: on
          """)
  void whatIsWrongIsTold(String piece, String by, int line, String what, String remedy) {
    String yaml = Examples.replaced(Examples.VIRTUAL_PORT, piece, by == null ? "" : by);
    List<Problem> problems = problems(yaml);
    assertThat(problems)
        .as(problems.toString())
        .anySatisfy(
            problem -> {
              assertThat(problem.what()).contains(what);
              assertThat(problem.remedy()).contains(remedy);
              assertThat(problem.toString()).startsWith("v.yaml:" + line + ": ");
            });
  }

  private static List<Problem> problems(String yaml) {
    TopologyException refused =
        catchThrowableOfType(TopologyException.class, () -> TopologyLoader.parse(yaml, "v.yaml"));
    assertThat(refused).as("accepted: %s", yaml).isNotNull();
    return refused.problems();
  }

  @Test
  void oneNodeHasNoAsymmetry() {
    String yaml =
        Examples.replaced(
            Examples.VIRTUAL_PORT,
            "    node2: { ports: { a: { fabric: san, address: 10.0.0.4 }, b: { fabric: san, address:"
                + " 10.0.0.5 } } }\n",
            "");
    assertThat(problems(yaml))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.what()).isEqualTo("asymmetric access of an array with one node");
              assertThat(problem.toString()).startsWith("v.yaml:11: ");
              assertThat(problem.remedy()).contains("add a second node");
            });
  }
}
