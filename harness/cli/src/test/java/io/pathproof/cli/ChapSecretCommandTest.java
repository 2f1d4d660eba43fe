package io.pathproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code pathproof chap-secret}. */
class ChapSecretCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Pathproof.execute(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  @ParameterizedTest
  @CsvSource({"'', 16", "--bits=128, 22"})
  void oneSecretIsPrintedAndNothingElse(String flag, int characters) {
    String[] arguments =
        flag.isEmpty() ? new String[] {"chap-secret"} : new String[] {"chap-secret", flag};
    assertThat(run(arguments)).isEqualTo(ExitStatus.PASS);
    assertThat(out.toString()).matches("[A-Za-z0-9._]{" + characters + "}\\R");
    assertThat(err.toString()).isEmpty();
  }

  /** Of 96 bits: that two of twenty are equal by chance is less likely than 2^-88. */
  @Test
  void noTwoAreTheSame() {
    Set<String> secrets = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      run("chap-secret");
    }
    out.toString().lines().forEach(secrets::add);
    assertThat(secrets).hasSize(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"95", "0", "-1", "1529"})
  void tooFewOrTooManyBitsAreRefusedWithTheRange(String bits) {
    assertThat(run("chap-secret", "--bits=" + bits)).isEqualTo(ExitStatus.USAGE);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("--bits " + bits + ": write 96").contains("to 1528");
  }

  @Test
  void whatIsNoNumberIsRefused() {
    assertThat(run("chap-secret", "--bits", "many")).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("--bits").contains("many");
  }
}
