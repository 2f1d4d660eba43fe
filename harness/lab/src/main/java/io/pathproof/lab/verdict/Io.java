package io.pathproof.lab.verdict;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult;
import java.util.ArrayList;
import java.util.List;

/** All that a history says of one I/O. */
final class Io {
  /** A try on a path; times in nanoseconds since the history began. */
  record Sent(String path, int attempt, long atNs) {}

  /** A try that did not end well. */
  record Lost(String path, int attempt, long atNs, boolean retried) {}

  private final Event.IoIssued issued;
  private final long issuedNs;
  private final List<Sent> sent = new ArrayList<>();
  private final List<Lost> lost = new ArrayList<>();
  private Event.IoEnded ended;
  private long endedNs;
  private int ends;

  Io(Event.IoIssued issued, long issuedNs) {
    this.issued = issued;
    this.issuedNs = issuedNs;
  }

  void add(Sent attempt) {
    sent.add(attempt);
  }

  void add(Lost attempt) {
    lost.add(attempt);
  }

  void end(Event.IoEnded event, long atNs) {
    if (ends++ == 0) {
      ended = event;
      endedNs = atNs;
    }
  }

  Event.IoIssued issued() {
    return issued;
  }

  String host() {
    return issued.host();
  }

  String device() {
    return issued.device();
  }

  long issuedNs() {
    return issuedNs;
  }

  long intendedNs() {
    return issued.intendedNs();
  }

  List<Sent> sent() {
    return sent;
  }

  List<Lost> lost() {
    return lost;
  }

  int ends() {
    return ends;
  }

  boolean ok() {
    return ends > 0 && ended.status() == IoResult.Status.OK;
  }

  /** Ended with an error, or with an acknowledgement lost, or not at all. */
  boolean notOk() {
    return !ok();
  }

  boolean failed() {
    return ends > 0 && ended.status() == IoResult.Status.FAILED;
  }

  /** Of an I/O that ended. */
  Event.IoEnded ended() {
    return ended;
  }

  /** Of an I/O that ended. */
  long endedNs() {
    return endedNs;
  }

  /** From when it was due until its end. */
  long latencyNs() {
    return endedNs - issued.intendedNs();
  }
}
