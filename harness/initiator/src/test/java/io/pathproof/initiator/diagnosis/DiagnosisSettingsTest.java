package io.pathproof.initiator.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.session.Portal;
import io.pathproof.protocol.iscsi.Isid;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whose sessions an examination's are. */
class DiagnosisSettingsTest {
  private static DiagnosisSettings run(int run) {
    return new DiagnosisSettings(
        ScriptedPath.NAME, run, Optional.empty(), 1_000_000_000L, 3, 4, Set.of());
  }

  private static Isid isid(int run, int link, boolean discovery) {
    HostLink way = new HostLink("nic0:a", "nic0", new Portal("10.1.1.1", 3260), link);
    Optional<String> target = discovery ? Optional.empty() : Optional.of(ScriptedPath.TARGET);
    return run(run).session(way, target).isid();
  }

  @Test
  @DisplayName("Two examinations by one name, each way and a discovery have ISIDs of their own")
  void noSessionEndsAnother() {
    Set<Isid> all = new HashSet<>();
    for (int run = 0; run < 3; run++) {
      for (int link = 0; link < 3; link++) {
        all.add(isid(run, link, false));
        all.add(isid(run, link, true));
      }
    }
    assertThat(all).hasSize(18);
    assertThat(isid(7, 1, false)).isEqualTo(isid(7, 1, false));
  }
}
