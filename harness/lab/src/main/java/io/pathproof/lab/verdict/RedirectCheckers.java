package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.Checker.fail;
import static io.pathproof.lab.verdict.Checker.inconclusive;
import static io.pathproof.lab.verdict.Checker.pass;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.PortLoad;
import io.pathproof.lab.scenario.Expectation.Redirected.Extent;
import io.pathproof.lab.topology.PortSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Where logins at a virtual address were sent, by what hosts saw and by what the array counted. */
final class RedirectCheckers {
  private RedirectCheckers() {}

  /** A session of a host, and the ports that it was sent to, in order; none if it was not. */
  private record Way(String host, String path, List<String> ports) {}

  /** What became of logins at a virtual address. */
  static Finding redirected(RunView run, Extent extent) {
    String name = "redirected";
    String expected =
        switch (extent) {
          case ALWAYS -> "each login is sent on, and the port it is sent to carries the I/O";
          case NEVER -> "no login is sent on: the address's owner carries the I/O";
          case SOME -> "some logins are sent on, others served at the address itself";
          case AGAIN -> "a session that lost its port is sent to another one that works";
        };
    Optional<Map<String, Long>> served = PortLoads.served(run, "before", "end");
    List<Way> ways = ways(run);
    if (served.isEmpty() || ways.isEmpty()) {
      return inconclusive(
          name, expected, ways.isEmpty() ? "no session" : "the array did not tell its loads");
    }
    String observed = text(ways) + "; " + Counts.shares(served.get(), "I/O", "over");
    if (served.get().isEmpty()) {
      return inconclusive(name, expected, observed);
    }
    boolean right =
        switch (extent) {
          case ALWAYS -> always(ways, served.get());
          case NEVER -> never(run, ways, served.get());
          case SOME -> some(run, ways, served.get());
          case AGAIN -> again(run);
        };
    if (extent == Extent.AGAIN && hit(run).isEmpty()) {
      return inconclusive(name, expected, observed + "; no session was at the place of the fault");
    }
    return right ? pass(name, expected, observed) : fail(name, expected, observed);
  }

  private static boolean always(List<Way> ways, Map<String, Long> served) {
    Set<String> targets = new TreeSet<>();
    ways.forEach(way -> targets.addAll(way.ports()));
    return ways.stream().noneMatch(way -> way.ports().isEmpty())
        && targets.containsAll(served.keySet());
  }

  private static boolean never(RunView run, List<Way> ways, Map<String, Long> served) {
    return ways.stream().allMatch(way -> way.ports().isEmpty())
        && owners(run).containsAll(served.keySet());
  }

  private static boolean some(RunView run, List<Way> ways, Map<String, Long> served) {
    boolean sentOn = ways.stream().anyMatch(way -> !way.ports().isEmpty());
    boolean stayed = ways.stream().anyMatch(way -> way.ports().isEmpty());
    Set<String> owners = owners(run);
    boolean byOwner = served.keySet().stream().anyMatch(owners::contains);
    boolean byOther = served.keySet().stream().anyMatch(port -> !owners.contains(port));
    return sentOn && stayed && byOwner && byOther;
  }

  /** After the fault each session at its place was sent to a port elsewhere, which carried I/O. */
  private static boolean again(RunView run) {
    long faultNs = run.firstFaultNs().orElse(Long.MAX_VALUE);
    Set<String> places = places(run);
    Map<String, Long> after = PortLoads.served(run, "fault", "end").orElse(Map.of());
    for (Way hit : hit(run)) {
      Optional<String> next = Optional.empty();
      for (Entry entry : run.entries()) {
        if (entry.atNs() >= faultNs && isOf(entry.event(), hit.host(), hit.path())) {
          next = port(run, ((Event.SessionRedirected) entry.event()).to());
        }
      }
      if (next.isEmpty() || places.contains(next.get()) || !after.containsKey(next.get())) {
        return false;
      }
    }
    return true;
  }

  /** The sessions that were at the place of a fault when it came. */
  private static List<Way> hit(RunView run) {
    long faultNs = run.firstFaultNs().orElse(Long.MAX_VALUE);
    Set<String> places = places(run);
    return ways(run).stream()
        .filter(way -> places.contains(run.port(way.host(), way.path(), faultNs)))
        .toList();
  }

  /** The ports that faults took away. */
  private static Set<String> places(RunView run) {
    Set<String> ports = new LinkedHashSet<>();
    for (Injection fault : run.injections()) {
      for (PortSpec port : run.topology().ports()) {
        boolean named =
            fault.fault().place().equals(port.ref()) || fault.fault().place().equals(port.node());
        if (named) {
          ports.add(port.ref());
        }
      }
    }
    return ports;
  }

  /** The ports that owned a virtual address at some time in the run. */
  private static Set<String> owners(RunView run) {
    Set<String> owners = new TreeSet<>();
    for (String address : run.topology().virtualAddresses().keySet()) {
      owners.add(ArrayCheckers.owner(run, address, Long.MIN_VALUE));
      run.entries().stream()
          .filter(entry -> entry.event() instanceof Event.ArrayChanged)
          .forEach(entry -> owners.add(ArrayCheckers.owner(run, address, entry.atNs())));
    }
    return owners;
  }

  private static List<Way> ways(RunView run) {
    List<Way> ways = new ArrayList<>();
    for (String host : run.hosts()) {
      Set<String> paths = new LinkedHashSet<>();
      run.devicesOf(host).forEach(found -> found.paths().forEach(path -> paths.add(path.id())));
      for (String path : paths) {
        List<String> ports =
            run.events(Event.SessionRedirected.class)
                .filter(sent -> isOf(sent, host, path))
                .map(sent -> port(run, sent.to()).orElse(sent.to()))
                .toList();
        ways.add(new Way(host, path, ports));
      }
    }
    return ways;
  }

  private static boolean isOf(Event event, String host, String path) {
    return event instanceof Event.SessionRedirected sent
        && sent.host().equals(host)
        && sent.path().equals(path);
  }

  private static Optional<String> port(RunView run, String portal) {
    return run.topology().ports().stream()
        .filter(port -> port.portal().equals(portal))
        .map(PortSpec::ref)
        .findFirst();
  }

  private static String text(List<Way> ways) {
    List<String> texts = new ArrayList<>();
    for (Way way : ways) {
      texts.add(
          way.host()
              + " "
              + way.path()
              + (way.ports().isEmpty()
                  ? " not sent on"
                  : " to " + String.join(", then ", way.ports())));
    }
    return String.join("; ", texts);
  }

  /** The ports of the array have the same number of sessions, give or take one. */
  static Finding spreadEven(RunView run) {
    String name = "spread";
    String expected = "sessions spread evenly over the array's ports";
    Optional<Map<String, PortLoad>> loads = PortLoads.at(run, "before");
    if (loads.isEmpty()) {
      return inconclusive(name, expected, "the array did not tell its loads");
    }
    Map<String, Long> sessions = new TreeMap<>();
    for (PortSpec port : run.topology().ports()) {
      PortLoad load = loads.get().get(port.ref());
      sessions.put(port.ref(), load == null ? 0 : load.sessions());
    }
    LongSummaryStatistics summary =
        sessions.values().stream().mapToLong(Long::longValue).summaryStatistics();
    String observed = Counts.of(sessions, "session", "at");
    if (summary.getSum() < 2 || sessions.size() < 2) {
      return inconclusive(name, expected, observed + ", too few to tell");
    }
    return summary.getMax() - summary.getMin() <= 1
        ? pass(name, expected, observed)
        : fail(name, expected, observed);
  }
}
