package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.Checker.fail;
import static io.pathproof.lab.verdict.Checker.inconclusive;
import static io.pathproof.lab.verdict.Checker.pass;
import static io.pathproof.lab.verdict.RunView.count;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.vsphere.Compliance;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Port binding: which VMkernel ports are used, and what becomes of one that changes. */
final class VsphereCheckers {
  /** How soon the paths of a port that is taken out of use have to be down. */
  private static final long DOWN_WITHIN_NS = 2_000_000_000L;

  private VsphereCheckers() {}

  /** What was done on a host is in the history, with what followed from it. */
  static Finding acted(RunView run, Injection fault) {
    List<String> seen =
        run.entries().stream()
            .filter(entry -> entry.atNs() >= fault.startedNs())
            .map(Entry::event)
            .map(VsphereCheckers::told)
            .flatMap(Optional::stream)
            .toList();
    return seen.isEmpty()
        ? inconclusive("", "", "the host tells of nothing since")
        : pass("", "", seen.get(0));
  }

  private static Optional<String> told(Event event) {
    if (event instanceof Event.HostChanged changed) {
      return Optional.of(changed.host() + ": " + changed.text());
    }
    return Optional.empty();
  }

  /** Ports are compliant and used, or not used for the reason expected. */
  static Finding portsBound(RunView run, Map<String, Compliance.Cause> ports) {
    String name = "ports-bound";
    String expected =
        ports.entrySet().stream()
            .map(each -> each.getKey() + " " + each.getValue().word())
            .collect(Collectors.joining(", "));
    List<String> wrong = new ArrayList<>();
    List<String> right = new ArrayList<>();
    ports.forEach(
        (port, cause) -> {
          Optional<Event.VmkernelPortSeen> told = atStart(run, port);
          if (told.isEmpty()) {
            wrong.add(port + ": its host told nothing of it");
            return;
          }
          Optional<String> why = contradicts(run, port, cause, told.get());
          why.ifPresentOrElse(
              text -> wrong.add(port + " " + text), () -> right.add(observed(port, told.get())));
        });
    return wrong.isEmpty()
        ? pass(name, expected, String.join("; ", right))
        : fail(name, expected, String.join("; ", wrong));
  }

  private static String observed(String port, Event.VmkernelPortSeen told) {
    return told.reason().isEmpty() ? port + " compliant and used" : told.reason() + ": not used";
  }

  private static Optional<String> contradicts(
      RunView run, String port, Compliance.Cause cause, Event.VmkernelPortSeen told) {
    long carried = sentOver(run, port, 0, Long.MAX_VALUE);
    boolean compliant = cause == Compliance.Cause.COMPLIANT;
    if (!told.compliance().equals(cause.word())) {
      return Optional.of("is " + told.compliance() + ", " + told.reason());
    }
    if (!told.bound()) {
      return Optional.of("is not bound");
    }
    if (told.used() != compliant) {
      return Optional.of(told.used() ? "is used all the same" : "is not used");
    }
    if (compliant) {
      return carried > 0 ? Optional.empty() : Optional.of("carried no I/O");
    }
    if (told.reason().isBlank() || told.remedy().isBlank()) {
      return Optional.of("is not used, and neither reason nor remedy is told");
    }
    boolean loggedIn =
        run.events(Event.SessionChanged.class)
            .anyMatch(
                each ->
                    each.state().equals("LOGGED_IN") && over(run, port, each.host(), each.path()));
    if (loggedIn || carried > 0) {
      return Optional.of("had a session; it carried " + count(carried, "I/O"));
    }
    return Optional.empty();
  }

  private static Optional<Event.VmkernelPortSeen> atStart(RunView run, String port) {
    Optional<Event.VmkernelPortSeen> last = Optional.empty();
    for (Entry entry : run.entries()) {
      if (entry.atNs() > run.workloadNs()) {
        break;
      }
      if (entry.event() instanceof Event.VmkernelPortSeen seen && ref(seen).equals(port)) {
        last = Optional.of(seen);
      }
    }
    return last;
  }

  private static String ref(Event.VmkernelPortSeen seen) {
    return seen.host() + "." + seen.port();
  }

  /** Whether a host's path goes over a port, {@code host.port}. */
  static boolean over(RunView run, String port, String host, String path) {
    return run.link(host, path).map(LinkId::adapter).map(port::equals).orElse(false);
  }

  private static long sentOver(RunView run, String port, long fromNs, long untilNs) {
    return run.ios().stream()
        .flatMap(
            io ->
                io.sent().stream()
                    .filter(sent -> sent.atNs() >= fromNs && sent.atNs() < untilNs)
                    .filter(sent -> over(run, port, io.host(), sent.path())))
        .count();
  }

  /** The paths over a port when the devices were found. */
  private static Set<String> pathsOver(RunView run, String port) {
    Set<String> paths = new LinkedHashSet<>();
    run.hosts()
        .forEach(
            host ->
                run.devicesOf(host)
                    .forEach(
                        found ->
                            found.paths().stream()
                                .filter(path -> path.link().adapter().equals(port))
                                .map(PathInfo::id)
                                .forEach(paths::add)));
    return paths;
  }

  /** A port becomes non-compliant, is not used, and comes back when it is mended. */
  static Finding outOfUse(RunView run, String port) {
    String name = "out-of-use";
    String expected =
        port + " becomes non-compliant: its paths go down, and come back when it is mended";
    Optional<Long> fault = run.firstFaultNs();
    Set<String> paths = pathsOver(run, port);
    if (fault.isEmpty() || paths.isEmpty() || sentOver(run, port, 0, fault.orElse(0L)) == 0) {
      return inconclusive(name, expected, port + " carried no I/O before a fault");
    }
    Optional<Entry> out = change(run, port, fault.get(), false);
    if (out.isEmpty()) {
      return fail(name, expected, port + " stayed in use");
    }
    Event.VmkernelPortSeen told = (Event.VmkernelPortSeen) out.get().event();
    if (told.compliance().equals("compliant")
        || told.reason().isBlank()
        || told.remedy().isBlank()) {
      return fail(name, expected, port + " is not used, without a reason and a remedy");
    }
    Optional<Entry> back = change(run, port, out.get().atNs(), true);
    if (back.isEmpty()) {
      return fail(name, expected, told.reason() + ", and it was never mended");
    }
    List<String> wrong = new ArrayList<>();
    long outNs = out.get().atNs();
    long backNs = back.get().atNs();
    for (String path : paths) {
      Optional<Long> down = pathChange(run, port, path, outNs, false);
      if (down.isEmpty() || down.get() > Math.min(backNs, outNs + DOWN_WITHIN_NS)) {
        wrong.add(path + " did not go down");
        continue;
      }
      long sent = sentOverPath(run, port, path, down.get(), backNs);
      Optional<Long> up = pathChange(run, port, path, backNs, true);
      if (sent > 0) {
        wrong.add(path + " carried " + count(sent, "I/O") + " while not to be used");
      } else if (up.isEmpty() || sentOverPath(run, port, path, up.get(), Long.MAX_VALUE) == 0) {
        wrong.add(path + " did not come back into use");
      }
    }
    return wrong.isEmpty()
        ? pass(
            name,
            expected,
            told.reason() + ": " + count(paths.size(), "path") + " down, and back once mended")
        : fail(name, expected, String.join("; ", wrong));
  }

  private static Optional<Entry> change(RunView run, String port, long sinceNs, boolean used) {
    return run.entries().stream()
        .filter(entry -> entry.atNs() >= sinceNs)
        .filter(
            entry ->
                entry.event() instanceof Event.VmkernelPortSeen seen
                    && ref(seen).equals(port)
                    && seen.used() == used)
        .findFirst();
  }

  private static Optional<Long> pathChange(
      RunView run, String port, String path, long sinceNs, boolean up) {
    return run.entries().stream()
        .filter(entry -> entry.atNs() >= sinceNs)
        .filter(
            entry ->
                entry.event() instanceof Event.PathChanged change
                    && change.path().equals(path)
                    && change.link().adapter().equals(port)
                    && change.up() == up)
        .map(Entry::atNs)
        .findFirst();
  }

  private static long sentOverPath(
      RunView run, String port, String path, long fromNs, long untilNs) {
    return run.ios().stream()
        .flatMap(
            io ->
                io.sent().stream()
                    .filter(sent -> sent.path().equals(path))
                    .filter(sent -> sent.atNs() > fromNs && sent.atNs() < untilNs)
                    .filter(sent -> over(run, port, io.host(), sent.path())))
        .count();
  }

  /** A port stays compliant and goes on carrying I/O while the fault stands. */
  static Finding staysInUse(RunView run, String port) {
    String name = "stays-in-use";
    String expected = port + " stays compliant and goes on carrying I/O";
    if (run.injections().isEmpty()) {
      return inconclusive(name, expected, "no fault was injected");
    }
    Injection fault = run.injections().get(0);
    for (Entry entry : run.entries()) {
      if (entry.atNs() < fault.startedNs() || entry.atNs() >= fault.healedNs()) {
        continue;
      }
      if (entry.event() instanceof Event.VmkernelPortSeen seen
          && ref(seen).equals(port)
          && !seen.used()) {
        return fail(name, expected, "not used any more: " + seen.reason());
      }
      if (entry.event() instanceof Event.PathChanged change
          && change.link().adapter().equals(port)
          && !change.up()) {
        return fail(name, expected, change.path() + " went down: " + change.cause());
      }
    }
    long carried = sentOver(run, port, fault.inPlaceNs(), fault.healedNs());
    return carried > 0
        ? pass(name, expected, count(carried, "I/O") + " while the fault stood")
        : inconclusive(name, expected, "no I/O came its way while the fault stood");
  }

  /** The removal of a port is refused, and the warning is complete; or it is not guarded. */
  static Finding removal(RunView run, boolean refused) {
    String name = "removal";
    String expected =
        refused
            ? "the removal is refused with a warning that names what would be lost"
            : "the removal is done without a question";
    Optional<Entry> asked =
        run.entries().stream()
            .filter(entry -> entry.event() instanceof Event.PortRemovalAsked)
            .findFirst();
    if (asked.isEmpty()) {
      return inconclusive(name, expected, "no port was to be removed");
    }
    Event.PortRemovalAsked event = (Event.PortRemovalAsked) asked.get().event();
    String port = event.host() + "." + event.port();
    if (event.refused() != refused) {
      return fail(
          name,
          expected,
          port + (event.refused() ? " was refused: " : " was done: ") + event.text());
    }
    Set<String> paths = pathsOver(run, port);
    if (paths.isEmpty()) {
      return inconclusive(name, expected, "nothing hung on " + port);
    }
    long atNs = asked.get().atNs();
    // at the end every host logs out
    long endNs = run.phaseNs("detach").orElse(Long.MAX_VALUE);
    List<String> lost =
        paths.stream()
            .filter(path -> pathChange(run, port, path, atNs, false).orElse(endNs) < endNs)
            .toList();
    if (!refused) {
      return lost.size() == paths.size()
          ? pass(name, expected, event.text() + ": " + String.join(", ", lost) + " went with it")
          : fail(
              name,
              expected,
              event.text() + ", but not all of " + String.join(", ", paths) + " went with it");
    }
    List<String> unnamed = unnamed(run, port, paths, event);
    if (!unnamed.isEmpty()) {
      return fail(name, expected, "the warning does not name " + String.join(", ", unnamed));
    }
    return lost.isEmpty()
        ? pass(name, expected, event.text())
        : fail(name, expected, "refused, but " + String.join(", ", lost) + " went down");
  }

  /** What hung on the port by the history and is not in the warning. */
  private static List<String> unnamed(
      RunView run, String port, Set<String> paths, Event.PortRemovalAsked event) {
    List<String> unnamed = new ArrayList<>();
    for (String path : paths) {
      if (!event.sessions().contains(path) || !event.text().contains(path)) {
        unnamed.add("session and path " + path);
      }
    }
    for (Event.DeviceFound device : run.devicesOf(event.host())) {
      boolean some = device.paths().stream().anyMatch(p -> p.link().adapter().equals(port));
      boolean all = device.paths().stream().allMatch(p -> p.link().adapter().equals(port));
      if (some
          && !(event.devices().contains(device.device())
              && event.text().contains(device.device()))) {
        unnamed.add("device " + device.device());
      }
      if (all != event.lastPathOf().contains(device.device())) {
        unnamed.add("the last path of " + device.device() + ", or names one that is none");
      }
    }
    return unnamed;
  }
}
