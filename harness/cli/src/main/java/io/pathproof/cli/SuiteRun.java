package io.pathproof.cli;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import io.pathproof.junit.FailoverExtension;
import io.pathproof.junit.RunSettings;
import io.pathproof.lab.LabListener;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.store.Namespace;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The suites on the class path and the YAML scenarios of one run, launched on the JUnit Platform.
 */
final class SuiteRun {
  /** The package that suites live in. */
  static final String SUITES = "io.pathproof.suites";

  /** A suite whose lab has to wait for another's subnet keeps a thread, but does no work. */
  private static final int THREADS_FOR_A_JOB = 4;

  private final PostDiscoveryFilter filter;
  private final List<Path> yaml;
  private final List<Selection.Listed> scenarios = new ArrayList<>();

  /**
   * Discovers; runs nothing.
   *
   * @param filter which tests to take
   * @param yaml scenario files that the suites run as dynamic tests
   * @param listed the scenarios in those files
   */
  SuiteRun(PostDiscoveryFilter filter, List<Path> yaml, List<Selection.Listed> listed) {
    this.filter = filter;
    this.yaml = List.copyOf(yaml);
    try (LauncherSession session = LauncherFactory.openSession()) {
      scenarios.addAll(Selection.scenarios(session.getLauncher().discover(request(Map.of()))));
    }
    scenarios.addAll(listed);
  }

  /** What will run, in order. */
  List<Selection.Listed> scenarios() {
    return List.copyOf(scenarios);
  }

  /**
   * Runs everything.
   *
   * @param parameters configuration parameters of the run
   * @param jobs how many scenarios run side by side, each in a lab of its own; from 1
   * @param listener told of every scenario, by several threads at once where jobs is more than 1
   * @return what went wrong in tests that no outcome tells of: a line each
   */
  List<String> execute(Map<String, String> parameters, int jobs, LabListener listener) {
    Map<String, String> all = new HashMap<>(parameters);
    all.put(RunSettings.LABS, Integer.toString(jobs));
    if (jobs > 1) {
      String prefix = "junit.jupiter.execution.parallel.";
      all.put(prefix + "enabled", "true");
      all.put(prefix + "mode.classes.default", "concurrent");
      all.put(prefix + "config.strategy", "fixed");
      String threads = Integer.toString(jobs * THREADS_FOR_A_JOB);
      all.put(prefix + "config.fixed.parallelism", threads);
      all.put(prefix + "config.fixed.max-pool-size", threads);
    }
    Failures failures = new Failures();
    try (LauncherSession session = LauncherFactory.openSession()) {
      session
          .getStore()
          .put(Namespace.create(FailoverExtension.SESSION), FailoverExtension.LISTENER, listener);
      session.getLauncher().execute(request(all), failures);
    }
    return failures.lines();
  }

  private LauncherDiscoveryRequest request(Map<String, String> parameters) {
    return LauncherDiscoveryRequestBuilder.request()
        .selectors(selectPackage(SUITES))
        .filters(filter)
        .configurationParameter(
            RunSettings.SCENARIO_FILES,
            yaml.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)))
        .configurationParameter(
            "junit.jupiter.testclass.order.default", ClassOrderer.ClassName.class.getName())
        .configurationParameters(parameters)
        .build();
  }

  /** Tests and containers that ended by anything but a verdict. */
  private static final class Failures implements TestExecutionListener {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      result
          .getThrowable()
          .filter(cause -> !(cause instanceof AssertionError))
          .filter(cause -> !(cause instanceof io.pathproof.junit.InconclusiveException))
          .ifPresent(cause -> lines.add(test.getDisplayName() + ": " + cause));
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
      lines.add(test.getDisplayName() + ": skipped: " + reason);
    }

    List<String> lines() {
      return List.copyOf(lines);
    }
  }
}
