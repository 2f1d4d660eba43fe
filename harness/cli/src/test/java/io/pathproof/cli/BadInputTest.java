package io.pathproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
    refusedWithItsPlace(GOOD, right, wrong, named);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an owner that is none  | owner: node2.b          | owner: node2.c                                     | node2.c
          a misspelt redirection | login-redirect: always  | login-redirect: allways                            | always?
          an address of a port   | { address: 10.0.0.1,    | { address: 10.0.0.2,                               | node1.a
          a time without a unit  | takeover: 500ms         | takeover: 500                                      | 500ms
          one node, two states   | takeover: 500ms         | alua: { partner: active/optimized }                | active/non-optimized
          a block of no disk     | { size: 64MiB }         | { size: 64MiB, block-size: 1000 }                  | 1000
          """)
  void arrayIsRefusedWithItsPlace(String what, String right, String wrong, String named)
      throws IOException {
    refusedWithItsPlace("topologies/virtual-port.yaml", right, wrong, named);
  }

  private void refusedWithItsPlace(String shipped, String right, String wrong, String named)
      throws IOException {
    String good = Files.readString(Repository.root().resolve(shipped));
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

  /** One line, not the whole help: the option, its value, and the remedy. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --seed twelve                   | --seed twelve: write a whole number
          --seed                          | --seed: has no value; write --seed N
          --jobs two                      | --jobs two: write a whole number
          --jobs 0                        | --jobs 0: at least 1 scenario runs at a time
          --jobs -1                       | --jobs -1: at least 1 scenario runs at a time
          --jobs 0 --engine containers    | --jobs 0: at least 1 scenario runs at a time
          --scenarioo x                   | --scenarioo: no such option; did you mean --scenario? pathproof qualify --help lists what there is
          host2                           | host2: nothing here takes that word; pathproof qualify --help lists what there is
          --benchmark /no/such/file.json  | --benchmark /no/such/file.json: no such file; ci/bench failover writes reports/target/bench/failover.json
          """)
  void flagIsToldInOneLine(String flags, String told) {
    assertThat(qualify(flags.split(" "))).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).isEqualToNormalizingNewlines(told + "\n");
    assertThat(out.toString()).isEmpty();
    assertThat(folder.resolve("output/report")).doesNotExist();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          hello  | no JSON: Unrecognized token 'hello'
          [ { }  | no JSON: Unexpected end-of-input
          []     | no single-shot result with a parameter host
          """)
  void benchmarkThatIsNoneIsTold(String text, String told) throws IOException {
    Path file = folder.resolve("failover.json");
    Files.writeString(file, text);
    assertThat(qualify("--benchmark", file.toString())).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString())
        .startsWith("--benchmark " + file + ": not what ci/bench failover writes: " + told)
        .doesNotContain("Exception")
        .hasLineCount(1);
  }

  /** Who names no command gets the help as well: that is what there is to choose from. */
  @Test
  void noCommandIsToldWithTheHelp() {
    assertThat(Pathproof.execute(new PrintWriter(out, true), new PrintWriter(err, true)))
        .isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).startsWith("Name a command").contains("Exit status:");
    err.getBuffer().setLength(0);
    Pathproof.execute(new PrintWriter(out, true), new PrintWriter(err, true), "qualfy");
    assertThat(err.toString())
        .contains("qualfy: ")
        .contains("did you mean qualify?")
        .hasLineCount(1);
  }

  @Test
  void topologyThatNoScenarioRunsOnIsTold() throws IOException {
    Path file = folder.resolve("mine.yaml");
    Files.writeString(
        file,
        Files.readString(Repository.root().resolve(GOOD))
            .replace("topology: io-group", "topology: mine"));
    assertThat(qualify("--topology", file.toString())).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("mine").contains("--list").doesNotContain("names topology");
  }

  @Test
  void scenarioThatNamesAnotherTopologyIsToldWithItsFile() throws IOException {
    String good = Files.readString(Repository.root().resolve(GOOD));
    Path topology = folder.resolve("mine.yaml");
    Files.writeString(topology, good.replace("topology: io-group", "topology: mine"));
    Path scenario = folder.resolve("s.yaml");
    Files.writeString(
        scenario,
        """
        scenario: my-own
        topology: mien
        workload: { host: host2, volume: vol0, for: 2s }
        expect: { io: continues }
        """);
    assertThat(
            qualify(
                "--scenarios",
                scenario.toString(),
                "--topology",
                topology.toString(),
                "--scenario",
                "my-own"))
        .isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains(scenario + " names topology \"mien\"");
  }

  @Test
  void scenarioFileIsRefusedWithItsPlace() throws IOException {
    refusesScenario(
        """
        scenario: s
        topology: io-group
        workload: { host: host2, volume: vol0, for: 2s }
        faults:
          - { at: 1s, break: host2.nic7, how: reset }
        expect: { io: continues }
        """);
    assertThat(err.toString()).contains(folder.resolve("s.yaml") + ":5: ").contains("host2.nic7");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          node1.a  | dwon                      | address-moved: vip     | did you mean down?
          node1    | down                      | address-moved: vip     | node1.a
          array    | defect stale-raed         | address-moved: vip     | did you mean stale-read?
          node1    | access-state asleep       | address-moved: vip     | standby
          vip      | cut at data-outs 3 data   | address-moved: vip     | did you mean data-out?
          vip      | cut after ten             | address-moved: vip     | ten
          vip      | flap up 1s                | address-moved: vip     | flap up 300ms down 200ms
          vip      | fin, direction: to-host   | address-moved: vip     | one direction
          array    | request-logout 5          | address-moved: vip     | 5 is no duration
          vpi      | stall                     | address-moved: vip     | did you mean vip?
          node1.a  | down                      | address-moved: vpi     | did you mean vip?
          node1.a  | down                      | taken-over: node7      | node7
          node1.a  | down                      | redirected: often      | often
          node1.a  | down                      | unit-attention: 2A06   | 2A/06
          """)
  void wordsOfScenariosAreRefusedWithTheirPlace(
      String place, String how, String expected, String named) throws IOException {
    refusesScenario(
        """
        scenario: s
        topology: virtual-port
        workload: { host: esx1, volume: vol0, for: 2s }
        faults:
          - { at: 1s, break: %s, how: %s }
        expect: { %s }
        """
            .formatted(place, how, expected));
    assertThat(err.toString()).containsPattern("s\\.yaml:[56]: ").contains(named);
    assertThat(folder.resolve("output")).doesNotExist();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"topology: virtual-prot, did you mean virtual-port?", "topology: '', no topology"})
  void topologyThatAScenarioNamesAndNobodyKnowsIsToldWithItsPlace(String line, String named)
      throws IOException {
    refusesScenario(
        """
        scenario: s
        %s
        workload: { host: esx1, volume: vol0, for: 2s }
        expect: { io: continues }
        """
            .formatted(line));
    assertThat(err.toString()).contains("s.yaml:2: ").contains(named);
  }

  @Test
  void refusalOfAScenarioNamesTheEngineThatCan() throws IOException {
    refusesScenario(
        """
        scenario: s
        topology: virtual-port
        workload: { host: esx1, volume: vol0, for: 2s }
        faults:
          - { at: 1s, break: vip, how: cut at data-out 3 data }
        expect: { io: continues }
        """,
        "--engine",
        "containers");
    assertThat(err.toString()).contains("s.yaml:5: ").contains("engine embedded can");
  }

  @Test
  void outputThatIsNoFolderIsRefusedBeforeAnythingIsStarted() throws IOException {
    Path file = Files.createFile(folder.resolve("taken"));
    int status =
        Pathproof.execute(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            "qualify",
            "--output",
            file.toString());
    assertThat(status).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("--output " + file + ": this folder cannot be made");
  }

  @Test
  void refusalOfATopologyNamesTheEngineThatCan() throws IOException {
    Path file = folder.resolve("mine.yaml");
    Files.writeString(
        file,
        Files.readString(Repository.root().resolve(GOOD))
            .replace("\narray:\n", "\narray:\n  kind: tgt\n"));
    assertThat(qualify("--engine", "embedded", "--topology", file.toString()))
        .isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("mine.yaml: ").contains("engine containers can");
  }

  /** Which kinds there are the engines know; one that none of them has is refused in a list too. */
  @Test
  void anArrayKindThatNoEngineHasIsToldWithItsLine() throws IOException {
    Path file = folder.resolve("mine.yaml");
    // its scenarios are in Java: no scenario file refuses it first
    String good = Files.readString(Repository.root().resolve("topologies/port-binding.yaml"));
    Files.writeString(file, good.replace("\narray:\n", "\narray:\n  kind: simulatd\n"));
    int line = 2 + (int) good.substring(0, good.indexOf("\narray:\n") + 1).lines().count();
    for (String[] how : new String[][] {{"--list"}, {"--engine", "embedded"}}) {
      String[] all = Arrays.copyOf(how, how.length + 2);
      all[how.length] = "--topology";
      all[how.length + 1] = file.toString();
      err.getBuffer().setLength(0);
      assertThat(qualify(all)).isEqualTo(ExitStatus.USAGE);
      assertThat(err.toString())
          .contains("mine.yaml: ")
          .contains("line " + line + ": array kind \"simulatd\"")
          .contains("did you mean simulated?")
          .doesNotContain("engine containers can");
    }
  }

  @Test
  void listStartsNothingAndNamesEveryScenario() {
    assertThat(qualify("--list")).isEqualTo(ExitStatus.PASS);
    assertThat(out.toString())
        .contains("host1-link-x-goes-silent")
        .contains("host3-the-blue-network-goes-silent")
        .contains("IO-9")
        .contains("A path that is slow, not dead")
        // one sentence, also where it goes on in a second line; and a dash for no row
        .contains("A link delivers seconds late, long after the host has given its session up.\n")
        .containsPattern("host3-permanent-device-loss +- +hasty-host +The volume .* may wait 5 s");
    assertThat(folder.resolve("output")).doesNotExist();
  }

  /** Runs with a scenario file {@code s.yaml} of that text, which has to be refused. */
  private void refusesScenario(String yaml, String... flags) throws IOException {
    Path file = folder.resolve("s.yaml");
    Files.writeString(file, yaml);
    String[] all = Arrays.copyOf(flags, flags.length + 2);
    all[flags.length] = "--scenarios";
    all[flags.length + 1] = file.toString();
    assertThat(qualify(all)).isEqualTo(ExitStatus.USAGE);
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
