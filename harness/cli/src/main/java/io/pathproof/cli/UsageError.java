package io.pathproof.cli;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * A command line that cannot be read, in one line: the option, its value, and the remedy. The whole
 * help would push that out of sight; only who named no command gets it.
 */
final class UsageError {
  private UsageError() {}

  /** Tells what is wrong with the command line; gives the exit status. */
  static int tell(ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    command.getErr().println(text(wrong, List.of(arguments)));
    boolean noCommand =
        command.getParent() == null && !(wrong instanceof UnmatchedArgumentException);
    if (noCommand) {
      command.usage(command.getErr());
    }
    return ExitStatus.USAGE;
  }

  private static String text(ParameterException wrong, List<String> arguments) {
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      return unknown(unmatched);
    }
    if (wrong instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
      return missing(missing.getMissing(), arguments);
    }
    if (wrong.getArgSpec() instanceof OptionSpec option && wrong.getValue() != null) {
      return option.longestName() + " " + wrong.getValue() + ": write " + wanted(option);
    }
    return wrong.getMessage();
  }

  private static String unknown(UnmatchedArgumentException unmatched) {
    String word = unmatched.getUnmatched().get(0);
    String help = unmatched.getCommandLine().getCommandSpec().qualifiedName() + " --help";
    return word
        + ": "
        + (word.startsWith("-") ? "no such option; " : "nothing here takes that word; ")
        + unmatched.getSuggestions().stream()
            .limit(1)
            .map(near -> "did you mean " + near + "? ")
            .collect(joining())
        + help
        + " lists what there is";
  }

  private static String missing(List<ArgSpec> absent, List<String> arguments) {
    List<OptionSpec> options = new ArrayList<>();
    for (ArgSpec each : absent) {
      if (each instanceof OptionSpec option) {
        options.add(option);
      }
    }
    for (OptionSpec option : options) {
      int at = arguments.lastIndexOf(option.longestName());
      if (at >= 0 && (at + 1 == arguments.size() || arguments.get(at + 1).startsWith("--"))) {
        return option.longestName() + ": has no value; write " + whole(option);
      }
    }
    Optional<String> alone =
        options.stream()
            .findFirst()
            .flatMap(each -> Optional.ofNullable(each.group()))
            .flatMap(group -> alone(group.options(), arguments));
    if (alone.isPresent()) {
      return alone.get();
    }
    return absent.get(0).paramLabel()
        + " is missing"
        + options.stream().limit(1).map(each -> "; write " + whole(each)).collect(joining());
  }

  private static String whole(OptionSpec option) {
    return option.longestName() + " " + option.paramLabel();
  }

  /** Of two options that go together, the first that stands without the other. */
  private static Optional<String> alone(List<OptionSpec> pair, List<String> arguments) {
    List<String> names = pair.stream().map(OptionSpec::longestName).toList();
    int at = 0;
    while (at < arguments.size()) {
      if (!names.contains(arguments.get(at))) {
        at++;
        continue;
      }
      OptionSpec other = pair.get(1 - names.indexOf(arguments.get(at)));
      if (at + 2 < arguments.size() && arguments.get(at + 2).equals(other.longestName())) {
        at += 4;
        continue;
      }
      String given = arguments.get(at) + " " + arguments.get(at + 1);
      return Optional.of(
          given + (": has no " + other.longestName()) + ("; write " + given + " " + whole(other)));
    }
    return Optional.empty();
  }

  private static String wanted(OptionSpec option) {
    Class<?> type = option.type();
    boolean number =
        type == int.class || type == Integer.class || type == long.class || type == Long.class;
    return number ? "a whole number" : option.paramLabel();
  }
}
