package io.pathproof.targets.array.iscsi;

/**
 * A normal session in full feature phase.
 *
 * @param tsih its handle (RFC 7143 section 11.12.6)
 * @param isid 48 bits
 * @param portal where it logged in
 * @param sinceNs when it entered full feature phase
 * @param commandsInFlight taken and not yet answered
 */
public record SessionInfo(
    int tsih,
    String initiatorName,
    long isid,
    PortalIdentity portal,
    long sinceNs,
    int commandsInFlight) {}
