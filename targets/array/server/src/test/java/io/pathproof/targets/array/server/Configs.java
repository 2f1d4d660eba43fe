package io.pathproof.targets.array.server;

import io.pathproof.targets.array.system.ArrayConfig;

/** Arrays for tests. */
public final class Configs {
  private Configs() {}

  /** Two nodes with two ports each, and {@code vip} at node1.a; it moves after 20 ms. */
  public static ArrayConfig virtualPort() {
    return ArrayConfigJson.read(
        """
        {"targetName": "iqn.2026-11.test:array",
         "nodes": {
           "node1": {"ports": {"a": {"address": "10.0.0.2"}, "b": {"address": "10.0.0.3"}}},
           "node2": {"ports": {"a": {"address": "10.0.0.4"}, "b": {"address": "10.0.0.5"}}}},
         "virtualAddresses": {"vip": {"address": "10.0.0.1", "owner": "node1.a"}},
         "volumes": {"vol0": {"lun": 1, "sizeBytes": 1048576}},
         "takeoverMs": 20}
        """);
  }
}
