package io.pathproof.reports.picture;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.topology.LinkId;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * How long one fault stood, as the history tells it. Times are nanoseconds of the history.
 *
 * @param number its number in the scenario, from 1
 * @param text the scenario's words
 * @param links what broke
 * @param nodes which nodes were acted on
 * @param startedNs when its application began
 * @param appliedNs when its application was complete
 * @param healedNs when it had been healed; empty if it never was
 */
record FaultWindow(
    int number,
    String text,
    List<LinkId> links,
    List<String> nodes,
    long startedNs,
    long appliedNs,
    OptionalLong healedNs) {

  static List<FaultWindow> of(List<Entry> history) {
    List<FaultWindow> windows = new ArrayList<>();
    for (Entry entry : history) {
      if (entry.event() instanceof Event.FaultInjected fault) {
        windows.add(
            new FaultWindow(
                fault.fault(),
                fault.text(),
                fault.links(),
                fault.nodes(),
                Math.min(fault.startedNs(), entry.atNs()),
                entry.atNs(),
                OptionalLong.empty()));
      } else if (entry.event() instanceof Event.FaultHealed healed) {
        close(windows, healed.fault(), entry.atNs());
      }
    }
    return List.copyOf(windows);
  }

  boolean hits(LinkId link) {
    return links.contains(link) || nodes.stream().anyMatch(n -> link.port().startsWith(n + "."));
  }

  private static void close(List<FaultWindow> windows, int number, long atNs) {
    for (int i = windows.size() - 1; i >= 0; i--) {
      FaultWindow w = windows.get(i);
      if (w.number == number && w.healedNs.isEmpty()) {
        windows.set(
            i,
            new FaultWindow(
                number, w.text, w.links, w.nodes, w.startedNs, w.appliedNs, OptionalLong.of(atNs)));
        return;
      }
    }
  }
}
