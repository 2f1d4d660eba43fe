package io.pathproof.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.pathproof.lab.fault.FaultWords;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.scenario.ScenarioLoader;
import io.pathproof.lab.topology.TopologyLoader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The published schemas accept what the loaders accept, and refuse what an editor should mark. */
class SchemaTest {
  private static final YAMLMapper YAML = new YAMLMapper();

  private static JsonSchema schema(String name) throws IOException {
    try (InputStream in = SchemaTest.class.getResourceAsStream("/schema/" + name)) {
      return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(in);
    }
  }

  private static Set<ValidationMessage> faults(String schema, String yaml) throws IOException {
    return schema(schema).validate(YAML.readTree(yaml));
  }

  @Test
  void theSchemasAreSchemas() throws IOException {
    JsonSchema meta =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(
                com.networknt.schema.SchemaLocation.of(
                    "https://json-schema.org/draft/2020-12/schema"));
    for (String name :
        new String[] {
          "topology-1.schema.json", "scenario-1.schema.json", "history-1.schema.json"
        }) {
      try (InputStream in = SchemaTest.class.getResourceAsStream("/schema/" + name)) {
        JsonNode document = YAML.readTree(in);
        assertThat(meta.validate(document)).as(name).isEmpty();
      }
    }
  }

  @Test
  void theExamplesAreAccepted() throws IOException {
    assertThat(faults("topology-1.schema.json", Examples.IO_GROUP)).isEmpty();
    assertThat(faults("scenario-1.schema.json", Examples.LOSES_A_NODE_PORT)).isEmpty();
    assertThat(
            faults(
                "scenario-1.schema.json",
                """
                scenario: two
                workload: [{ host: a, volume: b, for: 1m, rate: 5, reads: 5 }]
                faults: { at: 0s, break: X, how: latency 5ms jitter 1ms, direction: to-host }
                expect: { pause: "<2s", ports: 3 }
                """))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "policy: fixed, preferred: node1.a",
        "policy: fixed, preferred: { vol0: nic0:node1.a }",
        "policy: most-recently-used, no-path: queue",
        "policy: round-robin, failback: followover",
        "policy: failover, grouping: multibus, failback: after 1.5s",
        "policy: queue-length, no-path: 12 checks, grouping: multibus",
        "policy: service-time, throughput: { node1.a: 0 }, priority: constant",
        "policy: failover, checker: read, max-checker-interval: 4s",
        "policy: failover, checker: session, flapping: { failures: 3, forget: 10, hold: 30s }",
        "policy: failover, marginal: { twice-within: 9s, sample: 2s, errors: 10, recheck: 1m }",
        "policy: latency, latency-interval: 2s, latency-probes: 4, priority: { node1.a: 50 }"
      })
  void everyWayToUsePathsIsAccepted(String keys) throws IOException {
    String yaml =
        Examples.replaced(Examples.IO_GROUP, "multipath: none", "multipath: { " + keys + " }");
    assertThat(faults("topology-1.schema.json", yaml)).isEmpty();
    assertThat(TopologyLoader.parse(yaml, "x").hosts()).containsKey("host1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          multipath: none | multpath: none
          multipath: none | multipath: all
          policy: round-robin, ios: 1000 | ios: 1000
          ios: 1000 | ios: 0
          ios: 1000 | ios: 1000, no-path: wait
          ios: 1000 | ios: 1000, no-path: checks
          ios: 1000 | ios: 1000, failback: after
          ios: 1000 | ios: 1000, checker: ping
          ios: 1000 | ios: 1000, flapping: { failures: 3, forget: 10 }
          ios: 1000 | ios: 1000, marginal: { sample: 2s, errors: 10, recheck: 1m }
          ios: 1000 | ios: 1000, grouping: all
          ios: 1000 | ios: 1000, priority: { node1.a: high }
          policy: round-robin, ios: 1000 | policy: fixed, preferred: [node1.a]
          policy: round-robin, ios: 1000 | policy: fastest
          policy: round-robin, ios: 1000 | policy: service-time, throughput: { node1.a: 101 }
          policy: round-robin, ios: 1000 | policy: latency, latency-probes: 0
          256MiB | 256MB
          10.10.2.0/24 | 10.10.2.0
          routed: true | routed: perhaps
          routed: true | version: 2
          topology: io-group | name: io-group
          volumes: { vol0: { size: 256MiB } } | volumes: {}
          from: host1.nic0 | from: host1
          address: 10.10.1.101 | adress: 10.10.1.101
          """)
  void badTopologiesAreRefused(String piece, String by) throws IOException {
    String yaml = Examples.replaced(Examples.IO_GROUP, piece, by);
    assertThat(faults("topology-1.schema.json", yaml)).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rate: 500/s | rate: fast
          reads: 70% | reads: 170%
          reads: 70% | raeds: 70%
          , for: 6s | , fro: 6s
          how: silent-drop | how: silentdrop
          how: silent-drop | how: latency
          io: continues | io: continue
          pause: < 2s | pause: 2s
          IO-6 | io6
          scenario: host2-loses-a-node-port | scenario: Host 2
          healAfter: 3s | heal-after: 3s
          """)
  void badScenariosAreRefused(String piece, String by) throws IOException {
    String yaml = Examples.replaced(Examples.LOSES_A_NODE_PORT, piece, by);
    assertThat(faults("scenario-1.schema.json", yaml)).isNotEmpty();
  }

  @Test
  void theHistorySchemaKnowsEveryEvent() throws IOException {
    try (InputStream in = SchemaTest.class.getResourceAsStream("/schema/history-1.schema.json")) {
      JsonNode known = YAML.readTree(in).at("/properties/event/enum");
      assertThat(known.valueStream().map(JsonNode::asText))
          .containsExactlyInAnyOrderElementsOf(
              Arrays.stream(Event.class.getPermittedSubclasses())
                  .map(Class::getSimpleName)
                  .toList());
    }
  }

  static Stream<Path> shipped() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("../../topologies"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.toString().contains("target"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void everyShippedFileIsAcceptedAndLoads(Path file) throws IOException {
    String yaml = Files.readString(file);
    boolean scenario = YAML.readTree(yaml).has("scenario");
    assertThat(faults(scenario ? "scenario-1.schema.json" : "topology-1.schema.json", yaml))
        .isEmpty();
    if (scenario) {
      assertThat(ScenarioLoader.load(file).faults()).hasSizeLessThan(10);
    } else {
      assertThat(TopologyLoader.load(file).hosts()).isNotEmpty();
    }
  }

  @Test
  void allKindsOfFileAreShipped() throws IOException {
    assertThat(shipped().map(file -> file.getFileName().toString()))
        .contains(
            "io-group-takeover.yaml",
            "alua.yaml",
            "virtual-port.yaml",
            "virtual-port-direct.yaml",
            "virtual-port-spread.yaml",
            "stale-read.yaml");
  }

  @Test
  void severalArraysAreAcceptedAndNotBesideOne() throws IOException {
    assertThat(faults("topology-1.schema.json", Examples.TWO_ARRAYS)).isEmpty();
    assertThat(faults("scenario-1.schema.json", Examples.ONE_ARRAY_FAILS)).isEmpty();
    for (String[] wrong :
        new String[][] {
          {"arrays:", "array: {}\narrays:"},
          {"spectrum1:", "array:"},
          {"kind: simulated", "knid: simulated"},
          {"arrays:", "arays:"}
        }) {
      String yaml = Examples.replaced(Examples.TWO_ARRAYS, wrong[0], wrong[1]);
      assertThat(faults("topology-1.schema.json", yaml)).as(yaml).isNotEmpty();
    }
    for (String wrong :
        new String[] {"{ io: continue }", "{}", "{ io: fails, arrays: {} }", "{ oi: fails }"}) {
      String yaml =
          Examples.replaced(
              Examples.ONE_ARRAY_FAILS, "pure1: { io: continues }", "pure1: " + wrong);
      assertThat(faults("scenario-1.schema.json", yaml)).as(yaml).isNotEmpty();
    }
  }

  @Test
  void theVirtualPortIsAccepted() throws IOException {
    assertThat(faults("topology-1.schema.json", Examples.VIRTUAL_PORT)).isEmpty();
    assertThat(faults("scenario-1.schema.json", Examples.PORT_FAILS)).isEmpty();
    String other =
        Examples.replaced(
            Examples.VIRTUAL_PORT,
            "login-redirect: always",
            "login-redirect: { policy: least-loaded, permanent: on }");
    assertThat(faults("topology-1.schema.json", other)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          owner: node1.a | ownr: node1.a
          address: 10.0.0.1, owner: node1.a | address: 10.0.0.1
          address: 10.0.0.1, owner | address: nowhere, owner
          login-redirect: always | login-redirect: sometimes
          login-redirect: always | login-redirect: { permanent: on }
          login-redirect: always | login-redirct: always
          takeover: 500ms | takeover: 500
          mode: implicit | mode: sometimes
          partner: standby | partner: active/optimized
          partner: standby | partner: asleep
          transition: 200ms | transition: soon
          owner: node1 } | owner: node1, block-size: 1024 }
          esx1: { multipath: none | esx1: { port-binding: perhaps, multipath: none
          esx1: { multipath: none | esx1: { profile: vmware, multipath: none
          """)
  void badVirtualPortsAreRefused(String piece, String by) throws IOException {
    String yaml = Examples.replaced(Examples.VIRTUAL_PORT, piece, by);
    assertThat(faults("topology-1.schema.json", yaml)).isNotEmpty();
  }

  @Test
  void vsphereHostsAreAccepted() throws IOException {
    assertThat(faults("topology-1.schema.json", Examples.VSPHERE)).isEmpty();
    String forced =
        Examples.replaced(Examples.VSPHERE, "switches:", "force-binding: on\n    switches:");
    assertThat(faults("topology-1.schema.json", forced)).isEmpty();
    assertThat(
            TopologyLoader.parse(forced, "x").hosts().get("esx1").vsphere().orElseThrow().forced())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          vmk3: { switch: vSwitch1, | vmk3: {
          , teaming: { active: [vmnic0], unused | , teaming: { unused
          bandwidth: 12MiB/s | bandwidth: 12MiB
          adapters: [vmnic0, vmnic1], active: [vmnic0] | adapters: [vmnic0, vmnic1], active: vmnic0
          unused: [vmnic1] | unused: vmnic1
          vmnic1: { fabric: san } | vmnic1: { fabric: san, address: 10.0.0.9 }
          [vmk1, vmk2] | []
          [vmk1, vmk2] | [vmk1, vmk1]
          login-timeout: 30s | login-timeout: 0
          [{ address: 10.0.0.11, login-timeout: 5s }] | { address: 10.0.0.11 }
          [{ address: 10.0.0.11, login-timeout: 5s }] | []
          load-balancing: explicit | load-balancing: iphash
          delayed-ack: off | delayed-ack: sometimes
          port-binding: [vmk1, vmk2] | force-binding: maybe
          port-binding: [vmk1, vmk2] | force-bindin: on
          vmkernel: | vmkernels:
          """)
  void badVsphereHostsAreRefused(String piece, String by) throws IOException {
    String yaml = Examples.replaced(Examples.VSPHERE, piece, by);
    assertThat(faults("topology-1.schema.json", yaml)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fin",
        "stall",
        "cut after 10KiB",
        "cut after 0",
        "cut at data-out 3 data",
        "cut at login-response header",
        "cut at r2t",
        "flap up 300ms down 200ms",
        "flap up 300ms down 200ms silent-drop",
        "remove",
        "replace",
        "fail-over",
        "maintenance",
        "access-state standby",
        "down",
        "request-logout",
        "request-logout 5s",
        "hold-commands",
        "async-event sense 0 6/2a/06",
        "async-event drop-connection",
        "async-event drop-session 2s",
        "async-event renegotiate 8KiB",
        "async-event renegotiate 512B 3s",
        "async-event vendor 66",
        "rebalance",
        "firmware-restart",
        "defect stale-read"
      })
  void newWordsAreAccepted(String words) throws IOException {
    assertThat(FaultWords.parse(words)).isNotNull();
    assertThat(faults("scenario-1.schema.json", how(words))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fin 3",
        "cut",
        "cut after",
        "cut at",
        "cut at data-out middle",
        "flap up 1s",
        "flap up 1s down 1s latency",
        "access-state",
        "access-state ready",
        "request-logout 5",
        "hold-commands 3s",
        "async-event",
        "async-event 1",
        "async-event sense 0",
        "async-event drop-session 2",
        "async-event renegotiate 8",
        "async-event vendor",
        "defect",
        "defect a b",
        "rebalance all"
      })
  void whatIsNoFaultIsRefused(String words) throws IOException {
    assertThat(faults("scenario-1.schema.json", how(words))).isNotEmpty();
  }

  private static String how(String words) {
    return Examples.replaced(Examples.PORT_FAILS, "how: down", "how: " + words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          portals: 1 | portals: 0
          redirected: again | redirected: often
          spread: even | spread: uneven
          logout-request: obeyed | logout-request: refused
          device-state: all paths down | device-state: gone
          taken-over: node1 | taken-over: 1
          target-parameters: cascade | target-parameters: inherit
          target-parameters: { ct0.a: { login-timeout: 30s, delayed-ack: off } } | target-parameters: { ct0.a: { login-timeout: 30s } }
          target-parameters: { ct0.a: { login-timeout: 30s, delayed-ack: on } } | target-parameters: { ct0.a: { login-timeout: 30, delayed-ack: on } }
          unit-attention: 2A/06 | unit-attention: 2A06
          """)
  void newExpectationsAreAcceptedAndBadOnesRefused(String good, String bad) throws IOException {
    String piece = "address-moved: vip";
    assertThat(
            faults("scenario-1.schema.json", Examples.replaced(Examples.PORT_FAILS, piece, good)))
        .isEmpty();
    assertThat(faults("scenario-1.schema.json", Examples.replaced(Examples.PORT_FAILS, piece, bad)))
        .isNotEmpty();
  }
}
