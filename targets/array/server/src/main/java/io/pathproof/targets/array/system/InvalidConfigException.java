package io.pathproof.targets.array.system;

import java.util.List;

/** A configuration that no array can be made of; the message names every problem. */
public final class InvalidConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  public InvalidConfigException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** One line each, beginning with the place in the file. */
  public List<String> problems() {
    return problems;
  }
}
