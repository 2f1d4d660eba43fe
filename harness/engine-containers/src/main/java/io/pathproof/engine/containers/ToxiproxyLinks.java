package io.pathproof.engine.containers;

import com.github.dockerjava.api.model.ContainerNetwork;
import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.ToxiproxyClient;
import eu.rekawek.toxiproxy.model.Toxic;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import eu.rekawek.toxiproxy.model.ToxicList;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.testcontainers.toxiproxy.ToxiproxyContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Every link of a topology as one Toxiproxy proxy, all in one container that is attached to every
 * fabric.
 *
 * <p>Toxiproxy works on streams, not on packets; as measured with 2.12.0, its links differ from a
 * cable so:
 *
 * <ul>
 *   <li>refuse: a live connection is closed with FIN, not cut; new ones are refused;
 *   <li>reset: a live connection is closed when the next bytes pass, and its host sees FIN; only
 *       connections opened afterwards see RST;
 *   <li>silent drop: TCP still acknowledges what it swallows, so nothing is retransmitted, and when
 *       the fault is healed the connection is closed, not resumed; new connections open and then
 *       hang;
 *   <li>a link whose far end is gone still accepts, then closes (after some 3 s when the address
 *       does not answer).
 * </ul>
 *
 * <p>Operations block on HTTP and are serialised by the caller for any one link.
 */
final class ToxiproxyLinks implements AutoCloseable {
  /** The image, by the name under which a registry has it. */
  static final String IMAGE = "ghcr.io/shopify/toxiproxy:2.12.0";

  private static final int CONTROL_PORT = 8474;
  private static final int FIRST_PORT = 8666;
  private static final int REACH_TIMEOUT_MS = 1000;

  private final Container container;
  private final Map<LinkId, Integer> ports = new LinkedHashMap<>();
  private final Map<LinkId, Proxy> proxies = new LinkedHashMap<>();
  private final Map<LinkId, Long> limits = new ConcurrentHashMap<>();
  private boolean direct;

  ToxiproxyLinks(Topology topology, Fabrics fabrics, Map<String, String> labels) {
    List<LinkId> links = topology.allLinks();
    for (int i = 0; i < links.size(); i++) {
      ports.put(links.get(i), FIRST_PORT + i);
    }
    container = new Container(topology, fabrics);
    container.withLabels(labels);
    List<Integer> exposed = new ArrayList<>(ports.values());
    exposed.add(CONTROL_PORT);
    container.setExposedPorts(exposed);
  }

  /** The container, to be started together with the array's. */
  ToxiproxyContainer container() {
    return container;
  }

  /** Creates the proxies, once the container runs. */
  void connect(Topology topology) throws LabException {
    direct = reaches(new InetSocketAddress(container.address(), CONTROL_PORT));
    InetSocketAddress control = endpoint(CONTROL_PORT);
    ToxiproxyClient client = new ToxiproxyClient(control.getHostString(), control.getPort());
    for (Map.Entry<LinkId, Integer> link : ports.entrySet()) {
      try {
        proxies.put(
            link.getKey(),
            client.createProxy(
                link.getKey().toString().replace(" -> ", "_"),
                "0.0.0.0:" + link.getValue(),
                topology.port(link.getKey().port()).portal()));
      } catch (IOException e) {
        throw failed("link " + link.getKey() + " cannot be made", e);
      }
    }
  }

  /**
   * Where a connection over the given link begins. The container's own address where this machine
   * reaches it (a published port costs throughput, and its relay hides resets), else the published
   * port.
   */
  InetSocketAddress entrance(LinkId link) {
    return endpoint(ports.get(link));
  }

  private InetSocketAddress endpoint(int port) {
    return direct
        ? new InetSocketAddress(container.address(), port)
        : new InetSocketAddress(container.getHost(), container.getMappedPort(port));
  }

  private static boolean reaches(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, REACH_TIMEOUT_MS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Applies an impairment in place of what that direction had before. */
  void impair(LinkId link, Direction direction, Impairment impairment) throws LabException {
    Proxy proxy = proxies.get(link);
    try {
      for (ToxicDirection stream : streams(direction)) {
        remove(proxy, stream);
      }
      if (impairment instanceof Impairment.Refuse) {
        proxy.disable();
      } else {
        for (ToxicDirection stream : streams(direction)) {
          add(proxy.toxics(), stream, impairment);
        }
      }
    } catch (IOException e) {
      throw failed("link " + link + " cannot be impaired (" + impairment.kind().word() + ")", e);
    }
  }

  /**
   * What the link carries in each direction when nothing impairs it, in KiB a second; in force from
   * the next {@link #heal} on.
   */
  void limit(LinkId link, OptionalLong kibPerSecond) {
    if (kibPerSecond.isPresent()) {
      limits.put(link, kibPerSecond.getAsLong());
    } else {
      limits.remove(link);
    }
  }

  /** Takes every impairment off. */
  void heal(LinkId link) throws LabException {
    Proxy proxy = proxies.get(link);
    try {
      for (ToxicDirection stream : ToxicDirection.values()) {
        remove(proxy, stream);
      }
      Long limit = limits.get(link);
      if (limit != null) {
        for (ToxicDirection stream : ToxicDirection.values()) {
          add(proxy.toxics(), stream, new Impairment.Bandwidth(limit));
        }
      }
      proxy.enable();
    } catch (IOException e) {
      throw failed("link " + link + " cannot be healed", e);
    }
  }

  private static List<ToxicDirection> streams(Direction direction) {
    return switch (direction) {
      case TO_ARRAY -> List.of(ToxicDirection.UPSTREAM);
      case TO_HOST -> List.of(ToxicDirection.DOWNSTREAM);
      case BOTH -> List.of(ToxicDirection.UPSTREAM, ToxicDirection.DOWNSTREAM);
    };
  }

  private static void remove(Proxy proxy, ToxicDirection stream) throws IOException {
    for (Toxic toxic : proxy.toxics().getAll()) {
      if (toxic.getStream() == stream) {
        toxic.remove();
      }
    }
  }

  private static void add(ToxicList toxics, ToxicDirection stream, Impairment impairment)
      throws IOException {
    String name = impairment.kind().word() + "-" + stream.name();
    if (impairment instanceof Impairment.Reset) {
      toxics.resetPeer(name, stream, 0);
    } else if (impairment instanceof Impairment.SilentDrop) {
      toxics.timeout(name, stream, 0);
    } else if (impairment instanceof Impairment.Latency latency) {
      toxics.latency(name, stream, latency.delayMs()).setJitter(latency.jitterMs());
    } else if (impairment instanceof Impairment.Bandwidth bandwidth) {
      toxics.bandwidth(name, stream, bandwidth.kibPerSecond());
    } else {
      throw new IllegalArgumentException("Toxiproxy cannot " + impairment.kind().word());
    }
  }

  private LabException failed(String what, IOException cause) {
    return new LabException(
        what + ": Toxiproxy does not answer as it should: " + cause.getMessage(), log(), cause);
  }

  /** What Toxiproxy has logged, or why that cannot be had. */
  String log() {
    try {
      return container.getLogs();
    } catch (RuntimeException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  @Override
  public void close() {
    container.stop();
  }

  /** Toxiproxy on every fabric, at a fixed address on each, attached before its process starts. */
  private static final class Container extends ToxiproxyContainer {
    private final Fabrics fabrics;
    private final List<String> names;

    Container(Topology topology, Fabrics fabrics) {
      super(DockerImageName.parse(IMAGE));
      this.fabrics = fabrics;
      this.names = List.copyOf(topology.fabrics().keySet());
      withNetwork(fabrics.network(names.get(0)));
      withCreateContainerCmdModifier(
          command -> {
            command.withIpv4Address(address());
            // On several fabrics at once: whatever it passes on, it passes on by a proxy.
            command.getHostConfig().withSysctls(Map.of("net.ipv4.ip_forward", "0"));
          });
    }

    /** Its address on the topology's first fabric. */
    String address() {
      return fabrics.linkAddresses().get(names.get(0));
    }

    @Override
    protected void containerIsCreated(String containerId) {
      for (String fabric : names.subList(1, names.size())) {
        getDockerClient()
            .connectToNetworkCmd()
            .withContainerId(containerId)
            .withNetworkId(fabrics.network(fabric).getId())
            .withContainerNetwork(
                new ContainerNetwork()
                    .withIpamConfig(
                        new ContainerNetwork.Ipam()
                            .withIpv4Address(fabrics.linkAddresses().get(fabric))))
            .exec();
      }
    }
  }
}
