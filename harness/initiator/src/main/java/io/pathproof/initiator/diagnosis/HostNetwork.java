package io.pathproof.initiator.diagnosis;

import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.netty.PortalResolver;
import io.pathproof.initiator.session.Portal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * This machine's own network. Names are looked up, and pings waited for, on threads of its own.
 * Which address and interface a connection would leave by is what the kernel gives a UDP socket
 * that is connected there, which sends nothing.
 */
public final class HostNetwork implements Network, AutoCloseable {
  private final int pingTimeoutMs;
  private final Map<String, InetAddress> addresses = new ConcurrentHashMap<>();
  private final ExecutorService threads;

  /**
   * @param pingTimeoutMs how long a ping is waited for, from 1
   */
  public HostNetwork(int pingTimeoutMs) {
    this.pingTimeoutMs = pingTimeoutMs;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            NettyDiagnosis.AT_ONCE,
            task -> {
              Thread thread = new Thread(task, "pathproof-network-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public CompletionStage<Route> route(HostLink link) {
    return CompletableFuture.supplyAsync(() -> routeTo(link.portal()), threads);
  }

  private Route routeTo(Portal portal) {
    InetAddress address;
    try {
      address = addressOf(portal);
    } catch (UnknownHostException e) {
      return Route.Missing.name(portal.host() + " is not known");
    }
    try (DatagramChannel probe = DatagramChannel.open()) {
      probe.connect(new InetSocketAddress(address, portal.port()));
      InetAddress local = ((InetSocketAddress) probe.getLocalAddress()).getAddress();
      String named =
          address.getHostAddress().equals(portal.host())
              ? ""
              : portal.host() + " is " + address.getHostAddress() + ", ";
      return new Route.Found(named + "from " + local.getHostAddress() + leaving(local));
    } catch (IOException e) {
      return Route.Missing.address(address.getHostAddress() + ": " + e.getMessage());
    }
  }

  private InetAddress addressOf(Portal portal) throws UnknownHostException {
    InetAddress address = InetAddress.getByName(portal.host());
    addresses.put(portal.host(), address);
    return address;
  }

  private static String leaving(InetAddress local) throws IOException {
    NetworkInterface by = NetworkInterface.getByInetAddress(local);
    return by == null ? "" : " on " + by.getName() + ", MTU " + by.getMTU();
  }

  @Override
  public Optional<InetSocketAddress> address(HostLink link, Portal portal) {
    InetAddress known = addresses.get(portal.host());
    return known != null
        ? Optional.of(new InetSocketAddress(known, portal.port()))
        // a name that nobody has looked up: that would block
        : PortalResolver.direct().resolve(portal);
  }

  @Override
  public CompletionStage<Boolean> lookUp(Portal portal) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            addressOf(portal);
            return true;
          } catch (UnknownHostException e) {
            return false;
          }
        },
        threads);
  }

  /** An ICMP echo where this process may send one; else a TCP connect to port 7 (echo). */
  @Override
  public CompletionStage<Optional<Boolean>> ping(HostLink link) {
    return CompletableFuture.supplyAsync(
        () -> {
          InetAddress address = addresses.get(link.portal().host());
          try {
            return address == null
                ? Optional.empty()
                : Optional.of(address.isReachable(pingTimeoutMs));
          } catch (IOException e) {
            return Optional.empty();
          }
        },
        threads);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
