package io.pathproof.lab.topology;

/**
 * One way from a host adapter to an array port: what a link driver builds once (one Toxiproxy
 * proxy, one relay) and what an impairment is applied to.
 *
 * @param adapter the host's end, as {@code host.adapter}
 * @param port the array's end, as {@code node.port}
 */
public record LinkId(String adapter, String port) {
  @Override
  public String toString() {
    return adapter + " -> " + port;
  }
}
