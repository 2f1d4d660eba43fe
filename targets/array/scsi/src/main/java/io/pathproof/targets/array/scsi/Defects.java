package io.pathproof.targets.array.scsi;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Which defects are on, and how often each struck. One for the whole array, shared by its layers;
 * used on the array's thread alone.
 */
public final class Defects {
  /** Hears of switches and strikes. */
  public interface Listener {
    /** A defect was switched on or off. */
    default void switched(Defect defect, boolean on) {}

    /**
     * A defect did its damage once.
     *
     * @param times how often it has struck with this, from 1
     * @param detail what was hit, for a journal
     */
    default void struck(Defect defect, long times, String detail) {}
  }

  private final Set<Defect> active = EnumSet.noneOf(Defect.class);
  private final long[] strikes = new long[Defect.values().length];
  private final List<Listener> listeners = new ArrayList<>();

  public boolean on(Defect defect) {
    return active.contains(defect);
  }

  /** True if no defect is on: what the fast paths ask. */
  public boolean none() {
    return active.isEmpty();
  }

  /** Switches a defect; one that is as asked already stays so, unheard. */
  public void set(Defect defect, boolean on) {
    if (on ? active.add(defect) : active.remove(defect)) {
      listeners.forEach(each -> each.switched(defect, on));
    }
  }

  /** A copy of the set of those that are on. */
  public Set<Defect> active() {
    return active.isEmpty() ? EnumSet.noneOf(Defect.class) : EnumSet.copyOf(active);
  }

  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /** Counts one strike and tells the listeners. */
  public void struck(Defect defect, String detail) {
    long times = ++strikes[defect.ordinal()];
    listeners.forEach(each -> each.struck(defect, times, detail));
  }

  /** How often a defect has struck since the array was built. */
  public long strikes(Defect defect) {
    return strikes[defect.ordinal()];
  }
}
