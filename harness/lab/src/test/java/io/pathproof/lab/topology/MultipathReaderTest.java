package io.pathproof.lab.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pathproof.lab.Examples;
import io.pathproof.lab.document.Problem;
import io.pathproof.lab.topology.MultipathSpec.Checker;
import io.pathproof.lab.topology.MultipathSpec.Failback;
import io.pathproof.lab.topology.MultipathSpec.Grouping;
import io.pathproof.lab.topology.MultipathSpec.Prioritizer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The words and ranges of a host's multipath and timers, and what is told of any other. */
class MultipathReaderTest {
  /** The keys of host1, which stand in line 12. */
  private static HostSpec host(String keys) {
    return Examples.ioGroup("multipath: none", keys).hosts().get("host1");
  }

  private static MultipathSpec multipath(String keys) {
    return host("multipath: { " + keys + " }").multipath();
  }

  private static List<Problem> problems(String keys) {
    TopologyException refused = catchThrowableOfType(TopologyException.class, () -> host(keys));
    assertThat(refused).as("accepted: %s", keys).isNotNull();
    return refused.problems();
  }

  @Test
  void aHostThatSaysNothingHasEachPathAsADevice() {
    assertThat(host("profile: fast").multipath()).isEqualTo(MultipathReader.NONE);
    assertThat(host("multipath: none").multipath().policy()).isEqualTo(MultipathSpec.Policy.NONE);
  }

  @ParameterizedTest
  @CsvSource({"immediate, IMMEDIATE", "manual, MANUAL", "followover, FOLLOWOVER"})
  void everyFailbackHasItsWord(String word, Failback failback) {
    MultipathSpec spec = multipath("policy: round-robin, failback: " + word);
    assertThat(spec.failback()).isEqualTo(failback);
    assertThat(spec.failbackDelayMs()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"test-unit-ready, TEST_UNIT_READY", "read, READ", "session, SESSION"})
  void everyCheckerHasItsWord(String word, Checker checker) {
    assertThat(multipath("policy: failover, checker: " + word).checker()).isEqualTo(checker);
  }

  @ParameterizedTest
  @CsvSource({"by-priority, BY_PRIORITY", "failover, FAILOVER", "multibus, MULTIBUS"})
  void everyGroupingHasItsWord(String word, Grouping grouping) {
    assertThat(multipath("policy: failover, grouping: " + word).grouping()).isEqualTo(grouping);
  }

  @ParameterizedTest
  @CsvSource({"alua, ALUA", "constant, CONSTANT", "'{ node1.a: 3 }', WEIGHTED"})
  void everyPriorityHasItsWord(String word, Prioritizer prioritizer) {
    assertThat(multipath("policy: failover, priority: " + word).prioritizer())
        .isEqualTo(prioritizer);
  }

  @ParameterizedTest
  @CsvSource({
    "fail, 0",
    "queue, 9223372036854775807",
    "wait 5s, 5000",
    "wait   250ms, 250",
    "1 check, 2000",
    "12 checks, 24000"
  })
  void whatHappensWithNoPathLeftIsRead(String text, long ms) {
    assertThat(multipath("policy: failover, checker-interval: 2s, no-path: " + text))
        .extracting(MultipathSpec::noPathRetryMs)
        .isEqualTo(ms);
  }

  @Test
  void aDelayMayStandApart() {
    assertThat(multipath("policy: failover, failback: after   3s"))
        .isEqualTo(
            MultipathSpec.builder(MultipathSpec.Policy.FAILOVER)
                .failback(Failback.DEFERRED)
                .failbackDelayMs(3000)
                .build());
  }

  @Test
  void aLimitOfBytesMayBeNone() {
    assertThat(multipath("policy: round-robin, bytes: 0").bytes()).isZero();
    assertThat(multipath("policy: round-robin, bytes: 4KiB").bytes()).isEqualTo(4096);
  }

  @Test
  void aPathInUseMayBeCheckedAsOftenAsOneThatIsDown() {
    MultipathSpec spec =
        multipath("policy: failover, checker-interval: 2s, max-checker-interval: 2s");
    assertThat(spec.maxCheckerIntervalMs()).isEqualTo(2000);
  }

  @Test
  void aVolumeWithoutAPathOfItsOwnHasThatOfAll() {
    assertThat(multipath("policy: fixed, preferred: nic0:node2.a").preferred())
        .isEqualTo(Map.of(MultipathSpec.EVERY_VOLUME, "nic0:node2.a"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "policy: round-robin, ios: # | 1 | 1000000",
        "policy: latency, latency-probes: # | 1 | 10000",
        "policy: service-time, throughput: { node1.a: # } | 0 | 100",
        "policy: failover, priority: { node1.a: # } | 0 | 1000000",
        "policy: failover, no-path: # checks | 1 | 100000",
        "policy: failover, flapping: { failures: #, forget: 10, hold: 1s } | 1 | 10000",
        "policy: failover, flapping: { failures: 3, forget: #, hold: 1s } | 1 | 100000",
        "policy: failover, marginal: { twice-within: 9s, sample: 2s, errors: #, recheck: 1m }"
            + " | 0 | 1000",
      })
  void aNumberHasARange(String keys, int least, int most) {
    for (int inside : new int[] {least, most}) {
      String text = keys.replace("#", Integer.toString(inside));
      assertThatCode(() -> multipath(text)).as(text).doesNotThrowAnyException();
    }
    for (int outside : new int[] {least - 1, most + 1}) {
      String text = Integer.toString(outside);
      if (outside < 0 && keys.contains("checks")) {
        continue;
      }
      assertThat(problems("multipath: { " + keys.replace("#", text) + " }"))
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.what()).contains(text + " is no whole number from " + least);
                assertThat(problem.remedy()).isEqualTo("write one, such as " + least);
                assertThat(problem.line()).isEqualTo(12);
              });
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "policy: failover, failback: after #",
        "policy: failover, no-path: wait #",
        "policy: failover, checker-interval: #",
        "policy: failover, max-checker-interval: #",
        "policy: latency, latency-interval: #",
        "policy: failover, fence: hold #",
        "policy: failover, fence: required #",
        "policy: failover, flapping: { failures: 3, forget: 10, hold: # }",
        "policy: failover, marginal: { twice-within: #, sample: 2s, errors: 1, recheck: 1m }",
        "policy: failover, marginal: { twice-within: 9s, sample: #, errors: 1, recheck: 1m }",
        "policy: failover, marginal: { twice-within: 9s, sample: 2s, errors: 1, recheck: # }",
      })
  void noTimeAtAllIsRefused(String keys) {
    assertThat(problems("multipath: { " + keys.replace("#", "0s") + " }"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.what()).contains("0s is no time at all");
              assertThat(problem.remedy()).isEqualTo("write a duration above 0");
              assertThat(problem.line()).isEqualTo(12);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          all | all is unknown | write none, or { policy: failover } or { policy: round-robin }
          { retry: on } | multipath of host host1 has no policy | add policy: failover, policy: round-robin or another
          { policy: fixed, ios: 3 } | ios of multipath of host host1 has no effect with this policy | write policy: round-robin, or remove the key
          { policy: failover, ios: many } | ios of multipath of host host1 has no effect with this policy | write policy: round-robin, or remove the key
          { policy: failover, failback: [manual] } | failback of multipath of host host1 is a list | write a single value in its place
          { policy: failover, failback: soon } | soon is unknown | write immediate, manual, followover, or after and a time: after 10s
          { policy: failover, no-path: 12 } | 12 is unknown | write fail, queue, 12 checks, or wait and a time: wait 5s
          { policy: failover, no-path: many checks } | many checks is unknown | write fail, queue, 12 checks, or wait and a time: wait 5s
          { policy: fixed, preferred: "a:b:c" } | a:b:c is no path | write node.port, or adapter:node.port
          { policy: fixed, preferred: { vol0: ":b" } } | :b is no path | write node.port, or adapter:node.port
          { policy: fixed, preferred: { vol0: [x] } } | vol0 of preferred of multipath of host host1 is a list | write a single value in its place
          { policy: service-time, throughput: { node1.a: x } } | node1.a of throughput of multipath of host host1: x is no whole number from 0 to 100 | write one, such as 0
          { policy: failover, priority: { node1.a: x } } | node1.a of priority of multipath of host host1: x is no whole number from 0 to 1000000 | write one, such as 0
          { policy: failover, max-checker-interval: 999ms } | 999ms is less than checker-interval | write 1000ms or more
          { policy: round-robin, grouping: multibus, failback: manual } | failback of multipath of host host1 has no effect with grouping: multibus, where there is one group | remove failback:, or write grouping: by-priority
          { policy: fixed, failback: manual } | failback of multipath of host host1 has no effect with this policy | remove the key: the preferred path is taken again as soon as it can
          { policy: most-recently-used, failback: manual } | failback of multipath of host host1 has no effect with this policy | remove the key: the path that took over goes on
          { policy: failover, flapping: { forget: 10, hold: 1s } } | flapping of multipath of host host1 has no failures | add failures: how many are allowed
          { policy: failover, flapping: { failures: 3, hold: 1s } } | flapping of multipath of host host1 has no forget | add forget: checks for which one is forgotten
          { policy: failover, flapping: { failures: 3, forget: 10 } } | flapping of multipath of host host1 has no hold | add hold: how long the path has to answer
          { policy: failover, flapping: { failures: 3, forget: 10, hold: 1s, held: 1s } } | unknown key held in flapping of multipath of host host1 | did you mean hold?
          { policy: failover, marginal: { sample: 2s, errors: 1, recheck: 1m } } | marginal of multipath of host host1 has no twice-within | add twice-within: such as 10s
          { policy: failover, marginal: { twice-within: 9s, errors: 1, recheck: 1m } } | marginal of multipath of host host1 has no sample | add sample: how long reads are counted
          { policy: failover, marginal: { twice-within: 9s, sample: 2s, recheck: 1m } } | marginal of multipath of host host1 has no errors | add errors: of a thousand reads, allowed
          { policy: failover, marginal: { twice-within: 9s, sample: 2s, errors: 1 } } | marginal of multipath of host host1 has no recheck | add recheck: when to read again
          { policy: failover, marginal: { twice-within: 9s, sample: 2s, errors: 1, recheck: 1m, error: 1 } } | unknown key error in marginal of multipath of host host1 | did you mean errors?
          { policy: fixd, preferred: node1.a, ios: 3 } | fixd | did you mean fixed?
          { policy: failover, failbak: manual } | unknown key failbak in multipath of host host1 | did you mean failback?
          """)
  void whatMeansNothingIsToldWithItsRemedy(String value, String what, String remedy) {
    assertThat(problems("multipath: " + value))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.what()).contains(what);
              assertThat(problem.remedy()).isEqualTo(remedy);
              assertThat(problem.line()).isEqualTo(12);
            });
  }

  @Test
  void ofTwoRulesTheSecondIsShownAsTheOneTooMany() {
    String both =
        "multipath: { policy: failover, flapping: { failures: 3, forget: 1, hold: 1s },\n"
            + "    marginal: { twice-within: 9s, sample: 2s, errors: 1, recheck: 1m } }";
    assertThat(problems(both))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.what())
                  .isEqualTo("multipath of host host1 has both flapping and marginal");
              assertThat(problem.remedy())
                  .isEqualTo("choose one: multipathd ignores the former where it has the latter");
              assertThat(problem.line()).isEqualTo(13);
            });
  }

  @Test
  void failoverGoesBackToABetterPathOfItsOneGroup() {
    assertThat(multipath("policy: failover, failback: immediate, grouping: multibus").failback())
        .isEqualTo(Failback.IMMEDIATE);
  }

  @Test
  void theWatchForOverdueCommandsIsOffUnlessAsked() {
    assertThat(host("multipath: none, timers: { task: 9s }").timers().overdueMs()).isZero();
    assertThat(host("multipath: none, timers: { overdue: 0 }").timers().overdueMs()).isZero();
    assertThat(host("multipath: none, timers: { overdue: 2s }").timers().overdueMs())
        .isEqualTo(2000);
  }

  @ParameterizedTest
  @CsvSource({"soon", "700", "-1s"})
  void aWrongTimeForOverdueCommandsIsTold(String value) {
    assertThat(problems("multipath: none, timers: { overdue: " + value + " }"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.what())
                  .isEqualTo("overdue of timers of host host1: " + value + " is no duration");
              assertThat(problem.remedy()).isEqualTo("write a number with a unit: 500ms, 2s, 1m");
              assertThat(problem.line()).isEqualTo(12);
            });
  }
}
