package io.pathproof.initiator.netty;

import io.netty.channel.EventLoop;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.SessionState;
import io.pathproof.initiator.session.TaskManagement;
import java.util.concurrent.CompletableFuture;

/** Signatures only so far; behaviour follows in the next commits. */
public final class NettySession {
  private NettySession() {}

  /** Makes a session on one event loop and starts its first login. */
  public static NettySession open(
      EventLoops loops,
      EventLoop loop,
      SessionSettings settings,
      PortalResolver resolver,
      SessionListener listener) {
    throw new UnsupportedOperationException();
  }

  /** The clock of all sessions: {@link System#nanoTime()}. */
  public static long nowNs() {
    return System.nanoTime();
  }

  public void submit(ScsiTask task) {}

  public void cancel(ScsiTask task) {}

  public void manage(TaskManagement function) {}

  /** Logs out; the future completes when the session has ended. Never exceptionally. */
  public CompletableFuture<Void> logout() {
    throw new UnsupportedOperationException();
  }

  /** Ends the session at once, without Logout; the future completes when it has ended. */
  public CompletableFuture<Void> close() {
    throw new UnsupportedOperationException();
  }

  /** The state as last seen; may be read from any thread. */
  public SessionState state() {
    throw new UnsupportedOperationException();
  }

  public EventLoop eventLoop() {
    throw new UnsupportedOperationException();
  }
}
