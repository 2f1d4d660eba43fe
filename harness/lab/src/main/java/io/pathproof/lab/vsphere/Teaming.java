package io.pathproof.lab.vsphere;

import java.util.List;

/**
 * A failover order (esxcli network vswitch standard policy failover): which adapters carry traffic.
 * An adapter of the switch that is in neither list is unused.
 *
 * @param active carry traffic, in the order of preference
 * @param standby carry traffic when no active one has a link, in that order
 */
public record Teaming(List<String> active, List<String> standby) {
  /** Copies the lists. */
  public Teaming {
    active = List.copyOf(active);
    standby = List.copyOf(standby);
  }

  /** Whether traffic may leave by this adapter. */
  public boolean has(String adapter) {
    return active.contains(adapter) || standby.contains(adapter);
  }

  /** The same with one more active adapter, at the end. */
  public Teaming withActive(String adapter) {
    List<String> more = new java.util.ArrayList<>(active);
    if (!more.contains(adapter)) {
      more.add(adapter);
    }
    return new Teaming(more, standby.stream().filter(each -> !each.equals(adapter)).toList());
  }

  /** {@code active vmnic0, vmnic1; standby vmnic2}. */
  public String text() {
    return "active "
        + (active.isEmpty() ? "none" : String.join(", ", active))
        + (standby.isEmpty() ? "" : "; standby " + String.join(", ", standby));
  }
}
