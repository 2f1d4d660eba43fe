package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.VirtualRun.NODE1;
import static io.pathproof.lab.verdict.VirtualRun.NODE2;
import static io.pathproof.lab.verdict.VirtualRun.PATH;
import static io.pathproof.lab.verdict.VirtualRun.VIP;
import static io.pathproof.lab.verdict.VirtualRun.loads;
import static io.pathproof.lab.verdict.VirtualRun.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.scenario.Expectations;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is concluded of arrays: sound histories, and the same with one planted defect each. */
class ArrayJudgeTest {
  static void expect(HandWrittenRun<?> run, String checker, Verdict verdict, String observed) {
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

  static VirtualRun loadsAs(VirtualRun run, Event.ArrayLoadObserved next) {
    return run.change(Event.ArrayLoadObserved.class, e -> e.when().equals(next.when()), e -> next);
  }

  static VirtualRun withoutLoads(VirtualRun run, String when) {
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
        "nobody on 10.0.0.2:3260, 10.0.0.3:3260;");
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

  static VirtualRun plain() {
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
  void aDeadLabIsHeldAgainstNoArray() {
    expect(
        told("standby").last(new Event.LabFailed("gone", "")),
        "access-states",
        Verdict.INCONCLUSIVE,
        "(the lab failed)");
  }
}
