package io.pathproof.targets.array.iscsi;

/**
 * Where a login is to go instead (RFC 7143 section 11.13.5, status class 1).
 *
 * @param permanent 0102h in place of 0101h
 */
public record Redirect(String address, int tcpPort, boolean permanent) {}
