package io.pathproof.initiator.netty;

import io.netty.channel.EventLoop;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionParameters;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.TargetsListener;
import io.pathproof.protocol.iscsi.SendTargets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** SendTargets discovery (RFC 7143 appendix C): login, one question, logout. */
public final class Discovery {
  private final CompletableFuture<List<SendTargets.Target>> result = new CompletableFuture<>();
  private NettySession session;
  private List<SendTargets.Target> targets;
  private Failure failure;

  private Discovery() {}

  /**
   * Asks one portal for all its targets. One attempt, no reconnects.
   *
   * @param settings of a discovery session
   * @return the targets, once logged out; or, exceptionally, a {@link DiscoveryException}
   */
  public static CompletableFuture<List<SendTargets.Target>> sendTargets(
      EventLoops loops, EventLoop loop, SessionSettings settings, PortalResolver resolver) {
    if (!settings.discovery()) {
      throw new IllegalArgumentException("a discovery session has no target name");
    }
    Discovery discovery = new Discovery();
    loop.execute(
        () ->
            discovery.session =
                NettySession.open(loops, loop, settings, resolver, discovery.new Steps()));
    return discovery.result.copy();
  }

  private void giveUp(Failure why) {
    if (failure == null && targets == null) {
      failure = why;
    }
    session.close();
  }

  /** What the session tells, all on its loop. */
  private final class Steps implements SessionListener, TargetsListener {
    @Override
    public void sessionUp(SessionParameters parameters, long nowNs) {
      session.sendTargets(this);
    }

    @Override
    public void found(List<SendTargets.Target> found, long nowNs) {
      targets = List.copyOf(found);
      session.logout();
    }

    @Override
    public void failed(Failure why, long nowNs) {
      giveUp(why);
    }

    @Override
    public void sessionDown(Failure why, long nowNs) {
      giveUp(why);
    }

    @Override
    public void event(SessionEvent event, long nowNs) {
      if (event instanceof SessionEvent.LoginFailed failed) {
        giveUp(failed.failure());
      }
    }

    @Override
    public void sessionEnded(SessionFailure end, long nowNs) {
      if (targets != null) {
        result.complete(targets);
      } else {
        result.completeExceptionally(new DiscoveryException(failure == null ? end : failure));
      }
    }
  }
}
