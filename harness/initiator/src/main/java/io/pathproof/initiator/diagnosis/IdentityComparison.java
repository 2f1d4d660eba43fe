package io.pathproof.initiator.diagnosis;

import io.pathproof.protocol.scsi.Lun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whether paths that should lead to one logical unit do, and what they have in common. What no path
 * can know by itself is marked on the paths that differ from most others, at the step IDENTITY.
 */
final class IdentityComparison {
  private record Place(String target, Lun lun) {}

  private final List<PathReport> paths;
  private final List<String> notes = new ArrayList<>();

  private IdentityComparison(List<PathReport> paths) {
    this.paths = paths;
  }

  /** The same paths, those marked that show another unit than the rest. */
  static Diagnosis of(List<PathReport> paths) {
    IdentityComparison comparison = new IdentityComparison(paths);
    Map<Place, UnitReport> usual = comparison.usual();
    Map<String, UnitReport> first = new HashMap<>();
    List<PathReport> compared = new ArrayList<>();
    for (PathReport path : paths) {
      PathReport marked = path;
      for (UnitReport unit : path.units()) {
        if (unit.identity().isEmpty()) {
          continue;
        }
        UnitReport other = usual.get(new Place(path.target().orElse(""), unit.lun()));
        UnitReport twin = first.computeIfAbsent(unit.identity().get(), name -> unit);
        if (!other.identity().equals(unit.identity())) {
          marked = mark(marked, unit, differs(unit, other));
        } else if (!alike(unit, twin)) {
          marked = mark(marked, unit, impostor(unit, twin));
        }
      }
      compared.add(marked);
    }
    comparison.noteDuplicates();
    comparison.noteUntestedChap();
    return new Diagnosis(compared, comparison.notes);
  }

  private void noteUntestedChap() {
    List<String> portals =
        paths.stream()
            .filter(PathReport::chapUntested)
            .map(path -> path.link().portal().toString())
            .distinct()
            .toList();
    if (!portals.isEmpty()) {
      notes.add(String.join(", ", portals) + ": " + PathReport.NO_CHAP);
    }
  }

  /** What most paths show at a place; of equally many, what the first one does. */
  private Map<Place, UnitReport> usual() {
    Map<Place, Map<String, List<UnitReport>>> shown = new LinkedHashMap<>();
    for (PathReport path : paths) {
      for (UnitReport unit : path.units()) {
        unit.identity()
            .ifPresent(
                name ->
                    shown
                        .computeIfAbsent(
                            new Place(path.target().orElse(""), unit.lun()),
                            place -> new LinkedHashMap<>())
                        .computeIfAbsent(name, each -> new ArrayList<>())
                        .add(unit));
      }
    }
    Map<Place, UnitReport> usual = new HashMap<>();
    shown.forEach(
        (place, byName) -> {
          List<UnitReport> most = List.of();
          for (List<UnitReport> units : byName.values()) {
            most = units.size() > most.size() ? units : most;
          }
          usual.put(place, most.get(0));
        });
    return usual;
  }

  private static boolean alike(UnitReport unit, UnitReport twin) {
    boolean unknown = unit.blockCount() == 0 || twin.blockCount() == 0;
    return (unknown
            || unit.blockCount() == twin.blockCount() && unit.blockSize() == twin.blockSize())
        && unit.serial().equals(twin.serial());
  }

  private static StepResult differs(UnitReport unit, UnitReport other) {
    return StepResult.failed(
        Step.IDENTITY,
        unit.steps().get(1).tookNs(),
        "LUN " + unit.lun() + ": " + unit.identity().orElseThrow(),
        new Explanation(
            "other paths show "
                + other.identity().orElseThrow()
                + " at this target's LUN "
                + unit.lun()
                + ": two different units under one number",
            "map the same volume with the same LUN at every port and node; a host that pairs paths"
                + " by LUN alone would corrupt data"));
  }

  private static StepResult impostor(UnitReport unit, UnitReport twin) {
    return StepResult.failed(
        Step.IDENTITY,
        unit.steps().get(1).tookNs(),
        "LUN " + unit.lun() + ": " + unit.identity().orElseThrow(),
        new Explanation(
            "another path shows the same identity with another size or serial number ("
                + text(twin)
                + ", here "
                + text(unit)
                + ")",
            "two units claim one identity, as a clone or snapshot may: give one of them another on"
                + " the array before a host pairs them"));
  }

  private static String text(UnitReport unit) {
    return unit.blockCount() + " blocks, serial '" + unit.serial() + "'";
  }

  private static PathReport mark(PathReport path, UnitReport unit, StepResult result) {
    List<StepResult> steps =
        path.steps().stream()
            .map(each -> each.step() == Step.IDENTITY && !each.isFailed() ? result : each)
            .toList();
    List<UnitReport> units =
        path.units().stream().map(each -> each == unit ? each.with(result) : each).toList();
    return new PathReport(path.link(), path.target(), steps, units, path.targets());
  }

  private void noteDuplicates() {
    Map<String, Set<Integer>> numbers = new TreeMap<>();
    for (PathReport path : paths) {
      for (UnitReport unit : path.units()) {
        Optional<String> name = unit.identity();
        if (name.isPresent() && unit.lun().number().isPresent()) {
          numbers
              .computeIfAbsent(name.get(), each -> new TreeSet<>())
              .add(unit.lun().number().getAsInt());
        }
      }
    }
    numbers.forEach(
        (name, luns) -> {
          if (luns.size() > 1) {
            notes.add(
                name
                    + " is mapped under several numbers "
                    + luns
                    + ": map it with one LUN everywhere, as some hosts take it for several disks");
          }
        });
  }
}
