package io.pathproof.lab.topology;

import io.pathproof.lab.document.BadValueException;
import java.util.regex.Pattern;

/**
 * An IPv4 subnet in CIDR notation.
 *
 * @param network its lowest address, as an unsigned 32-bit number
 * @param prefix bits of the network part, 8 to 30
 */
record Subnet(long network, int prefix) {
  private static final Pattern DOTTED =
      Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");

  /** Parses {@code 10.10.1.0/24}; throws {@link BadValueException}. */
  static Subnet parse(String text) {
    String remedy = "write an IPv4 subnet such as 10.10.1.0/24";
    String[] parts = text.split("/", -1);
    if (parts.length != 2 || !parts[1].matches("\\d{1,2}")) {
      throw new BadValueException(text + " is no subnet", remedy);
    }
    int prefix = Integer.parseInt(parts[1]);
    if (prefix < 8 || prefix > 30) {
      throw new BadValueException(
          text + " has a prefix of " + prefix + " bits", "use one from /8 to /30");
    }
    long address = address(parts[0]);
    long network = address & mask(prefix);
    if (network != address) {
      throw new BadValueException(
          text + " has host bits set", "write " + dotted(network) + "/" + prefix);
    }
    return new Subnet(network, prefix);
  }

  /** Parses {@code 10.10.1.10} to an unsigned 32-bit number; throws {@link BadValueException}. */
  static long address(String text) {
    long address = 0;
    if (DOTTED.matcher(text).matches()) {
      for (String octet : text.split("\\.")) {
        int value = Integer.parseInt(octet);
        address = value > 255 || address < 0 ? -1 : address << 8 | value;
      }
    } else {
      address = -1;
    }
    if (address < 0) {
      throw new BadValueException(
          text + " is no IPv4 address", "write four numbers from 0 to 255: 10.10.1.10");
    }
    return address;
  }

  boolean contains(long address) {
    return (address & mask(prefix)) == network;
  }

  boolean overlaps(Subnet other) {
    return contains(other.network) || other.contains(network);
  }

  boolean isNetworkOrBroadcast(long address) {
    return address == network || address == (network | ~mask(prefix) & 0xFFFFFFFFL);
  }

  private static long mask(int prefix) {
    return 0xFFFFFFFFL << (32 - prefix) & 0xFFFFFFFFL;
  }

  static String dotted(long address) {
    return (address >> 24 & 255)
        + "."
        + (address >> 16 & 255)
        + "."
        + (address >> 8 & 255)
        + "."
        + (address & 255);
  }
}
