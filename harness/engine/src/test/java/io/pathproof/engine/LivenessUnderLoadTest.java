package io.pathproof.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.netty.NettySession;
import io.pathproof.initiator.netty.PortalResolver;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionParameters;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.iscsi.Isid;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.targets.array.server.ArrayConfigJson;
import io.pathproof.targets.array.server.LoopbackNetwork;
import io.pathproof.targets.array.server.Reachability;
import io.pathproof.targets.array.server.SimulatedArray;
import io.pathproof.targets.array.system.ArrayConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/**
 * A hundred thousand pings over real sockets with a timeout of 100 ms, while both cores are busy,
 * I/O goes on in the same event loops, and at times all stands still: no connection is given up
 * that is alive, and one that is dead is found in time. Beside it, on the same pings, a detector of
 * the simple kind, whose false alarms show that the load was one.
 */
@Timeout(180)
class LivenessUnderLoadTest {
  private static final String TARGET = "iqn.2026-11.io.pathproof:liveness";
  private static final int PROBES = 100_000;
  private static final int SESSIONS = 192;
  private static final int BUSY_SESSIONS = 4;
  private static final int DEPTH = 8;
  private static final int LOOPS = 2;
  private static final long INTERVAL_MS = 10;
  private static final long TIMEOUT_MS = 100;

  /** So many false alarms of the simple detector make a load. */
  private static final int ALARMS = 20;

  private static final long FIRST_STANDSTILL_MS = 60;
  private static final long LONGEST_STANDSTILL_MS = 500;
  private static final long BETWEEN_STANDSTILLS_MS = 400;
  private static final long PATIENCE_S = 90;

  /**
   * What detection may take beyond the timers and the time that this side stood still: another
   * timeout where it hardly runs, and what the clock beside it does not see.
   */
  private static final long SLACK_MS = TIMEOUT_MS + 100;

  /** Answers before the load begins: by then the code is compiled, and every session is up. */
  private static final int WARM_UP = 20_000;

  private static final SessionTimers TIMERS =
      SessionTimers.ofMillis(20_000, INTERVAL_MS, TIMEOUT_MS, 120_000, 60_000, 0, 50);

  private final AtomicLong probes = new AtomicLong();
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong naiveAlarms = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();
  private final Queue<String> lost = new ConcurrentLinkedQueue<>();
  private final AtomicInteger up = new AtomicInteger();
  private final CountDownLatch found = new CountDownLatch(SESSIONS);
  private volatile boolean burning = true;
  private volatile Stage stage = Stage.WARM_UP;

  private volatile long standstillMs = FIRST_STANDSTILL_MS;

  /** What an alarm means. */
  private enum Stage {
    /** Nothing yet. */
    WARM_UP,
    /** A false one. */
    ALIVE,
    /** It is right. */
    DEAD
  }

  private static void holdUp(long millis) {
    long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() < untilNs) {
      Thread.onSpinWait();
    }
  }

  /** An event loop of the sessions: how late it is, and what holds it up. */
  private static final class Loop {
    private static final long EVERY_NS = 5_000_000;
    final EventLoop loop;
    private final AtomicLong lateNs = new AtomicLong();
    private final AtomicLong holdInIoMs = new AtomicLong();
    private volatile long dueNs;
    private long lateAtDeathNs;

    Loop(EventLoop loop) {
      this.loop = loop;
      next();
    }

    private void next() {
      dueNs = System.nanoTime() + EVERY_NS;
      loop.schedule(this::onTime, EVERY_NS, TimeUnit.NANOSECONDS);
    }

    private void onTime() {
      lateNs.set(lateNs());
      next();
    }

    /** By how much its timers have been late so far, all together. */
    long lateNs() {
      return lateNs.get() + Math.max(0, System.nanoTime() - dueNs);
    }

    void holdUpFor(long millis) {
      loop.execute(() -> holdUp(millis));
    }

    /** The same from within the callback of an I/O, before other sockets are read. */
    void holdUpInIo(long millis) {
      holdInIoMs.set(millis);
    }

    void onIo() {
      long millis = holdInIoMs.getAndSet(0);
      if (millis > 0) {
        holdUp(millis);
      }
    }
  }

  /** A session, the simple detector beside it, and what both found. */
  private final class Watched implements SessionListener {
    final Loop at;
    final NettySession session;
    volatile long downNs;
    volatile long lateWhenDownNs;
    private ScheduledFuture<?> alarm;
    private long pingedNs;
    private long lateWhenPingedNs;

    Watched(int number, Loop at, EventLoops loops, PortalResolver resolver) {
      this.at = at;
      SessionSettings settings =
          SessionSettings.normal(
                  "iqn.2026-11.io.pathproof:host",
                  TARGET,
                  new Portal("10.0.0.1", 3260),
                  Isid.random(1, number))
              .withTimers(TIMERS);
      this.session = NettySession.open(loops, at.loop, settings, resolver, this);
    }

    @Override
    public void event(SessionEvent event, long nowNs) {
      if (event instanceof SessionEvent.PingSent) {
        if (stage == Stage.ALIVE) {
          probes.incrementAndGet();
        }
        pingedNs = nowNs;
        lateWhenPingedNs = at.lateNs();
        alarm = at.loop.schedule(this::alarmed, TIMEOUT_MS, TimeUnit.MILLISECONDS);
      } else if (event instanceof SessionEvent.PingAnswered) {
        answers.incrementAndGet();
        alarm.cancel(false);
      }
    }

    private void alarmed() {
      if (stage == Stage.ALIVE) {
        naiveAlarms.incrementAndGet();
      }
    }

    @Override
    public void sessionUp(SessionParameters parameters, long nowNs) {
      up.incrementAndGet();
    }

    @Override
    public void sessionDown(Failure failure, long nowNs) {
      up.decrementAndGet();
      if (stage == Stage.ALIVE) {
        lost.add(
            String.format(
                "%s; %d ms after its ping, of which the loop stood still for %d ms",
                failure.text(),
                TimeUnit.NANOSECONDS.toMillis(nowNs - pingedNs),
                TimeUnit.NANOSECONDS.toMillis(at.lateNs() - lateWhenPingedNs)));
      } else if (stage == Stage.DEAD) {
        downNs = nowNs;
        lateWhenDownNs = at.lateNs();
        found.countDown();
      }
    }

    @Override
    public void sessionEnded(SessionFailure failure, long nowNs) {
      lost.add("ended: " + failure.text());
    }

    void goOnReading() {
      session.submit(
          ScsiTask.read(Lun.of(1).raw(), Cdb.Read.of(0, 8).encode(), 4096, this::wasRead));
    }

    private void wasRead(TaskOutcome outcome, long nowNs) {
      at.onIo();
      if (outcome instanceof ScsiResult) {
        reads.incrementAndGet();
        goOnReading();
      }
    }
  }

  @Test
  void noLivingConnectionIsGivenUpAndEveryDeadOneIsFoundInTime(TestReporter reporter)
      throws Exception {
    List<Thread> burners = new ArrayList<>();
    try (SimulatedArray array = SimulatedArray.start(config(), new LoopbackNetwork());
        EventLoops eventLoops = new EventLoops(LOOPS)) {
      List<Loop> loops = new ArrayList<>();
      for (int i = 0; i < LOOPS; i++) {
        loops.add(new Loop(eventLoops.next()));
      }
      List<Watched> sessions = logIn(array, eventLoops, loops);
      for (int i = 0; i < LOOPS; i++) {
        burners.add(burner());
      }
      long startNs = System.nanoTime();
      sessions.subList(0, BUSY_SESSIONS).forEach(LivenessUnderLoadTest::readOn);
      probe(loops);
      String seen =
          String.format(
              "%d probes, %d answers and %d reads in %.1f s, standstills of %d ms: %d false"
                  + " failovers, %d false alarms of the simple detector",
              probes.get(),
              answers.get(),
              reads.get(),
              (System.nanoTime() - startNs) / 1e9,
              standstillMs,
              lost.size(),
              naiveAlarms.get());
      reporter.publishEntry("probes", seen);
      assertThat(lost).as(seen).isEmpty();
      assertThat(probes).hasValueGreaterThanOrEqualTo(PROBES);
      assertThat(answers).as("answers").hasValueGreaterThan(PROBES / 2);
      assertThat(reads).as("I/O in the same loops").hasValueGreaterThan(1_000);
      assertThat(naiveAlarms).as("not shown: too small a load").hasValueGreaterThan(ALARMS);

      assertFoundInTime(sessions, kill(array, loops), reporter);
    } finally {
      burning = false;
      for (Thread each : burners) {
        each.join();
      }
    }
  }

  private static ArrayConfig config() {
    return ArrayConfigJson.read(
        """
        {"targetName": "%s",
         "nodes": {"node1": {"ports": {"a": {"address": "10.0.0.1"}}}},
         "volumes": {"vol0": {"lun": 1, "sizeBytes": 1048576, "store": "null"}}}
        """
            .formatted(TARGET));
  }

  private List<Watched> logIn(SimulatedArray array, EventLoops eventLoops, List<Loop> loops) {
    PortalResolver resolver =
        portal ->
            Optional.of(((Reachability.Answers) array.reach(portal.host(), portal.port())).at());
    List<Watched> sessions = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      sessions.add(new Watched(i, loops.get(i % LOOPS), eventLoops, resolver));
      // one after the other, as an array that does nothing but logins answers nobody else
      int wanted = sessions.size();
      Awaitility.await().atMost(Duration.ofSeconds(PATIENCE_S)).until(() -> up.get() >= wanted);
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(PATIENCE_S))
        .until(() -> answers.get() >= WARM_UP && up.get() == SESSIONS);
    answers.set(0);
    stage = Stage.ALIVE;
    return sessions;
  }

  private Thread burner() {
    Thread burner =
        new Thread(
            () -> {
              while (burning) {
                Thread.onSpinWait();
              }
            });
    burner.setDaemon(true);
    burner.start();
    return burner;
  }

  private static void readOn(Watched session) {
    for (int i = 0; i < DEPTH; i++) {
      session.goOnReading();
    }
  }

  /** Until there were enough probes, under a load that grows until it is one. */
  private void probe(List<Loop> loops) throws InterruptedException, IOException {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    for (int turn = 0; System.nanoTime() < endNs && lost.isEmpty(); turn++) {
      boolean shown = naiveAlarms.get() > ALARMS;
      if (shown && probes.get() >= PROBES) {
        return;
      }
      if (!shown) {
        standstillMs = Math.min(LONGEST_STANDSTILL_MS, standstillMs * 5 / 4);
      }
      long millis = standstillMs;
      if (turn % 2 == 0) {
        loops.forEach(each -> each.holdUpInIo(millis));
      } else {
        standStill(millis);
      }
      new CountDownLatch(1).await(millis + BETWEEN_STANDSTILLS_MS, TimeUnit.MILLISECONDS);
    }
  }

  /**
   * This side and the array stand still together, as on a machine that is stopped: were the array
   * held up by itself, for as long as this is, then its silence would be a true one.
   */
  private static void standStill(long millis) throws IOException, InterruptedException {
    String script = "kill -STOP $0; sleep $1; kill -CONT $0";
    String pid = Long.toString(ProcessHandle.current().pid());
    String seconds = String.format(Locale.ROOT, "%.3f", millis / 1e3);
    new ProcessBuilder("sh", "-c", script, pid, seconds).inheritIO().start().waitFor();
  }

  /** Has the array fall silent, and this side stand still meanwhile; since when it is silent. */
  private long kill(SimulatedArray array, List<Loop> loops) {
    stage = Stage.DEAD;
    long deadNs =
        array
            .act("node1", "pause", "")
            .thenApply(done -> System.nanoTime())
            .toCompletableFuture()
            .join();
    for (Loop each : loops) {
      each.lateAtDeathNs = each.lateNs();
      each.holdUpFor(standstillMs);
    }
    return deadNs;
  }

  private void assertFoundInTime(List<Watched> sessions, long deadNs, TestReporter reporter)
      throws InterruptedException {
    assertThat(found.await(PATIENCE_S, TimeUnit.SECONDS)).as("all are found").isTrue();
    long slowestMs = 0;
    long beyondMs = Long.MIN_VALUE;
    for (Watched each : sessions) {
      long tookMs = TimeUnit.NANOSECONDS.toMillis(each.downNs - deadNs);
      long lateMs = TimeUnit.NANOSECONDS.toMillis(each.lateWhenDownNs - each.at.lateAtDeathNs);
      slowestMs = Math.max(slowestMs, tookMs);
      beyondMs = Math.max(beyondMs, tookMs - INTERVAL_MS - TIMEOUT_MS - lateMs);
    }
    reporter.publishEntry(
        "detection",
        String.format(
            "%d dead connections found within %d ms; %d ms beyond the timers and the time for which"
                + " the loops stood still",
            sessions.size(), slowestMs, beyondMs));
    assertThat(beyondMs).as("ms of detection beyond the timers").isLessThanOrEqualTo(SLACK_MS);
  }
}
