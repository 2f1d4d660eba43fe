package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.VirtualRun.PATH;
import static io.pathproof.lab.verdict.VsphereJudgeTest.expect;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.DiagnosedPath;
import io.pathproof.lab.observed.DiagnosedStep;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Expectations;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is concluded of the examination of a host's paths. */
class DiagnosisJudgeTest {
  @Test
  @Tag("PB-13")
  void everyPathOfTheAdapterHasToStopAtTheStep() {
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

  @Test
  @Tag("PB-13")
  void onlyThePathsOfThatAdapterOfThatHostCount() {
    Expectation login = Expectations.diagnosed("esx1.nic0", "login");
    expect(
        told(run(login), "LOGIN")
            .at(901, new Event.PathDiagnosed("esx2", path("nic0", List.of())))
            .at(902, new Event.PathDiagnosed("esx1", path("nic1", List.of()))),
        "diagnosis",
        Verdict.PASS,
        "stops at login: because");
  }

  @Test
  @Tag("PB-13")
  void whatIsExpectedNamesTheStep() {
    assertThat(run(Expectations.diagnosed("esx1.nic0", "login")).judge().expected())
        .contains("esx1.nic0: every path stops at login");
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
    return run.at(900, new Event.PathDiagnosed("esx1", path("nic0", steps)));
  }

  private static DiagnosedPath path(String adapter, List<DiagnosedStep> steps) {
    return new DiagnosedPath(PATH, adapter, "vip", "10.0.0.1:3260", "iqn.x", steps, List.of());
  }
}
