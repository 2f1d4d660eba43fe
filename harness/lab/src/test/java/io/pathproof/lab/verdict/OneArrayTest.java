package io.pathproof.lab.verdict;

import static io.pathproof.lab.scenario.Expectations.arrayUnchanged;
import static io.pathproof.lab.scenario.Expectations.ioContinues;
import static io.pathproof.lab.scenario.Expectations.ioUndisturbed;
import static io.pathproof.lab.scenario.Expectations.ofArray;
import static io.pathproof.lab.scenario.Expectations.paths;
import static io.pathproof.lab.scenario.Expectations.pauseBelow;
import static io.pathproof.lab.verdict.TwoArraysRun.CT0;
import static io.pathproof.lab.verdict.TwoArraysRun.PURE;
import static io.pathproof.lab.verdict.TwoArraysRun.SPECTRUM;
import static io.pathproof.lab.verdict.TwoArraysRun.VIP;
import static io.pathproof.lab.verdict.TwoArraysRun.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.scenario.Expectation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Two arrays on one adapter: each is judged by what happened to it. */
class OneArrayTest {
  private static TwoArraysRun run() {
    return new TwoArraysRun(
        Stream.of(
                ofArray("pure1", ioContinues(), pauseBelow("1s"), paths(2), arrayUnchanged()),
                ofArray("spectrum1", ioUndisturbed(), paths(1), arrayUnchanged()))
            .flatMap(Arrays::stream)
            .toArray(Expectation[]::new));
  }

  private static void arrays(TwoArraysRun run, Verdict pure, Verdict spectrum, String reason) {
    Judgement judgement = run.judge();
    assertThat(judgement.arrays())
        .as(judgement.findings().toString())
        .isEqualTo(Map.of("pure1", pure, "spectrum1", spectrum));
    assertThat(judgement.verdict()).isEqualTo(pure.and(spectrum));
    assertThat(judgement.reason()).contains(reason);
  }

  @Test
  void aSoundHistoryIsAccusedOfNothing() {
    arrays(run(), Verdict.PASS, Verdict.PASS, "");
    Judgement judgement = run().judge();
    assertThat(judgement.findings())
        .extracting(Finding::checker)
        .contains("pure1: io-continues", "spectrum1: io-undisturbed", "spectrum1: data-integrity")
        .doesNotContain("data-integrity");
    assertThat(judgement.expected())
        .startsWith("pure1: I/O continues without error; no I/O waits")
        .contains("; spectrum1: I/O goes on as if nothing had been broken");
    assertThat(judgement.observed()).contains("spectrum1: 100 I/Os, 49 of them while it stood");
  }

  @Test
  void withOneArrayThereAreNoVerdictsOfArrays() {
    assertThat(new SyntheticRun(ioContinues()).judge().arrays()).isEmpty();
  }

  @Test
  void whatTheFaultDoesToItsOwnArrayIsNotUndisturbed() {
    TwoArraysRun run =
        new TwoArraysRun(
            Stream.of(ofArray("pure1", ioUndisturbed()), ofArray("spectrum1", ioContinues()))
                .flatMap(Arrays::stream)
                .toArray(Expectation[]::new));
    arrays(run, Verdict.FAIL, Verdict.PASS, "1 attempt lost; lost: esx1 nic0:pure1.ct0.a");
  }

  @Test
  void anErrorOnOneArrayIsNotTheOthers() {
    TwoArraysRun run =
        run()
            .change(
                Event.IoEnded.class,
                end -> end.op() == 51,
                end ->
                    new Event.IoEnded(
                        51, "esx1", PURE, end.path(), IoResult.Status.FAILED, "gone", List.of()))
            .without(Event.BlockVerified.class, seen -> seen.found().lba() == 51)
            .without(Event.StoreVerified.class, seen -> seen.found().lba() == 51);
    assertThat(run.judge().arrays())
        .containsEntry("pure1", Verdict.FAIL)
        .containsEntry("spectrum1", Verdict.PASS);
  }

  @Test
  void aLostAttemptBesideTheFaultIsADisturbance() {
    arrays(
        run()
            .at(
                905,
                new Event.IoAttemptEnded(
                    82,
                    "esx1",
                    SPECTRUM,
                    path(VIP),
                    1,
                    IoResult.Status.INDETERMINATE,
                    "no answer",
                    true)),
        Verdict.PASS,
        Verdict.FAIL,
        "spectrum1: io-undisturbed: 1 attempt lost");
  }

  @Test
  void aPathOrSessionThatGoesDownBesideTheFaultIsADisturbance() {
    arrays(
        run().at(900, new Event.PathChanged("esx1", path(VIP), VIP, false, "connection: reset")),
        Verdict.PASS,
        Verdict.FAIL,
        "lost: esx1 nic0:spectrum1.vip");
    arrays(
        run().at(900, new Event.SessionChanged("esx1", path(VIP), "FAILED", "reset")),
        Verdict.PASS,
        Verdict.FAIL,
        "lost: esx1 nic0:spectrum1.vip");
    arrays(
        run().at(900, new Event.SessionChanged("esx1", path(CT0), "FAILED", "reset")),
        Verdict.PASS,
        Verdict.PASS,
        "");
  }

  @Test
  void anErrorBesideTheFaultIsADisturbance() {
    TwoArraysRun run =
        run()
            .change(
                Event.IoEnded.class,
                end -> end.op() == 82,
                end ->
                    new Event.IoEnded(
                        82, "esx1", SPECTRUM, path(VIP), IoResult.Status.FAILED, "gone", List.of()))
            .without(Event.BlockVerified.class, seen -> seen.found().lba() == 82)
            .without(Event.StoreVerified.class, seen -> seen.found().lba() == 82);
    arrays(run, Verdict.PASS, Verdict.FAIL, "spectrum1: io-undisturbed: 1 error on esx1 mpathb");
  }

  @Test
  void withoutIoMeanwhileNothingIsShown() {
    TwoArraysRun run =
        run()
            .without(Event.FaultInjected.class, fault -> true)
            .without(Event.FaultHealed.class, fault -> true);
    assertThat(run.judge().arrays()).containsEntry("spectrum1", Verdict.INCONCLUSIVE);
  }

  @Test
  void theNamedArrayIsUnchangedWhateverTheOtherDoes() {
    arrays(
        run()
            .change(
                Event.ArrayObserved.class,
                seen -> seen.when().equals("after"),
                seen -> TwoArraysRun.observed("after", "offline")),
        Verdict.PASS,
        Verdict.FAIL,
        "spectrum1: array-unchanged: ");
    TwoArraysRun each =
        new TwoArraysRun(arrayUnchanged())
            .change(
                Event.ArrayObserved.class,
                seen -> seen.when().equals("after"),
                seen -> TwoArraysRun.observed("after", "offline"));
    assertThat(each.judge().verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void integrityLivenessAndProtocolAreEachArraysOwn() {
    arrays(
        run()
            .change(
                Event.StoreVerified.class,
                seen -> seen.found().lba() == 81,
                seen -> new Event.StoreVerified("pure1.vol0", new Event.BlockFound(81, 0, "", ""))),
        Verdict.FAIL,
        Verdict.PASS,
        "pure1: data-integrity: ");
    arrays(
        run()
            .change(
                Event.LivenessChecked.class,
                check -> check.device().equals(SPECTRUM),
                check -> new Event.LivenessChecked("esx1", SPECTRUM, false, 9, 1, "silent")),
        Verdict.PASS,
        Verdict.FAIL,
        "spectrum1: liveness: ");
    arrays(
        run().at(900, new Event.ProtocolBreach("esx1", path(VIP), "StatSN")),
        Verdict.PASS,
        Verdict.FAIL,
        "spectrum1: protocol: ");
  }

  /** What the two have in common is held against both. */
  @Test
  void aRunThatSaysNothingIsInconclusiveForBoth() {
    arrays(
        run().last(new Event.LabFailed("a container died", "")),
        Verdict.INCONCLUSIVE,
        Verdict.INCONCLUSIVE,
        "the lab failed");
  }

  /** A kind of event that is not told apart by array would silently be left out of both. */
  @Test
  void everyKindOfEventIsToldApart() {
    assertThat(Event.class.getPermittedSubclasses())
        .extracting(Class::getSimpleName)
        .as("a new kind of event: let OneArray say to which array it belongs, then name it here")
        .containsExactlyInAnyOrder(
            "PhaseStarted",
            "DeviceFound",
            "IoIssued",
            "IoSent",
            "IoAttemptEnded",
            "IoEnded",
            "PathChanged",
            "SessionChanged",
            "DeviceChanged",
            "PathSwitched",
            "RetriedUnfenced",
            "WriteFenced",
            "NexusFenced",
            "FenceFailed",
            "FaultInjected",
            "FaultHealed",
            "ArrayObserved",
            "BlockVerified",
            "StoreVerified",
            "LivenessChecked",
            "ArrayChanged",
            "ArrayLoadObserved",
            "PathLoadsObserved",
            "PortalsDiscovered",
            "SessionRedirected",
            "LogoutRequested",
            "UnitAttentionSeen",
            "AccessStateSeen",
            "CommandOverdue",
            "ProtocolBreach",
            "PathDiagnosed",
            "VmkernelPortSeen",
            "UplinkMoved",
            "HostChanged",
            "PortRemovalAsked",
            "TargetParametersSet",
            "LabFailed",
            "Note");
  }
}
