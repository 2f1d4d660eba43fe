package io.pathproof.interoperability;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.LoginStage;
import io.pathproof.protocol.iscsi.OperationalKey;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduDecoder;
import io.pathproof.protocol.iscsi.PduEncoder;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.ScsiResponse;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A target that a test plays, on a real socket: one connection after another. */
final class PlayedTarget implements AutoCloseable {
  /** What is done on a connection, which is closed at its end. */
  @FunctionalInterface
  interface Script {
    /**
     * @param attempt counts the connections from 0
     */
    void play(Connection connection, int attempt) throws IOException, ProtocolException;
  }

  private final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private volatile boolean closing;

  PlayedTarget(Script script) throws IOException {
    Thread thread = new Thread(() -> serve(script));
    thread.setDaemon(true);
    thread.start();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private void serve(Script script) {
    for (int attempt = 0; !closing; attempt++) {
      try (Socket socket = server.accept()) {
        sockets.add(socket);
        socket.setTcpNoDelay(true);
        script.play(new Connection(socket), attempt);
      } catch (IOException e) {
        // the other end has closed, or the test is over
      } catch (ProtocolException | RuntimeException | Error e) {
        failures.add(e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    closing = true;
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    for (Throwable failure : failures) {
      throw new AssertionError("the target's own part failed", failure);
    }
  }

  /** One connection, from the target's side. */
  static final class Connection {
    private final Socket socket;
    private final PduDecoder decoder = new PduDecoder(1 << 20, PduDecoder.Retention.COPY);
    private final PduEncoder encoder = new PduEncoder(Digests.NONE);
    private final ByteBuffer in = ByteBuffer.allocate(1 << 16).limit(0);
    int statSn = 1;
    int expCmdSn;

    Connection(Socket socket) {
      this.socket = socket;
    }

    int maxCmdSn() {
      return expCmdSn + 31;
    }

    ByteBuffer bytes(Pdu pdu) {
      return encoder.encode(pdu);
    }

    void send(Pdu pdu) throws IOException {
      send(bytes(pdu));
    }

    void send(ByteBuffer bytes) throws IOException {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      socket.getOutputStream().write(copy);
    }

    void send(String text) throws IOException {
      send(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /** Reads the next PDU, which has to be such a one. */
    <T extends Pdu> T next(Class<T> type) throws IOException, ProtocolException {
      while (true) {
        Pdu pdu = decoder.decode(in);
        if (pdu != null) {
          return type.cast(pdu);
        }
        int n = socket.getInputStream().read(in.clear().array());
        in.limit(Math.max(0, n));
        if (n < 0) {
          throw new EOFException("closed by the initiator");
        }
      }
    }

    /** The next command, which counts as received. */
    ScsiCommand command() throws IOException, ProtocolException {
      ScsiCommand command = next(ScsiCommand.class);
      expCmdSn = command.cmdSn() + 1;
      return command;
    }

    /** Says nothing more, and reads until the initiator has closed. */
    void silence() throws IOException {
      byte[] piece = new byte[4096];
      while (socket.getInputStream().read(piece) >= 0) {
        // passed over
      }
    }

    LoginResponse response(LoginRequest to, int status, KeyValues keys) {
      boolean last = to.nextStage() == LoginStage.FULL_FEATURE_PHASE && to.transit();
      expCmdSn = to.cmdSn();
      return new LoginResponse(
          status == 0 && to.transit(),
          false,
          to.currentStage(),
          to.nextStage(),
          0,
          0,
          to.isid(),
          last ? 77 : 0,
          to.initiatorTaskTag(),
          statSn++,
          expCmdSn,
          maxCmdSn(),
          status >> 8,
          status & 0xff,
          keys.encode());
    }

    /** Answers the next Login Request, which is returned. */
    LoginRequest answer(int status, KeyValues keys) throws IOException, ProtocolException {
      LoginRequest request = next(LoginRequest.class);
      send(response(request, status, keys));
      return request;
    }

    /** A login without authentication, in which all offers are taken. */
    void login() throws IOException, ProtocolException {
      answer(0, KeyValues.empty().with("AuthMethod", "None"));
      LoginRequest request = next(LoginRequest.class);
      KeyValues answer = KeyValues.empty();
      for (Map.Entry<String, String> each : KeyValues.decode(request.data()).asMap().entrySet()) {
        OperationalKey key = OperationalKey.of(each.getKey()).orElseThrow();
        answer = answer.with(key, each.getValue().split(",")[0]);
      }
      send(response(request, 0, answer));
    }

    DataIn dataIn(ScsiCommand to, int dataSn, int offset, int length) {
      return new DataIn(
          true,
          false,
          false,
          false,
          true,
          0,
          0,
          to.initiatorTaskTag(),
          Pdu.RESERVED_TAG,
          statSn++,
          expCmdSn,
          maxCmdSn(),
          dataSn,
          offset,
          0,
          ByteBuffer.allocate(length));
    }

    /** GOOD. */
    ScsiResponse status(int tag) {
      return new ScsiResponse(
          false,
          false,
          false,
          false,
          0,
          0,
          tag,
          0,
          statSn++,
          expCmdSn,
          maxCmdSn(),
          0,
          0,
          0,
          Pdu.NO_DATA);
    }

    /** Answers reads as they come, until the initiator closes. */
    void serveReads() throws IOException, ProtocolException {
      while (true) {
        ScsiCommand read = command();
        send(dataIn(read, 0, 0, read.expectedDataTransferLength()));
      }
    }
  }
}
