package io.pathproof.targets.array.server;

import io.pathproof.targets.array.iscsi.PortalIdentity;
import io.pathproof.targets.array.netty.PortalServer;
import io.pathproof.targets.array.system.Address;
import io.pathproof.targets.array.system.ArrayEffects.Conduct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** The array's addresses as sockets that behave as they are told to. On the loop. */
final class Portals {
  private static final class Portal {
    PortalServer.Listener listener;
    Conduct conduct = Conduct.SILENT;

    /** Its move was not announced: for hosts it is where it was before. */
    boolean hidden;
  }

  private final PortalServer server;
  private final ArrayNetwork network;
  private final Function<Address, PortalIdentity> identity;
  private final Consumer<Throwable> failures;
  private final Map<Address, Portal> portals = new ConcurrentHashMap<>();
  private final Map<String, Reachability> reach = new ConcurrentHashMap<>();
  private CompletableFuture<Void> settled = CompletableFuture.completedFuture(null);

  Portals(
      PortalServer server,
      ArrayNetwork network,
      Function<Address, PortalIdentity> identity,
      Consumer<Throwable> failures) {
    this.server = server;
    this.network = network;
    this.identity = identity;
    this.failures = failures;
  }

  /** Listens for every address; from any thread, completes on the loop. */
  CompletionStage<Void> open(List<Address> addresses) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (Address address : addresses) {
      all.add(
          server
              .listen(network.bindAddress(address), () -> identity.apply(address))
              .handle((listener, failure) -> opened(address, listener, failure))
              .toCompletableFuture());
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
  }

  private Void opened(Address address, PortalServer.Listener listener, Throwable failure) {
    if (failure != null) {
      throw new AddressTakenException(
          "cannot listen on "
              + network.bindAddress(address)
              + ": "
              + (failure.getMessage() == null ? failure : failure.getMessage()),
          "end what listens there, or give " + address.name() + " another TCP port",
          failure);
    }
    Portal portal = new Portal();
    portal.listener = listener;
    portals.put(address, portal);
    return null;
  }

  void conduct(Address address, Conduct conduct) {
    portals.get(address).conduct = conduct;
    apply(address);
  }

  void hide(Address address, boolean hidden) {
    portals.get(address).hidden = hidden;
    apply(address);
  }

  private static Conduct seen(Portal portal) {
    return portal.hidden ? Conduct.SILENT : portal.conduct;
  }

  private void apply(Address address) {
    Portal portal = portals.get(address);
    PortalServer.Listener listener = portal.listener;
    Conduct conduct = seen(portal);
    switch (conduct) {
      case ANSWERS, FROZEN -> {
        CompletableFuture<Void> listening =
            listener.listenAgain().toCompletableFuture().thenRun(() -> serve(address, conduct));
        settled =
            CompletableFuture.allOf(
                settled,
                listening.exceptionally(
                    failure -> {
                      failures.accept(failure);
                      return null;
                    }));
      }
      case REFUSES -> {
        listener.refuse();
        listener.thaw();
        reach.put(address.portal(), new Reachability.Refuses());
      }
      case SILENT -> {
        listener.freeze();
        reach.put(address.portal(), new Reachability.Silent());
      }
    }
  }

  private void serve(Address address, Conduct wanted) {
    Portal portal = portals.get(address);
    if (portal == null || seen(portal) != wanted) {
      return;
    }
    if (wanted == Conduct.FROZEN) {
      portal.listener.freeze();
    } else {
      portal.listener.thaw();
    }
    reach.put(address.portal(), new Reachability.Answers(portal.listener.bound()));
  }

  CompletionStage<Void> settled() {
    return settled;
  }

  /** From any thread. */
  Reachability reach(String portal) {
    return reach.getOrDefault(portal, new Reachability.Silent());
  }

  void closeConnections(Address address) {
    portals.get(address).listener.closeConnections();
  }

  void resetConnections(Address address) {
    portals.get(address).listener.resetConnections();
  }

  void close() {
    reach.clear();
    portals.clear();
    server.close();
  }
}
