package io.pathproof.engine.containers;

import java.util.Set;

/**
 * An IPv4 subnet, for choosing addresses that no one in a topology has, and telling which networks
 * cannot be there together.
 *
 * @param network the network address as an unsigned 32-bit number
 * @param prefix the prefix length, 8 to 30
 */
record Subnet(int network, int prefix) {

  /** Parses CIDR notation, as a topology has already checked it. */
  static Subnet parse(String cidr) {
    int slash = cidr.indexOf('/');
    int prefix = Integer.parseInt(cidr.substring(slash + 1));
    int mask = -1 << (32 - prefix);
    return new Subnet(number(cidr.substring(0, slash)) & mask, prefix);
  }

  boolean overlaps(Subnet other) {
    int mask = -1 << (32 - Math.min(prefix, other.prefix));
    return (network & mask) == (other.network & mask);
  }

  /** The highest host address that is not among those taken. */
  String highestFree(Set<String> taken) {
    int hosts = (1 << (32 - prefix)) - 2;
    for (int host = hosts; host > 0; host--) {
      String address = text(network + host);
      if (!taken.contains(address)) {
        return address;
      }
    }
    throw new IllegalArgumentException("no free address in " + text(network) + "/" + prefix);
  }

  private static int number(String address) {
    int value = 0;
    for (String part : address.split("\\.")) {
      value = value << 8 | Integer.parseInt(part);
    }
    return value;
  }

  private static String text(int address) {
    return (address >>> 24)
        + "."
        + (address >>> 16 & 0xFF)
        + "."
        + (address >>> 8 & 0xFF)
        + "."
        + (address & 0xFF);
  }
}
