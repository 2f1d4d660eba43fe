package io.pathproof.lab.verdict;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.PortLoad;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.LinkId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a run says of one of several arrays: the workloads on its volumes, the paths to it, the
 * faults that hit it and its own words. Arrays that share adapters are judged by themselves so.
 */
final class OneArray {
  private final RunView run;
  private final ArraySpec array;
  private final Set<Long> ops = new HashSet<>();

  private OneArray(RunView run, ArraySpec array) {
    this.run = run;
    this.array = array;
  }

  /** The run as far as it is about that array. */
  static RunView of(RunView run, ArraySpec array) {
    OneArray share = new OneArray(run, array);
    List<Entry> entries = new ArrayList<>();
    for (Entry entry : run.entries()) {
      share
          .of(entry.event())
          .ifPresent(event -> entries.add(new Entry(entry.seq(), entry.atNs(), event)));
    }
    List<Injection> elsewhere =
        run.injections().stream().filter(fault -> !share.hit(fault.links())).toList();
    return new RunView(
        share.scenario(), run.topology().only(array), List.copyOf(entries), elsewhere);
  }

  private Scenario scenario() {
    Scenario whole = run.scenario();
    List<Expectation> expected = new ArrayList<>();
    for (Expectation each : whole.expectations()) {
      if (!(each instanceof Expectation.OfArray of)) {
        expected.add(each);
      } else if (of.array().equals(array.name())) {
        expected.add(of.expectation());
      }
    }
    return new Scenario(
        whole.id(),
        whole.behaviours(),
        whole.topology(),
        whole.workloads().stream().filter(w -> array.volumes().containsKey(w.volume())).toList(),
        whole.faults(),
        expected);
  }

  private boolean hit(List<LinkId> links) {
    return links.stream().anyMatch(this::mine);
  }

  private boolean mine(LinkId link) {
    return array.has(link.port());
  }

  private boolean path(String host, String path) {
    return run.link(host, path).map(this::mine).orElse(false);
  }

  private boolean device(String host, String device) {
    return run.device(host, device)
        .map(found -> array.volumes().containsKey(found.volume()))
        .orElse(false);
  }

  /** The event, as far as it is about the array; empty if it is about something else. */
  private Optional<Event> of(Event event) {
    if (event instanceof Event.ArrayObserved seen) {
      Map<String, ArraySnapshot.NodeState> nodes = new TreeMap<>(seen.snapshot().nodes());
      nodes.keySet().retainAll(array.nodes().keySet());
      return Optional.of(new Event.ArrayObserved(seen.when(), new ArraySnapshot(nodes)));
    }
    if (event instanceof Event.ArrayLoadObserved seen) {
      Map<String, PortLoad> loads = new LinkedHashMap<>(seen.loads());
      loads.keySet().removeIf(port -> !array.has(port));
      return Optional.of(new Event.ArrayLoadObserved(seen.when(), loads));
    }
    return about(event) ? Optional.of(event) : Optional.empty();
  }

  private boolean about(Event event) {
    if (event instanceof Event.PhaseStarted || event instanceof Event.LabFailed) {
      return true;
    } else if (event instanceof Event.DeviceFound found) {
      return array.volumes().containsKey(found.volume());
    } else if (event instanceof Event.IoIssued issued) {
      if (device(issued.host(), issued.device())) {
        ops.add(issued.op());
      }
      return ops.contains(issued.op());
    } else if (event instanceof Event.IoSent sent) {
      return ops.contains(sent.op());
    } else if (event instanceof Event.IoAttemptEnded ended) {
      return ops.contains(ended.op());
    } else if (event instanceof Event.IoEnded ended) {
      return ops.contains(ended.op());
    } else if (event instanceof Event.WriteFenced fenced) {
      return ops.contains(fenced.op());
    } else if (event instanceof Event.RetriedUnfenced retried) {
      return ops.contains(retried.op());
    } else if (event instanceof Event.FaultInjected injected) {
      return hit(injected.links());
    } else if (event instanceof Event.FaultHealed healed) {
      return run.injections().stream()
          .anyMatch(fault -> fault.number() == healed.fault() && hit(fault.links()));
    }
    return ofPath(event) || afterwards(event) || belowAll(event);
  }

  private boolean ofPath(Event event) {
    if (event instanceof Event.PathChanged change) {
      return mine(change.link());
    } else if (event instanceof Event.PortalsDiscovered found) {
      return mine(found.link());
    } else if (event instanceof Event.SessionChanged change) {
      return path(change.host(), change.path());
    } else if (event instanceof Event.DeviceChanged change) {
      return device(change.host(), change.device());
    } else if (event instanceof Event.PathSwitched switched) {
      return device(switched.host(), switched.device());
    } else if (event instanceof Event.PathLoadsObserved seen) {
      return device(seen.host(), seen.device());
    } else if (event instanceof Event.NexusFenced fenced) {
      return path(fenced.host(), fenced.path());
    } else if (event instanceof Event.FenceFailed failed) {
      return path(failed.host(), failed.path());
    } else if (event instanceof Event.CommandOverdue late) {
      return path(late.host(), late.path());
    } else if (event instanceof Event.SessionRedirected sent) {
      return path(sent.host(), sent.path());
    } else if (event instanceof Event.LogoutRequested asked) {
      return path(asked.host(), asked.path());
    } else if (event instanceof Event.UnitAttentionSeen seen) {
      return path(seen.host(), seen.path());
    } else if (event instanceof Event.AccessStateSeen seen) {
      return path(seen.host(), seen.path());
    } else if (event instanceof Event.PathDiagnosed told) {
      return array.has(told.diagnosis().port());
    } else if (event instanceof Event.TargetParametersSet set) {
      return path(set.host(), set.path());
    } else if (event instanceof Event.ProtocolBreach breach) {
      return path(breach.host(), breach.path());
    }
    return false;
  }

  /** Of a host's network, which carries what goes to every array. */
  private static boolean belowAll(Event event) {
    return event instanceof Event.VmkernelPortSeen
        || event instanceof Event.UplinkMoved
        || event instanceof Event.HostChanged
        || event instanceof Event.PortRemovalAsked;
  }

  private boolean afterwards(Event event) {
    if (event instanceof Event.BlockVerified verified) {
      return device(verified.host(), verified.device());
    } else if (event instanceof Event.StoreVerified verified) {
      return array.volumes().containsKey(verified.volume());
    } else if (event instanceof Event.LivenessChecked check) {
      return device(check.host(), check.device());
    } else if (event instanceof Event.ArrayChanged change) {
      return change.part().equals(array.name()) || change.part().startsWith(array.name() + ".");
    }
    return false;
  }
}
