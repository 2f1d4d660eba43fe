package io.pathproof.lab;

import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.fault.ResolvedFault;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.History;
import io.pathproof.lab.topology.LinkId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Injects and heals a scenario's faults at their times, and asks the array for its state while each
 * one stands. Everything after {@link #start} happens on the lab's scheduler.
 */
final class FaultSchedule {
  private static final long MS = 1_000_000L;

  /** How long before it heals a fault the array is asked for its state, at most. */
  private static final long SNAPSHOT_LEAD_MS = 1_000;

  private final LabDriver driver;
  private final Scheduler scheduler;
  private final History history;
  private final Consumer<String> step;
  private final boolean portLoads;
  private final Supplier<CompletionStage<Void>> diagnosis;
  private final CompletableFuture<Void> diagnosed = new CompletableFuture<>();
  private int notYet;
  private boolean loadsTold;
  private final List<Standing> standing = new ArrayList<>();

  FaultSchedule(
      LabDriver driver,
      List<ResolvedFault> faults,
      History history,
      Consumer<String> step,
      boolean portLoads,
      Supplier<CompletionStage<Void>> diagnosis) {
    this.driver = driver;
    this.scheduler = driver.scheduler();
    this.history = history;
    this.step = step;
    this.portLoads = portLoads;
    this.diagnosis = diagnosis;
    this.notYet = faults.size();
    for (int i = 0; i < faults.size(); i++) {
      standing.add(new Standing(i + 1, faults.get(i)));
    }
  }

  /**
   * Once the last fault is in place, the diagnosis is asked for; what stands then is not healed
   * before it ends.
   *
   * @param startNs what the faults' times count from
   * @return completes once every fault is in place, and every one that heals by itself is healed
   */
  CompletionStage<Void> start(long startNs) {
    List<CompletionStage<Void>> settled = new ArrayList<>();
    settled.add(diagnosed);
    if (standing.isEmpty()) {
      scheduler.at(startNs, this::diagnose);
    }
    for (Standing fault : standing) {
      fault.timer = scheduler.at(startNs + fault.what.fault().atMs() * MS, () -> inject(fault));
      settled.add(fault.settled);
    }
    return Stages.all(settled);
  }

  /** Keeps what has not been injected yet from being injected. */
  void cancel() {
    for (Standing fault : standing) {
      if (fault.timer != null) {
        fault.timer.cancel();
      }
    }
  }

  /** Whether a fault stands that does not heal by itself. */
  boolean anyToTheEnd() {
    return standing.stream().anyMatch(fault -> fault.what.fault().healAfterMs().isEmpty());
  }

  /** Heals the faults that do not heal by themselves. */
  CompletionStage<Void> healRest() {
    return Stages.all(
        standing.stream()
            .filter(fault -> fault.what.fault().healAfterMs().isEmpty())
            .map(this::heal)
            .toList());
  }

  /** Asks the array for its state and puts it into the history. */
  CompletionStage<Void> snapshot(String when) {
    return driver
        .snapshot()
        .thenAccept(
            state -> history.append(scheduler.nowNs(), new Event.ArrayObserved(when, state)));
  }

  private void inject(Standing fault) {
    fault.guarded(
        () -> {
          tellLoads();
          step.accept("break " + fault.what.text());
          long startedNs = scheduler.nowNs();
          apply(fault.what)
              .whenComplete(
                  (links, failure) ->
                      fault.guarded(
                          () -> {
                            if (failure != null) {
                              fault.settled.completeExceptionally(Stages.cause(failure));
                            } else {
                              fault.links = links;
                              injected(fault, startedNs);
                            }
                          }));
        });
  }

  private CompletionStage<Void> diagnosisUnderWay() {
    return notYet == 0 ? diagnosed : CompletableFuture.completedFuture(null);
  }

  private void diagnose() {
    try {
      follow(diagnosis.get(), diagnosed);
    } catch (RuntimeException | Error e) {
      diagnosed.completeExceptionally(e);
    }
  }

  /** What the ports have carried by the time that the first fault comes, set-up aside. */
  private void tellLoads() {
    if (!portLoads || loadsTold) {
      return;
    }
    loadsTold = true;
    driver
        .loads()
        .thenAccept(
            loads ->
                history.append(scheduler.nowNs(), new Event.ArrayLoadObserved("fault", loads)));
  }

  /** Gives the links that it hits. */
  private CompletionStage<List<LinkId>> apply(ResolvedFault what) {
    if (what.onHost().isPresent()) {
      String place = what.onHost().get();
      return what.fault()
          .hostAction()
          .map(action -> driver.act(place, action))
          .orElseGet(
              () ->
                  driver.impairAdapter(
                      place, what.fault().direction(), what.fault().how().orElseThrow()));
    }
    return applyToLinksOrArray(what).thenApply(done -> what.links());
  }

  private CompletionStage<Void> applyToLinksOrArray(ResolvedFault what) {
    if (what.fault().how().isPresent()) {
      return Stages.all(
          what.links().stream()
              .map(
                  link ->
                      driver.impair(
                          link, what.fault().direction(), what.fault().how().orElseThrow()))
              .toList());
    }
    return Stages.all(
        what.nodes().stream()
            .map(place -> driver.act(place, what.fault().action().orElseThrow()))
            .toList());
  }

  private void injected(Standing fault, long startedNs) {
    long nowNs = scheduler.nowNs();
    history.append(
        nowNs,
        new Event.FaultInjected(
            fault.number,
            fault.what.text(),
            fault.links,
            fault.what.onHost().map(List::of).orElse(fault.what.nodes()),
            startedNs - history.originNs()));
    if (--notYet == 0) {
      diagnose();
    }
    if (fault.what.fault().healAfterMs().isEmpty()) {
      fault.settled.complete(null);
      return;
    }
    long standsMs = fault.what.fault().healAfterMs().orElseThrow();
    long lookMs = standsMs - Math.min(SNAPSHOT_LEAD_MS, standsMs / 2);
    CompletableFuture<Void> looked = new CompletableFuture<>();
    CompletableFuture<Void> due = new CompletableFuture<>();
    scheduler.at(nowNs + lookMs * MS, () -> fault.guarded(() -> follow(snapshot("after"), looked)));
    scheduler.at(nowNs + standsMs * MS, () -> due.complete(null));
    Stages.all(List.of(looked, due))
        .thenComposeAsync(now -> diagnosisUnderWay(), scheduler)
        .thenRunAsync(() -> fault.guarded(() -> follow(heal(fault), fault.settled)), scheduler)
        .exceptionally(
            failure -> {
              fault.settled.completeExceptionally(Stages.cause(failure));
              return null;
            });
  }

  private static void follow(CompletionStage<Void> stage, CompletableFuture<Void> then) {
    stage.whenComplete(
        (nothing, failure) -> {
          if (failure != null) {
            then.completeExceptionally(Stages.cause(failure));
          } else {
            then.complete(null);
          }
        });
  }

  private CompletionStage<Void> heal(Standing fault) {
    step.accept("heal " + fault.what.text());
    long startedNs = scheduler.nowNs();
    CompletionStage<Void> healing =
        fault.what.onHost().isPresent()
            ? healOnHost(fault.what)
            : fault.what.fault().how().isPresent()
                ? Stages.all(fault.what.links().stream().map(driver::heal).toList())
                : Stages.all(
                    fault.what.nodes().stream()
                        .map(
                            place ->
                                driver.restore(place, fault.what.fault().action().orElseThrow()))
                        .toList());
    return healing.thenRun(
        () ->
            history.append(
                scheduler.nowNs(),
                new Event.FaultHealed(
                    fault.number, fault.what.text(), startedNs - history.originNs())));
  }

  private CompletionStage<Void> healOnHost(ResolvedFault what) {
    String place = what.onHost().orElseThrow();
    return what.fault()
        .hostAction()
        .map(action -> driver.restore(place, action))
        .orElseGet(() -> driver.healAdapter(place));
  }

  private static final class Standing {
    private List<LinkId> links = List.of();
    private final int number;
    private final ResolvedFault what;
    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private Scheduler.Cancellable timer;

    Standing(int number, ResolvedFault what) {
      this.number = number;
      this.what = what;
    }

    /** An exception of our own, or of a listener, ends the run; it must not vanish in a thread. */
    void guarded(Runnable work) {
      try {
        work.run();
      } catch (RuntimeException | Error e) {
        settled.completeExceptionally(e);
      }
    }
  }
}
