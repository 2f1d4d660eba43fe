package io.pathproof.engine;

import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.vsphere.PortUsage;
import java.util.concurrent.CompletionStage;

/** A vSphere host's sessions over its VMkernel ports, as {@link VsphereHosts} needs them. */
public interface PortSessions {
  /**
   * Uses a link, or leaves it out. Callable from any thread.
   *
   * @param why in words, when it is left out
   */
  void use(LinkId link, boolean used, String why);

  /** What hangs on a VMkernel port now. */
  CompletionStage<PortUsage> usage(String port);
}
