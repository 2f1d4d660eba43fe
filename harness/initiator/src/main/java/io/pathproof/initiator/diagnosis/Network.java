package io.pathproof.initiator.diagnosis;

import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.session.Portal;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The network between a host and its portals. Called on event loops: nothing here may block. */
public interface Network {
  /** The way that leads to a link's portal. */
  CompletionStage<Route> route(HostLink link);

  /**
   * Where to connect to for a portal.
   *
   * @param link whose adapter it is
   * @param portal the link's own, or one that a login was redirected to
   * @return empty if no way leads there, or if it is a name that was not looked up
   */
  Optional<InetSocketAddress> address(HostLink link, Portal portal);

  /**
   * Looks up the name of a portal that a login was redirected to.
   *
   * @return whether it has an address, which {@link #address} knows from then on
   */
  CompletionStage<Boolean> lookUp(Portal portal);

  /** Whether a link's portal answers pings; empty where that cannot be told. */
  CompletionStage<Optional<Boolean>> ping(HostLink link);
}
