package io.pathproof.targets.array.iscsi;

/** Something that wants to be called when its time has come. */
public interface Timed {
  /** When; {@link Long#MAX_VALUE} if never. */
  long nextDeadlineNs();

  /** Does what is due. */
  void onTime(long nowNs);
}
