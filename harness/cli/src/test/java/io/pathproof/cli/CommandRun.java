package io.pathproof.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One {@code pathproof qualify} in this JVM.
 *
 * @param status its exit status
 * @param out what it printed
 * @param output the folder that it wrote to
 */
record CommandRun(int status, String out, Path output) {

  static CommandRun qualify(Path output, String... arguments) {
    return qualify(new StringWriter(), output, arguments);
  }

  /**
   * The same, watched.
   *
   * @param out gets what it prints, while it prints it
   */
  static CommandRun qualify(StringWriter out, Path output, String... arguments) {
    List<String> all = new ArrayList<>(List.of("qualify", "--output", output.toString()));
    all.addAll(List.of(arguments));
    PrintWriter printer = new PrintWriter(out, true);
    int status = Pathproof.execute(printer, printer, all.toArray(String[]::new));
    return new CommandRun(status, out.toString(), output);
  }

  /** What results.json says. */
  JsonNode results() throws IOException {
    return JsonMapper.builder().build().readTree(output.resolve("results.json").toFile());
  }
}
