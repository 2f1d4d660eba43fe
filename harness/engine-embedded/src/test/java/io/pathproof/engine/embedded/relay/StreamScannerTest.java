package io.pathproof.engine.embedded.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Opcode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamScannerTest {
  /** Notes what it is told, with indices in the whole stream. */
  private static final class Notes implements StreamScanner.Watcher {
    private final List<PduStream.Part> seen = new ArrayList<>();
    private int pieceAt;
    private int opcode;
    private int at;
    private PduStream.Part open;

    @Override
    public void begins(int pdu, int index) {
      assertThat(open).as("ended before the next begins").isNull();
      opcode = pdu;
      at = pieceAt + index;
    }

    @Override
    public void measured(int header, int data, int total, int index) {
      assertThat(pieceAt + index).isEqualTo(at);
      open = new PduStream.Part(opcode, at, header, data, total);
    }

    @Override
    public void ended(int next) {
      assertThat(pieceAt + next).isEqualTo(open.at() + open.total());
      seen.add(open);
      open = null;
    }
  }

  private final Notes notes = new Notes();
  private final StreamScanner scanner = new StreamScanner(notes);

  /** A piece that lies somewhere in a larger buffer, as those of a network library do. */
  private void piece(byte[] all, int from, int to) {
    ByteBuffer buffer = ByteBuffer.wrap(all, from, to - from);
    notes.pieceAt = 0;
    scanner.scan(buffer);
    assertThat(buffer.position()).isEqualTo(from);
    assertThat(buffer.limit()).isEqualTo(to);
  }

  /** The same, from index 0. */
  private void slice(byte[] all, int from, int to) {
    notes.pieceAt = from;
    scanner.scan(ByteBuffer.wrap(all, from, to - from).slice());
  }

  @ParameterizedTest
  @CsvSource({"false,false", "true,false", "false,true", "true,true"})
  void boundariesAreFoundHoweverTheStreamIsSplit(boolean header, boolean data) {
    Digests digests = new Digests(header, data);
    PduStream stream = PduStream.mixed(1, digests);
    byte[] all = stream.bytes();
    for (int i = 0; i <= all.length; i++) {
      for (int j = i; j <= all.length; j += 5) {
        notes.seen.clear();
        scanner.digests(digests);
        piece(all, 0, i);
        slice(all, i, j);
        assertThat(scanner.betweenPdus()).isEqualTo(isBoundary(stream, j));
        piece(all, j, all.length);
        assertThat(notes.seen).as("split at %d and %d", i, j).isEqualTo(stream.parts());
      }
    }
    notes.seen.clear();
    for (int i = 0; i < all.length; i++) {
      slice(all, i, i + 1);
    }
    assertThat(notes.seen).as("byte by byte").isEqualTo(stream.parts());
  }

  private static boolean isBoundary(PduStream stream, int at) {
    return at == stream.length() || stream.parts().stream().anyMatch(part -> part.at() == at);
  }

  @Test
  void anyStreamInAnyPieces() {
    Opcode[] opcodes = Opcode.values();
    for (long seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Digests digests = new Digests(random.nextBoolean(), random.nextBoolean());
      PduStream stream = new PduStream(seed).digests(digests);
      for (int i = 0; i < 20; i++) {
        int words = random.nextInt(4) == 0 ? random.nextInt(256) : 0;
        int length = random.nextInt(3) == 0 ? 0 : random.nextInt(1 << random.nextInt(1, 18));
        stream.pdu(opcodes[random.nextInt(opcodes.length)], words, length);
      }
      notes.seen.clear();
      scanner.digests(digests);
      byte[] all = stream.bytes();
      for (int at = 0; at < all.length; ) {
        int end = Math.min(all.length, at + 1 + random.nextInt(1 << random.nextInt(17)));
        slice(all, at, end);
        at = end;
      }
      assertThat(notes.seen).as("seed %d", seed).isEqualTo(stream.parts());
    }
  }

  @Test
  void digestsHoldFromTheNextPduOn() {
    PduStream stream =
        new PduStream(3)
            .pdu(Opcode.DATA_OUT, 0, 9)
            .digests(new Digests(true, true))
            .pdu(Opcode.DATA_OUT, 0, 9)
            .pdu(Opcode.NOP_OUT, 0, 0);
    byte[] all = stream.bytes();
    slice(all, 0, 30);
    scanner.digests(new Digests(true, true));
    slice(all, 30, all.length);
    assertThat(notes.seen).isEqualTo(stream.parts());
  }
}
