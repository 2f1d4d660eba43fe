package io.pathproof.lab.observed;

/**
 * What a device has sent down one of its paths, counted by the host itself. An I/O that was sent
 * again counts once on each path that it went down.
 *
 * @param reads sent, with data
 * @param writes sent, with data
 * @param others sent, without data (SYNCHRONIZE CACHE …)
 * @param bytes of what was sent
 * @param errors that ended without success, unit attentions included
 * @param meanLatencyNs from sending to the answer, of those that ended well; 0 if none did
 */
public record PathShare(
    long reads, long writes, long others, long bytes, long errors, long meanLatencyNs) {
  /** Everything that was sent. */
  public long ios() {
    return reads + writes + others;
  }

  /** What has come since an earlier account; the mean is that of the whole time. */
  public PathShare since(PathShare earlier) {
    return new PathShare(
        reads - earlier.reads,
        writes - earlier.writes,
        others - earlier.others,
        bytes - earlier.bytes,
        errors - earlier.errors,
        meanLatencyNs);
  }
}
