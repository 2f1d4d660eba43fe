package io.pathproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is told with its place and its remedy, with exit status 2, and starts nothing. */
class BadInputTest {
  private static final String GOOD = "topologies/io-group.yaml";

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an unknown fabric      | a: { fabric: blue, address: 10.10.1.10 }      | a: { fabric: bleu, address: 10.10.1.10 }      | bleu
          a link to nowhere      | X: { from: host1.nic0, to: node1.a }          | X: { from: host1.nic0, to: node9.a }          | node9.a
          two adapters, a subnet | nic1: { fabric: green, address: 10.10.2.103 } | nic1: { fabric: blue, address: 10.10.1.104 }  | nic1
          duplicate addresses    | nic0: { fabric: blue, address: 10.10.1.102 }  | nic0: { fabric: blue, address: 10.10.1.101 }  | 10.10.1.101
          a misspelt key         | routed: true                                  | routted: true                                 | routted
          """)
  void topologyIsRefusedWithItsPlace(String what, String right, String wrong, String named)
      throws IOException {
    String good = Files.readString(Repository.root().resolve(GOOD));
    assertThat(good).contains(right);
    Path file = folder.resolve("wrong.yaml");
    Files.writeString(file, good.replace(right, wrong));
    int line = good.substring(0, good.indexOf(right)).split("\n", -1).length;

    int status = qualify("--topology", file.toString());

    assertThat(status).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains(file + ":" + line + ":").contains(named);
    assertThat(out.toString()).isEmpty();
    assertThat(folder.resolve("output")).doesNotExist();
  }

  @Test
  void missingTopologyFileIsNamed() {
    assertThat(qualify("--topology", "no-such.yaml")).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("no-such.yaml");
  }

  @Test
  void unknownEngineIsToldWithThoseThereAre() {
    assertThat(qualify("--engine", "steam")).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("steam").contains("containers");
  }

  @Test
  void globThatMatchesNothingIsTold() {
    assertThat(qualify("--scenario", "host9-*")).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("host9-*").contains("--list");
  }

  @Test
  void seedThatIsNoNumberIsTold() {
    assertThat(qualify("--seed", "twelve")).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("--seed").contains("twelve");
  }

  @Test
  void unknownFlagIsTold() {
    assertThat(qualify("--scenarioo", "x")).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("--scenarioo");
  }

  @Test
  void topologyThatNoScenarioRunsOnIsTold() throws IOException {
    Path file = folder.resolve("mine.yaml");
    Files.writeString(
        file,
        Files.readString(Repository.root().resolve(GOOD))
            .replace("topology: io-group", "topology: mine"));
    assertThat(qualify("--topology", file.toString())).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("mine").contains("--list");
  }

  @Test
  void scenarioFileIsRefusedWithItsPlace() throws IOException {
    Path file = folder.resolve("s.yaml");
    Files.writeString(
        file,
        """
        scenario: s
        topology: io-group
        workload: { host: host2, volume: vol0, for: 2s }
        faults:
          - { at: 1s, break: host2.nic7, how: reset }
        expect: { io: continues }
        """);
    assertThat(qualify("--scenarios", file.toString())).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("host2.nic7");
  }

  @Test
  void listStartsNothingAndNamesEveryScenario() {
    assertThat(qualify("--list")).isEqualTo(ExitStatus.PASS);
    assertThat(out.toString())
        .contains("host1-link-x-goes-silent")
        .contains("host3-the-blue-network-goes-silent")
        .contains("IO-9");
    assertThat(folder.resolve("output")).doesNotExist();
  }

  private int qualify(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "qualify";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[all.length - 2] = "--output";
    all[all.length - 1] = folder.resolve("output").toString();
    return Pathproof.execute(new PrintWriter(out, true), new PrintWriter(err, true), all);
  }
}
