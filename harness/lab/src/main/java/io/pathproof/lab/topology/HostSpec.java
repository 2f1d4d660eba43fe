package io.pathproof.lab.topology;

import io.pathproof.lab.vsphere.VsphereNetwork;
import java.util.Map;
import java.util.Optional;

/**
 * A host.
 *
 * @param name its name in the file
 * @param initiatorName its iSCSI qualified name
 * @param multipath how it uses several paths to one volume
 * @param profile whose timers it has where nothing else is said
 * @param timers when it gives up on what
 * @param adapters the ends of its sessions, by name, in file order: its adapters (NICs), or the
 *     VMkernel ports of a vSphere host
 * @param portBinding whether each session is bound to its adapter (VMware vSphere Storage, "iSCSI
 *     port binding"), so that several adapters in one subnet are several ways
 * @param vsphere what is below the VMkernel ports of a vSphere host
 */
public record HostSpec(
    String name,
    String initiatorName,
    MultipathSpec multipath,
    TimerProfile profile,
    TimerSpec timers,
    Map<String, AdapterSpec> adapters,
    boolean portBinding,
    Optional<VsphereNetwork> vsphere) {
  /** A host with adapters of its own, no port binding, and a lab's timers. */
  public HostSpec(
      String name,
      String initiatorName,
      MultipathSpec multipath,
      TimerSpec timers,
      Map<String, AdapterSpec> adapters) {
    this(
        name,
        initiatorName,
        multipath,
        TimerProfile.FAST,
        timers,
        adapters,
        false,
        Optional.empty());
  }
}
