package io.pathproof.initiator.host;

/**
 * The target port that a path leads to, where there is asymmetric access (SPC-4 clause 5.15.2).
 *
 * @param group its target port group, 0 to 65535
 * @param explicit whether SET TARGET PORT GROUPS is there (TPGS 10b or 11b)
 */
record AccessPort(int group, boolean explicit) {}
