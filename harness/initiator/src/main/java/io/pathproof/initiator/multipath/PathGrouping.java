package io.pathproof.initiator.multipath;

/** Which paths form a group (multipath.conf(5) {@code path_grouping_policy}). */
public enum PathGrouping {
  /** Those of one priority ({@code group_by_prio}). */
  BY_PRIORITY,
  /** Each is a group of its own ({@code failover}). */
  FAILOVER,
  /** All are one group ({@code multibus}). */
  MULTIBUS
}
