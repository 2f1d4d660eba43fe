package io.pathproof.benchmarks;

import io.pathproof.initiator.netty.NettySession;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionParameters;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Many logins, of which each that is done begins the next. It counts them, and notes the first that
 * did not go well or did not last.
 */
final class Logins implements SessionListener {
  /** Opens one of the sessions. */
  interface Opener {
    NettySession open(int number, SessionListener listener);
  }

  private final Opener opener;
  private final AtomicReferenceArray<NettySession> sessions;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger toCome;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  Logins(int count, Opener opener) {
    this.opener = opener;
    this.sessions = new AtomicReferenceArray<>(count);
    this.toCome = new AtomicInteger(count);
  }

  /** Begins the first of them, so many at a time. */
  void begin(int atATime) {
    for (int i = 0; i < atATime; i++) {
      another();
    }
  }

  private void another() {
    int number = next.getAndIncrement();
    if (number < sessions.length()) {
      sessions.set(number, opener.open(number, this));
    }
  }

  /**
   * Waits till all are logged in.
   *
   * @throws ExecutionException if a session was lost
   */
  List<NettySession> await(int seconds)
      throws InterruptedException, ExecutionException, TimeoutException {
    done.get(seconds, TimeUnit.SECONDS);
    NettySession[] all = new NettySession[sessions.length()];
    for (int i = 0; i < all.length; i++) {
      all[i] = sessions.get(i);
    }
    return List.of(all);
  }

  @Override
  public void sessionUp(SessionParameters parameters, long nowNs) {
    another();
    if (toCome.decrementAndGet() == 0) {
      done.complete(null);
    }
  }

  @Override
  public void sessionDown(Failure failure, long nowNs) {
    lost(failure);
  }

  @Override
  public void sessionEnded(SessionFailure failure, long nowNs) {
    // at the logout
  }

  @Override
  public void event(SessionEvent event, long nowNs) {
    if (event instanceof SessionEvent.LoginFailed failed) {
      lost(failed.failure());
    }
  }

  private void lost(Failure failure) {
    done.completeExceptionally(new IllegalStateException("a session was lost: " + failure.text()));
  }
}
