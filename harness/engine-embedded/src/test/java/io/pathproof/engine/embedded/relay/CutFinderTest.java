package io.pathproof.engine.embedded.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.engine.CutPoint;
import io.pathproof.lab.engine.CutPoint.Where;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Opcode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CutFinderTest {
  /** A connection's direction, as a relay follows it. */
  private static final class Stream {
    private final CutFinder finder;
    private final Digests digests;
    private final StreamScanner scanner;
    private long passed;

    Stream(CutFinder finder, Digests digests) {
      this.finder = finder;
      this.digests = digests;
      this.scanner =
          new StreamScanner(
              new StreamScanner.Watcher() {
                @Override
                public void begins(int opcode, int at) {
                  if (finder.follows(Stream.this)) {
                    finder.begins(opcode, at);
                  }
                }

                @Override
                public void measured(int header, int data, int total, int at) {
                  if (finder.follows(Stream.this)) {
                    finder.measured(header, data, total, at);
                  }
                }

                @Override
                public void ended(int next) {
                  if (finder.follows(Stream.this)) {
                    finder.ended(next);
                  }
                }
              });
    }

    /** Bytes that passed before the cut; -1 if there was none in these. */
    long cutIn(byte[] all, int pieceLength) {
      scanner.digests(digests);
      for (int at = 0; at < all.length; at += pieceLength) {
        int length = Math.min(pieceLength, all.length - at);
        finder.follows(this);
        scanner.scan(ByteBuffer.wrap(all, at, length).slice());
        int within = finder.follows(this) ? finder.within(length) : -1;
        if (within >= 0) {
          assertThat(within).isLessThanOrEqualTo(length);
          return passed + within;
        }
        passed += length;
      }
      return -1;
    }
  }

  private static CutFinder at(Opcode opcode, int number, Where where) {
    String word = opcode.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return new CutFinder(new CutPoint.AtPdu(word, number, where));
  }

  private static int place(PduStream.Part part, Where where) {
    return part.at()
        + switch (where) {
          case BEFORE -> 0;
          case HEADER -> 24;
          case DATA -> part.data() == 0 ? 24 : part.header() + part.data() / 2;
          case AFTER -> part.total();
        };
  }

  @ParameterizedTest
  @EnumSource
  void eachPlaceAtEachPduInAnyPieces(Where where) {
    for (Digests digests : List.of(Digests.NONE, new Digests(true, true))) {
      PduStream stream = PduStream.mixed(5, digests);
      byte[] all = stream.bytes();
      List<PduStream.Part> dataOuts =
          stream.parts().stream().filter(p -> p.opcode() == Opcode.DATA_OUT.code()).toList();
      for (int number = 1; number <= dataOuts.size(); number++) {
        for (int piece = 1; piece <= all.length; piece++) {
          assertThat(new Stream(at(Opcode.DATA_OUT, number, where), digests).cutIn(all, piece))
              .as("%s of data-out %d in pieces of %d", where, number, piece)
              .isEqualTo(place(dataOuts.get(number - 1), where));
        }
      }
      assertThat(new Stream(at(Opcode.DATA_OUT, 4, where), digests).cutIn(all, 10)).isEqualTo(-1);
      assertThat(new Stream(at(Opcode.R2T, 1, where), digests).cutIn(all, 10)).isEqualTo(-1);
    }
  }

  @Test
  void bytesAreCountedOverConnections() {
    byte[] hundred = new byte[100];
    for (int piece = 1; piece <= 100; piece++) {
      CutFinder finder = new CutFinder(new CutPoint.AfterBytes(250));
      assertThat(new Stream(finder, Digests.NONE).cutIn(hundred, piece)).isEqualTo(-1);
      assertThat(new Stream(finder, Digests.NONE).cutIn(hundred, piece)).isEqualTo(-1);
      assertThat(new Stream(finder, Digests.NONE).cutIn(hundred, piece)).isEqualTo(50);
    }
    assertThat(
            new Stream(new CutFinder(new CutPoint.AfterBytes(0)), Digests.NONE).cutIn(hundred, 9))
        .isZero();
    CutFinder exact = new CutFinder(new CutPoint.AfterBytes(100));
    assertThat(new Stream(exact, Digests.NONE).cutIn(hundred, 100)).isEqualTo(100);
  }

  @Test
  void pdusAreCountedOverConnections() {
    byte[] all = PduStream.mixed(6, Digests.NONE).bytes();
    CutFinder finder = at(Opcode.DATA_OUT, 5, Where.HEADER);
    assertThat(new Stream(finder, Digests.NONE).cutIn(all, 33)).isEqualTo(-1);
    assertThat(new Stream(finder, Digests.NONE).cutIn(all, 33))
        .isEqualTo(place(PduStream.mixed(6, Digests.NONE).parts().get(3), Where.HEADER));
  }

  @ParameterizedTest
  @EnumSource(names = {"HEADER", "DATA", "AFTER"})
  void thePlaceIsInTheStreamThatHasThePdu(Where where) {
    PduStream stream = new PduStream(8).pdu(Opcode.DATA_OUT, 0, 400);
    byte[] all = stream.bytes();
    int place = place(stream.parts().get(0), where);
    CutFinder finder = at(Opcode.DATA_OUT, 1, where);
    Stream first = new Stream(finder, Digests.NONE);
    Stream second = new Stream(finder, Digests.NONE);
    assertThat(first.cutIn(java.util.Arrays.copyOf(all, 10), 4)).isEqualTo(-1);
    assertThat(second.cutIn(all, 100)).as("another stream's PDUs").isEqualTo(-1);
    byte[] rest = java.util.Arrays.copyOfRange(all, 10, all.length);
    assertThat(first.cutIn(rest, 100)).isEqualTo(place);
  }

  @ParameterizedTest
  @EnumSource(names = {"HEADER", "DATA", "AFTER"})
  void aStreamThatEndsBeforeThePlaceLeavesItToTheNext(Where where) {
    PduStream stream = new PduStream(9).pdu(Opcode.DATA_OUT, 0, 400);
    byte[] all = stream.bytes();
    CutFinder finder = at(Opcode.DATA_OUT, 1, where);
    Stream first = new Stream(finder, Digests.NONE);
    assertThat(first.cutIn(java.util.Arrays.copyOf(all, 10), 4)).isEqualTo(-1);
    finder.gone(new Object());
    finder.gone(first);
    PduStream next = PduStream.mixed(10, Digests.NONE);
    assertThat(new Stream(finder, Digests.NONE).cutIn(next.bytes(), 7))
        .isEqualTo(place(next.parts().get(1), where));
  }
}
