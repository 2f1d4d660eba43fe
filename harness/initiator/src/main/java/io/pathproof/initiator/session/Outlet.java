package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.Pdu;
import java.util.ArrayDeque;

/**
 * The way out of the core. What goes down to the binding goes at once; what goes up to listeners
 * waits until the core is consistent again, since a listener may call it.
 */
final class Outlet {
  private final SessionEffects effects;
  private final ArrayDeque<Runnable> upward = new ArrayDeque<>();
  private boolean delivering;

  Outlet(SessionEffects effects) {
    this.effects = effects;
  }

  SessionEffects binding() {
    return effects;
  }

  void send(Pdu pdu) {
    effects.send(pdu);
  }

  void complete(TaskListener listener, TaskOutcome outcome, long nowNs) {
    upward.add(() -> listener.completed(outcome, nowNs));
  }

  void event(SessionEvent event, long nowNs) {
    upward.add(() -> effects.event(event, nowNs));
  }

  void later(Runnable call) {
    upward.add(call);
  }

  /** Calls the listeners. A call from within one of them adds to the turn that is under way. */
  void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    try {
      for (Runnable call = upward.poll(); call != null; call = upward.poll()) {
        call.run();
      }
    } finally {
      delivering = false;
    }
  }
}
