package io.pathproof.initiator.host;

import static io.pathproof.initiator.host.FailoverScene.A;
import static io.pathproof.initiator.host.FailoverScene.B;
import static io.pathproof.initiator.host.FailoverScene.C;
import static io.pathproof.initiator.host.FailoverScene.CHECKER_MS;
import static io.pathproof.initiator.host.FailoverScene.MULTIPATH;
import static io.pathproof.initiator.host.FailoverScene.array;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.session.ChapCredentials;
import io.pathproof.initiator.session.ChapSettings;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A host's logic against an array that is played by the test, in the test's own time. */
class HostCoreTest {
  private static final int LOGIN_MS = FakeArray.LOGIN_MS;

  private static List<String> names(List<DeviceCore> devices) {
    return devices.stream().map(DeviceCore::name).toList();
  }

  private static List<String> paths(DeviceCore device) {
    return device.paths().stream().map(HostPath::id).toList();
  }

  private static IoLog write(FakeArray array) {
    return array.write();
  }

  @Test
  void pathsOfOneIdentityMakeOneDeviceInTheOrderOfTheLinks() {
    FakeArray array = array(MULTIPATH, A, B, C);
    // the last one is found first
    array.core.start(array.nowNs);
    array.core.onDiscovered(C, array.advertised.get(C.id()), array.nowNs);
    array.pump();
    assertThat(names(array.core.devices())).containsExactly("mpatha");
    assertThat(paths(array.core.devices().get(0))).containsExactly(A.id(), B.id(), C.id());
    assertThat(names(array.core.pathDevices())).containsExactly("sda", "sdb", "sdc");
    assertThat(array.core.pathDevices())
        .map(HostCoreTest::paths)
        .containsExactly(List.of(A.id()), List.of(B.id()), List.of(C.id()));
    assertThat(array.core.devices().get(0).unit().serialNumber()).isEqualTo("serial7");
    assertThat(array.log.of(HostEvent.DeviceFound.class)).hasSize(1);
  }

  @Test
  void unitsOfTwoIdentitiesAreTwoDevices() {
    FakeArray array = array(MULTIPATH, A, B);
    array.units.get(B.id()).naa[15] = 99;
    array.start();
    assertThat(names(array.core.devices())).containsExactly("mpatha", "mpathb");
  }

  @Test
  void withoutMultipathingEachPathIsADevice() {
    FakeArray array = array(MultipathSettings.singlePath(CHECKER_MS), A, B, C).start();
    assertThat(names(array.core.devices())).containsExactly("sda", "sdb", "sdc");
    assertThat(paths(array.core.devices().get(1))).containsExactly(B.id());
  }

  @Test
  void aPathThatClaimsTheIdentityWithAnotherSizeIsRefused() {
    FakeArray array = array(MULTIPATH, A, B);
    array.units.get(B.id()).lastBlock = 1999;
    array.start();
    assertThat(paths(array.core.devices().get(0))).containsExactly(A.id());
    assertThat(array.log.of(HostEvent.PathRefused.class)).hasSize(1);
  }

  @Test
  void aSilentLinkHoldsTheStartUpForTwiceTheLoginTimeoutAtMost() {
    FakeArray array = array(MULTIPATH, A, B);
    array.advertised.remove(B.id());
    array.start();
    array.pass(2 * LOGIN_MS - 1);
    assertThat(array.ready).isFalse();
    array.pass(1);
    assertThat(array.ready).isTrue();
    assertThat(paths(array.core.devices().get(0))).containsExactly(A.id());

    array.advertise(B, B.portal());
    array.core.onDiscovered(B, array.advertised.get(B.id()), array.nowNs);
    array.pump();
    assertThat(paths(array.core.devices().get(0))).containsExactly(A.id(), B.id());
    assertThat(array.log.of(HostEvent.PathJoined.class)).hasSize(1);
  }

  @Test
  void aLinkThatRefusesIsAskedAgainAndJoinsLater() {
    FakeArray array = array(MULTIPATH, A, B);
    array.refusing.add(B.id());
    array.start();
    assertThat(array.ready).as("every link was tried").isTrue();
    array.pass(250);
    assertThat(array.log.of(HostEvent.DiscoveryFailed.class)).hasSize(3);
    array.refusing.clear();
    array.pass(100);
    assertThat(paths(array.core.devices().get(0))).containsExactly(A.id(), B.id());
    int asked = array.discoveries.size();
    array.pass(10_000);
    assertThat(array.discoveries).as("a link with a session asks no more").hasSize(asked);
  }

  @Test
  void aRefusedLoginCountsAsTried() {
    FakeArray array = array(MULTIPATH, A, B);
    array.advertise(A, A.portal(), B.portal());
    array.refusing.add(B.id());
    array.start();
    assertThat(array.ready).isTrue();
    assertThat(array.log.of(HostEvent.SessionNoted.class))
        .contains(
            new HostEvent.SessionNoted(
                B, FakeArray.TARGET, new SessionEvent.LoginFailed(B.portal(), FakeArray.REFUSED)));
  }

  @Test
  void aPortalThatTwoLinksTellOfGetsOneSession() {
    FakeArray array = array(MULTIPATH, A, B);
    array.advertise(A, A.portal(), B.portal());
    array.advertise(B, B.portal(), A.portal());
    array.start();
    assertThat(array.sessions).hasSize(2);
    assertThat(array.log.of(HostEvent.AddressUnreachable.class)).isEmpty();
  }

  @Test
  void anAddressIsResolvedOnlyThroughLinksOfTheSameAdapter() {
    FakeArray array = array(MULTIPATH, A, C);
    array.advertise(A, A.portal(), C.portal());
    array.advertise(C, new Portal("192.0.2.1", 3260));
    array.start();
    assertThat(array.sessions).hasSize(1);
    assertThat(array.log.of(HostEvent.AddressUnreachable.class))
        .containsExactly(
            new HostEvent.AddressUnreachable("nic0", FakeArray.TARGET, C.portal()),
            new HostEvent.AddressUnreachable(
                "nic1", FakeArray.TARGET, new Portal("192.0.2.1", 3260)));
  }

  @Test
  @Tag("rfc7143:4.2.7.1-b")
  void aTargetIsKnownByItsPreparedNameAndSpokenToByTheOneThatItTells() {
    ChapSettings own = ChapSettings.oneWay(new ChapCredentials("host", "its own secret"));
    String told = FakeArray.TARGET.toUpperCase(Locale.ROOT);
    FakeArray array =
        new FakeArray(
            HostSettings.builder("iqn.2026-11.test:Host", List.of(A))
                .targets(Set.of(FakeArray.TARGET.replace('t', 'T')))
                .targetChap(Map.of(FakeArray.TARGET.replace('e', 'E'), own))
                .build());
    assertThat(array.core.settings().initiatorName()).isEqualTo("iqn.2026-11.test:host");
    array.advertised.put(A.id(), List.of(new SendTargets.Target(told, List.of())));
    array.start();
    assertThat(array.log.of(HostEvent.TargetPassedOver.class)).isEmpty();
    assertThat(array.sessions.get(0).settings.targetName()).contains(told);
    assertThat(array.sessions.get(0).settings.chap()).contains(own);
  }

  @Test
  void aTargetOfAnotherNameIsPassedOverAndTold() {
    FakeArray array = array(MULTIPATH, A);
    array.advertised.put(A.id(), List.of(new SendTargets.Target("iqn.x", List.of())));
    array.start();
    assertThat(array.sessions).isEmpty();
    assertThat(array.log.of(HostEvent.TargetPassedOver.class))
        .containsExactly(new HostEvent.TargetPassedOver(A, "iqn.x"));
  }

  @Test
  @Tag("rfc7143:10.1.1-a")
  void eachLinkHasAnIsidOfItsOwnThatLasts() {
    FakeArray array = array(MULTIPATH, A, B).start();
    var first = array.session(A.id()).settings.isid();
    assertThat(first).isNotEqualTo(array.session(B.id()).settings.isid());
    assertThat(array.discoveries.get(0).isid())
        .isNotIn(first, array.session(B.id()).settings.isid());
    FakeArray again = array(MULTIPATH, A, B).start();
    assertThat(again.session(A.id()).settings.isid()).isEqualTo(first);
  }

  @Test
  void aRejectedLoginIsToldWithItsReasonAndTriedAgain() {
    FakeArray array = array(MULTIPATH, A, B);
    SessionFailure rejection =
        new SessionFailure(SessionFailure.Reason.LOGIN_REJECTED, "login status 0x0206", false);
    array.rejecting.put(B.id(), rejection);
    array.start();
    assertThat(array.ready).isTrue();
    assertThat(paths(array.core.devices().get(0))).containsExactly(A.id());
    assertThat(array.log.of(HostEvent.SessionNoted.class))
        .contains(
            new HostEvent.SessionNoted(
                B, FakeArray.TARGET, new SessionEvent.LoginFailed(B.portal(), rejection)));
    assertThat(array.log.of(HostEvent.SessionEnded.class))
        .containsExactly(new HostEvent.SessionEnded(B, FakeArray.TARGET, rejection));
    array.rejecting.clear();
    array.pass(LOGIN_MS - 1);
    assertThat(paths(array.core.devices().get(0))).containsExactly(A.id());
    array.pass(1);
    assertThat(paths(array.core.devices().get(0))).containsExactly(A.id(), B.id());
  }

  @Test
  void theProbeTakesUnitAttentionsAndTheShorterReadCapacity() {
    FakeArray array = array(MULTIPATH, A);
    FakeLogicalUnit unit = array.units.get(A.id());
    unit.attentions = 3;
    unit.knowsCapacity16 = false;
    unit.pages = List.of(0x00, 0x80, 0x83, 0xb0);
    array.start();
    LogicalUnit found = array.core.devices().get(0).unit();
    assertThat(found.blockCount()).isEqualTo(1000);
    assertThat(found.maxTransferBlocks()).isEqualTo(128);
    assertThat(found.identity()).isEqualTo("naa.600102030405060708090a0b0c0d0e0f");
    assertThat(unit.received).filteredOn(Cdb.TestUnitReady.class::isInstance).hasSize(4);
    assertThat(unit.received).filteredOn(Cdb.ReadCapacity10.class::isInstance).hasSize(1);
  }

  @Test
  void aUnitWithoutPage83IsKnownByItsSerialNumber() {
    FakeArray array = array(MULTIPATH, A);
    array.units.get(A.id()).pages = List.of(0x00, 0x80);
    array.start();
    assertThat(array.core.devices().get(0).unit().identity()).isEqualTo("serial.FAKE.DISK.serial7");
  }

  @Test
  void aUnitThatIsNotReadyIsProbedAgain() {
    FakeArray array = array(MULTIPATH, A);
    array.units.get(A.id()).notReady = Sense.fixed(SenseKey.NOT_READY, 0x04, 0x01);
    array.start();
    assertThat(array.core.devices()).isEmpty();
    assertThat(array.log.of(HostEvent.ProbeFailed.class))
        .singleElement()
        .satisfies(event -> assertThat(event.step()).isEqualTo("TEST UNIT READY"));
    array.units.get(A.id()).notReady = null;
    array.pass(CHECKER_MS - 1);
    assertThat(array.core.devices()).isEmpty();
    array.pass(1);
    assertThat(names(array.core.devices())).containsExactly("mpatha");
  }

  @Test
  void whatIsNoDiskIsLeftAsideAndTold() {
    FakeArray array = array(MULTIPATH, A);
    array.units.get(A.id()).peripheral = 0x0c;
    array.start();
    array.pass(10 * CHECKER_MS);
    assertThat(array.core.devices()).isEmpty();
    assertThat(array.log.of(HostEvent.NoDisk.class)).hasSize(1);
  }

  @Test
  void detachingIsBoundedWhenLogoutsHang() {
    FakeArray array = array(MULTIPATH, A, B).start();
    array.logoutsHang = true;
    array.core.detach(array.nowNs);
    array.pump();
    array.pass(4_999);
    assertThat(array.detached).isFalse();
    array.pass(1);
    assertThat(array.detached).isTrue();
    assertThat(write(array).lines).containsExactly("completed FAILED ");
  }

  @Test
  @Tag("rfc7143:4.4.3-a")
  void linksThatCannotBeToldApartAreRefused() {
    HostLink sameIsid = new HostLink("x", "nic0", new Portal("10.10.1.9", 3260), 1);
    HostLink sameWay = new HostLink("y", "nic0", A.portal(), 9);
    assertThatThrownBy(() -> array(MULTIPATH, A, sameIsid)).hasMessageContaining("isidQualifier 1");
    assertThatThrownBy(() -> array(MULTIPATH, A, sameWay)).hasMessageContaining("way nic0 to");
    assertThatThrownBy(() -> array(MULTIPATH, A, A)).hasMessageContaining("id nic0:node1.a");
  }
}
