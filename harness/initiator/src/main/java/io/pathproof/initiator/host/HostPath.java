package io.pathproof.initiator.host;

import io.pathproof.initiator.session.Portal;
import io.pathproof.protocol.scsi.Lun;

/**
 * A path: one session over one link to one logical unit.
 *
 * @param id the link's id; unique among the paths of a device
 * @param link the link that it runs over
 * @param target the target's iSCSI name
 * @param lun the logical unit there
 */
public record HostPath(String id, HostLink link, String target, Lun lun) {
  /** The portal's own address. */
  public Portal portal() {
    return link.portal();
  }
}
