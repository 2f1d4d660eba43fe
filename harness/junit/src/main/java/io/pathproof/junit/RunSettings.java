package io.pathproof.junit;

import io.pathproof.lab.engine.Engine;
import io.pathproof.lab.scenario.Scenario;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a run of suites is told from outside, as JUnit configuration parameters (or system
 * properties of the same names).
 *
 * @param engine the engine to build labs with
 * @param seed the source of every random choice
 * @param catalog where topologies are found
 * @param scenarios the scenarios written in YAML that the run takes
 * @param labs how many labs may be up at a time, from 1
 */
public record RunSettings(
    Engine engine, long seed, TopologyCatalog catalog, List<Scenario> scenarios, int labs) {
  /** Name of the engine; default {@value #DEFAULT_ENGINE}. */
  public static final String ENGINE = "pathproof.engine";

  /** The engine that is used when none is named. */
  public static final String DEFAULT_ENGINE = "embedded";

  /** The seed, a decimal long; default: a new one for each run. */
  public static final String SEED = "pathproof.seed";

  /** Topology files that come before all others, separated by the platform's path separator. */
  public static final String TOPOLOGY_FILES = "pathproof.topology.files";

  /** YAML scenario files, or folders of them, separated by the platform's path separator. */
  public static final String SCENARIO_FILES = "pathproof.scenario.files";

  /** The folder of topologies; default {@code topologies} below the working directory. */
  public static final String TOPOLOGY_FOLDER = "pathproof.topology.folder";

  /** How many labs may be up at a time; default: what the engine says that it can. */
  public static final String LABS = "pathproof.labs";

  /**
   * Reads the settings.
   *
   * @param parameter looks a configuration parameter up
   * @throws IllegalArgumentException when one is not usable; the message names it and the remedy
   */
  static RunSettings from(Function<String, Optional<String>> parameter) {
    Engine engine = engine(parameter.apply(ENGINE).orElse(DEFAULT_ENGINE));
    long seed =
        parameter
            .apply(SEED)
            .map(RunSettings::seed)
            .orElseGet(() -> new SplittableRandom().nextLong(Long.MAX_VALUE));
    List<Path> files = paths(parameter.apply(TOPOLOGY_FILES).orElse(""));
    Path folder = Path.of(parameter.apply(TOPOLOGY_FOLDER).orElse("topologies"));
    List<Scenario> scenarios = new ArrayList<>();
    paths(parameter.apply(SCENARIO_FILES).orElse(""))
        .forEach(path -> scenarios.addAll(YamlScenarios.load(path)));
    return new RunSettings(
        engine,
        seed,
        new TopologyCatalog(files, folder),
        List.copyOf(scenarios),
        parameter.apply(LABS).map(RunSettings::labs).orElseGet(engine::concurrentLabs));
  }

  private static List<Path> paths(String list) {
    return Stream.of(list.split(File.pathSeparator))
        .filter(path -> !path.isBlank())
        .map(Path::of)
        .toList();
  }

  private static long seed(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          SEED + " is \"" + text + "\"; give a whole number of 64 bits", e);
    }
  }

  private static int labs(String text) {
    if (!text.matches("[1-9][0-9]{0,4}")) {
      throw new IllegalArgumentException(LABS + " is \"" + text + "\"; give a number from 1");
    }
    return Integer.parseInt(text);
  }

  /** Every engine on the class path. */
  public static Stream<Engine> engines() {
    return ServiceLoader.load(Engine.class).stream().map(ServiceLoader.Provider::get);
  }

  /**
   * The engine of that name.
   *
   * @throws IllegalArgumentException when there is none; the message names those that there are
   */
  public static Engine engine(String name) {
    return engines()
        .filter(engine -> engine.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no engine \""
                        + name
                        + "\"; there is: "
                        + String.join(", ", engines().map(Engine::name).sorted().toList())));
  }
}
