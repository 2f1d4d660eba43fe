package io.pathproof.targets.array.netty;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Isid;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.LoginStage;
import io.pathproof.protocol.iscsi.LoginStatus;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduDecoder;
import io.pathproof.protocol.iscsi.PduEncoder;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.TaskAttribute;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.targets.array.iscsi.LoginDirector;
import io.pathproof.targets.array.iscsi.PortalIdentity;
import io.pathproof.targets.array.iscsi.Redirect;
import io.pathproof.targets.array.iscsi.TargetCore;
import io.pathproof.targets.array.iscsi.TargetListener;
import io.pathproof.targets.array.iscsi.TargetSettings;
import io.pathproof.targets.array.scsi.Defects;
import io.pathproof.targets.array.scsi.LogicalUnits;
import io.pathproof.targets.array.scsi.LogicalUnitsSettings;
import io.pathproof.targets.array.scsi.MemoryStore;
import io.pathproof.targets.array.scsi.TargetPort;
import io.pathproof.targets.array.scsi.Volume;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** The target on sockets: many sessions, and initiators that behave badly. */
class PortalServerTest {
  private static final String TARGET = "iqn.2026-11.test:array";

  /** These initiators answer no NOP-In, and a busy machine needs its time for a thousand logins. */
  private static final String NEVER_PINGS = "never-pings";

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final PortalIdentity PORTAL =
      new PortalIdentity("node1", "node1.a", 1, 1, "127.0.0.1", 3260, false);

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, PortalServer.ioHandlers());
  private final EventLoop loop = group.next();
  private final List<Throwable> failures = new ArrayList<>();
  private final List<String> strangers = new CopyOnWriteArrayList<>();
  private TargetCore target;
  private PortalServer server;
  private PortalServer.Listener listener;

  /** Nobody is sent on, nobody refused. */
  private static final class Everybody implements LoginDirector {
    @Override
    public Optional<Redirect> redirect(PortalIdentity at, String name, long nowNs) {
      return Optional.empty();
    }

    @Override
    public Optional<LoginStatus> refuses(PortalIdentity at, String name) {
      return Optional.empty();
    }

    @Override
    public List<PortalIdentity> advertised() {
      return List.of(PORTAL);
    }
  }

  @BeforeEach
  void serve(TestInfo test) throws Exception {
    LogicalUnits units =
        new LogicalUnits(
            LogicalUnitsSettings.of(
                TARGET,
                List.of(new TargetPort("node1", "node1.a", 1, 1)),
                List.of(new Volume("vol0", 1, 16 << 20, 512, "", new MemoryStore(16 << 20)))),
            new Defects());
    long second = TimeUnit.SECONDS.toNanos(1);
    TargetSettings settings =
        new TargetSettings(
            TARGET,
            Optional.empty(),
            128,
            262_144,
            262_144,
            65_536,
            8,
            2 * second,
            test.getTags().contains(NEVER_PINGS) ? 0 : second,
            second,
            1100);
    target =
        new TargetCore(
            settings,
            units,
            new Defects(),
            new Everybody(),
            bytes -> {},
            new TargetListener() {
              @Override
              public void noLogin(PortalIdentity at, String what, long nowNs) {
                strangers.add(what);
              }
            });
    DeadlineLoop deadlines = new DeadlineLoop(loop, List.of(target, units(units)));
    server = new PortalServer(loop, target, deadlines::check, failures::add);
    listener =
        server
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), () -> PORTAL)
            .toCompletableFuture()
            .get(5, TimeUnit.SECONDS);
  }

  private static io.pathproof.targets.array.iscsi.Timed units(LogicalUnits units) {
    return new io.pathproof.targets.array.iscsi.Timed() {
      @Override
      public long nextDeadlineNs() {
        return units.nextDeadlineNs();
      }

      @Override
      public void onTime(long nowNs) {
        units.onTime(nowNs);
      }
    };
  }

  @AfterEach
  void end() throws Exception {
    loop.submit(server::close).get(5, TimeUnit.SECONDS);
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
    assertThat(failures).isEmpty();
  }

  private <T> T onLoop(Supplier<T> question) {
    return CompletableFuture.supplyAsync(question, loop).orTimeout(5, TimeUnit.SECONDS).join();
  }

  private Initiator connect(int qualifier) throws IOException {
    return new Initiator(listener.bound().getPort(), qualifier);
  }

  @Test
  @Tag(NEVER_PINGS)
  void thousandSessionsAtOnce() throws Exception {
    List<Initiator> all = new ArrayList<>();
    try {
      for (int i = 0; i < 1024; i++) {
        Initiator one = connect(i);
        one.login();
        all.add(one);
      }
      assertThat(onLoop(() -> target.sessions().size())).isEqualTo(1024);
      for (Initiator one : all) {
        assertThat(one.readWell(1)).isEqualTo(512);
      }
    } finally {
      for (Initiator one : all) {
        one.close();
      }
    }
    Awaitility.await().atMost(LIMIT).until(() -> onLoop(target::connections) == 0);
  }

  @Test
  void connectionsHaveABound() throws Exception {
    List<Initiator> storm = new ArrayList<>();
    for (int i = 0; i < 1300; i++) {
      storm.add(connect(i));
    }
    assertThat(onLoop(target::connections)).isLessThanOrEqualTo(1100);
    // Logins that never come end by themselves, and make room.
    Awaitility.await().atMost(LIMIT).until(() -> onLoop(target::connections) == 0);
    try (Initiator sound = connect(1)) {
      sound.login();
      assertThat(sound.readWell(8)).isEqualTo(4096);
    }
    for (Initiator one : storm) {
      one.close();
    }
  }

  @Test
  void slowLorisIsDropped() throws Exception {
    try (Initiator slow = connect(1)) {
      ByteBuffer request = slow.loginRequest();
      long begun = System.nanoTime();
      // A byte at a time, for as long as it is borne.
      Awaitility.await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                try {
                  slow.socket.getOutputStream().write(request.get());
                  return false;
                } catch (IOException e) {
                  return true;
                }
              });
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void whatBeginsWithNoLoginRequestIsClosedAtOnce() throws Exception {
    for (int length : List.of(1, 48)) {
      try (Initiator stranger = connect(1)) {
        byte[] header = new byte[length];
        Arrays.fill(header, (byte) 0xff);
        long begun = System.nanoTime();
        stranger.socket.getOutputStream().write(header);
        assertThat(stranger.socket.getInputStream().read()).isEqualTo(-1);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
        assertThat(onLoop(() -> List.copyOf(strangers)))
            .first(as(InstanceOfAssertFactories.STRING))
            .contains("127.0.0.1:" + stranger.socket.getLocalPort(), "opcode 0x3f");
      }
      strangers.clear();
      Awaitility.await()
          .atMost(LIMIT)
          .until(() -> onLoop(() -> target.nextDeadlineNs() == Long.MAX_VALUE));
    }
  }

  @Test
  void aLoginThatIsNotFinishedIsToldUnlessTheListenerIsFrozen() throws Exception {
    try (Initiator frozen = connect(1)) {
      Awaitility.await().atMost(LIMIT).until(() -> onLoop(target::connections) == 1);
      onLoop(
          () -> {
            listener.freeze();
            return null;
          });
      Awaitility.await().atMost(LIMIT).until(() -> onLoop(target::connections) == 0);
      assertThat(onLoop(() -> List.copyOf(strangers))).isEmpty();
      onLoop(
          () -> {
            listener.thaw();
            return null;
          });
      assertThat(frozen.socket.getInputStream().read()).isEqualTo(-1);
    }
    try (Initiator half = connect(2)) {
      half.socket.getOutputStream().write(new byte[] {0x43, (byte) 0x87});
      assertThat(half.socket.getInputStream().read()).isEqualTo(-1);
      assertThat(onLoop(() -> List.copyOf(strangers)))
          .containsExactly(
              "login from 127.0.0.1:" + half.socket.getLocalPort() + " not finished within 2 s");
    }
  }

  @Test
  void initiatorThatNeverReadsHoldsNothingUp() throws Exception {
    try (Initiator greedy = connect(1);
        Initiator sound = connect(2)) {
      greedy.login();
      greedy.readWell(1);
      sound.login();
      long before = io.netty.util.internal.PlatformDependent.usedDirectMemory();
      // 120 reads of 4 MiB: half a gigabyte of answers to one that takes none of them.
      for (int i = 0; i < 120; i++) {
        greedy.command(Cdb.Read.of(0, 8192), 4 << 20);
      }
      for (int i = 0; i < 50; i++) {
        assertThat(sound.readWell(8)).isEqualTo(4096);
      }
      assertThat(io.netty.util.internal.PlatformDependent.usedDirectMemory() - before)
          .as("bytes that wait for it")
          .isLessThan(64L << 20);
      // It gets them all, should it read after all.
      for (int i = 0; i < 120; i++) {
        assertThat(greedy.answer()).isEqualTo(4 << 20);
      }
    }
  }

  @Test
  void halfOpenConnectionIsFound() throws Exception {
    Initiator silent = connect(1);
    silent.login();

    Awaitility.await().atMost(LIMIT).until(() -> onLoop(() -> target.sessions().isEmpty()));
    silent.close();
  }

  @Test
  @Tag(NEVER_PINGS)
  void garbageEndsItsOwnConnectionAlone() throws Exception {
    try (Initiator sound = connect(1)) {
      sound.login();
      Random random = new Random(5);
      for (int i = 0; i < 200; i++) {
        try (Initiator one = connect(2)) {
          if (i % 2 == 0) {
            one.login();
          }
          byte[] garbage = new byte[500];
          random.nextBytes(garbage);
          one.socket.getOutputStream().write(garbage);
        }
      }
      Awaitility.await().atMost(LIMIT).until(() -> onLoop(target::connections) == 1);
      assertThat(sound.readWell(8)).isEqualTo(4096);
    }
  }

  @Test
  void frozenListenerIsSilent() throws Exception {
    try (Initiator host = connect(1)) {
      host.login();
      host.readWell(1);
      onLoop(
          () -> {
            listener.freeze();
            return null;
          });
      host.command(Cdb.Read.of(0, 1), 512);
      host.socket.setSoTimeout(300);
      org.assertj.core.api.Assertions.assertThatThrownBy(host::answer)
          .isInstanceOf(java.net.SocketTimeoutException.class);
      onLoop(
          () -> {
            listener.thaw();
            return null;
          });
      host.socket.setSoTimeout(5000);
      assertThat(host.answer()).isEqualTo(512);
    }
  }

  /** A blocking initiator of raw PDUs. */
  private static final class Initiator implements AutoCloseable {
    private final Socket socket = new Socket();
    private final PduDecoder decoder = new PduDecoder(262_144);
    private final PduEncoder encoder = new PduEncoder(Digests.NONE);
    private final ByteBuffer in = ByteBuffer.allocate(1 << 20).flip();
    private final Isid isid;
    private int cmdSn = 1;
    private int tag = 1;

    Initiator(int port, int qualifier) throws IOException {
      isid = Isid.random(3, qualifier);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
      socket.setSoTimeout(10_000);
    }

    ByteBuffer loginRequest() {
      KeyValues keys =
          KeyValues.empty()
              .with("InitiatorName", "iqn.2026-11.test:host")
              .with("SessionType", "Normal")
              .with("TargetName", TARGET)
              .with("MaxRecvDataSegmentLength", "262144");
      return encoder.encode(
          new LoginRequest(
              true,
              false,
              LoginStage.OPERATIONAL_NEGOTIATION,
              LoginStage.FULL_FEATURE_PHASE,
              0,
              0,
              isid,
              0,
              0,
              1,
              cmdSn,
              1,
              keys.encode()));
    }

    void login() throws Exception {
      send(loginRequest());
      assertThat(((LoginResponse) next()).status()).contains(LoginStatus.SUCCESS);
    }

    void command(Cdb cdb, int length) throws IOException {
      send(
          encoder.encode(
              new ScsiCommand(
                  false,
                  true,
                  true,
                  false,
                  TaskAttribute.SIMPLE,
                  Lun.of(1).raw(),
                  tag++,
                  length,
                  cmdSn++,
                  1,
                  cdb.encode(),
                  OptionalInt.empty(),
                  Pdu.NO_DATA)));
    }

    /** Reads until it is no unit attention; gives the bytes read. */
    int readWell(int blocks) throws Exception {
      for (int i = 0; i < 4; i++) {
        command(Cdb.Read.of(0, blocks), blocks * 512);
        int bytes = answer();
        if (bytes > 0) {
          return bytes;
        }
      }
      return 0;
    }

    /** The bytes that come until the command's status; 0 for one that came without data. */
    int answer() throws Exception {
      int bytes = 0;
      while (true) {
        Pdu pdu = next();
        if (!(pdu instanceof DataIn data)) {
          if (pdu instanceof io.pathproof.protocol.iscsi.NopIn) {
            continue;
          }
          return 0;
        }
        bytes += data.data().remaining();
        if (data.statusBit()) {
          return bytes;
        }
      }
    }

    private void send(ByteBuffer bytes) throws IOException {
      socket.getOutputStream().write(bytes.array(), bytes.arrayOffset(), bytes.remaining());
    }

    private Pdu next() throws Exception {
      while (true) {
        Pdu pdu = decoder.decode(in);
        if (pdu != null) {
          return pdu;
        }
        int n = socket.getInputStream().read(in.array());
        if (n < 0) {
          throw new IOException("closed by the target");
        }
        in.clear().limit(n);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
