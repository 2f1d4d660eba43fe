package io.pathproof.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.targets.array.system.ArrayConfig;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArrayConfigsTest {
  private static final String YAML =
      """
      topology: configs
      fabrics:
        blue:  { subnet: 10.10.1.0/24 }
        green: { subnet: 10.10.2.0/24 }
      array:
        target-name: iqn.2026-11.io.pathproof:other
        chap: { user: u, secret: twelve-bytes!, mutual: { user: t, secret: other-twelve-b } }
        max-sessions: 7
        nodes:
          node1: { ports: { a: { fabric: blue, address: 10.10.1.10 }, b: { fabric: green, address: 10.10.2.10, tcp-port: 860 } } }
          node2: { ports: { a: { fabric: blue, address: 10.10.1.11 } } }
        virtual-addresses: { vip: { address: 10.10.2.1, owner: node1.b, tcp-port: 3261 } }
        login-redirect: { policy: least-loaded, permanent: on }
        takeover: 250ms
        alua: { mode: both, partner: standby, transition: 30ms }
        volumes: { vol0: { size: 16MiB, owner: node2 }, vol1: { size: 8KiB, block-size: 4096 } }
      hosts:
        host1: { multipath: none, adapters: { nic0: { fabric: blue, address: 10.10.1.101 } } }
      """;

  private static Topology topology(String piece, String by) {
    assertThat(YAML).contains(piece);
    return TopologyLoader.parse(YAML.replace(piece, by), "configs.yaml");
  }

  private static ArrayConfig of(Topology topology, long seed) {
    return ArrayConfigs.of(topology, topology.arrays().get("array"), seed);
  }

  @Test
  void ofSeveralArraysEachHasItsOwnPartsByTheTopologysNames() {
    Topology topology =
        TopologyLoader.parse(
            """
            topology: two
            fabrics: { san: { subnet: 10.0.0.0/24 } }
            arrays:
              pure1:
                nodes: { ct0: { ports: { a: { fabric: san, address: 10.0.0.10 } } } }
                virtual-addresses: { vip: { address: 10.0.0.1, owner: ct0.a } }
                volumes: { vol0: { size: 1MiB, owner: ct0 } }
              spectrum1:
                chap: { user: u, secret: twelve-bytes! }
                nodes: { ct0: { ports: { a: { fabric: san, address: 10.0.0.20 } } } }
                volumes: { vol0: { size: 2MiB } }
            hosts:
              host1: { adapters: { nic0: { fabric: san, address: 10.0.0.101 } } }
            """,
            "two.yaml");
    ArrayConfig pure = ArrayConfigs.of(topology, topology.arrays().get("pure1"), 1).validated();
    assertThat(pure.name()).isEqualTo("pure1");
    assertThat(pure.targetName()).isEqualTo("iqn.2026-11.io.pathproof:two.pure1");
    assertThat(pure.portRefs()).containsExactly("pure1.ct0.a");
    assertThat(pure.virtualAddresses())
        .containsExactly(
            new ArrayConfig.VirtualAddress("pure1.vip", "10.0.0.1", 3260, "pure1.ct0.a"));
    assertThat(pure.volumes())
        .containsExactly(
            new ArrayConfig.Volume(
                "pure1.vol0", 1, 1 << 20, 512, Optional.of("pure1.ct0"), ArrayConfig.Store.MEMORY));
    assertThat(pure.chap()).isEmpty();
    ArrayConfig other =
        ArrayConfigs.of(topology, topology.arrays().get("spectrum1"), 1).validated();
    assertThat(other.portRefs()).containsExactly("spectrum1.ct0.a");
    assertThat(other.volumes()).extracting(ArrayConfig.Volume::lun).containsExactly(1);
    assertThat(other.chap()).isPresent();
  }

  @Test
  void everythingThatATopologySaysOfItsArrayIsTold() {
    ArrayConfig config = of(topology("configs", "configs"), 42);
    assertThat(config.name()).isEqualTo("configs");
    assertThat(config.targetName()).isEqualTo("iqn.2026-11.io.pathproof:other");
    assertThat(config.nodes()).extracting(ArrayConfig.Node::name).containsExactly("node1", "node2");
    assertThat(config.nodes().get(0).ports())
        .containsExactly(
            new ArrayConfig.Port("a", "10.10.1.10", 3260, "blue"),
            new ArrayConfig.Port("b", "10.10.2.10", 860, "green"));
    assertThat(config.virtualAddresses())
        .containsExactly(new ArrayConfig.VirtualAddress("vip", "10.10.2.1", 3261, "node1.b"));
    assertThat(config.volumes())
        .containsExactly(
            new ArrayConfig.Volume(
                "vol0", 1, 16 << 20, 512, Optional.of("node2"), ArrayConfig.Store.MEMORY),
            new ArrayConfig.Volume(
                "vol1", 2, 8192, 4096, Optional.empty(), ArrayConfig.Store.MEMORY));
    assertThat(config.chap())
        .contains(
            new ArrayConfig.Chap(
                "u", "twelve-bytes!", Optional.of(new ArrayConfig.Account("t", "other-twelve-b"))));
    assertThat(config.maxSessions()).isEqualTo(7);
    assertThat(config.redirect())
        .isEqualTo(new ArrayConfig.Redirect(ArrayConfig.Policy.LEAST_LOADED, true));
    assertThat(config.takeoverMs()).isEqualTo(OptionalLong.of(250));
    assertThat(config.alua())
        .isEqualTo(new ArrayConfig.Alua(ArrayConfig.Mode.BOTH, AccessState.STANDBY, 30));
    assertThat(config.storeDirectory()).isEmpty();
    assertThat(config.seed()).isEqualTo(42);
  }

  @ParameterizedTest
  @CsvSource({
    "active/non-optimized,ACTIVE_NON_OPTIMIZED",
    "standby,STANDBY",
    "unavailable,UNAVAILABLE"
  })
  void partnersHaveTheStateThatIsNamed(String word, AccessState state) {
    Topology topology = topology("partner: standby", "partner: " + word);
    assertThat(of(topology, 1).alua().partnerState()).isEqualTo(state);
  }

  @Test
  void withoutAluaAccessIsTheSameEverywhere() {
    Topology topology =
        topology("  alua: { mode: both, partner: standby, transition: 30ms }\n", "");
    assertThat(of(topology, 1).alua())
        .isEqualTo(new ArrayConfig.Alua(ArrayConfig.Mode.NONE, AccessState.ACTIVE_OPTIMIZED, 0));
    Topology without = topology("  takeover: 250ms\n", "");
    assertThat(of(without, 1).takeoverMs()).isEmpty();
  }

  @Test
  void blocksMayBeKeptInFiles() {
    Topology topology = topology("configs", "configs");
    ArrayConfig config =
        ArrayConfigs.of(
            topology,
            topology.arrays().get("array"),
            1,
            ArrayConfig.Store.FILE,
            Optional.of("somewhere"));
    assertThat(config.volumes())
        .extracting(ArrayConfig.Volume::store)
        .containsOnly(ArrayConfig.Store.FILE);
    assertThat(config.storeDirectory()).contains("somewhere");
  }
}
