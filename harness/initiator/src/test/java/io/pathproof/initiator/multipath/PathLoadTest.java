package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PathLoadTest {
  private final Rig rig = Rig.up(3, Rig.roundRobin(1, 0));

  @Test
  void everyPathTellsWhatItHasCarried() {
    rig.core.submit("r", IoTraits.read(4096), rig.nowNs);
    rig.core.submit("w", IoTraits.write(8192), rig.nowNs);
    rig.core.submit("flush", IoTraits.read(0), rig.nowNs);
    rig.core.submit("r2", IoTraits.read(512), rig.nowNs);
    rig.nowNs += 2_000;
    rig.end("r", Rig.GOOD);
    rig.nowNs += 4_000;
    rig.end("r2", Rig.GOOD);
    rig.end("flush", Rig.GOOD);
    rig.lose(1);
    rig.end("w", Rig.lost());
    assertThat(rig.core.loads())
        .containsExactly(
            new PathLoad(0, 2, 0, 0, 4608, 0, 4_000),
            new PathLoad(1, 0, 1, 0, 8192, 1, 0),
            new PathLoad(2, 0, 1, 1, 8192, 0, 6_000));
    assertThat(rig.core.loads()).extracting(PathLoad::ios).containsExactly(2L, 1L, 2L);
  }

  @Test
  void aRepetitionOnTheSameNexusIsSentTwice() {
    rig.read("a");
    rig.end(AttemptResult.TaskEnded.checkCondition(6, 0x29, 0));
    assertThat(rig.core.loads().get(0).reads()).isEqualTo(2);
    assertThat(rig.core.loads().get(0).errors()).isEqualTo(1);
  }
}
