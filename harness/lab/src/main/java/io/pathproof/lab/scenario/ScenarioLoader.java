package io.pathproof.lab.scenario;

import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.DocumentReader;
import io.pathproof.lab.document.Problems;
import io.pathproof.lab.engine.Capabilities;
import io.pathproof.lab.topology.Topology;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

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
   * Reads a file for the topology that it names and an engine: what does not fit is told with its
   * line.
   *
   * @param topologies finds a topology by name; what it throws as an {@link
   *     IllegalArgumentException} is told at the line that names it
   * @param capabilities what the engine can do on that topology; what it throws goes through
   * @throws ScenarioException with every problem, unreadable file included
   */
  public static Scenario load(
      Path file,
      Function<String, Topology> topologies,
      Function<Topology, Capabilities> capabilities) {
    return parse(text(file), file.toString(), Optional.of(new Fit(topologies, capabilities)));
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
    return parse(yaml, source, Optional.of(new Fit(name -> topology, known -> capabilities)));
  }

  private record Fit(
      Function<String, Topology> topologies, Function<Topology, Capabilities> capabilities) {
    void check(Scenario scenario, DocumentNode.Mapping root, Problems problems) {
      Topology topology;
      try {
        topology = topologies.apply(scenario.topology());
      } catch (IllegalArgumentException e) {
        DocumentNode.Field field = root.fields().get("topology");
        problems.at(
            field == null ? root : field.value(),
            scenario.topology().isEmpty() ? "the scenario names no topology" : e.getMessage(),
            scenario.topology().isEmpty() ? "add topology: and its name" : "");
        return;
      }
      new ScenarioRules(scenario, topology, capabilities.apply(topology), problems, root).check();
    }
  }

  private static Scenario parse(String yaml, String source, Optional<Fit> fit) {
    Problems problems = new Problems(source);
    Optional<DocumentNode.Mapping> root = DocumentReader.parse(yaml, "a scenario", problems);
    Optional<Scenario> scenario =
        root.flatMap(mapping -> new ScenarioReader(problems).read(mapping, List.of()));
    if (problems.none() && fit.isPresent()) {
      fit.get().check(scenario.orElseThrow(), root.orElseThrow(), problems);
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
