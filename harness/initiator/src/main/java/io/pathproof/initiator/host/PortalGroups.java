package io.pathproof.initiator.host;

import io.pathproof.initiator.session.Portal;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TargetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which portals of a target are in one target portal group, by the array's own word: one answer to
 * SendTargets that lists both with the same tag. Equal tags in answers of different portals do not
 * tell: programs that pose as the nodes of one array may each call theirs 1.
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

  /** Whether an answer puts these two into one group. */
  boolean together(String target, Portal one, Portal other) {
    return answers.entrySet().stream()
        .filter(each -> each.getKey().target().equals(target))
        .anyMatch(each -> together(each.getValue(), one, other));
  }

  private static boolean together(List<TargetAddress> addresses, Portal one, Portal other) {
    for (TargetAddress first : addresses) {
      for (TargetAddress second : addresses) {
        if (first.portalGroupTag().isPresent()
            && first.portalGroupTag().equals(second.portalGroupTag())
            && Portal.of(first).equals(one)
            && Portal.of(second).equals(other)) {
          return true;
        }
      }
    }
    return false;
  }
}
