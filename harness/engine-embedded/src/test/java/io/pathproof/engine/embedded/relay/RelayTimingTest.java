package io.pathproof.engine.embedded.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.engine.embedded.relay.RelayRig.End;
import io.pathproof.engine.embedded.relay.RelayRig.Pair;
import io.pathproof.lab.engine.CutPoint;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Opcode;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a relay link does by the clock, by the byte, and to a receiver that does not read. */
@Timeout(40)
class RelayTimingTest {
  private RelayRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new RelayRig();
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  private static byte[] read(Socket socket, int length) throws IOException {
    return socket.getInputStream().readNBytes(length);
  }

  private static void ends(Socket socket, byte[] bytes, boolean reset) throws IOException {
    assertThat(RelayRig.drain(socket)).isEqualTo(End.of(bytes, reset));
  }

  private static double msSince(long beganNs) {
    return (System.nanoTime() - beganNs) / 1e6;
  }

  @Test
  void bytesComeLateInOrderAndWithinTheJitter() throws IOException {
    Pair pair = rig.pair();
    rig.impair(Direction.TO_ARRAY, new Impairment.Latency(60, 30));
    double least = Double.MAX_VALUE;
    double most = 0;
    for (int i = 0; i < 20; i++) {
      long beganNs = System.nanoTime();
      pair.host().getOutputStream().write(i);
      assertThat(read(pair.array(), 1)).containsExactly(i);
      double tookMs = msSince(beganNs);
      least = Math.min(least, tookMs);
      most = Math.max(most, tookMs);
    }
    assertThat(least).isBetween(29.0, 60.0);
    assertThat(most).isBetween(60.0, 400.0);

    double otherWayMs = Double.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      long beganNs = System.nanoTime();
      pair.array().getOutputStream().write(i);
      assertThat(read(pair.host(), 1)).containsExactly(i);
      otherWayMs = Math.min(otherWayMs, msSince(beganNs));
    }
    assertThat(otherWayMs).as("the other way").isLessThan(29);

    for (int i = 0; i < 100; i++) {
      pair.host().getOutputStream().write(i);
    }
    byte[] all = read(pair.array(), 100);
    for (int i = 0; i < 100; i++) {
      assertThat(all[i]).isEqualTo((byte) i);
    }
  }

  @Test
  void jitterIsSeeded() {
    assertThat(draws(5)).isEqualTo(draws(5)).isNotEqualTo(draws(6));
  }

  private static long[] draws(long seed) {
    LinkWay way = new LinkWay(seed);
    return new long[] {way.random().nextLong(), way.random().nextLong()};
  }

  @Test
  void anEndIsAsLateAsWhatComesBeforeIt() throws IOException {
    Pair pair = rig.pair();
    rig.impair(Direction.TO_HOST, new Impairment.Latency(150, 0));
    pair.host().shutdownOutput();
    ends(pair.array(), new byte[0], false);
    byte[] answer = new byte[40_000];
    long beganNs = System.nanoTime();
    pair.array().getOutputStream().write(answer);
    pair.array().close();
    ends(pair.host(), answer, false);
    assertThat(msSince(beganNs)).isGreaterThan(149);
  }

  @Test
  void soIsAReset() throws IOException {
    Pair pair = rig.pair();
    rig.impair(Direction.TO_ARRAY, new Impairment.Latency(150, 0));
    byte[] sent = new byte[40_000];
    pair.host().getOutputStream().write(sent);
    // what the link has not read yet is discarded by the reset
    assertThat(RelayRig.quiet(pair.array(), 50)).isTrue();
    long beganNs = System.nanoTime();
    RelayRig.reset(pair.host());
    ends(pair.array(), sent, true);
    assertThat(msSince(beganNs)).isGreaterThan(149);
  }

  @Test
  void aResetThatIsHeldBackIsAsLateAsTheWayIsThen() throws IOException {
    Pair pair = rig.pair();
    rig.impair(Direction.TO_ARRAY, new Impairment.Stall());
    byte[] sent = new byte[40_000];
    pair.host().getOutputStream().write(sent);
    assertThat(RelayRig.quiet(pair.array(), 50)).isTrue();
    RelayRig.reset(pair.host());
    assertThat(RelayRig.quiet(pair.array(), 50)).isTrue();
    long beganNs = System.nanoTime();
    rig.impair(Direction.TO_ARRAY, new Impairment.Latency(150, 0));
    ends(pair.array(), sent, true);
    assertThat(msSince(beganNs)).isGreaterThan(149);
  }

  @Test
  void throughputIsWhatTheLinkHasForAllItsConnections() throws Exception {
    Pair one = rig.pair();
    Pair two = rig.pair();
    rig.impair(new Impairment.Bandwidth(1024));
    byte[] half = new byte[768 * 1024];
    long beganNs = System.nanoTime();
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              try {
                one.host().getOutputStream().write(half);
                two.host().getOutputStream().write(half);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    assertThat(read(one.array(), half.length)).isEqualTo(half);
    assertThat(read(two.array(), half.length)).isEqualTo(half);
    assertThat(msSince(beganNs)).isBetween(1_200.0, 1_800.0);
    writing.get(5, TimeUnit.SECONDS);
  }

  @Test
  void aNewThrottleOwesNothingForAnOldOne() throws IOException {
    Pair pair = rig.pair();
    rig.impair(new Impairment.Bandwidth(16));
    pair.host().getOutputStream().write(new byte[200_000]);
    assertThat(read(pair.array(), 1)).hasSize(1);
    long beganNs = System.nanoTime();
    rig.impair(new Impairment.Latency(100, 0));
    assertThat(read(pair.array(), 199_999)).hasSize(199_999);
    assertThat(msSince(beganNs)).isBetween(99.0, 1_500.0);
    rig.impair(new Impairment.Bandwidth(1024));
    pair.host().getOutputStream().write(new byte[1024]);
    assertThat(read(pair.array(), 1024)).hasSize(1024);
    assertThat(msSince(beganNs)).isLessThan(3_000);
  }

  @Test
  void aStreamIsCutAtTheByteAndTheLinkPassesAgain() throws IOException {
    Pair first = rig.pair();
    rig.impair(Direction.TO_ARRAY, new Impairment.Cut(new CutPoint.AfterBytes(1000)));
    byte[] bytes = new byte[600];
    new SplittableRandom(1).nextBytes(bytes);
    first.array().getOutputStream().write(bytes);
    assertThat(read(first.host(), 600)).as("the other way").isEqualTo(bytes);
    first.host().getOutputStream().write(bytes);
    assertThat(read(first.array(), 600)).isEqualTo(bytes);
    Pair second = rig.pair();
    second.host().getOutputStream().write(bytes);
    ends(second.array(), Arrays.copyOf(bytes, 400), true);
    ends(second.host(), new byte[0], true);
    first.host().getOutputStream().write(bytes);
    assertThat(read(first.array(), 600)).as("once only").isEqualTo(bytes);
  }

  @Test
  void aCutAtTheFirstByteLetsNothingPass() throws IOException {
    Pair pair = rig.pair();
    rig.impair(Direction.TO_HOST, new Impairment.Cut(new CutPoint.AfterBytes(0)));
    pair.array().getOutputStream().write(new byte[10]);
    ends(pair.host(), new byte[0], true);
  }

  @Test
  void aPduIsCutInItsMiddleAlsoWithDigestsThatTheLoginAgreedOn() throws IOException {
    for (boolean slowly : new boolean[] {false, true}) {
      Pair pair = rig.pair();
      Digests digests = new Digests(true, true);
      PduStream login =
          new PduStream(1)
              .loginResponse(false, 0, "AuthMethod=None;")
              .loginResponse(true, 0, "HeaderDigest=CRC32C;DataDigest=CRC32C;")
              .digests(digests)
              .pdu(Opcode.NOP_IN, 0, 5)
              .pdu(Opcode.DATA_IN, 0, 30)
              .pdu(Opcode.DATA_IN, 0, 31)
              .pdu(Opcode.NOP_IN, 0, 0);
      rig.impair(
          Direction.TO_HOST,
          new Impairment.Cut(new CutPoint.AtPdu("data-in", 2, CutPoint.Where.DATA)));
      if (slowly) {
        byteByByte(pair.array(), login.bytes());
      } else {
        pair.array().getOutputStream().write(login.bytes());
      }
      PduStream.Part part = login.parts().get(4);
      ends(pair.host(), Arrays.copyOf(login.bytes(), part.at() + part.header() + 31 / 2), true);
    }
  }

  /** More pieces than a congestion window holds, and nobody reads who would hasten their ACKs. */
  @RepeatedTest(5)
  void aCutKeepsNoByteBackThatCameBeforeIt() throws IOException {
    int length = 300;
    Pair pair = rig.pair();
    rig.impair(Direction.TO_HOST, new Impairment.Cut(new CutPoint.AfterBytes(length)));
    byte[] bytes = new byte[length];
    new SplittableRandom(2).nextBytes(bytes);
    for (int at = 0; at < length; at++) {
      pair.array().getOutputStream().write(bytes[at]);
      long until = System.nanoTime() + 400_000;
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
    }
    ends(pair.host(), bytes, true);
  }

  /** Until the link resets the connection. */
  private static void byteByByte(Socket socket, byte[] bytes) {
    try {
      for (byte one : bytes) {
        socket.getOutputStream().write(one);
      }
    } catch (IOException e) {
      assertThat(e).isInstanceOf(java.net.SocketException.class);
    }
  }

  @Test
  void theHostsSideKnowsTheDigestsToo() throws IOException {
    Pair pair = rig.pair();
    PduStream login =
        new PduStream(2).loginResponse(true, 0, "HeaderDigest=CRC32C;DataDigest=CRC32C;");
    pair.array().getOutputStream().write(login.bytes());
    assertThat(read(pair.host(), login.length())).hasSize(login.length());
    PduStream writes =
        new PduStream(3)
            .digests(new Digests(true, true))
            .pdu(Opcode.SCSI_COMMAND, 0, 0)
            .pdu(Opcode.DATA_OUT, 0, 100)
            .pdu(Opcode.DATA_OUT, 0, 101)
            .pdu(Opcode.DATA_OUT, 0, 102);
    rig.impair(
        Direction.TO_ARRAY,
        new Impairment.Cut(new CutPoint.AtPdu("data-out", 3, CutPoint.Where.BEFORE)));
    pair.host().getOutputStream().write(writes.bytes());
    ends(pair.array(), Arrays.copyOf(writes.bytes(), writes.parts().get(3).at()), true);
  }

  @Test
  void aConnectionThatEndsBeforeThePlaceLeavesTheCutToTheNext() throws IOException {
    Pair first = rig.pair();
    PduStream stream =
        new PduStream(4).pdu(Opcode.LOGIN_REQUEST, 0, 300).pdu(Opcode.DATA_OUT, 0, 400);
    rig.impair(
        Direction.TO_ARRAY,
        new Impairment.Cut(new CutPoint.AtPdu("data-out", 1, CutPoint.Where.DATA)));
    int some = stream.parts().get(1).at() + 20;
    first.host().getOutputStream().write(stream.bytes(), 0, some);
    assertThat(read(first.array(), some)).hasSize(some);
    Pair other = rig.pair();
    other.host().getOutputStream().write(stream.bytes());
    assertThat(read(other.array(), stream.length()))
        .as("another one meanwhile")
        .hasSize(stream.length());
    RelayRig.reset(first.host());
    ends(first.array(), new byte[0], true);
    Pair next = rig.pair();
    next.host().getOutputStream().write(stream.bytes());
    ends(next.array(), Arrays.copyOf(stream.bytes(), stream.parts().get(1).at() + 48 + 200), true);
  }

  @Test
  void aLinkThatFlapsIsDownFirstAndKeepsItsSchedule() throws IOException {
    long beganNs = System.nanoTime();
    rig.impair(new Impairment.Flap(1000, 600, Impairment.Kind.RESET));
    assertThat(rig.newConnection()).isEqualTo(End.of(new byte[0], true));
    assertThat(msSince(beganNs)).as("still in the first time down").isLessThan(600);
    Pair up = Awaitility.await().atMost(Duration.ofSeconds(5)).until(this::whole, p -> p != null);
    assertThat(msSince(beganNs)).isBetween(599.0, 5_000.0);
    // The second time down begins at 1600 ms.
    ends(up.host(), new byte[0], true);
    assertThat(msSince(beganNs)).isBetween(1_599.0, 6_500.0);
    Pair again =
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(this::whole, p -> p != null);
    assertThat(msSince(beganNs)).isBetween(2_199.0, 8_000.0);
    rig.heal();
    assertThat(RelayRig.quiet(again.host(), 1_200)).as("healed, it stays up").isTrue();
  }

  /** A connection over which a byte gets through; null if the link is down. */
  private Pair whole() throws IOException {
    rig.server.setSoTimeout(100);
    try {
      Socket host = rig.host();
      Socket array = rig.array();
      host.getOutputStream().write(1);
      return array.getInputStream().read() == 1 ? new Pair(host, array) : null;
    } catch (IOException e) {
      return null;
    } finally {
      rig.server.setSoTimeout(8_000);
    }
  }

  @Test
  void aLinkMayFlapInOtherWays() throws IOException {
    Pair pair = rig.pair();
    long beganNs = System.nanoTime();
    rig.impair(new Impairment.Flap(5_000, 300, Impairment.Kind.STALL));
    pair.host().getOutputStream().write(7);
    assertThat(read(pair.array(), 1)).containsExactly(7);
    assertThat(msSince(beganNs)).isBetween(299.0, 900.0);
    rig.heal();

    rig.impair(new Impairment.Flap(5_000, 300, Impairment.Kind.SILENT_DROP));
    pair.host().getOutputStream().write(8);
    ends(pair.array(), new byte[0], true);
    rig.heal();

    rig.impair(new Impairment.Flap(5_000, 300, Impairment.Kind.REFUSE));
    assertThat(Awaitility.await().until(this::refused, refused -> refused)).isTrue();
    assertThat(Awaitility.await().until(this::refused, refused -> !refused)).isFalse();
  }

  @Test
  void aDirectionFlapsWithoutTheOther() throws IOException {
    Pair pair = rig.pair();
    long beganNs = System.nanoTime();
    rig.impair(Direction.TO_ARRAY, new Impairment.Flap(60_000, 300, Impairment.Kind.STALL));
    rig.impair(Direction.TO_HOST, new Impairment.Latency(200, 0));
    pair.host().getOutputStream().write(7);
    assertThat(read(pair.array(), 1)).containsExactly(7);
    assertThat(msSince(beganNs)).as("the schedule goes on").isBetween(299.0, 900.0);
    beganNs = System.nanoTime();
    pair.array().getOutputStream().write(8);
    assertThat(read(pair.host(), 1)).containsExactly(8);
    assertThat(msSince(beganNs)).as("the other way keeps its delay").isGreaterThan(195);
  }

  private boolean refused() {
    try {
      rig.host();
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void aReceiverThatDoesNotReadStopsTheSender() throws Exception {
    long limit = 24L << 20;
    long stalled = fills(() -> {});
    assertThat(stalled).isBetween(1L, limit);
    // The same where the link itself holds everything back.
    assertThat(fills(() -> rig.impair(new Impairment.Stall()))).isBetween(4L << 20, limit);
  }

  /** How much a sender can send before it is stopped; then the receiver reads, and gets it all. */
  private long fills(Runnable before) throws Exception {
    try (SocketChannel host = SocketChannel.open(rig.link.entrance())) {
      Socket array = rig.array();
      before.run();
      host.configureBlocking(false);
      ByteBuffer piece = ByteBuffer.allocate(64 * 1024);
      AtomicLong sent = new AtomicLong();
      AtomicLong lastNs = new AtomicLong(System.nanoTime());
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () -> {
                int written = host.write(piece);
                while (written > 0 && sent.addAndGet(written) < 64L << 20) {
                  lastNs.set(System.nanoTime());
                  piece.clear();
                  written = host.write(piece);
                }
                return msSince(lastNs.get()) > 300;
              });
      rig.heal();
      host.configureBlocking(true);
      host.shutdownOutput();
      InputStream in = array.getInputStream();
      long arrived = 0;
      byte[] some = new byte[1 << 20];
      for (int read = in.read(some); read >= 0; read = in.read(some)) {
        arrived += read;
      }
      assertThat(arrived).isEqualTo(sent.get());
      return arrived;
    }
  }
}
