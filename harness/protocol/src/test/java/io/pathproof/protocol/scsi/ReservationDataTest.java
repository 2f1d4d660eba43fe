package io.pathproof.protocol.scsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.ReservationData.Capabilities;
import io.pathproof.protocol.scsi.ReservationData.FullStatus;
import io.pathproof.protocol.scsi.ReservationData.Held;
import io.pathproof.protocol.scsi.ReservationData.Keys;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bytes read off the tables of SPC-4 clauses 6.15 and 6.45, and of SBC-3 clause 6.5.4. */
class ReservationDataTest {
  private static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  @Test
  void keysComeWithTheirGeneration() throws Exception {
    Keys keys = Keys.decode(bytes("ffffffff 00000010 1122334455667788 00000000000000ab"));
    assertThat(keys.generation()).isEqualTo(0xffffffffL);
    assertThat(keys.keys()).containsExactly(0x1122334455667788L, 0xabL);
    assertThat(Keys.decode(bytes("00000007 00000000"))).isEqualTo(new Keys(7, List.of()));
    // cut off by the allocation length: what is whole
    assertThat(Keys.decode(bytes("00000001 00000010 1122334455667788 0000")).keys()).hasSize(1);
    assertThatThrownBy(() -> Keys.decode(bytes("00000001 00000009 112233445566778800")))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("ADDITIONAL LENGTH");
    assertThatThrownBy(() -> Keys.decode(bytes("00000001 0000")))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void aReservationHasAKeyAndAType() throws Exception {
    assertThat(Held.decode(bytes("00000003 00000000")).reservation()).isEmpty();
    Held held = Held.decode(bytes("00000003 00000010 1122334455667788 00000000 00 05 0000"));
    assertThat(held)
        .isEqualTo(
            new Held(
                3,
                Optional.of(
                    new Held.Reservation(
                        0x1122334455667788L, ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY))));
    assertThatThrownBy(
            () -> Held.decode(bytes("00000003 00000010 1122334455667788 00000000 00 02 0000")))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("TYPE");
    assertThatThrownBy(() -> Held.decode(bytes("00000003 00000008 1122334455667788")))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("ADDITIONAL LENGTH");
  }

  @Test
  void capabilitiesNameTheTypes() throws Exception {
    Capabilities all = Capabilities.decode(bytes("0008 0d 81 ea 01 0000"));
    assertThat(all.types()).containsExactly(ReservationType.values());
    assertThat(all.persistThroughPowerLossCapable()).isTrue();
    assertThat(all.persistThroughPowerLossActivated()).isTrue();
    assertThat(all.allTargetPortsCapable()).isTrue();
    assertThat(all.specifyInitiatorPortsCapable()).isTrue();
    Capabilities some = Capabilities.decode(bytes("0008 00 80 22 00 0000"));
    assertThat(some.types())
        .containsExactly(
            ReservationType.WRITE_EXCLUSIVE, ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
    assertThat(some.persistThroughPowerLossCapable()).isFalse();
    assertThat(Capabilities.decode(bytes("0008 00 00 ff ff 0000")).types()).isEmpty();
    assertThatThrownBy(() -> Capabilities.decode(bytes("0004 00 00 ff ff 0000")))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  @Tag("rfc7143:4.4.2-a")
  void fullStatusNamesTheInitiatorPorts() throws Exception {
    String port = "iqn.a:b,i,0x00023d000001";
    ByteBuffer name = ByteBuffer.allocate(28).put(port.getBytes(StandardCharsets.UTF_8)).clear();
    ByteBuffer all =
        ByteBuffer.allocate(8 + 24 + 32 + 24 + 24)
            .put(bytes("00000009 00000068"))
            .put(bytes("0000000000000001 00000000 01 08 00000000 0002 00000020 45 00 001c"))
            .put(name)
            .put(bytes("0000000000000002 00000000 02 00 00000000 0000 00000018"))
            .put(bytes("06 00 0000 0000000000000000 0000000000000000 00000000"))
            .flip();
    FullStatus status = FullStatus.decode(all.duplicate());
    assertThat(status.generation()).isEqualTo(9);
    assertThat(status.registrations().get(0))
        .isEqualTo(
            new FullStatus.Registration(
                1, false, Optional.of(ReservationType.EXCLUSIVE_ACCESS_ALL_REGISTRANTS), 2, port));
    FullStatus.Registration other = status.registrations().get(1);
    assertThat(other.allTargetPorts()).isTrue();
    assertThat(other.held()).isEmpty();
    assertThat(other.initiatorPort()).startsWith("0600").hasSize(48);
    // cut off behind the first
    assertThat(FullStatus.decode(all.slice(0, 100)).registrations()).hasSize(1);
    ByteBuffer lying = ByteBuffer.allocate(all.limit()).put(all).flip().putShort(34, (short) 99);
    assertThatThrownBy(() -> FullStatus.decode(lying))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("TransportID");
  }

  @Test
  void portGroupsAreSetByStateAndIdentifier() throws Exception {
    TargetPortGroupList list =
        new TargetPortGroupList(
            List.of(
                new TargetPortGroupList.Setting(AccessState.ACTIVE_OPTIMIZED, 0x1234),
                new TargetPortGroupList.Setting(AccessState.STANDBY, 2)));
    ByteBuffer wire = bytes("00000000 00 00 1234 02 00 0002");
    assertThat(list.encode()).isEqualTo(wire);
    assertThat(TargetPortGroupList.decode(wire)).isEqualTo(list);
    assertThatThrownBy(() -> TargetPortGroupList.decode(bytes("00000000 05 00 0001")))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> TargetPortGroupList.decode(bytes("00000000 00 00 00")))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void provisioningSaysWhichCommandsUnmap() throws Exception {
    ByteBuffer wire = bytes("00 b2 0004 07 c6 02 00");
    LogicalBlockProvisioning page =
        new LogicalBlockProvisioning(0, 7, true, true, false, 1, true, 2);
    assertThat(LogicalBlockProvisioning.decode(wire)).isEqualTo(page);
    assertThat(page.encode()).isEqualTo(wire);
    LogicalBlockProvisioning ten = LogicalBlockProvisioning.decode(bytes("00 b2 0004 00 20 00 00"));
    assertThat(ten.writeSame10Unmap()).isTrue();
    assertThat(ten.unmap() || ten.writeSame16Unmap() || ten.anchor()).isFalse();
    assertThatThrownBy(() -> LogicalBlockProvisioning.decode(bytes("00 b2 0002 00 20")))
        .isInstanceOf(ProtocolException.class);
  }
}
