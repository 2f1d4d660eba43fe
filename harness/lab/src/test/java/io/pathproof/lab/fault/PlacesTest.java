package io.pathproof.lab.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.Examples;
import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.topology.LinkId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlacesTest {
  private final Places places = new Places(Examples.ioGroup());

  private List<LinkId> links(String place) {
    return resolve(place, "reset").links();
  }

  private ResolvedFault resolve(String place, String how) {
    FaultWords.Effect effect = FaultWords.parse(how);
    return places.resolve(
        new Fault(0, place, effect.how(), effect.action(), Direction.BOTH, Optional.empty()));
  }

  @Test
  void aNamedLinkIsWhatItCovers() {
    assertThat(links("X")).containsExactly(new LinkId("host1.nic0", "node1.a"));
    assertThat(links("Y")).hasSize(4).allMatch(link -> link.adapter().equals("host2.nic0"));
  }

  @Test
  void oneLinkIsNamedByItsEnds() {
    assertThat(links("host2.nic0 -> node1.a")).containsExactly(new LinkId("host2.nic0", "node1.a"));
    assertThat(links("host2.nic0->node2.b")).containsExactly(new LinkId("host2.nic0", "node2.b"));
  }

  @Test
  void anAdapterIsAllItsLinks() {
    assertThat(links("host3.nic1"))
        .containsExactly(new LinkId("host3.nic1", "node1.b"), new LinkId("host3.nic1", "node2.b"));
  }

  @Test
  void aFabricIsEveryLinkWithAnEndInIt() {
    // host1 and host2 stand in blue, and reach green by a router.
    assertThat(links("green"))
        .containsExactlyInAnyOrder(
            new LinkId("host1.nic0", "node1.b"),
            new LinkId("host1.nic0", "node2.b"),
            new LinkId("host2.nic0", "node1.b"),
            new LinkId("host2.nic0", "node2.b"),
            new LinkId("host3.nic1", "node1.b"),
            new LinkId("host3.nic1", "node2.b"));
    assertThat(links("blue")).hasSize(10);
  }

  @Test
  void aNodeIsItsPortsOrItself() {
    assertThat(links("node1")).hasSize(6).allMatch(link -> link.port().startsWith("node1."));
    assertThat(resolve("node1", "reset").nodes()).isEmpty();
    ResolvedFault killed = resolve("node1", "kill");
    assertThat(killed.nodes()).containsExactly("node1");
    assertThat(killed.fault().action()).contains(ArrayAction.of(ArrayAction.Kind.KILL));
    assertThat(killed.links()).hasSize(6);
    assertThat(killed.text()).isEqualTo("node1 kill");
  }
}
