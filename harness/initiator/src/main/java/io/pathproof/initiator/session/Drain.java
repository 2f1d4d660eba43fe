package io.pathproof.initiator.session;

/** Whether what a connection's socket held at some moment has been read (see {@link Doubt}). */
final class Drain {
  private final Outlet out;
  private boolean underWay;
  private long askedNs;
  private long readUpToNs = Long.MIN_VALUE;

  Drain(Outlet out) {
    this.out = out;
  }

  /** Has the binding read what the socket holds now; it answers by {@link #done}. */
  void begin(long nowNs) {
    underWay = true;
    askedNs = nowNs;
    out.binding().drain();
  }

  void done() {
    if (underWay) {
      underWay = false;
      readUpToNs = askedNs;
    }
  }

  boolean underWay() {
    return underWay;
  }

  /** Whether all has been read that had come by then. */
  boolean covers(long atNs) {
    return atNs <= readUpToNs;
  }
}
