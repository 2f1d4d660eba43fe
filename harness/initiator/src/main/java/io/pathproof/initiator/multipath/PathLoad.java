package io.pathproof.initiator.multipath;

/**
 * What a path has carried since it joined. Attempts are counted, so an I/O that was retried counts
 * once on each path that it went down.
 *
 * @param path its number
 * @param reads sent, with data
 * @param writes sent, with data
 * @param others sent, without data (SYNCHRONIZE CACHE …)
 * @param bytes of what was sent
 * @param errors attempts that ended without success, unit attentions included
 * @param meanLatencyNs from sending to the answer, of attempts that ended well; 0 if none did
 */
public record PathLoad(
    int path, long reads, long writes, long others, long bytes, long errors, long meanLatencyNs) {
  /** Everything that was sent. */
  public long ios() {
    return reads + writes + others;
  }
}
