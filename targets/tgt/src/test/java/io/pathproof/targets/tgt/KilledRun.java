package io.pathproof.targets.tgt;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.testcontainers.containers.Network;

/** A run that starts a node and then waits to be killed; see {@link TgtNodeTest}. */
final class KilledRun {
  static final String STARTED = "started, kill me";

  private KilledRun() {}

  public static void main(String[] args) throws InterruptedException {
    Map<String, String> labels = Map.of("io.pathproof.run", args[0]);
    try (TgtStore store = TgtStore.create(labels);
        Network network = TgtNodeTest.network("10.10.93", labels);
        TgtNode node = new TgtNode("killed", store)) {
      node.withLabels(labels)
          .withPortal(network, "10.10.93.10")
          .withLun(TgtLun.of(1, args[0], "vol0", 1 << 20))
          .start();
      System.out.println(STARTED);
      new CountDownLatch(1).await();
    }
  }
}
