package io.pathproof.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import io.pathproof.lab.vsphere.PhysicalAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A topology of vSphere hosts, wires that tell what is done to them, and a clock moved by hand. */
abstract class VsphereRig {
  static final Topology TOPOLOGY =
      TopologyLoader.parse(
          """
          topology: wires
          fabrics: { san: { subnet: 10.0.0.0/24 }, other: { subnet: 10.0.1.0/24 } }
          array:
            nodes:
              ct0: { ports: { a: { fabric: san, address: 10.0.0.10 } } }
              ct1: { ports: { a: { fabric: san, address: 10.0.0.11 } } }
            volumes: { vol0: { size: 64MiB } }
          hosts:
            team:
              multipath: { policy: round-robin }
              adapters: { vmnic0: { fabric: san, bandwidth: 4MiB/s }, vmnic1: { fabric: san } }
              switches: { vSwitch1: { adapters: [vmnic0, vmnic1] } }
              vmkernel: { vmk1: { switch: vSwitch1, address: 10.0.0.101 } }
            bound:
              multipath: { policy: round-robin }
              adapters: { vmnic0: { fabric: san }, vmnic1: { fabric: san }, vmnic2: { fabric: other } }
              switches: { vSwitch1: { adapters: [vmnic0, vmnic1, vmnic2] } }
              vmkernel:
                vmk1: { switch: vSwitch1, address: 10.0.0.111, teaming: { active: [vmnic0] } }
                vmk2: { switch: vSwitch1, address: 10.0.0.112, teaming: { active: [vmnic1] } }
                vmk3: { switch: vSwitch1, address: 10.0.0.113, teaming: { active: [vmnic2] } }
              port-binding: on
            routed:
              multipath: { policy: round-robin }
              adapters: { vmnic0: { fabric: san }, vmnic1: { fabric: san } }
              switches: { vSwitch1: { adapters: [vmnic0, vmnic1], load-balancing: explicit } }
              vmkernel: { vmk1: { switch: vSwitch1, address: 10.0.0.121 }, vmk2: { switch: vSwitch1, address: 10.0.0.122 } }
            two:
              multipath: { policy: round-robin }
              adapters: { vmnic0: { fabric: san }, vmnic1: { fabric: san }, vmnic2: { fabric: san } }
              switches: { vSwitch1: { adapters: [vmnic0] }, vSwitch2: { adapters: [vmnic1] } }
              vmkernel: { vmk1: { switch: vSwitch1, address: 10.0.0.131 }, vmk2: { switch: vSwitch2, address: 10.0.0.132 } }
              port-binding: on
          """,
          "wires.yaml");

  final List<String> calls = new ArrayList<>();
  final Clock clock = new Clock();
  boolean failing;

  /** Time that is moved by hand; tasks run where they are given. */
  static final class Clock implements Scheduler {
    private record Timer(long atNs, Runnable task) {}

    private final PriorityQueue<Timer> timers =
        new PriorityQueue<>((one, other) -> Long.compare(one.atNs, other.atNs));
    private long nowNs = 1_000;

    @Override
    public long nowNs() {
      return nowNs;
    }

    @Override
    public Cancellable at(long deadlineNs, Runnable task) {
      Timer timer = new Timer(deadlineNs, task);
      timers.add(timer);
      return () -> timers.remove(timer);
    }

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    void advanceMs(long ms) {
      nowNs += ms * 1_000_000;
      while (!timers.isEmpty() && timers.peek().atNs <= nowNs) {
        timers.poll().task.run();
      }
    }
  }

  private final class Recorded implements Wires {
    private final boolean losesNothing;

    Recorded(boolean losesNothing) {
      this.losesNothing = losesNothing;
    }

    private CompletionStage<Void> told(String call) {
      calls.add(call);
      return failing
          ? CompletableFuture.failedFuture(new IllegalStateException(call))
          : CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> impair(LinkId link, Direction direction, Impairment impairment) {
      return told(link + ": " + direction + " " + impairment.kind().word());
    }

    @Override
    public CompletionStage<Void> heal(LinkId link) {
      return told(link + ": heal");
    }

    @Override
    public CompletionStage<Void> unplug(LinkId link) {
      return told(link + ": unplug");
    }

    @Override
    public boolean losesNothing() {
      return losesNothing;
    }

    @Override
    public CompletionStage<Void> carriedBy(
        LinkId link, String host, PhysicalAdapter adapter, int links) {
      return told(link + ": " + host + "." + adapter.name() + " of " + links);
    }
  }

  VsphereHosts hosts(boolean losesNothing) {
    VsphereHosts hosts = new VsphereHosts(TOPOLOGY, clock, new Recorded(losesNothing));
    assertThat(hosts.plugIn().toCompletableFuture()).isCompleted();
    return hosts;
  }

  List<String> callsOf(String host) {
    List<String> own = calls.stream().filter(call -> call.startsWith(host + ".")).toList();
    calls.clear();
    return own;
  }

  static HostAction linkDown() {
    return new HostAction(HostAction.Kind.LINK_DOWN, "", Optional.empty());
  }
}
