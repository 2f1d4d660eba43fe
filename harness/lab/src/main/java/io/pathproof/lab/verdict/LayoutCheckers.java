package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.Checker.fail;
import static io.pathproof.lab.verdict.Checker.inconclusive;
import static io.pathproof.lab.verdict.Checker.pass;
import static io.pathproof.lab.verdict.RunView.count;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.workload.BlockStamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the hosts see of the array, how they spread I/O over it, and what it says of itself. */
final class LayoutCheckers {
  /** Share of the mean by which the I/Os of evenly used ports may differ from it. */
  private static final double EVEN = 0.10;

  /** The access state of the paths that I/O is for (SPC-4 clause 5.15.2). */
  private static final String OPTIMIZED = "active/optimized";

  private LayoutCheckers() {}

  /** Each host shows so many devices for its workload's volume. */
  static Finding devices(RunView run, int count) {
    String name = "devices";
    String expected = count(count, "device") + " for the volume";
    List<String> seen = new ArrayList<>();
    boolean right = true;
    for (String host : run.hosts()) {
      List<Event.DeviceFound> found = run.devicesOf(host);
      Map<String, Long> byVolume =
          found.stream()
              .collect(
                  Collectors.groupingBy(
                      Event.DeviceFound::volume, TreeMap::new, Collectors.counting()));
      right &= !byVolume.isEmpty() && byVolume.values().stream().allMatch(n -> n == count);
      seen.add(
          host
              + ": "
              + found.stream()
                  .map(device -> run.deviceText(host, device.device()))
                  .collect(Collectors.joining(", ")));
    }
    String observed = String.join("; ", seen);
    return right ? pass(name, expected, observed) : fail(name, expected, observed);
  }

  /** Behind each of a host's devices stand so many paths. */
  static Finding paths(RunView run, int count) {
    String name = "paths";
    String expected = count(count, "path") + " behind each device";
    List<Event.DeviceFound> found =
        run.hosts().stream().flatMap(host -> run.devicesOf(host).stream()).toList();
    String observed =
        found.stream()
            .map(d -> d.host() + " " + d.device() + ": " + d.paths().size())
            .collect(Collectors.joining("; "));
    boolean right = !found.isEmpty() && found.stream().allMatch(d -> d.paths().size() == count);
    return right
        ? pass(name, expected, observed)
        : fail(name, expected, observed.isEmpty() ? "no device" : observed);
  }

  /** Each host's I/O used so many ports of the array; several of them evenly. */
  static Finding portsUsed(RunView run, int count) {
    String name = "ports-used";
    String expected =
        count == 1 ? "all I/O over one port" : "I/O spread evenly over " + count + " ports";
    Verdict verdict = Verdict.PASS;
    List<String> seen = new ArrayList<>();
    for (String host : run.hosts()) {
      Map<String, Long> perPort = new TreeMap<>();
      for (Io io : run.iosOf(host)) {
        io.sent().stream()
            .filter(sent -> sent.attempt() == 1)
            .forEach(
                sent -> perPort.merge(run.port(host, sent.path(), sent.atNs()), 1L, Long::sum));
      }
      seen.add(host + ": " + Counts.shares(perPort, "I/O", "over"));
      verdict = verdict.and(spread(run, host, perPort, count));
    }
    return new Finding(name, verdict, expected, String.join("; ", seen));
  }

  /** Whether a host's I/O is spread over so many ends, several of them evenly. */
  static Verdict spread(RunView run, String host, Map<String, Long> perPort, int count) {
    if (perPort.isEmpty()) {
      return Verdict.INCONCLUSIVE;
    }
    long total = perPort.values().stream().mapToLong(Long::longValue).sum();
    double mean = (double) total / count;
    int ios = run.topology().hosts().get(host).multipath().turn();
    // A turn that has just begun is no unevenness; where a turn is longer than a port's whole
    // share, too little was sent to tell.
    boolean enough = count == 1 || mean >= ios && total >= 2L * count;
    if (perPort.size() != count) {
      return perPort.size() > count || enough ? Verdict.FAIL : Verdict.INCONCLUSIVE;
    }
    if (!enough) {
      return Verdict.INCONCLUSIVE;
    }
    double tolerance = Math.max(mean * EVEN, count == 1 ? 0 : ios);
    boolean even = perPort.values().stream().allMatch(n -> Math.abs(n - mean) <= tolerance);
    return even ? Verdict.PASS : Verdict.FAIL;
  }

  /** A path is given exactly so many I/Os before the next one, in a fixed order. */
  static Finding rotation(RunView run, Expectation.Rotation limits) {
    String name = "rotation";
    String expected =
        "exactly "
            + count(limits.ios(), "I/O")
            + (limits.bytes() == 0 ? "" : " or " + limits.bytes() + " bytes")
            + " a path, in a fixed order";
    Verdict verdict = Verdict.PASS;
    List<String> seen = new ArrayList<>();
    for (String host : run.hosts()) {
      for (Event.DeviceFound device : run.devicesOf(host)) {
        List<Turn> turns = turns(run, host, device.device());
        if (!turns.isEmpty()) {
          Finding one = oneRotation(turns, limits, inTurn(run, device).size());
          verdict = verdict.and(one.verdict());
          seen.add(host + " " + device.device() + ": " + one.observed());
        }
      }
    }
    if (seen.isEmpty()) {
      return inconclusive(name, expected, "there was no I/O");
    }
    return new Finding(name, verdict, expected, String.join("; ", seen));
  }

  /**
   * The paths of a device that take turns: all of them, or, where the array tells access states,
   * those in the best one when its first I/O was sent.
   */
  static List<String> inTurn(RunView run, Event.DeviceFound device) {
    Map<String, String> states = new HashMap<>();
    for (Entry entry : run.entries()) {
      if (entry.event() instanceof Event.IoSent sent
          && sent.host().equals(device.host())
          && sent.device().equals(device.device())) {
        break;
      }
      if (entry.event() instanceof Event.AccessStateSeen seen
          && seen.host().equals(device.host())) {
        states.put(seen.path(), seen.state());
      }
    }
    List<String> paths = device.paths().stream().map(PathInfo::id).toList();
    List<String> best = paths.stream().filter(path -> OPTIMIZED.equals(states.get(path))).toList();
    return best.isEmpty() ? paths : best;
  }

  /**
   * I/Os that went down one path one after another.
   *
   * @param bytes of all of them
   * @param last bytes of the last one
   */
  private record Turn(String path, int ios, long bytes, long last) {
    Turn and(long more) {
      return new Turn(path, ios + 1, bytes + more, more);
    }

    /** Whether a limit has been reached, by the last I/O or before. */
    boolean over(Expectation.Rotation limits) {
      return ios >= limits.ios() || limits.bytes() > 0 && bytes >= limits.bytes();
    }

    /** Whether it went on although a limit had been reached. */
    boolean tooLong(Expectation.Rotation limits) {
      return ios > limits.ios() || limits.bytes() > 0 && bytes - last >= limits.bytes();
    }

    String text(Expectation.Rotation limits) {
      return path
          + " "
          + count(ios, "I/O")
          + (limits.bytes() == 0 ? "" : " of " + bytes + " bytes");
    }
  }

  private static List<Turn> turns(RunView run, String host, String device) {
    Map<Long, Long> bytes = new HashMap<>();
    run.iosOf(host)
        .forEach(io -> bytes.put(io.issued().op(), (long) io.issued().blocks() * BlockStamp.BYTES));
    List<Turn> turns = new ArrayList<>();
    run.events(Event.IoSent.class)
        .filter(sent -> sent.host().equals(host) && sent.device().equals(device))
        .forEach(
            sent -> {
              long size = bytes.getOrDefault(sent.op(), 0L);
              Turn last = turns.isEmpty() ? null : turns.get(turns.size() - 1);
              if (last != null && last.path().equals(sent.path())) {
                turns.set(turns.size() - 1, last.and(size));
              } else {
                turns.add(new Turn(sent.path(), 1, size, size));
              }
            });
    return turns;
  }

  /** Every turn ends exactly at its limit, the first one too; the last is cut off by the end. */
  private static Finding oneRotation(List<Turn> turns, Expectation.Rotation limits, int paths) {
    int last = turns.size() - 1;
    for (int i = 0; i <= last; i++) {
      Turn turn = turns.get(i);
      if (turn.tooLong(limits) || !turn.over(limits) && i != last) {
        return fail("", "", "turn " + (i + 1) + " gave " + turn.text(limits));
      }
    }
    for (int i = 0; i <= last; i++) {
      boolean asBefore = i < paths || turns.get(i).path().equals(turns.get(i - paths).path());
      List<Turn> cycle = turns.subList(Math.max(0, i - paths + 1), i + 1);
      if (!asBefore || distinct(cycle) != cycle.size()) {
        return fail(
            "", "", "turn " + (i + 1) + " went to " + turns.get(i).path() + ", out of order");
      }
    }
    long full = turns.stream().filter(turn -> turn.over(limits)).count();
    String observed = full + " full turns over " + distinct(turns) + " paths";
    return full < 3 ? inconclusive("", "", observed + ", too few to tell") : pass("", "", observed);
  }

  private static long distinct(List<Turn> turns) {
    return turns.stream().map(Turn::path).distinct().count();
  }

  /** Every link's session is accepted. */
  static Finding severalSessions(RunView run) {
    String name = "sessions";
    String expected = "a session on every path";
    List<String> missing = new ArrayList<>();
    int accepted = 0;
    for (String host : run.hosts()) {
      for (Links.Absent absent : Links.absentAtStart(run, host)) {
        missing.add(host + " " + absent.link() + ": " + absent.cause());
      }
      accepted += Links.presentAtStart(run, host).size();
    }
    return missing.isEmpty()
        ? pass(name, expected, count(accepted, "session"))
        : fail(name, expected, String.join("; ", missing));
  }

  /**
   * Each node accepts one session at most, every other one is refused, and the refusal has its
   * status.
   */
  static Finding singleSession(RunView run) {
    String name = "sessions";
    String expected = "one session a node; every other login refused, with its status";
    Verdict verdict = Verdict.PASS;
    List<String> seen = new ArrayList<>();
    for (String host : run.hosts()) {
      Set<LinkId> present = Links.presentAtStart(run, host);
      int accepted = present.size();
      long nodes =
          present.stream().map(link -> run.topology().port(link.port()).node()).distinct().count();
      List<Links.Absent> absent = Links.absentAtStart(run, host);
      Optional<Links.Absent> unclear =
          absent.stream().filter(one -> !Links.isLoginRefusal(one.cause())).findFirst();
      if (accepted == 0 || accepted > nodes) {
        verdict = verdict.and(Verdict.FAIL);
        seen.add(host + ": " + count(accepted, "session") + " accepted by " + nodes + " nodes");
      } else if (absent.isEmpty()) {
        verdict = verdict.and(Verdict.INCONCLUSIVE);
        seen.add(host + " has one path: nothing could be refused");
      } else if (unclear.isPresent()) {
        verdict = verdict.and(Verdict.INCONCLUSIVE);
        seen.add(
            host
                + " "
                + unclear.get().link()
                + " is down without a login status: "
                + unclear.get().cause());
      } else {
        seen.add(
            host
                + ": "
                + accepted
                + " accepted, "
                + absent.size()
                + " refused ("
                + absent.get(0).cause()
                + ")");
      }
    }
    return new Finding(name, verdict, expected, String.join("; ", seen));
  }

  /** The array's account of itself is the same before the fault and while it stands. */
  static Finding arrayUnchanged(RunView run) {
    String name = "array-unchanged";
    String expected = "the array changes no state and moves no address";
    List<Event.ArrayObserved> all = run.events(Event.ArrayObserved.class).toList();
    Optional<ArraySnapshot> before =
        all.stream()
            .filter(seen -> seen.when().equals("before"))
            .map(Event.ArrayObserved::snapshot)
            .findFirst();
    List<ArraySnapshot> after =
        all.stream()
            .filter(seen -> seen.when().equals("after"))
            .map(Event.ArrayObserved::snapshot)
            .toList();
    if (before.isEmpty() || after.isEmpty() || before.get().nodes().isEmpty()) {
      return inconclusive(name, expected, "the array was not asked before and while it stood");
    }
    for (ArraySnapshot snapshot : after) {
      if (!snapshot.equals(before.get())) {
        return fail(name, expected, difference(before.get(), snapshot));
      }
    }
    return pass(
        name,
        expected,
        count(before.get().nodes().size(), "node")
            + ", asked "
            + (after.size() + 1)
            + " times: the same");
  }

  private static String difference(ArraySnapshot before, ArraySnapshot after) {
    TreeSet<String> nodes = new TreeSet<>(before.nodes().keySet());
    nodes.addAll(after.nodes().keySet());
    return nodes.stream()
        .filter(node -> !Objects.equals(before.nodes().get(node), after.nodes().get(node)))
        .map(node -> node + ": " + before.nodes().get(node) + " became " + after.nodes().get(node))
        .collect(Collectors.joining("; "));
  }
}
