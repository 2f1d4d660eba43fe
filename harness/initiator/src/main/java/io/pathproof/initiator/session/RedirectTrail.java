package io.pathproof.initiator.session;

import io.pathproof.initiator.session.SessionFailure.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The portals that one login attempt was sent through (RFC 7143 section 11.13.5, class 1). */
final class RedirectTrail {
  static final int MAX_HOPS = 8;

  private final List<Portal> visited = new ArrayList<>();
  private boolean allPermanent = true;

  RedirectTrail(Portal original) {
    visited.add(original);
  }

  Portal current() {
    return visited.get(visited.size() - 1);
  }

  Portal start() {
    return visited.get(0);
  }

  /** Follows a redirection, unless it goes round or too far. */
  Optional<SessionFailure> follow(Portal to, boolean permanent) {
    boolean loop = visited.contains(to);
    visited.add(to);
    if (loop || visited.size() - 1 > MAX_HOPS) {
      return Optional.of(
          new SessionFailure(
              Reason.REDIRECT_LOOP,
              "LOGIN_RESPONSE: TargetAddress: "
                  + (loop ? "redirected in a loop: " : "more than " + MAX_HOPS + " redirections: ")
                  + visited.stream().map(Portal::toString).collect(Collectors.joining(" -> ")),
              false));
    }
    allPermanent &= permanent;
    return Optional.empty();
  }

  /**
   * Where the next reconnect goes: behind permanent redirections, but back before the first
   * temporary one. A permanent move of an address that was reached by a temporary one says nothing
   * about the original.
   */
  Portal nextOriginal(Portal original) {
    return allPermanent ? current() : original;
  }
}
