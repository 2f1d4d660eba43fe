/**
 * A vSphere host's storage network: physical adapters, virtual switches with their teaming,
 * VMkernel ports, port binding, and the parameters of iSCSI targets. Descriptions, and one state
 * machine without I/O.
 */
package io.pathproof.lab.vsphere;
