package io.pathproof.lab.fake;

/** What is wrong with a fake lab, on purpose. */
public enum Defect {
  /** Every seventh acknowledged write is not on the store. */
  LOSES_WRITES,
  /** The second half of every seventh write is missing. */
  TEARS_WRITES,
  /** Every seventh write lands on the next block. */
  MISDIRECTS_WRITES,
  /** A write whose path was cut takes effect a second later, after newer ones. */
  GHOST_WRITES,
  /** The lab does not answer any more once a fault has been injected. */
  DIES_AT_FAULT,
  /** Impairments are accepted and have no effect. */
  FAULTS_DO_NOTHING,
  /** I/O on a path that was cut never ends. */
  I_O_NEVER_ENDS,
  /** The array moves an address when a fault comes. */
  ARRAY_FAILS_OVER,
  /** The first link of a host does not come up. */
  A_LINK_IS_DOWN,
  /** Every session but a host's first is refused. */
  ONE_SESSION_ONLY,
  /** A path that was cut does not come back when it is healed. */
  NEVER_COMES_BACK,
  /** The lab cannot be built. */
  CANNOT_START
}
