package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.FencePolicy;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.session.Portal;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import io.pathproof.protocol.scsi.VpdPage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * I/O that is kept while a session reconnects goes to the logical unit that it is for, or nowhere.
 * Address, target and portal group tag are the same all through, as they are where two nodes have
 * been set up alike.
 */
class IdentityHoldTest {
  private static final int CHECKER_MS = 500;
  private static final int RECOVERY_MS = 20_000;
  private static final HostLink A =
      new HostLink("nic0:node1.a", "nic0", new Portal("10.10.1.1", 3260), 1);
  private static final HostLink B =
      new HostLink("nic0:node2.a", "nic0", new Portal("10.10.1.2", 3260), 2);
  private static final MultipathSettings SINGLE = MultipathSettings.singlePath(CHECKER_MS);
  private static final MultipathSettings MULTIPATH =
      MultipathSettings.multipath(
              Policy.FAILOVER, 1, 0, true, Failback.IMMEDIATE, 5_000, CHECKER_MS)
          .toBuilder()
          .fence(FencePolicy.none())
          .retryDelayMs(100)
          .build();

  private static FakeArray array(MultipathSettings settings, HostLink... links) {
    FakeArray array = FakeArray.of(settings, RECOVERY_MS, links).start();
    array.keepsTasks = true;
    return array;
  }

  private static void becomeAnother(FakeArray array) {
    FakeLogicalUnit unit = array.units.get(A.id());
    unit.naa[15] = 99;
    unit.received.clear();
  }

  private static List<Cdb> writes(FakeArray array) {
    return array.units.get(A.id()).received.stream().filter(Cdb.Write.class::isInstance).toList();
  }

  @Test
  void aWriteThatWasKeptDoesNotLandOnAnotherUnit() {
    FakeArray array = array(SINGLE, A);
    array.cut(A.id());
    IoLog kept = array.write();
    becomeAnother(array);
    array.reconnect(A.id(), A.portal());
    assertThat(kept.lines)
        .containsExactly(
            "sent " + A.id() + " #1",
            "ended " + A.id() + " #1 FAILED false",
            "completed FAILED " + A.id());
    assertThat(array.write().lines).last().isEqualTo("completed FAILED " + A.id());
    array.pass(10 * CHECKER_MS);
    assertThat(array.write().lines).last().isEqualTo("completed FAILED " + A.id());
    assertThat(writes(array)).isEmpty();

    array.units.get(A.id()).naa[15] = 15;
    array.pass(CHECKER_MS);
    assertThat(array.write().lines).last().isEqualTo("completed OK " + A.id());
    assertThat(writes(array)).hasSize(1);
  }

  @Test
  void aWriteThatWasKeptGoesDownAnotherPathThen() {
    FakeArray array = array(MULTIPATH, A, B);
    array.cut(A.id());
    IoLog kept = array.write();
    becomeAnother(array);
    array.reconnect(A.id(), A.portal());
    assertThat(kept.lines)
        .containsExactly(
            "sent " + A.id() + " #1",
            "ended " + A.id() + " #1 FAILED true",
            "sent " + B.id() + " #2",
            "completed OK " + B.id());
    assertThat(writes(array)).isEmpty();
  }

  @Test
  void theDeviceOfThePathAloneIsHeldBackAsWell() {
    FakeArray array = array(MULTIPATH, A, B);
    array.cut(A.id());
    IoLog below = new IoLog();
    array
        .core
        .pathDevices()
        .get(0)
        .write(0, 1, (path, attempt) -> java.nio.ByteBuffer.allocate(512), below, array.nowNs);
    becomeAnother(array);
    array.reconnect(A.id(), A.portal());
    assertThat(below.lines).last().isEqualTo("completed FAILED " + A.id());
    assertThat(writes(array)).isEmpty();
  }

  @Test
  void aSessionThatIsOpenedAnewAsksFirstAsWell() {
    FakeArray array = array(SINGLE, A);
    FakeArray.Session session = array.session(A.id());
    array.cut(A.id());
    array.refusing.add(A.id());
    array.close(0);
    array.pump();
    assertThat(session.ended).isTrue();
    session.guarded.clear(); // a new session of the binding
    array.pass(FakeArray.LOGIN_MS);
    assertThat(session.ended).as("opened anew").isFalse();
    IoLog kept = array.write();
    becomeAnother(array);
    array.reconnect(A.id(), A.portal());
    assertThat(kept.lines).last().isEqualTo("completed FAILED " + A.id());
    assertThat(writes(array)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"4, 1", "4, 10"})
  void whoItIsIsAskedAgainSoonWhileTheUnitPutsOff(int asc, int ascq) {
    FakeArray array = array(MULTIPATH, A, B);
    FakeLogicalUnit unit = array.units.get(A.id());
    array.cut(A.id());
    IoLog kept = array.write();
    unit.objects = cdb -> isIdentification(cdb) ? notReady(asc, ascq) : null;
    unit.received.clear();
    array.reconnect(A.id(), A.portal());
    array.pass(250);
    assertThat(kept.lines).containsExactly("sent " + A.id() + " #1");
    assertThat(unit.received).filteredOn(IdentityHoldTest::isIdentification).hasSize(3);
    unit.objects = cdb -> null;
    array.pass(50);
    assertThat(kept.lines).last().isEqualTo("completed OK " + A.id());
    assertThat(array.log.paths(false)).isEmpty();
  }

  @Test
  void aUnitThatCannotSayWhoItIsIsLeftForAnotherPath() {
    FakeArray array = array(MULTIPATH, A, B);
    FakeLogicalUnit unit = array.units.get(A.id());
    array.cut(A.id());
    IoLog kept = array.write();
    Sense unsupported = Sense.fixed(SenseKey.ILLEGAL_REQUEST, 0x25, 0x00);
    unit.objects = cdb -> isIdentification(cdb) ? unsupported : null;
    unit.received.clear();
    array.reconnect(A.id(), A.portal());
    assertThat(kept.lines).last().isEqualTo("completed OK " + B.id());
    assertThat(writes(array)).isEmpty();
    assertThat(array.log.paths(false)).containsExactly(A.id());
    unit.objects = cdb -> null;
    array.pass(CHECKER_MS);
    assertThat(array.write().lines).last().isEqualTo("completed OK " + A.id());
  }

  @Test
  void soIsItWithoutIo() {
    FakeArray array = array(MULTIPATH, A, B);
    array.cut(A.id());
    Sense unsupported = Sense.fixed(SenseKey.ILLEGAL_REQUEST, 0x25, 0x00);
    array.units.get(A.id()).objects = cdb -> isIdentification(cdb) ? unsupported : null;
    array.reconnect(A.id(), A.portal());
    assertThat(array.log.paths(false)).containsExactly(A.id());
  }

  @Test
  void aDiskThatIsGoneIsLeftForAnotherPath() {
    FakeArray array = array(MULTIPATH, A, B);
    array.cut(A.id());
    IoLog kept = array.write();
    array.units.get(A.id()).peripheral = 0x1f;
    array.units.get(A.id()).received.clear();
    array.reconnect(A.id(), A.portal());
    assertThat(kept.lines).last().isEqualTo("completed OK " + B.id());
    assertThat(writes(array)).isEmpty();
  }

  @Test
  void oneThatIsTheSameButNotReadySaysSoToTheIoItself() {
    FakeArray array = array(MULTIPATH, A, B);
    FakeLogicalUnit unit = array.units.get(A.id());
    array.cut(A.id());
    IoLog kept = array.write();
    unit.notReady = notReady(0x04, 0x0b);
    unit.ioFails = unit.notReady;
    array.reconnect(A.id(), A.portal());
    assertThat(kept.lines).as("standby").last().isEqualTo("completed OK " + B.id());
  }

  @Test
  void oneOfAnotherSizeIsRefused() {
    FakeArray array = array(SINGLE, A);
    array.cut(A.id());
    array.units.get(A.id()).lastBlock = 1_999;
    array.reconnect(A.id(), A.portal());
    assertThat(array.log.of(HostEvent.PathRefused.class))
        .extracting(HostEvent.PathRefused::why)
        .containsExactly(
            "it was naa.600102030405060708090a0b0c0d0e0f of 1000 blocks of 512 bytes, now it is"
                + " naa.600102030405060708090a0b0c0d0e0f of 2000 blocks of 512 bytes");
    assertThat(array.write().lines).last().isEqualTo("completed FAILED " + A.id());
  }

  private static boolean isIdentification(Cdb cdb) {
    return cdb instanceof Cdb.Inquiry inquiry
        && inquiry.vitalProductData()
        && inquiry.pageCode() == VpdPage.DEVICE_IDENTIFICATION;
  }

  private static Sense notReady(int asc, int ascq) {
    return Sense.fixed(SenseKey.NOT_READY, asc, ascq);
  }
}
