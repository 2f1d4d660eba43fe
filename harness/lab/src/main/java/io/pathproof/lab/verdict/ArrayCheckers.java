package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.Checker.fail;
import static io.pathproof.lab.verdict.Checker.inconclusive;
import static io.pathproof.lab.verdict.Checker.pass;
import static io.pathproof.lab.verdict.RunView.count;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.VirtualAddressSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the array itself did: addresses that move, states it reports, the protocol it keeps. */
final class ArrayCheckers {
  /** As the array's journal has it. */
  private static final Pattern MOVED = Pattern.compile("(\\S++) moved from (\\S+) to (\\S+)");

  /** Not ready, target port in standby or unavailable state (SPC-4 table D.2). */
  private static final Pattern REFUSED = Pattern.compile("(?i)\\b04/0[bc]\\b");

  private ArrayCheckers() {}

  /**
   * The port that had an address at some time, by the topology and the journal.
   *
   * @param address a virtual address, or a port, for that port's own address
   */
  static String owner(RunView run, String address, long atNs) {
    VirtualAddressSpec virtual = run.topology().virtualAddresses().get(address);
    PortSpec port = run.topology().port(address);
    String owner = virtual == null ? address : virtual.owner();
    for (Move move : moves(run, port)) {
      owner = move.atNs() <= atNs ? move.to() : owner;
    }
    return owner;
  }

  /** An address went to a port. */
  private record Move(long atNs, String to) {}

  private static List<Move> moves(RunView run, PortSpec address) {
    List<Move> moves = new ArrayList<>();
    for (Entry entry : run.arrayChanges()) {
      Matcher moved = MOVED.matcher(((Event.ArrayChanged) entry.event()).text());
      if (moved.find() && isOf(moved.group(1), address)) {
        moves.add(new Move(entry.atNs(), moved.group(3)));
      }
    }
    return moves;
  }

  private static boolean isOf(String address, PortSpec port) {
    return address.equals(port.address()) || address.equals(port.portal());
  }

  /** Every discovery told of so many portals, and of virtual ones alone where there are any. */
  static Finding portalsSeen(RunView run, int count) {
    String name = "portals";
    Set<String> virtual =
        run.topology().virtualAddresses().values().stream()
            .map(address -> address.port().portal())
            .collect(Collectors.toSet());
    String expected =
        count(count, virtual.isEmpty() ? "portal" : "virtual portal") + " in every discovery";
    List<Event.PortalsDiscovered> all =
        run.events(Event.PortalsDiscovered.class)
            .filter(seen -> run.hosts().contains(seen.host()))
            .toList();
    if (all.isEmpty()) {
      return inconclusive(name, expected, "no discovery");
    }
    for (Event.PortalsDiscovered seen : all) {
      boolean others = !virtual.isEmpty() && !virtual.containsAll(seen.portals());
      if (seen.portals().size() != count || others) {
        return fail(name, expected, seen.host() + " over " + seen.link() + ": " + seen.portals());
      }
    }
    return pass(name, expected, count(all.size(), "discovery") + ": " + all.get(0).portals());
  }

  /** Each session that was asked to log out has logged in again in time. */
  static Finding logoutObeyed(RunView run) {
    String name = "logout-request";
    String expected = "each session that is asked to log out comes back within its time";
    List<String> seen = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (Entry entry : run.entries()) {
      if (entry.event() instanceof Event.LogoutRequested asked) {
        Optional<Long> backNs = backNs(run, asked, entry.atNs());
        String who = asked.host() + " " + asked.path();
        if (backNs.isPresent() && backNs.get() <= asked.seconds() * 1_000_000_000L) {
          seen.add(who + " back after " + backNs.get() / 1_000_000 + " ms");
        } else {
          missing.add(who + " not back within " + asked.seconds() + " s");
        }
      }
    }
    if (seen.isEmpty() && missing.isEmpty()) {
      return inconclusive(name, expected, "no session was asked");
    }
    return missing.isEmpty()
        ? pass(name, expected, String.join("; ", seen))
        : fail(name, expected, String.join("; ", missing));
  }

  private static Optional<Long> backNs(RunView run, Event.LogoutRequested asked, long askedNs) {
    return run.entries().stream()
        .filter(entry -> entry.atNs() > askedNs)
        .filter(
            entry ->
                entry.event() instanceof Event.SessionChanged change
                    && change.host().equals(asked.host())
                    && change.path().equals(asked.path())
                    && change.state().equals("LOGGED_IN"))
        .map(entry -> entry.atNs() - askedNs)
        .findFirst();
  }

  /** Another port has the virtual address, still has its own, and hosts use it there. */
  static Finding addressMoved(RunView run, String address) {
    String name = "address-moved";
    String expected = address + " is moved to another port, which answers on both";
    String before = owner(run, address, run.firstFaultNs().orElse(Long.MAX_VALUE));
    long askedNs =
        run.entries().stream()
            .filter(
                entry ->
                    entry.event() instanceof Event.ArrayObserved seen
                        && seen.when().equals("after"))
            .mapToLong(Entry::atNs)
            .max()
            .orElse(Long.MAX_VALUE);
    String after = owner(run, address, askedNs);
    Optional<ArraySnapshot> state = last(run, "after");
    Optional<Map<String, Long>> served = PortLoads.served(run, "fault", "end");
    if (state.isEmpty() || served.isEmpty()) {
      return inconclusive(name, expected, "the array was not asked while the fault stood");
    }
    String portal = run.topology().port(address).portal();
    Optional<PortSpec> owner =
        run.topology().ports().stream().filter(p -> p.ref().equals(after)).findFirst();
    Set<String> portals =
        owner
            .map(port -> state.get().nodes().get(port.node()))
            .map(node -> (Set<String>) new TreeSet<>(node.portals()))
            .orElse(Set.of());
    boolean both =
        portals.contains(portal) && owner.map(o -> portals.contains(o.portal())).orElse(false);
    long carried = served.get().getOrDefault(after, 0L);
    String observed =
        (after.equals(before) ? "still at " + before : "from " + before + " to " + after)
            + ", which listens on "
            + String.join(", ", portals)
            + " and carried "
            + count(carried, "I/O");
    if (after.equals(before) || !both || carried == 0) {
      return fail(name, expected, observed);
    }
    long movedNs =
        moves(run, run.topology().port(address)).stream()
            .filter(move -> move.atNs() <= askedNs)
            .mapToLong(Move::atNs)
            .max()
            .orElse(Long.MAX_VALUE);
    Set<String> users = users(run, address, movedNs, askedNs);
    return users.isEmpty()
        ? inconclusive(
            name,
            expected,
            observed
                + ", but no host has used "
                + portal
                + " since, so that nothing tried the move")
        : pass(name, expected, observed + "; " + portal + " used by " + String.join(", ", users));
  }

  /** Paths whose session logged in at an address or whose I/O ended well there, in that time. */
  private static Set<String> users(RunView run, String address, long fromNs, long toNs) {
    String portal = run.topology().port(address).portal();
    Set<String> users = new TreeSet<>();
    for (Entry entry : run.entries()) {
      if (entry.event() instanceof Event.SessionRedirected sent
          && entry.atNs() >= fromNs
          && entry.atNs() <= toNs
          && sent.from().equals(portal)) {
        users.add(sent.host() + " " + sent.path());
      }
    }
    for (Io io : run.ios()) {
      if (io.ok() && !io.sent().isEmpty() && io.endedNs() <= toNs) {
        Io.Sent last = io.sent().get(io.sent().size() - 1);
        String user = io.host() + " " + last.path();
        if (last.atNs() >= fromNs
            && !users.contains(user)
            && run.address(io.host(), last.path(), last.atNs()).equals(address)) {
          users.add(user);
        }
      }
    }
    return users;
  }

  /** Other nodes answer on all addresses of a node, and on their own, and carry I/O. */
  static Finding takenOver(RunView run, String node) {
    String name = "taken-over";
    String expected = "partners answer on the addresses of " + node + " and on their own";
    Optional<ArraySnapshot> before = last(run, "before");
    Optional<ArraySnapshot> after = last(run, "after");
    Optional<Map<String, Long>> served = PortLoads.served(run, "fault", "end");
    if (before.isEmpty() || after.isEmpty() || served.isEmpty()) {
      return inconclusive(name, expected, "the array was not asked before and while it stood");
    }
    Set<String> elsewhere = new TreeSet<>();
    after
        .get()
        .nodes()
        .forEach(
            (other, state) -> {
              if (!other.equals(node)) {
                elsewhere.addAll(state.portals());
              }
            });
    Set<String> all = new TreeSet<>();
    before.get().nodes().values().forEach(state -> all.addAll(state.portals()));
    Set<String> missing = new TreeSet<>(all);
    missing.removeAll(elsewhere);
    long carried =
        served.get().entrySet().stream()
            .filter(port -> !run.topology().port(port.getKey()).node().equals(node))
            .mapToLong(Map.Entry::getValue)
            .sum();
    String observed =
        "partners listen on "
            + String.join(", ", elsewhere)
            + (missing.isEmpty() ? "" : ", nobody on " + String.join(", ", missing))
            + "; they carried "
            + count(carried, "I/O");
    return missing.isEmpty() && !all.isEmpty() && carried > 0
        ? pass(name, expected, observed)
        : fail(name, expected, observed);
  }

  private static Optional<ArraySnapshot> last(RunView run, String when) {
    return run.events(Event.ArrayObserved.class)
        .filter(seen -> seen.when().equals(when))
        .reduce((first, last) -> last)
        .map(Event.ArrayObserved::snapshot);
  }

  /** Every path that carried I/O after the fault has seen the unit attention since. */
  static Finding unitAttention(RunView run, int asc, int ascq) {
    String codes = String.format("%02X/%02X", asc, ascq);
    String name = "unit-attention";
    String expected = codes + " on every path that carries I/O after the fault";
    long sinceNs = run.firstFaultNs().orElse(Long.MAX_VALUE);
    // Healing is a change of its own, with attentions of its own.
    long healedNs =
        run.injections().stream().mapToLong(Injection::healedNs).min().orElse(Long.MAX_VALUE);
    long raisedNs = run.injections().stream().mapToLong(Injection::inPlaceNs).max().orElse(0);
    Map<String, Long> told = new LinkedHashMap<>();
    for (Entry entry : run.entries()) {
      if (entry.event() instanceof Event.UnitAttentionSeen seen
          && entry.atNs() >= sinceNs
          && entry.atNs() < healedNs
          && seen.asc() == asc
          && seen.ascq() == ascq) {
        told.putIfAbsent(seen.host() + " " + seen.path(), entry.atNs());
      }
    }
    if (!told.isEmpty()) {
      // The first who is told shows that it is raised; before, a transition may have been going on.
      raisedNs = Math.max(raisedNs, told.values().iterator().next());
    }
    Set<String> used = new LinkedHashSet<>();
    for (Io io : run.ios()) {
      if (io.ok() && io.endedNs() < healedNs && !io.sent().isEmpty()) {
        Io.Sent last = io.sent().get(io.sent().size() - 1);
        if (last.atNs() > raisedNs) {
          used.add(io.host() + " " + last.path());
        }
      }
    }
    if (used.isEmpty()) {
      return inconclusive(name, expected, "no I/O after the fault went well");
    }
    Set<String> missing = new TreeSet<>(used);
    missing.removeAll(told.keySet());
    return missing.isEmpty()
        ? pass(name, expected, "on " + String.join(", ", used))
        : fail(name, expected, "never on " + String.join(", ", missing));
  }

  /** The array kept the protocol. */
  static Finding protocolKept(RunView run) {
    String name = "protocol";
    String expected = "the array keeps the protocol";
    List<Event.ProtocolBreach> all = run.events(Event.ProtocolBreach.class).toList();
    if (all.isEmpty()) {
      return pass(name, expected, "no breach was noticed");
    }
    Event.ProtocolBreach first = all.get(0);
    String breaches = all.size() + (all.size() == 1 ? " breach" : " breaches");
    return fail(
        name,
        expected,
        breaches + ", first on " + first.host() + " " + first.path() + ": " + first.text());
  }

  /** What a path's group was last said to be, and when. */
  private record Told(String state, long atNs) {}

  /**
   * I/O that is sent down a path after the array has called it active is not refused as standby.
   */
  static Finding accessStatesTrue(RunView run) {
    String name = "access-states";
    String expected = "paths that are reported active take I/O, others do not";
    Map<String, Told> told = new HashMap<>();
    Map<String, Long> sentNs = new HashMap<>();
    Map<Long, Long> lastSentNs = new HashMap<>();
    int lies = 0;
    String first = "";
    for (Entry entry : run.entries()) {
      if (entry.event() instanceof Event.AccessStateSeen seen) {
        told.put(seen.host() + " " + seen.path(), new Told(seen.state(), entry.atNs()));
      } else if (entry.event() instanceof Event.IoSent sent) {
        sentNs.put(sent.op() + "/" + sent.attempt(), entry.atNs());
        lastSentNs.put(sent.op(), entry.atNs());
      } else if (entry.event() instanceof Event.IoAttemptEnded ended
          && REFUSED.matcher(ended.detail()).find()) {
        String path = ended.host() + " " + ended.path();
        Told last = told.get(path);
        long sent = sentNs.getOrDefault(ended.op() + "/" + ended.attempt(), Long.MIN_VALUE);
        boolean claimed = last != null && last.state().startsWith("active");
        if (claimed && sent > last.atNs() && !changedBetween(run, last.atNs(), entry.atNs())) {
          lies++;
          first = first.isEmpty() ? path + " is active: " + ended.detail() : first;
        }
      } else if (entry.event() instanceof Event.IoEnded ended
          && ended.status() == IoResult.Status.OK) {
        String path = ended.host() + " " + ended.path();
        Told last = told.get(path);
        boolean idle = last != null && !last.state().startsWith("active");
        long sent = lastSentNs.getOrDefault(ended.op(), Long.MIN_VALUE);
        if (idle && sent > last.atNs() && !changedBetween(run, last.atNs(), entry.atNs())) {
          lies++;
          first = first.isEmpty() ? path + " is " + last.state() + ", and serves I/O" : first;
        }
      }
    }
    return lies == 0
        ? pass(name, expected, told.isEmpty() ? "the array tells no access states" : "they did")
        : fail(name, expected, count(lies, "I/O") + " say otherwise, first " + first);
  }

  /** The array itself is the witness of its changes: its journal has each of them. */
  private static boolean changedBetween(RunView run, long fromNs, long toNs) {
    return run.arrayChanges().stream()
        .anyMatch(entry -> entry.atNs() >= fromNs && entry.atNs() <= toNs);
  }

  /** In no account of the array two nodes have one address. */
  static Finding addressesOwnedOnce(RunView run) {
    String name = "addresses";
    String expected = "no two nodes answer on one address";
    Set<String> twice = new TreeSet<>();
    run.events(Event.ArrayObserved.class)
        .forEach(
            seen -> {
              Map<String, String> nodeOf = new HashMap<>();
              seen.snapshot()
                  .nodes()
                  .forEach(
                      (node, state) ->
                          state
                              .portals()
                              .forEach(
                                  portal -> {
                                    String other = nodeOf.putIfAbsent(portal, node);
                                    if (other != null && !other.equals(node)) {
                                      twice.add(portal + " at " + other + " and " + node);
                                    }
                                  }));
            });
    return twice.isEmpty()
        ? pass(name, expected, "none did")
        : fail(name, expected, String.join("; ", twice));
  }
}
