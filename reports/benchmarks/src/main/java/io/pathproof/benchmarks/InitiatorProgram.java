package io.pathproof.benchmarks;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.netty.NettySession;
import io.pathproof.initiator.netty.PortalResolver;
import io.pathproof.initiator.session.NegotiationOffer;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.protocol.iscsi.Isid;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Our initiator in a process of its own, whose processor time is all its own: that of collector and
 * compiler too. Takes a request a line and answers each with a line of numbers; ends with its
 * input, or with the first request that fails.
 *
 * <ul>
 *   <li>{@code open NAME TARGET PORT PATHS}: a device over so many paths
 *   <li>{@code read NAME BLOCKS DEPTH SECONDS [into]}: random reads a second, and microseconds of
 *       processor time each; of data that is lent, or into buffers of the caller's
 *   <li>{@code close NAME}
 *   <li>{@code login TARGET PORT COUNT NOP-MS STAGES}: seconds until so many sessions are logged
 *       in, 64 under way at a time; with the stage LoginOperationalNegotiation alone, or with 2
 *   <li>{@code idle SECONDS}: processor time in percent of one core
 *   <li>{@code memory}: bytes of heap in use after a collection, and of direct memory
 *   <li>{@code logout}: ends those sessions
 * </ul>
 */
public final class InitiatorProgram {
  private static final int WAIT_S = 60;

  /** tgtd polls all connections that are in a login for each message of one. */
  private static final int LOGINS_AT_A_TIME = 64;

  /** Linux counts processor time in hundredths of a second (USER_HZ), on all its platforms. */
  private static final double TICK_US = 10_000;

  private final EventLoops loops = new EventLoops(1);
  private final Map<String, InitiatorLoad> devices = new HashMap<>();
  private final List<NettySession> sessions = new ArrayList<>();

  private InitiatorProgram() {}

  /** Answers requests until its input ends. */
  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    InitiatorProgram program = new InitiatorProgram();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(program.answer(line.split(" ")));
    }
  }

  private String answer(String[] words) throws Exception {
    return switch (words[0]) {
      case "open" -> {
        int paths = Integer.parseInt(words[4]);
        devices.put(words[1], new InitiatorLoad(words[2], Integer.parseInt(words[3]), paths));
        yield Integer.toString(paths);
      }
      case "read" ->
          read(
              devices.get(words[1]),
              Integer.parseInt(words[2]),
              Integer.parseInt(words[3]),
              Double.parseDouble(words[4]),
              words.length == 5);
      case "close" -> {
        devices.remove(words[1]).close();
        yield "0";
      }
      case "login" ->
          login(
              words[1],
              Integer.parseInt(words[2]),
              Integer.parseInt(words[3]),
              Integer.parseInt(words[4]),
              Integer.parseInt(words[5]));
      case "idle" -> idle(Double.parseDouble(words[1]));
      case "memory" -> memory();
      case "logout" -> logout();
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  private static double cpuUs() throws Exception {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_US;
  }

  private static String read(
      InitiatorLoad load, int blocks, int depth, double seconds, boolean lent) throws Exception {
    double before = cpuUs();
    double rate = load.run(blocks, depth, seconds, lent);
    return rate + " " + (cpuUs() - before) / (rate * seconds);
  }

  private String login(String target, int port, int count, int nopMs, int stages) throws Exception {
    NegotiationOffer both = NegotiationOffer.defaults();
    NegotiationOffer offer = stages == 1 ? both.withoutSecurityStage() : both;
    SessionTimers timers = SessionTimers.ofMillis(30_000, nopMs, 5_000, 30_000, 5_000, 0, 250);
    Logins logins =
        new Logins(
            count,
            (number, listener) ->
                NettySession.open(
                    loops,
                    loops.next(),
                    SessionSettings.normal(
                            "iqn.2026-11.io.pathproof:bench-sessions",
                            target,
                            new Portal("127.0.0.1", port),
                            Isid.random(7, number))
                        .withOffer(offer)
                        .withTimers(timers),
                    PortalResolver.direct(),
                    listener));
    long startNs = System.nanoTime();
    logins.begin(LOGINS_AT_A_TIME);
    sessions.addAll(logins.await(WAIT_S));
    return Double.toString((System.nanoTime() - startNs) / 1e9);
  }

  private static String idle(double seconds) throws Exception {
    double before = cpuUs();
    long startNs = System.nanoTime();
    new CountDownLatch(1).await((long) (seconds * 1000), TimeUnit.MILLISECONDS);
    return Double.toString(100 * (cpuUs() - before) * 1000 / (System.nanoTime() - startNs));
  }

  private static String memory() {
    for (int i = 0; i < 3; i++) {
      ManagementFactory.getMemoryMXBean().gc();
    }
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    long direct =
        ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
    return heap + " " + direct;
  }

  private String logout() throws Exception {
    List<CompletableFuture<Void>> ended = new ArrayList<>();
    sessions.forEach(session -> ended.add(session.logout()));
    CompletableFuture.allOf(ended.toArray(CompletableFuture[]::new)).get(WAIT_S, TimeUnit.SECONDS);
    sessions.clear();
    return "0";
  }
}
