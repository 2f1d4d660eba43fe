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
 * @param portBinding whether each session is bound to its adapter (VMware vSphere Storage, "iSCSI
 *     port binding"), so that several adapters in one subnet are several ways
 */
public record HostSpec(
    String name,
    String initiatorName,
    MultipathSpec multipath,
    TimerSpec timers,
    Map<String, AdapterSpec> adapters,
    boolean portBinding) {
  /** A host without port binding. */
  public HostSpec(
      String name,
      String initiatorName,
      MultipathSpec multipath,
      TimerSpec timers,
      Map<String, AdapterSpec> adapters) {
    this(name, initiatorName, multipath, timers, adapters, false);
  }
}
