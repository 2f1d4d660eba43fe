package io.pathproof.engine;

import io.pathproof.initiator.host.HostDevice;
import io.pathproof.initiator.host.HostEvent;
import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.host.NettyHost;
import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.lab.engine.BlockDevice;
import io.pathproof.lab.engine.HostDriver;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.history.History;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.vsphere.PortUsage;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A host of the topology, brought to life by our own initiator. */
public final class InitiatorHost implements HostDriver, PortSessions {
  private final HostSpec spec;
  private final InitiatorSettings settings;
  private final Map<HostLink, LinkId> links;
  private final CompletableFuture<NettyHost> attached;
  private final CompletableFuture<Void> firstDevice = new CompletableFuture<>();
  private final NettyHost host;

  /**
   * Begins to attach.
   *
   * @param entrances where a connection over each link begins
   */
  public InitiatorHost(
      Topology topology,
      HostSpec spec,
      Function<LinkId, InetSocketAddress> entrances,
      EventLoops loops,
      History history) {
    this(topology, spec, entrances, loops, history, Map.of());
  }

  /**
   * Begins to attach.
   *
   * @param entrances where a connection over each link begins
   * @param leftOut links that are not to be used at first, each with the reason
   */
  public InitiatorHost(
      Topology topology,
      HostSpec spec,
      Function<LinkId, InetSocketAddress> entrances,
      EventLoops loops,
      History history,
      Map<LinkId, String> leftOut) {
    this.spec = spec;
    this.settings = new InitiatorSettings(topology, spec);
    this.links = settings.links();
    String ackOff =
        loops.setsDelayedAck()
            ? "off"
            : "on: " + loops.transport() + " sockets cannot be told to acknowledge at once";
    HostHistory entries =
        new HostHistory(
            spec.name(),
            links::get,
            history,
            spec.multipath().policy() != MultipathSpec.Policy.NONE,
            spec.vsphere().map(network -> ackOff));
    NettyHost own =
        NettyHost.prepare(
            loops,
            settings.host(),
            way -> entrances.apply(links.get(way)),
            (event, nowNs) -> {
              entries.event(event, nowNs);
              if (event instanceof HostEvent.DeviceFound) {
                firstDevice.complete(null);
              }
            });
    host = own;
    leftOut.forEach((link, why) -> use(link, false, why));
    attached = own.start();
  }

  @Override
  public void use(LinkId link, boolean used, String why) {
    links.forEach(
        (way, id) -> {
          if (id.equals(link)) {
            host.use(way, used, why);
          }
        });
  }

  @Override
  public CompletionStage<PortUsage> usage(String port) {
    return host.usage(port)
        .thenApply(
            now -> new PortUsage(now.sessions(), now.paths(), now.devices(), now.lastPathOf()));
  }

  /**
   * Completes once every link has been tried and a device is there; where the array refused every
   * link at first, those are tried on for the login timeout.
   */
  public CompletionStage<HostDriver> whenUp() {
    return attached
        .thenCompose(
            up ->
                firstDevice.completeOnTimeout(
                    null, spec.timers().loginTimeoutMs(), TimeUnit.MILLISECONDS))
        .thenApply(first -> this);
  }

  @Override
  public HostSpec spec() {
    return spec;
  }

  @Override
  public Scheduler scheduler() {
    return new LoopScheduler(host.eventLoop());
  }

  @Override
  public List<BlockDevice> devices() {
    return onLoop(NettyHost::devices);
  }

  @Override
  public List<BlockDevice> pathDevices() {
    return onLoop(NettyHost::pathDevices);
  }

  /** Devices may be asked for from any thread; the host gives them on its own loop. */
  private List<BlockDevice> onLoop(Function<NettyHost, List<HostDevice>> question) {
    NettyHost up = host;
    if (up.eventLoop().inEventLoop()) {
      return adapt(question.apply(up));
    }
    return up.eventLoop().submit(() -> adapt(question.apply(up))).syncUninterruptibly().getNow();
  }

  private List<BlockDevice> adapt(List<HostDevice> devices) {
    List<BlockDevice> adapted = new ArrayList<>();
    for (HostDevice device : devices) {
      adapted.add(new InitiatorDevice(device, settings.volume(device.paths().get(0)), links::get));
    }
    return adapted;
  }

  @Override
  public CompletionStage<Void> detach() {
    return attached.thenCompose(NettyHost::detach);
  }
}
