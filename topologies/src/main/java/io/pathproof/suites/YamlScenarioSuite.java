package io.pathproof.suites;

import io.pathproof.junit.FailoverTest;
import io.pathproof.junit.Labs;
import io.pathproof.junit.RunSettings;
import io.pathproof.junit.YamlScenarios;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The scenarios that are written in YAML, shipped and given. */
@DisplayName("Scenarios in YAML")
@FailoverTest(topology = "io-group")
class YamlScenarioSuite {

  @TestFactory
  @DisplayName("Scenarios in YAML")
  Stream<DynamicTest> scenarios(RunSettings settings, Labs labs) {
    return YamlScenarios.tests(settings.scenarios(), labs);
  }
}
