package io.pathproof.initiator.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.session.Portal;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Names of portals on this machine's own network. */
class HostNetworkTest {
  private static final HostLink LINK = new HostLink("p", "", new Portal("127.0.0.1", 3260), 0);

  @Test
  void aNameHasAnAddressOnceItWasLookedUp() throws Exception {
    try (HostNetwork network = new HostNetwork(100)) {
      Portal name = new Portal("localhost", 3261);
      assertThat(network.address(LINK, name)).isEmpty();
      assertThat(network.lookUp(name).toCompletableFuture().get(30, TimeUnit.SECONDS)).isTrue();
      assertThat(network.address(LINK, name).orElseThrow().getAddress().isLoopbackAddress())
          .isTrue();
      assertThat(network.address(LINK, name).orElseThrow().getPort()).isEqualTo(3261);
    }
  }

  @Test
  void aNameThatIsNotKnownHasNone() throws Exception {
    try (HostNetwork network = new HostNetwork(100)) {
      Portal name = new Portal("no-such-name.invalid", 3260);
      assertThat(network.lookUp(name).toCompletableFuture().get(30, TimeUnit.SECONDS)).isFalse();
      assertThat(network.address(LINK, name)).isEmpty();
    }
  }
}
