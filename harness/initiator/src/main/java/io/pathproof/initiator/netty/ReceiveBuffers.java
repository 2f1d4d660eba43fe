package io.pathproof.initiator.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * What one connection is read into, so that data segments come in one piece: the rest of one is
 * read behind what has come of it. A connection that has nothing under way has no buffer. Belongs
 * to its event loop. Sizes are in bytes.
 */
final class ReceiveBuffers extends DefaultMaxMessagesRecvByteBufAllocator {
  private static final int MIN = 2 * 1024;
  private static final int FIRST = 16 * 1024;

  /** Answers of a deep queue come in one piece, and few PDUs lie across two. */
  private static final int MAX = 512 * 1024;

  /** A buffer is halved after so many reads in a row that a quarter of it would have held. */
  private static final int TOO_LARGE = 16;

  /** What has come of a PDU is moved to a fresh buffer if it is not more than this. */
  private static final int CHEAP = 8 * 1024;

  /**
   * From here on a data segment is worth a buffer that ends where it ends, so that those of the
   * same length behind it need not be moved.
   */
  private static final int LARGE = 64 * 1024;

  /** Of the header in front of each of them; digests and additional segments are rare. */
  private static final int HEADER = 48;

  private int size = FIRST;
  private int tooLarge;

  /** What has come of a data segment, from the reader index on; null for nothing. */
  private ByteBuf begun;

  /** What has to fit into the next buffer. */
  private int wanted;

  /** The length of the last data segment that did not come at once, if it was large; else 0. */
  private int large;

  /**
   * Keeps what is left of a read.
   *
   * @param in whose readable bytes have not been used; the caller releases it
   * @param needed how many bytes have to come in one piece, those counted; 0 for none
   */
  void keep(ByteBuf in, int needed) {
    ByteBuf before = begun;
    int left = in.readableBytes();
    begun = null;
    wanted = needed;
    if (needed > 0) {
      large = needed >= LARGE ? needed : 0;
    } else if (in.writerIndex() < LARGE) {
      large = 0;
    }
    if (left > CHEAP && in.capacity() - in.readerIndex() >= needed) {
      begun = in.retain();
    } else if (left > 0) {
      begun = fresh(in.alloc()).writeBytes(in);
    }
    if (before != null) {
      before.release();
    }
  }

  private ByteBuf fresh(ByteBufAllocator alloc) {
    return alloc.ioBuffer(
        large == 0 ? Math.max(size, wanted) : wanted > 0 ? wanted : HEADER + large);
  }

  /** The connection is over. */
  void close() {
    if (begun != null) {
      begun.release();
      begun = null;
    }
  }

  /** The sockets of a deep queue hold much at once, idle ones a header. */
  private void adapt(int read) {
    if (read >= size) {
      size = Math.min(2 * size, MAX);
      tooLarge = 0;
    } else if (read > size / 4) {
      tooLarge = 0;
    } else if (++tooLarge == TOO_LARGE) {
      size = Math.max(size / 2, MIN);
      tooLarge = 0;
    }
  }

  @Override
  @SuppressWarnings("deprecation") // of the interface that channels still ask for
  public Handle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public int guess() {
        return size;
      }

      @Override
      public ByteBuf allocate(ByteBufAllocator alloc) {
        return begun == null ? fresh(alloc) : begun.retain();
      }

      @Override
      public void readComplete() {
        adapt(totalBytesRead());
      }
    };
  }
}
