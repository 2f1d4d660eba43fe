package io.pathproof.engine.containers;

import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ContainerNetwork;
import io.pathproof.engine.ArrayConfigs;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.targets.array.control.ArrayProgram;
import io.pathproof.targets.array.server.ArrayConfigJson;
import io.pathproof.targets.container.RecipeImage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;

/**
 * A whole simulated array in one container that is attached to every fabric: each port an interface
 * of its own, at the address that the topology gives. The container's own addresses carry the
 * control API alone. It does not forward IP: that would hide a move without an announcement.
 */
final class ArrayContainer extends GenericContainer<ArrayContainer> {
  /** Where the control API listens, at {@link #address}. */
  static final int CONTROL_PORT = 8080;

  private static final List<String> RECIPE = List.of("Dockerfile", "run-array");
  private static final Duration START = Duration.ofSeconds(60);

  private static final Map<String, String> SYSCTLS =
      Map.of(
          "net.ipv4.ip_forward", "0",
          // Each interface answers for its own addresses alone.
          "net.ipv4.conf.all.arp_ignore", "1",
          "net.ipv4.conf.all.arp_announce", "2",
          // An address is listened on also while it is on its way from one interface to another.
          "net.ipv4.ip_nonlocal_bind", "1");

  private final Fabrics fabrics;
  private final Map<String, String> addresses;
  private final List<String> names;

  ArrayContainer(
      Topology topology, ArraySpec array, Fabrics fabrics, long seed, Map<String, String> labels) {
    super(new RecipeImage("pathproof/array", ArrayProgram.class, RECIPE));
    this.fabrics = fabrics;
    this.addresses = fabrics.arrayAddresses(array);
    this.names = List.copyOf(topology.fabrics().keySet());
    withLabels(labels);
    withNetwork(fabrics.network(names.get(0)));
    withExposedPorts(CONTROL_PORT);
    withEnv("CONTROL", address() + ":" + CONTROL_PORT);
    withCopyToContainer(
        Transferable.of(ArrayConfigJson.write(ArrayConfigs.of(topology, array, seed))),
        "/array/config.json");
    ArrayLibraries.all().forEach((name, jar) -> withCopyToContainer(jar, "/array/lib/" + name));
    withCreateContainerCmdModifier(
        command -> {
          command.withIpv4Address(address());
          command
              .getHostConfig()
              .withCapDrop(Capability.ALL)
              // Interfaces and addresses; raw sockets for gratuitous ARP.
              .withCapAdd(Capability.NET_ADMIN, Capability.NET_RAW)
              .withSysctls(SYSCTLS);
        });
    waitingFor(Wait.forLogMessage(".*the array serves.*\\n", 1).withStartupTimeout(START));
  }

  /** Its own address on the topology's first fabric. */
  String address() {
    return addresses.get(names.get(0));
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
                      new ContainerNetwork.Ipam().withIpv4Address(addresses.get(fabric))))
          .exec();
    }
  }
}
