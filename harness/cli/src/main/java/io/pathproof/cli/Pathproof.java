package io.pathproof.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry point. */
@Command(
    name = "pathproof",
    mixinStandardHelpOptions = true,
    versionProvider = Build.class,
    description =
        "Breaks the paths between hosts and a storage array, and judges what the hosts saw.",
    subcommands = {
      QualifyCommand.class,
      DoctorCommand.class,
      ArrayCommand.class,
      ChapSecretCommand.class
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:PASS",
      "1:FAIL",
      "2:a flag or an input file is not usable; nothing was started",
      "3:INCONCLUSIVE: the lab failed, or a scenario did not exercise what it is for"
    })
public final class Pathproof implements Runnable {
  @Spec private CommandSpec spec;

  /**
   * Runs a command and exits with its status.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(
        execute(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            args));
  }

  /** Runs a command in this JVM; returns its exit status. */
  static int execute(PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = new CommandLine(new Pathproof());
    line.setOut(out);
    line.setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(UsageError::tell);
    line.setExecutionExceptionHandler(
        (exception, command, result) -> {
          if (exception instanceof BadInput) {
            command.getErr().println(exception.getMessage());
            return ExitStatus.USAGE;
          }
          throw exception;
        });
    return line.execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command, such as: pathproof qualify");
  }
}
