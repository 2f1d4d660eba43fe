package io.pathproof.initiator.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of the bytes that a connection reads, with a socket that the test plays. */
class PduChannelTest {
  private static final long SEED = 20261121;
  private static final int MOST_DATA = 300_000;
  private static final Digests BOTH = new Digests(true, true);

  /** A connection, and the socket that it reads from. */
  @SuppressWarnings("deprecation") // of the interface that channels still ask for
  private static final class Wire implements PduChannel.Sink {
    final List<ByteBuffer> received = new ArrayList<>();
    final List<Integer> capacities = new ArrayList<>();
    final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
    final PduChannel connection = new PduChannel(this);
    final EmbeddedChannel channel = new EmbeddedChannel(connection);
    final RecvByteBufAllocator.Handle reads =
        channel.config().getRecvByteBufAllocator().newHandle();
    private ByteBuf last;

    Wire(Digests digests) {
      connection.maxRecvDataSegmentLength(MOST_DATA);
      connection.digests(digests);
    }

    /** Has the connection read so much, in as many reads as it takes. */
    void arrive(ByteBuffer bytes) {
      reads.reset(channel.config());
      while (bytes.hasRemaining()) {
        ByteBuf in = reads.allocate(memory);
        if (in != last) {
          capacities.add(in.capacity());
          last = in;
        }
        int count = Math.min(in.capacity() - in.writerIndex(), bytes.remaining());
        assertThat(count).as("room to read").isPositive();
        in.writeBytes(bytes.slice(bytes.position(), count));
        bytes.position(bytes.position() + count);
        reads.lastBytesRead(count);
        channel.pipeline().fireChannelRead(in);
      }
      reads.readComplete();
      channel.pipeline().fireChannelReadComplete();
    }

    long bytesInUse() {
      return memory.metric().usedDirectMemory();
    }

    @Override
    public void onPdu(Pdu pdu) {
      received.add(ByteBuffer.allocate(pdu.data().remaining()).put(pdu.data().duplicate()).flip());
    }

    @Override
    public void onConnected() {}

    @Override
    public void onConnectFailed(ConnectionFailure failure) {
      throw new AssertionError(failure.text());
    }

    @Override
    public void onProgress() {}

    @Override
    public void onTaken(long agoNs) {}

    @Override
    public void onPingLeft() {}

    @Override
    public void onProtocolError(ProtocolException error) {
      throw new AssertionError(error);
    }

    @Override
    public void onClosed(ConnectionFailure failure) {
      throw new AssertionError(failure.text());
    }
  }

  private static ByteBuffer data(Random random, int length) {
    byte[] content = new byte[length];
    random.nextBytes(content);
    return ByteBuffer.wrap(content);
  }

  private static DataIn dataIn(ByteBuffer data) {
    return new DataIn(true, false, false, false, false, 0, 0, 1, -1, 0, 1, 1, 0, 0, 0, data);
  }

  /** Chunks of a few bytes, of some PDUs, of a part of one. */
  @ParameterizedTest
  @CsvSource({"300, 90", "5000, 700", "5000, 40000", "300000, 60000", "300000, 600000"})
  void aStreamCutAnywhereGivesItsPdusAndNoBufferIsKept(int mostData, int mostChunk) {
    Random random = new Random(SEED);
    Wire wire = new Wire(BOTH);
    PduEncoder encoder = new PduEncoder(BOTH);
    List<ByteBuffer> sent = new ArrayList<>();
    ByteBuffer stream = ByteBuffer.allocate(8 << 20);
    while (stream.remaining() > mostData + 100 && sent.size() < 400) {
      // one in three as long as can be, so that many follow each other
      int length = random.nextInt(3) == 0 ? mostData : random.nextInt(mostData + 1);
      sent.add(data(random, length));
      encoder.encode(dataIn(sent.get(sent.size() - 1)), stream);
    }
    stream.flip();
    while (stream.hasRemaining()) {
      int count = Math.min(stream.remaining(), 1 + random.nextInt(mostChunk));
      wire.arrive(stream.slice(stream.position(), count));
      stream.position(stream.position() + count);
    }
    assertThat(wire.received).as("seed %d", SEED).isEqualTo(sent);
    assertThat(wire.bytesInUse()).isZero();
    assertThat(wire.capacities).allMatch(each -> each <= 512 * 1024);
  }

  @Test
  void longDataSegmentsBehindEachOtherEachFillABuffer() {
    Wire wire = new Wire(Digests.NONE);
    Random random = new Random(SEED);
    PduEncoder encoder = new PduEncoder(Digests.NONE);
    int length = 256 * 1024;
    ByteBuffer stream = ByteBuffer.allocate(20 * (length + 48));
    for (int i = 0; i < 20; i++) {
      encoder.encode(dataIn(data(random, length)), stream);
    }
    stream.flip();
    wire.arrive(stream.slice(0, 10_000));
    wire.arrive(stream.position(10_000));
    assertThat(wire.received).hasSize(20);
    // what was guessed and what it was moved to; from then on nothing is moved
    assertThat(wire.capacities).hasSize(2 + 19).startsWith(16 * 1024, length);
    assertThat(wire.capacities.subList(2, 21)).containsOnly(length + 48);
    assertThat(wire.bytesInUse()).isZero();
  }

  @Test
  void aConnectionThatEndsInsideAPduKeepsNoBuffer() {
    Wire wire = new Wire(Digests.NONE);
    ByteBuffer pdu = new PduEncoder(Digests.NONE).encode(dataIn(ByteBuffer.allocate(20_000)));
    wire.arrive(pdu.slice(0, 15_000));
    assertThat(wire.bytesInUse()).isEqualTo(20_000);
    wire.connection.close();
    assertThat(wire.bytesInUse()).isZero();
  }

  @Test
  void buffersFollowWhatTheSocketHolds() {
    Wire wire = new Wire(Digests.NONE);
    PduEncoder encoder = new PduEncoder(Digests.NONE);
    ByteBuffer large = ByteBuffer.allocate(1 << 20);
    for (int i = 0; i < 200; i++) {
      encoder.encode(dataIn(ByteBuffer.allocate(4096)), large);
    }
    for (int i = 0; i < 6; i++) {
      wire.arrive(large.duplicate().flip());
    }
    assertThat(wire.capacities).contains(512 * 1024);
    ByteBuffer small = encoder.encode(dataIn(ByteBuffer.allocate(64)));
    for (int i = 0; i < 200; i++) {
      wire.arrive(small.duplicate());
    }
    assertThat(wire.capacities).last().isEqualTo(2 * 1024);
  }
}
