package io.pathproof.benchmarks;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Speed beside others of the field, in interleaved rounds of one run: the simulated array beside
 * tgtd (both driven by libiscsi's iscsi-perf), our initiator with our array beside libiscsi with
 * tgtd, and a relay link beside Toxiproxy. Servers are processes of their own; our initiator runs
 * in this one. Medians of the rounds; the aims are shown, not enforced.
 *
 * <p>{@code SpeedBenchmark OUTPUT.json TOXIPROXY-PROGRAM [ROUNDS]}
 */
public final class SpeedBenchmark {
  private static final double SECONDS = 2;
  private static final int WARM_UP_S = 4;
  private static final long VOLUME_BYTES = 64L << 20;
  private static final int DEEP = 32;
  private static final String OURS = "iqn.2026-11.io.pathproof:bench-array";
  private static final String TGT = "iqn.2026-11.io.pathproof:bench-tgt";
  private static final Pattern AVERAGE = Pattern.compile("iops average (\\d+)");

  private final Map<String, List<Double>> samples = new LinkedHashMap<>();
  private final PrintStream out;
  private final Path work;
  private final Path shared;
  private final List<AutoCloseable> open = new ArrayList<>();

  private SpeedBenchmark(PrintStream out, Path work) {
    this.out = out;
    this.work = work;
    this.shared = Path.of("/dev/shm", work.getFileName() + ".img");
  }

  /** Measures and prints; exits with 1 when something could not be measured. */
  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    if (args.length < 2) {
      out.println("usage: SpeedBenchmark OUTPUT.json TOXIPROXY-PROGRAM [ROUNDS]");
      System.exit(2);
    }
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    SpeedBenchmark benchmark = new SpeedBenchmark(out, Files.createTempDirectory("speed"));
    // Also when it is interrupted: nothing that it started goes on.
    Runtime.getRuntime().addShutdownHook(new Thread(benchmark::close));
    int status = 1;
    try {
      benchmark.measure(Path.of(args[1]), rounds);
      benchmark.report(Path.of(args[0]), rounds);
      status = 0;
    } catch (Exception e) {
      e.printStackTrace(out);
    }
    System.exit(status);
  }

  private void close() {
    for (int i = open.size() - 1; i >= 0; i--) {
      try {
        open.get(i).close();
      } catch (Exception e) {
        out.println("not ended in order: " + e);
      }
    }
    try (var left = Files.walk(work)) {
      for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
      Files.deleteIfExists(shared);
    } catch (IOException e) {
      out.println("left behind: " + e.getMessage());
    }
  }

  private <T extends AutoCloseable> T keep(T part) {
    open.add(part);
    return part;
  }

  private void measure(Path toxiproxy, int rounds) throws Exception {
    int[] ports = freePorts(6);
    ServerProcess array = keep(array(ports[0], ports[1]));
    ServerProcess tgt = keep(tgtd(ports[2]));
    String ourUrl = "iscsi://127.0.0.1:" + ports[0] + "/" + OURS + "/";
    String tgtUrl = "iscsi://127.0.0.1:" + ports[2] + "/" + TGT + "/";
    InitiatorLoad initiator = keep(new InitiatorLoad(OURS, ports[0]));
    EchoLoad echo = keep(new EchoLoad());
    int relay = relay(echo.port());
    int proxy = toxiproxy(toxiproxy, ports[3], ports[4], echo.port());

    out.println("warming up");
    perf(null, ourUrl + 1, DEEP, array);
    perf(null, ourUrl + 2, DEEP, array);
    perf(null, ourUrl + 2, 1, array);
    initiator.run(DEEP, WARM_UP_S);
    for (int port : new int[] {echo.port(), relay, proxy}) {
      EchoLoad.run(port, DEEP, SECONDS);
      EchoLoad.run(port, 1, SECONDS);
    }
    for (int round = 1; round <= rounds; round++) {
      out.println("round " + round + " of " + rounds);
      for (int depth : new int[] {1, DEEP}) {
        perf("array null " + depth, ourUrl + 1, depth, array);
        perf("tgtd null " + depth, tgtUrl + 1, depth, tgt);
        perf("array memory " + depth, ourUrl + 2, depth, array);
        perf("tgtd shm " + depth, tgtUrl + 2, depth, tgt);
      }
      add("initiator array " + DEEP, initiator.run(DEEP, SECONDS));
      for (int depth : new int[] {1, DEEP}) {
        add("direct " + depth, EchoLoad.run(echo.port(), depth, SECONDS));
        add("relay " + depth, EchoLoad.run(relay, depth, SECONDS));
        add("toxiproxy " + depth, EchoLoad.run(proxy, depth, SECONDS));
      }
    }
  }

  private static int[] freePorts(int count) throws IOException {
    int[] ports = new int[count];
    List<ServerSocket> held = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      held.add(socket);
      ports[i] = socket.getLocalPort();
    }
    for (ServerSocket socket : held) {
      socket.close();
    }
    return ports;
  }

  private ServerProcess array(int port, int control) throws Exception {
    String config =
        """
        {"name": "bench", "targetName": "%s",
         "nodes": {"node1": {"ports": {"a": {"address": "127.0.0.1", "tcpPort": %d}}}},
         "volumes": {"none": {"lun": 1, "sizeBytes": 67108864, "store": "null"},
                     "memory": {"lun": 2, "sizeBytes": 67108864, "store": "memory"}}}
        """
            .formatted(OURS, port);
    Path file = Files.writeString(work.resolve("array.json"), config);
    List<String> command =
        java(
            "io.pathproof.targets.array.control.ArrayProgram",
            file.toString(),
            "direct",
            "127.0.0.1:" + control);
    return ServerProcess.start(command, Map.of(), work.resolve("array.log"), port);
  }

  private ServerProcess tgtd(int port) throws Exception {
    String control = Integer.toString(9000 + port % 1000);
    Map<String, String> environment = Map.of("TGT_IPC_SOCKET", work.resolve("tgt").toString());
    ServerProcess tgt =
        ServerProcess.start(
            List.of("tgtd", "-f", "-C", control, "--iscsi", "portal=127.0.0.1:" + port),
            environment,
            work.resolve("tgtd.log"),
            port);
    try (RandomAccessFile file = new RandomAccessFile(shared.toFile(), "rw")) {
      file.setLength(VOLUME_BYTES);
    }
    String lun = "--lld iscsi --mode logicalunit --op new --tid 1 ";
    for (String admin :
        List.of(
            "--lld iscsi --mode target --op new --tid 1 -T " + TGT,
            lun + "--lun 1 --bstype null --backing-store 64m",
            lun + "--lun 2 --backing-store " + shared,
            "--lld iscsi --mode target --op bind --tid 1 -I ALL")) {
      List<String> command = new ArrayList<>(List.of("tgtadm", "-C", control));
      command.addAll(List.of(admin.split(" ")));
      run(command, environment);
    }
    return tgt;
  }

  private static String run(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + ": " + text);
    }
    return text;
  }

  private void perf(String name, String url, int depth, ServerProcess server) throws Exception {
    double before = server.cpuUs();
    String text =
        run(List.of("iscsi-perf", "-m", "" + depth, "-b", "8", "-t", "2", "-r", url), Map.of());
    Matcher average = AVERAGE.matcher(text);
    double iops = 0;
    while (average.find()) {
      iops = Double.parseDouble(average.group(1));
    }
    if (iops == 0) {
      throw new IOException("iscsi-perf told no average for " + url + ": " + text);
    }
    if (name != null) {
      add(name, iops);
      add(name + " cpu", (server.cpuUs() - before) / (iops * SECONDS));
    }
  }

  private int relay(int to) throws Exception {
    Path log = work.resolve("relay.log");
    List<String> command = java(RelayProgram.class.getName(), Integer.toString(to));
    return ServerProcess.portTold(keep(ServerProcess.start(command, Map.of(), log)), log);
  }

  /** A Java program as a process of its own. */
  private static List<String> java(String... program) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    // One loop does all the work; a collector with threads of its own would only share its core.
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmn128m"));
    // Netty's samples for leaks are for tests.
    command.addAll(
        List.of("-Dio.netty.jfr.enabled=false", "-Dio.netty.leakDetection.level=disabled"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(program));
    return command;
  }

  private int toxiproxy(Path program, int control, int port, int to) throws Exception {
    keep(
        ServerProcess.start(
            List.of(program.toString(), "-host", "127.0.0.1", "-port", "" + control),
            Map.of("LOG_LEVEL", "error"),
            work.resolve("toxiproxy.log"),
            control));
    String body =
        "{\"name\": \"bench\", \"listen\": \"127.0.0.1:"
            + port
            + "\", \"upstream\": \"127.0.0.1:"
            + to
            + "\", \"enabled\": true}";
    HttpResponse<String> made =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + control + "/proxies"))
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    if (made.statusCode() != 201) {
      throw new IOException("Toxiproxy made no proxy: " + made.body());
    }
    return port;
  }

  private void add(String name, double value) {
    samples.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /**
   * A line of the table.
   *
   * @param ratio the median of the rounds' own ratios, which a load beside the benchmark sways less
   *     than a ratio of medians
   * @param least whether the aim is a lower bound
   */
  private record Line(
      String what, double ours, double theirs, double ratio, double aim, boolean least) {
    boolean met() {
      return least ? ratio >= aim : ratio <= aim;
    }
  }

  private Line line(
      String what, List<Double> ours, List<Double> theirs, double aim, boolean least) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(ours.get(i) / theirs.get(i));
    }
    return new Line(what, median(ours), median(theirs), median(ratios), aim, least);
  }

  /** Microseconds that a way adds to one request, in each round. */
  private List<Double> added(String way) {
    List<Double> added = new ArrayList<>();
    for (int i = 0; i < samples.get(way).size(); i++) {
      added.add(1e6 / samples.get(way).get(i) - 1e6 / samples.get("direct 1").get(i));
    }
    return added;
  }

  private List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    for (int depth : new int[] {1, DEEP}) {
      for (String[] pair : new String[][] {{"null", "null"}, {"memory", "shm"}}) {
        String ours = "array " + pair[0] + " " + depth;
        String theirs = "tgtd " + pair[1] + " " + depth;
        String what = "array / tgtd, " + pair[0] + " store, depth " + depth;
        lines.add(line(what + ": IOPS", samples.get(ours), samples.get(theirs), 1, true));
        lines.add(
            line(
                what + ": CPU an I/O (us)",
                samples.get(ours + " cpu"),
                samples.get(theirs + " cpu"),
                1,
                false));
      }
    }
    lines.add(
        line(
            "our initiator and array / libiscsi and tgtd, depth 32: IOPS",
            samples.get("initiator array " + DEEP),
            samples.get("tgtd null " + DEEP),
            3,
            true));
    lines.add(
        line(
            "relay / Toxiproxy, depth 32: answers a second",
            samples.get("relay " + DEEP),
            samples.get("toxiproxy " + DEEP),
            2.5,
            true));
    lines.add(
        line(
            "relay / Toxiproxy, depth 1: added latency (us)",
            added("relay 1"),
            added("toxiproxy 1"),
            0.6,
            false));
    return lines;
  }

  private void report(Path file, int rounds) throws IOException {
    List<Line> lines = lines();
    out.printf(
        "%n%-62s %12s %12s %7s  %s%n",
        "medians of " + rounds + " rounds", "ours", "theirs", "ratio", "aim");
    for (Line line : lines) {
      out.printf(
          Locale.ROOT,
          "%-62s %,12.1f %,12.1f %7.2f  %s %.1f %s%n",
          line.what(),
          line.ours(),
          line.theirs(),
          line.ratio(),
          line.least() ? "at least" : "at most",
          line.aim(),
          line.met() ? "met" : "NOT MET");
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("rounds", rounds);
    json.put("java", System.getProperty("java.version"));
    json.put("samples", samples);
    json.put("lines", lines);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(
        file,
        JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(json));
  }
}
