package io.pathproof.lab.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pathproof.lab.Examples;
import io.pathproof.lab.document.Problem;
import io.pathproof.lab.workload.BlockStamp;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Topologies with several arrays. */
class SeveralArraysTest {
  private static List<Problem> problems(String piece, String by) {
    String yaml = Examples.replaced(Examples.TWO_ARRAYS, piece, by);
    TopologyException refused =
        catchThrowableOfType(TopologyException.class, () -> TopologyLoader.parse(yaml, "two.yaml"));
    assertThat(refused).as("accepted: %s", yaml).isNotNull();
    return refused.problems();
  }

  @Test
  void partsCarryTheirArraysName() {
    Topology topology = Examples.twoArrays();
    assertThat(topology.arrays().keySet()).containsExactly("pure1", "spectrum1");
    assertThat(topology.nodes().keySet())
        .containsExactly("pure1.ct0", "pure1.ct1", "spectrum1.node1", "spectrum1.node2");
    assertThat(topology.ports().stream().map(PortSpec::ref))
        .containsExactly("pure1.ct0.a", "pure1.ct1.a", "spectrum1.node1.a", "spectrum1.node2.a");
    assertThat(topology.addresses().stream().map(PortSpec::ref))
        .hasSize(5)
        .contains("spectrum1.vip");
    assertThat(topology.volumes().keySet())
        .containsExactly("pure1.vol0", "pure1.vol1", "spectrum1.vol0");
    assertThat(topology.volumes().get("spectrum1.vol0"))
        .isEqualTo(
            new VolumeSpec("spectrum1.vol0", 1, 32L << 20, Optional.of("spectrum1.node2"), 512));
    assertThat(topology.volumes().get("pure1.vol1").lun()).isEqualTo(2);
    assertThat(topology.virtualAddresses().get("spectrum1.vip").owner())
        .isEqualTo("spectrum1.node1.a");
    assertThat(topology.port("spectrum1.vip").fabric()).isEqualTo("san");
  }

  @Test
  void eachArrayHasItsOwnSettings() {
    Topology topology = Examples.twoArrays();
    ArraySpec pure = topology.arrays().get("pure1");
    ArraySpec spectrum = topology.arrays().get("spectrum1");
    assertThat(pure.targetName()).isEqualTo("iqn.2026-11.io.pathproof:two.pure1");
    assertThat(spectrum.targetName()).isEqualTo("iqn.2026-11.io.pathproof:two.spectrum1");
    assertThat(pure.chap()).isEmpty();
    assertThat(spectrum.chap()).isPresent();
    assertThat(pure.alua()).isEqualTo(AluaSpec.NONE);
    assertThat(spectrum.alua().mode()).isEqualTo(AluaSpec.Mode.IMPLICIT);
    assertThat(topology.withArrayKind("tgt").arrayKinds()).isEqualTo("tgt, simulated");
    assertThat(topology.withArrayKind("simulated").arrayKinds()).isEqualTo("simulated");
  }

  @Test
  void everyPartKnowsItsArray() {
    Topology topology = Examples.twoArrays();
    for (String part : List.of("pure1", "pure1.ct0", "pure1.ct1.a", "pure1.vol1")) {
      assertThat(topology.arrayOf(part).name()).as(part).isEqualTo("pure1");
    }
    assertThat(topology.arrayOf("spectrum1.vip").name()).isEqualTo("spectrum1");
    assertThatThrownBy(() -> topology.arrayOf("vol0")).hasMessageContaining("no array has vol0");
    assertThat(topology.arrays().get("pure1").within("pure1.ct0.a")).isEqualTo("ct0.a");
    assertThat(Examples.ioGroup().arrayOf("node1.a").name()).isEqualTo("array");
    assertThat(Examples.ioGroup().arrays().get("array").within("node1.a")).isEqualTo("node1.a");
  }

  /** By virtual addresses where an array has them, and by all ports of the one beside it. */
  @Test
  void hostsEnterEachArrayItsOwnWay() {
    Topology topology = Examples.twoArrays();
    HostSpec host = topology.hosts().get("esx1");
    assertThat(topology.linksOf(host)).hasSize(5);
    assertThat(topology.entryLinksOf(host).stream().map(LinkId::port))
        .containsExactly("pure1.ct0.a", "pure1.ct1.a", "spectrum1.vip");
    assertThat(topology.links().get("X").covers())
        .containsExactly(new LinkId("esx1.nic0", "pure1.ct0.a"));
    Topology pure = topology.only(topology.arrays().get("pure1"));
    assertThat(pure.allLinks()).hasSize(2);
    assertThat(pure.links()).containsKey("X");
    assertThat(topology.only(topology.arrays().get("spectrum1")).links()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          owner: node1.a | owner: node3.a | there is no array port node3.a | did you mean node
          owner: node2 | owner: ct0 | there is no node ct0 | node1, node2
          10.0.0.20 | 10.0.0.10 | has the address 10.0.0.10 of array port pure1.ct0.a | own
          to: pure1.ct0.a | to: ct0.a | no array port or fabric ct0.a | pure1.ct0.a
          spectrum1: | array: | that name is the array's of array: | another name
          spectrum1: | san: | the array san has the name of a fabric | rename
          esx1: | pure1: | the host pure1 has the name of an array | rename
          volumes: { vol0: { size: 64MiB }, vol1: { size: 64MiB } } | volumes: {} | volumes of array pure1 is empty | vol0
          chap: { user: u, secret: twelve-bytes! } | chap: { user: esx1 } | chap of array spectrum1 has no secret | add secret: for CHAP
          kind: simulated | target-name: iqn.2026-11.io.pathproof:two.pure1 | arrays pure1 and spectrum1 have one target name | of its own
          """)
  void whatDoesNotFitIsToldWithItsRemedy(String piece, String by, String what, String remedy) {
    List<Problem> problems = problems(piece, by);
    assertThat(problems)
        .anySatisfy(
            problem -> {
              assertThat(problem.what()).contains(what);
              assertThat(problem.remedy()).contains(remedy);
              assertThat(problem.line()).isPositive();
            });
  }

  @Test
  void oneOrSeveralNotBothAndNotNone() {
    assertThat(problems("arrays:", "array: {}\narrays:"))
        .anySatisfy(problem -> assertThat(problem.what()).contains("there is array: and arrays:"));
    assertThat(problems("arrays:", "arays:"))
        .anySatisfy(problem -> assertThat(problem.remedy()).contains("or arrays: with several"));
  }

  @Test
  void aPathsNameFitsIntoAStamp() {
    assertThat(TopologyRules.PATH_NAME_LIMIT).isEqualTo(BlockStamp.PATH_LIMIT);
    String name = "a-node-with-a-name-of-forty-characters--";
    assertThat(name).hasSize(40);
    String yaml = Examples.TWO_ARRAYS.replace("pure1", "pure1-" + name.substring(6));
    assertThat(yaml).doesNotContain("pure1.");
    TopologyException refused =
        catchThrowableOfType(
            TopologyException.class,
            () -> TopologyLoader.parse(yaml.replace("ct0", name), "two.yaml"));
    assertThat(refused.problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.what()).contains("has a name of more than 79 characters");
              assertThat(problem.remedy()).contains("shorter");
            });
  }
}
