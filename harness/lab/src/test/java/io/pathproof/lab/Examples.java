package io.pathproof.lab;

import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;

/** The contract's topology, as text and loaded. */
public final class Examples {
  public static final String IO_GROUP =
      """
      topology: io-group
      fabrics:
        blue:  { subnet: 10.10.1.0/24 }
        green: { subnet: 10.10.2.0/24 }
      routed: true
      array:
        nodes:
          node1: { ports: { a: { fabric: blue, address: 10.10.1.10 }, b: { fabric: green, address: 10.10.2.10 } } }
          node2: { ports: { a: { fabric: blue, address: 10.10.1.11 }, b: { fabric: green, address: 10.10.2.11 } } }
        volumes: { vol0: { size: 256MiB } }
      hosts:
        host1: { multipath: none, adapters: { nic0: { fabric: blue, address: 10.10.1.101 } } }
        host2: { multipath: { policy: round-robin, ios: 1000 }, adapters: { nic0: { fabric: blue, address: 10.10.1.102 } } }
        host3: { multipath: { policy: round-robin, ios: 1 }, adapters: { nic0: { fabric: blue, address: 10.10.1.103 }, nic1: { fabric: green, address: 10.10.2.103 } } }
      links:
        X: { from: host1.nic0, to: node1.a }
        Y: { from: host2.nic0, to: blue }
      """;

  public static final String LOSES_A_NODE_PORT =
      """
      scenario: host2-loses-a-node-port
      behaviours: [IO-6]
      topology: io-group
      workload: { host: host2, volume: vol0, rate: 500/s, block: 4KiB, reads: 70%, for: 6s }
      faults:
        - { at: 2s, break: host2.nic0 -> node1.a, how: silent-drop, healAfter: 3s }
      expect: { io: continues, pause: < 2s, array: unchanged }
      """;

  private Examples() {}

  public static Topology ioGroup() {
    return TopologyLoader.parse(IO_GROUP, "io-group.yaml");
  }

  /** The topology with a piece of its text replaced. */
  public static Topology ioGroup(String piece, String by) {
    return TopologyLoader.parse(replaced(IO_GROUP, piece, by), "io-group.yaml");
  }

  /** Fails when the piece is not there, so that no test changes nothing. */
  public static String replaced(String text, String piece, String by) {
    if (!text.contains(piece)) {
      throw new IllegalArgumentException("no " + piece + " in " + text);
    }
    return text.replace(piece, by);
  }
}
