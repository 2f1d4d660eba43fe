package io.pathproof.targets.array.scsi;

import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.StandardInquiry.TargetPortGroupSupport;
import java.util.List;

/**
 * What an array is, to its device servers.
 *
 * @param targetName iSCSI name; with a volume's name it makes the identity of a logical unit
 * @param alua what TPGS in the INQUIRY data says, and what SET TARGET PORT GROUPS may do
 * @param partnerState the state of the groups of nodes that do not own a volume
 * @param transitionNs how long a transition takes that SET TARGET PORT GROUPS asked for
 * @param ports every port of the array
 * @param volumes every volume; LUNs and names are unique
 * @param vendor T10 vendor identification, at most 8 characters
 * @param product at most 16 characters
 * @param revision at most 4 characters
 */
public record LogicalUnitsSettings(
    String targetName,
    TargetPortGroupSupport alua,
    AccessState partnerState,
    long transitionNs,
    List<TargetPort> ports,
    List<Volume> volumes,
    String vendor,
    String product,
    String revision) {
  public LogicalUnitsSettings {
    ports = List.copyOf(ports);
    volumes = List.copyOf(volumes);
    if (volumes.stream().map(Volume::lun).distinct().count() != volumes.size()
        || volumes.stream().map(Volume::name).distinct().count() != volumes.size()) {
      throw new IllegalArgumentException("two volumes share a LUN or a name");
    }
  }

  /** An array without asymmetric access, under Pathproof's own name. */
  public static LogicalUnitsSettings of(
      String targetName, List<TargetPort> ports, List<Volume> volumes) {
    return new LogicalUnitsSettings(
        targetName,
        TargetPortGroupSupport.NONE,
        AccessState.ACTIVE_OPTIMIZED,
        0,
        ports,
        volumes,
        "PATHPRF",
        "Simulated Array",
        "0001");
  }
}
