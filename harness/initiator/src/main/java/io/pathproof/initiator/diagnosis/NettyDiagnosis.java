package io.pathproof.initiator.diagnosis;

import io.netty.channel.EventLoop;
import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.netty.NettySession;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.TargetsListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Examines many paths at once, over sockets: {@value #AT_ONCE} at a time, each within {@value
 * DiagnosisSettings#PATH_TIMEOUTS} timeouts. Safe for use by several threads.
 */
public final class NettyDiagnosis {
  /** How many paths are under way at a time. */
  public static final int AT_ONCE = 32;

  /**
   * A path to be examined.
   *
   * @param link the way
   * @param target the target to log in to; empty asks the portal for its targets
   */
  public record Question(HostLink link, Optional<String> target) {}

  private final EventLoops loops;
  private final DiagnosisSettings settings;
  private final Network network;
  private final Consumer<PathReport> ended;
  private final List<Question> questions;
  private final PathReport[] reports;
  private final CompletableFuture<Diagnosis> done = new CompletableFuture<>();
  private int next;
  private int left;

  private NettyDiagnosis(
      EventLoops loops,
      List<Question> questions,
      DiagnosisSettings settings,
      Network network,
      Consumer<PathReport> ended) {
    this.loops = loops;
    this.questions = List.copyOf(questions);
    this.settings = settings;
    this.network = network;
    this.ended = ended;
    this.reports = new PathReport[questions.size()];
    this.left = questions.size();
  }

  /**
   * Examines paths.
   *
   * @param ended told of each path as it ends, for a person who waits; on an event loop
   * @return all of them, compared with each other, once their sessions are closed. Never
   *     exceptionally
   */
  public static CompletableFuture<Diagnosis> examine(
      EventLoops loops,
      List<Question> questions,
      DiagnosisSettings settings,
      Network network,
      Consumer<PathReport> ended) {
    NettyDiagnosis diagnosis = new NettyDiagnosis(loops, questions, settings, network, ended);
    if (questions.isEmpty()) {
      diagnosis.done.complete(new Diagnosis(List.of(), List.of()));
    }
    for (int i = 0; i < Math.min(AT_ONCE, questions.size()); i++) {
      diagnosis.startNext();
    }
    return diagnosis.done.copy();
  }

  private void startNext() {
    int number;
    synchronized (this) {
      if (next >= questions.size()) {
        return;
      }
      number = next++;
    }
    new Running(number).start();
  }

  private void ended(int number, PathReport report) {
    boolean last;
    synchronized (this) {
      reports[number] = report;
      last = --left == 0;
    }
    if (last) {
      done.complete(IdentityComparison.of(new ArrayList<>(List.of(reports))));
    } else {
      startNext();
    }
  }

  /** One examination on its event loop. */
  private final class Running implements ExaminationEffects {
    private final int number;
    private final HostLink link;
    private final EventLoop loop = loops.next();
    private final Examination core;
    private NettySession session;
    private Future<?> ticks;

    Running(int number) {
      this.number = number;
      Question question = questions.get(number);
      this.link = question.link();
      this.core = new Examination(link, question.target(), settings, this);
    }

    void start() {
      loop.execute(
          () -> {
            core.start(NettySession.nowNs());
            ticks =
                loop.scheduleAtFixedRate(
                    () -> core.onTick(NettySession.nowNs()),
                    Examination.TICK_NS,
                    Examination.TICK_NS,
                    TimeUnit.NANOSECONDS);
          });
    }

    @Override
    public void route() {
      network
          .route(link)
          .whenComplete(
              (route, failure) ->
                  loop.execute(
                      () ->
                          core.onRoute(
                              failure == null
                                  ? route
                                  : Route.Missing.address(String.valueOf(failure)),
                              NettySession.nowNs())));
    }

    @Override
    public void open(SessionSettings wanted, SessionListener listener) {
      loop.execute(
          () -> {
            if (session != null) {
              session.close();
            }
            session =
                NettySession.open(
                    loops, loop, wanted, portal -> network.address(link, portal), listener);
          });
    }

    @Override
    public void lookUp(Portal portal) {
      network
          .lookUp(portal)
          .whenComplete(
              (known, failure) ->
                  loop.execute(() -> core.onName(failure == null && known, NettySession.nowNs())));
    }

    @Override
    public void sendTargets(TargetsListener listener) {
      session.sendTargets(listener);
    }

    @Override
    public void submit(ScsiTask task) {
      session.submit(task);
    }

    @Override
    public void wakeAt(long deadlineNs) {
      long delay = Math.max(0, deadlineNs - NettySession.nowNs());
      loop.schedule(() -> core.onDeadline(NettySession.nowNs()), delay, TimeUnit.NANOSECONDS);
    }

    @Override
    public void ping() {
      network
          .ping(link)
          .whenComplete(
              (answer, failure) ->
                  loop.execute(
                      () -> {
                        if (failure != null || answer.isEmpty()) {
                          core.onNoPing(NettySession.nowNs());
                        } else {
                          core.onPing(answer.get(), NettySession.nowNs());
                        }
                      }));
    }

    @Override
    public void ended(PathReport report, boolean inOrder) {
      // the session may be in the middle of telling
      loop.execute(
          () -> {
            ticks.cancel(false);
            ended.accept(report);
            CompletableFuture<Void> gone =
                session == null
                    ? CompletableFuture.completedFuture(null)
                    : inOrder ? session.logout() : session.close();
            gone.whenComplete((nothing, failure) -> NettyDiagnosis.this.ended(number, report));
          });
    }
  }
}
