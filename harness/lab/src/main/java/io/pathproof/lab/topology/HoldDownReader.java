package io.pathproof.lab.topology;

import io.pathproof.lab.document.Problems;
import io.pathproof.lab.document.Section;
import io.pathproof.lab.document.Units;
import java.util.Optional;

/** Reads when paths are held down for their errors: {@code flapping} and {@code marginal}. */
final class HoldDownReader {
  private final Problems problems;

  HoldDownReader(Problems problems) {
    this.problems = problems;
  }

  void read(Section multipath, MultipathSpec.Builder spec) {
    Optional<Section> flapping = multipath.section("flapping", "flapping of " + multipath.name());
    Optional<Section> marginal = multipath.section("marginal", "marginal of " + multipath.name());
    if (flapping.isPresent() && marginal.isPresent()) {
      problems.at(
          marginal.get().node(),
          multipath.name() + " has both flapping and marginal",
          "choose one: multipathd ignores the former where it has the latter");
      return;
    }
    flapping.ifPresent(keys -> flapping(keys, spec));
    marginal.ifPresent(keys -> marginal(keys, spec));
  }

  private static void flapping(Section keys, MultipathSpec.Builder spec) {
    Optional<Integer> failures =
        keys.requiredScalar(
            "failures", Units.number(1, 10_000), "add failures: how many are allowed");
    Optional<Integer> forget =
        keys.requiredScalar(
            "forget", Units.number(1, 100_000), "add forget: checks for which one is forgotten");
    Optional<Long> hold =
        keys.requiredScalar(
            "hold", Units::positiveDurationMs, "add hold: how long the path has to answer");
    keys.done();
    if (failures.isPresent() && forget.isPresent() && hold.isPresent()) {
      spec.flapping(new MultipathSpec.Flapping(failures.get(), forget.get(), hold.get()));
    }
  }

  private static void marginal(Section keys, MultipathSpec.Builder spec) {
    Optional<Long> within =
        keys.requiredScalar(
            "twice-within", Units::positiveDurationMs, "add twice-within: such as 10s");
    Optional<Long> sample =
        keys.requiredScalar(
            "sample", Units::positiveDurationMs, "add sample: how long reads are counted");
    Optional<Integer> errors =
        keys.requiredScalar(
            "errors", Units.number(0, 1000), "add errors: of a thousand reads, allowed");
    Optional<Long> recheck =
        keys.requiredScalar(
            "recheck", Units::positiveDurationMs, "add recheck: when to read again");
    keys.done();
    if (within.isPresent() && sample.isPresent() && errors.isPresent() && recheck.isPresent()) {
      spec.marginal(
          new MultipathSpec.Marginal(within.get(), sample.get(), errors.get(), recheck.get()));
    }
  }
}
