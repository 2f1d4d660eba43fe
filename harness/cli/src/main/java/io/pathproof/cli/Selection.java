package io.pathproof.cli;

import io.pathproof.junit.FailoverExtension;
import io.pathproof.junit.FailoverTest;
import java.lang.reflect.Method;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Which scenarios a run takes, by the globs of {@code --scenario}; none given: all. */
final class Selection {
  /**
   * A scenario that a suite runs.
   *
   * @param id its id
   * @param behaviours the rows of the contract that it drives
   * @param topology the topology that it runs on
   * @param title what it says of itself
   */
  record Listed(String id, List<String> behaviours, String topology, String title) {}

  private final List<PathMatcher> globs;

  Selection(List<String> globs) {
    List<PathMatcher> compiled = new ArrayList<>();
    for (String glob : globs) {
      try {
        compiled.add(FileSystems.getDefault().getPathMatcher("glob:" + lowered(glob)));
      } catch (IllegalArgumentException e) {
        throw new BadInput("--scenario " + glob + ": not a glob: " + e.getMessage(), e);
      }
    }
    this.globs = List.copyOf(compiled);
  }

  private static String lowered(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Whether a scenario's id, or one of its behaviours, matches, in capital letters or small. */
  boolean takes(String id, List<String> behaviours) {
    List<Path> names =
        Stream.concat(Stream.of(id), behaviours.stream())
            .map(name -> Path.of(lowered(name)))
            .toList();
    return globs.isEmpty()
        || globs.stream().anyMatch(glob -> names.stream().anyMatch(glob::matches));
  }

  /**
   * Leaves out the tests whose scenario is not taken. YAML scenarios are selected file by file.
   *
   * @param topologies only scenarios on these; empty: on any
   */
  PostDiscoveryFilter filter(Set<String> topologies) {
    return descriptor -> {
      Optional<Listed> scenario =
          descriptor.getSource().flatMap(source -> scenario(source, descriptor.getDisplayName()));
      return FilterResult.includedIf(
          scenario
              .map(
                  listed ->
                      takes(listed.id(), listed.behaviours())
                          && (topologies.isEmpty() || topologies.contains(listed.topology())))
              .orElse(true));
    };
  }

  /** The scenarios of a discovered plan, in its order. */
  static List<Listed> scenarios(TestPlan plan) {
    List<Listed> found = new ArrayList<>();
    for (TestIdentifier root : plan.getRoots()) {
      for (TestIdentifier test : plan.getDescendants(root)) {
        test.getSource()
            .flatMap(source -> scenario(source, test.getDisplayName()))
            .ifPresent(found::add);
      }
    }
    return found;
  }

  private static Optional<Listed> scenario(TestSource source, String title) {
    if (!(source instanceof MethodSource method)) {
      return Optional.empty();
    }
    Method test = method.getJavaMethod();
    return AnnotationSupport.findAnnotation(test, FailoverTest.class)
        .map(
            annotation ->
                new Listed(
                    FailoverExtension.scenarioId(annotation, test),
                    List.of(annotation.behaviours()),
                    annotation.topology(),
                    title));
  }
}
