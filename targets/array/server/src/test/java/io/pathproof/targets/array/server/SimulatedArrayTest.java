package io.pathproof.targets.array.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pathproof.targets.array.system.JournalEntry;
import io.pathproof.targets.array.system.RefusedException;
import io.pathproof.targets.array.system.Snapshot;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SimulatedArrayTest {
  private static final int QUIET_MS = 100;

  private SimulatedArray array;

  @BeforeEach
  void start() {
    array = SimulatedArray.start(Configs.virtualPort(), new LoopbackNetwork());
  }

  @AfterEach
  void stop() {
    array.close();
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private Reachability reach(String ip) {
    return array.reach(ip, 3260);
  }

  private Socket connect(String ip) throws IOException {
    InetSocketAddress at = ((Reachability.Answers) reach(ip)).at();
    Socket socket = new Socket(at.getAddress(), at.getPort());
    socket.setSoTimeout(5000);
    return socket;
  }

  @Test
  void everyAddressAnswersOnLoopback() {
    for (int last = 1; last <= 5; last++) {
      assertThat(reach("10.0.0." + last)).isInstanceOf(Reachability.Answers.class);
      Reachability.Answers answers = (Reachability.Answers) reach("10.0.0." + last);
      assertThat(answers.at().getAddress().isLoopbackAddress()).isTrue();
    }
    assertThat(reach("10.0.0.6")).isEqualTo(new Reachability.Silent());
  }

  @Test
  void aStoppedNodeClosesItsConnectionsAndRefusesNewOnes() throws IOException {
    InetSocketAddress at = ((Reachability.Answers) reach("10.0.0.3")).at();
    try (Socket open = accepted("10.0.0.3")) {
      get(array.act("node1", "stop", ""));
      assertThat(open.getInputStream().read()).isEqualTo(-1);
    }
    await()
        .untilAsserted(
            () -> assertThat(reach("10.0.0.3")).isInstanceOf(Reachability.Answers.class));
    assertThat(get(array.snapshot()).nodes().get("node2").addresses()).contains("10.0.0.3");
    get(array.restore("node1", "stop", ""));
    assertThat(((Reachability.Answers) reach("10.0.0.3")).at()).isEqualTo(at);
  }

  @Test
  void withoutAPortLeftAddressesOfStoppedNodesRefuse() {
    InetSocketAddress at = ((Reachability.Answers) reach("10.0.0.3")).at();
    get(array.act("node2", "stop", ""));
    get(array.act("node1", "stop", ""));
    assertThat(reach("10.0.0.3")).isEqualTo(new Reachability.Refuses());
    assertThatThrownBy(() -> new Socket(at.getAddress(), at.getPort()).close())
        .isInstanceOf(ConnectException.class);
    get(array.reset());
    assertThat(reach("10.0.0.3")).isEqualTo(new Reachability.Answers(at));
  }

  @Test
  void aDeadPortIsSilentUntilItsVirtualAddressMovesThenOldConnectionsAreCut() throws IOException {
    Snapshot before = get(array.snapshot());
    try (Socket open = accepted("10.0.0.1")) {
      get(array.act("node1.a", "down", ""));
      assertThat(reach("10.0.0.2")).isEqualTo(new Reachability.Silent());
      assertThatThrownBy(() -> open.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
    await()
        .untilAsserted(
            () -> assertThat(reach("10.0.0.1")).isInstanceOf(Reachability.Answers.class));
    assertThat(get(array.journal()))
        .extracting(JournalEntry::text)
        .contains("10.0.0.1 moved from node1.a to node1.b");
    get(array.restore("node1.a", "down", ""));
    assertThat(get(array.snapshot())).isEqualTo(before);
  }

  @Test
  void aMoveThatNobodyIsToldOfLeavesTheAddressSilent() throws IOException {
    get(array.act("array", "defect", "unannounced-move"));
    try (Socket open = accepted("10.0.0.1")) {
      get(array.act("node1.a", "down", ""));
      await()
          .untilAsserted(
              () ->
                  assertThat(get(array.journal()))
                      .extracting(JournalEntry::text)
                      .contains("10.0.0.1 moved from node1.a to node1.b unannounced"));
      assertThat(reach("10.0.0.1")).isEqualTo(new Reachability.Silent());
      open.setSoTimeout(QUIET_MS);
      assertThatThrownBy(() -> open.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
    }
    get(array.reset());
    assertThat(reach("10.0.0.1")).isInstanceOf(Reachability.Answers.class);
  }

  @Test
  void aPausedNodeTakesConnectionsAndSaysNothing() throws IOException {
    get(array.act("node1", "pause", ""));
    try (Socket open = connect("10.0.0.2")) {
      open.getOutputStream().write(new byte[48]);
      open.setSoTimeout(QUIET_MS);
      assertThatThrownBy(() -> open.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      get(array.restore("node1", "pause", ""));
      open.setSoTimeout(5000);
      // What it was sent is no login; now it reads that, and closes.
      assertThat(open.getInputStream().readAllBytes()).hasSizeGreaterThanOrEqualTo(0);
    }
  }

  /** A connection that the array's own end has, so that what is done next meets it. */
  private Socket accepted(String ip) throws IOException {
    Socket socket = connect(ip);
    get(array.snapshot());
    get(array.snapshot());
    return socket;
  }

  @Test
  void theStoreIsReadWithinItsBoundsOnly() {
    for (long[] range : new long[][] {{-1, 512}, {0, 0}, {1 << 20, 1}, {0, 1 << 25}}) {
      assertThatThrownBy(() -> get(array.readStore("vol0", range[0], (int) range[1])))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(RefusedException.class);
    }
    assertThatThrownBy(() -> get(array.readStore("vol9", 0, 512)))
        .hasMessageContaining("no volume \"vol9\"; there are vol0");
  }

  @Test
  void onceClosedItSaysSo() {
    array.close();
    array.close();
    assertThatThrownBy(() -> get(array.snapshot())).hasMessageContaining("the array is closed");
    assertThat(reach("10.0.0.1")).isEqualTo(new Reachability.Silent());
  }

  @Test
  void aTcpPortThatIsTakenIsToldAndNothingIsLeft() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      String json =
          ArrayConfigJson.write(Configs.virtualPort())
              .replaceAll("10\\.0\\.0\\.", "127.0.0.")
              .replace("3260", String.valueOf(taken.getLocalPort()));
      assertThatThrownBy(
              () -> SimulatedArray.start(ArrayConfigJson.read(json), new DirectNetwork()))
          .isInstanceOf(ArrayException.class)
          .hasMessageContaining("cannot listen on /127.0.0.1:" + taken.getLocalPort());
      try (ServerSocket free =
          new ServerSocket(taken.getLocalPort(), 1, java.net.InetAddress.getByName("127.0.0.2"))) {
        assertThat(free.isBound()).isTrue();
      }
    }
  }

  @Test
  void addressesOfNoMachineHereAreRefused() {
    assertThatThrownBy(() -> SimulatedArray.start(Configs.virtualPort(), new DirectNetwork()))
        .isInstanceOf(ArrayException.class)
        .hasMessageContaining("not addresses of this machine: 10.0.0.2, 10.0.0.3");
  }
}
