package io.pathproof.benchmarks;

import io.pathproof.benchmarks.Comparison.Bound;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
  private static final int DEEP = 32;
  private static final String OURS = "iqn.2026-11.io.pathproof:bench-array";
  private static final int BLOCKS = 8;

  private final Comparison comparison = new Comparison();
  private final PrintStream out;
  private final Programs programs;

  private SpeedBenchmark(PrintStream out) throws IOException {
    this.out = out;
    this.programs = new Programs("speed", out);
  }

  /** Measures and prints; exits with 1 when something could not be measured. */
  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    if (args.length < 2) {
      out.println("usage: SpeedBenchmark OUTPUT.json TOXIPROXY-PROGRAM [ROUNDS]");
      System.exit(2);
    }
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    SpeedBenchmark benchmark = new SpeedBenchmark(out);
    int status = 1;
    try {
      benchmark.measure(Path.of(args[1]), rounds);
      benchmark.compare();
      benchmark.comparison.print(out, rounds, "ours", "theirs");
      benchmark.comparison.write(Path.of(args[0]), rounds);
      status = 0;
    } catch (Exception e) {
      e.printStackTrace(out);
    }
    System.exit(status);
  }

  private void measure(Path toxiproxy, int rounds) throws Exception {
    int[] ports = Programs.freePorts(5);
    ServerProcess array = programs.keep(array(ports[0], ports[1]));
    Tgtd tgtd = Tgtd.start(programs, ports[2]);
    String ourUrl = "iscsi://127.0.0.1:" + ports[0] + "/" + OURS + "/";
    InitiatorLoad initiator = programs.keep(new InitiatorLoad(OURS, ports[0], 1));
    EchoLoad echo = programs.keep(new EchoLoad());
    int relay = relay(echo.port());
    int proxy = toxiproxy(toxiproxy, ports[3], ports[4], echo.port());

    out.println("warming up");
    IscsiPerf.run(ourUrl + 1, DEEP, BLOCKS);
    IscsiPerf.run(ourUrl + 2, DEEP, BLOCKS);
    IscsiPerf.run(ourUrl + 2, 1, BLOCKS);
    initiator.run(BLOCKS, DEEP, WARM_UP_S);
    for (int port : new int[] {echo.port(), relay, proxy}) {
      EchoLoad.run(port, DEEP, SECONDS);
      EchoLoad.run(port, 1, SECONDS);
    }
    for (int round = 1; round <= rounds; round++) {
      out.println("round " + round + " of " + rounds);
      for (int depth : new int[] {1, DEEP}) {
        perf("array null " + depth, ourUrl + 1, depth, array);
        perf("tgtd null " + depth, tgtd.url(Tgtd.NULL_LUN), depth, tgtd.process());
        perf("array memory " + depth, ourUrl + 2, depth, array);
        perf("tgtd shm " + depth, tgtd.url(Tgtd.MEMORY_LUN), depth, tgtd.process());
      }
      comparison.add("initiator array " + DEEP, initiator.run(BLOCKS, DEEP, SECONDS));
      for (int depth : new int[] {1, DEEP}) {
        comparison.add("direct " + depth, EchoLoad.run(echo.port(), depth, SECONDS));
        comparison.add("relay " + depth, EchoLoad.run(relay, depth, SECONDS));
        comparison.add("toxiproxy " + depth, EchoLoad.run(proxy, depth, SECONDS));
      }
    }
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
    Path file = Files.writeString(programs.work().resolve("array.json"), config);
    List<String> command =
        Programs.java(
            "io.pathproof.targets.array.control.ArrayProgram",
            file.toString(),
            "direct",
            "127.0.0.1:" + control);
    return ServerProcess.start(command, Map.of(), programs.work().resolve("array.log"), port);
  }

  private void perf(String name, String url, int depth, ServerProcess server) throws Exception {
    double before = server.cpuUs();
    double reads = IscsiPerf.run(url, depth, BLOCKS).perSecond();
    comparison.add(name, reads);
    comparison.add(name + " cpu", (server.cpuUs() - before) / (reads * IscsiPerf.SECONDS));
  }

  private int relay(int to) throws Exception {
    Path log = programs.work().resolve("relay.log");
    List<String> command = Programs.java(RelayProgram.class.getName(), Integer.toString(to));
    return ServerProcess.portTold(programs.keep(ServerProcess.start(command, Map.of(), log)), log);
  }

  private int toxiproxy(Path program, int control, int port, int to) throws Exception {
    programs.keep(
        ServerProcess.start(
            List.of(program.toString(), "-host", "127.0.0.1", "-port", "" + control),
            Map.of("LOG_LEVEL", "error"),
            programs.work().resolve("toxiproxy.log"),
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

  /** Microseconds that a way adds to one request, in each round. */
  private List<Double> added(String way) {
    List<Double> added = new ArrayList<>();
    List<Double> direct = comparison.of("direct 1");
    for (int i = 0; i < direct.size(); i++) {
      added.add(1e6 / comparison.of(way).get(i) - 1e6 / direct.get(i));
    }
    return added;
  }

  private void compare() {
    for (int depth : new int[] {1, DEEP}) {
      for (String[] pair : new String[][] {{"null", "null"}, {"memory", "shm"}}) {
        String ours = "array " + pair[0] + " " + depth;
        String theirs = "tgtd " + pair[1] + " " + depth;
        String what = "array / tgtd, " + pair[0] + " store, depth " + depth;
        line(what + ": IOPS", ours, theirs, Bound.AT_LEAST, 1);
        line(what + ": CPU an I/O (us)", ours + " cpu", theirs + " cpu", Bound.AT_MOST, 1);
      }
    }
    line(
        "our initiator and array / libiscsi and tgtd, depth 32: IOPS",
        "initiator array " + DEEP,
        "tgtd null " + DEEP,
        Bound.AT_LEAST,
        3);
    line(
        "relay / Toxiproxy, depth 32: answers a second",
        "relay " + DEEP,
        "toxiproxy " + DEEP,
        Bound.AT_LEAST,
        2.5);
    comparison.ratio(
        "relay / Toxiproxy, depth 1: added latency (us)",
        added("relay 1"),
        added("toxiproxy 1"),
        Bound.AT_MOST,
        0.6);
  }

  private void line(String what, String ours, String theirs, Bound bound, double aim) {
    comparison.ratio(what, comparison.of(ours), comparison.of(theirs), bound, aim);
  }
}
