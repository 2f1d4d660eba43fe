package io.pathproof.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.pathproof.initiator.host.HostEvent;
import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.host.HostPath;
import io.pathproof.initiator.multipath.CheckerState;
import io.pathproof.initiator.multipath.DeviceState;
import io.pathproof.initiator.multipath.FailureScope;
import io.pathproof.initiator.multipath.Fence;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionState;
import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.History;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TargetAddress;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Lun;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class HostHistoryTest {
  private static final LinkId LINK = new LinkId("esx1.nic0", "vip");
  private static final HostLink WAY =
      new HostLink("nic0:vip", "nic0", new Portal("10.0.0.1", 3260), 0);
  private static final HostPath PATH = new HostPath("nic0:vip", WAY, "iqn.x", Lun.of(1));

  private final History history = new History(1000);
  private final HostHistory host =
      new HostHistory("esx1", way -> LINK, history, true, Optional.empty());

  private Event told(HostEvent event) {
    int before = history.entries().size();
    host.event(event, 1500);
    List<Entry> entries = history.entries();
    assertThat(entries).as("one entry").hasSize(before + 1);
    assertThat(entries.get(before).atNs()).isEqualTo(500);
    return entries.get(before).event();
  }

  private Event noted(SessionEvent event) {
    return told(new HostEvent.SessionNoted(WAY, "iqn.x", event));
  }

  @Test
  void aPathWhoseSessionRecoversIsNotToldAsDownBeforeMultipathingGivesItUp() {
    SessionEvent loginFailed =
        new SessionEvent.LoginFailed(
            WAY.portal(),
            new ConnectionFailure(ConnectionFailure.Reason.RESET, "reset by peer", false));
    assertThat(noted(loginFailed)).as("not in use yet").isInstanceOf(Event.PathChanged.class);
    told(new HostEvent.PathChanged("sda", PATH, true, CheckerState.UP, FailureScope.TASK, "found"));
    assertThat(noted(loginFailed))
        .isInstanceOfSatisfying(
            Event.SessionChanged.class,
            change ->
                assertThat(change.detail())
                    .isEqualTo(
                        "login: connection RESET: reset by peer; its I/O is kept until the"
                            + " session's recovery time is over"));
    told(
        new HostEvent.PathChanged(
            "sda", PATH, false, CheckerState.DOWN, FailureScope.SESSION, "given up"));
    assertThat(noted(loginFailed)).as("given up").isInstanceOf(Event.PathChanged.class);
  }

  @Test
  void whatTheArrayTellsIsWritten() {
    SendTargets.Target target =
        new SendTargets.Target(
            "iqn.x", List.of(new TargetAddress("10.0.0.1", 3260, OptionalInt.of(1))));
    assertThat(told(new HostEvent.Discovered(WAY, List.of(target))))
        .isEqualTo(new Event.PortalsDiscovered("esx1", LINK, "iqn.x", List.of("10.0.0.1:3260")));
    assertThat(told(new HostEvent.UnitAttention(PATH, 0x2a, 6)))
        .isEqualTo(new Event.UnitAttentionSeen("esx1", "nic0:vip", 0x2a, 6));
    assertThat(told(new HostEvent.AccessStateTold(PATH, "standby")))
        .isEqualTo(new Event.AccessStateSeen("esx1", "nic0:vip", "standby"));
    assertThat(told(new HostEvent.ProtocolBreach(WAY, "StatSN went back")))
        .isEqualTo(new Event.ProtocolBreach("esx1", "nic0:vip", "StatSN went back"));
    assertThat(
            noted(
                new SessionEvent.Redirected(
                    new Portal("10.0.0.1", 3260), new Portal("10.0.0.2", 860), true)))
        .isEqualTo(
            new Event.SessionRedirected("esx1", "nic0:vip", "10.0.0.1:3260", "10.0.0.2:860", true));
    assertThat(noted(new SessionEvent.AsyncReceived(async(1, 7))))
        .isEqualTo(new Event.LogoutRequested("esx1", "nic0:vip", 7));
    assertThat(noted(new SessionEvent.AsyncReceived(async(2, 7))))
        .as("no other asynchronous message is one")
        .isInstanceOf(Event.SessionChanged.class);
  }

  @Test
  void whatFencingAndDeviceLossDoIsWritten() {
    assertThat(
            told(
                new HostEvent.NexusFenced(
                    WAY, "iqn.x", Fence.reinstatedOver("nic1:node1.b"), 3_000_000)))
        .isEqualTo(
            new Event.NexusFenced("esx1", "nic0:vip", "reinstated", "nic1:node1.b", 3_000_000));
    assertThat(
            told(new HostEvent.FenceFailed(WAY, "iqn.x", Optional.of(WAY), "connection refused")))
        .isEqualTo(new Event.FenceFailed("esx1", "nic0:vip", "nic0:vip", "connection refused"));
    assertThat(told(new HostEvent.FenceFailed(WAY, "iqn.x", Optional.empty(), "no way")))
        .isEqualTo(new Event.FenceFailed("esx1", "nic0:vip", "", "no way"));
    assertThat(told(new HostEvent.DeviceChanged("sda", DeviceState.PERMANENT_LOSS, "5/25/00")))
        .isEqualTo(new Event.DeviceChanged("esx1", "sda", "permanent device loss", "5/25/00"));
  }

  private static AsyncMessage async(int event, int parameter3) {
    return new AsyncMessage(0, 0, 0, 0, event, 0, 0, 0, parameter3, ByteBuffer.allocate(0));
  }

  @Test
  void failuresCarryTheirScope() {
    ConnectionFailure reset =
        new ConnectionFailure(ConnectionFailure.Reason.RESET, "reset by peer", false);
    SessionFailure refused =
        new SessionFailure(SessionFailure.Reason.LOGIN_REJECTED, "status 0x0206", false);
    assertThat(told(new HostEvent.SessionDown(WAY, "iqn.x", reset)))
        .isEqualTo(
            new Event.SessionChanged(
                "esx1", "nic0:vip", "FAILED", "connection RESET: reset by peer"));
    assertThat(told(new HostEvent.SessionEnded(WAY, "iqn.x", refused)))
        .isEqualTo(
            new Event.SessionChanged(
                "esx1", "nic0:vip", "FREE", "session LOGIN_REJECTED: status 0x0206"));
    assertThat(told(new HostEvent.DiscoveryFailed(WAY, reset)))
        .isEqualTo(
            new Event.PathChanged(
                "esx1", "nic0:vip", LINK, false, "discovery: connection RESET: reset by peer"));
    assertThat(noted(new SessionEvent.LoginFailed(new Portal("10.0.0.1", 3260), refused)))
        .isEqualTo(
            new Event.PathChanged(
                "esx1", "nic0:vip", LINK, false, "login: session LOGIN_REJECTED: status 0x0206"));
    assertThat(
            told(
                new HostEvent.PathChanged(
                    "sda", PATH, false, CheckerState.DOWN, FailureScope.CONNECTION, "gone")))
        .isEqualTo(new Event.PathChanged("esx1", "nic0:vip", LINK, false, "CONNECTION: gone"));
  }

  @Test
  void anOverdueCommandIsToldWithItsOperation() {
    ScsiTask write =
        ScsiTask.nonData(0, Cdb.Write.of(0, 8).encode(), (outcome, now) -> fail("not sent"));
    assertThat(noted(new SessionEvent.CommandOverdue(write, 800_000_000, 500_000_000)))
        .isEqualTo(new Event.CommandOverdue("esx1", "nic0:vip", "2Ah", 800_000_000, 500_000_000));
  }

  @Test
  void statesAreTheStandardsAndPingsAreLeftOut() {
    assertThat(
            noted(
                new SessionEvent.StateChanged(
                    SessionState.LOGGED_IN, SessionState.LOGOUT_REQUESTED)))
        .isEqualTo(
            new Event.SessionChanged("esx1", "nic0:vip", "LOGOUT_REQUESTED", "from LOGGED_IN"));
    host.event(new HostEvent.SessionNoted(WAY, "iqn.x", new SessionEvent.PingSent()), 1500);
    assertThat(history.entries()).hasSize(1);
  }
}
