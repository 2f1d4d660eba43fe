package io.pathproof.junit;

import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.scenario.ScenarioLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Scenarios written in YAML, as JUnit dynamic tests. */
public final class YamlScenarios {
  private YamlScenarios() {}

  /**
   * Loads one file, or every {@code *.yaml} directly in a folder, by name.
   *
   * @throws io.pathproof.lab.scenario.ScenarioException when a file is not usable
   */
  public static List<Scenario> load(Path fileOrFolder) {
    if (!Files.isDirectory(fileOrFolder)) {
      return List.of(ScenarioLoader.load(fileOrFolder));
    }
    try (Stream<Path> files = Files.list(fileOrFolder)) {
      List<Scenario> scenarios = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        scenarios.add(ScenarioLoader.load(file));
      }
      return scenarios;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + fileOrFolder, e);
    }
  }

  /** One test for each scenario, on the lab of the topology that it names. */
  public static Stream<DynamicTest> tests(List<Scenario> scenarios, Labs labs) {
    return scenarios.stream()
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    String.join(" ", scenario.behaviours()) + " " + scenario.id(),
                    () -> run(scenario, labs)));
  }

  private static void run(Scenario scenario, Labs labs) {
    try {
      Verdicts.require(labs.of(scenario.topology()).run(scenario));
    } finally {
      labs.release();
    }
  }
}
