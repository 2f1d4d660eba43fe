package io.pathproof.initiator.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.NopIn;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A target that pings without end; its kernel takes what it does not read, up to a bound. */
@Timeout(60)
class UnreadAnswersTest {
  private static final int DATA = 8_192;
  private static final long SECONDS = 30;

  /** Far more than all buffers between the two hold. */
  private static final int PINGS = 16_384;

  /** What the target sends at a time; as much may be answered before the socket is looked at. */
  private static final int AT_ONCE = 64;

  private static final NopIn PING =
      new NopIn(0, Pdu.RESERVED_TAG, 7, 1, 1, 1, ByteBuffer.allocate(DATA));

  /** Answers each ping, as a session does. */
  private static final class Near implements PduChannel.Sink {
    final CompletableFuture<ConnectionFailure> end = new CompletableFuture<>();
    private PduChannel channel;
    private int answered;

    @Override
    public void onConnected() {}

    @Override
    public void onConnectFailed(ConnectionFailure failure) {
      end.complete(failure);
    }

    @Override
    public void onProgress() {}

    @Override
    public void onPingLeft() {}

    @Override
    public void onTaken(long agoNs) {}

    @Override
    public void onPdu(Pdu pdu) {
      answered++;
      NopIn ping = (NopIn) pdu;
      channel.send(
          new NopOut(
              true, 0, Pdu.RESERVED_TAG, ping.targetTransferTag(), 1, 1, ping.data().duplicate()));
    }

    @Override
    public void onProtocolError(ProtocolException error) {
      throw new AssertionError(error);
    }

    @Override
    public void onClosed(ConnectionFailure failure) {
      end.complete(failure);
    }
  }

  private static Near connect(EventLoops loops, ServerSocket server) {
    Near near = new Near();
    PduChannel channel = new PduChannel(near);
    near.channel = channel;
    ChannelFuture connect =
        new Bootstrap()
            .group(loops.next())
            .channelFactory(loops.channelsTo((InetSocketAddress) server.getLocalSocketAddress()))
            .handler(channel)
            .connect(server.getLocalSocketAddress());
    connect.addListener(done -> channel.connectDone(connect));
    return near;
  }

  private static ServerSocket server() throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReceiveBufferSize(64 * 1024);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return server;
  }

  private static byte[] pings(int count) {
    ByteBuffer one = new PduEncoder(Digests.NONE).encode(PING);
    ByteBuffer all = ByteBuffer.allocate(count * one.remaining());
    for (int i = 0; i < count; i++) {
      all.put(one.duplicate());
    }
    return all.array();
  }

  @Test
  @DisplayName("One that reads no answers is left, before they fill the memory")
  void aTargetThatReadsNoAnswersIsLeft() throws Exception {
    try (EventLoops loops = new EventLoops(1);
        ServerSocket server = server()) {
      Near near = connect(loops, server);
      try (Socket target = server.accept()) {
        OutputStream out = target.getOutputStream();
        byte[] pings = pings(AT_ONCE);
        int sent = 0;
        try {
          for (; sent < PINGS; sent += AT_ONCE) {
            out.write(pings);
          }
        } catch (IOException e) {
          // the host has closed, which is what its own account below is about
        }
        ConnectionFailure end = near.end.get(SECONDS, TimeUnit.SECONDS);
        assertThat(end.reason()).isEqualTo(ConnectionFailure.Reason.PROTOCOL_ERROR);
        assertThat(end.text())
            .matches("NOP_IN: the target reads none of \\d+ bytes of answers to its pings");
        long unsent = Long.parseLong(end.text().replaceAll("\\D+", ""));
        // what is read in one turn of the loop is answered before its end is seen
        assertThat(unsent).isGreaterThan(1 << 20).isLessThan(12 << 20);
        assertThat(near.answered).isLessThan(PINGS);
      }
    }
  }

  @Test
  @DisplayName("One that reads them may ping as often as it likes")
  void aTargetThatReadsThemIsAnswered() throws Exception {
    try (EventLoops loops = new EventLoops(1);
        ServerSocket server = server()) {
      Near near = connect(loops, server);
      try (Socket target = server.accept()) {
        byte[] pings = pings(AT_ONCE);
        for (int i = 0; i < PINGS / 16; i += AT_ONCE) {
          target.getOutputStream().write(pings);
          assertThat(target.getInputStream().readNBytes(pings.length)).hasSize(pings.length);
        }
        assertThat(near.end).isNotDone();
      }
    }
  }
}
