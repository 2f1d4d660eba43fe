package io.pathproof.lab.topology;

import java.util.Map;

/**
 * A host.
 *
 * @param name its name in the file
 * @param initiatorName its iSCSI qualified name
 * @param multipath how it uses several paths to one volume
 * @param timers when it gives up on what
 * @param adapters its adapters (NICs), by name, in file order
 */
public record HostSpec(
    String name,
    String initiatorName,
    MultipathSpec multipath,
    TimerSpec timers,
    Map<String, AdapterSpec> adapters) {}
