package io.pathproof.initiator.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.scsi.Lun;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Paths that should lead to one logical unit, and those that do not. */
class IdentityComparisonTest {
  @Test
  void pathsToOneUnitAreLeftAsTheyAre() throws Exception {
    List<PathReport> paths = List.of(path(1, 1, 1000), path(1, 1, 1000));
    Diagnosis diagnosis = IdentityComparison.of(paths);
    assertThat(diagnosis.paths()).isEqualTo(paths);
    assertThat(diagnosis.notes()).isEmpty();
  }

  @Test
  void anotherUnitUnderTheSameNumberIsMarkedOnThePathsThatDiffer() throws Exception {
    Diagnosis diagnosis =
        IdentityComparison.of(List.of(path(2, 1, 1000), path(1, 1, 1000), path(1, 1, 1000)));
    assertThat(diagnosis.paths().get(0).stop().orElseThrow().step()).isEqualTo(Step.IDENTITY);
    assertThat(diagnosis.paths().get(0).stop().orElseThrow().why())
        .contains("naa.60000000000000000000000000000001")
        .contains("two different units");
    assertThat(diagnosis.paths().subList(1, 3)).allMatch(path -> path.stop().isEmpty());
  }

  @Test
  void oneIdentityWithAnotherSizeIsMarked() throws Exception {
    Diagnosis diagnosis = IdentityComparison.of(List.of(path(1, 1, 1000), path(1, 1, 2000)));
    assertThat(diagnosis.paths().get(0).stop()).isEmpty();
    assertThat(diagnosis.paths().get(1).stop().orElseThrow().why())
        .contains("1000 blocks")
        .contains("2000 blocks");
  }

  @Test
  void oneUnitUnderSeveralNumbersIsNoted() throws Exception {
    Diagnosis diagnosis = IdentityComparison.of(List.of(path(1, 1, 1000), path(1, 2, 1000)));
    assertThat(diagnosis.paths()).allMatch(path -> path.stop().isEmpty());
    assertThat(diagnosis.notes()).hasSize(1).first().asString().contains("[1, 2]");
  }

  private static PathReport path(int identity, int lun, long blocks) throws Exception {
    ScriptedPath path = new ScriptedPath();
    path.identity = (byte) identity;
    path.luns = List.of(Lun.of(lun));
    path.blocks = blocks;
    path.loggedIn().run();
    assertThat(path.report.stop()).isEmpty();
    return path.report;
  }
}
