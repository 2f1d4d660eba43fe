package io.pathproof.lab.topology;

/**
 * A host adapter (a NIC).
 *
 * @param host the host it belongs to
 * @param name its name within the host
 * @param fabric the network it is attached to
 * @param address its IPv4 address
 */
public record AdapterSpec(String host, String name, String fabric, String address) {
  /** {@code host.adapter}. */
  public String ref() {
    return host + "." + name;
  }
}
