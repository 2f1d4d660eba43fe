package io.pathproof.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pathproof.lab.Examples;
import io.pathproof.lab.document.Problem;
import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.Capabilities;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.topology.Topology;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What scenarios may ask of an array, of its engine and of its topology. */
class ArrayScenarioTest {
  private static final Set<Impairment.Kind> ALL = EnumSet.allOf(Impairment.Kind.class);
  private static final Capabilities FULL =
      new Capabilities(
          ALL,
          Set.of(Impairment.Kind.STALL, Impairment.Kind.CUT),
          EnumSet.complementOf(EnumSet.of(ArrayAction.Kind.REPLACE)),
          Set.of("stale-read", "tear-write"),
          true);
  private static final Capabilities NO_LOADS =
      new Capabilities(ALL, Set.of(), EnumSet.allOf(ArrayAction.Kind.class), Set.of(), false);

  private static Scenario parse(String yaml, Topology topology, Capabilities capabilities) {
    return ScenarioLoader.parse(yaml, "s.yaml", topology, capabilities);
  }

  private static List<Problem> problems(String yaml, Topology topology, Capabilities can) {
    ScenarioException refused =
        catchThrowableOfType(ScenarioException.class, () -> parse(yaml, topology, can));
    assertThat(refused).as("accepted: %s", yaml).isNotNull();
    return refused.problems();
  }

  private static String expecting(String words) {
    return Examples.replaced(Examples.PORT_FAILS, "address-moved: vip", words);
  }

  private static Expectation read(String words) {
    Scenario scenario = parse(expecting(words), Examples.virtualPort(), FULL);
    assertThat(scenario.expectations()).hasSize(2);
    return scenario.expectations().get(1);
  }

  @Test
  void everyExpectationIsReadAndHasItsBuilder() {
    assertThat(read("portals: 1")).isEqualTo(Expectations.portals(1));
    assertThat(read("portals: 1")).isEqualTo(new Expectation.PortalsSeen(1));
    assertThat(read("redirected: always")).isEqualTo(Expectations.redirectedAlways());
    assertThat(read("redirected: never")).isEqualTo(Expectations.redirectedNever());
    assertThat(read("redirected: some")).isEqualTo(Expectations.redirectedSome());
    assertThat(read("redirected: again")).isEqualTo(Expectations.redirectedAgain());
    assertThat(read("spread: even")).isEqualTo(Expectations.spreadEven());
    assertThat(read("logout-request: obeyed")).isEqualTo(Expectations.logoutObeyed());
    assertThat(read("device-state: all paths down"))
        .isEqualTo(Expectations.deviceState("all paths down"));
    assertThat(read("device-state: permanent device loss"))
        .isEqualTo(Expectations.deviceState("permanent device loss"));
    assertThat(read("address-moved: vip")).isEqualTo(Expectations.addressMoved("vip"));
    assertThat(read("taken-over: node1")).isEqualTo(Expectations.takenOver("node1"));
    assertThat(read("unit-attention: 2a/06")).isEqualTo(Expectations.unitAttention("2A/06"));
    assertThat(read("diagnosis: { esx1.nic0: tcp }"))
        .isEqualTo(Expectations.diagnosed("esx1.nic0", "tcp"));
    assertThat(read("diagnosis: { esx1.nic0: sound }"))
        .isEqualTo(new Expectation.Diagnosed("esx1.nic0", Optional.empty()));
    assertThat(read("unit-attention: 2A/06")).isEqualTo(new Expectation.UnitAttention(0x2a, 6));
  }

  /** piece | replacement | line | what | remedy. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          break: node1.a, how: down | break: array, how: defect stale-raed | 6 | this engine's array knows no defect stale-raed | did you mean stale-read?
          break: node1.a, how: down | break: array, how: defect nonsense | 6 | knows no defect nonsense | stale-read
          break: node1.a, how: down | break: node1, how: replace | 6 | this engine's array cannot replace | firmware-restart
          break: node1.a, how: down | break: node1, how: down | 6 | down is for a port, and node1 is not | node1.a
          how: down | how: fin, direction: to-host | 6 | links cannot do fin in one direction | cut, stall
          how: down | how: down, direction: to-host | 6 | an action of the array has no direction | remove direction:
          how: down | how: cut at data-outs | 6 | data-outs is no PDU | did you mean data-out?
          healAfter: 2s } | healAfter: 2s }\\n  - { at: 2s, break: node1.a, how: down } | 7 | faults 1 and 2 are the same at one time | heal the first
          address-moved: vip | address-moved: vpi | 7 | there is no virtual address vpi in virtual-port | did you mean vip?
          address-moved: vip | taken-over: node3 | 7 | there is no node node3 in virtual-port | did you mean node1?
          address-moved: vip | unit-attention: 2A06 | 7 | 2A06 is no additional sense code | 2A/06
          address-moved: vip | redirected: often | 7 | often is unknown | always
          address-moved: vip | spread: uneven | 7 | uneven is unknown | even
          address-moved: vip | logout-request: ignored | 7 | ignored is unknown | obeyed
          address-moved: vip | diagnosis: { esx1.nic7: tcp } | 7 | there is no host adapter esx1.nic7 in virtual-port | did you mean esx1.nic0?
          address-moved: vip | diagnosis: { esx1.nic0: tpc } | 7 | tpc is no step of a diagnosis | did you mean tcp?
          address-moved: vip | portals: 0 | 7 | 0 is no whole number from 1 | write one
          """)
  void whatIsWrongIsTold(String piece, String by, int line, String what, String remedy) {
    String yaml = Examples.replaced(Examples.PORT_FAILS, piece, by.replace("\\n", "\n"));
    List<Problem> problems = problems(yaml, Examples.virtualPort(), FULL);
    assertThat(problems)
        .as(problems.toString())
        .anySatisfy(
            problem -> {
              assertThat(problem.what()).contains(what);
              assertThat(problem.remedy()).contains(remedy);
              assertThat(problem.line()).isEqualTo(line);
            });
  }

  @Test
  void whatIsMomentaryMayComeTwice() {
    String yaml =
        Examples.replaced(
            Examples.PORT_FAILS,
            "how: down, healAfter: 2s }",
            "how: request-logout }\n  - { at: 2s, break: node1.a, how: request-logout }");
    assertThat(parse(yaml, Examples.virtualPort(), FULL).faults()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"redirected: always", "spread: even", "address-moved: vip", "taken-over: node1"})
  void whatOnlyTheArrayCountsNeedsAnArrayThatTells(String words) {
    assertThat(problems(expecting(words), Examples.virtualPort(), NO_LOADS))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.what()).contains("what each of its ports has carried");
              assertThat(problem.remedy()).contains("kind: simulated");
              assertThat(problem.line()).isEqualTo(7);
            });
  }

  @ParameterizedTest
  @CsvSource({"portals: 1", "logout-request: obeyed", "unit-attention: 2A/06"})
  void whatHostsSeeNeedsNoSuchArray(String words) {
    assertThat(parse(expecting(words), Examples.virtualPort(), NO_LOADS).expectations()).hasSize(2);
  }

  @Test
  void virtualAddressesHaveToBeThere() {
    String plain = Examples.replaced(expecting("redirected: always"), "virtual-port", "io-group");
    String ioGroup =
        Examples.replaced(Examples.replaced(plain, "esx1,", "host3,"), "how: down", "how: reset");
    assertThat(problems(ioGroup, Examples.ioGroup(), FULL))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.what())
                  .isEqualTo("redirected: on an array without virtual addresses");
              assertThat(problem.remedy()).contains("add virtual-addresses:");
            });
    String moved = Examples.replaced(ioGroup, "redirected: always", "address-moved: vip");
    assertThat(problems(moved, Examples.ioGroup(), FULL))
        .singleElement()
        .satisfies(problem -> assertThat(problem.remedy()).contains("add virtual-addresses:"));
  }

  @ParameterizedTest
  @CsvSource({
    "redirected: again",
    "logout-request: obeyed",
    "address-moved: vip",
    "taken-over: node1",
    "unit-attention: 2A/06"
  })
  void whatIsAboutAFaultNeedsOne(String words) {
    String yaml = expecting(words).replaceAll("(?s)faults:.*expect", "expect");
    assertThat(problems(yaml, Examples.virtualPort(), FULL))
        .extracting(Problem::what)
        .containsExactly("an expectation is about a fault, and the scenario has none");
  }

  @ParameterizedTest
  @CsvSource({"redirected: always", "spread: even", "portals: 1"})
  void whatIsSeenAtTheStartNeedsNone(String words) {
    String yaml = expecting(words).replaceAll("(?s)faults:.*expect", "expect");
    assertThat(parse(yaml, Examples.virtualPort(), FULL).faults()).isEmpty();
  }

  private static Scenario ofTwo(String piece, String by) {
    return parse(
        Examples.replaced(Examples.ONE_ARRAY_FAILS, piece, by), Examples.twoArrays(), FULL);
  }

  @Test
  void eachOfSeveralArraysHasItsOwnExpectations() {
    Scenario scenario = ofTwo("pure1", "pure1");
    assertThat(scenario.expectations())
        .containsExactly(
            new Expectation.OfArray("pure1", Expectations.ioContinues()),
            new Expectation.OfArray("spectrum1", Expectations.ioUndisturbed()),
            new Expectation.OfArray("spectrum1", Expectations.pauseBelow("500ms")),
            new Expectation.OfArray("spectrum1", Expectations.arrayUnchanged()));
    assertThat(Expectations.ofArray("pure1", Expectations.ioContinues()))
        .containsExactly(scenario.expectations().get(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pure1: { io: continues } | pure2: { io: continues } | there is no array pure2 in two | pure1
          pure1: { io: continues } | pure1: { io: continues, arrays: {} } | unknown key arrays | did you mean array
          - { host: esx1, volume: pure1.vol0, for: 2s } | - { host: esx1, volume: spectrum1.vol0, for: 2s, region: 1MiB } | no workload is on a volume of it | pure1.vol0, pure1.vol1
          volume: pure1.vol0 | volume: vol1 | there is no volume vol1 | name it with its array: pure1.vol1
          break: pure1.ct0 | break: ct0 | node or port ct0 | name it with its array or host: pure1.ct0
          break: pure1.ct0 | break: array | node or port array | places here
          break: pure1.ct0 | break: esx1.nic0 -> ct0.a | no array port ct0.a | pure1.ct0.a
          pure1: { io: continues } | pure1: { address-moved: vip } | there is no virtual address vip | spectrum1.vip
          pure1: { io: continues } | pure1: { taken-over: ct0 } | there is no node ct0 | pure1.ct0
          """)
  void whatDoesNotFitSeveralArraysIsRefused(String piece, String by, String what, String remedy) {
    assertThat(
            problems(
                Examples.replaced(Examples.ONE_ARRAY_FAILS, piece, by), Examples.twoArrays(), FULL))
        .anySatisfy(
            problem -> {
              assertThat(problem.what()).contains(what);
              assertThat(problem.remedy()).contains(remedy);
            });
  }

  /** What one array's I/O has to do is apart from the others'; two things at once it cannot. */
  @Test
  void oneArraysIoIsExpectedToDoOneThing() {
    assertThat(ofTwo("expect:", "expect:\n  io: continues").expectations()).hasSize(5);
    Scenario scenario = ofTwo("pure1", "pure1");
    Scenario torn =
        new Scenario(
            scenario.id(),
            scenario.behaviours(),
            scenario.topology(),
            scenario.workloads(),
            scenario.faults(),
            List.of(
                new Expectation.OfArray("pure1", Expectations.ioContinues()),
                new Expectation.OfArray("pure1", Expectations.ioFails())));
    ScenarioException refused =
        catchThrowableOfType(
            ScenarioException.class, () -> torn.validate(Examples.twoArrays(), FULL));
    assertThat(refused).hasMessageContaining("two things at once");
  }

  @Test
  void anActionIsForAnArrayByItsName() {
    assertThat(
            ofTwo(
                    "break: pure1.ct0, how: silent-drop, healAfter: 1s",
                    "break: spectrum1, how: rebalance")
                .faults())
        .hasSize(1);
    assertThat(
            problems(
                Examples.replaced(
                    Examples.ONE_ARRAY_FAILS,
                    "break: pure1.ct0, how: silent-drop, healAfter: 1s",
                    "break: array, how: rebalance"),
                Examples.twoArrays(),
                FULL))
        .anySatisfy(
            problem -> {
              assertThat(problem.what()).contains("rebalance is for an array, and array is not");
              assertThat(problem.remedy()).contains("pure1, spectrum1");
            });
  }
}
