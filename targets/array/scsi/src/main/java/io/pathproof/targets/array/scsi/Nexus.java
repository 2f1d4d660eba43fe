package io.pathproof.targets.array.scsi;

/**
 * An I_T nexus: one initiator port at one target port (SAM-5 clause 4.6; RFC 7143 section 4.4.3).
 *
 * @param initiatorName iSCSI name
 * @param isid the 48 bits of the ISID, which with the name makes the initiator port
 * @param node the node that the port belongs to
 * @param port the port's name, {@code node1.a}
 * @param relativePortId relative target port identifier, 1 to 65535
 * @param portGroup target port group, 1 to 65535
 * @param targetName iSCSI name
 */
public record Nexus(
    String initiatorName,
    long isid,
    String node,
    String port,
    int relativePortId,
    int portGroup,
    String targetName) {
  public Nexus {
    if (isid < 0 || isid >> 48 != 0) {
      throw new IllegalArgumentException("an ISID has 48 bits, not 0x" + Long.toHexString(isid));
    }
  }
}
