package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.SendTargets;
import java.util.List;

/** Told the answer to SendTargets; exactly one of the two is called, once. */
public interface TargetsListener {
  /** The targets in the order of the answer. */
  void found(List<SendTargets.Target> targets, long nowNs);

  /** No answer. */
  void failed(Failure failure, long nowNs);
}
