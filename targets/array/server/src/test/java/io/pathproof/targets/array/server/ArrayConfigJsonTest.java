package io.pathproof.targets.array.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.targets.array.system.ArrayConfig;
import io.pathproof.targets.array.system.InvalidConfigException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArrayConfigJsonTest {
  private static final String SMALLEST =
      """
      {"targetName": "iqn.2026-11.test:array",
       "nodes": {"node1": {"ports": {"a": {"address": "10.0.0.2"}}}},
       "volumes": {"vol0": {"lun": 1, "sizeBytes": 1048576}}}
      """;

  @Test
  void whatIsWrittenIsReadBackEqual() {
    ArrayConfig config =
        new ArrayConfig(
            "a",
            "iqn.2026-11.test:array",
            List.of(
                new ArrayConfig.Node(
                    "node1", List.of(new ArrayConfig.Port("a", "10.0.0.2", 3261, "san"))),
                new ArrayConfig.Node(
                    "node2", List.of(new ArrayConfig.Port("a", "10.0.0.3", 3260, "san")))),
            List.of(new ArrayConfig.VirtualAddress("vip", "10.0.0.1", 3260, "node1.a")),
            List.of(
                new ArrayConfig.Volume(
                    "vol0", 1, 1 << 20, 4096, Optional.of("node2"), ArrayConfig.Store.FILE)),
            Optional.of(
                new ArrayConfig.Chap(
                    "user", "secretsecret", Optional.of(new ArrayConfig.Account("t", "other")))),
            7,
            new ArrayConfig.Redirect(ArrayConfig.Policy.LEAST_LOADED, true),
            OptionalLong.of(250),
            new ArrayConfig.Alua(ArrayConfig.Mode.BOTH, AccessState.ACTIVE_NON_OPTIMIZED, 300),
            Optional.of("/store"),
            42);
    assertThat(ArrayConfigJson.read(ArrayConfigJson.write(config))).isEqualTo(config);
  }

  @Test
  void whatIsLeftOutHasDefaults() {
    ArrayConfig config = ArrayConfigJson.read(SMALLEST);
    assertThat(config.nodes().get(0).ports().get(0).tcpPort()).isEqualTo(3260);
    assertThat(config.volumes().get(0).blockSize()).isEqualTo(512);
    assertThat(config.redirect().policy()).isEqualTo(ArrayConfig.Policy.NEVER);
    assertThat(config.takeoverMs()).isEmpty();
    assertThat(config.alua()).isEqualTo(ArrayConfig.Alua.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"lun\": 1 | \"lun\": 256 | volumes.vol0.lun: 256 is no whole number up to 255",
        "\"lun\": 1 | \"lun\": 1.5 | volumes.vol0.lun: 1.5",
        "1048576 | 1000 | volumes.vol0.sizeBytes: 1000 is not a positive multiple of 512",
        "1048576 | -512 | volumes.vol0.sizeBytes",
        "1048576 | 99999999999999999999 | volumes.vol0.sizeBytes",
        "\"lun\" | \"lung\" | volumes.vol0.lung is not known",
        "\"10.0.0.2\" | \"ten\" | nodes.node1.ports.a.address",
        "\"10.0.0.2\" | 7 | nodes.node1.ports.a.address is no text",
        "iqn.2026-11.test:array | array | targetName: \"array\" is no iSCSI name",
        "\"node1\" | \"array\" | nodes.array: the name is taken",
        "\"a\" | \"a.b\" | \"a.b\" is no name",
        "{\"node1\" | {\"n\": 3, \"node1\" | nodes.n is no object",
        "\"volumes\" | \"redirect\": {\"policy\": \"often\"}, \"volumes\" | redirect.policy: \"often\" is none of",
        "\"volumes\" | \"takeoverMs\": -1, \"volumes\" | takeoverMs: -1 is negative",
        "\"volumes\" | \"volumes\": {}, \"volumes\" | Duplicate",
        "}}}} | }} | no JSON",
        "\"lun\": 1 | \"lun\": 1, \"store\": \"file\" | store: file needs storeDirectory",
        "\"lun\": 1 | \"lun\": 1, \"owner\": \"node7\" | no node node7",
      })
  void whatDoesNotFitIsRefusedWithItsPlace(String found, String replaced, String reason) {
    assertThatThrownBy(() -> ArrayConfigJson.read(SMALLEST.replace(found, replaced)))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(reason);
  }
}
