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
   * @param name whether the portal's name has no address, rather than its address no route
   * @param text what the host says
   */
  record Missing(boolean name, String text) implements Route {}
}
