package io.pathproof.lab.scenario;

import io.pathproof.lab.document.InvalidFileException;
import io.pathproof.lab.document.Problem;
import java.util.List;

/** A scenario is refused; the message lists every problem, one a line. */
public final class ScenarioException extends InvalidFileException {
  private static final long serialVersionUID = 1L;

  /**
   * @param problems at least one
   */
  public ScenarioException(List<Problem> problems) {
    super(problems);
  }
}
