package io.pathproof.lab.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pathproof.lab.Examples;
import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.topology.LinkId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  private final Places virtual = new Places(Examples.virtualPort());

  private ResolvedFault virtual(String place, String how) {
    FaultWords.Effect effect = FaultWords.parse(how);
    return virtual.resolve(
        new Fault(0, place, effect.how(), effect.action(), Direction.BOTH, Optional.empty()));
  }

  @Test
  void aPortIsTheLinksThatLeadToIt() {
    assertThat(virtual("node1.a", "reset").links())
        .containsExactly(new LinkId("esx1.nic0", "node1.a"), new LinkId("esx2.nic0", "node1.a"));
    assertThat(virtual("node1.a", "reset").nodes()).isEmpty();
    ResolvedFault down = virtual("node1.a", "down");
    assertThat(down.nodes()).containsExactly("node1.a");
    assertThat(down.links()).hasSize(2).allMatch(link -> link.port().equals("node1.a"));
    assertThat(virtual("node2.b", "request-logout 5s").nodes()).containsExactly("node2.b");
  }

  @Test
  void aVirtualAddressIsAPlaceOfLinks() {
    assertThat(virtual("vip", "stall").links())
        .containsExactly(new LinkId("esx1.nic0", "vip"), new LinkId("esx2.nic0", "vip"));
    assertThat(virtual("esx1.nic0 -> vip", "fin").links())
        .containsExactly(new LinkId("esx1.nic0", "vip"));
    assertThat(virtual("node1", "fin").links())
        .as("it is of no node")
        .noneMatch(link -> link.port().equals("vip"));
  }

  @Test
  void theArrayIsAllItsLinksOrItself() {
    assertThat(virtual("array", "reset").links()).hasSize(10);
    assertThat(virtual("array", "reset").nodes()).isEmpty();
    ResolvedFault defect = virtual("array", "defect stale-read");
    assertThat(defect.nodes()).containsExactly("array");
    assertThat(defect.links()).hasSize(10);
    assertThat(virtual("array", "request-logout").nodes()).containsExactly("array");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          node1 | down | down is for a port, and node1 is not | node1.a, node1.b, node2.a, node2.b
          vip | down | down is for a port, and vip is not | node2.b
          node1.a | kill | kill is for a node, and node1.a is not | name one of: node1, node2;
          array | fail-over | fail-over is for a node, and array is not | node1, node2
          node1 | hold-commands | hold-commands is for a port, and node1 is not | name one of: node1.a, node1.b
          vip | async-event vendor 1 | async-event is for a node or a port or the array, and vip is none | node1, node2, node1.a
          node1 | rebalance | rebalance is for the array, and node1 is not | name one of: array
          node1.a | defect stale-read | defect is for the array, and node1.a is not | name one of: array
          vip | request-logout | request-logout is for a node or a port or the array, and vip is none | node1, node2, node1.a
          san | kill | kill is for a node, and san is not | ; or break the links there: refuse, reset, fin, silent-drop, stall, latency, bandwidth, cut, flap
          node3 | down | down is for a port, and there is no node3 | there is: node1.a, node1.b, node2.a, node2.b
          nodd1 | kill | kill is for a node, and there is no nodd1 | did you mean node1?
          nonsense | request-logout | request-logout is for a node or a port or the array, and there is no nonsense | node2.b, array
          esx1.nic0 -> node1.a | kill | and esx1.nic0 -> node1.a is not | or break the links there
          vpi | reset | there is no link, adapter, fabric, node or port vpi | did you mean vip?
          node1.c | reset | there is no link, adapter, fabric, node or port node1.c | did you mean node1.a?
          arrya | reset | there is no link, adapter, fabric, node or port arrya | did you mean array?
          esx1.nic0 -> vpi | reset | there is no array port vpi | did you mean vip?
          """)
  void aPlaceThatDoesNotFitIsTold(String place, String how, String what, String remedy) {
    BadValueException refused =
        catchThrowableOfType(BadValueException.class, () -> virtual(place, how));
    assertThat(refused).as("accepted").isNotNull();
    assertThat(refused.getMessage()).contains(what);
    assertThat(refused.remedy()).contains(remedy);
  }
}
