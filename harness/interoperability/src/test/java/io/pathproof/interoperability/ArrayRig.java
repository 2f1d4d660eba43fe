package io.pathproof.interoperability;

import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.session.NegotiationOffer;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.protocol.iscsi.Isid;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.targets.array.server.LoopbackNetwork;
import io.pathproof.targets.array.server.Reachability;
import io.pathproof.targets.array.server.SimulatedArray;
import io.pathproof.targets.array.system.ArrayConfig;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The simulated array on loopback: one node with two ports and a virtual address, two volumes of
 * 512-byte blocks; and sessions with it, which are closed with it.
 */
final class ArrayRig implements AutoCloseable {
  static final Portal PORT = new Portal("10.0.0.1", ArrayConfig.ISCSI_PORT);
  static final Portal OTHER_PORT = new Portal("10.0.0.2", ArrayConfig.ISCSI_PORT);
  static final Portal VIRTUAL = new Portal("10.0.0.9", ArrayConfig.ISCSI_PORT);
  static final long LUN_1 = Lun.of(1).raw();
  static final long LUN_2 = Lun.of(2).raw();

  private static final String TARGET = "iqn.2026-11.io.pathproof:array";

  private final EventLoops loops = new EventLoops(1);
  private final List<OpenSession> sessions = new ArrayList<>();
  private final SimulatedArray array;

  ArrayRig() {
    this(new ArrayConfig.Redirect(ArrayConfig.Policy.NEVER, false));
  }

  ArrayRig(ArrayConfig.Redirect redirect) {
    ArrayConfig config =
        new ArrayConfig(
            "array",
            TARGET,
            List.of(
                new ArrayConfig.Node(
                    "node1",
                    List.of(
                        new ArrayConfig.Port("a", PORT.host(), PORT.port(), "san"),
                        new ArrayConfig.Port("b", OTHER_PORT.host(), OTHER_PORT.port(), "san")))),
            List.of(
                new ArrayConfig.VirtualAddress("vip", VIRTUAL.host(), VIRTUAL.port(), "node1.a")),
            List.of(volume("vol1", 1), volume("vol2", 2)),
            Optional.empty(),
            0,
            redirect,
            OptionalLong.empty(),
            ArrayConfig.Alua.NONE,
            Optional.empty(),
            1);
    array = SimulatedArray.start(config, new LoopbackNetwork());
  }

  private static ArrayConfig.Volume volume(String name, int lun) {
    return new ArrayConfig.Volume(
        name, lun, 1 << 20, OpenSession.BLOCK, Optional.empty(), ArrayConfig.Store.MEMORY);
  }

  InetSocketAddress where(Portal portal) {
    return ((Reachability.Answers) array.reach(portal.host(), portal.port())).at();
  }

  /** A session that is on its way; each has an ISID of its own. */
  OpenSession open(Portal portal, NegotiationOffer offer, Optional<InetSocketAddress> nearEnd) {
    SessionSettings settings =
        SessionSettings.normal(
                "iqn.2026-11.io.pathproof:host",
                TARGET,
                portal,
                Isid.random(1, sessions.size() + 1))
            .withOffer(offer.withTime2Wait(0))
            .withTimers(SessionTimers.ofMillis(5_000, 0, 1_000, 10_000, 5_000, 0, 20));
    OpenSession session =
        new OpenSession(
            loops, settings, to -> Optional.of(nearEnd.orElseGet(() -> where(to))), LUN_1);
    sessions.add(session);
    return session;
  }

  /** A session at the first port, logged in and told all unit attentions. */
  OpenSession ready() throws Exception {
    OpenSession session = open(PORT, NegotiationOffer.defaults(), Optional.empty());
    session.up();
    session.attentions(LUN_1);
    session.attentions(LUN_2);
    return session;
  }

  void act(String place, String word, String detail) {
    array.act(place, word, detail).toCompletableFuture().join();
  }

  void restore(String place, String word) {
    array.restore(place, word, "").toCompletableFuture().join();
  }

  /** Commands that the array has taken and not answered. */
  int inFlight() {
    return array.sessions().toCompletableFuture().join().stream()
        .mapToInt(session -> session.commandsInFlight())
        .sum();
  }

  /** What the medium holds. */
  ByteBuffer stored(String volume, long lba, int bytes) {
    return array.readStore(volume, lba * OpenSession.BLOCK, bytes).toCompletableFuture().join();
  }

  @Override
  public void close() {
    sessions.forEach(OpenSession::close);
    loops.close();
    array.close();
  }
}
