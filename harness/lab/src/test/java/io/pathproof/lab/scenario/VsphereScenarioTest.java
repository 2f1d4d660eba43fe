package io.pathproof.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pathproof.lab.Examples;
import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.Capabilities;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.vsphere.Compliance;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scenarios on vSphere hosts and on several arrays, as files. */
class VsphereScenarioTest {
  private static final Capabilities FULL =
      new Capabilities(
          EnumSet.allOf(Impairment.Kind.class),
          EnumSet.allOf(Impairment.Kind.class),
          EnumSet.allOf(ArrayAction.Kind.class),
          Set.of(),
          true,
          EnumSet.allOf(HostAction.Kind.class));

  private static final String SCENARIO =
      """
      scenario: on-a-vsphere-host
      topology: vsphere
      workload: { host: esx1, volume: vol0, for: 2s }
      faults:
        - { at: 1s, break: esx1.vmk1, how: teaming active vmnic0 standby vmnic1, healAfter: 500ms }
        - { at: 1s, break: esx1.vmk2, how: remove-port, healAfter: 500ms }
      expect:
        io: continues
        ports-bound:
          esx1.vmk1: compliant
          esx1.vmk2: wrong-uplink
        out-of-use: esx1.vmk1
        adapters-used: { esx1: 1 }
        removal: refused
        target-parameters:
          ct0.eth0: { login-timeout: 30s, delayed-ack: off }
          ct1.eth0: { login-timeout: 5s, delayed-ack: on }
      """;

  private static Scenario parse(String yaml, Topology topology) {
    return ScenarioLoader.parse(yaml, "s.yaml", topology, FULL);
  }

  @Test
  void everyExpectationIsRead() {
    assertThat(parse(SCENARIO, Examples.vsphere()).expectations())
        .contains(
            new Expectation.PortsBound(
                Map.of(
                    "esx1.vmk1", Compliance.Cause.COMPLIANT,
                    "esx1.vmk2", Compliance.Cause.WRONG_UPLINK)),
            new Expectation.OutOfUse("esx1.vmk1"),
            new Expectation.AdaptersUsed(Map.of("esx1", 1)),
            new Expectation.Removal(true),
            new Expectation.TargetHas("ct0.eth0", 30_000, false),
            new Expectation.TargetHas("ct1.eth0", 5_000, true));
    String cascade =
        SCENARIO.substring(0, SCENARIO.indexOf("  target-parameters"))
            + "  target-parameters: cascade\n";
    assertThat(parse(cascade, Examples.vsphere()).expectations())
        .contains(new Expectation.TargetParameters());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          esx1.vmk2: wrong-uplink | esx1.vmk9: wrong-uplink | 11 | there is no VMkernel port esx1.vmk9 in vsphere | did you mean
          esx1.vmk2: wrong-uplink | esx1.vmk2: wrong | 11 | wrong is unknown | wrong-uplink
          out-of-use: esx1.vmk1 | out-of-use: esx9.vmk1 | 12 | there is no VMkernel port esx9.vmk1 in vsphere | esx1.vmk1
          { esx1: 1 } | { esx9: 1 } | 13 | there is no host esx9 in vsphere | esx1
          { esx1: 1 } | { esx1: none } | 13 | none is no whole number | such as 1
          removal: refused | removal: forbidden | 14 | forbidden is unknown | refused
          ct0.eth0: { login | ct9.eth0: { login | 16 | there is no array port ct9.eth0 in vsphere | did you mean ct0.eth0
          timeout: 30s, delayed-ack: off | timeout: 30s | 16 | has no delayed-ack | add delayed-ack: off
          login-timeout: 30s | login-time: 30s | 16 | unknown key login-time | did you mean login-timeout
          login-timeout: 5s | login-timeout: soon | 17 | soon is no duration | 500ms
          active vmnic0 standby | active vmnic9 standby | 5 | esx1 has no physical adapter vmnic9 | did you mean
          how: teaming active vmnic0 standby vmnic1 | how: teaming vmnic0 | 5 | teaming | active
          break: esx1.vmk2 | break: esx1.vSwitch1 | 6 | remove-port is for a VMkernel port, and esx1.vSwitch1 is none | vmk
          how: remove-port | how: add-adapter vmnic1 | 6 | add-adapter is for a virtual switch, and esx1.vmk2 is none | vSwitch1
          """)
  void whatIsWrongIsToldWithItsLineAndARemedy(
      String piece, String by, int line, String message, String remedy) {
    expectProblem(
        Examples.replaced(SCENARIO, piece, by), Examples.vsphere(), line, message, remedy);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pure1: { io | pure9: { io | 11 | there is no array pure9 in two | did you mean pure1
          volume: pure1.vol0 | volume: vol0 | 5 | there is no volume vol0 in two | name it with its array: pure1.vol0, or spectrum1.vol0
          break: pure1.ct0 | break: ct0 | 8 | ct0 | pure1.ct0
          """)
  void aPartOfSeveralArraysIsNamedWithItsArray(
      String piece, String by, int line, String message, String remedy) {
    expectProblem(
        Examples.replaced(Examples.ONE_ARRAY_FAILS, piece, by),
        Examples.twoArrays(),
        line,
        message,
        remedy);
  }

  private static void expectProblem(
      String yaml, Topology topology, int line, String message, String remedy) {
    ScenarioException refused =
        catchThrowableOfType(ScenarioException.class, () -> parse(yaml, topology));
    assertThat(refused).isNotNull();
    assertThat(refused.problems())
        .anySatisfy(
            problem -> {
              assertThat(problem.line()).as(refused.getMessage()).isEqualTo(line);
              assertThat(problem.what()).as(refused.getMessage()).contains(message);
              assertThat(problem.remedy()).as(refused.getMessage()).contains(remedy);
            });
  }
}
