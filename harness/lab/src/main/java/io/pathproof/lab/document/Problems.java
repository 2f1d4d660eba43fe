package io.pathproof.lab.document;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers the problems of one file, so that a person sees all of them at once. */
public final class Problems {
  private final String file;
  private final List<Problem> found = new ArrayList<>();

  /**
   * @param file the file, or a description of where the text came from
   */
  public Problems(String file) {
    this.file = file;
  }

  /** The file. */
  public String file() {
    return file;
  }

  /** Adds a problem at a value. */
  public void at(DocumentNode node, String what, String remedy) {
    found.add(new Problem(file, node.line(), node.column(), what, remedy));
  }

  /** Adds a problem at a key. */
  public void at(DocumentNode.Field field, String what, String remedy) {
    found.add(new Problem(file, field.line(), field.column(), what, remedy));
  }

  /** Adds a problem at a place. */
  public void at(int line, int column, String what, String remedy) {
    found.add(new Problem(file, line, column, what, remedy));
  }

  /** Whether there is none. */
  public boolean none() {
    return found.isEmpty();
  }

  /** All of them, in the order of the file. */
  public List<Problem> all() {
    return found.stream()
        .distinct()
        .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
        .toList();
  }
}
