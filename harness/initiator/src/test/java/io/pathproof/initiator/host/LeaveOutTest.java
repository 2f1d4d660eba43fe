package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.multipath.PathState;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionTimers;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Links that a host is told not to use, as those of a VMkernel port that is not compliant. */
class LeaveOutTest {
  private static final HostLink A = link("vmk1", "node1.a", 1);
  private static final HostLink B = link("vmk2", "node2.a", 2);
  private static final String WHY = "vmk1 has standby adapter vmnic1";

  private static HostLink link(String adapter, String port, int number) {
    return new HostLink(
        adapter + ":" + port, adapter, new Portal("10.10.1." + number, 3260), number);
  }

  private static final MultipathSettings MULTIPATH =
      MultipathSettings.multipath(Policy.FAILOVER, 1, 0, true, Failback.IMMEDIATE, 5_000, 500);

  private static FakeArray array() {
    return FakeArray.of(MULTIPATH, 0, A, B);
  }

  @Test
  @Tag("PB-2")
  void aLinkLeftOutFromTheBeginningIsNeitherAskedNorLoggedInOver() {
    FakeArray array = array();
    array.core.leaveOut(A, WHY, array.nowNs);
    // the other link tells of it, and leads there by the same adapter only
    array.start();

    assertThat(array.ready).isTrue();
    assertThat(array.discoveries).hasSize(1);
    assertThat(array.core.devices().get(0).paths())
        .extracting(HostPath::id)
        .containsExactly(B.id());
    array.pass(60_000);
    assertThat(array.discoveries).hasSize(1);
    assertThat(array.sessions).hasSize(1);

    array.core.takeIn(A, array.nowNs);
    array.pump();
    assertThat(array.core.devices().get(0).paths())
        .extracting(HostPath::id)
        .containsExactly(A.id(), B.id());
  }

  @Test
  void aHostWithAllLinksLeftOutIsReadyWithoutDevices() {
    FakeArray array = array();
    array.core.leaveOut(A, WHY, array.nowNs);
    array.core.leaveOut(B, WHY, array.nowNs);
    array.start();

    assertThat(array.ready).isTrue();
    assertThat(array.core.devices()).isEmpty();
    array.core.takeIn(B, array.nowNs);
    array.pump();
    assertThat(array.core.devices()).hasSize(1);
  }

  @Test
  @Tag("PB-3")
  void aLinkLeftOutLaterLosesItsSessionUntilItIsTakenIn() {
    FakeArray array = array().start();
    DeviceCore device = array.core.devices().get(0);
    assertThat(device.pathState(A.id())).isEqualTo(PathState.ACTIVE);

    array.core.leaveOut(A, WHY, array.nowNs);
    assertThat(device.pathState(A.id())).isEqualTo(PathState.FAILED);
    IoLog io = array.write();
    assertThat(io.lines).contains("completed OK " + B.id());
    assertThat(array.log.of(HostEvent.PathChanged.class))
        .anySatisfy(
            change -> {
              assertThat(change.path().id()).isEqualTo(A.id());
              assertThat(change.up()).isFalse();
              assertThat(change.cause()).isEqualTo(WHY);
            });
    assertThat(array.session(A.id()).ended).isTrue();
    array.pass(60_000);
    assertThat(array.session(A.id()).ended).as("not opened anew").isTrue();
    assertThat(device.pathState(A.id())).isEqualTo(PathState.FAILED);

    array.core.takeIn(A, array.nowNs);
    array.pump();
    assertThat(array.session(A.id()).up).isTrue();
    array.pass(1_000);
    assertThat(device.pathState(A.id())).isEqualTo(PathState.ACTIVE);
  }

  @Test
  void aLinkTakenInWhileItLogsOutIsLoggedInAgainAtOnce() {
    FakeArray array = array().start();
    array.core.leaveOut(A, WHY, array.nowNs);
    array.core.takeIn(A, array.nowNs);
    array.pump();
    array.pass(1);
    assertThat(array.session(A.id()).up).isTrue();
  }

  @Test
  @Tag("PB-11")
  void aTargetHasTheOptionsOfWhereItWasDiscovered() {
    TargetOptions advised = new TargetOptions(OptionalLong.of(TimeUnit.SECONDS.toNanos(30)), false);
    FakeArray array =
        new FakeArray(
            HostSettings.builder("iqn.2026-11.io.pathproof:host", List.of(A, B))
                .targets(Set.of(FakeArray.TARGET))
                .timers(
                    SessionTimers.ofMillis(FakeArray.LOGIN_MS, 200, 200, 30_000, 15_000, 0, 100))
                .multipath(MULTIPATH)
                .targetOptions(
                    (discovered, link) -> discovered.equals(A) ? advised : TargetOptions.INHERITED)
                .build());
    array.start();

    assertThat(array.discoveries)
        .extracting(each -> each.timers().loginTimeoutNs())
        .containsExactly(
            TimeUnit.SECONDS.toNanos(30), TimeUnit.MILLISECONDS.toNanos(FakeArray.LOGIN_MS));
    assertThat(array.session(A.id()).settings.timers().loginTimeoutNs())
        .isEqualTo(TimeUnit.SECONDS.toNanos(30));
    assertThat(array.session(B.id()).settings.timers().loginTimeoutNs())
        .isEqualTo(TimeUnit.MILLISECONDS.toNanos(FakeArray.LOGIN_MS));
    assertThat(array.core.options(0)).isEqualTo(advised);
    assertThat(array.core.options(1).delayedAck()).isTrue();
  }
}
