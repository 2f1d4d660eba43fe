package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.VirtualRun.NODE1;
import static io.pathproof.lab.verdict.VirtualRun.NODE2;
import static io.pathproof.lab.verdict.VirtualRun.PATH;
import static io.pathproof.lab.verdict.VirtualRun.VIP;
import static io.pathproof.lab.verdict.VirtualRun.loads;
import static io.pathproof.lab.verdict.VirtualRun.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.DiagnosedPath;
import io.pathproof.lab.observed.DiagnosedStep;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Expectations;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is concluded of arrays: sound histories, and the same with one planted defect each. */
class ArrayJudgeTest {
  private static void expect(
      HandWrittenRun<?> run, String checker, Verdict verdict, String observed) {
    Judgement judgement = run.judge();
    Finding finding =
        judgement.findings().stream()
            .filter(one -> one.checker().equals(checker))
            .findFirst()
            .orElseThrow();
    assertThat(finding.verdict()).as(finding.toString()).isEqualTo(verdict);
    assertThat(finding.observed()).contains(observed);
    assertThat(judgement.verdict().and(verdict)).isEqualTo(judgement.verdict());
  }

  private static Event.ArrayObserved observed(String when, List<String> node1, List<String> node2) {
    return new Event.ArrayObserved(when, snapshot(node1, node2));
  }

  private static VirtualRun observedAs(
      VirtualRun run, String when, List<String> node1, List<String> node2) {
    return run.change(
        Event.ArrayObserved.class, e -> e.when().equals(when), e -> observed(when, node1, node2));
  }

  private static VirtualRun loadsAs(VirtualRun run, Event.ArrayLoadObserved next) {
    return run.change(Event.ArrayLoadObserved.class, e -> e.when().equals(next.when()), e -> next);
  }

  private static VirtualRun withoutLoads(VirtualRun run, String when) {
    return run.without(Event.ArrayLoadObserved.class, e -> e.when().equals(when));
  }

  @Test
  void aSoundHistoryIsAccusedOfNothing() {
    Judgement judgement =
        new VirtualRun(
                Expectations.ioContinues(),
                Expectations.portals(1),
                Expectations.redirectedAlways(),
                Expectations.redirectedAgain())
            .judge();
    assertThat(judgement.findings())
        .allSatisfy(finding -> assertThat(finding.verdict()).isEqualTo(Verdict.PASS));
    assertThat(judgement.findings())
        .extracting(Finding::checker)
        .contains("portals", "redirected", "protocol", "access-states", "addresses");
  }

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
        "node1.a=1");
    expect(
        loadsAs(new VirtualRun(always), loads("end", 10, 10, 10, 10)),
        "redirected",
        Verdict.INCONCLUSIVE,
        "{}");
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
    expect(direct(), "redirected", Verdict.PASS, "{node1.a=50}");
    expect(
        direct().at(50, new Event.SessionRedirected("esx1", PATH, VIP, "10.0.0.2:3260", true)),
        "redirected",
        Verdict.FAIL,
        "to node1.a");
    expect(
        loadsAs(direct(), loads("end", 60, 10, 11, 10)), "redirected", Verdict.FAIL, "node2.a=1");
    // Another port is the owner once the address has moved there.
    VirtualRun moved = loadsAs(direct(), loads("end", 60, 10, 11, 10));
    expect(
        moved.at(1500, new Event.ArrayChanged("vip", "10.0.0.1 moved from node1.a to node2.a")),
        "redirected",
        Verdict.PASS,
        "node2.a=1");
    VirtualRun other = loadsAs(direct(), loads("end", 60, 10, 11, 10));
    expect(
        other.at(1500, new Event.ArrayChanged("x", "10.0.0.2 moved from node1.a to node2.a")),
        "redirected",
        Verdict.FAIL,
        "node2.a=1");
  }

  private static VirtualRun some(long... end) {
    return loadsAs(new VirtualRun(Expectations.redirectedSome()).secondHost(), loads("end", end));
  }

  @Test
  void someMeansBothKinds() {
    expect(some(60, 60, 10, 10), "redirected", Verdict.PASS, "esx2 nic0:vip not sent on");
    expect(some(10, 60, 10, 10), "redirected", Verdict.FAIL, "{node1.b=50}");
    expect(some(60, 10, 10, 10), "redirected", Verdict.FAIL, "{node1.a=50}");
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
        "node1.b=89");
    expect(
        loadsAs(new VirtualRun(again), loads("end", 10, 60, 10, 20)),
        "redirected",
        Verdict.FAIL,
        "node2.b=10");
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
    expect(spread(1, 1, 1, 0), "spread", Verdict.PASS, "node2.b=0");
    expect(spread(2, 2, 2, 2), "spread", Verdict.PASS, "node2.b=2");
    expect(spread(2, 1, 1, 0), "spread", Verdict.FAIL, "node1.a=2");
    expect(spread(0, 0, 4, 0), "spread", Verdict.FAIL, "node2.a=4");
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

  private static VirtualRun moved() {
    VirtualRun run =
        new VirtualRun("node1.a", Expectations.addressMoved("vip"))
            .at(1155, new Event.ArrayChanged("vip", "10.0.0.1 moved from node1.a to node2.a"));
    return observedAs(run, "after", NODE1, VirtualRun.with(NODE2, VIP));
  }

  @Test
  void anAddressMovesToAPortThatAnswersOnBoth() {
    String checker = "address-moved";
    expect(moved(), checker, Verdict.PASS, "from node1.a to node2.a");
    expect(
        moved().without(Event.ArrayChanged.class, e -> e.text().contains("moved")),
        checker,
        Verdict.FAIL,
        "still at node1.a");
    expect(observedAs(moved(), "after", NODE1, NODE2), checker, Verdict.FAIL, "to node2.a");
    expect(
        observedAs(moved(), "after", NODE1, List.of(VIP, "10.0.0.5:3260")),
        checker,
        Verdict.FAIL,
        "to node2.a");
    expect(loadsAs(moved(), loads("end", 10, 60, 10, 10)), checker, Verdict.FAIL, "carried 0 I/Os");
    expect(
        loadsAs(moved(), loads("fault", 10, 60, 60, 10)), checker, Verdict.FAIL, "carried 0 I/Os");
    // It stayed, at a port that works and carries I/O.
    VirtualRun stayed = moved().without(Event.ArrayChanged.class, e -> e.text().contains("moved"));
    expect(
        loadsAs(
            observedAs(stayed, "after", VirtualRun.with(NODE1, VIP), NODE2),
            loads("end", 50, 60, 60, 10)),
        checker,
        Verdict.FAIL,
        "still at node1.a");
    // It came back before the array was asked.
    expect(
        moved().at(2000, new Event.ArrayChanged("vip", "10.0.0.1 moved from node2.a to node1.a")),
        checker,
        Verdict.FAIL,
        "still at node1.a");
    for (VirtualRun blind :
        List.of(
            moved().without(Event.ArrayObserved.class, e -> e.when().equals("after")),
            withoutLoads(moved(), "fault"),
            withoutLoads(moved(), "end"))) {
      expect(blind, checker, Verdict.INCONCLUSIVE, "not asked while the fault stood");
    }
  }

  private static VirtualRun taken() {
    List<String> all = VirtualRun.with(VirtualRun.with(NODE2, VIP), NODE1.get(0));
    return observedAs(
        new VirtualRun("node1", Expectations.takenOver("node1")),
        "after",
        List.of(),
        VirtualRun.with(all, NODE1.get(1)));
  }

  @Test
  void aNodeIsTakenOverWhenOthersAnswerOnAllItsAddresses() {
    expect(taken(), "taken-over", Verdict.PASS, "they carried 50 I/Os");
    expect(
        observedAs(taken(), "after", List.of(), VirtualRun.with(NODE2, VIP)),
        "taken-over",
        Verdict.FAIL,
        "nobody on [10.0.0.2:3260, 10.0.0.3:3260]");
    expect(
        observedAs(taken(), "after", VirtualRun.with(NODE1, VIP), NODE2),
        "taken-over",
        Verdict.FAIL,
        "nobody on");
    expect(
        loadsAs(taken(), loads("end", 10, 90, 10, 10)),
        "taken-over",
        Verdict.FAIL,
        "they carried 0 I/Os");
    for (String when : List.of("before", "after")) {
      expect(
          taken().without(Event.ArrayObserved.class, e -> e.when().equals(when)),
          "taken-over",
          Verdict.INCONCLUSIVE,
          "not asked");
    }
    expect(withoutLoads(taken(), "end"), "taken-over", Verdict.INCONCLUSIVE, "not asked");
  }

  private static VirtualRun attention(long atMs, int asc, int ascq) {
    return new VirtualRun(Expectations.unitAttention("2A/06"))
        .at(atMs, new Event.UnitAttentionSeen("esx1", PATH, asc, ascq));
  }

  @Test
  void aUnitAttentionIsSeenOnEachPathThatIsUsed() {
    String checker = "unit-attention";
    expect(attention(1200, 0x2a, 6), checker, Verdict.PASS, "esx1 nic0:vip");
    expect(attention(1200, 0x2a, 1), checker, Verdict.FAIL, "never on esx1 nic0:vip");
    expect(attention(1200, 0x29, 6), checker, Verdict.FAIL, "never on esx1 nic0:vip");
    expect(attention(1000, 0x2a, 6), checker, Verdict.FAIL, "never on");
    // Healing has attentions of its own.
    expect(attention(2400, 0x2a, 6), checker, Verdict.FAIL, "never on");
    expect(attention(1200, 0x2a, 6).secondHost(), checker, Verdict.FAIL, "never on esx2 nic0:vip");
    expect(
        attention(1200, 0x2a, 6).without(Event.IoSent.class, e -> e.op() > 50),
        checker,
        Verdict.INCONCLUSIVE,
        "no I/O after the fault");
  }

  /**
   * A path that carried I/O only until the attention was raised, or none to a good end, owes none.
   */
  @Test
  void aUnitAttentionIsOwedByPathsThatAreUsedSinceItWasRaised() {
    String checker = "unit-attention";
    expect(onAnother(55, IoResult.Status.OK), checker, Verdict.PASS, "on esx1 nic0:vip");
    expect(onAnother(70, IoResult.Status.FAILED), checker, Verdict.PASS, "on esx1 nic0:vip");
    expect(onAnother(70, IoResult.Status.OK), checker, Verdict.FAIL, "never on esx1 nic0:late");
  }

  private static VirtualRun onAnother(long op, IoResult.Status status) {
    return attention(1200, 0x2a, 6)
        .change(
            Event.IoSent.class,
            e -> e.op() == op,
            e -> new Event.IoSent(op, "esx1", "sda", "nic0:late", 1))
        .change(
            Event.IoEnded.class,
            e -> e.op() == op,
            e -> new Event.IoEnded(op, "esx1", "sda", "nic0:late", status, "", List.of()));
  }

  private static VirtualRun plain() {
    return new VirtualRun(Expectations.ioContinues());
  }

  @Test
  void breachesOfTheProtocolAreCounted() {
    expect(plain(), "protocol", Verdict.PASS, "no breach");
    VirtualRun one = plain().at(500, new Event.ProtocolBreach("esx1", PATH, "StatSN went back"));
    expect(one, "protocol", Verdict.FAIL, "1 breach, first on esx1 nic0:vip: StatSN went back");
    one.at(600, new Event.ProtocolBreach("esx1", PATH, "again"));
    expect(one, "protocol", Verdict.FAIL, "2 breaches, first on esx1 nic0:vip: StatSN went back");
  }

  private static VirtualRun told(String state) {
    return plain().at(50, new Event.AccessStateSeen("esx1", PATH, state));
  }

  private static Event refusedOp20(String sense) {
    return new Event.IoAttemptEnded(
        20, "esx1", "sda", PATH, 1, IoResult.Status.FAILED, sense, true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NOT_READY 04/0B TARGET PORT IN STANDBY", "NOT_READY 04/0c"})
  void aPathThatIsActiveTakesIo(String sense) {
    String checker = "access-states";
    VirtualRun lie = told("active/optimized").at(480, refusedOp20(sense));
    expect(lie, checker, Verdict.FAIL, "1 I/O say otherwise, first esx1 nic0:vip is active");
    expect(
        told("active/non-optimized").at(480, refusedOp20(sense)),
        checker,
        Verdict.FAIL,
        "is active");
    expect(
        told("standby").without(Event.IoEnded.class, e -> true).at(480, refusedOp20(sense)),
        checker,
        Verdict.PASS,
        "they did");
    expect(told("active/optimized").at(480, refusedOp20("04/0A")), checker, Verdict.PASS, "");
    expect(plain().at(480, refusedOp20(sense)), checker, Verdict.PASS, "tells no access states");
    // The array changed it meanwhile, by its own account.
    expect(
        told("active/optimized")
            .at(300, new Event.ArrayChanged("node1", "target port group 1 to standby"))
            .at(480, refusedOp20(sense)),
        checker,
        Verdict.PASS,
        "they did");
    // It had been sent before the host was told.
    expect(
        plain()
            .at(485, new Event.AccessStateSeen("esx1", PATH, "active/optimized"))
            .at(490, refusedOp20(sense)),
        checker,
        Verdict.PASS,
        "they did");
  }

  @Test
  void aPathThatIsNotActiveServesNothing() {
    String checker = "access-states";
    expect(told("standby"), checker, Verdict.FAIL, "esx1 nic0:vip is standby, and serves I/O");
    expect(told("unavailable"), checker, Verdict.FAIL, "is unavailable, and serves I/O");
    expect(told("active/optimized"), checker, Verdict.PASS, "they did");
    expect(
        told("standby").at(60, new Event.AccessStateSeen("esx1", PATH, "active/optimized")),
        checker,
        Verdict.PASS,
        "they did");
    expect(
        plain().at(2150, new Event.AccessStateSeen("esx1", PATH, "standby")),
        checker,
        Verdict.PASS,
        "they did");
    // What was sent before the host was told may still be served.
    expect(
        plain()
            .without(Event.IoEnded.class, e -> e.op() == 100)
            .at(2150, new Event.AccessStateSeen("esx1", PATH, "standby"))
            .at(
                2160,
                new Event.IoEnded(100, "esx1", "sda", PATH, IoResult.Status.OK, "", List.of())),
        checker,
        Verdict.PASS,
        "they did");
  }

  @Test
  void anAddressHasOneNode() {
    expect(plain(), "addresses", Verdict.PASS, "none did");
    expect(
        observedAs(plain(), "after", VirtualRun.with(NODE1, VIP), VirtualRun.with(NODE2, VIP)),
        "addresses",
        Verdict.FAIL,
        "10.0.0.1:3260 at ");
    ArraySnapshot.NodeState state =
        new ArraySnapshot.NodeState("running", List.of(), List.of(VIP, VIP), java.util.Map.of());
    expect(
        plain()
            .change(
                Event.ArrayObserved.class,
                e -> e.when().equals("after"),
                e ->
                    new Event.ArrayObserved(
                        "after", new ArraySnapshot(java.util.Map.of("node1", state)))),
        "addresses",
        Verdict.PASS,
        "none did");
  }

  /** Loses the session without a login at the virtual address that would be sent on. */
  private static VirtualRun notSentOnAgain(VirtualRun run) {
    return run.without(Event.SessionRedirected.class, e -> e.to().equals("10.0.0.4:3260"));
  }

  @Test
  void anAddressThatMovedHasToBeUsedWhereItIs() {
    String checker = "address-moved";
    expect(moved(), checker, Verdict.PASS, "10.0.0.1:3260 used by esx1 nic0:vip");
    // A login there that is sent on is a use of it, without any I/O there.
    expect(
        moved()
            .change(
                Event.SessionRedirected.class,
                e -> true,
                e -> new Event.SessionRedirected("esx1", PATH, VIP, e.to(), true)),
        checker,
        Verdict.PASS,
        "used by esx1 nic0:vip");
    // Another login there is not enough when it came before the move.
    expect(
        notSentOnAgain(moved())
            .without(Event.SessionChanged.class, e -> e.state().equals("FAILED")),
        checker,
        Verdict.INCONCLUSIVE,
        "carried 50 I/Os, but no host has used 10.0.0.1:3260 since");
    // A session that was lost is served at the address itself: its I/O is a use of it.
    expect(notSentOnAgain(moved()), checker, Verdict.PASS, "used by esx1 nic0:vip");
    expect(
        notSentOnAgain(moved()).without(Event.IoEnded.class, e -> e.op() > 50),
        checker,
        Verdict.INCONCLUSIVE,
        "no host has used");
    // One that was sent on for good does not come back to it.
    expect(
        notSentOnAgain(moved())
            .change(
                Event.SessionRedirected.class,
                e -> true,
                e -> new Event.SessionRedirected("esx1", PATH, VIP, e.to(), true)),
        checker,
        Verdict.INCONCLUSIVE,
        "no host has used");
  }

  @Test
  void whatTheArrayWasToldToDoIsInItsJournal() {
    expect(
        plain(),
        "fault-took-effect",
        Verdict.PASS,
        "node1.b down: node1.b down; the workload used 1 session there");
    expect(
        plain().without(Event.ArrayChanged.class, e -> true),
        "fault-took-effect",
        Verdict.INCONCLUSIVE,
        "journal tells of nothing");
    // What a defect did is not what this fault did.
    expect(
        plain()
            .without(Event.ArrayChanged.class, e -> true)
            .at(1200, new Event.ArrayChanged("array", "defect stale-read struck: vol0")),
        "fault-took-effect",
        Verdict.INCONCLUSIVE,
        "journal tells of nothing");
  }

  @Test
  void aPortThatNobodyIsAtTakesNothingAwayWhenItFails() {
    String checker = "fault-took-effect";
    for (String elsewhere : List.of("node1.a", "node2.a", "node2.b")) {
      expect(
          new VirtualRun(elsewhere, Expectations.ioContinues()),
          checker,
          Verdict.INCONCLUSIVE,
          "but no session of the workload's hosts was there");
    }
    // esx2 is served at the virtual address, which is at node1.a until it moves.
    expect(
        new VirtualRun("node1.a", Expectations.ioContinues()).secondHost(),
        checker,
        Verdict.PASS,
        "the workload used 1 session there");
    Event away = new Event.ArrayChanged("vip", "10.0.0.1 moved from node1.a to node2.b");
    expect(
        new VirtualRun("node1.a", Expectations.ioContinues()).secondHost().at(500, away),
        checker,
        Verdict.INCONCLUSIVE,
        "but no session");
    expect(
        new VirtualRun("node2.b", Expectations.ioContinues()).secondHost().at(500, away),
        checker,
        Verdict.PASS,
        "the workload used 1 session there");
    // Its session had gone before the fault came.
    expect(
        plain().at(1000, new Event.PathChanged("esx1", PATH, VirtualRun.link("esx1"), false, "")),
        checker,
        Verdict.INCONCLUSIVE,
        "but no session");
    // It was there, and idle.
    expect(
        plain().without(Event.IoSent.class, e -> true).without(Event.IoIssued.class, e -> true),
        checker,
        Verdict.INCONCLUSIVE,
        "but no I/O used 1 session there");
  }

  @Test
  void aNodeThatDiesHitsTheSessionsAtItsPorts() {
    String checker = "fault-took-effect";
    VirtualRun at =
        broken("node1", "kill")
            .at(1150, lostOp(51))
            .without(Event.IoEnded.class, e -> e.op() == 51);
    expect(at, checker, Verdict.PASS, "1 I/O lost there");
    VirtualRun elsewhere =
        broken("node2", "kill")
            .at(1150, lostOp(51))
            .without(Event.IoEnded.class, e -> e.op() == 51);
    expect(elsewhere, checker, Verdict.INCONCLUSIVE, "0 I/Os on the broken paths");
  }

  private static VirtualRun broken(String place, String how) {
    return new VirtualRun(place, how, Expectations.ioContinues());
  }

  /** Op 51 is lost with its session and sent again down the only path there is. */
  private static VirtualRun sentAgain() {
    return plain()
        .without(Event.IoEnded.class, e -> e.op() >= 51 && e.op() <= 55)
        .at(1152, lostOp(51))
        .at(1153, new Event.IoSent(51, "esx1", "sda", PATH, 2))
        .at(1180, okOp(51))
        .at(1190, okOp(52))
        .at(1191, okOp(53))
        .at(1192, okOp(54))
        .at(1193, okOp(55));
  }

  private static Event okOp(long op) {
    return new Event.IoEnded(op, "esx1", "sda", PATH, IoResult.Status.OK, "", List.of());
  }

  private static void times(
      HandWrittenRun<?> run, double detect, double decide, double firstIo, double blackout) {
    Failover seen = run.judge().failover().orElseThrow();
    assertThat(seen.detectMs()).isCloseTo(detect, within(0.6));
    assertThat(seen.decideMs()).isCloseTo(decide, within(0.6));
    assertThat(seen.firstIoMs()).isCloseTo(firstIo, within(0.6));
    assertThat(seen.blackoutMs()).isCloseTo(blackout, within(0.6));
  }

  @Test
  void aSessionThatMovesMakesAPauseThoughNoPathChanges() {
    times(sentAgain(), 49, 3, 27, 80);
    // Without word from the session the failed attempt is the first to tell.
    times(
        sentAgain().without(Event.SessionChanged.class, e -> e.state().equals("FAILED")),
        51,
        1,
        27,
        80);
    // Asked to log out, the host loses nothing: what comes then waits.
    VirtualRun asked =
        broken("node1.b", "request-logout 3s")
            .at(1130, new Event.LogoutRequested("esx1", PATH, 3))
            .without(Event.IoEnded.class, e -> e.op() == 53 || e.op() == 54)
            .at(1175, okOp(53))
            .at(1176, okOp(54));
    times(asked, 29, 10, 35, 35);
    // Nobody was at the port that failed.
    assertThat(new VirtualRun("node2.b", Expectations.ioContinues()).judge().failover()).isEmpty();
  }

  @Test
  void thePartsOfAPauseAreOfOnePause() {
    // It was noticed at 1150, and cost an I/O only when the link went down once more.
    VirtualRun flapping =
        broken("vip", "flap up 300ms down 200ms")
            .without(Event.IoEnded.class, e -> e.op() == 76)
            .at(1652, lostOp(76))
            .at(1653, new Event.IoSent(76, "esx1", "sda", PATH, 2))
            .at(1680, okOp(76));
    times(flapping, 52, 1, 27, 80);
  }

  private static Event lostOp(long op) {
    return new Event.IoAttemptEnded(
        op, "esx1", "sda", PATH, 1, IoResult.Status.INDETERMINATE, "reset", true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"defect stale-read", "defect split-brain"})
  void aDefectHasToStrike(String defect) {
    String checker = "fault-took-effect";
    Event on = new Event.ArrayChanged("array", defect + " on");
    Event struck = new Event.ArrayChanged("array", defect + " struck: vol0 at 4096");
    expect(broken("array", defect), checker, Verdict.INCONCLUSIVE, "tells of nothing");
    expect(
        broken("array", defect).at(1102, on),
        checker,
        Verdict.INCONCLUSIVE,
        "array " + defect + ": switched on but never struck");
    expect(
        broken("array", defect).at(1102, on).at(1300, struck),
        checker,
        Verdict.PASS,
        "struck: vol0 at 4096");
    expect(
        broken("array", defect)
            .at(1102, on)
            .at(1300, new Event.ArrayChanged("array", "defect late-write struck: vol0")),
        checker,
        Verdict.INCONCLUSIVE,
        "never struck");
    // A strike from before is another one's.
    expect(
        broken("array", defect).at(1000, struck).at(1102, on),
        checker,
        Verdict.INCONCLUSIVE,
        "never struck");
  }

  @Test
  void aDeadLabIsHeldAgainstNoArray() {
    expect(
        told("standby").last(new Event.LabFailed("gone", "")),
        "access-states",
        Verdict.INCONCLUSIVE,
        "(the lab failed)");
  }

  @Test
  void diagnosisHasToFindEveryPathOfTheAdapterStoppedAtTheStep() {
    Expectation login = Expectations.diagnosed("esx1.nic0", "login");
    expect(run(login), "diagnosis", Verdict.INCONCLUSIVE, "no path of it was examined");
    expect(told(run(login), "LOGIN"), "diagnosis", Verdict.PASS, "stops at login: because");
    expect(told(run(login), "TCP"), "diagnosis", Verdict.FAIL, "stops at tcp: because");
    expect(told(run(login), ""), "diagnosis", Verdict.FAIL, "is sound");
    expect(told(told(run(login), "LOGIN"), ""), "diagnosis", Verdict.FAIL, "is sound");
    Expectation sound = Expectations.diagnosed("esx1.nic0", "sound");
    expect(told(run(sound), ""), "diagnosis", Verdict.PASS, "is sound");
    expect(told(run(sound), "IO"), "diagnosis", Verdict.FAIL, "stops at io");
  }

  private static VirtualRun run(Expectation expectation) {
    return new VirtualRun(expectation);
  }

  /** A path of nic0 was examined, and stops at that step, or nowhere. */
  private static VirtualRun told(VirtualRun run, String stop) {
    List<DiagnosedStep> steps =
        stop.isEmpty()
            ? List.of()
            : List.of(
                new DiagnosedStep(
                    DiagnosedStep.Step.valueOf(stop),
                    DiagnosedStep.Outcome.FAILED,
                    1,
                    "",
                    "because",
                    ""));
    DiagnosedPath path =
        new DiagnosedPath(PATH, "nic0", "vip", "10.0.0.1:3260", "iqn.x", steps, List.of());
    return run.at(900, new Event.PathDiagnosed("esx1", path));
  }
}
