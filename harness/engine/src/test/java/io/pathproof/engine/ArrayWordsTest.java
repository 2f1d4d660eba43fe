package io.pathproof.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.JournalEntry;
import io.pathproof.lab.observed.PortLoad;
import io.pathproof.lab.topology.AluaSpec;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.RedirectSpec;
import io.pathproof.targets.array.system.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ArrayWordsTest {
  @Test
  void aSnapshotHasStateAddressesPortalsAndAccess() {
    Snapshot snapshot =
        new Snapshot(
            Map.of(
                "node1",
                new Snapshot.NodeState(
                    "running",
                    "S1",
                    Map.of(
                        "node1.b",
                        new Snapshot.PortState("down", List.of("10.0.0.3"), List.of()),
                        "node1.a",
                        new Snapshot.PortState(
                            "up",
                            List.of("10.0.0.1", "10.0.0.2"),
                            List.of("10.0.0.1:3260", "10.0.0.2:3260"))),
                    Map.of("vol0", "active/optimized"))));
    assertThat(ArrayWords.snapshot(snapshot))
        .isEqualTo(
            new ArraySnapshot(
                Map.of(
                    "node1",
                    new ArraySnapshot.NodeState(
                        "running, serial S1",
                        List.of("10.0.0.1", "10.0.0.2", "10.0.0.3"),
                        List.of("10.0.0.1:3260", "10.0.0.2:3260"),
                        Map.of("vol0", "active/optimized")))));
  }

  @Test
  void loadsAndJournalAreInTheLabsTerms() {
    assertThat(
            ArrayWords.loads(
                Map.of("node1.a", new io.pathproof.targets.array.server.PortLoad(1, 2, 3, 4))))
        .isEqualTo(Map.of("node1.a", new PortLoad(1, 2, 3, 4)));
    assertThat(
            ArrayWords.journal(
                ONE,
                List.of(
                    new io.pathproof.targets.array.system.JournalEntry(7, "node1", "node1 killed"),
                    new io.pathproof.targets.array.system.JournalEntry(8, "array", "done")),
                1000))
        .containsExactly(
            new JournalEntry(1007, "node1", "node1 killed"),
            new JournalEntry(1008, "pure1", "done"));
  }

  @Test
  void ofSeveralArraysEachIsTheArrayToItself() {
    assertThat(ArrayWords.place(ONE, "pure1")).isEqualTo("array");
    assertThat(ArrayWords.place(ONE, "pure1.node1")).isEqualTo("pure1.node1");
  }

  private static final ArraySpec ONE =
      new ArraySpec(
          "pure1",
          "simulated",
          0,
          "iqn.2026-11.io.pathproof:pure1",
          Map.of(),
          Map.of(),
          Optional.empty(),
          0,
          Map.of(),
          RedirectSpec.NEVER,
          OptionalLong.empty(),
          AluaSpec.NONE);
}
