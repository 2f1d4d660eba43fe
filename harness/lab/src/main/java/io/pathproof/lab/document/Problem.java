package io.pathproof.lab.document;

/**
 * Something wrong in a file that a person wrote.
 *
 * @param file the file, or a description of where the text came from
 * @param line from 1; 0 if the problem has no place (an unreadable file, a scenario built in Java)
 * @param column from 1, or 0 as above
 * @param what what is wrong
 * @param remedy what to do about it
 */
public record Problem(String file, int line, int column, String what, String remedy) {
  /** {@code file:line: what – remedy}. */
  @Override
  public String toString() {
    String place = line > 0 ? file + ":" + line : file;
    return place + ": " + what + (remedy.isEmpty() ? "" : " – " + remedy);
  }
}
