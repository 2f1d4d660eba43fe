package io.pathproof.initiator.host;

import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionParameters;
import java.util.OptionalInt;

/**
 * Where a login ended, and so a nexus is. An address alone does not tell: it may have moved to
 * another node, whose portal group has another tag (RFC 7143 section 13.9).
 */
record NexusPlace(Portal portal, OptionalInt portalGroupTag) {
  static NexusPlace of(SessionParameters parameters) {
    return new NexusPlace(parameters.portal(), parameters.targetPortalGroupTag());
  }

  @Override
  public String toString() {
    return portal
        + (portalGroupTag.isPresent() ? " in portal group " + portalGroupTag.getAsInt() : "");
  }
}
