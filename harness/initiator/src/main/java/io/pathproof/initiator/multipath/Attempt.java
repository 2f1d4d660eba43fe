package io.pathproof.initiator.multipath;

/**
 * One sending of an I/O down a path. Given to {@link MultipathEffects#send} and handed back, once,
 * to {@link MultipathCore#onAttemptEnded}.
 *
 * @param <T> the caller's own handle of the I/O
 */
public final class Attempt<T> {
  final Io<T> owner;
  final PathEntry entry;
  final long sentNs;
  private final int number;

  Attempt(Io<T> owner, PathEntry entry, int number, long sentNs) {
    this.owner = owner;
    this.entry = entry;
    this.number = number;
    this.sentNs = sentNs;
  }

  /** The caller's handle of the I/O. */
  public T io() {
    return owner.handle;
  }

  /** What the I/O is. */
  public IoTraits traits() {
    return owner.traits;
  }

  /** The path that it goes down. */
  public int path() {
    return entry.path;
  }

  /** Which attempt of its I/O this is, from 1. */
  public int number() {
    return number;
  }

  @Override
  public String toString() {
    return "attempt " + number + " of " + owner.handle + " on path " + entry.path;
  }
}
