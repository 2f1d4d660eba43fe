package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.iscsi.ScsiResponse;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sense data that the target sends unasked (RFC 7143 section 11.9.1, event 0). */
class ScsiEventTest {
  private static final HostLink A =
      new HostLink("nic0:node1.a", "nic0", new Portal("10.10.1.1", 3260), 1);
  private static final HostLink B =
      new HostLink("nic0:node2.a", "nic0", new Portal("10.10.1.2", 3260), 2);
  private static final MultipathSettings MULTIPATH =
      MultipathSettings.multipath(Policy.FAILOVER, 1, 0, true, Failback.IMMEDIATE, 5_000, 500);

  private final FakeArray array = array();

  private static FakeArray array() {
    FakeArray array = FakeArray.of(MULTIPATH, 0, A, B);
    array.units.get(B.id()).portGroup = 2;
    array.units.values().forEach(unit -> unit.asymmetric = true);
    states(array, AccessState.ACTIVE_OPTIMIZED, AccessState.STANDBY);
    array.start();
    array.log.clear();
    array.units.values().forEach(unit -> unit.received.clear());
    return array;
  }

  private static void states(FakeArray array, AccessState first, AccessState second) {
    for (FakeLogicalUnit unit : array.units.values()) {
      unit.states.put(1, first);
      unit.states.put(2, second);
    }
  }

  private void event(HostLink link, Lun lun, ByteBuffer data) {
    AsyncMessage message = new AsyncMessage(lun.raw(), 1, 1, 1, 0, 0, 0, 0, 0, data);
    array.session(link.id()).listener.event(new SessionEvent.AsyncReceived(message), array.nowNs);
    array.pump();
  }

  private static ByteBuffer sense(SenseKey key, int asc, int ascq) {
    return ScsiResponse.senseSegment(Sense.fixed(key, asc, ascq).encode());
  }

  private static HostEvent.UnitAttention attention(HostLink link, Lun lun, int asc, int ascq) {
    return new HostEvent.UnitAttention(
        new HostPath(link.id(), link, FakeArray.TARGET, lun), asc, ascq);
  }

  @Test
  @DisplayName("A unit attention is told of its path, and a change of access states is followed")
  void aUnitAttentionIsToldAndFollowed() {
    states(array, AccessState.STANDBY, AccessState.ACTIVE_OPTIMIZED);
    event(A, Lun.of(1), sense(SenseKey.UNIT_ATTENTION, 0x2a, 0x06));
    assertThat(array.log.of(HostEvent.UnitAttention.class))
        .containsExactly(attention(A, Lun.of(1), 0x2a, 0x06));
    assertThat(array.units.get(A.id()).groupsAsked()).isEqualTo(1);
    assertThat(array.write().lines).last().isEqualTo("completed OK " + B.id());
  }

  @Test
  @DisplayName("A unit attention of another kind is told, and nothing is asked")
  void anotherAttentionIsToldAlone() {
    event(A, Lun.of(1), sense(SenseKey.UNIT_ATTENTION, 0x29, 0x00));
    assertThat(array.log.of(HostEvent.UnitAttention.class))
        .containsExactly(attention(A, Lun.of(1), 0x29, 0x00));
    assertThat(array.units.get(A.id()).received).isEmpty();
  }

  @Test
  @DisplayName("REPORTED LUNS DATA HAS CHANGED: the logical units are listed anew")
  void changedLogicalUnitsAreListedAnew() {
    event(A, Lun.of(0), sense(SenseKey.UNIT_ATTENTION, 0x3f, 0x0e));
    assertThat(array.log.of(HostEvent.UnitAttention.class))
        .as("of a logical unit that is no path")
        .containsExactly(attention(A, Lun.of(0), 0x3f, 0x0e));
    assertThat(array.units.get(A.id()).received)
        .hasSize(1)
        .allMatch(cdb -> cdb instanceof Cdb.ReportLuns);
  }

  @Test
  @DisplayName("Sense data that is no unit attention changes nothing")
  void otherSenseChangesNothing() {
    event(A, Lun.of(1), sense(SenseKey.RECOVERED_ERROR, 0x5d, 0x00));
    assertThat(array.log.of(HostEvent.UnitAttention.class)).isEmpty();
    assertThat(array.units.get(A.id()).received).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "0000", "0012", "001270", "ffff7000"})
  @DisplayName("Sense data that is none harms nothing")
  void brokenSenseHarmsNothing(String hex) {
    event(A, Lun.of(1), ByteBuffer.wrap(java.util.HexFormat.of().parseHex(hex)));
    assertThat(array.log.of(HostEvent.UnitAttention.class)).isEmpty();
    assertThat(array.write().lines).last().isEqualTo("completed OK " + A.id());
  }
}
