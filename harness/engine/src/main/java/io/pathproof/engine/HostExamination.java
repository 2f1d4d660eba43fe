package io.pathproof.engine;

import io.pathproof.initiator.diagnosis.Diagnosis;
import io.pathproof.initiator.diagnosis.DiagnosisSettings;
import io.pathproof.initiator.diagnosis.NettyDiagnosis;
import io.pathproof.initiator.diagnosis.Network;
import io.pathproof.initiator.diagnosis.PathReport;
import io.pathproof.initiator.diagnosis.Route;
import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.session.ChapCredentials;
import io.pathproof.initiator.session.ChapSettings;
import io.pathproof.initiator.session.Portal;
import io.pathproof.lab.engine.DiagnosisSpec;
import io.pathproof.lab.observed.HostDiagnosis;
import io.pathproof.lab.topology.AdapterSpec;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.ChapSpec;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.VolumeSpec;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The paths of a topology's host, examined through the links of a lab. */
public final class HostExamination {
  private final Topology topology;
  private final HostSpec host;
  private final Function<LinkId, InetSocketAddress> entrances;
  private final VsphereHosts vsphere;
  private final Map<HostLink, LinkId> links = new HashMap<>();
  private final List<HostLink> ways = new ArrayList<>();

  /**
   * @param entrances where a connection over each link begins
   * @param vsphere what is below the links of the lab's vSphere hosts
   */
  public HostExamination(
      Topology topology,
      HostSpec host,
      Function<LinkId, InetSocketAddress> entrances,
      VsphereHosts vsphere) {
    this.vsphere = vsphere;
    this.topology = topology;
    this.host = host;
    this.entrances = entrances;
    for (LinkId link : topology.linksOf(host)) {
      HostLink way = way(topology.adapter(link.adapter()), topology.port(link.port()));
      ways.add(way);
      links.put(way, link);
    }
  }

  private HostLink way(AdapterSpec adapter, PortSpec port) {
    return new HostLink(
        adapter.name() + ":" + port.ref(),
        adapter.name(),
        new Portal(port.address(), port.tcpPort()),
        ways.size());
  }

  /**
   * Examines all of them, and asks for targets over each.
   *
   * @param ended told the id of each path as it ends, on an event loop
   */
  public CompletionStage<HostDiagnosis> run(
      EventLoops loops, DiagnosisSpec how, Consumer<String> ended) {
    CompletableFuture<List<Diagnosis>> examined = CompletableFuture.completedFuture(List.of());
    CompletableFuture<List<Diagnosis>> told = examined;
    Network network = new Links();
    for (ArraySpec array : topology.arrays().values()) {
      List<HostLink> entries =
          ways.stream()
              .filter(way -> topology.entryLinksOf(host).contains(links.get(way)))
              .filter(way -> topology.arrayOf(portOf(way)).equals(array))
              .toList();
      told =
          joining(
              told,
              NettyDiagnosis.examine(
                  loops,
                  questions(entries, Optional.empty()),
                  settings(array, how, Optional.empty()),
                  network,
                  report -> {}));
      examined =
          joining(
              examined,
              NettyDiagnosis.examine(
                  loops,
                  questions(entries, Optional.of(array.targetName())),
                  settings(array, how, array.chap().map(HostExamination::chap)),
                  network,
                  report -> ended.accept(report.link().id())));
    }
    return examined.thenCombine(told, this::joined);
  }

  private static CompletableFuture<List<Diagnosis>> joining(
      CompletableFuture<List<Diagnosis>> before, CompletableFuture<Diagnosis> one) {
    return before.thenCombine(
        one,
        (all, more) -> {
          List<Diagnosis> longer = new ArrayList<>(all);
          longer.add(more);
          return longer;
        });
  }

  private static List<NettyDiagnosis.Question> questions(
      List<HostLink> entries, Optional<String> target) {
    return entries.stream().map(way -> new NettyDiagnosis.Question(way, target)).toList();
  }

  private DiagnosisSettings settings(
      ArraySpec array, DiagnosisSpec how, Optional<ChapSettings> chap) {
    return new DiagnosisSettings(
        host.initiatorName(),
        ThreadLocalRandom.current().nextInt(),
        chap,
        TimeUnit.MILLISECONDS.toNanos(how.timeoutMs()),
        how.reads(),
        Math.max(1, array.volumes().size()),
        array.volumes().values().stream().map(VolumeSpec::lun).collect(Collectors.toSet()));
  }

  private static ChapSettings chap(ChapSpec chap) {
    return new ChapSettings(
        new ChapCredentials(chap.user(), chap.secret()),
        chap.mutual().map(mutual -> new ChapCredentials(mutual.user(), mutual.secret())));
  }

  private HostDiagnosis joined(List<Diagnosis> examined, List<Diagnosis> told) {
    List<PathReport> all = new ArrayList<>();
    examined.forEach(each -> all.addAll(each.paths()));
    for (AdapterSpec adapter : host.adapters().values()) {
      if (ways.stream().noneMatch(way -> way.adapter().equals(adapter.name()))) {
        topology.addresses().forEach(port -> all.add(unroutable(adapter, port)));
      }
    }
    return Diagnoses.of(
        host.name(),
        all,
        told.stream().flatMap(each -> each.paths().stream()).toList(),
        notes(examined),
        "no-way",
        HostExamination::portOf);
  }

  private List<String> notes(List<Diagnosis> examined) {
    List<String> notes = new ArrayList<>(vsphere.unused(host.name()));
    examined.forEach(each -> notes.addAll(each.notes()));
    return notes;
  }

  private static String portOf(HostLink way) {
    return way.id().substring(way.id().indexOf(':') + 1);
  }

  private PathReport unroutable(AdapterSpec adapter, PortSpec port) {
    return PathReport.unroutable(
        way(adapter, port),
        topology.arrayOf(port.ref()).targetName(),
        adapter.name()
            + " is on fabric "
            + adapter.fabric()
            + ", from which no way leads to any port of the array",
        "attach it to a fabric that has array ports, or route between the two (routed: true)");
  }

  /** The links of the lab: each leads from one adapter to one portal. */
  private final class Links implements Network {
    @Override
    public CompletionStage<Route> route(HostLink way) {
      LinkId link = links.get(way);
      AdapterSpec adapter = topology.adapter(link.adapter());
      PortSpec port = topology.port(link.port());
      String through =
          adapter.fabric().equals(port.fabric())
              ? "on fabric " + adapter.fabric()
              : "from fabric " + adapter.fabric() + " routed to " + port.fabric();
      String from = "from " + adapter.name() + " (" + adapter.address() + ") ";
      Route route =
          vsphere
              .route(link)
              .map(
                  below ->
                      below instanceof Route.Found found
                          ? new Route.Found(from + found.seen() + " " + through)
                          : below)
              .orElseGet(() -> new Route.Found(from + through));
      return CompletableFuture.completedFuture(route);
    }

    @Override
    public CompletionStage<Boolean> lookUp(Portal portal) {
      // a lab's hosts have no name service
      return CompletableFuture.completedFuture(false);
    }

    @Override
    public Optional<InetSocketAddress> address(HostLink way, Portal portal) {
      return ways.stream()
          .filter(each -> each.adapter().equals(way.adapter()) && each.portal().equals(portal))
          .findFirst()
          .map(each -> entrances.apply(links.get(each)));
    }

    @Override
    public CompletionStage<Optional<Boolean>> ping(HostLink way) {
      // a lab's links carry TCP alone
      return CompletableFuture.completedFuture(Optional.empty());
    }
  }
}
