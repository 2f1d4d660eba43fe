package io.pathproof.lab.vsphere;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Parameters of an iSCSI target, as far as they are set at one level; what is not set is inherited
 * from the level above: static target, its dynamic target, the adapter (vSphere Storage, "Configure
 * Advanced Parameters for iSCSI").
 *
 * @param loginTimeoutMs LoginTimeout: how long one login attempt may take, in milliseconds (ESXi: 5
 *     s; Pure Storage advises 30 s)
 * @param delayedAck DelayedAck: whether the host's TCP may hold back acknowledgements (ESXi: yes;
 *     Pure Storage advises no)
 */
public record TargetParameters(OptionalLong loginTimeoutMs, Optional<Boolean> delayedAck) {
  /** Nothing set. */
  public static final TargetParameters INHERITED =
      new TargetParameters(OptionalLong.empty(), Optional.empty());

  /** These, and what is not set here from the level above. */
  public TargetParameters over(TargetParameters above) {
    return new TargetParameters(
        loginTimeoutMs.isPresent() ? loginTimeoutMs : above.loginTimeoutMs,
        delayedAck.isPresent() ? delayedAck : above.delayedAck);
  }
}
