package io.pathproof.initiator.host;

import io.pathproof.initiator.session.Portal;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TargetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which portals of a target are in one target portal group, by the array's own word: the tags that
 * it told when they were logged in to (RFC 7143 section 13.9), and one answer to SendTargets that
 * lists both. Equal tags alone do not tell: programs that pose as the nodes of one array may each
 * call theirs 1, and each list its own portals only.
 *
 * <p>An answer grows old: an address that a node takes over is in that node's group from then on,
 * which the next login to it tells, and goes back later.
 */
final class PortalGroups {
  private record Question(HostLink link, String target) {}

  private final Map<Question, List<TargetAddress>> answers = new HashMap<>();

  /** A portal has answered; replaces what it told before. */
  void told(HostLink link, List<SendTargets.Target> targets) {
    for (SendTargets.Target target : targets) {
      answers.put(new Question(link, target.name()), new ArrayList<>(target.addresses()));
    }
  }

  /**
   * Whether these two were in one group when each was logged in to: an answer lists them in one
   * group, or one of them in this group, to which the other has come since.
   *
   * @param tag the one that the logins to both have told
   */
  boolean together(String target, Portal one, Portal other, int tag) {
    return answers.entrySet().stream()
        .filter(each -> each.getKey().target().equals(target))
        .anyMatch(each -> together(each.getValue(), one, other, tag));
  }

  private static boolean together(
      List<TargetAddress> addresses, Portal one, Portal other, int tag) {
    Set<Integer> first = tagsOf(addresses, one);
    Set<Integer> second = tagsOf(addresses, other);
    if (first.isEmpty() || second.isEmpty()) {
      return false;
    }
    return first.contains(tag) || second.contains(tag) || !Collections.disjoint(first, second);
  }

  private static Set<Integer> tagsOf(List<TargetAddress> addresses, Portal portal) {
    Set<Integer> tags = new HashSet<>();
    for (TargetAddress each : addresses) {
      if (each.portalGroupTag().isPresent() && Portal.of(each).equals(portal)) {
        tags.add(each.portalGroupTag().getAsInt());
      }
    }
    return tags;
  }
}
