package io.pathproof.initiator.host;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** The events of a host, readable from the test's thread. */
final class HostLog implements HostListener {
  private final List<HostEvent> events = new CopyOnWriteArrayList<>();

  @Override
  public void event(HostEvent event, long nowNs) {
    events.add(event);
  }

  <E extends HostEvent> List<E> of(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** Ids of the paths that came up, or went down, in order. */
  List<String> paths(boolean up) {
    return changes().filter(each -> each.up() == up).map(each -> each.path().id()).toList();
  }

  Stream<HostEvent.PathChanged> changes() {
    return of(HostEvent.PathChanged.class).stream();
  }

  void clear() {
    events.clear();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    events.forEach(event -> text.append(event).append('\n'));
    return text.toString();
  }
}
