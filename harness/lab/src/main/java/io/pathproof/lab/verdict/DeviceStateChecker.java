package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.Checker.fail;
import static io.pathproof.lab.verdict.Checker.pass;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code device-state}: whether a host tells a device whose paths are all down from one that the
 * array has taken away for good.
 */
final class DeviceStateChecker {
  private static final String AVAILABLE = "available";

  private DeviceStateChecker() {}

  static Finding check(RunView run, String wanted) {
    String name = "device-state";
    String expected = "each device is told: " + wanted + ", and then: " + AVAILABLE;
    List<String> observed = new ArrayList<>();
    boolean asWanted = true;
    for (String host : run.hosts()) {
      for (Event.DeviceFound device : run.devicesOf(host)) {
        List<String> states = states(run, device);
        asWanted &= states.contains(wanted) && endsWith(states, AVAILABLE);
        asWanted &= states.stream().allMatch(s -> s.equals(wanted) || s.equals(AVAILABLE));
        String told = states.isEmpty() ? "never without a path" : String.join(", ", states);
        observed.add(host + " " + device.device() + ": " + told);
      }
    }
    String text = String.join("; ", observed);
    return asWanted && !observed.isEmpty()
        ? pass(name, expected, text)
        : fail(name, expected, text.isEmpty() ? "no device" : text);
  }

  /** Until the hosts leave, which takes all paths away in order. */
  private static List<String> states(RunView run, Event.DeviceFound device) {
    List<String> states = new ArrayList<>();
    for (Entry entry : run.entries()) {
      if (entry.event() instanceof Event.PhaseStarted phase && phase.phase().equals("detach")) {
        break;
      }
      if (entry.event() instanceof Event.DeviceChanged change
          && change.host().equals(device.host())
          && change.device().equals(device.device())) {
        states.add(change.state());
      }
    }
    return states;
  }

  private static boolean endsWith(List<String> states, String last) {
    return !states.isEmpty() && states.get(states.size() - 1).equals(last);
  }
}
