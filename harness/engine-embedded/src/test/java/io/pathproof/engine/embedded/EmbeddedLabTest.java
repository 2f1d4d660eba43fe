package io.pathproof.engine.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.engine.embedded.LabRig.Io;
import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.BlockDevice;
import io.pathproof.lab.engine.CutPoint;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.HostDriver;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.TopologyLoader;
import io.pathproof.targets.array.server.Reachability;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The embedded engine for itself: hosts, links, and what is left of them. */
@Timeout(60)
class EmbeddedLabTest {
  private static final LinkId LINK = new LinkId("host3.nic1", "node1.b");
  private static final LinkId SINGLE = new LinkId("host1.nic0", "node1.a");

  @Test
  void aHostFindsItsVolumesOverAllLinksAndTheStoreHoldsWhatItWrites() throws LabException {
    try (LabRig rig = new LabRig(LabRig.ALUA)) {
      HostDriver host = rig.attach();
      assertThat(host.devices())
          .extracting(BlockDevice::volume)
          .containsExactlyInAnyOrder("vol0", "vol1");
      assertThat(host.devices())
          .extracting(BlockDevice::identity)
          .doesNotHaveDuplicates()
          .allMatch(identity -> identity.startsWith("naa.6"));
      assertThat(host.devices()).allMatch(device -> device.paths().size() == 4);
      assertThat(host.pathDevices()).hasSize(8);
      BlockDevice device = rig.device();
      assertThat(device.blockCount() * device.blockSize())
          .isEqualTo(rig.topology.volumes().get(device.volume()).sizeBytes());

      assertThat(rig.done(rig.write(16, 8, 0x5a)).status()).isEqualTo(IoResult.Status.OK);
      assertThat(LabRig.bytes(rig.done(rig.read(device, 16, 8)).data()))
          .isEqualTo(LabRig.filled(4096, 0x5a));
      assertThat(LabRig.bytes(rig.await(rig.lab.readStore(device.volume(), 16 * 512, 4096))))
          .isEqualTo(LabRig.filled(4096, 0x5a));
      String other = device.volume().equals("vol0") ? "vol1" : "vol0";
      assertThat(LabRig.bytes(rig.await(rig.lab.readStore(other, 16 * 512, 4096))))
          .isEqualTo(LabRig.filled(4096, 0));

      var loads = rig.await(rig.lab.loads());
      assertThat(loads).containsOnlyKeys("node1.a", "node1.b", "node2.a", "node2.b");
      assertThat(loads.values()).allMatch(load -> load.sessions() == 1);
      assertThat(loads.values().stream().mapToLong(load -> load.writes()).sum()).isEqualTo(1);
      rig.await(host.detach());
      Awaitility.await()
          .until(
              () ->
                  rig.await(rig.lab.loads()).values().stream()
                      .allMatch(load -> load.sessions() == 0));
    }
  }

  static Stream<Impairment> whatBreaks() {
    return Stream.of(
        new Impairment.Refuse(),
        new Impairment.Reset(),
        new Impairment.Fin(),
        new Impairment.SilentDrop(),
        new Impairment.Stall());
  }

  @ParameterizedTest
  @MethodSource("whatBreaks")
  void aBrokenLinkIsSeenByItsHostAndSoIsItsHealing(Impairment impairment) throws LabException {
    try (LabRig rig = new LabRig(LabRig.ALUA)) {
      rig.attach();
      var before = rig.snapshot();
      int from = rig.entries();
      rig.await(rig.lab.impair(LINK, Direction.BOTH, impairment));
      rig.pathGoes(from, LINK, false);
      assertThat(rig.done(rig.write(0, 8, 1)).status()).isEqualTo(IoResult.Status.OK);
      assertThat(rig.snapshot()).as("the array is not touched").isEqualTo(before);
      int healed = rig.entries();
      rig.await(rig.lab.heal(LINK));
      rig.pathGoes(healed, LINK, true);
      assertThat(rig.history.entries().stream().map(entry -> entry.event()))
          .filteredOn(event -> event instanceof Event.PathChanged change && !change.up())
          .allMatch(event -> ((Event.PathChanged) event).link().equals(LINK));
    }
  }

  @Test
  void aSlowLinkIsSlowUntilItIsHealed() throws LabException {
    try (LabRig rig = new LabRig(LabRig.SINGLE)) {
      rig.attach();
      rig.await(rig.lab.impair(SINGLE, Direction.TO_HOST, new Impairment.Latency(80, 0)));
      Io late = rig.read(rig.device(), 0, 8);
      assertThat(rig.done(late).status()).isEqualTo(IoResult.Status.OK);
      assertThat(late.tookNs / 1_000_000).isBetween(80L, 600L);
      rig.await(rig.lab.impair(SINGLE, Direction.BOTH, new Impairment.Latency(80, 0)));
      Io both = rig.read(rig.device(), 0, 8);
      rig.done(both);
      assertThat(both.tookNs / 1_000_000).isBetween(160L, 900L);
      rig.await(rig.lab.impair(SINGLE, Direction.BOTH, new Impairment.Bandwidth(512)));
      Io narrow = rig.read(rig.device(), 0, 256);
      assertThat(rig.done(narrow).status()).isEqualTo(IoResult.Status.OK);
      assertThat(narrow.tookNs / 1_000_000).isBetween(200L, 900L);
      rig.await(rig.lab.heal(SINGLE));
      long leastNs = Long.MAX_VALUE;
      for (int i = 0; i < 10; i++) {
        Io quick = rig.read(rig.device(), 0, 256);
        rig.done(quick);
        leastNs = Math.min(leastNs, quick.tookNs);
      }
      assertThat(leastNs / 1_000_000).isLessThan(80);
    }
  }

  @Test
  void aLinkThatFlapsIsSeenToComeAndGo() throws LabException {
    try (LabRig rig = new LabRig(LabRig.ALUA)) {
      rig.attach();
      int from = rig.entries();
      rig.await(
          rig.lab.impair(
              LINK, Direction.BOTH, new Impairment.Flap(600, 300, Impairment.Kind.REFUSE)));
      for (int i = 0; i < 2; i++) {
        int next = from;
        int down =
            (int)
                rig.happensFrom(
                        next, Event.PathChanged.class, c -> c.link().equals(LINK) && !c.up())
                    .seq();
        from =
            (int)
                rig.happensFrom(down, Event.PathChanged.class, c -> c.link().equals(LINK) && c.up())
                    .seq();
      }
      rig.await(rig.lab.heal(LINK));
    }
  }

  @Test
  void aWriteThatIsCutInItsThirdDataOutIsSentAgain() throws LabException {
    try (LabRig rig = new LabRig(LabRig.SINGLE)) {
      rig.attach();
      assertThat(rig.done(rig.write(0, 2048, 1)).status()).isEqualTo(IoResult.Status.OK);
      int from = rig.entries();
      rig.await(
          rig.lab.impair(
              SINGLE,
              Direction.TO_ARRAY,
              new Impairment.Cut(new CutPoint.AtPdu("data-out", 3, CutPoint.Where.DATA))));
      // One that needs no third Data-Out is left alone.
      Io small = rig.write(4096, 8, 3);
      assertThat(rig.done(small).status()).isEqualTo(IoResult.Status.OK);
      assertThat(small.lost).isEmpty();
      Io large = rig.write(0, 2048, 2);
      assertThat(rig.done(large).status()).isEqualTo(IoResult.Status.OK);
      assertThat(large.lost.get(0)).startsWith("1 INDETERMINATE true").contains("reset");
      // the array tells of the loss to the first command that it carries out: this, or a question
      rig.happensFrom(
          from, Event.UnitAttentionSeen.class, told -> told.asc() == 0x29 && told.ascq() == 7);
      rig.happensFrom(
          from,
          Event.SessionChanged.class,
          change -> change.state().equals("FAILED") && change.detail().contains("connection"));
      rig.happensFrom(
          from, Event.SessionChanged.class, change -> change.state().equals("LOGGED_IN"));
      assertThat(LabRig.bytes(rig.await(rig.lab.readStore("vol0", 0, 1 << 20))))
          .isEqualTo(LabRig.filled(1 << 20, 2));
      Io again = rig.write(0, 2048, 4);
      assertThat(rig.done(again).status()).isEqualTo(IoResult.Status.OK);
      assertThat(again.lost).as("once only").isEmpty();
    }
  }

  @Test
  void aLoginThatIsCutInTheHeaderOfItsAnswerIsTriedAgain() throws LabException {
    try (LabRig rig = new LabRig(LabRig.SINGLE)) {
      rig.attach();
      int from = rig.entries();
      rig.await(
          rig.lab.impair(
              SINGLE,
              Direction.TO_HOST,
              new Impairment.Cut(new CutPoint.AtPdu("login-response", 1, CutPoint.Where.HEADER))));
      assertThat(rig.done(rig.read(rig.device(), 0, 8)).status())
          .as("nothing is cut before a login")
          .isEqualTo(IoResult.Status.OK);
      rig.await(rig.lab.act("node1", new ArrayAction(ArrayAction.Kind.REQUEST_LOGOUT, "5")));
      int failed =
          (int)
              rig.happensFrom(
                      from,
                      Event.PathChanged.class,
                      change -> !change.up() && change.cause().startsWith("login: connection"))
                  .seq();
      rig.happensFrom(
          failed, Event.SessionChanged.class, change -> change.state().equals("LOGGED_IN"));
      assertThat(rig.done(rig.read(rig.device(), 0, 8)).status()).isEqualTo(IoResult.Status.OK);
    }
  }

  @Test
  void aResetOfTheLabHealsItsLinks() throws LabException {
    try (LabRig rig = new LabRig(LabRig.ALUA)) {
      rig.attach();
      int from = rig.entries();
      for (LinkId link : rig.topology.allLinks()) {
        rig.await(rig.lab.impair(link, Direction.BOTH, new Impairment.Refuse()));
      }
      for (LinkId link : rig.topology.allLinks()) {
        rig.pathGoes(from, link, false);
      }
      int reset = rig.entries();
      rig.await(rig.lab.reset());
      for (LinkId link : rig.topology.allLinks()) {
        rig.pathGoes(reset, link, true);
      }
    }
  }

  @Test
  void labsSideBySideHaveNothingInCommon() throws LabException {
    List<LabRig> rigs = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        LabRig rig = new LabRig(LabRig.SINGLE);
        rigs.add(rig);
        rig.attach();
      }
      rigs.get(0).await(rigs.get(0).lab.impair(SINGLE, Direction.BOTH, new Impairment.Stall()));
      Io held = rigs.get(0).write(0, 8, 10);
      for (int i = 1; i < 3; i++) {
        assertThat(rigs.get(i).done(rigs.get(i).write(0, 8, 10 + i)).status())
            .isEqualTo(IoResult.Status.OK);
      }
      rigs.get(0).await(rigs.get(0).lab.heal(SINGLE));
      rigs.get(0).done(held);
      for (int i = 0; i < 3; i++) {
        LabRig rig = rigs.get(i);
        assertThat(LabRig.bytes(rig.await(rig.lab.readStore("vol0", 0, 4096))))
            .isEqualTo(LabRig.filled(4096, 10 + i));
      }
      rigs.get(1).close();
      assertThat(rigs.get(2).done(rigs.get(2).write(0, 8, 9)).status())
          .isEqualTo(IoResult.Status.OK);
    } finally {
      rigs.forEach(LabRig::close);
    }
  }

  @Test
  void nothingIsLeftOfALabThatIsClosed() throws LabException {
    List<InetSocketAddress> listening = new ArrayList<>();
    try (LabRig rig = new LabRig(LabRig.ALUA)) {
      rig.attach();
      rig.topology.allLinks().forEach(link -> listening.add(rig.lab.entrance(link)));
      rig.topology
          .ports()
          .forEach(
              port -> {
                Reachability reach = rig.lab.array().reach(port.address(), port.tcpPort());
                listening.add(((Reachability.Answers) reach).at());
              });
      assertThat(listening).hasSize(8).doesNotHaveDuplicates().allMatch(EmbeddedLabTest::answers);
      assertThat(threads()).isNotEmpty();
      rig.lab.close();
      rig.lab.close();
    }
    assertThat(listening).noneMatch(EmbeddedLabTest::answers);
    Awaitility.await().untilAsserted(() -> assertThat(threads()).isEmpty());
  }

  private static boolean answers(InetSocketAddress at) {
    try (Socket socket = new Socket(at.getAddress(), at.getPort())) {
      return socket.isConnected();
    } catch (ConnectException e) {
      return false;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("pathproof"))
        .toList();
  }

  @Test
  void whatIsNotThereIsRefusedByName() throws LabException {
    try (LabRig rig = new LabRig(LabRig.SINGLE)) {
      assertThatThrownBy(
              () -> rig.await(rig.lab.act("node9", ArrayAction.of(ArrayAction.Kind.KILL))))
          .isInstanceOf(LabException.class)
          .hasMessageContaining("node9");
      assertThat(rig.lab.logs())
          .singleElement()
          .satisfies(log -> assertThat(log.text()).contains("started"));
    }
  }

  @Test
  void anArrayOfAnotherKindIsRefused() {
    EmbeddedEngine engine = new EmbeddedEngine();
    assertThat(engine.refuses(TopologyLoader.parse(LabRig.SINGLE, "x"))).isEmpty();
    assertThat(
            engine.refuses(
                TopologyLoader.parse(LabRig.SINGLE.replace("array:", "array:\n  kind: tgt"), "x")))
        .contains("\"tgt\" is none of this engine's – there is: simulated");
  }
}
