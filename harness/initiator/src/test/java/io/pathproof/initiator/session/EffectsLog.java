package io.pathproof.initiator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Pdu;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** What a session core did, in the order in which it did it. */
abstract class EffectsLog implements SessionEffects {
  final ArrayDeque<Pdu> sent = new ArrayDeque<>();
  final List<Portal> connects = new ArrayList<>();

  /** Ends of connections by this side. */
  final List<String> disconnects = new ArrayList<>();

  /** Those among them that keep back what was sent and has not left yet. */
  final List<String> aborts = new ArrayList<>();

  final List<SessionParameters> ups = new ArrayList<>();
  final List<Failure> downs = new ArrayList<>();
  final List<SessionFailure> ends = new ArrayList<>();
  final List<SessionEvent> events = new ArrayList<>();
  final List<Digests> digests = new ArrayList<>();
  final List<Integer> maxRecv = new ArrayList<>();

  /** What lies in the socket, unread until a turn of the loop. */
  final ArrayDeque<Pdu> socket = new ArrayDeque<>();

  /** Whether the core wants the socket read. */
  boolean draining;

  @Override
  public void connect(Portal portal) {
    connects.add(portal);
    draining = false;
    socket.clear();
    sent.clear();
  }

  @Override
  public void send(Pdu pdu) {
    sent.add(pdu);
  }

  @Override
  public void digests(Digests value) {
    digests.add(value);
  }

  @Override
  public void maxRecvDataSegmentLength(int bytes) {
    maxRecv.add(bytes);
  }

  @Override
  public void drain() {
    assertThat(draining).as("a drain is under way").isFalse();
    draining = true;
  }

  @Override
  public void abort(String why) {
    aborts.add(why);
    disconnect(why);
  }

  @Override
  public void disconnect(String why) {
    disconnects.add(why);
    draining = false;
    socket.clear();
  }

  @Override
  public void sessionUp(SessionParameters parameters, long atNs) {
    ups.add(parameters);
  }

  @Override
  public void sessionDown(Failure failure, long atNs) {
    downs.add(failure);
  }

  @Override
  public void sessionEnded(SessionFailure failure, long atNs) {
    ends.add(failure);
  }

  @Override
  public void event(SessionEvent event, long atNs) {
    events.add(event);
  }

  <T extends SessionEvent> List<T> events(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
