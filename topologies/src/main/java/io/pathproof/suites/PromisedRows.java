package io.pathproof.suites;

import java.util.List;

/**
 * The rows of the contract that this release promises: a full run that leaves one out proves less
 * than it has to.
 */
public final class PromisedRows {
  private static final List<String> ROWS =
      List.of(
          "IO-1", "IO-2", "IO-3", "IO-4", "IO-5", "IO-6", "IO-7", "IO-8", "IO-9", "IO-10", "IO-11",
          "AB-1", "AB-2", "AB-3", "AB-4", "AB-5", "AB-6", "AB-7", "AB-8", "PB-1", "PB-2", "PB-3",
          "PB-4", "PB-5", "PB-6", "PB-7", "PB-8", "PB-9", "PB-10", "PB-11", "PB-12", "PB-13",
          "PB-15", "RR-1", "RR-2", "RR-3");

  private PromisedRows() {}

  /** Their ids, in the contract's order. */
  public static List<String> all() {
    return ROWS;
  }
}
