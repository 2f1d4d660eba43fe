package io.pathproof.engine.embedded.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.engine.embedded.relay.RelayRig.End;
import io.pathproof.engine.embedded.relay.RelayRig.Pair;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.Impairment;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A relay link between plain sockets: what passes, and what becomes of connections. */
@Timeout(30)
class RelayLinkTest {
  /** Long enough for a byte that is on its way to come on loopback. */
  private static final int QUIET_MS = 150;

  private static final byte[] HELLO = {1, 2, 3, 4, 5};

  private RelayRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new RelayRig();
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  private static CompletableFuture<Void> writing(Socket socket, byte[] bytes) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            socket.getOutputStream().write(bytes);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  private static void write(Socket socket, byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  private static byte[] read(Socket socket, int length) throws IOException {
    return socket.getInputStream().readNBytes(length);
  }

  private void passes(Pair pair) throws IOException {
    write(pair.host(), HELLO);
    assertThat(read(pair.array(), HELLO.length)).isEqualTo(HELLO);
    write(pair.array(), HELLO);
    assertThat(read(pair.host(), HELLO.length)).isEqualTo(HELLO);
  }

  @Test
  void whatIsSentArrivesBothWaysAtOnce() throws Exception {
    Pair pair = rig.pair();
    byte[] there = random(1, 1 << 20);
    byte[] back = random(2, 1 << 20);
    CompletableFuture<Void> out = writing(pair.host(), there);
    CompletableFuture<Void> in = writing(pair.array(), back);
    CompletableFuture<byte[]> read =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return read(pair.host(), back.length);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    assertThat(read(pair.array(), there.length)).isEqualTo(there);
    assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo(back);
    CompletableFuture.allOf(out, in).get(10, TimeUnit.SECONDS);
  }

  @Test
  void aHalfCloseIsKept() throws Exception {
    Pair pair = rig.pair();
    write(pair.host(), HELLO);
    pair.host().shutdownOutput();
    assertThat(RelayRig.drain(pair.array())).isEqualTo(fin(HELLO));
    byte[] answer = random(3, 300_000);
    CompletableFuture<Void> out = writing(pair.array(), answer).thenRun(() -> quietly(pair));
    assertThat(RelayRig.drain(pair.host())).isEqualTo(fin(answer));
    out.get(5, TimeUnit.SECONDS);
  }

  private static void quietly(Pair pair) {
    try {
      pair.array().close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static End fin(byte[] bytes) {
    return End.of(bytes, false);
  }

  private static End rst(byte[] bytes) {
    return End.of(bytes, true);
  }

  private static void ends(Socket socket, End expected) throws IOException {
    assertThat(RelayRig.drain(socket)).isEqualTo(expected);
  }

  @Test
  void aResetComesAsAResetAndAnEndAsAnEnd() throws IOException {
    byte[] nothing = {};
    Pair first = rig.pair();
    RelayRig.reset(first.host());
    ends(first.array(), rst(nothing));
    Pair second = rig.pair();
    RelayRig.reset(second.array());
    ends(second.host(), rst(nothing));
    Pair third = rig.pair();
    third.host().close();
    ends(third.array(), fin(nothing));
    Pair fourth = rig.pair();
    fourth.array().close();
    ends(fourth.host(), fin(nothing));
  }

  @Test
  void refusedConnectionsEndAndTheEntranceComesBackWhereItWas() throws IOException {
    InetSocketAddress entrance = rig.link.entrance();
    Pair live = rig.pair();
    passes(live);
    rig.impair(new Impairment.Refuse());
    ends(live.host(), fin(new byte[0]));
    ends(live.array(), fin(new byte[0]));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> rig.host()).isInstanceOf(ConnectException.class);
    }
    rig.heal();
    assertThat(rig.link.entrance()).isEqualTo(entrance);
    passes(rig.pair());
  }

  @Test
  void liveAndNewConnectionsAreReset() throws IOException {
    Pair live = rig.pair();
    passes(live);
    rig.impair(new Impairment.Reset());
    ends(live.host(), rst(new byte[0]));
    ends(live.array(), rst(new byte[0]));
    assertThat(rig.newConnection()).isEqualTo(rst(new byte[0]));
    rig.heal();
    passes(rig.pair());
  }

  @Test
  void liveAndNewConnectionsAreEndedInOrder() throws IOException {
    Pair live = rig.pair();
    passes(live);
    rig.impair(new Impairment.Fin());
    ends(live.host(), fin(new byte[0]));
    ends(live.array(), fin(new byte[0]));
    assertThat(rig.newConnection()).isEqualTo(fin(new byte[0]));
    rig.heal();
    passes(rig.pair());
  }

  /** Bytes of theirs that nobody has read must not make a reset of it. */
  @Test
  void anEndInOrderIsOneUnderTrafficToo() throws Exception {
    for (int repeat = 0; repeat < 5; repeat++) {
      Pair live = rig.pair();
      passes(live);
      List<CompletableFuture<Void>> senders =
          Stream.of(live.host(), live.array())
              .map(
                  socket ->
                      CompletableFuture.runAsync(
                          () -> sendUntilItFails(socket), task -> new Thread(task).start()))
              .toList();
      assertThat(read(live.array(), 100_000)).hasSize(100_000);
      assertThat(read(live.host(), 100_000)).hasSize(100_000);
      rig.impair(new Impairment.Fin());
      assertThat(RelayRig.drain(live.host()).reset()).as("host").isFalse();
      assertThat(RelayRig.drain(live.array()).reset()).as("array").isFalse();
      for (CompletableFuture<Void> sender : senders) {
        sender.get(8, TimeUnit.SECONDS);
      }
      rig.heal();
    }
  }

  private static void sendUntilItFails(Socket socket) {
    byte[] some = new byte[4096];
    try {
      while (true) {
        socket.getOutputStream().write(some);
      }
    } catch (IOException over) {
      assertThat(over).isInstanceOf(java.net.SocketException.class);
    }
  }

  @Test
  void oneImpairmentTakesThePlaceOfAnother() throws IOException {
    rig.impair(new Impairment.Refuse());
    rig.impair(new Impairment.Refuse());
    rig.impair(new Impairment.Reset());
    assertThat(rig.newConnection()).isEqualTo(rst(new byte[0]));
    rig.impair(new Impairment.Fin());
    assertThat(rig.newConnection()).isEqualTo(fin(new byte[0]));
    rig.impair(new Impairment.Stall());
    Socket host = rig.host();
    assertThat(RelayRig.quiet(host, QUIET_MS)).isTrue();
    rig.impair(new Impairment.Refuse());
    ends(host, fin(new byte[0]));
    rig.impair(new Impairment.Latency(1, 0));
    passes(rig.pair());
  }

  @Test
  void eachDirectionKeepsItsOwn() throws IOException {
    Pair pair = rig.pair();
    rig.impair(Direction.TO_ARRAY, new Impairment.Stall());
    rig.impair(Direction.TO_HOST, new Impairment.Latency(20, 0));
    write(pair.array(), HELLO);
    assertThat(read(pair.host(), HELLO.length)).isEqualTo(HELLO);
    write(pair.host(), HELLO);
    assertThat(RelayRig.quiet(pair.array(), QUIET_MS)).isTrue();
    rig.impair(Direction.TO_ARRAY, new Impairment.Latency(1, 0));
    assertThat(read(pair.array(), HELLO.length)).isEqualTo(HELLO);
  }

  @Test
  void bytesThatAreDroppedAreLostAndTheirConnectionEndsAtTheHeal() throws IOException {
    Pair hit = rig.pair();
    Pair idle = rig.pair();
    rig.impair(new Impairment.SilentDrop());
    write(hit.host(), HELLO);
    write(hit.array(), HELLO);
    assertThat(RelayRig.quiet(hit.array(), QUIET_MS)).isTrue();
    assertThat(RelayRig.quiet(hit.host(), QUIET_MS)).isTrue();
    rig.heal();
    ends(hit.host(), rst(new byte[0]));
    ends(hit.array(), rst(new byte[0]));
    passes(idle);
  }

  @Test
  void droppingOneWayLeavesTheOther() throws IOException {
    Pair pair = rig.pair();
    rig.impair(Direction.TO_ARRAY, new Impairment.SilentDrop());
    write(pair.array(), HELLO);
    assertThat(read(pair.host(), HELLO.length)).isEqualTo(HELLO);
    write(pair.host(), HELLO);
    assertThat(RelayRig.quiet(pair.array(), QUIET_MS)).isTrue();
    rig.heal();
    ends(pair.host(), rst(new byte[0]));

    Pair other = rig.pair();
    rig.impair(Direction.TO_HOST, new Impairment.SilentDrop());
    write(other.host(), HELLO);
    assertThat(read(other.array(), HELLO.length)).isEqualTo(HELLO);
    write(other.array(), HELLO);
    assertThat(RelayRig.quiet(other.host(), QUIET_MS)).isTrue();
    rig.heal();
    ends(other.array(), rst(new byte[0]));
  }

  @Test
  void endsAreDroppedAsWell() throws IOException {
    Pair closed = rig.pair();
    Pair reset = rig.pair();
    rig.impair(new Impairment.SilentDrop());
    closed.host().close();
    RelayRig.reset(reset.host());
    assertThat(RelayRig.quiet(closed.array(), QUIET_MS)).isTrue();
    assertThat(RelayRig.quiet(reset.array(), QUIET_MS)).isTrue();
    rig.heal();
    ends(closed.array(), rst(new byte[0]));
    ends(reset.array(), rst(new byte[0]));
  }

  @Test
  void whatIsHeldBackComesAtTheHealInOrderWithItsEnd() throws Exception {
    Pair pair = rig.pair();
    byte[] there = random(4, 1 << 20);
    byte[] back = random(5, 100_000);
    rig.impair(new Impairment.Stall());
    CompletableFuture<Void> out = writing(pair.host(), there);
    write(pair.array(), back);
    pair.array().shutdownOutput();
    out.get(5, TimeUnit.SECONDS);
    pair.host().shutdownOutput();
    assertThat(RelayRig.quiet(pair.array(), QUIET_MS)).isTrue();
    assertThat(RelayRig.quiet(pair.host(), QUIET_MS)).isTrue();
    rig.heal();
    ends(pair.array(), fin(there));
    ends(pair.host(), fin(back));
  }

  @Test
  void aResetIsHeldBackAsWell() throws IOException {
    Pair host = rig.pair();
    Pair array = rig.pair();
    rig.impair(new Impairment.Stall());
    write(host.host(), HELLO);
    // A reset discards what has not been read: let the link have it first.
    assertThat(RelayRig.quiet(host.array(), QUIET_MS)).isTrue();
    RelayRig.reset(host.host());
    RelayRig.reset(array.array());
    assertThat(RelayRig.quiet(host.array(), QUIET_MS)).isTrue();
    assertThat(RelayRig.quiet(array.host(), QUIET_MS)).isTrue();
    rig.heal();
    ends(host.array(), rst(HELLO));
    ends(array.host(), rst(new byte[0]));
  }

  @Test
  void anEndOneWayDoesNotCutOffWhatIsHeldBackTheOtherWay() throws IOException {
    Pair pair = rig.pair();
    byte[] back = random(6, 50_000);
    rig.impair(Direction.TO_HOST, new Impairment.Stall());
    write(pair.array(), back);
    pair.array().shutdownOutput();
    assertThat(RelayRig.quiet(pair.host(), QUIET_MS)).isTrue();
    pair.host().shutdownOutput();
    ends(pair.array(), fin(new byte[0]));
    rig.heal();
    ends(pair.host(), fin(back));
  }

  @Test
  void newConnectionsWaitWhileStalledAndGoOn() throws IOException {
    rig.impair(new Impairment.Stall());
    Socket host = rig.host();
    write(host, HELLO);
    rig.server.setSoTimeout(QUIET_MS);
    assertThatThrownBy(() -> rig.array()).isInstanceOf(SocketTimeoutException.class);
    rig.heal();
    rig.server.setSoTimeout(8_000);
    assertThat(read(rig.array(), HELLO.length)).isEqualTo(HELLO);
  }

  @Test
  void aSilentFarEndIsDialledAgainAfterASecond() throws IOException {
    rig.upstream(new Upstream.Silent());
    long beganNs = System.nanoTime();
    Socket host = rig.host();
    write(host, HELLO);
    rig.server.setSoTimeout(300);
    assertThatThrownBy(() -> rig.array()).isInstanceOf(SocketTimeoutException.class);
    rig.upstream(rig.answers());
    rig.server.setSoTimeout(8_000);
    Socket array = rig.array();
    assertThat((System.nanoTime() - beganNs) / 1e6).isBetween(950.0, 2_500.0);
    assertThat(read(array, HELLO.length)).isEqualTo(HELLO);
  }

  @Test
  void aHostThatGaveUpIsNotDialledFor() throws IOException {
    rig.upstream(new Upstream.Silent());
    Socket host = rig.host();
    write(host, HELLO);
    Awaitility.await().until(() -> rig.asked.get() == 1);
    host.close();
    rig.upstream(rig.answers());
    rig.server.setSoTimeout(1_500);
    assertThatThrownBy(() -> rig.array()).isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void aFarEndThatRefusesResets() throws IOException {
    rig.upstream(new Upstream.Refuses());
    assertThat(rig.newConnection()).isEqualTo(rst(new byte[0]));
    rig.server.close();
    rig.upstream(rig.answers());
    assertThat(rig.newConnection()).isEqualTo(rst(new byte[0]));
  }

  @Test
  void whatComesBeforeTheFarEndIsReachedIsKept() throws Exception {
    for (int i = 0; i < 20; i++) {
      CountDownLatch held = new CountDownLatch(1);
      rig.loop.execute(() -> uninterrupted(held));
      Socket host = rig.host();
      write(host, HELLO);
      host.shutdownOutput();
      held.countDown();
      Socket array = rig.array();
      ends(array, fin(HELLO));
      write(array, HELLO);
      array.close();
      ends(host, fin(HELLO));
    }
  }

  private static void uninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
