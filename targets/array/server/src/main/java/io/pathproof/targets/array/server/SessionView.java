package io.pathproof.targets.array.server;

/**
 * A session as people look at it.
 *
 * @param tsih the target's handle
 * @param initiatorName whose it is
 * @param isid the initiator's part of its name, 12 hexadecimal digits
 * @param address where it came in, {@code ip:tcpPort}
 * @param port the port that answers it
 * @param sinceNanos since when, on the array's clock
 * @param commandsInFlight taken and not yet answered
 */
public record SessionView(
    int tsih,
    String initiatorName,
    String isid,
    String address,
    String port,
    long sinceNanos,
    int commandsInFlight) {}
