package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.Checker.fail;
import static io.pathproof.lab.verdict.Checker.inconclusive;
import static io.pathproof.lab.verdict.Checker.pass;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.DiagnosedPath;
import io.pathproof.lab.observed.DiagnosedStep;
import io.pathproof.lab.scenario.Expectation;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether the examination of a host's paths found where those of an adapter stop. */
final class DiagnosisChecker {
  private DiagnosisChecker() {}

  static Finding check(RunView run, Expectation.Diagnosed expected) {
    String name = "diagnosis";
    String wanted =
        expected.adapter()
            + expected
                .stop()
                .map(step -> ": every path stops at " + step.word())
                .orElse(": every path is sound");
    int dot = expected.adapter().indexOf('.');
    String host = expected.adapter().substring(0, dot);
    String adapter = expected.adapter().substring(dot + 1);
    List<DiagnosedPath> paths =
        run.events(Event.PathDiagnosed.class)
            .filter(told -> told.host().equals(host))
            .map(Event.PathDiagnosed::diagnosis)
            .filter(path -> path.adapter().equals(adapter))
            .toList();
    if (paths.isEmpty()) {
      return inconclusive(name, wanted, "no path of it was examined");
    }
    String observed = paths.stream().map(DiagnosisChecker::text).collect(Collectors.joining("; "));
    boolean asWanted =
        paths.stream()
            .allMatch(path -> path.stop().map(DiagnosedStep::step).equals(stop(expected)));
    return asWanted ? pass(name, wanted, observed) : fail(name, wanted, observed);
  }

  private static Optional<DiagnosedStep.Step> stop(Expectation.Diagnosed expected) {
    return expected.stop();
  }

  private static String text(DiagnosedPath path) {
    return path.path()
        + path.stop()
            .map(stop -> " stops at " + stop.step().word() + ": " + stop.why())
            .orElse(" is sound");
  }
}
