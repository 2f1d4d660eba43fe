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

  /**
   * Calls the listeners, all of them: what one throws is thrown when all have been told. A call
   * from within one of them adds to the turn that is under way.
   */
  void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    Throwable first = null;
    for (Runnable call = upward.poll(); call != null; call = upward.poll()) {
      try {
        call.run();
      } catch (RuntimeException | Error e) {
        if (first == null) {
          first = e;
        } else if (first != e) {
          first.addSuppressed(e);
        }
      }
    }
    delivering = false;
    if (first instanceof Error error) {
      throw error;
    } else if (first != null) {
      throw (RuntimeException) first;
    }
  }
}
