package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.CheckedBy;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.multipath.MultipathSettings.PrioritizedBy;
import io.pathproof.initiator.multipath.PathOptions;
import io.pathproof.initiator.multipath.PathState;
import io.pathproof.initiator.session.Portal;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** How what is said of paths, and the checker that is chosen, act on a device. */
class PathChoiceTest {
  private static final HostLink A = link("node1.a", 1);
  private static final HostLink B = link("node2.a", 2);
  private static final Sense MEDIUM_ERROR = Sense.fixed(SenseKey.MEDIUM_ERROR, 0x11, 0x00);

  private static HostLink link(String port, int number) {
    return new HostLink("nic0:" + port, "nic0", new Portal("10.10.1." + number, 3260), number);
  }

  private static MultipathSettings.Builder multipath(Policy policy) {
    return MultipathSettings.builder().policy(policy).checkerIntervalMs(500);
  }

  private static FakeArray array(
      MultipathSettings.Builder multipath, Function<HostPath, PathOptions> options) {
    HostSettings plain = FakeArray.of(multipath.build(), 0, A, B).core.settings();
    return new FakeArray(plain.toBuilder().pathOptions(options).build());
  }

  private static PathOptions only(HostPath path, HostLink link, PathOptions options) {
    return path.link().equals(link) ? options : PathOptions.DEFAULT;
  }

  private static String carrier(FakeArray array) {
    List<String> lines = array.write().lines;
    return lines.get(lines.size() - 1).substring("completed OK ".length());
  }

  @Test
  void theDesignatedPathCarriesTheIo() {
    FakeArray array =
        array(multipath(Policy.FIXED), path -> only(path, B, new PathOptions(true, 1, 0))).start();
    assertThat(carrier(array)).isEqualTo(B.id());
    assertThat(array.core.devices().get(0).loads().get(B.id()).writes()).isEqualTo(1);
    assertThat(array.core.devices().get(0).loads().get(A.id()).ios()).isZero();
  }

  @Test
  void weightsRankPathsWhateverTheArraySays() {
    FakeArray array =
        array(
            multipath(Policy.FAILOVER).prioritizer(PrioritizedBy.WEIGHTED),
            path -> only(path, B, new PathOptions(false, 1, 7)));
    statesOf(array);
    assertThat(carrier(array.start())).isEqualTo(B.id());
  }

  @Test
  void byTheConstantPrioritizerTheArraysStatesDoNotCount() {
    FakeArray byState = array(multipath(Policy.FAILOVER), path -> PathOptions.DEFAULT);
    byState.units.get(A.id()).portGroup = 2;
    byState.units.get(B.id()).portGroup = 1;
    statesOf(byState);
    assertThat(carrier(byState.start())).isEqualTo(B.id());
    FakeArray constant =
        array(
            multipath(Policy.FAILOVER).prioritizer(PrioritizedBy.CONSTANT),
            path -> PathOptions.DEFAULT);
    constant.units.get(A.id()).portGroup = 2;
    constant.units.get(B.id()).portGroup = 1;
    statesOf(constant);
    assertThat(carrier(constant.start())).isEqualTo(A.id());
  }

  private static void statesOf(FakeArray array) {
    for (FakeLogicalUnit unit : array.units.values()) {
      unit.asymmetric = true;
      unit.states.put(1, AccessState.ACTIVE_OPTIMIZED);
      unit.states.put(2, AccessState.ACTIVE_NON_OPTIMIZED);
    }
  }

  /** Path A fails, and comes back with a logical unit that is ready but cannot be read. */
  private static PathState stateThoughReadsFail(CheckedBy checker) {
    FakeArray array =
        array(multipath(Policy.FAILOVER).checker(checker), path -> PathOptions.DEFAULT).start();
    array.cut(A.id());
    array.units.get(A.id()).ioFails = MEDIUM_ERROR;
    array.units.get(A.id()).received.clear();
    array.reconnect(A.id(), A.portal());
    array.pass(2_000);
    DeviceCore device = array.core.devices().get(0);
    PathState state = device.pathState(A.id());
    if (state == PathState.FAILED) {
      array.units.get(A.id()).ioFails = null;
      array.pass(1_000);
      assertThat(device.pathState(A.id())).as("readable again").isEqualTo(PathState.ACTIVE);
    }
    return state;
  }

  @Test
  void aUnitThatIsReadyButCannotBeReadIsUpForOneCheckerAndDownForAnother() {
    assertThat(stateThoughReadsFail(CheckedBy.TEST_UNIT_READY)).isEqualTo(PathState.ACTIVE);
    assertThat(stateThoughReadsFail(CheckedBy.SESSION)).isEqualTo(PathState.ACTIVE);
    assertThat(stateThoughReadsFail(CheckedBy.READ)).isEqualTo(PathState.FAILED);
  }

  @Test
  void aPathInUseIsAskedWhatItsCheckerAsksAndNothingBySessionState() {
    for (CheckedBy checker : CheckedBy.values()) {
      FakeArray array =
          array(
                  multipath(Policy.FAILOVER).checker(checker).maxCheckerIntervalMs(1_000),
                  path -> PathOptions.DEFAULT)
              .start();
      array.units.values().forEach(unit -> unit.received.clear());
      array.pass(600);
      List<Cdb> asked = array.units.get(A.id()).received;
      switch (checker) {
        case TEST_UNIT_READY -> assertThat(asked).containsExactly(new Cdb.TestUnitReady());
        case READ -> assertThat(asked).containsExactly(Cdb.Read.of(0, 1));
        case SESSION -> assertThat(asked).isEmpty();
      }
    }
  }
}
