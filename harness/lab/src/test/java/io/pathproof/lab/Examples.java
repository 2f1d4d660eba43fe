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

  public static final String VIRTUAL_PORT =
      """
      topology: virtual-port
      fabrics:
        san: { subnet: 10.0.0.0/24 }
      array:
        kind: simulated
        nodes:
          node1: { ports: { a: { fabric: san, address: 10.0.0.2 }, b: { fabric: san, address: 10.0.0.3 } } }
          node2: { ports: { a: { fabric: san, address: 10.0.0.4 }, b: { fabric: san, address: 10.0.0.5 } } }
        virtual-addresses: { vip: { address: 10.0.0.1, owner: node1.a } }
        login-redirect: always
        takeover: 500ms
        alua: { mode: implicit, partner: standby, transition: 200ms }
        volumes: { vol0: { size: 64MiB, owner: node1 } }
      hosts:
        esx1: { multipath: none, adapters: { nic0: { fabric: san, address: 10.0.0.101 } } }
        esx2: { multipath: none, adapters: { nic0: { fabric: san, address: 10.0.0.102 } } }
      """;

  public static final String VSPHERE =
      """
      topology: vsphere
      fabrics:
        san: { subnet: 10.0.0.0/24 }
      array:
        nodes:
          ct0: { ports: { eth0: { fabric: san, address: 10.0.0.10 } } }
          ct1: { ports: { eth0: { fabric: san, address: 10.0.0.11 } } }
        volumes: { vol0: { size: 64MiB } }
      hosts:
        esx1:
          adapters: { vmnic0: { fabric: san, bandwidth: 12MiB/s }, vmnic1: { fabric: san } }
          switches:
            vSwitch1: { adapters: [vmnic0, vmnic1], active: [vmnic0], standby: [vmnic1], load-balancing: explicit, failback: off }
          vmkernel:
            vmk1: { switch: vSwitch1, address: 10.0.0.101, teaming: { active: [vmnic0], unused: [vmnic1] } }
            vmk2: { switch: vSwitch1, address: 10.0.0.102 }
            vmk3: { switch: vSwitch1, address: 10.0.0.103 }
          port-binding: [vmk1, vmk2]
          targets:
            dynamic: [{ address: 10.0.0.10, login-timeout: 30s, delayed-ack: off }]
            static: [{ address: 10.0.0.11, login-timeout: 5s }]
      """;

  public static final String PORT_FAILS =
      """
      scenario: esx1-loses-its-port
      behaviours: [AB-5]
      topology: virtual-port
      workload: { host: esx1, volume: vol0, rate: 500/s, for: 4s }
      faults:
        - { at: 1s, break: node1.a, how: down, healAfter: 2s }
      expect: { io: continues, address-moved: vip }
      """;

  public static final String TWO_ARRAYS =
      """
      topology: two
      fabrics:
        san: { subnet: 10.0.0.0/24 }
      arrays:
        pure1:
          nodes:
            ct0: { ports: { a: { fabric: san, address: 10.0.0.10 } } }
            ct1: { ports: { a: { fabric: san, address: 10.0.0.11 } } }
          volumes: { vol0: { size: 64MiB }, vol1: { size: 64MiB } }
        spectrum1:
          kind: simulated
          chap: { user: u, secret: twelve-bytes! }
          virtual-addresses: { vip: { address: 10.0.0.1, owner: node1.a } }
          alua: { mode: implicit }
          nodes:
            node1: { ports: { a: { fabric: san, address: 10.0.0.20 } } }
            node2: { ports: { a: { fabric: san, address: 10.0.0.21 } } }
          volumes: { vol0: { size: 32MiB, owner: node2 } }
      hosts:
        esx1: { multipath: { policy: round-robin }, adapters: { nic0: { fabric: san, address: 10.0.0.101 } } }
      links:
        X: { from: esx1.nic0, to: pure1.ct0.a }
      """;

  public static final String ONE_ARRAY_FAILS =
      """
      scenario: one-array-fails
      behaviours: [PB-15]
      topology: two
      workload:
        - { host: esx1, volume: pure1.vol0, for: 2s }
        - { host: esx1, volume: spectrum1.vol0, for: 2s }
      faults:
        - { at: 500ms, break: pure1.ct0, how: silent-drop, healAfter: 1s }
      expect:
        arrays:
          pure1: { io: continues }
          spectrum1: { io: undisturbed, pause: < 500ms, array: unchanged }
      """;

  private Examples() {}

  public static Topology twoArrays() {
    return TopologyLoader.parse(TWO_ARRAYS, "two.yaml");
  }

  public static Topology virtualPort() {
    return TopologyLoader.parse(VIRTUAL_PORT, "virtual-port.yaml");
  }

  public static Topology vsphere() {
    return TopologyLoader.parse(VSPHERE, "vsphere.yaml");
  }

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
