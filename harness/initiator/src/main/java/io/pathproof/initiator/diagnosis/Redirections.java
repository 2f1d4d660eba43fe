package io.pathproof.initiator.diagnosis;

import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a login was redirected, and which names among those places were looked up: a name has no
 * address until then, and a session does not wait for one.
 */
final class Redirections {
  private final List<String> trail = new ArrayList<>();
  private final Set<String> lookedUp = new HashSet<>();
  private Optional<Portal> last = Optional.empty();

  void add(SessionEvent.Redirected redirected) {
    last = Optional.of(redirected.to());
    trail.add(redirected.to() + (redirected.permanent() ? " (for good)" : ""));
  }

  /** The place to be looked up after a login failed, if its name is why; each name once. */
  Optional<Portal> toBeLookedUp(Failure failure) {
    boolean nowhere =
        failure instanceof ConnectionFailure lost
            && lost.reason() == ConnectionFailure.Reason.UNREACHABLE;
    return last.filter(at -> nowhere && isName(at.host()) && lookedUp.add(at.host()));
  }

  private static boolean isName(String host) {
    return host.indexOf(':') < 0 && !host.matches("[0-9.]+");
  }

  /** The login is made anew, from the first portal. */
  void begin() {
    trail.clear();
    last = Optional.empty();
  }

  /** Where the login stood last; the first portal if nowhere else. */
  String at(Portal first) {
    return trail.isEmpty() ? first.toString() : trail.get(trail.size() - 1);
  }

  /** "redirected to A, then to B"; empty where it was not. */
  String said() {
    return trail.isEmpty() ? "" : "redirected to " + String.join(", then to ", trail);
  }
}
