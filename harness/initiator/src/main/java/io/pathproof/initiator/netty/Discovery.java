package io.pathproof.initiator.netty;

import io.netty.channel.EventLoop;
import io.pathproof.initiator.session.DiscoveredTarget;
import io.pathproof.initiator.session.SessionSettings;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** SendTargets discovery (RFC 7143 appendix C): login, one question, logout. */
public final class Discovery {
  private Discovery() {}

  /**
   * Asks one portal for all its targets. One attempt, no reconnects.
   *
   * @param settings of a discovery session
   * @return the targets; or, exceptionally, a {@link DiscoveryException}
   */
  public static CompletableFuture<List<DiscoveredTarget>> sendTargets(
      EventLoops loops, EventLoop loop, SessionSettings settings, PortalResolver resolver) {
    throw new UnsupportedOperationException();
  }
}
