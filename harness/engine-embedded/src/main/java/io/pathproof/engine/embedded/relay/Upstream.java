package io.pathproof.engine.embedded.relay;

import java.net.InetSocketAddress;

/** What a link's far end is like at the moment. */
public sealed interface Upstream {
  /** It answers there. */
  record Answers(InetSocketAddress at) implements Upstream {}

  /** Its host answers, and nobody listens. */
  record Refuses() implements Upstream {}

  /** Nothing comes back. */
  record Silent() implements Upstream {}
}
