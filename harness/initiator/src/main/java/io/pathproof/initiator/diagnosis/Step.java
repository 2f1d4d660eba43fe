package io.pathproof.initiator.diagnosis;

/** What a path has to do before it carries I/O, in this order. */
public enum Step {
  /** The portal's name has an address, and a way leads there from here. */
  ROUTE,
  /** A TCP connection comes up. */
  TCP,
  /** The iSCSI login succeeds (RFC 7143 section 6.3), redirections included. */
  LOGIN,
  /** Logical units are mapped to this initiator there (REPORT LUNS, INQUIRY). */
  LUN,
  /** They say which they are (VPD page 83h), and all paths agree on it. */
  IDENTITY,
  /** The port may be used for I/O now (REPORT TARGET PORT GROUPS). */
  ALUA,
  /** They are ready, and blocks are really read. */
  IO
}
