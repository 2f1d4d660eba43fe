package io.pathproof.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pathproof.lab.Examples;
import io.pathproof.lab.document.Problem;
import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.Capabilities;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.fault.Fault;
import io.pathproof.lab.workload.Workload;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioLoaderTest {
  private static final Capabilities CAN =
      new Capabilities(
          EnumSet.complementOf(EnumSet.of(Impairment.Kind.BANDWIDTH)),
          Set.of(),
          Set.of(ArrayAction.Kind.KILL),
          Set.of(),
          false);

  private static Scenario parse(String yaml) {
    return ScenarioLoader.parse(yaml, "s.yaml", Examples.ioGroup(), CAN);
  }

  private static List<Problem> problems(String yaml) {
    ScenarioException refused = catchThrowableOfType(ScenarioException.class, () -> parse(yaml));
    assertThat(refused).as("accepted: %s", yaml).isNotNull();
    return refused.problems();
  }

  @Test
  void theExampleLoads() {
    assertThat(parse(Examples.LOSES_A_NODE_PORT))
        .isEqualTo(
            new Scenario(
                "host2-loses-a-node-port",
                List.of("IO-6"),
                "io-group",
                List.of(new Workload("host2", "vol0", "*", 0, 6000, 500, 4096, 70, 4L << 20)),
                List.of(
                    new Fault(
                        2000,
                        "host2.nic0 -> node1.a",
                        Optional.of(new Impairment.SilentDrop()),
                        Optional.empty(),
                        Direction.BOTH,
                        Optional.of(3000L))),
                List.of(
                    new Expectation.IoContinues(),
                    new Expectation.PauseBelow(2000),
                    new Expectation.ArrayUnchanged())));
  }

  @Test
  void theBuilderMakesTheSameRecord() {
    Scenario built =
        Scenario.named("host2-loses-a-node-port")
            .behaviours("IO-6")
            .topology("io-group")
            .workload(
                w ->
                    w.host("host2")
                        .volume("vol0")
                        .rate(500)
                        .block("4KiB")
                        .reads(70)
                        .at("0s")
                        .lasting("6s"))
            .breaking(
                f -> f.at("2s").place("host2.nic0 -> node1.a").how("silent-drop").healAfter("3s"))
            .expect(
                Expectations.ioContinues(),
                Expectations.pauseBelow("2s"),
                Expectations.arrayUnchanged())
            .build();
    assertThat(built).isEqualTo(parse(Examples.LOSES_A_NODE_PORT));
  }

  @Test
  void everyKeyIsRead() {
    Scenario scenario =
        parse(
            """
            version: 1
            scenario: all
            behaviours: IO-4
            workload:
              - { host: host1, volume: vol0, device: node1.b, at: 500ms, for: 1s, rate: 7, block: 8KiB, reads: 0, region: 64KiB }
              - { host: host3, volume: vol0, for: 9s }
            faults:
              - { at: 1s, break: X, how: refuse, healAfter: 1s }
              - { at: 2s, break: host3.nic0, how: latency 50ms jitter 5ms, healAfter: 1s }
              - { at: 3s, break: blue, how: reset, healAfter: 1s }
              - { at: 4s, break: node1, how: latency 10ms, healAfter: 1s }
              - { at: 5s, break: node1, how: kill }
            expect: { io: fails, devices: 4, paths: 1, ports: 2, rotation: 1000, sessions: several }
            """);
    assertThat(scenario.workloads().get(0))
        .isEqualTo(new Workload("host1", "vol0", "node1.b", 500, 1000, 7, 8192, 0, 65536));
    assertThat(scenario.faults().get(1).how()).contains(new Impairment.Latency(50, 5));
    assertThat(scenario.faults().get(4).action()).contains(ArrayAction.of(ArrayAction.Kind.KILL));
    assertThat(scenario.expectations())
        .containsExactly(
            new Expectation.IoFails(),
            new Expectation.Devices(4),
            new Expectation.Paths(1),
            new Expectation.PortsUsed(2),
            new Expectation.Rotation(1000, 0),
            new Expectation.SeveralSessions());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          topology: io-group | topology: other | 3 | is for topology other, not for io-group | change topology:
          host: host2 | host: hots2 | 4 | there is no host hots2 | did you mean host2?
          volume: vol0 | volume: vol9 | 4 | there is no volume vol9 | did you mean vol0?
          rate: 500/s | rate: fast | 4 | fast is no rate | 500/s
          rate: 500/s | rate: 0/s | 4 | 0/s is out of range | from 1
          block: 4KiB | block: 6000B | 4 | no multiple of 4096 | 4KiB
          block: 4KiB | block: 2MiB | 4 | more than 1MiB | 4KiB to 1MiB
          block: 4KiB | block: 64KiB, region: 4KiB | 4 | smaller than one block | at least as large
          block: 4KiB | region: 1GiB | 4 | regions take 1073741824 bytes | smaller region
          host: host2, volume: vol0 | host: host1, volume: vol0, device: node3.a | 4 | no path to a port node3.a | did you mean
          reads: 70% | reads: 170% | 4 | is no percentage | 0% to 100%
          reads: 70% | raeds: 70% | 4 | unknown key raeds | did you mean reads?
          , for: 6s | | 4 | workload has no for | add for:
          for: 6s | for: 0s | 4 | no time at all | above 0
          for: 6s | for: 1s | 6 | comes when the workload has ended (after 1000 ms) | workload last longer
          host2.nic0 -> node1.a | host2.nic0 -> node1.z | 6 | there is no array port node1.z | did you mean node1.a?
          host2.nic0 -> node1.a | host2.nic9 -> node1.a | 6 | there is no host adapter host2.nic9 | did you mean host2.nic0?
          host2.nic0 -> node1.a | Z | 6 | there is no link, adapter, fabric, node or port Z | did you mean
          host2.nic0 -> node1.a | host3.nic0 -> node1.b | 6 | no route leads over | some host's path
          how: silent-drop | how: silentdrop | 6 | silentdrop is unknown | did you mean silent-drop?
          how: silent-drop | how: kill | 6 | kill is for a node, and host2.nic0 -> node1.a is not | node1, node2
          how: silent-drop | how: reset now | 6 | words too many | remove now
          how: silent-drop | how: latency | 6 | no latency | latency 50ms
          how: silent-drop | how: latency 5ms jitter 9ms | 6 | more than the latency | at most 5ms
          how: silent-drop | how: bandwidth | 6 | no figure | 512KiB/s
          how: silent-drop | how: bandwidth 512KiB/s | 6 | this engine's links cannot do bandwidth | choose another engine with --engine, or one of:
          how: silent-drop | how: silent-drop, direction: to-host | 6 | cannot do silent-drop in one direction | another engine
          break: host2.nic0 -> node1.a, how: silent-drop | break: node1, how: pause | 6 | this engine's array cannot pause | one of: kill
          break: host2.nic0 -> node1.a, how: silent-drop | break: node1, how: kill, direction: to-host | 6 | an action of the array has no direction | remove direction
          healAfter: 3s } | healAfter: 3s }\\n  - { at: 4s, break: Y, how: reset } | 7 | faults 1 and 2 break the same link | heal the first
          healAfter: 3s } | heal-after: 3s } | 6 | unknown key heal-after | did you mean healAfter?
          - { at: 2s | - { att: 2s | 6 | faults has no at | add at:
          - { at: 2s, break: host2.nic0 -> node1.a, how: silent-drop, healAfter: 3s } | - reset | 6 | faults of the scenario is the value reset | as a mapping
          io: continues | io: continue | 7 | continue is unknown | did you mean continues?
          pause: < 2s | pause: 2s | 7 | 2s is no bound | < 2s
          { io: continues, pause: < 2s, array: unchanged } | {} | 1 | the scenario expects nothing | add expect:
          IO-6 | io6 | 2 | io6 is no behaviour's id | IO-6
          scenario: host2-loses-a-node-port | scenario: Host 2 | 1 | no scenario name | hyphens
          """)
  void whatIsWrongIsTold(String piece, String by, int line, String what, String remedy) {
    String yaml =
        Examples.replaced(
            Examples.LOSES_A_NODE_PORT, piece, by == null ? "" : by.replace("\\n", "\n"));
    assertThat(problems(yaml))
        .as(problems(yaml).toString())
        .anySatisfy(
            problem -> {
              assertThat(problem.what()).contains(what);
              assertThat(problem.remedy()).contains(remedy);
              assertThat(problem.line()).isEqualTo(line);
            });
  }

  @Test
  void anExpectationAboutAFaultNeedsOne() {
    String yaml = Examples.LOSES_A_NODE_PORT.replaceAll("(?s)faults:.*expect", "expect");
    assertThat(problems(yaml))
        .extracting(Problem::what)
        .containsExactly("an expectation is about a fault, and the scenario has none");
  }

  @Test
  void theBuilderIsHeldToTheSameRules() {
    assertThatThrownBy(() -> Scenario.named("Nope").workload(w -> w.rate(0)).build())
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("scenario Nope: scenario of the scenario: Nope is no scenario name")
        .hasMessageContaining("workload has no host")
        .hasMessageContaining("0 is out of range");
    assertThatThrownBy(() -> Scenario.named("x").expect(Expectations.ioContinues()).build())
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("workload is empty");
    Scenario twoThings =
        Scenario.named("x")
            .workload(w -> w.host("host9").volume("vol0").lasting("1s"))
            .expect(Expectations.ioContinues(), Expectations.ioFails())
            .build();
    assertThatThrownBy(() -> twoThings.validate(Examples.ioGroup(), CAN))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("there is no host host9")
        .hasMessageContaining("two things at once");
  }

  @Test
  void anUnreadableFileIsTold() {
    assertThatThrownBy(() -> ScenarioLoader.load(Path.of("none.yaml")))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("none.yaml: no such file");
  }
}
