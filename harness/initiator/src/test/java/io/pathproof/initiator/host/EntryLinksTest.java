package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.protocol.iscsi.Isid;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A host that discovers over some of its links: a virtual address, and the ports behind it. */
class EntryLinksTest {
  private static final HostLink VIRTUAL =
      new HostLink("nic0:virtual", "nic0", new Portal("10.10.1.9", 3260), 9);
  private static final HostLink A =
      new HostLink("nic0:node1.a", "nic0", new Portal("10.10.1.1", 3260), 1);
  private static final HostLink B =
      new HostLink("nic0:node2.a", "nic0", new Portal("10.10.1.2", 3260), 2);

  private static HostSettings settings(List<HostLink> links, List<HostLink> entries) {
    return HostSettings.builder("iqn.2026-11.io.pathproof:host", links)
        .targets(Set.of(FakeArray.TARGET))
        .timers(SessionTimers.ofMillis(FakeArray.LOGIN_MS, 200, 200, 30_000, 15_000, 0, 100))
        .multipath(
            MultipathSettings.multipath(
                Policy.FAILOVER, 1, 0, true, Failback.IMMEDIATE, 5_000, 500))
        .entries(entries)
        .build();
  }

  private static List<Portal> asked(FakeArray array) {
    return array.discoveries.stream().map(each -> each.portal()).toList();
  }

  @Test
  void discoveryGoesOverTheEntriesAlone() {
    FakeArray array = new FakeArray(settings(List.of(A, B, VIRTUAL), List.of(VIRTUAL)));
    array.advertise(VIRTUAL, A.portal(), B.portal());
    array.start();
    assertThat(asked(array)).containsExactly(VIRTUAL.portal());
    assertThat(array.ready).isTrue();
    assertThat(array.sessions.values()).extracting(each -> each.link).containsExactly(A, B);
    assertThat(array.core.devices().get(0).paths())
        .extracting(HostPath::id)
        .containsExactly(A.id(), B.id());
    Isid discovery = array.discoveries.get(0).isid();
    assertThat(array.sessions.values()).noneMatch(each -> each.settings.isid().equals(discovery));
  }

  @Test
  void anEntryWithoutASessionIsAskedAgainAndAgain() {
    FakeArray array = new FakeArray(settings(List.of(A, B, VIRTUAL), List.of(B, VIRTUAL)));
    array.refusing.add(VIRTUAL.id());
    array.start();
    assertThat(asked(array)).containsExactly(B.portal(), VIRTUAL.portal());
    assertThat(array.ready).as("each entry was tried").isTrue();
    array.pass(250);
    assertThat(asked(array)).hasSize(4).endsWith(VIRTUAL.portal(), VIRTUAL.portal());
    array.refusing.clear();
    array.advertise(VIRTUAL, VIRTUAL.portal());
    array.pass(100);
    int before = asked(array).size();
    array.pass(10_000);
    assertThat(asked(array)).hasSize(before);
    assertThat(array.core.devices().get(0).paths())
        .extracting(HostPath::id)
        .containsExactly(B.id(), VIRTUAL.id());
  }

  @Test
  void aHostWithoutASayInItDiscoversOverEveryLink() {
    FakeArray array =
        new FakeArray(
            HostSettings.builder("iqn.2026-11.io.pathproof:host", List.of(A, B))
                .multipath(MultipathSettings.singlePath(500))
                .build());
    array.start();
    assertThat(asked(array)).containsExactly(A.portal(), B.portal());
  }

  @Test
  void entriesAreLinksOfTheHostAndThereIsOne() {
    String refusal = "a host discovers over some of its links";
    assertThatThrownBy(() -> settings(List.of(A, B), List.of())).hasMessage(refusal);
    assertThatThrownBy(() -> settings(List.of(A), List.of(A, VIRTUAL))).hasMessage(refusal);
    assertThatThrownBy(() -> settings(List.of(), List.of())).hasMessageContaining("link");
  }
}
