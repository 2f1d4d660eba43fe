package io.pathproof.engine;

import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.vsphere.PhysicalAdapter;
import java.util.concurrent.CompletionStage;

/** What an engine does to the links of vSphere hosts. Calls for one link come one after another. */
public interface Wires {
  /** Applies an impairment in place of what that direction had before. */
  CompletionStage<Void> impair(LinkId link, Direction direction, Impairment impairment);

  /** Takes every impairment off, {@link #unplug} included. */
  CompletionStage<Void> heal(LinkId link);

  /** Nothing goes over the link in either direction, as over an adapter without a cable. */
  CompletionStage<Void> unplug(LinkId link);

  /** Whether what was sent while a link was unplugged arrives once it is plugged in again. */
  boolean losesNothing();

  /**
   * From now on the link goes over this adapter.
   *
   * @param host whose adapter it is
   * @param links how many links go over it now
   */
  CompletionStage<Void> carriedBy(LinkId link, String host, PhysicalAdapter adapter, int links);
}
