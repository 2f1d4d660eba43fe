package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.Fence;
import java.util.ArrayList;
import java.util.List;

/** What became of one I/O, a line for each thing that it was told. */
final class IoLog implements HostIoListener {
  final List<String> lines = new ArrayList<>();

  @Override
  public void sent(String path, int attempt) {
    lines.add("sent " + path + " #" + attempt);
  }

  @Override
  public void attemptEnded(String path, int attempt, HostIoResult result, boolean retried) {
    lines.add("ended " + path + " #" + attempt + " " + result.outcome() + " " + retried);
  }

  @Override
  public void retriedUnfenced(String path, int attempt, long heldNs) {
    lines.add("unfenced " + path + " #" + attempt);
  }

  @Override
  public void sentFenced(String path, int attempt, Fence fence, long heldNs) {
    lines.add("fenced " + path + " #" + attempt + " by " + fence);
  }

  @Override
  public void completed(HostIoResult result) {
    lines.add("completed " + result.outcome() + " " + result.path());
  }
}
