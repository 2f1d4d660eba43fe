package io.pathproof.cli;

import java.io.PrintWriter;

/** Shows a person who waits how far an examination is: rewritten in place on a terminal. */
final class DoctorProgress {
  private static final String CLEAR_LINE = "\r\u001b[2K";

  private final PrintWriter err;
  private final boolean terminal = System.console() != null && System.getenv("TERM") != null;
  private String what = "";
  private int total;
  private int ended;

  DoctorProgress(PrintWriter err) {
    this.err = err;
  }

  /** Something begins that has so many parts; 0 where it has none. */
  synchronized void begins(String text, int parts) {
    what = text;
    total = parts;
    ended = 0;
    show();
  }

  /** A part of it has ended. */
  synchronized void partEnded() {
    ended++;
    if (terminal) {
      show();
    }
  }

  /** Nothing more comes. */
  synchronized void done() {
    if (terminal) {
      err.print(CLEAR_LINE);
      err.flush();
    }
  }

  private void show() {
    String text = what + (total == 0 ? " ..." : ": " + ended + " of " + total + " done");
    if (terminal) {
      err.print(CLEAR_LINE + text);
    } else {
      err.println(total == 0 ? text : what + " (" + total + ")");
    }
    err.flush();
  }
}
