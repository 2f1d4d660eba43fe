package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.Portal;
import io.pathproof.protocol.scsi.ReservationData;
import io.pathproof.protocol.scsi.ReservationType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A host with two paths to an array that keeps reservations, and what a user asks of it. */
abstract class ReservationRig {
  static final Portal AT_1 = new Portal("10.0.0.1", 3260);
  static final Portal AT_2 = new Portal("10.0.0.2", 3260);
  static final long OURS = 0xabcd;
  static final long THEIRS = 0x1234;
  static final ReservationType REGISTRANTS = ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY;

  final SharedArray array = SharedArray.symmetric();
  final FakeArray host = array.host("h", SharedArray.roundRobin(), 0);
  final List<HostCommandResult> results = new ArrayList<>();

  static DeviceCore device(FakeArray of) {
    return of.core.devices().get(0);
  }

  static ReservationRequests requests(FakeArray of) {
    return device(of).reservations();
  }

  HostCommandResult last(FakeArray of) {
    of.pump();
    assertThat(results).isNotEmpty();
    return results.remove(results.size() - 1);
  }

  void register(FakeArray of, long key) {
    requests(of).register(key, false, false, results::add, of.nowNs);
    HostCommandResult result = last(of);
    assertThat(result.ok()).as(result.toString()).isTrue();
  }

  void reserve(FakeArray of, ReservationType type) {
    requests(of).reserve(type, results::add, of.nowNs);
    HostCommandResult result = last(of);
    assertThat(result.ok()).as(result.toString()).isTrue();
  }

  List<Long> keys(FakeArray of) {
    List<Long> keys = new ArrayList<>();
    requests(of).in().readKeys((result, data) -> keys.addAll(data.orElseThrow().keys()), of.nowNs);
    of.pump();
    return keys;
  }

  ReservationData.Held held(FakeArray of) {
    List<ReservationData.Held> held = new ArrayList<>();
    requests(of).in().readReservation((result, data) -> held.add(data.orElseThrow()), of.nowNs);
    of.pump();
    return held.get(0);
  }

  static IoEnd write(FakeArray of) {
    IoEnd end = new IoEnd();
    device(of).write(0, 1, (path, attempt) -> ByteBuffer.allocate(512), end, of.nowNs);
    of.pump();
    return end;
  }

  static void down(FakeArray of, String link) {
    of.refusing.add(link);
    of.cut(link);
  }

  void back(FakeArray of, String link, Portal at, int tag) {
    of.refusing.remove(link);
    of.reconnect(link, at, tag);
    of.pass(2_000);
  }

  FakeArray other() {
    FakeArray other = array.host("o", SharedArray.failover(), 0);
    other.nowNs = host.nowNs;
    other.start();
    return other;
  }
}
