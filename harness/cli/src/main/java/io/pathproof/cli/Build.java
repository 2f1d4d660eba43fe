package io.pathproof.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.IVersionProvider;

/** What was built, from what. */
final class Build implements IVersionProvider {
  private static final int GIT_SECONDS = 5;

  /** The version in the pom. */
  static String version() {
    Properties properties = new Properties();
    try (InputStream in = Build.class.getResourceAsStream("build.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new IllegalStateException("build.properties is missing from the jar", e);
    }
    return properties.getProperty("version");
  }

  /** The checkout that the launcher runs from, if it does. */
  static Optional<Path> home() {
    return Optional.ofNullable(System.getenv("PATHPROOF_HOME")).map(Path::of);
  }

  /** The commit of that checkout, with {@code +changes} when it has any; else {@code unknown}. */
  static String commit() {
    return home()
        .map(
            home -> {
              String commit = git(home, "rev-parse", "HEAD");
              return commit.isEmpty()
                  ? "unknown"
                  : git(home, "status", "--porcelain", "-uno").isEmpty()
                      ? commit
                      : commit + "+changes";
            })
        .orElse("unknown");
  }

  private static String git(Path home, String... arguments) {
    try {
      String[] command = new String[arguments.length + 3];
      command[0] = "git";
      command[1] = "-C";
      command[2] = home.toString();
      System.arraycopy(arguments, 0, command, 3, arguments.length);
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor(GIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0 ? text : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "pathproof " + version(), "commit " + commit(), "Java " + System.getProperty("java.version")
    };
  }
}
