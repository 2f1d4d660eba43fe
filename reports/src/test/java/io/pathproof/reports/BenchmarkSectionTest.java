package io.pathproof.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkSectionTest {
  @TempDir Path folder;

  @Test
  void percentilesAreMeasuredShotsByNearestRank() throws Exception {
    BenchmarkSection.Row row = read(shots("ms/op", "[4.0, 1.0], [3.0, 2.0]")).rows().get(0);
    assertThat(row.shotsMs()).containsExactly(1.0, 2.0, 3.0, 4.0);
    assertThat(row.percentileMs(50)).isEqualTo(2.0);
    assertThat(row.percentileMs(99)).isEqualTo(4.0);
    assertThat(row.maxMs()).isEqualTo(4.0);
  }

  @Test
  void unitsBecomeMilliseconds() throws Exception {
    assertThat(read(shots("s/op", "[0.5]")).rows().get(0).maxMs()).isEqualTo(500.0);
    assertThat(read(shots("us/op", "[500]")).rows().get(0).maxMs()).isEqualTo(0.5);
    assertThatThrownBy(() -> read(shots("ops/s", "[1]"))).isInstanceOf(IOException.class);
  }

  @Test
  void tableStandsBesideTheTimersThatBoundIt() throws Exception {
    BenchmarkSection section = read(SampleJmh.json(30));
    assertThat(section.rows()).hasSize(4);
    assertThat(section.html())
        .contains("ping every 500 ms + answer within 500 ms; command 2.00 s", ">30</td>");
    assertThat(section.text().lines().toList()).hasSize(5);
    assertThat(section.rows().get(1).boundMs()).contains(1000.0);
    assertThat(section.rows().get(0).boundMs()).isEmpty();
  }

  @Test
  void everyShotIsADot() throws Exception {
    SvgDocument picture = new SvgDocument(read(SampleJmh.json(30)).picture());
    assertThat(picture.all("shot")).hasSize(120);
    assertThat(picture.all("bound")).hasSize(2);
    assertThat(picture.texts()).contains("host2, reset", "host3, silent-drop", "30 shots");
  }

  @Test
  void fileWithoutShotsIsRefused() {
    assertThatThrownBy(() -> read("[]")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read(shots("ms/op", "[]"))).hasMessageContaining("no rawData");
  }

  private BenchmarkSection read(String json) throws IOException {
    Path file = Files.writeString(folder.resolve("jmh.json"), json);
    return BenchmarkSection.read(file, SampleTopology.ioGroup());
  }

  private static String shots(String unit, String forks) {
    return """
        [{"benchmark":"b","mode":"ss","params":{"host":"host2","fault":"reset"},
          "primaryMetric":{"scoreUnit":"%s","rawData":[%s]}}]
        """
        .formatted(unit, forks);
  }
}
