package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.host.HostCommandResult.Outcome;
import io.pathproof.initiator.multipath.IoOutcome;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import io.pathproof.protocol.scsi.StandardInquiry.TargetPortGroupSupport;
import io.pathproof.targets.array.scsi.Defect;
import io.pathproof.targets.array.scsi.LogicalUnits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SET TARGET PORT GROUPS, by the engine where I/O needs it and by the user. */
class ExplicitAccessTest {
  private static final Portal AT_1 = new Portal("10.0.0.1", 3260);
  private static final long MS = 1_000_000L;

  private SharedArray array =
      new SharedArray(TargetPortGroupSupport.EXPLICIT, AccessState.STANDBY, 300 * MS);

  private final List<HostCommandResult> results = new ArrayList<>();

  private FakeArray host() {
    FakeArray host = array.host("h", SharedArray.failover(), 0);
    host.start();
    return host;
  }

  private static DeviceCore device(FakeArray of) {
    return of.core.devices().get(0);
  }

  private static IoEnd write(FakeArray of) {
    IoEnd end = new IoEnd();
    device(of).write(0, 1, (path, attempt) -> ByteBuffer.allocate(512), end, of.nowNs);
    of.pump();
    return end;
  }

  private static void down(FakeArray of, String link) {
    of.refusing.add(link);
    of.cut(link);
  }

  private AccessState state(int group) {
    return array.units.accessState("vol0", group);
  }

  @Test
  void aPathInStandbyIsFoundWithoutItsSize() {
    FakeArray host = host();
    assertThat(device(host).paths()).extracting(HostPath::id).containsExactly("n1", "n2");
    assertThat(device(host).luPaths().get(1).unit.isUnsized()).isTrue();
    assertThat(device(host).unit().blockCount()).isEqualTo(SharedArray.BLOCKS);
    assertThat(host.core.devices()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = TargetPortGroupSupport.class,
      names = {"EXPLICIT", "IMPLICIT_AND_EXPLICIT"})
  void aGroupInStandbyIsActivatedBeforeIoGoesThere(TargetPortGroupSupport support) {
    array = new SharedArray(support, AccessState.STANDBY, 300 * MS);
    FakeArray host = host();
    write(host);
    down(host, "n1");
    IoEnd end = write(host);
    assertThat(end.result).isNull();
    host.pass(250);
    assertThat(end.result).isNull();
    host.pass(200);
    assertThat(end.result.outcome()).as(end.result.detail()).isEqualTo(IoOutcome.OK);
    assertThat(end.sent.toString()).isEqualTo("n2 ");
    assertThat(array.arrived)
        .containsExactly(
            "h node1 Write GOOD", "h node2 SetTargetPortGroups GOOD", "h node2 Write GOOD");
    assertThat(state(2)).isEqualTo(AccessState.ACTIVE_OPTIMIZED);
    assertThat(device(host).luPaths().get(1).unit.isUnsized()).isFalse();
    assertThat(host.log.of(HostEvent.PortGroupSet.class))
        .singleElement()
        .satisfies(
            set -> {
              assertThat(set.result().ok()).isTrue();
              assertThat(set.group()).isEqualTo(2);
              assertThat(set.tookNs()).isBetween(300 * MS, 450 * MS);
            });
    assertThat(write(host).result.outcome()).isEqualTo(IoOutcome.OK);
    assertThat(array.arrived).hasSize(4);
  }

  @Test
  void anImplicitArrayIsNotToldWhatToDo() {
    array = new SharedArray(TargetPortGroupSupport.IMPLICIT, AccessState.STANDBY, 0);
    FakeArray host = host();
    down(host, "n1");
    IoEnd end = write(host);
    host.pass(3_000);
    assertThat(end.result).isNull();
    assertThat(array.arrived).noneMatch(each -> each.contains("SetTargetPortGroups"));
    array.units.own(LogicalUnits.ALL, "node2", 0, host.nowNs);
    host.pass(3_000);
    assertThat(end.result.outcome()).isEqualTo(IoOutcome.OK);
  }

  @Test
  void aGroupThatServesIoAlreadyIsLeftAsItIs() {
    array =
        new SharedArray(
            TargetPortGroupSupport.EXPLICIT, AccessState.ACTIVE_NON_OPTIMIZED, 300 * MS);
    FakeArray host = host();
    down(host, "n1");
    assertThat(write(host).result.outcome()).isEqualTo(IoOutcome.OK);
    assertThat(array.arrived).containsExactly("h node2 Write GOOD");
    assertThat(state(2)).isEqualTo(AccessState.ACTIVE_NON_OPTIMIZED);
  }

  @Test
  void aTransitionThatDoesNotEndIsGivenUpAfterABoundedTimeAndTold() {
    FakeArray host = host();
    array.defects.set(Defect.STUCK_TRANSITION, true);
    down(host, "n1");
    IoEnd end = write(host);
    host.pass(59_000);
    assertThat(end.result).isNull();
    assertThat(host.log.of(HostEvent.PortGroupSet.class)).isEmpty();
    host.pass(2_000);
    assertThat(host.log.of(HostEvent.PortGroupSet.class))
        .singleElement()
        .satisfies(set -> assertThat(set.result().outcome()).isEqualTo(Outcome.INDETERMINATE));
    host.pass(200_000);
    assertThat(end.result.outcome()).isEqualTo(IoOutcome.FAILED);
  }

  @Test
  void anActivationThatIsRefusedIsToldAndNotRepeatedAtOnce() {
    FakeArray host = host();
    var server = host.servers.get("n2");
    List<Long> asked = new ArrayList<>();
    host.servers.put(
        "n2",
        task -> {
          if (task.cdb().get(0) == (byte) 0xa4) {
            asked.add(host.nowNs);
            return FakeLogicalUnit.sense(
                Sense.fixed(
                    SenseKey.HARDWARE_ERROR,
                    AdditionalSense.SET_TARGET_PORT_GROUPS_COMMAND_FAILED.asc(),
                    AdditionalSense.SET_TARGET_PORT_GROUPS_COMMAND_FAILED.ascq()));
          }
          return server.apply(task);
        });
    down(host, "n1");
    IoEnd end = write(host);
    host.pass(40_000);
    assertThat(end.result.outcome()).isEqualTo(IoOutcome.FAILED);
    // each time later than before
    assertThat(asked.size()).isBetween(3, 7);
    for (int i = 2; i < asked.size(); i++) {
      long waited = asked.get(i) - asked.get(i - 1);
      assertThat(waited).isGreaterThan(asked.get(i - 1) - asked.get(i - 2));
    }
    assertThat(host.log.of(HostEvent.PortGroupSet.class))
        .allSatisfy(
            set -> {
              assertThat(set.result().outcome()).isEqualTo(Outcome.REFUSED);
              assertThat(set.result().detail()).contains("67/0A");
            });
  }

  /** From now on the path answers SET TARGET PORT GROUPS so, in place of the array. */
  private static void answerActivation(FakeArray host, String link, TaskOutcome answer) {
    var server = host.servers.get(link);
    host.servers.put(link, task -> task.cdb().get(0) == (byte) 0xa4 ? answer : server.apply(task));
  }

  private static TaskOutcome commandFailed() {
    AdditionalSense failed = AdditionalSense.SET_TARGET_PORT_GROUPS_COMMAND_FAILED;
    return FakeLogicalUnit.sense(Sense.fixed(SenseKey.HARDWARE_ERROR, failed.asc(), failed.ascq()));
  }

  @Test
  void aPathThatWasUsedBeforeIsActivatedAgainAfterARefusal() {
    FakeArray host = host();
    device(host).setPortGroup(2, AccessState.ACTIVE_OPTIMIZED, results::add, host.nowNs);
    host.pump();
    host.pass(500);
    device(host).setPortGroup(2, AccessState.STANDBY, results::add, host.nowNs);
    host.pump();
    host.pass(500);
    assertThat(results).allMatch(HostCommandResult::ok).hasSize(2);
    assertThat(device(host).luPaths().get(1).unit.isUnsized()).isFalse();
    var sound = host.servers.get("n2");
    answerActivation(host, "n2", commandFailed());
    down(host, "n1");
    IoEnd end = write(host);
    host.pass(10);
    host.servers.put("n2", sound);
    host.pass(9_000);
    assertThat(end.result).isNotNull();
    assertThat(end.result.outcome()).as(end.result.detail()).isEqualTo(IoOutcome.OK);
    assertThat(end.sent.toString()).endsWith("n2 ");
  }

  @Test
  void ioGoesOnThroughAGroupThatServesItWhileItsStateIsBeingChanged() {
    FakeArray host = host();
    answerActivation(host, "n1", FakeArray.good(ByteBuffer.allocate(0)));
    device(host).setPortGroup(1, AccessState.ACTIVE_NON_OPTIMIZED, results::add, host.nowNs);
    host.pump();
    IoEnd end = write(host);
    assertThat(results).isEmpty();
    assertThat(end.result.outcome()).isEqualTo(IoOutcome.OK);
  }

  @Test
  void aStateToldBeforeTheCommandIsAnsweredIsNotItsResult() {
    FakeArray host = host();
    answerActivation(host, "n1", commandFailed());
    device(host).luPaths().get(0).askAccessState(host.nowNs);
    device(host).setPortGroup(1, AccessState.ACTIVE_OPTIMIZED, results::add, host.nowNs);
    host.pump();
    assertThat(results)
        .singleElement()
        .satisfies(each -> assertThat(each.outcome()).isEqualTo(Outcome.REFUSED));
  }

  @Test
  void aUserMakesAGroupThePreferredOne() {
    FakeArray host = host();
    device(host).setPortGroup(2, AccessState.ACTIVE_OPTIMIZED, results::add, host.nowNs);
    device(host).setPortGroup(2, AccessState.STANDBY, results::add, host.nowNs);
    host.pump();
    assertThat(results)
        .singleElement()
        .satisfies(each -> assertThat(each.detail()).contains("another change"));
    host.pass(500);
    assertThat(results).hasSize(2);
    assertThat(results.get(1).ok()).as(results.get(1).toString()).isTrue();
    assertThat(state(2)).isEqualTo(AccessState.ACTIVE_OPTIMIZED);
    // this array lets both serve; the group is put aside again
    device(host).setPortGroup(2, AccessState.STANDBY, results::add, host.nowNs);
    host.pump();
    host.pass(500);
    assertThat(results.get(2).ok()).as(results.get(2).toString()).isTrue();
    assertThat(state(2)).isEqualTo(AccessState.STANDBY);
    assertThat(write(host).result.outcome()).isEqualTo(IoOutcome.OK);
    assertThat(array.arrived).endsWith("h node1 Write GOOD");
  }

  @Test
  void aStateThatCannotBeAskedForIsRefusedByTheArray() {
    FakeArray host = host();
    device(host).setPortGroup(2, AccessState.OFFLINE, results::add, host.nowNs);
    host.pump();
    assertThat(results.get(0).outcome()).isEqualTo(Outcome.REFUSED);
    array = new SharedArray(TargetPortGroupSupport.IMPLICIT, AccessState.STANDBY, 0);
    FakeArray other = host();
    device(other).setPortGroup(2, AccessState.ACTIVE_OPTIMIZED, results::add, other.nowNs);
    assertThat(results.get(1).outcome()).isEqualTo(Outcome.NO_PATH);
  }

  @Test
  void twoHostsTakeTheVolumeFromEachOtherOnlyWhenTheyNeedIt() {
    FakeArray host = host();
    FakeArray other = array.host("o", SharedArray.failover(), 0);
    other.nowNs = host.nowNs;
    other.start();
    down(other, "n1");
    IoEnd theirs = write(other);
    other.pass(500);
    assertThat(theirs.result.outcome()).isEqualTo(IoOutcome.OK);
    // both groups serve now, and the first host stays where it was
    host.pass(500);
    assertThat(write(host).result.outcome()).isEqualTo(IoOutcome.OK);
    assertThat(array.arrived).endsWith("h node1 Write GOOD");
  }

  // the header of REPORT TARGET PORT GROUPS

  private static FakeArray reporting() {
    FakeArray fake = FakeArray.of(SharedArray.failover(), 0, new HostLink("l1", "nic", AT_1, 1));
    FakeLogicalUnit unit = fake.units.get("l1");
    unit.asymmetric = true;
    unit.states.put(1, AccessState.ACTIVE_OPTIMIZED);
    return fake;
  }

  @Test
  void theExtendedHeaderBringsTheTransitionTime() {
    FakeArray fake = reporting();
    fake.units.get("l1").groupsData =
        ByteBuffer.allocate(16)
            .putInt(12)
            .put((byte) 0x10)
            .put((byte) 90)
            .putShort((short) 0)
            .put((byte) 0)
            .put((byte) 0x8f)
            .putShort((short) 1)
            .putInt(0)
            .flip();
    fake.start();
    assertThat(device(fake).luPaths().get(0).transitionNs()).isEqualTo(90_000 * MS);
    assertThat(fake.log.of(HostEvent.AccessStateTold.class)).hasSize(1);
  }

  @Test
  void withoutTheExtendedHeaderThePlainOneIsAsked() {
    FakeArray fake = reporting();
    FakeLogicalUnit unit = fake.units.get("l1");
    unit.objects =
        cdb ->
            cdb instanceof Cdb.ReportTargetPortGroups asked && asked.extendedHeader()
                ? Sense.fixed(SenseKey.ILLEGAL_REQUEST, 0x24, 0)
                : null;
    fake.start();
    assertThat(fake.log.of(HostEvent.AccessStateTold.class))
        .singleElement()
        .satisfies(told -> assertThat(told.state()).isEqualTo("active/optimized"));
    unit.toldFirst.add(Sense.fixed(SenseKey.UNIT_ATTENTION, 0x2a, 0x06));
    assertThat(write(fake).result.outcome()).isEqualTo(IoOutcome.OK);
    assertThat(unit.received.stream().filter(Cdb.ReportTargetPortGroups.class::isInstance))
        .extracting(each -> ((Cdb.ReportTargetPortGroups) each).extendedHeader())
        .containsExactly(true, false, false);
  }

  @Test
  void accessByLogicalBlockIsToldAsUnsupported() {
    FakeArray fake = reporting();
    fake.units.get("l1").states.put(1, AccessState.LOGICAL_BLOCK_DEPENDENT);
    fake.start();
    assertThat(fake.log.of(HostEvent.AccessStateUnsupported.class)).hasSize(1);
    FakeArray plain = reporting();
    plain.start();
    assertThat(plain.log.of(HostEvent.AccessStateUnsupported.class)).isEmpty();
  }

  @Test
  void aUnitAttentionOnReportLunsIsTold() {
    FakeArray fake = reporting();
    List<String> asked = new ArrayList<>();
    fake.units.get("l1").objects =
        cdb -> {
          if (cdb instanceof Cdb.ReportLuns && asked.isEmpty()) {
            asked.add("once");
            return Sense.fixed(SenseKey.UNIT_ATTENTION, 0x3f, 0x0e);
          }
          return null;
        };
    fake.start();
    assertThat(fake.log.of(HostEvent.UnitAttention.class))
        .singleElement()
        .satisfies(told -> assertThat(told.asc() << 8 | told.ascq()).isEqualTo(0x3f0e));
    assertThat(fake.core.devices()).hasSize(1);
  }
}
