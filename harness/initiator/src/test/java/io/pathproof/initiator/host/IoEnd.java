package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;

/** How one I/O ended, and over which paths it went. */
final class IoEnd implements HostIoListener {
  HostIoResult result;
  final StringBuilder sent = new StringBuilder();

  @Override
  public void sent(String path, int attempt) {
    sent.append(path).append(' ');
  }

  @Override
  public void attemptEnded(String path, int attempt, HostIoResult ended, boolean retried) {}

  @Override
  public void completed(HostIoResult ended) {
    assertThat(result).isNull();
    result = ended;
  }

  /** What the logical unit had against it; null if nothing, or if it was something else. */
  HostIoRefusal refusal() {
    return result.refusal().orElse(null);
  }
}
