package io.pathproof.initiator.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Isid;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.LoginStage;
import io.pathproof.protocol.iscsi.OperationalKey;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduDecoder;
import io.pathproof.protocol.iscsi.PduEncoder;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A target that logs in whoever comes, in the thread of the test. */
final class LoopbackTarget implements AutoCloseable {
  private static final long SECONDS = 30;

  /** Longer than any write of the tests. */
  private static final int MAX_RECV = 256 * 1024;

  private final ServerSocket server = new ServerSocket();
  private final PduDecoder decoder = new PduDecoder(8192, PduDecoder.Retention.WHOLE);
  Socket socket;
  private DataInputStream in;
  int statSn = 1;

  LoopbackTarget(int receiveBuffer) throws IOException {
    server.setReceiveBufferSize(receiveBuffer);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /** A session with this target that is logged in. */
  NettySession session(EventLoops loops, SessionTimers timers, Recorder recorder) throws Exception {
    SessionSettings settings =
        SessionSettings.normal(
                "iqn.2026-11.io.pathproof:host",
                "iqn.2026-11.io.pathproof:target",
                new Portal("127.0.0.1", address().getPort()),
                Isid.random(1, 1))
            .withTimers(timers);
    NettySession session =
        NettySession.open(loops, loops.next(), settings, any -> Optional.of(address()), recorder);
    login();
    recorder.up.get(SECONDS, TimeUnit.SECONDS);
    return session;
  }

  private void login() throws Exception {
    socket = server.accept();
    socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS));
    in = new DataInputStream(socket.getInputStream());
    for (boolean over = false; !over; ) {
      LoginRequest request = (LoginRequest) read();
      over = request.currentStage() == LoginStage.OPERATIONAL_NEGOTIATION;
      KeyValues answer =
          over
              ? operational(request)
              : KeyValues.empty().with("AuthMethod", "None").with("TargetPortalGroupTag", "1");
      write(
          new LoginResponse(
              request.transit(),
              false,
              request.currentStage(),
              request.nextStage(),
              0,
              0,
              request.isid(),
              over ? 7 : 0,
              request.initiatorTaskTag(),
              statSn++,
              request.cmdSn(),
              request.cmdSn() + 31,
              0,
              0,
              answer.encode()));
    }
  }

  /** As offered, and all of a write unsolicited, so that it waits for no R2T. */
  private static KeyValues operational(LoginRequest request) throws ProtocolException {
    KeyValues answer = KeyValues.empty();
    for (Map.Entry<String, String> each : KeyValues.decode(request.data()).asMap().entrySet()) {
      OperationalKey key = OperationalKey.of(each.getKey()).orElseThrow();
      String own =
          switch (key) {
            case INITIAL_R2T -> "No";
            case MAX_RECV_DATA_SEGMENT_LENGTH -> String.valueOf(MAX_RECV);
            default -> each.getValue().split(",")[0];
          };
      answer = answer.with(key, own);
    }
    return answer;
  }

  Pdu read() throws Exception {
    byte[] header = in.readNBytes(48);
    int length = ByteBuffer.wrap(header).getInt(4) & 0xffffff;
    byte[] data = in.readNBytes((length + 3) & ~3);
    return decoder.decode(
        ByteBuffer.allocate(header.length + data.length).put(header).put(data).flip());
  }

  /** All of them at once. */
  void write(Pdu... pdus) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Pdu pdu : pdus) {
      ByteBuffer bytes = new PduEncoder(Digests.NONE).encode(pdu);
      byte[] one = new byte[bytes.remaining()];
      bytes.get(one);
      all.write(one);
    }
    socket.getOutputStream().write(all.toByteArray());
  }

  /**
   * Reads what there is.
   *
   * @return bytes until the end of the stream, or less than 0 for those until a reset, minus 1
   */
  long drain() throws IOException {
    byte[] some = new byte[64 * 1024];
    long bytes = 0;
    while (true) {
      try {
        int count = in.read(some);
        if (count < 0) {
          return bytes;
        }
        bytes += count;
      } catch (SocketException reset) {
        assertThat(reset).hasMessageContaining("reset");
        return -bytes - 1;
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    if (socket != null) {
      socket.close();
    }
  }
}
