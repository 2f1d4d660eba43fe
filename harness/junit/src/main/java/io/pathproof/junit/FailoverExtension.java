package io.pathproof.junit;

import io.pathproof.lab.Lab;
import io.pathproof.lab.LabListener;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.scenario.ScenarioBuilder;
import io.pathproof.lab.verdict.Outcome;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link FailoverTest} stands for. */
public final class FailoverExtension
    implements ParameterResolver,
        BeforeTestExecutionCallback,
        AfterTestExecutionCallback,
        AfterEachCallback {

  /**
   * In the launcher session's store, under this key and {@link #SESSION}, a program that launches
   * suites may leave a {@link LabListener}; it is told besides those on the class path.
   */
  public static final String LISTENER = "listener";

  /** The namespace of {@link #LISTENER}. */
  public static final String SESSION = "io.pathproof";

  private static final Namespace OURS = Namespace.create(SESSION);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Lab.class
        || type == Labs.class
        || type == RunSettings.class
        || type == ScenarioBuilder.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    if (type == Labs.class) {
      return pool(context);
    }
    if (type == RunSettings.class) {
      return pool(context).settings();
    }
    FailoverTest test = annotation(context);
    return type == Lab.class
        ? pool(context).of(test.topology())
        : Scenario.named(scenarioId(test, context.getRequiredTestMethod()))
            .behaviours(test.behaviours())
            .topology(test.topology());
  }

  @Override
  public void beforeTestExecution(ExtensionContext context) {
    pool(context).begin();
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    boolean factory =
        AnnotationSupport.isAnnotated(context.getRequiredTestMethod(), TestFactory.class);
    if (factory || context.getExecutionException().isPresent()) {
      // Dynamic tests have answered for their outcomes one by one.
      return;
    }
    List<Outcome> outcomes = pool(context).outcomes();
    if (outcomes.isEmpty()) {
      throw new IllegalStateException(
          context.getRequiredTestMethod() + " ran no scenario; call lab.run(…)");
    }
    outcomes.stream()
        .max((a, b) -> a.verdict().compareTo(b.verdict()))
        .ifPresent(Verdicts::require);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    pool(context).release();
  }

  /** The scenario's id of a test: as annotated, or made from the method's name. */
  public static String scenarioId(FailoverTest test, Method method) {
    return test.scenario().isEmpty()
        ? method
            .getName()
            .replace('_', '-')
            .replaceAll("([a-z0-9])([A-Z])", "$1-$2")
            .toLowerCase(Locale.ROOT)
        : test.scenario();
  }

  private static FailoverTest annotation(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getTestMethod(), FailoverTest.class)
        .or(() -> AnnotationSupport.findAnnotation(context.getTestClass(), FailoverTest.class))
        .orElseThrow(
            () -> new IllegalStateException("no @FailoverTest on " + context.getElement()));
  }

  private static LabPool pool(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(OURS)
        .getOrComputeIfAbsent(LabPool.class, key -> open(context), LabPool.class);
  }

  private static LabPool open(ExtensionContext context) {
    List<LabListener> listeners = new ArrayList<>();
    Optional.ofNullable(
            context.getStore(StoreScope.LAUNCHER_SESSION, OURS).get(LISTENER, LabListener.class))
        .ifPresent(listeners::add);
    ServiceLoader.load(LabListener.class).forEach(listeners::add);
    return new LabPool(RunSettings.from(context::getConfigurationParameter), listeners);
  }
}
