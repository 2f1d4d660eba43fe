package io.pathproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pathproof.targets.array.control.ControlClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ArrayCommandTest {
  private static final Pattern CONTROL = Pattern.compile("Control: http://127.0.0.1:(\\d+)/v1/");

  @TempDir private Path folder;
  private Path topology;

  @BeforeEach
  void write() throws IOException {
    topology = folder.resolve("pair.yaml");
    Files.writeString(
        topology,
        """
        topology: pair
        fabrics:
          san: { subnet: 10.0.0.0/24 }
        array:
          kind: simulated
          nodes:
            node1: { ports: { a: { fabric: san, address: 10.0.0.2 } } }
            node2: { ports: { a: { fabric: san, address: 10.0.0.3 } } }
          virtual-addresses: { vip: { address: 10.0.0.1, owner: node1.a } }
          volumes: { vol0: { size: 1MiB } }
        hosts:
          host1: { multipath: none, adapters: { nic0: { fabric: san, address: 10.0.0.101 } } }
        """);
  }

  /**
   * A TCP port of 127.0.0.1 that is free, as are the two after it. Below the ports that the system
   * gives to clients: between this look and the array's own, other tests of the same machine open
   * connections.
   */
  private static int freePorts() throws IOException {
    for (int attempt = 0; attempt < 100; attempt++) {
      int first = ThreadLocalRandom.current().nextInt(20_000, 30_000);
      if (isFree(first) && isFree(first + 1) && isFree(first + 2)) {
        return first;
      }
    }
    throw new IOException("no three TCP ports in a row are free between 20000 and 30000");
  }

  private static boolean isFree(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.isBound();
    } catch (BindException e) {
      return false;
    }
  }

  private static int run(StringWriter out, String... arguments) {
    PrintWriter printer = new PrintWriter(out, true);
    return Pathproof.execute(printer, printer, arguments);
  }

  private int refused(StringWriter out, String... more) {
    List<String> all = new ArrayList<>(List.of("array", "--topology", topology.toString()));
    all.addAll(List.of(more));
    if (!all.contains("--listen")) {
      all.addAll(List.of("--listen", "127.0.0.1:0"));
    }
    return run(out, all.toArray(String[]::new));
  }

  /** The same with a second array beside it. */
  private void twoArrays() throws IOException {
    String one = Files.readString(topology);
    Files.writeString(
        topology,
        one.replace("array:\n", "arrays:\n  pure1:\n")
            .replaceAll("(?m)^  (kind|nodes|virtual-addresses|volumes):", "    $1:")
            .replaceAll("(?m)^    (node[12]):", "      $1:")
            .replace(
                "hosts:",
                """
                  spectrum1:
                    nodes: { node1: { ports: { a: { fabric: san, address: 10.0.0.20 } } } }
                    volumes: { vol0: { size: 2MiB } }
                hosts:"""));
  }

  @Test
  void ofSeveralArraysOneIsChosen() throws Exception {
    twoArrays();
    StringWriter none = new StringWriter();
    assertThat(refused(none)).isEqualTo(ExitStatus.USAGE);
    assertThat(none.toString())
        .contains("has several arrays: choose one with --array pure1 or spectrum1");
    StringWriter other = new StringWriter();
    assertThat(refused(other, "--array", "pure2")).isEqualTo(ExitStatus.USAGE);
    assertThat(other.toString()).contains("--array pure2").contains("did you mean pure1?");

    StringWriter out = new StringWriter();
    CompletableFuture<Integer> status = new CompletableFuture<>();
    int port = freePorts();
    Thread running =
        new Thread(
            () ->
                status.complete(
                    refused(
                        out,
                        "--array",
                        "spectrum1",
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        String.valueOf(port))));
    running.start();
    await().until(() -> out.toString().contains("Ends on Ctrl-C") || status.isDone());
    assertThat(out.toString())
        .contains("Target iqn.2026-11.io.pathproof:pair.spectrum1 of array spectrum1")
        .containsPattern("10.0.0.20:3260 +127.0.0.1:" + port + " +spectrum1.node1.a")
        .doesNotContain("pure1");
    running.interrupt();
    running.join();
    assertThat(status).isCompletedWithValue(ExitStatus.PASS);
  }

  @Test
  void itServesOnOneAddressUntilItIsInterrupted() throws Exception {
    int first = freePorts();
    StringWriter out = new StringWriter();
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Thread running =
        new Thread(
            () ->
                status.complete(
                    run(
                        out,
                        "array",
                        "--topology",
                        topology.toString(),
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        String.valueOf(first),
                        "--listen",
                        "127.0.0.1:0",
                        "--store",
                        folder.resolve("store").toString())));
    running.start();
    await().until(() -> out.toString().contains("Ends on Ctrl-C") || status.isDone());
    assertThat(out.toString())
        .containsPattern("10.0.0.2:3260 +127.0.0.1:" + first + " +node1.a")
        .containsPattern("10.0.0.1:3260 +127.0.0.1:" + (first + 2) + " +vip, at node1.a");
    Matcher control = CONTROL.matcher(out.toString());
    assertThat(control.find()).isTrue();
    ControlClient client =
        new ControlClient(new InetSocketAddress("127.0.0.1", Integer.parseInt(control.group(1))));
    assertThat(client.snapshot().nodes().get("node1").portals())
        .containsExactly("127.0.0.1:" + first, "127.0.0.1:" + (first + 2));
    client.act("node1", "stop", "");
    assertThat(client.snapshot().nodes().get("node1").state()).isEqualTo("stopped");
    assertThat(folder.resolve("store/vol0.volume")).exists();
    assertThat(out.toString()).doesNotContain("Warning");
    running.interrupt();
    running.join();
    assertThat(out.toString()).endsWith("ended; 0 sessions were closed" + System.lineSeparator());
    assertThat(status).isCompletedWithValue(ExitStatus.PASS);
    try (ServerSocket again = new ServerSocket(first + 1, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThat(again.isBound()).as("the port is free again").isTrue();
    }
  }

  @Test
  void addressesThatThisMachineHasNotAreToldWithTheRemedy() {
    StringWriter out = new StringWriter();
    assertThat(refused(out)).isEqualTo(ExitStatus.USAGE);
    assertThat(out.toString())
        .contains(
            "not addresses of this machine: 10.0.0.2, 10.0.0.3, 10.0.0.1", "--bind 127.0.0.1");
  }

  @Test
  void aPortThatIsTakenIsTold() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      StringWriter out = new StringWriter();
      int status =
          refused(out, "--bind", "127.0.0.1", "--port", String.valueOf(taken.getLocalPort()));
      assertThat(status).isEqualTo(ExitStatus.USAGE);
      assertThat(out.toString())
          .contains("cannot listen on", ":" + taken.getLocalPort(), "TCP port with --port");
      out = new StringWriter();
      status =
          refused(
              out,
              "--bind",
              "127.0.0.1",
              "--port",
              String.valueOf(freePorts()),
              "--listen",
              "127.0.0.1:" + taken.getLocalPort());
      assertThat(status).isEqualTo(ExitStatus.USAGE);
      assertThat(out.toString())
          .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort(), "with --listen");
    }
  }

  @Test
  void aStoreThatAnotherArrayHasIsToldWithTheRemedy() throws Exception {
    Path store = Files.createDirectories(folder.resolve("store"));
    try (FileChannel lock =
        FileChannel.open(
            store.resolve("array.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      lock.lock();
      StringWriter out = new StringWriter();
      int status =
          refused(
              out,
              "--bind",
              "127.0.0.1",
              "--port",
              String.valueOf(freePorts()),
              "--store",
              store.toString());
      assertThat(status).isEqualTo(ExitStatus.USAGE);
      assertThat(out.toString()).contains(store.toString(), "end that, or name another folder");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void onASignalItEndsWithStatusZeroAndSaysSo(String signal) throws Exception {
    Path printed = folder.resolve("printed.txt");
    try (CommandProcess process =
        CommandProcess.start(
            printed,
            "array",
            "--topology",
            topology.toString(),
            "--bind",
            "127.0.0.1",
            "--port",
            String.valueOf(freePorts()),
            "--listen",
            "0.0.0.0:0")) {
      process.awaitPrinted("Ends on Ctrl-C", Duration.ofSeconds(60));
      assertThat(process.endBy(signal)).as(Files.readString(printed)).isZero();
      List<String> told = Files.readAllLines(printed);
      assertThat(told).last().isEqualTo("ended; 0 sessions were closed");
      assertThat(told)
          .anyMatch(line -> CONTROL.matcher(line).find())
          .anyMatch(line -> line.contains("anybody who reaches") && line.contains("any of its"))
          .noneMatch(line -> line.contains("0:0:0"));
    }
  }

  @Test
  void aFileThatIsNoTopologyIsTold() throws IOException {
    Files.writeString(topology, "topology: broken\narray: 7\n");
    StringWriter out = new StringWriter();
    assertThat(refused(out, "--bind", "127.0.0.1")).isEqualTo(ExitStatus.USAGE);
    assertThat(out.toString()).contains("pair.yaml");
  }

  @Test
  void aControlAddressThatIsNoneIsTold() {
    StringWriter out = new StringWriter();
    assertThat(refused(out, "--listen", "everywhere")).isEqualTo(ExitStatus.USAGE);
    assertThat(out.toString()).contains("write ADDRESS:PORT");
  }

  @Test
  void theLastTcpPortsAreNotExceeded() {
    StringWriter out = new StringWriter();
    assertThat(refused(out, "--bind", "127.0.0.1", "--port", "65534")).isEqualTo(ExitStatus.USAGE);
    assertThat(out.toString()).contains("--port 65534", "write 1 to 65533");
    out = new StringWriter();
    assertThat(refused(out, "--bind", "127.0.0.1", "--port", "99999")).isEqualTo(ExitStatus.USAGE);
    assertThat(out.toString()).contains("--port 99999", "write 1 to 65533");
  }

  @Test
  void aBindAddressThatIsNoneIsTold() {
    StringWriter out = new StringWriter();
    assertThat(refused(out, "--bind", "nonsense")).isEqualTo(ExitStatus.USAGE);
    assertThat(out.toString()).contains("--bind nonsense: write an IP address of this machine");
  }
}
