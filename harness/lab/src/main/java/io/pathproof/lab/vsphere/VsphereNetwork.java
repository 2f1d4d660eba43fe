package io.pathproof.lab.vsphere;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The storage network of a vSphere host.
 *
 * @param adapters its physical adapters, by name, in file order
 * @param switches its virtual switches, by name, in file order
 * @param ports its VMkernel ports, by name, in file order, which is the route table's
 * @param bound the ports bound to the software iSCSI adapter, in file order; empty: none is, and
 *     the route table chooses
 * @param forced whether bound ports are used although they are not compliant ({@code esxcli iscsi
 *     networkportal add --force})
 * @param targets its iSCSI targets and their parameters
 */
public record VsphereNetwork(
    Map<String, PhysicalAdapter> adapters,
    Map<String, VirtualSwitch> switches,
    Map<String, VmkernelPort> ports,
    Optional<List<String>> bound,
    boolean forced,
    IscsiTargets targets) {}
