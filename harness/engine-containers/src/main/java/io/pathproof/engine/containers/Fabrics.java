package io.pathproof.engine.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Network.Ipam;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.FabricSpec;
import io.pathproof.lab.topology.Topology;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Network;

/**
 * The topology's fabrics as Docker bridge networks with the very subnets that the file names. The
 * gateway and the links' own address take the highest addresses that the topology leaves free.
 */
final class Fabrics implements AutoCloseable {
  /** How long a network of a run that has just ended may still hold a subnet. */
  private static final Duration SUBNET_WAIT = Duration.ofSeconds(20);

  private static final long RETRY_MS = 200;

  private final Map<String, Network> networks = new LinkedHashMap<>();
  private final Map<String, String> linkAddresses = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> arrayAddresses = new LinkedHashMap<>();

  /**
   * Creates the networks.
   *
   * @throws LabException when a subnet is taken on this machine
   */
  static Fabrics create(Topology topology, Map<String, String> labels) throws LabException {
    Fabrics fabrics = new Fabrics();
    try {
      Set<String> taken = new HashSet<>();
      topology.addresses().forEach(port -> taken.add(port.address()));
      topology
          .hosts()
          .values()
          .forEach(host -> host.adapters().values().forEach(nic -> taken.add(nic.address())));
      for (FabricSpec fabric : topology.fabrics().values()) {
        Subnet subnet = Subnet.parse(fabric.subnet());
        String gateway = subnet.highestFree(taken);
        taken.add(gateway);
        String links = subnet.highestFree(taken);
        taken.add(links);
        fabrics.linkAddresses.put(fabric.name(), links);
        for (ArraySpec array : topology.arrays().values()) {
          if (ContainersEngine.simulated(array)) {
            String own = subnet.highestFree(taken);
            taken.add(own);
            fabrics
                .arrayAddresses
                .computeIfAbsent(array.name(), name -> new LinkedHashMap<>())
                .put(fabric.name(), own);
          }
        }
        fabrics.networks.put(fabric.name(), create(fabric, gateway, labels));
      }
      return fabrics;
    } catch (LabException | RuntimeException e) {
      fabrics.close();
      throw e;
    }
  }

  private static Network create(FabricSpec fabric, String gateway, Map<String, String> labels)
      throws LabException {
    long deadline = System.nanoTime() + SUBNET_WAIT.toNanos();
    while (true) {
      Network network =
          Network.builder()
              .createNetworkCmdModifier(
                  command ->
                      command
                          .withLabels(merged(command.getLabels(), labels))
                          .withIpam(
                              new Ipam()
                                  .withConfig(
                                      new Ipam.Config()
                                          .withSubnet(fabric.subnet())
                                          .withGateway(gateway))))
              .build();
      try {
        network.getId();
        return network;
      } catch (DockerException e) {
        network.close();
        if (!String.valueOf(e.getMessage()).contains("overlap") || System.nanoTime() > deadline) {
          throw new LabException(
              "fabric "
                  + fabric.name()
                  + " ("
                  + fabric.subnet()
                  + ") cannot be made: "
                  + e.getMessage()
                  + "; end the other run that uses this subnet (docker network ls --filter"
                  + " label=io.pathproof.run), or give the fabric another subnet in the topology",
              e);
        }
        // The container engine offers no event for a subnet that becomes free.
        pause();
      }
    }
  }

  private static void pause() throws LabException {
    try {
      TimeUnit.MILLISECONDS.sleep(RETRY_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted while a subnet was awaited", e);
    }
  }

  private static Map<String, String> merged(Map<String, String> first, Map<String, String> second) {
    Map<String, String> all = new LinkedHashMap<>(second);
    if (first != null) {
      all.putAll(first);
    }
    return all;
  }

  /** The network of a fabric. */
  Network network(String fabric) {
    return networks.get(fabric);
  }

  /** The address on each fabric, by its name, that the links' container takes. */
  Map<String, String> linkAddresses() {
    return linkAddresses;
  }

  /** The address on each fabric that a simulated array's container takes for itself. */
  Map<String, String> arrayAddresses(ArraySpec array) {
    return arrayAddresses.getOrDefault(array.name(), Map.of());
  }

  @Override
  public void close() {
    DockerClient client = DockerClientFactory.instance().client();
    for (Network network : networks.values()) {
      String id = network.getId();
      Removal.of(() -> client.removeNetworkCmd(id).exec());
      network.close();
    }
    networks.clear();
  }
}
