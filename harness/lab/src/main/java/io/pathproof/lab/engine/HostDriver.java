package io.pathproof.lab.engine;

import io.pathproof.lab.topology.HostSpec;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A host that is up: its devices and the sessions below them. */
public interface HostDriver {
  /** Its description. */
  HostSpec spec();

  /** The event loop that owns its devices; I/O is issued and completed on it. */
  Scheduler scheduler();

  /**
   * What the host offers for I/O: with multipathing one device a volume, without it one a path.
   * Those whose paths were all unreachable when the host came up are absent.
   */
  List<BlockDevice> devices();

  /** One device for each path, below any multipathing, for verification over a chosen path. */
  List<BlockDevice> pathDevices();

  /** Logs out of every session and releases the sockets. I/O still under way is indeterminate. */
  CompletionStage<Void> detach();
}
