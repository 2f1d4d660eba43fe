package io.pathproof.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.pathproof.junit.RunSettings;
import io.pathproof.junit.TopologyCatalog;
import io.pathproof.junit.YamlScenarios;
import io.pathproof.lab.document.InvalidFileException;
import io.pathproof.lab.engine.Capabilities;
import io.pathproof.lab.engine.Engine;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.scenario.ScenarioException;
import io.pathproof.lab.scenario.ScenarioLoader;
import io.pathproof.lab.topology.Topology;
import io.pathproof.reports.AllureEvidence;
import io.pathproof.reports.BenchmarkSection;
import io.pathproof.suites.PromisedRows;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The main job: every scenario, judged, from one command to a report. */
@Command(
    name = "qualify",
    mixinStandardHelpOptions = true,
    description = "Builds the lab, runs every scenario, and writes the verdicts and a report.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:PASS",
      "1:FAIL",
      "2:a flag or an input file is not usable; nothing was started",
      "3:INCONCLUSIVE: the lab failed, or a scenario did not exercise what it is for"
    })
final class QualifyCommand implements Callable<Integer> {
  private static final int MOST_SHOWN = 5;

  @Spec private CommandSpec spec;

  @Option(
      names = "--topology",
      paramLabel = "FILE",
      description = {
        "A topology file in place of the shipped one of the same name; only the scenarios that run"
            + " on it are taken. Repeatable."
      })
  private List<Path> topologies = List.of();

  @Option(
      names = "--scenario",
      paramLabel = "GLOB",
      description =
          "Only scenarios whose id, or one of whose behaviours, matches (host2-*, IO-6). Repeatable.")
  private List<String> globs = List.of();

  @Option(
      names = "--scenarios",
      paramLabel = "PATH",
      description = "Further scenarios in YAML: a file, or a folder of files. Repeatable.")
  private List<Path> scenarioFiles = List.of();

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      defaultValue = RunSettings.DEFAULT_ENGINE,
      description = "What builds the lab (default: ${DEFAULT-VALUE}).")
  private String engineName;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Source of every random choice, a whole number (default: a new one, printed).")
  private Long seed;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description =
          "How many scenarios run side by side, each in a lab of its own (default: what the engine"
              + " says that it can).")
  private Integer jobs;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "Where results.json, report/index.html and allure-results/ go; what a run before left"
              + " there is replaced (default: reports/target/latest).")
  private Path output;

  @Option(
      names = "--benchmark",
      paramLabel = "FILE",
      description = "Figures of ci/bench (JSON) to show in the report.")
  private Path benchmark;

  @Option(names = "--list", description = "Lists the scenarios and starts nothing.")
  private boolean list;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Engine engine = engine();
    int sideBySide = jobs(engine);
    Selection selection = new Selection(globs);
    TopologyCatalog catalog = new TopologyCatalog(topologies, folder().resolve("topologies"));
    List<Path> yaml = new ArrayList<>();
    SuiteRun run;
    try {
      Set<String> given = catalog.given().keySet();
      List<Selection.Listed> listed = new ArrayList<>();
      List<String> elsewhere = new ArrayList<>();
      for (Path file : yamlFiles()) {
        Scenario scenario = YamlScenarios.load(file).get(0);
        if (!selection.takes(scenario.id(), scenario.behaviours())) {
          continue;
        }
        if (!given.isEmpty() && !given.contains(scenario.topology())) {
          elsewhere.add(file + " names topology \"" + scenario.topology() + "\"");
        } else {
          fit(file, catalog, engine);
          yaml.add(file);
          listed.add(
              new Selection.Listed(
                  scenario.id(), scenario.behaviours(), scenario.topology(), title(file)));
        }
      }
      run = new SuiteRun(selection.filter(given), yaml, listed);
      check(run.scenarios(), given, elsewhere);
      if (list) {
        for (String name : given) {
          Topology topology = catalog.find(name);
          if (RunSettings.engines().noneMatch(each -> each.refuses(topology).isEmpty())) {
            refuse(engine, topology);
          }
        }
        print(run.scenarios(), out);
        return ExitStatus.PASS;
      }
      for (String name : names(run.scenarios())) {
        refuse(engine, catalog.find(name));
      }
    } catch (InvalidFileException | IllegalArgumentException e) {
      throw new BadInput(e.getMessage(), e);
    }
    if (engine.needsContainers() && "check".equals(System.getenv("PATHPROOF_PHASE"))) {
      return ExitStatus.CHECKED;
    }
    long chosen = seed == null ? new SplittableRandom().nextLong(Long.MAX_VALUE) : seed;
    Path target = output == null ? folder().resolve("reports/target/latest") : output;
    writable(target);
    boolean whole = globs.isEmpty() && topologies.isEmpty();
    System.setProperty(
        AllureEvidence.SCENARIO_FILES,
        scenarioFiles.stream()
            .map(file -> file.toAbsolutePath().normalize().toString())
            .collect(Collectors.joining(File.pathSeparator)));
    return new Qualification(
            engine,
            chosen,
            sideBySide,
            topologies,
            folder().resolve("topologies"),
            target,
            whole ? PromisedRows.all() : List.of(),
            benchmark(catalog))
        .run(run, out, spec.commandLine().getErr());
  }

  /** Before anything is started: a report that cannot be written is found at the end otherwise. */
  private static void writable(Path output) {
    try {
      Files.createDirectories(output);
    } catch (IOException e) {
      throw new BadInput(
          "--output " + output + ": this folder cannot be made: " + e.getMessage(), e);
    }
    if (!Files.isWritable(output)) {
      throw new BadInput("--output " + output + ": this folder is not writable");
    }
  }

  private int jobs(Engine engine) {
    if (jobs == null) {
      return engine.concurrentLabs();
    }
    if (jobs < 1) {
      throw new BadInput("--jobs " + jobs + ": at least 1 scenario runs at a time");
    }
    return jobs;
  }

  private Engine engine() {
    try {
      return RunSettings.engine(engineName);
    } catch (IllegalArgumentException e) {
      throw new BadInput("--engine " + engineName + ": " + e.getMessage(), e);
    }
  }

  private Optional<BenchmarkSection> benchmark(TopologyCatalog catalog) {
    if (benchmark == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(BenchmarkSection.read(benchmark, catalog.find("io-group")));
    } catch (NoSuchFileException e) {
      throw new BadInput(
          "--benchmark "
              + benchmark
              + ": no such file; ci/bench failover writes reports/target/bench/failover.json",
          e);
    } catch (JsonProcessingException e) {
      throw notOfBench("no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException | IllegalArgumentException e) {
      throw notOfBench(e.getMessage(), e);
    }
  }

  private BadInput notOfBench(String what, Exception cause) {
    return new BadInput(
        "--benchmark " + benchmark + ": not what ci/bench failover writes: " + what, cause);
  }

  private static Path folder() {
    return Build.home().orElse(Path.of(""));
  }

  /** The shipped YAML scenarios and those given; each file holds one. */
  private List<Path> yamlFiles() {
    Set<Path> files = new LinkedHashSet<>();
    Path shipped = folder().resolve("topologies/scenarios");
    Stream<Path> sources =
        Stream.concat(
            Files.isDirectory(shipped) ? Stream.of(shipped) : Stream.empty(),
            scenarioFiles.stream());
    sources.forEach(
        source -> {
          if (!Files.exists(source)) {
            throw new BadInput("--scenarios " + source + ": no such file or folder");
          }
          if (!Files.isDirectory(source)) {
            files.add(source);
            return;
          }
          try (Stream<Path> inside = Files.list(source)) {
            inside.filter(file -> file.toString().endsWith(".yaml")).sorted().forEach(files::add);
          } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + source, e);
          }
        });
    return List.copyOf(files);
  }

  /**
   * Whether there is something to run.
   *
   * @param elsewhere what was selected and runs on other topologies, in words
   */
  private void check(List<Selection.Listed> scenarios, Set<String> given, List<String> elsewhere) {
    Set<String> used = names(scenarios);
    for (String name : given) {
      if (!used.contains(name)) {
        throw new BadInput(
            "no scenario that was selected runs on topology \""
                + name
                + "\"; scenarios name their topology, and the shipped ones run on those that"
                + " pathproof qualify --list shows"
                + shown(elsewhere));
      }
    }
    if (scenarios.isEmpty()) {
      throw new BadInput(
          "--scenario "
              + String.join(" ", globs)
              + ": matches no scenario; pathproof qualify --list shows them");
    }
  }

  /** A few are told one by one: those of somebody who has written them. */
  private static String shown(List<String> elsewhere) {
    return elsewhere.isEmpty() || elsewhere.size() > MOST_SHOWN
        ? ""
        : ": " + String.join(", ", elsewhere);
  }

  /** Reads it again with what it is to run on, so that what does not fit is told with its place. */
  private static void fit(Path file, TopologyCatalog catalog, Engine engine) {
    try {
      ScenarioLoader.load(file, catalog::find, topology -> able(engine, topology));
    } catch (ScenarioException e) {
      throw new BadInput(e.getMessage() + others(engine, other -> fits(file, catalog, other)), e);
    }
  }

  private static boolean fits(Path file, TopologyCatalog catalog, Engine engine) {
    try {
      ScenarioLoader.load(file, catalog::find, topology -> able(engine, topology));
      return true;
    } catch (ScenarioException | BadInput e) {
      return false;
    }
  }

  private static Capabilities able(Engine engine, Topology topology) {
    refuse(engine, topology);
    return engine.capabilities(topology);
  }

  private static void refuse(Engine engine, Topology topology) {
    String refusal = engine.refuses(topology);
    if (!refusal.isEmpty()) {
      throw new BadInput(
          topology.source()
              + ": engine "
              + engine.name()
              + " cannot build it: "
              + refusal
              + others(engine, other -> other.refuses(topology).isEmpty()));
    }
  }

  /** A line for each other engine that can. */
  private static String others(Engine engine, Predicate<Engine> can) {
    return RunSettings.engines()
        .filter(other -> !other.name().equals(engine.name()))
        .filter(can)
        .map(other -> "%nengine %1$s can: --engine %1$s".formatted(other.name()))
        .collect(Collectors.joining());
  }

  private static Set<String> names(List<Selection.Listed> scenarios) {
    Set<String> names = new LinkedHashSet<>();
    scenarios.forEach(scenario -> names.add(scenario.topology()));
    return names;
  }

  /** The first sentence of the comment that a file begins with; without one its path. */
  static String title(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      String comment =
          lines
              .takeWhile(line -> line.startsWith("# "))
              .map(line -> line.substring(2).strip())
              .collect(Collectors.joining(" "));
      return comment.isEmpty() ? file.toString() : comment.split("(?<=[.!?]) ", 2)[0];
    } catch (IOException | UncheckedIOException e) {
      return file.toString();
    }
  }

  private static void print(List<Selection.Listed> scenarios, PrintWriter out) {
    String format =
        "%%-%ds  %%-%ds  %%-%ds  %%s%%n"
            .formatted(
                widest(scenarios, Selection.Listed::id),
                widest(scenarios, QualifyCommand::rows),
                widest(scenarios, Selection.Listed::topology));
    for (Selection.Listed scenario : scenarios) {
      out.printf(format, scenario.id(), rows(scenario), scenario.topology(), scenario.title());
    }
    out.printf("%d scenario%s%n", scenarios.size(), scenarios.size() == 1 ? "" : "s");
  }

  /** The rows of the contract that it shows; a dash where it is of none. */
  private static String rows(Selection.Listed scenario) {
    return scenario.behaviours().isEmpty() ? "-" : String.join(",", scenario.behaviours());
  }

  private static int widest(
      List<Selection.Listed> scenarios, Function<Selection.Listed, String> column) {
    return scenarios.stream().map(column).mapToInt(String::length).max().orElse(1);
  }
}
