package io.pathproof.benchmarks;

import io.pathproof.benchmarks.Comparison.Bound;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Our initiator beside libiscsi, against the same tgtd whose volume stores nothing, in interleaved
 * rounds of one run; each a process of its own. Who goes first changes with every round. The aims
 * are shown, not enforced.
 *
 * <p>{@code InitiatorBenchmark OUTPUT.json LIBISCSI-LOGINS-PROGRAM [ROUNDS]}
 */
public final class InitiatorBenchmark {
  private static final double SECONDS = IscsiPerf.SECONDS;
  private static final int SMALL = 8;
  private static final int LARGE = 512;
  private static final int BLOCK_BYTES = 512;
  private static final int DEEP = 32;
  private static final int DEPTH_OF_LARGE = 8;
  private static final int LARGE_A_ROUND = 4;
  private static final int LOGINS = 1000;

  /** They take a tenth of a second, so that a moment's load beside them tells in one of them. */
  private static final int LOGINS_A_ROUND = 4;

  private static final int FEW_PATHS = 4;
  private static final int MANY_PATHS = 256;
  private static final int IDLE = 64;
  private static final int IDLE_NOP_MS = 50;
  private static final int IDLE_S = 4;
  private static final int IDLES_A_ROUND = 2;
  private static final int QUIET_NOP_MS = 5000;

  /** In thousands; a login takes its code through once, a read's has been through 100,000 times. */
  private static final int WARM_UP_LOGINS = 80;

  /** As many pings in one idle time as in a minute and a half at {@link #IDLE_NOP_MS}. */
  private static final int WARM_UP_NOP_MS = 2;

  private final Comparison comparison = new Comparison();
  private final PrintStream out;
  private final Programs programs;
  private final String loginsProgram;
  private Tgtd tgtd;
  private InitiatorProcess ours;

  private InitiatorBenchmark(PrintStream out, String loginsProgram) throws IOException {
    this.out = out;
    this.loginsProgram = loginsProgram;
    this.programs = new Programs("initiator", out);
  }

  /** Measures and prints; exits with 1 when something could not be measured. */
  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    if (args.length < 2) {
      out.println("usage: InitiatorBenchmark OUTPUT.json LIBISCSI-LOGINS-PROGRAM [ROUNDS]");
      System.exit(2);
    }
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    InitiatorBenchmark benchmark = new InitiatorBenchmark(out, args[1]);
    int status = 1;
    try {
      benchmark.measure(rounds);
      benchmark.compare();
      benchmark.comparison.print(out, rounds, "measured", "beside");
      benchmark.comparison.write(Path.of(args[0]), rounds);
      status = 0;
    } catch (Exception e) {
      e.printStackTrace(out);
    }
    System.exit(status);
  }

  private void measure(int rounds) throws Exception {
    tgtd = Tgtd.start(programs, Programs.freePorts(1)[0]);
    ours = InitiatorProcess.start(programs);
    open("one", 1);
    warmUp();
    for (int round = 1; round <= rounds; round++) {
      out.println("round " + round + " of " + rounds);
      boolean first = round % 2 == 1;
      // each answer wakes two processors: what sways most is measured twice as often
      compareReads("depth 1", SMALL, 1, first);
      compareReads("depth 1", SMALL, 1, !first);
      compareReads("depth " + DEEP, SMALL, DEEP, first);
      compareReads("depth " + DEEP, SMALL, DEEP, !first);
      // tgtd's one processor limits both: what differs is little, and takes several to see
      for (int i = 0; i < LARGE_A_ROUND; i++) {
        compareReads("large", LARGE, DEPTH_OF_LARGE, i % 2 == 0 == first);
      }
      readInto("depth " + DEEP, SMALL, DEEP);
      readInto("large", LARGE, DEPTH_OF_LARGE);
      compareSeveralPaths(first);
      for (int i = 0; i < LOGINS_A_ROUND; i++) {
        compareLogins(i % 2 == 0 == first);
      }
      ourLoginsWithBothStages();
      idle();
    }
  }

  private void open(String name, int paths) throws IOException {
    ours.ask("open " + name + " " + Tgtd.TARGET + " " + tgtd.port() + " " + paths);
  }

  /**
   * Both devices are there while either is measured, so that tgtd has as many sessions; and at no
   * other time, as their pings would disturb what else is measured.
   */
  private void compareSeveralPaths(boolean fewFirst) throws IOException {
    open("few", FEW_PATHS);
    open("many", MANY_PATHS);
    List<String> there = fewFirst ? List.of("few", "many") : List.of("many", "few");
    List<String> back = fewFirst ? List.of("many", "few") : List.of("few", "many");
    for (String device : there) {
      read(device, SMALL, DEEP, SECONDS);
    }
    for (List<String> order : List.of(there, back)) {
      for (String device : order) {
        comparison.add(device + " paths", read(device, SMALL, DEEP, SECONDS)[0]);
      }
    }
    ours.ask("close few");
    ours.ask("close many");
  }

  private double[] read(String device, int blocks, int depth, double seconds) throws IOException {
    return ours.ask("read " + device + " " + blocks + " " + depth + " " + seconds);
  }

  /** Takes so many seconds. */
  private double login(int count, int nopMs, int stages) throws IOException {
    return ours.ask(
            "login " + Tgtd.TARGET + " " + tgtd.port() + " " + count + " " + nopMs + " " + stages)[
        0];
  }

  /** What the JVM compiles is compiled after this, for each kind of load. */
  private void warmUp() throws Exception {
    out.println("warming up");
    IscsiPerf.run(tgtd.url(Tgtd.NULL_LUN), DEEP, SMALL);
    for (int i = 0; i < 2; i++) {
      read("one", SMALL, DEEP, 4);
      read("one", SMALL, 1, 4);
      read("one", LARGE, DEPTH_OF_LARGE, 2);
      ours.ask("read one " + SMALL + " " + DEEP + " 2 into");
      ours.ask("read one " + LARGE + " " + DEPTH_OF_LARGE + " 2 into");
    }
    open("few", FEW_PATHS);
    open("many", MANY_PATHS);
    for (int i = 0; i < 2; i++) {
      read("few", SMALL, DEEP, 2);
      read("many", SMALL, DEEP, 2);
    }
    ours.ask("close few");
    ours.ask("close many");
    for (int i = 0; i < WARM_UP_LOGINS; i++) {
      login(LOGINS, QUIET_NOP_MS, 1 + i % 2);
      ours.ask("logout");
    }
    for (int nopMs : new int[] {WARM_UP_NOP_MS, WARM_UP_NOP_MS, IDLE_NOP_MS}) {
      login(IDLE, nopMs, 2);
      ours.ask("idle " + IDLE_S);
      ours.ask("logout");
    }
  }

  private void compareReads(String name, int blocks, int depth, boolean oursFirst)
      throws Exception {
    if (oursFirst) {
      ourReads(name, blocks, depth);
      libiscsiReads(name, blocks, depth);
    } else {
      libiscsiReads(name, blocks, depth);
      ourReads(name, blocks, depth);
    }
  }

  private void ourReads(String name, int blocks, int depth) throws IOException {
    double[] rate = read("one", blocks, depth, SECONDS);
    comparison.add("ours " + name, rate[0]);
    comparison.add("ours " + name + " cpu", rate[1]);
  }

  /** As libiscsi does for iscsi-perf, which lends nothing and gives no buffer: copied once. */
  private void readInto(String name, int blocks, int depth) throws IOException {
    double[] rate = ours.ask("read one " + blocks + " " + depth + " " + SECONDS + " into");
    comparison.add("ours " + name + " into", rate[0]);
    comparison.add("ours " + name + " into cpu", rate[1]);
  }

  private void libiscsiReads(String name, int blocks, int depth) throws Exception {
    IscsiPerf.Rate rate = IscsiPerf.run(tgtd.url(Tgtd.NULL_LUN), depth, blocks);
    comparison.add("libiscsi " + name, rate.perSecond());
    comparison.add("libiscsi " + name + " cpu", rate.cpuUs());
  }

  private void compareLogins(boolean oursFirst) throws Exception {
    if (oursFirst) {
      ourLogins();
      libiscsiLogins();
    } else {
      libiscsiLogins();
      ourLogins();
    }
  }

  private void ourLogins() throws IOException {
    double tgtdBefore = tgtd.process().cpuUs();
    comparison.add("ours logins", login(LOGINS, QUIET_NOP_MS, 1));
    // one thread takes them all: nobody can log in faster than this
    comparison.add("tgtd cpu of our logins", (tgtd.process().cpuUs() - tgtdBefore) / 1e6);
    ours.ask("logout");
  }

  /** As kernels log in, and libiscsi; and what the sessions keep then. */
  private void ourLoginsWithBothStages() throws IOException {
    double[] before = ours.ask("memory");
    comparison.add("ours logins with both stages", login(LOGINS, QUIET_NOP_MS, 2));
    double[] after = ours.ask("memory");
    ours.ask("logout");
    comparison.add("heap", (after[0] - before[0]) / LOGINS / 1024);
    comparison.add("direct", (after[1] - before[1]) / LOGINS / 1024);
  }

  private void libiscsiLogins() throws Exception {
    String portal = "127.0.0.1:" + tgtd.port();
    double tgtdBefore = tgtd.process().cpuUs();
    String seconds =
        Programs.run(List.of(loginsProgram, portal, Tgtd.TARGET, "" + LOGINS), Map.of());
    comparison.add("libiscsi logins", Double.parseDouble(seconds.strip()));
    comparison.add("tgtd cpu of libiscsi logins", (tgtd.process().cpuUs() - tgtdBefore) / 1e6);
  }

  private void idle() throws IOException {
    login(IDLE, IDLE_NOP_MS, 2);
    // what a login leaves to compile and to collect is not idle's, and is done by then
    ours.ask("idle " + IDLE_S);
    for (int i = 0; i < IDLES_A_ROUND; i++) {
      comparison.add("idle", ours.ask("idle " + IDLE_S)[0]);
    }
    ours.ask("logout");
  }

  private void compare() {
    line("4 KiB random reads, depth 1: IOPS", "depth 1", Bound.AT_LEAST, 1);
    line("4 KiB random reads, depth 32: IOPS", "depth 32", Bound.AT_LEAST, 1);
    line("4 KiB random reads, depth 32: CPU an I/O (us)", "depth 32 cpu", Bound.AT_MOST, 0.7);
    comparison.ratio(
        "256 KiB random reads, depth " + DEPTH_OF_LARGE + ": MB/s",
        megabytes("ours large"),
        megabytes("libiscsi large"),
        Bound.AT_LEAST,
        1);
    line("1,000 logins of one stage, 64 at a time: s", "logins", Bound.AT_MOST, 0.5);
    comparison.ratio(
        "4 KiB random reads, depth 32, 256 paths / 4 paths: IOPS",
        comparison.of("many paths"),
        comparison.of("few paths"),
        Bound.AT_LEAST,
        0.85);
    out.printf(
        Locale.ROOT,
        "%na read at depth 1 takes %.1f us of our processor time, as the loop polls, and %.1f us of"
            + " libiscsi's%n",
        Comparison.median(comparison.of("ours depth 1 cpu")),
        Comparison.median(comparison.of("libiscsi depth 1 cpu")));
    out.printf(
        Locale.ROOT,
        "where our data is not lent but copied, as libiscsi copies it for iscsi-perf: depth 32"
            + " %,.0f IOPS, %.2f us; 256 KiB %,.0f MB/s, %.1f us (lent %.1f us, libiscsi %.1f us)%n",
        Comparison.median(comparison.of("ours depth " + DEEP + " into")),
        Comparison.median(comparison.of("ours depth " + DEEP + " into cpu")),
        Comparison.median(megabytes("ours large into")),
        Comparison.median(comparison.of("ours large into cpu")),
        Comparison.median(comparison.of("ours large cpu")),
        Comparison.median(comparison.of("libiscsi large cpu")));
    out.printf(
        Locale.ROOT,
        "1,000 logins beside those of libiscsi, which come one after another; with the security"
            + " stage, as libiscsi's have it, ours take %.3f s%n",
        Comparison.median(comparison.of("ours logins with both stages")));
    out.printf(
        Locale.ROOT,
        "tgtd's own processor time for 1,000 logins, the least that they can take:"
            + " %.2f s for ours, %.2f s for libiscsi's and their end%n",
        Comparison.median(comparison.of("tgtd cpu of our logins")),
        Comparison.median(comparison.of("tgtd cpu of libiscsi logins")));
    comparison.figure(
        "64 idle sessions, a NOP each 50 ms: % of one core", comparison.of("idle"), Bound.BELOW, 4);
    comparison.figure("heap of an idle session: KiB", comparison.of("heap"), Bound.AT_MOST, 32);
  }

  private void line(String what, String name, Bound bound, double aim) {
    comparison.ratio(
        what, comparison.of("ours " + name), comparison.of("libiscsi " + name), bound, aim);
  }

  private List<Double> megabytes(String name) {
    List<Double> all = new ArrayList<>();
    comparison.of(name).forEach(rate -> all.add(rate * LARGE * BLOCK_BYTES / 1e6));
    return all;
  }
}
