package io.pathproof.initiator.host;

import io.pathproof.initiator.session.SessionTimers;
import java.util.OptionalLong;

/**
 * What a host's settings for one target are, where they differ from those of the host.
 *
 * @param loginTimeoutNs how long one login attempt may take; empty: as the host's timers say
 * @param delayedAck whether TCP may hold back acknowledgements. {@code false} sets TCP_QUICKACK on
 *     its connections, where the platform has it (Linux, tcp(7))
 */
public record TargetOptions(OptionalLong loginTimeoutNs, boolean delayedAck) {
  /** As the host says. */
  public static final TargetOptions INHERITED = new TargetOptions(OptionalLong.empty(), true);

  /** Which options a target has. */
  @FunctionalInterface
  public interface Source {
    /**
     * @param discovered the link over which discovery told of it
     * @param link the link that leads to it; the same as discovered for the discovery itself
     */
    TargetOptions of(HostLink discovered, HostLink link);
  }

  SessionTimers over(SessionTimers timers) {
    return loginTimeoutNs.isPresent()
        ? timers.withLoginTimeoutNs(loginTimeoutNs.getAsLong())
        : timers;
  }
}
