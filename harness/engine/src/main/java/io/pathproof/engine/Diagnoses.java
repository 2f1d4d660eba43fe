package io.pathproof.engine;

import io.pathproof.initiator.diagnosis.PathReport;
import io.pathproof.initiator.diagnosis.Step;
import io.pathproof.initiator.diagnosis.StepResult;
import io.pathproof.initiator.diagnosis.UnitReport;
import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.session.Portal;
import io.pathproof.lab.observed.DiagnosedPath;
import io.pathproof.lab.observed.DiagnosedStep;
import io.pathproof.lab.observed.DiagnosedUnit;
import io.pathproof.lab.observed.HostDiagnosis;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TargetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What our initiator found on its paths, in the lab's terms. */
public final class Diagnoses {
  private Diagnoses() {}

  /**
   * A host's diagnosis.
   *
   * @param host its name
   * @param paths what was examined
   * @param told what was learnt of targets and portals, over any path
   * @param unasked the state of an advertised portal that is not among the paths: {@code no-way} or
   *     {@code not-examined}
   * @param ports the array port that a way leads to, or an empty string
   */
  public static HostDiagnosis of(
      String host,
      List<PathReport> paths,
      List<PathReport> told,
      List<String> notes,
      String unasked,
      Function<HostLink, String> ports) {
    List<DiagnosedPath> all =
        paths.stream().map(path -> path(path, ports.apply(path.link()))).toList();
    return new HostDiagnosis(host, all, advertised(paths, told, unasked), notes);
  }

  private static DiagnosedPath path(PathReport path, String port) {
    return new DiagnosedPath(
        path.link().id(),
        path.link().adapter(),
        port,
        path.link().portal().toString(),
        path.target().orElse(""),
        path.steps().stream().map(Diagnoses::step).toList(),
        path.units().stream().map(Diagnoses::unit).toList());
  }

  private static DiagnosedStep step(StepResult result) {
    return new DiagnosedStep(
        DiagnosedStep.Step.valueOf(result.step().name()),
        DiagnosedStep.Outcome.valueOf(result.outcome().name()),
        result.tookNs(),
        result.seen(),
        result.why(),
        result.remedy());
  }

  private static DiagnosedUnit unit(UnitReport unit) {
    return new DiagnosedUnit(
        unit.lun().toString(),
        unit.identity().orElse(""),
        unit.product(),
        unit.serial(),
        unit.blockCount() * unit.blockSize(),
        unit.portGroup().orElse(-1),
        unit.accessState(),
        unit.preferred(),
        unit.readNs());
  }

  private static List<HostDiagnosis.Advertised> advertised(
      List<PathReport> paths, List<PathReport> told, String unasked) {
    Map<String, HostDiagnosis.Advertised> found = new LinkedHashMap<>();
    for (PathReport answer : told) {
      for (SendTargets.Target target : answer.targets()) {
        List<Portal> portals = new ArrayList<>();
        for (TargetAddress address : target.addresses()) {
          portals.add(Portal.of(address));
        }
        if (portals.isEmpty()) {
          portals.add(answer.link().portal());
        }
        for (Portal portal : portals) {
          found.putIfAbsent(
              target.name() + " " + portal,
              new HostDiagnosis.Advertised(
                  target.name(),
                  portal.toString(),
                  state(paths, target.name(), portal).orElse(unasked)));
        }
      }
    }
    return List.copyOf(found.values());
  }

  private static Optional<String> state(List<PathReport> paths, String target, Portal portal) {
    List<PathReport> there =
        paths.stream()
            .filter(path -> path.target().filter(target::equals).isPresent())
            .filter(path -> path.link().portal().equals(portal))
            .toList();
    boolean led =
        there.stream()
            .anyMatch(path -> path.step(Step.ROUTE).outcome() == StepResult.Outcome.PASSED);
    boolean loggedIn =
        there.stream()
            .anyMatch(path -> path.step(Step.LOGIN).outcome() == StepResult.Outcome.PASSED);
    return there.isEmpty()
        ? Optional.empty()
        : Optional.of(loggedIn ? "reached" : led ? "stops" : "no-way");
  }
}
