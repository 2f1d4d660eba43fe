package io.pathproof.engine;

import io.pathproof.initiator.host.HostDevice;
import io.pathproof.initiator.host.HostEvent;
import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.host.HostPath;
import io.pathproof.initiator.host.HostSettings;
import io.pathproof.initiator.host.NettyHost;
import io.pathproof.initiator.host.TargetOptions;
import io.pathproof.initiator.multipath.CheckedBy;
import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.FencePolicy;
import io.pathproof.initiator.multipath.HoldDown;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.PathGrouping;
import io.pathproof.initiator.multipath.PathOptions;
import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.session.ChapCredentials;
import io.pathproof.initiator.session.ChapSettings;
import io.pathproof.initiator.session.NegotiationOffer;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.lab.engine.BlockDevice;
import io.pathproof.lab.engine.HostDriver;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.history.History;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.ChapSpec;
import io.pathproof.lab.topology.FenceSpec;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.TimerSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.VolumeSpec;
import io.pathproof.lab.vsphere.PortUsage;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A host of the topology, brought to life by our own initiator. */
public final class InitiatorHost implements HostDriver, PortSessions {
  private final Topology topology;
  private final HostSpec spec;
  private final Map<HostLink, LinkId> links = new HashMap<>();
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
    this.topology = topology;
    this.spec = spec;
    List<HostLink> ways = new ArrayList<>();
    for (LinkId link : topology.linksOf(spec)) {
      PortSpec port = topology.port(link.port());
      String adapter = topology.adapter(link.adapter()).name();
      // ISID qualifiers count from 0 in file order: distinct on a host, the same in every run.
      HostLink way =
          new HostLink(
              adapter + ":" + port.ref(),
              adapter,
              new Portal(port.address(), port.tcpPort()),
              ways.size());
      ways.add(way);
      links.put(way, link);
    }
    String ackOff =
        loops.setsDelayedAck()
            ? "off"
            : "on: " + loops.transport() + " sockets cannot be told to acknowledge at once";
    HostHistory entries =
        new HostHistory(spec.name(), links::get, history, spec.vsphere().map(network -> ackOff));
    HostSettings settings =
        HostSettings.builder(spec.initiatorName(), ways)
            .targets(
                topology.arrays().values().stream()
                    .map(ArraySpec::targetName)
                    .collect(Collectors.toSet()))
            .timers(timers(spec.timers()))
            .multipath(multipath(spec.multipath()))
            // As long as the array asks for, and no longer: a lab wants to see a failover in
            // seconds.
            .offer(NegotiationOffer.defaults().withTime2Wait(0))
            .entries(
                ways.stream()
                    .filter(way -> topology.discoveryLinksOf(spec).contains(links.get(way)))
                    .toList())
            .pathOptions(this::options)
            .targetChap(chap(topology))
            .targetOptions((discovered, way) -> targetOptions(spec, discovered, way))
            .build();
    NettyHost own =
        NettyHost.prepare(
            loops,
            settings,
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

  private static TargetOptions targetOptions(HostSpec spec, HostLink discovered, HostLink way) {
    return spec.vsphere()
        .map(
            network ->
                network
                    .targets()
                    .parameters(discovered.portal().toString(), way.portal().toString()))
        .map(
            set ->
                new TargetOptions(
                    set.loginTimeoutMs().isPresent()
                        ? OptionalLong.of(
                            TimeUnit.MILLISECONDS.toNanos(set.loginTimeoutMs().getAsLong()))
                        : OptionalLong.empty(),
                    set.delayedAck().orElse(true)))
        .orElse(TargetOptions.INHERITED);
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

  static SessionTimers timers(TimerSpec timers) {
    return SessionTimers.ofMillis(
            timers.loginTimeoutMs(),
            timers.nopIntervalMs(),
            timers.nopTimeoutMs(),
            timers.taskTimeoutMs(),
            timers.abortTimeoutMs(),
            timers.recoveryTimeoutMs(),
            timers.reconnectDelayMs())
        .withOverdueFloorNs(TimeUnit.MILLISECONDS.toNanos(timers.overdueMs()));
  }

  static MultipathSettings multipath(MultipathSpec multipath) {
    MultipathSettings.Builder settings =
        MultipathSettings.builder()
            .policy(MultipathSettings.Policy.valueOf(multipath.policy().name()))
            .checkerIntervalMs(multipath.checkerIntervalMs());
    if (multipath.policy() == MultipathSpec.Policy.NONE) {
      return settings.build();
    }
    if (multipath.failback() == MultipathSpec.Failback.DEFERRED) {
      settings.failbackDelayMs(multipath.failbackDelayMs());
    }
    return settings
        .ios(multipath.ios())
        .bytes(multipath.bytes())
        .retry(multipath.retry())
        .failback(Failback.valueOf(multipath.failback().name()))
        .noPathRetryMs(multipath.noPathRetryMs())
        .fence(fence(multipath.fence()))
        .latencyIntervalMs(multipath.latencyIntervalMs())
        .latencyProbes(multipath.latencyProbes())
        .checker(CheckedBy.valueOf(multipath.checker().name()))
        .maxCheckerIntervalMs(multipath.maxCheckerIntervalMs())
        .holdDown(holdDown(multipath))
        .grouping(PathGrouping.valueOf(multipath.grouping().name()))
        .prioritizer(MultipathSettings.PrioritizedBy.valueOf(multipath.prioritizer().name()))
        .build();
  }

  private static FencePolicy fence(FenceSpec fence) {
    return new FencePolicy(FencePolicy.Mode.valueOf(fence.mode().name()), fence.waitMs());
  }

  private static HoldDown holdDown(MultipathSpec multipath) {
    return multipath
        .flapping()
        .map(rule -> HoldDown.flapping(rule.failures(), rule.forget(), rule.holdMs()))
        .or(
            () ->
                multipath
                    .marginal()
                    .map(
                        rule ->
                            HoldDown.marginal(
                                rule.twiceWithinMs(),
                                rule.sampleMs(),
                                rule.errors(),
                                rule.recheckMs())))
        .orElse(HoldDown.OFF);
  }

  private PathOptions options(HostPath path) {
    MultipathSpec multipath = spec.multipath();
    Map<String, String> preferred = multipath.preferred();
    String designated =
        preferred.getOrDefault(
            volume(path), preferred.getOrDefault(MultipathSpec.EVERY_VOLUME, ""));
    return new PathOptions(
        MultipathSpec.names(designated, path.id()),
        saidOf(path, multipath.throughput(), PathOptions.DEFAULT.throughput()),
        saidOf(path, multipath.weights(), PathOptions.DEFAULT.weight()));
  }

  private static int saidOf(HostPath path, Map<String, Integer> said, int otherwise) {
    return said.entrySet().stream()
        .filter(each -> MultipathSpec.names(each.getKey(), path.id()))
        .findFirst()
        .map(Map.Entry::getValue)
        .orElse(otherwise);
  }

  private static Map<String, ChapSettings> chap(Topology topology) {
    Map<String, ChapSettings> byTarget = new HashMap<>();
    for (ArraySpec array : topology.arrays().values()) {
      array.chap().ifPresent(chap -> byTarget.put(array.targetName(), chap(chap)));
    }
    return byTarget;
  }

  private static ChapSettings chap(ChapSpec chap) {
    return new ChapSettings(
        new ChapCredentials(chap.user(), chap.secret()),
        chap.mutual().map(mutual -> new ChapCredentials(mutual.user(), mutual.secret())));
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
      adapted.add(new InitiatorDevice(device, volume(device.paths().get(0)), links::get));
    }
    return adapted;
  }

  private String volume(HostPath path) {
    int lun = path.lun().number().orElse(0);
    Optional<VolumeSpec> volume =
        topology.arrays().values().stream()
            .filter(array -> array.targetName().equals(path.target()))
            .flatMap(array -> array.volumes().values().stream())
            .filter(each -> each.lun() == lun)
            .findFirst();
    return volume.map(VolumeSpec::name).orElse("LUN " + lun);
  }

  @Override
  public CompletionStage<Void> detach() {
    return attached.thenCompose(NettyHost::detach);
  }
}
