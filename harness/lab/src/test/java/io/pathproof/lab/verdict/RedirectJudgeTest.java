package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.ArrayJudgeTest.expect;
import static io.pathproof.lab.verdict.ArrayJudgeTest.loadsAs;
import static io.pathproof.lab.verdict.ArrayJudgeTest.withoutLoads;
import static io.pathproof.lab.verdict.VirtualRun.NODE1;
import static io.pathproof.lab.verdict.VirtualRun.PATH;
import static io.pathproof.lab.verdict.VirtualRun.VIP;
import static io.pathproof.lab.verdict.VirtualRun.loads;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Expectations;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is concluded of redirections, of how sessions are spread, and of requests to log out. */
class RedirectJudgeTest {
  @Test
  void portalsAreTheVirtualOnesAlone() {
    Expectation one = Expectations.portals(1);
    expect(new VirtualRun(one), "portals", Verdict.PASS, VIP);
    expect(new VirtualRun(Expectations.portals(2)), "portals", Verdict.FAIL, VIP);
    expect(
        discovering(new VirtualRun(one), List.of("10.0.0.2:3260")),
        "portals",
        Verdict.FAIL,
        "10.0.0.2:3260");
    expect(
        discovering(new VirtualRun(Expectations.portals(2)), List.of(VIP, "10.0.0.2:3260")),
        "portals",
        Verdict.FAIL,
        "10.0.0.2:3260");
    expect(
        new VirtualRun(one).without(Event.PortalsDiscovered.class, e -> true),
        "portals",
        Verdict.INCONCLUSIVE,
        "no discovery");
    expect(
        new VirtualRun(one)
            .at(
                50,
                new Event.PortalsDiscovered(
                    "esx1", VirtualRun.link("esx1"), "t", List.of(VIP, VIP))),
        "portals",
        Verdict.FAIL,
        VIP);
    Event all = new Event.PortalsDiscovered("host2", SyntheticRun.BROKEN, "t", NODE1);
    expect(
        new SyntheticRun(Expectations.portals(2)).at(5, all), "portals", Verdict.PASS, "discovery");
    expect(new SyntheticRun(one).at(5, all), "portals", Verdict.FAIL, "10.0.0.3:3260");
  }

  private static VirtualRun discovering(VirtualRun run, List<String> portals) {
    return run.change(
        Event.PortalsDiscovered.class,
        e -> true,
        e -> new Event.PortalsDiscovered(e.host(), e.link(), e.target(), portals));
  }

  @Test
  void alwaysMeansEverySessionAndItsIo() {
    Expectation always = Expectations.redirectedAlways();
    expect(
        new VirtualRun(always),
        "redirected",
        Verdict.PASS,
        "esx1 nic0:vip to node1.b, then node2.a");
    expect(
        new VirtualRun(always).without(Event.SessionRedirected.class, e -> true),
        "redirected",
        Verdict.FAIL,
        "not sent on");
    expect(
        new VirtualRun(always).secondHost(),
        "redirected",
        Verdict.FAIL,
        "esx2 nic0:vip not sent on");
    expect(
        loadsAs(new VirtualRun(always), loads("end", 11, 60, 60, 10)),
        "redirected",
        Verdict.FAIL,
        "1 I/O over node1.a (1 %)");
    expect(
        loadsAs(new VirtualRun(always), loads("end", 10, 10, 10, 10)),
        "redirected",
        Verdict.INCONCLUSIVE,
        "no I/O");
    for (String when : List.of("before", "end")) {
      expect(
          withoutLoads(new VirtualRun(always), when),
          "redirected",
          Verdict.INCONCLUSIVE,
          "did not tell its loads");
    }
    expect(
        new VirtualRun(always).without(Event.DeviceFound.class, e -> true),
        "redirected",
        Verdict.INCONCLUSIVE,
        "no session");
  }

  private static VirtualRun direct() {
    return loadsAs(
        new VirtualRun(Expectations.redirectedNever())
            .without(Event.SessionRedirected.class, e -> true),
        loads("end", 60, 10, 10, 10));
  }

  @Test
  void neverMeansThatTheOwnerServes() {
    expect(direct(), "redirected", Verdict.PASS, "; 50 I/Os over node1.a");
    expect(
        direct().at(50, new Event.SessionRedirected("esx1", PATH, VIP, "10.0.0.2:3260", true)),
        "redirected",
        Verdict.FAIL,
        "to node1.a");
    expect(
        loadsAs(direct(), loads("end", 60, 10, 11, 10)),
        "redirected",
        Verdict.FAIL,
        "1 over node2.a (2 %)");
    // Another port is the owner once the address has moved there.
    VirtualRun moved = loadsAs(direct(), loads("end", 60, 10, 11, 10));
    expect(
        moved.at(1500, new Event.ArrayChanged("vip", "10.0.0.1 moved from node1.a to node2.a")),
        "redirected",
        Verdict.PASS,
        "1 over node2.a (2 %)");
    VirtualRun other = loadsAs(direct(), loads("end", 60, 10, 11, 10));
    expect(
        other.at(1500, new Event.ArrayChanged("x", "10.0.0.2 moved from node1.a to node2.a")),
        "redirected",
        Verdict.FAIL,
        "1 over node2.a (2 %)");
  }

  private static VirtualRun some(long... end) {
    return loadsAs(new VirtualRun(Expectations.redirectedSome()).secondHost(), loads("end", end));
  }

  @Test
  void someMeansBothKinds() {
    expect(some(60, 60, 10, 10), "redirected", Verdict.PASS, "esx2 nic0:vip not sent on");
    expect(some(10, 60, 10, 10), "redirected", Verdict.FAIL, "; 50 I/Os over node1.b");
    expect(some(60, 10, 10, 10), "redirected", Verdict.FAIL, "; 50 I/Os over node1.a");
    expect(
        some(60, 60, 10, 10)
            .at(30, new Event.SessionRedirected("esx2", PATH, VIP, "10.0.0.3:3260", false)),
        "redirected",
        Verdict.FAIL,
        "esx2 nic0:vip to node1.b");
    expect(
        some(60, 60, 10, 10).without(Event.SessionRedirected.class, e -> true),
        "redirected",
        Verdict.FAIL,
        "esx1 nic0:vip not sent on");
  }

  @Test
  void againMeansToAPortThatWorks() {
    Expectation again = Expectations.redirectedAgain();
    expect(new VirtualRun(again), "redirected", Verdict.PASS, "then node2.a");
    expect(
        new VirtualRun(again)
            .without(Event.SessionRedirected.class, e -> e.to().equals("10.0.0.4:3260")),
        "redirected",
        Verdict.FAIL,
        "to node1.b;");
    expect(
        new VirtualRun(again)
            .change(
                Event.SessionRedirected.class,
                e -> e.to().equals("10.0.0.4:3260"),
                e -> new Event.SessionRedirected("esx1", PATH, VIP, "10.0.0.3:3260", false)),
        "redirected",
        Verdict.FAIL,
        "then node1.b");
    // Also where that port carries I/O after all.
    expect(
        loadsAs(
            new VirtualRun(again)
                .change(
                    Event.SessionRedirected.class,
                    e -> e.to().equals("10.0.0.4:3260"),
                    e -> new Event.SessionRedirected("esx1", PATH, VIP, "10.0.0.3:3260", false)),
            loads("end", 10, 99, 10, 10)),
        "redirected",
        Verdict.FAIL,
        "89 I/Os over node1.b");
    expect(
        loadsAs(new VirtualRun(again), loads("end", 10, 60, 10, 20)),
        "redirected",
        Verdict.FAIL,
        "10 over node2.b (17 %)");
    expect(
        new VirtualRun("node2.b", again),
        "redirected",
        Verdict.INCONCLUSIVE,
        "no session was at the place of the fault");
    // A node is all its ports.
    expect(new VirtualRun("node1", again), "redirected", Verdict.PASS, "then node2.a");
  }

  private static VirtualRun spread(long... sessions) {
    return loadsAs(
        new VirtualRun(Expectations.spreadEven()),
        VirtualRun.sessions("before", sessions, 10, 10, 10, 10));
  }

  @Test
  void sessionsAreSpreadEvenlyGiveOrTakeOne() {
    expect(
        spread(1, 1, 1, 0),
        "spread",
        Verdict.PASS,
        "1 session at node1.a, 1 at node1.b, 1 at node2.a, 0 at node2.b");
    expect(spread(2, 2, 2, 2), "spread", Verdict.PASS, ", 2 at node2.b");
    expect(spread(2, 1, 1, 0), "spread", Verdict.FAIL, "2 sessions at node1.a, ");
    expect(spread(0, 0, 4, 0), "spread", Verdict.FAIL, ", 4 at node2.a");
    expect(spread(0, 1, 0, 0), "spread", Verdict.INCONCLUSIVE, "too few to tell");
    expect(
        withoutLoads(spread(1, 1, 1, 1), "before"),
        "spread",
        Verdict.INCONCLUSIVE,
        "did not tell its loads");
  }

  private static VirtualRun asked(int seconds) {
    return new VirtualRun(Expectations.logoutObeyed())
        .at(1000, new Event.LogoutRequested("esx1", PATH, seconds));
  }

  @Test
  void aSessionThatIsAskedToLogOutComesBackInTime() {
    expect(asked(5), "logout-request", Verdict.PASS, "esx1 nic0:vip back after 169 ms");
    expect(asked(0), "logout-request", Verdict.FAIL, "not back within 0 s");
    expect(
        asked(5)
            .change(
                Event.SessionChanged.class,
                e -> e.state().equals("LOGGED_IN"),
                e -> new Event.SessionChanged("esx1", "nic1:vip", "LOGGED_IN", "")),
        "logout-request",
        Verdict.FAIL,
        "esx1 nic0:vip not back within 5 s");
    expect(
        asked(5).at(3000, new Event.LogoutRequested("esx1", PATH, 5)),
        "logout-request",
        Verdict.FAIL,
        "not back");
    expect(
        new VirtualRun(Expectations.logoutObeyed()),
        "logout-request",
        Verdict.INCONCLUSIVE,
        "no session was asked");
  }
}
