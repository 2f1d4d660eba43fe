package io.pathproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code pathproof doctor --topology}: what each fault looks like. */
class DoctorLabTest {
  @TempDir private Path folder;

  @Test
  void soundTopologyIsSoundAndItsSettingsAreComparedWithAdvice() throws Exception {
    DoctorRun run = doctor("io-group");
    assertThat(run.status()).as(run.out() + run.err()).isEqualTo(ExitStatus.PASS);
    assertThat(run.json().get("sound").asBoolean()).isTrue();
    assertThat(run.json().get("hosts")).hasSize(3);
    assertThat(run.out()).contains("All 12 paths are sound");
    JsonNode host2 = run.json().get("hosts").get(1);
    assertThat(host2.get("findings").findValuesAsText("setting"))
        .containsExactly("multipath: { ios }", "adapters");
    assertThat(host2.get("notCompared").get(0).asText()).startsWith("timers: profile fast has");
    assertThat(run.text())
        .contains("Not compared with advice host1, host2, host3: timers: profile fast has a lab's");
    assertThat(host2.get("findings").findValuesAsText("source"))
        .allMatch(text -> text.length() > 5);
    JsonNode loads = run.json().get("hosts").get(2).get("loads").get(0);
    assertThat(loads.get("reads")).hasSize(4).allMatch(reads -> reads.asInt() == 250);
    assertThat(host2.get("paths").get(0).get("units").get(0).get("readMs")).hasSize(2);
  }

  @Test
  void strictExitsWithOneForASettingAlone() throws Exception {
    DoctorRun run = doctor("io-group", "--host", "host1", "--strict");
    assertThat(run.json().get("sound").asBoolean()).isTrue();
    assertThat(run.json().get("hosts")).hasSize(1);
    assertThat(run.status()).isEqualTo(ExitStatus.FAIL);
    DoctorRun advised = doctor("io-group", "--host", "host3", "--strict");
    assertThat(advised.status()).as(advised.out()).isEqualTo(ExitStatus.PASS);
    assertThat(advised.out()).contains("All 4 paths are sound.").doesNotContain("depart");
  }

  @ParameterizedTest(name = "{0} {1}: {2} at {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nic1 -> node2.b | refuse      | tcp   | nic1:node2.b | nothing takes connections
          nic1 -> node2.b | silent-drop | tcp   | nic1:node2.b | nothing answers TCP
          nic1 -> node2.b | fin         | login | nic1:node2.b | ends it during the login
          nic1 -> node2.b | reset       | login | nic1:node2.b | ends it during the login
          node2.b         | deny-login  | login | nic1:node2.b | does not allow this initiator
          node2.b         | mask-luns   | lun   | nic1:node2.b | no volume is mapped to
          node2.b         | down        | tcp   | nic1:node2.b | nothing answers TCP
          array           | defect ready-but-no-io | io | nic1:node2.b | does not mean that I/O works
          array           | defect endless-unit-attention | io | nic1:node2.b | unit attention
          """)
  void eachFaultStopsItsPathAtItsStep(
      String place, String how, String step, String path, String why) throws Exception {
    String where = place.startsWith("nic1") ? "host3." + place : place;
    DoctorRun run =
        doctor("io-group", "--host", "host3", "--timeout", "1s", "--break", where, "--how", how);
    assertThat(run.status()).isEqualTo(ExitStatus.FAIL);
    assertThat(run.stop(path)).as(run.out()).isEqualTo(step);
    assertThat(run.why()).contains(why);
    assertThat(run.stop("nic0:node1.a")).isEqualTo(place.equals("array") ? step : "sound");
    assertThat(run.json().get("broken").get(0).asText()).contains(how);
    assertThat(run.out()).contains("stop").contains(" at " + step);
  }

  @Test
  void accessStatesAreToldAndUnavailableStops() throws Exception {
    DoctorRun run =
        doctor("alua", "--timeout", "1s", "--break", "node2", "--how", "access-state unavailable");
    assertThat(run.stop("nic0:node2.a")).isEqualTo("alua");
    assertThat(run.stop("nic0:node1.a")).isEqualTo("sound");
    JsonNode unit = run.json().get("hosts").get(0).get("paths").get(0).get("units").get(0);
    assertThat(unit.get("accessState").asText()).isEqualTo("active/optimized");
    DoctorRun standby = doctor("alua", "--break", "node2", "--how", "access-state standby");
    assertThat(standby.status()).as("standby is sound").isEqualTo(ExitStatus.PASS);
    assertThat(standby.out()).contains("active/optimized, 2 standby;");
    DoctorRun first = doctor("alua", "--break", "node1", "--how", "access-state standby");
    assertThat(first.out().replaceAll("\\s+", " "))
        .contains("4 paths: 2 standby, 2 active/")
        .doesNotContain("size not known");
  }

  @Test
  void redirectionsAreShownAndALoopIsTold() throws Exception {
    DoctorRun sound = doctor("virtual-port");
    assertThat(sound.status()).isEqualTo(ExitStatus.PASS);
    assertThat(sound.json().findValuesAsText("seen"))
        .anyMatch(seen -> seen.contains("redirected to 10.0.0."));
    DoctorRun loop = doctor("virtual-port", "--break", "array", "--how", "defect redirect-loop");
    assertThat(loop.status()).isEqualTo(ExitStatus.FAIL);
    assertThat(loop.why()).contains("round in a circle");
  }

  /** At 200 ms a read over two of four paths its 1000 reads would take six seconds at least. */
  @Test
  void readingOverASlowPathEndsInItsTimeAndItsSpreadIsNotJudged() throws Exception {
    DoctorRun run =
        doctor(
            "io-group",
            "--host",
            "host3",
            "--timeout",
            "1s",
            "--break",
            "host3.nic1",
            "--how",
            "latency 100ms");
    assertThat(run.status()).as(run.out() + run.err()).isEqualTo(ExitStatus.PASS);
    JsonNode host = run.json().get("hosts").get(0);
    String untold = "of 1000 reads were done in 2000 ms: how they spread over the paths is not";
    assertThat(host.get("notes")).anyMatch(note -> note.asText().contains(untold));
    assertThat(host.get("loads")).isEmpty();
    assertThat(host.get("findings").findValuesAsText("setting"))
        .doesNotContain("load over paths and adapters");
    assertThat(run.text()).contains(untold).contains("All 4 paths are sound");
  }

  @Test
  void adapterOnANetworkApartStopsAtTheRoute() throws Exception {
    DoctorRun run = doctor("two-adapters", "--host", "esx2");
    assertThat(run.stop("vmnic0:node1.a")).isEqualTo("sound");
    assertThat(run.stop("vmnic1:node1.a")).isEqualTo("route");
    assertThat(run.why())
        .contains("vmnic1 is on fabric aside, from which no way leads to any port");
    // the table says it: neither a time nor another line
    assertThat(run.out())
        .contains("vmnic1 -> node2.a (10.10.32.10:3260) stop at route\n")
        .doesNotContain("advertised too");
    assertThat(run.json().get("hosts").get(0).get("advertised").findValuesAsText("state"))
        .containsExactly("reached", "no-way");
  }

  @Test
  void jsonAloneGoesToStdout() throws Exception {
    DoctorRun run =
        DoctorRun.bare(
            "doctor", "--json", "-", "--topology", file("two-adapters"), "--host", "esx1");
    DoctorRun.checked(new com.fasterxml.jackson.databind.json.JsonMapper().readTree(run.out()));
    assertThat(run.err()).contains("examining esx1");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --host host7                          | did you mean host
          --break host3.nic7 --how refuse       | did you mean host3.nic
          --break host3.nic1 --how refuze       | did you mean refuse?
          --break host3.nic1 --how explode      | --how explode: unknown; there is: refuse, reset, fin, silent-drop, stall, latency, bandwidth, cut, flap
          --break node1.a --how explode         | cut, flap, down, deny-login, mask-luns, hold-commands, request-logout, async-event
          --break node1 --how explode           | cut, flap, pause, stop, kill, remove, replace, fail-over, maintenance, access-state, request-logout, async-event
          --break array --how explode           | cut, flap, request-logout, async-event, rebalance, firmware-restart, defect
          --break nowhere --how explode         | there is no link, adapter, fabric, node or port nowhere
          --break host3.nic1 --how mask-luns    | mask-luns is for a port
          --break host3.nic1 --how unbind       | --how unbind: that changes which ports a host uses, and breaks no path
          --break nonsense --how kill           | kill is for a node, and there is no nonsense; there is: node1, node2
          --break host3.nic1                    | --break host3.nic1: has no --how; write --break host3.nic1 --how EFFECT
          --break blue --break green --how fin  | --break blue: has no --how; write --break blue --how EFFECT
          --how fin --break blue --how refuse   | --how refuse: has no --break; write --how refuse --break PLACE
          --how refuse                          | --how refuse: has no --break; write --how refuse --break PLACE
          --break                               | --break: has no value; write --break PLACE
          --reads many                          | --reads many: write a whole number
          --timeout soon                        | --timeout soon
          --reads 0                             | --reads 0
          --reads 10001                         | --reads 10001: write 1 to 10000
          --timeout 601s                        | --timeout 601s: write 10min at most
          --json /usr                           | --json /usr: not a file in a folder that there is
          --engine ebmedded                     | --engine ebmedded
          --portal 10.0.0.1                     | give one of them
          --target iqn.2026-11.com.example:a    | goes with --portal
          --chap-user joe                       | goes with --portal
          --chap-secret-file x                  | goes with --portal
          --chap-target-user joe                | goes with --portal
          --chap-target-secret-file x           | goes with --portal
          --json /no/such/folder/x.json         | --json /no/such/folder/x.json
          """)
  void badFlagsAreToldAndNothingIsStarted(String flags, String told) {
    String[] all =
        Stream.concat(
                Stream.of("doctor", "--topology", file("io-group")),
                Arrays.stream(flags.split(" ")))
            .toArray(String[]::new);
    DoctorRun run = DoctorRun.bare(all);
    assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(run.err()).contains(told).doesNotContain("building lab").hasLineCount(1);
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest(name = "{1} at {0}")
  @CsvSource({
    "X, cut at data-out 3 data, 'an examination never writes, so that no Data-Out comes'",
    "node1, access-state standby, 'the array has no access states; give it some'"
  })
  void whatNoExaminationCouldShowIsToldAndNothingIsStarted(String place, String how, String told) {
    DoctorRun run =
        DoctorRun.bare("doctor", "--topology", file("io-group"), "--break", place, "--how", how);
    assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(run.err()).contains("--how " + how + ": " + told).doesNotContain("building lab");
  }

  @Test
  void whatCanBeBrokenAtAPhysicalAdapterIsThatOfLinksAndItsOwnLink() {
    String flags = " --break esx1.vmnic0 --how explode";
    DoctorRun run =
        DoctorRun.bare(("doctor --topology " + file("port-binding") + flags).split(" "));
    assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(run.err()).contains("flap, link-down").doesNotContain("unbind", "teaming", "kill");
  }

  @Test
  void aDefectThatTheArrayDoesNotHaveIsToldAndNothingIsStarted() {
    DoctorRun run =
        DoctorRun.bare(
            "doctor",
            "--topology",
            file("io-group"),
            "--break",
            "array",
            "--how",
            "defect stale-raed");
    assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(run.err())
        .contains(
            "--how defect stale-raed: this array has no such defect; did you mean stale-read?")
        .hasLineCount(1);
  }

  /** What goes over a physical adapter follows it, whichever VMkernel ports that is. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"link-down, route", "refuse, tcp"})
  void aPhysicalAdapterOfAVsphereHostBreaksForThePortsThatUseIt(String how, String step)
      throws Exception {
    DoctorRun run =
        doctor(
            "port-compliance",
            "--host",
            "esx3",
            "--timeout",
            "1s",
            "--break",
            "esx3.vmnic1",
            "--how",
            how);
    assertThat(run.stop("vmk1:ct0.eth0")).as(run.out()).isEqualTo("sound");
    assertThat(run.stop("vmk2:ct0.eth0")).as(run.out()).isEqualTo(step);
    assertThat(run.json().get("broken").get(0).asText()).isEqualTo("esx3.vmnic1 " + how);
  }

  @Test
  void anAdapterWithoutALinkIsTheCauseOfItsPortsPaths() throws Exception {
    DoctorRun run =
        doctor("port-binding", "--host", "esx2", "--break", "esx2.vmnic0", "--how", "link-down");
    assertThat(run.stop("vmk1:ct1.eth0")).isEqualTo("route");
    assertThat(run.stop("vmk2:ct1.eth0")).isEqualTo("sound");
    assertThat(run.why()).isEqualTo("vmk1's only active adapter vmnic0 has no link");
    assertThat(run.text())
        .contains("vmk1 -> ct0.eth0 (10.0.20.10:3260); vmk1 -> ct1.eth0 (10.0.20.11:3260)")
        .contains("stop at route seen: no uplink why: vmk1's only active adapter vmnic0 has no")
        .contains("remedy: check the cable and the switch port of vmnic0;")
        .doesNotContain("firewall");
  }

  @Test
  void portsWithoutSessionsAreNamed() throws Exception {
    DoctorRun run = doctor("port-binding", "--host", "esx3");
    assertThat(run.text())
        .contains(
            "note: the host has no session over vmk2: vmk2 is not the port that the route table"
                + " chooses")
        .doesNotContain("over vmk1");
  }

  @Test
  void pathsThatStopAlikeAreToldTogetherAndPortalsOutOfReachOnce() throws Exception {
    DoctorRun run =
        doctor(
            "uneven",
            "--host",
            "lopsided",
            "--timeout",
            "1s",
            "--break",
            "lopsided.nic1",
            "--how",
            "refuse");
    assertThat(run.text())
        .contains("stop at tcp, each after at most ")
        .contains("nothing takes connections at 10.10.16.10:3260; the other path likewise")
        .contains(
            "advertised too: 4 portals of iqn.2026-11.io.pathproof:uneven, to which this host has"
                + " no way: 10.10.17.10:3260, 10.10.18.10:3260, 10.10.17.11:3260, 10.10.18.11:3260")
        .doesNotContain(" at each");
  }

  @Test
  void unitsOfSeveralArraysAreToldWithTheirArrays() throws Exception {
    DoctorRun run = doctor("two-arrays");
    assertThat(run.out())
        .contains("  LUN 1 of pure1: naa.")
        .contains("  LUN 1 of spectrum1: naa.")
        .contains("  mpatha (pure1.vol0) spreads ");
    assertThat(doctor("two-adapters", "--host", "esx1").out()).contains("  LUN 1: naa.");
  }

  private DoctorRun doctor(String topology, String... flags) throws Exception {
    String[] all =
        Stream.concat(Stream.of("--topology", file(topology), "--reads", "2"), Arrays.stream(flags))
            .toArray(String[]::new);
    return DoctorRun.of(folder, all);
  }

  private static String file(String topology) {
    return Repository.root().resolve("topologies/" + topology + ".yaml").toString();
  }
}
