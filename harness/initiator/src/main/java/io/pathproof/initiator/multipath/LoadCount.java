package io.pathproof.initiator.multipath;

/** Counts what a path carries: for {@link PathLoad}, and for the selectors that go by it. */
final class LoadCount {
  private long reads;
  private long writes;
  private long others;
  private long bytes;
  private long errors;
  private long good;
  private long goodNs;
  private int inFlight;
  private long bytesInFlight;

  int inFlight() {
    return inFlight;
  }

  long bytesInFlight() {
    return bytesInFlight;
  }

  void sent(IoTraits io) {
    if (io.bytes() == 0) {
      others++;
    } else if (io.write()) {
      writes++;
    } else {
      reads++;
    }
    bytes += io.bytes();
    inFlight++;
    bytesInFlight += io.bytes();
  }

  void ended(IoTraits io, boolean well, long latencyNs) {
    inFlight--;
    bytesInFlight -= io.bytes();
    if (well) {
      good++;
      goodNs += latencyNs;
    } else {
      errors++;
    }
  }

  PathLoad of(int path) {
    long mean = good == 0 ? 0 : goodNs / good;
    return new PathLoad(path, reads, writes, others, bytes, errors, mean);
  }
}
