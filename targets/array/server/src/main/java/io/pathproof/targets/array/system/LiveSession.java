package io.pathproof.targets.array.system;

/**
 * A normal session as the core needs to know it.
 *
 * @param tsih the target's handle of it (RFC 7143 section 11.12.6)
 * @param initiatorName whose it is
 * @param port the port that answers it
 * @param commandsInFlight commands taken and not yet answered
 */
public record LiveSession(int tsih, String initiatorName, String port, int commandsInFlight) {}
