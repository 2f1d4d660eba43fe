package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.VsphereJudgeTest.bound;
import static io.pathproof.lab.verdict.VsphereJudgeTest.expect;
import static io.pathproof.lab.verdict.VsphereRun.change;
import static io.pathproof.lab.verdict.VsphereRun.path;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Expectations;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is concluded of the adapters that I/O leaves by, and of how much gets through. */
class UplinkJudgeTest {
  private static final String STANDBY = "teaming active vmnic1 standby vmnic0";

  private static VsphereRun moves(Expectation expectation) {
    return new VsphereRun("esx1.vmnic0", "link-down", expectation)
        .at(601, new Event.UplinkMoved("esx1", "vmk1", "vmnic0", "vmnic1", "vmnic0 has no link"))
        .at(1601, new Event.UplinkMoved("esx1", "vmk1", "vmnic1", "vmnic0", "a link again"))
        .readsButOver("vmk2", 0, 9000);
  }

  @Test
  @Tag("PB-5")
  void ioMovesToTheOtherAdapterOfTheTeam() {
    Expectation moves = Expectations.uplinkMoves("esx1.vmk1");
    expect(moves(moves), "uplink-moved", Verdict.PASS, "then 99 I/Os by vmnic1, and back");
    expect(
        moves(moves).without(Event.UplinkMoved.class, each -> true),
        "uplink-moved",
        Verdict.FAIL,
        "did not move from vmnic0");
    expect(
        moves(moves).without(Event.UplinkMoved.class, each -> each.to().equals("vmnic0")),
        "uplink-moved",
        Verdict.FAIL,
        "did not go back to vmnic0");
    expect(
        new VsphereRun("esx1.vmnic0", "link-down", moves).reads(),
        "uplink-moved",
        Verdict.FAIL,
        "before the fault 25 I/Os by vmnic0 (50 %), 25 by vmnic1 (50 %)");
  }

  @Test
  @Tag("PB-4")
  @Tag("PB-6")
  void theAdaptersThatIoLeavesByAreCounted() {
    expect(
        bound(Expectations.adaptersUsed("esx1", 2)),
        "adapters-used",
        Verdict.PASS,
        "esx1: 100 I/Os by vmnic0 (50 %), 100 by vmnic1 (50 %)");
    expect(
        bound(Expectations.adaptersUsed("esx1", 1)),
        "adapters-used",
        Verdict.FAIL,
        "esx1: 100 I/Os by vmnic0 (50 %), 100 by vmnic1 (50 %)");
    expect(
        new VsphereRun("esx1.vmk2", STANDBY, Expectations.adaptersUsed("esx1", 2))
            .readsButOver("vmk2", 0, 9000),
        "adapters-used",
        Verdict.FAIL,
        ": 200 I/Os by vmnic0");
    expect(
        new VsphereRun("esx1.vmk2", STANDBY, Expectations.adaptersUsed("esx1", 2))
            .readsButOver("vmk2", 600, 1600),
        "adapters-used",
        Verdict.FAIL,
        "150 I/Os by vmnic0 (75 %), 50 by vmnic1 (25 %)");
  }

  @Test
  @Tag("PB-5")
  void ioThatGoesOnByTheAdapterWithoutALinkIsFound() {
    Expectation moves = Expectations.uplinkMoves("esx1.vmk1");
    // vmk2 is at vmnic1 all the time: what it carries before the fault left by the wrong adapter
    expect(
        moves(moves).read("esx1", "vmk2", 300), "uplink-moved", Verdict.FAIL, "before the fault ");
    // vmk3 stays at vmnic0
    expect(
        moves(moves).read("esx1", "vmk3", 1000).at(11, change("vmk3", true, "logged in")),
        "uplink-moved",
        Verdict.FAIL,
        "after the move to vmnic1 1 I/O by vmnic0 (");
    expect(
        new VsphereRun("esx1.vmnic1", "link-down", moves).reads(),
        "uplink-moved",
        Verdict.INCONCLUSIVE,
        "esx1.vmnic1 link-down, while esx1.vmk1 used vmnic0");
    expect(
        moves(moves)
            .change(
                Event.UplinkMoved.class,
                each -> each.to().equals("vmnic1"),
                each -> new Event.UplinkMoved("esx1", "vmk1", "vmnic0", "", "vmnic0 has no link")),
        "uplink-moved",
        Verdict.FAIL,
        "did not move from vmnic0");
  }

  @ParameterizedTest
  @Tag("PB-6")
  @CsvSource({
    "128, 256, PASS, 2.00 times",
    "128, 205, PASS, 1.60 times",
    "128, 204, FAIL, 1.59 times",
    "128, 128, FAIL, 1.00 times",
    "128, 60, FAIL, 0.47 times",
    "280, 290, INCONCLUSIVE, its links are not the limit",
    "60, 120, INCONCLUSIVE, 'its adapters carry 4096 KiB/s, so something else is the limit'",
    "125, 200, PASS, 1.60 times",
    "97, 194, PASS, 2.00 times",
    "90, 180, INCONCLUSIVE, 'its adapters carry 4096 KiB/s, so something else is the limit'",
    "0, 256, INCONCLUSIVE, nothing through",
    "128, 0, INCONCLUSIVE, nothing through"
  })
  void twoPortsGetMoreThroughThanOneWhereTheLinkIsTheLimit(
      int esx1, int esx2, Verdict verdict, String observed) {
    expect(new ThroughputRun(esx1, esx2), "throughput", verdict, observed);
  }

  private static Event.UplinkMoved moved(String port, String from, String to) {
    return new Event.UplinkMoved("esx1", port, from, to, "told");
  }

  private static Event failed(Event.IoEnded each) {
    return new Event.IoEnded(
        each.op(),
        each.host(),
        each.device(),
        each.path(),
        IoResult.Status.FAILED,
        "gone",
        List.of());
  }

  @Test
  @Tag("PB-4")
  @Tag("PB-6")
  void ioThatLeftByNoKnownAdapterIsCountedApartAndWhatIsSentAgainIsNotCounted() {
    Expectation two = Expectations.adaptersUsed("esx1", 2);
    expect(
        bound(two).at(300, moved("vmk1", "vmnic0", "")),
        "adapters-used",
        Verdict.FAIL,
        "89 I/Os by ? (45 %), ");
    expect(
        bound(two)
            .change(
                Event.IoSent.class,
                each -> each.op() == 1,
                each -> new Event.IoSent(1, "esx1", "mpatha", "vmk9:ct0.eth0", 1)),
        "adapters-used",
        Verdict.FAIL,
        "1 I/O by ? (1 %), 99 by vmnic0 (50 %), 100 by vmnic1 (50 %)");
    expect(
        bound(two).at(105, new Event.IoSent(1, "esx1", "mpatha", path("vmk2"), 2)),
        "adapters-used",
        Verdict.PASS,
        "100 I/Os by vmnic0 (50 %), 100 by vmnic1 (50 %)");
  }

  private static VsphereRun linkDown() {
    return new VsphereRun("esx1.vmnic0", "link-down", Expectations.uplinkMoves("esx1.vmk1"));
  }

  private static VsphereRun reads(VsphereRun run, String port, long fromMs, long untilMs) {
    for (long ms = fromMs; ms < untilMs; ms += 10) {
      run.read("esx1", port, ms);
    }
    return run;
  }

  @Test
  @Tag("PB-5")
  void aMoveIsOneOfThatPortAfterTheFaultToAnotherAdapter() {
    expect(
        linkDown().reads().without(Event.FaultInjected.class, each -> true),
        "uplink-moved",
        Verdict.INCONCLUSIVE,
        "no fault was injected");
    // vmk1 is at vmnic0, but all I/O goes over vmk2
    expect(
        reads(linkDown(), "vmk2", 100, 2000),
        "uplink-moved",
        Verdict.FAIL,
        "before the fault 50 I/Os by vmnic1");
    String still = "did not move from vmnic0 to another adapter";
    VsphereRun before =
        linkDown()
            .at(30, moved("vmk1", "vmnic0", "vmnic1"))
            .at(40, moved("vmk1", "vmnic1", "vmnic0"));
    expect(reads(before, "vmk1", 100, 2000), "uplink-moved", Verdict.FAIL, still);
    VsphereRun other = linkDown().at(601, moved("vmk3", "vmnic0", "vmnic1"));
    expect(reads(other, "vmk1", 100, 2000), "uplink-moved", Verdict.FAIL, still);
    VsphereRun same = linkDown().at(601, moved("vmk1", "vmnic0", "vmnic0"));
    expect(reads(same, "vmk1", 100, 2000), "uplink-moved", Verdict.FAIL, still);
    // vmk1 has moved, but all I/O goes over vmk3, which has not
    VsphereRun elsewhere =
        linkDown()
            .at(11, change("vmk3", true, "logged in"))
            .at(601, moved("vmk1", "vmnic0", "vmnic1"));
    expect(
        reads(reads(elsewhere, "vmk1", 100, 600), "vmk3", 610, 2000),
        "uplink-moved",
        Verdict.FAIL,
        "after the move to vmnic1 ");
  }

  @Test
  @Tag("PB-5")
  void aPortGoesBackWhereItsSwitchFailsBackAndTheLinkIsThereAgain() {
    VsphereRun stays =
        VsphereRun.withoutFailback(
                "esx1.vmnic0", "link-down", Expectations.uplinkMoves("esx1.vmk1"))
            .at(601, moved("vmk1", "vmnic0", "vmnic1"));
    expect(reads(stays, "vmk1", 100, 2000), "uplink-moved", Verdict.PASS, "I/Os by vmnic1");
    VsphereRun neverHealed =
        linkDown()
            .at(601, moved("vmk1", "vmnic0", "vmnic1"))
            .without(Event.FaultHealed.class, each -> true);
    expect(reads(neverHealed, "vmk1", 100, 2000), "uplink-moved", Verdict.PASS, "I/Os by vmnic1");
  }

  @Test
  @Tag("PB-5")
  void ioThatDidNotEndWellLeftByNoAdapter() {
    expect(
        moves(Expectations.uplinkMoves("esx1.vmk1"))
            .read("esx1", "vmk2", 300)
            .change(Event.IoEnded.class, each -> each.op() == 201, UplinkJudgeTest::failed),
        "uplink-moved",
        Verdict.PASS,
        "and back to vmnic0");
  }

  @Test
  @Tag("PB-6")
  void throughputIsOfWhatEndedWellWhileTheHostsOwnWorkloadsRan() {
    expect(
        new ThroughputRun(128, 256)
            .change(
                Event.IoEnded.class,
                each -> each.host().equals("esx2") && each.op() % 2 == 0,
                UplinkJudgeTest::failed),
        "throughput",
        Verdict.FAIL,
        "1.00 times");
    expect(new ThroughputRun(128, 256).esx2("1s", "1s"), "throughput", Verdict.PASS, "2.00 times");
    expect(new ThroughputRun(128, 256).esx2("1s", "2s"), "throughput", Verdict.FAIL, "1.33 times");
  }

  /** Nothing is known of the adapters: then they are not said to carry more. */
  @Test
  @Tag("PB-6")
  void throughputIsComparedWithoutAKnownBandwidthToo() {
    expect(ThroughputRun.plain(60, 120), "throughput", Verdict.PASS, "2.00 times");
    expect(
        new ThroughputRun(60, 120).without(Event.VmkernelPortSeen.class, each -> true),
        "throughput",
        Verdict.PASS,
        "2.00 times");
  }
}
