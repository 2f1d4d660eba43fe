package io.pathproof.initiator.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.ScsiResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How loops of their own threads wait. */
@Timeout(60)
class EventLoopsTest {
  private static final long SECONDS = 30;
  private static final int TURNS = 10_000;
  private static final int DEPTH = 32;
  private static final int AT_A_TIME = 16;
  private static final SessionTimers PATIENT =
      SessionTimers.ofMillis(30_000, 30_000, 30_000, 30_000, 30_000, 0, 30_000);

  /** By this clock every turn is a short one, however long the machine takes for it. */
  private final AtomicLong ticks = new AtomicLong();

  private EventLoops ticking(boolean epoll) {
    return new EventLoops(1, epoll, true, () -> ticks.addAndGet(AdaptivePolling.SHORT_NS / 10));
  }

  private static boolean onLoop(EventLoop loop, BooleanSupplier question) throws Exception {
    return loop.submit(question::getAsBoolean).get(SECONDS, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("A loop that is kept busy polls, and sleeps when there is nothing more to do")
  void pollsAndSleeps(boolean epoll) throws Exception {
    try (EventLoops loops = ticking(epoll)) {
      EventLoop loop = loops.next();
      AdaptivePolling polling = loops.polling(loop);
      for (int turns = 0; !onLoop(loop, polling::polling); turns++) {
        assertThat(turns).isLessThan(TURNS);
      }
      AtomicLong before = new AtomicLong();
      await()
          .pollInterval(Duration.ofMillis(100))
          .until(() -> before.getAndSet(ticks.get()) == ticks.get());
    }
  }

  @Test
  @DisplayName("A loop polls where the machine has a processor more than there are loops")
  void oneProcessorIsLeft() {
    int processors = Runtime.getRuntime().availableProcessors();
    try (EventLoops all = new EventLoops(processors);
        EventLoops sleeping = EventLoops.sleeping(1)) {
      assertThat(all.polling(all.next()).allowed()).isFalse();
      assertThat(sleeping.polling(sleeping.next()).allowed()).isFalse();
    }
    try (EventLoops fewer = new EventLoops(Math.max(1, processors - 1))) {
      assertThat(fewer.polling(fewer.next()).allowed()).isEqualTo(processors > 1);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  @DisplayName("A session whose socket waits for several answers lets its loop sleep, to its end")
  void aDeepQueueLetsTheLoopSleep() throws Exception {
    try (EventLoops loops = new EventLoops(1, true, true, System::nanoTime);
        LoopbackTarget target = new LoopbackTarget(64 * 1024)) {
      NettySession session = target.session(loops, PATIENT, new Recorder());
      EventLoop loop = session.eventLoop();
      AdaptivePolling polling = loops.polling(loop);
      for (int i = 0; i < DEPTH; i++) {
        submit(session);
      }
      long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      while (!onLoop(loop, polling::isModerated)) {
        assertThat(System.nanoTime()).isLessThan(untilNs);
        answer(target);
      }
      session.close().get(SECONDS, TimeUnit.SECONDS);
      assertThat(onLoop(loop, polling::isModerated)).isFalse();
    }
  }

  /** A command, and another when it was answered. */
  private static void submit(NettySession session) {
    session.submit(
        ScsiTask.nonData(
            0,
            ByteBuffer.allocate(6),
            (outcome, nowNs) -> {
              if (outcome instanceof ScsiResult) {
                submit(session);
              }
            }));
  }

  private static void answer(LoopbackTarget target) throws Exception {
    Pdu[] answers = new Pdu[AT_A_TIME];
    for (int i = 0; i < AT_A_TIME; i++) {
      ScsiCommand command = (ScsiCommand) target.read();
      int tag = command.initiatorTaskTag();
      int next = command.cmdSn() + 1;
      int last = command.cmdSn() + DEPTH;
      answers[i] =
          new ScsiResponse(
              false,
              false,
              false,
              false,
              0,
              0,
              tag,
              0,
              target.statSn++,
              next,
              last,
              0,
              0,
              0,
              Pdu.NO_DATA);
    }
    target.write(answers);
  }
}
