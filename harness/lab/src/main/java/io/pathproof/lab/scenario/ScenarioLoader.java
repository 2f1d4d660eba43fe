package io.pathproof.lab.scenario;

import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.DocumentReader;
import io.pathproof.lab.document.Problems;
import io.pathproof.lab.engine.Capabilities;
import io.pathproof.lab.topology.Topology;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads scenario files (YAML, format version 1; JSON Schema {@code
 * /schema/scenario-1.schema.json}). Finds every problem before it throws.
 */
public final class ScenarioLoader {
  private ScenarioLoader() {}

  /**
   * Reads a file, without asking whether it fits a topology ({@link Scenario#validate}).
   *
   * @throws ScenarioException with every problem, unreadable file included
   */
  public static Scenario load(Path file) {
    return parse(text(file), file.toString());
  }

  /**
   * Reads a file for a topology and an engine: what does not fit is told with its line.
   *
   * @throws ScenarioException with every problem, unreadable file included
   */
  public static Scenario load(Path file, Topology topology, Capabilities capabilities) {
    return parse(text(file), file.toString(), topology, capabilities);
  }

  /**
   * Reads a text.
   *
   * @param source where it came from, for messages
   * @throws ScenarioException with every problem
   */
  public static Scenario parse(String yaml, String source) {
    return parse(yaml, source, Optional.empty());
  }

  /**
   * Reads a text for a topology and an engine.
   *
   * @param source where it came from, for messages
   * @throws ScenarioException with every problem
   */
  public static Scenario parse(
      String yaml, String source, Topology topology, Capabilities capabilities) {
    return parse(yaml, source, Optional.of(new Fit(topology, capabilities)));
  }

  private record Fit(Topology topology, Capabilities capabilities) {}

  private static Scenario parse(String yaml, String source, Optional<Fit> fit) {
    Problems problems = new Problems(source);
    Optional<DocumentNode.Mapping> root = DocumentReader.parse(yaml, "a scenario", problems);
    Optional<Scenario> scenario =
        root.flatMap(mapping -> new ScenarioReader(problems).read(mapping, List.of()));
    if (problems.none() && fit.isPresent()) {
      new ScenarioRules(
              scenario.orElseThrow(),
              fit.get().topology(),
              fit.get().capabilities(),
              problems,
              root.orElseThrow())
          .check();
    }
    if (!problems.none()) {
      throw new ScenarioException(problems.all());
    }
    return scenario.orElseThrow();
  }

  private static String text(Path file) {
    Problems problems = new Problems(file.toString());
    return DocumentReader.text(file, problems)
        .orElseThrow(() -> new ScenarioException(problems.all()));
  }
}
