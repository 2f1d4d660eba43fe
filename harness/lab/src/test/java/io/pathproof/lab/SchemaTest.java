package io.pathproof.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.pathproof.lab.history.Event;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          multipath: none | multpath: none
          multipath: none | multipath: all
          policy: round-robin, ios: 1000 | ios: 1000
          ios: 1000 | ios: 0
          ios: 1000 | ios: 1000, no-path: wait
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
}
