package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.iscsi.LoginStatus;
import java.util.List;
import java.util.Optional;

/** What the array as a whole has to say to a login. Called on the array's thread. */
public interface LoginDirector {
  /**
   * Where a normal login at this address is to go instead; empty: it is served here. Asked once a
   * login, before authentication.
   */
  Optional<Redirect> redirect(PortalIdentity at, String initiatorName, long nowNs);

  /**
   * Why a normal login is refused although it is sound; empty: it is not. Asked when its session is
   * about to begin, and one that it reinstates has ended.
   */
  Optional<LoginStatus> refuses(PortalIdentity at, String initiatorName);

  /** The portals that SendTargets tells of, in order. */
  List<PortalIdentity> advertised();
}
