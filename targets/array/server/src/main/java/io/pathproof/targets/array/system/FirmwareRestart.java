package io.pathproof.targets.array.system;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One node after the other: maintenance, restart, back; the next when hosts are back. */
final class FirmwareRestart {
  /** How long a node is away once it has left. */
  static final long RESTART_NS = TimeUnit.SECONDS.toNanos(1);

  /** How long hosts are waited for before the next node goes. */
  static final long HOSTS_NS = TimeUnit.SECONDS.toNanos(10);

  private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(20);

  /** What the restart does to nodes. */
  interface Steps {
    void leave(String node, long nowNs);

    void join(String node, long nowNs);
  }

  private enum Phase {
    IDLE,
    LEAVING,
    RESTARTING,
    AWAITING_HOSTS
  }

  private final Nodes nodes;
  private final Sessions sessions;
  private final Journal journal;
  private final Steps steps;
  private final Deque<String> waiting = new ArrayDeque<>();
  private Phase phase = Phase.IDLE;
  private String node = "";
  private Map<String, Long> before = Map.of();
  private long dueNs = Long.MAX_VALUE;
  private long nextLookNs = Long.MAX_VALUE;

  FirmwareRestart(Nodes nodes, Sessions sessions, Journal journal, Steps steps) {
    this.nodes = nodes;
    this.sessions = sessions;
    this.journal = journal;
    this.steps = steps;
  }

  void begin(List<String> all, long nowNs) {
    if (phase != Phase.IDLE) {
      throw new RefusedException(
          "a firmware restart is under way", "wait for its end, or restore it");
    }
    waiting.addAll(all);
    next(nowNs);
  }

  boolean underWay() {
    return phase != Phase.IDLE;
  }

  /** Ends it; the node that is away comes back. */
  void end(long nowNs) {
    waiting.clear();
    if (phase == Phase.LEAVING || phase == Phase.RESTARTING) {
      steps.join(node, nowNs);
    }
    phase = Phase.IDLE;
  }

  private void next(long nowNs) {
    if (waiting.isEmpty()) {
      phase = Phase.IDLE;
      journal.add(nowNs, "array", "firmware restart done");
      return;
    }
    node = waiting.poll();
    before = sessions.byInitiator();
    phase = Phase.LEAVING;
    journal.add(nowNs, node, node + " restarts for firmware");
    steps.leave(node, nowNs);
  }

  void settle(long nowNs) {
    nextLookNs = Long.MAX_VALUE;
    if (phase == Phase.LEAVING && nodes.of(node).left) {
      phase = Phase.RESTARTING;
      dueNs = nowNs + RESTART_NS;
    }
    if (phase == Phase.RESTARTING && nowNs >= dueNs) {
      steps.join(node, nowNs);
      phase = Phase.AWAITING_HOSTS;
      dueNs = nowNs + HOSTS_NS;
    }
    if (phase == Phase.AWAITING_HOSTS && (back() || nowNs >= dueNs)) {
      journal.add(nowNs, node, node + (back() ? ": hosts are back" : ": hosts are not back"));
      next(nowNs);
    }
    if (phase == Phase.RESTARTING) {
      nextLookNs = dueNs;
    } else if (phase == Phase.AWAITING_HOSTS) {
      nextLookNs = Math.min(dueNs, nowNs + LOOK_NS);
    }
  }

  private boolean back() {
    Map<String, Long> now = sessions.byInitiator();
    return before.entrySet().stream()
        .allMatch(each -> now.getOrDefault(each.getKey(), 0L) >= each.getValue());
  }

  long nextDeadlineNs() {
    return nextLookNs;
  }
}
