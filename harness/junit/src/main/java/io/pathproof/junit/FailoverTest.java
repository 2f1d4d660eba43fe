package io.pathproof.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A test that runs a scenario in a lab.
 *
 * <pre>{@code
 * @FailoverTest(topology = "io-group", scenario = "host2-loses-a-node-port", behaviours = "IO-6")
 * void takesAnotherPath(Lab lab, ScenarioBuilder scenario) {
 *   lab.run(scenario
 *       .workload(w -> w.host("host2").volume("vol0").rate(500).lasting("6s"))
 *       .breaking(f -> f.at("2s").place("host2.nic0 -> node1.a").how("silent-drop").healAfter("3s"))
 *       .expect(Expectations.ioContinues())
 *       .build());
 * }
 * }</pre>
 *
 * The test gets a running {@link io.pathproof.lab.Lab} and a scenario builder that already bears
 * the name, the behaviours and the topology given here. It fails when a scenario that it ran was
 * judged FAIL, errs with {@link InconclusiveException} when one was judged INCONCLUSIVE, and errs
 * when it ran none. Labs are shared: the same topology is built once and reset between scenarios.
 *
 * <p>Where JUnit is told to run tests side by side, these do, each thread with labs of its own.
 *
 * <p>On a class it gives {@code @Test} and {@code @TestFactory} methods the same.
 */
@Documented
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(FailoverExtension.class)
@Execution(ExecutionMode.CONCURRENT)
@Test
public @interface FailoverTest {
  /**
   * The topology's name, found among the files given to the run, then in the topologies folder,
   * then on the class path as {@code topologies/NAME.yaml}.
   */
  String topology();

  /** The scenario's id: lower-case words joined by hyphens; empty: from the method's name. */
  String scenario() default "";

  /** The rows of the contract that it drives, such as {@code IO-6}. */
  String[] behaviours() default {};
}
