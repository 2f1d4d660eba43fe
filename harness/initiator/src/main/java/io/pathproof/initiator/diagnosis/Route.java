package io.pathproof.initiator.diagnosis;

/** The way from here to a portal, as the host's own tables tell it. */
public sealed interface Route {
  /**
   * There is one.
   *
   * @param seen which local address and interface, or which link, for a person
   */
  record Found(String seen) implements Route {}

  /**
   * There is none.
   *
   * @param seen what the host says
   * @param why what it comes down to
   * @param remedy what to do about it
   */
  record Missing(String seen, String why, String remedy) implements Route {
    /** A name that this host cannot resolve. */
    public static Missing name(String seen) {
      return new Missing(
          seen,
          "the name has no address: " + seen,
          "write the portal's IP address, or mend the name service of this host");
    }

    /** An address that no route leads to. */
    public static Missing address(String seen) {
      return new Missing(
          seen,
          "this host has no route to it: " + seen,
          "give an adapter an address in the portal's subnet, or add a route; check VLAN and"
              + " netmask");
    }
  }
}
