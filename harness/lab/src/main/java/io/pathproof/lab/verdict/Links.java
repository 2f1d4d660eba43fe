package io.pathproof.lab.verdict;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.topology.LinkId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Which of a host's links had a session when the workload began. */
final class Links {
  /**
   * A login status of class 2 (initiator error) or 3 (target error), RFC 7143 section 11.13.5, as a
   * cause has to give it: {@code 0x0206}.
   */
  private static final Pattern LOGIN_STATUS = Pattern.compile("(?i)\\b0x0[23][0-9a-f]{2}\\b");

  private Links() {}

  /**
   * A link without a session.
   *
   * @param cause what the history says of it
   */
  record Absent(LinkId link, String cause) {}

  static boolean isLoginRefusal(String cause) {
    return LOGIN_STATUS.matcher(cause).find();
  }

  static Set<LinkId> presentAtStart(RunView run, String host) {
    Set<LinkId> present = new LinkedHashSet<>();
    run.devicesOf(host).forEach(found -> found.paths().forEach(path -> present.add(path.link())));
    for (Entry entry : run.entries()) {
      if (entry.atNs() > run.workloadNs()) {
        break;
      }
      if (entry.event() instanceof Event.PathChanged change && change.host().equals(host)) {
        if (!change.up()) {
          present.remove(change.link());
        } else if (hasPath(run, host, change.link())) {
          present.add(change.link());
        }
      }
    }
    return present;
  }

  private static boolean hasPath(RunView run, String host, LinkId link) {
    return run.devicesOf(host).stream()
        .anyMatch(found -> found.paths().stream().anyMatch(path -> path.link().equals(link)));
  }

  static List<Absent> absentAtStart(RunView run, String host) {
    Set<LinkId> present = presentAtStart(run, host);
    return run.topology().entryLinksOf(run.topology().hosts().get(host)).stream()
        .filter(link -> !present.contains(link))
        .map(link -> new Absent(link, cause(run, host, link)))
        .toList();
  }

  /** The last thing said of the link before the workload; a login status if there was one. */
  private static String cause(RunView run, String host, LinkId link) {
    String cause = "no session, and nothing in the history says why";
    for (Entry entry : run.entries()) {
      if (entry.atNs() > run.workloadNs()) {
        break;
      }
      String said = "";
      if (entry.event() instanceof Event.PathChanged change
          && change.host().equals(host)
          && change.link().equals(link)
          && !change.up()) {
        said = change.cause();
      } else if (entry.event() instanceof Event.SessionChanged change
          && change.host().equals(host)
          && run.link(host, change.path()).map(link::equals).orElse(false)) {
        said = change.detail();
      }
      if (!said.isBlank() && (isLoginRefusal(said) || !isLoginRefusal(cause))) {
        cause = said;
      }
    }
    return cause;
  }
}
