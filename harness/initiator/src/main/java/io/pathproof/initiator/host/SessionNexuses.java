package io.pathproof.initiator.host;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The nexuses of one session, by their numbers: the one that it has, or had last, and those that it
 * left behind elsewhere. A login that reinstates continues the nexus; any other begins the next.
 */
final class SessionNexuses {
  private int current;
  private Optional<NexusPlace> place = Optional.empty();

  /** Those that are not known to be fenced. */
  private final Map<Integer, NexusPlace> former = new LinkedHashMap<>();

  /** Which it has, or had last, counted from 0. */
  int current() {
    return current;
  }

  /** Where it has that one; empty before the first login. */
  Optional<NexusPlace> place() {
    return place;
  }

  /** Where it has or had a nexus that may have to be fenced; empty if it is fenced for good. */
  Optional<NexusPlace> placeOf(int which) {
    return which == current ? place : Optional.ofNullable(former.get(which));
  }

  /**
   * The session is logged in.
   *
   * @param reinstated whether the target took it for the former session
   */
  void loggedIn(NexusPlace at, boolean reinstated) {
    if (!reinstated && place.isPresent()) {
      former.put(current++, place.get());
    }
    place = Optional.of(at);
  }

  /** Former ones that may have to be fenced, the oldest first. */
  List<Integer> formerAt(Predicate<NexusPlace> there) {
    return former.entrySet().stream()
        .filter(each -> there.test(each.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The array has ended what was left behind on a former one. */
  void fenced(int which) {
    former.remove(which);
  }
}
