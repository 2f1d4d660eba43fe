package io.pathproof.lab.verdict;

import static io.pathproof.lab.scenario.Expectations.imbalance;
import static io.pathproof.lab.scenario.Expectations.pathsAtOnce;
import static io.pathproof.lab.scenario.Expectations.rotation;
import static io.pathproof.lab.scenario.Expectations.slowPathBelow;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.observed.PathShare;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whose turn it is, for how long, beside whom, and with what share. */
class PathUseTest {
  private static final Topology TOPOLOGY =
      TopologyLoader.parse(
          """
          topology: turns
          fabrics: { blue: { subnet: 10.0.0.0/24 }, green: { subnet: 10.0.1.0/24 } }
          array:
            nodes:
              node1: { ports: { a: { fabric: blue, address: 10.0.0.10 }, b: { fabric: green, address: 10.0.1.10 } } }
              node2: { ports: { b: { fabric: green, address: 10.0.1.11 } } }
            volumes: { vol0: { size: 64MiB }, vol1: { size: 64MiB } }
          hosts:
            esx:
              multipath: { policy: round-robin, ios: 2 }
              adapters: { nic0: { fabric: blue, address: 10.0.0.101 }, nic1: { fabric: green, address: 10.0.1.101 } }
          """,
          "turns.yaml");

  private static final List<LinkId> LINKS =
      List.of(
          new LinkId("esx.nic0", "node1.a"),
          new LinkId("esx.nic1", "node1.b"),
          new LinkId("esx.nic1", "node2.b"));

  private static String path(int link) {
    LinkId id = LINKS.get(link);
    return id.adapter().substring(4) + ":" + id.port();
  }

  /** Reads of one or two devices, every 10 ms, each down a path by its number. */
  private static final class Run extends HandWrittenRun<Run> {
    private final Expectation expectation;
    private final List<String> volumes = new ArrayList<>();
    private String fault = "";
    private long ops;

    Run(Expectation expectation) {
      super(TOPOLOGY);
      this.expectation = expectation;
      at(0, new Event.PhaseStarted("prepare"));
      at(100, new Event.PhaseStarted("workload"));
    }

    /**
     * A device.
     *
     * @param paths how many it has
     * @param blocks of each I/O
     * @param turns the paths of its I/Os, one after another
     */
    Run device(int paths, int blocks, int... turns) {
      String volume = "vol" + volumes.size();
      String device = "mpath" + volumes.size();
      volumes.add(volume);
      List<PathInfo> found =
          IntStream.range(0, paths)
              .mapToObj(i -> new PathInfo(path(i), LINKS.get(i), "10.0.0.10:3260"))
              .toList();
      at(20, new Event.DeviceFound("esx", device, volume, "naa." + volume, found));
      for (int i = 0; i < turns.length; i++) {
        long due = 101 + 10L * i;
        long op = ++ops;
        at(due, new Event.IoIssued(op, "esx", device, false, 0, blocks, 0, due * 1_000_000));
        at(due, new Event.IoSent(op, "esx", device, path(turns[i]), 1));
        at(
            due + 1,
            new Event.IoEnded(
                op, "esx", device, path(turns[i]), IoResult.Status.OK, "", List.of()));
      }
      at(90, loads(device, "before", paths));
      return at(7000, loads(device, "after", paths, turns));
    }

    private static Event.PathLoadsObserved loads(
        String device, String when, int paths, int... turns) {
      Map<String, PathShare> shares = new LinkedHashMap<>();
      for (int i = 0; i < paths; i++) {
        int own = i;
        long reads = IntStream.of(turns).filter(turn -> turn == own).count();
        shares.put(path(i), new PathShare(reads, 0, 0, reads * 4096, 0, 1000));
      }
      return new Event.PathLoadsObserved("esx", device, when, shares);
    }

    /** What the array tells of the first paths. */
    Run told(long ms, String... states) {
      for (int i = 0; i < states.length; i++) {
        at(ms, new Event.AccessStateSeen("esx", path(i), states[i]));
      }
      return this;
    }

    Run slowFrom(long ms) {
      return broken(ms, "latency 20ms");
    }

    Run broken(long ms, String how) {
      fault = how;
      return at(
          ms,
          new Event.FaultInjected(
              1, "esx.nic0 " + how, List.of(LINKS.get(0)), List.of(), ms * 1_000_000));
    }

    @Override
    Scenario scenario() {
      var builder = Scenario.named("turns").expect(expectation);
      volumes.forEach(v -> builder.workload(w -> w.host("esx").volume(v).rate(100).lasting("1s")));
      if (!fault.isEmpty()) {
        builder.breaking(f -> f.at("500ms").place("esx.nic0").how(fault));
      }
      return builder.build();
    }

    void is(Verdict verdict, String observed) {
      Finding finding = judge().findings().get(0);
      assertThat(finding.verdict()).as(finding.toString()).isEqualTo(verdict);
      assertThat(finding.observed()).contains(observed);
    }
  }

  /** So many I/Os a turn over so many paths. */
  private static int[] turns(int length, int paths, int ios) {
    return IntStream.range(0, ios).map(i -> i / length % paths).toArray();
  }

  private static int[] with(int[] turns, int at, int path) {
    int[] other = turns.clone();
    other[at] = path;
    return other;
  }

  @Test
  void thosePathsTakeTurnsThatAreBestWhenTheFirstIoIsSent() {
    String best = "active/optimized";
    String other = "active/non-optimized";
    int[] overTwo = turns(10, 2, 75);
    new Run(rotation(10)).device(3, 1, overTwo).told(50, best, best, other).is(Verdict.PASS, "2");
    // a host is asked to begin as soon as it has its devices, which is before it has the states
    new Run(rotation(10)).device(3, 1, overTwo).told(100, best, best, other).is(Verdict.PASS, "2");
    new Run(rotation(10))
        .device(3, 1, overTwo)
        .told(500, best, best, other)
        .is(Verdict.FAIL, "turn 3 went to nic0:node1.a, out of order");
  }

  @Test
  void turnsEndExactlyAtTheirNumberOfIos() {
    new Run(rotation(10)).device(2, 1, turns(10, 2, 75)).is(Verdict.PASS, "7 full turns over 2");
    new Run(rotation(10))
        .device(2, 1, turns(9, 2, 75))
        .is(Verdict.FAIL, "turn 1 gave nic0:node1.a 9");
    new Run(rotation(10))
        .device(2, 1, turns(11, 2, 75))
        .is(Verdict.FAIL, "turn 1 gave nic0:node1.a 11");
    new Run(rotation(10)).device(2, 1, turns(10, 2, 25)).is(Verdict.INCONCLUSIVE, "too few");
    // one too late, in the middle and at the end
    new Run(rotation(10))
        .device(2, 1, with(turns(10, 2, 75), 30, 0))
        .is(Verdict.FAIL, "turn 3 gave nic0:node1.a 11 I/Os");
    new Run(rotation(10)).device(2, 1, with(turns(10, 2, 71), 70, 0)).is(Verdict.FAIL, "11 I/Os");
  }

  /** The I/O that reaches the bytes is the turn's last: 40 of 64 blocks make 10 MiB. */
  @Test
  void turnsEndExactlyAtTheirBytes() {
    Expectation limits = rotation(1000, "10MiB");
    new Run(limits).device(2, 64, turns(40, 2, 130)).is(Verdict.PASS, "3 full turns over 2 paths");
    new Run(limits).device(2, 64, turns(39, 2, 130)).is(Verdict.FAIL, "39 I/Os of 10223616 bytes");
    new Run(limits).device(2, 64, turns(41, 2, 130)).is(Verdict.FAIL, "41 I/Os of 10747904 bytes");
    new Run(limits).device(2, 65, turns(40, 2, 130)).is(Verdict.PASS, "3 full turns");
    new Run(limits).device(2, 66, turns(40, 2, 130)).is(Verdict.FAIL, "40 I/Os of 10813440 bytes");
    new Run(rotation(40)).device(2, 64, turns(40, 2, 130)).is(Verdict.PASS, "3 full turns");
    new Run(rotation(30, "10MiB")).device(2, 64, turns(30, 2, 100)).is(Verdict.PASS, "3 full");
  }

  @Test
  void pathsAtOnceAreThoseOfAHostsDevicesTogether() {
    int[] one = turns(100, 2, 200);
    new Run(pathsAtOnce(1)).device(2, 1, one).is(Verdict.PASS, "1 in");
    new Run(pathsAtOnce(1)).device(2, 1, one).device(2, 1, one).is(Verdict.PASS, "1 in");
    new Run(pathsAtOnce(2))
        .device(2, 1, turns(200, 2, 200))
        .device(2, 1, IntStream.range(0, 200).map(i -> 1).toArray())
        .is(Verdict.PASS, "2 in");
    new Run(pathsAtOnce(2)).device(2, 1, one).device(2, 1, one).is(Verdict.FAIL, "1 in");
    // what the next path takes over in the middle of a slice is no second path
    new Run(pathsAtOnce(1)).device(2, 1, turns(105, 2, 200)).is(Verdict.PASS, "1 in");
    // nor is a device that sends nothing more a path too few
    new Run(pathsAtOnce(2))
        .device(2, 1, turns(200, 2, 200))
        .device(2, 1, IntStream.range(0, 100).map(i -> 1).toArray())
        .is(Verdict.PASS, "2 in");
    new Run(pathsAtOnce(1)).device(2, 1, turns(2, 2, 200)).is(Verdict.FAIL, "2 in");
    new Run(pathsAtOnce(1)).device(2, 1, with(one, 55, 1)).is(Verdict.FAIL, "2 in 1 slice");
    new Run(pathsAtOnce(1)).device(2, 1, turns(100, 2, 40)).is(Verdict.INCONCLUSIVE, "1 in");
  }

  @Test
  void aSlowPathGetsLessThanItsShare() {
    int[] less = IntStream.range(0, 200).map(i -> i % 10 == 0 ? 0 : 1).toArray();
    new Run(slowPathBelow(50)).device(2, 1, less).slowFrom(600).is(Verdict.PASS, "20 % of an even");
    new Run(slowPathBelow(15)).device(2, 1, less).slowFrom(600).is(Verdict.FAIL, "20 % of an even");
    new Run(slowPathBelow(50))
        .device(2, 1, turns(1, 2, 200))
        .slowFrom(600)
        .is(Verdict.FAIL, "100 % of an even share");
    new Run(slowPathBelow(50)).device(2, 1, less).slowFrom(1900).is(Verdict.INCONCLUSIVE, "% of");
    new Run(slowPathBelow(50))
        .device(2, 1, less)
        .broken(600, "silent-drop")
        .is(Verdict.INCONCLUSIVE, "no fault made a path slow");
  }

  @Test
  void anUnevenSplitIsToldWithThePathsBehindIt() {
    Map<String, Integer> thirds = Map.of("nic0", 33, "nic1", 67);
    new Run(imbalance(thirds))
        .device(3, 1, turns(2, 3, 360))
        .is(Verdict.PASS, "over nic1:node1.b, nic1:node2.b");
    new Run(imbalance(Map.of("nic0", 50, "nic1", 50)))
        .device(3, 1, turns(2, 3, 360))
        .is(Verdict.FAIL, "esx.nic1 66.");
    new Run(imbalance(Map.of("nic0", 33, "node1.b", 33)))
        .device(3, 1, turns(2, 3, 360))
        .is(Verdict.FAIL, "esx.nic1 66.");
    new Run(imbalance(Map.of("nic0", 50, "nic1", 50)))
        .device(2, 1, turns(2, 2, 180))
        .is(Verdict.FAIL, "50.0 %");
    Run untold = new Run(imbalance(thirds)).device(3, 1, turns(2, 3, 360));
    untold.without(Event.PathLoadsObserved.class, e -> true);
    untold.is(Verdict.INCONCLUSIVE, "no host told");
  }
}
