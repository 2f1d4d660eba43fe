package io.pathproof.initiator.netty;

import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionParameters;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a session told. */
class Recorder implements SessionListener {
  /** Done with the first login. */
  final CompletableFuture<SessionParameters> up = new CompletableFuture<>();

  final List<SessionParameters> ups = new CopyOnWriteArrayList<>();
  final List<Failure> downs = new CopyOnWriteArrayList<>();
  final List<SessionFailure> ends = new CopyOnWriteArrayList<>();
  final List<SessionEvent> events = new CopyOnWriteArrayList<>();

  @Override
  public void sessionUp(SessionParameters parameters, long nowNs) {
    ups.add(parameters);
    up.complete(parameters);
  }

  @Override
  public void sessionDown(Failure failure, long nowNs) {
    downs.add(failure);
  }

  @Override
  public void sessionEnded(SessionFailure failure, long nowNs) {
    ends.add(failure);
  }

  @Override
  public void event(SessionEvent event, long nowNs) {
    events.add(event);
  }

  List<Failure> loginFailures() {
    return events.stream()
        .filter(SessionEvent.LoginFailed.class::isInstance)
        .map(each -> ((SessionEvent.LoginFailed) each).failure())
        .toList();
  }
}
