package io.pathproof.lab.topology;

import io.pathproof.lab.document.InvalidFileException;
import io.pathproof.lab.document.Problem;
import java.util.List;

/** A topology is refused; the message lists every problem, one a line. */
public final class TopologyException extends InvalidFileException {
  private static final long serialVersionUID = 1L;

  /**
   * @param problems at least one
   */
  public TopologyException(List<Problem> problems) {
    super(problems);
  }
}
