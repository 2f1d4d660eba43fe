package io.pathproof.cli;

import io.pathproof.initiator.session.ChapSecret;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a CHAP secret, as RFC 7143 section 9.2.1 has an implementation do. */
@Command(
    name = "chap-secret",
    mixinStandardHelpOptions = true,
    description =
        "Prints one random CHAP secret. The default has 16 characters, letters, digits, '.' and"
            + " '_', which arrays and hosts take that ask for 12 to 16. Each direction of mutual"
            + " CHAP needs one of its own.")
final class ChapSecretCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--bits",
      paramLabel = "N",
      defaultValue = "" + ChapSecret.MIN_BITS,
      description =
          "Random bits that it has at least, 96 to 1528; six a character (default:"
              + " ${DEFAULT-VALUE}).")
  private int bits;

  @Override
  public Integer call() {
    if (bits < ChapSecret.MIN_BITS || bits > ChapSecret.MAX_BITS) {
      throw new BadInput(
          "--bits "
              + bits
              + ": write "
              + ChapSecret.MIN_BITS
              + " (below which RFC 7143 demands IPsec) to "
              + ChapSecret.MAX_BITS);
    }
    spec.commandLine().getOut().println(ChapSecret.generate(bits, new SecureRandom()::nextBytes));
    return ExitStatus.PASS;
  }
}
