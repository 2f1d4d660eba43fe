package io.pathproof.engine.embedded.relay;

import io.netty.util.concurrent.ScheduledFuture;
import io.pathproof.lab.engine.Impairment;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/** One direction of a link: what it does to the bytes of all its connections now. */
final class LinkWay {
  private final SplittableRandom random;
  private Impairment conduct;
  private CutFinder cut;
  private ScheduledFuture<?> flapping;
  private SharedWire wire = new SharedWire(OptionalLong.empty());
  private long budgetNs = Long.MIN_VALUE;

  LinkWay(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Null for passing all. */
  Impairment conduct() {
    return conduct;
  }

  /** Null to pass all. */
  void conduct(Impairment next) {
    conduct = next instanceof Impairment.Cut ? null : next;
    budgetNs = Long.MIN_VALUE;
    cut = next instanceof Impairment.Cut one ? new CutFinder(one.at()) : null;
  }

  /** What it shares with other links. */
  SharedWire wire() {
    return wire;
  }

  void wire(SharedWire next) {
    wire = next;
  }

  /** The cut that is to come; null if there is none. */
  CutFinder cut() {
    return cut;
  }

  void cutDone() {
    cut = null;
  }

  /**
   * When so many bytes are through, all connections taken together.
   *
   * @param length in bytes
   */
  long through(long nowNs, int length, Impairment.Bandwidth bandwidth) {
    long sinceNs = budgetNs == Long.MIN_VALUE ? nowNs : Math.max(budgetNs, nowNs);
    budgetNs = sinceNs + length * 1_000_000_000L / (bandwidth.kibPerSecond() * 1024);
    return budgetNs;
  }

  /** What comes next on the schedule that it flaps by. */
  void flapping(ScheduledFuture<?> next) {
    flapping = next;
  }

  void stopFlapping() {
    if (flapping != null) {
      flapping.cancel(false);
      flapping = null;
    }
  }

  SplittableRandom random() {
    return random;
  }
}
