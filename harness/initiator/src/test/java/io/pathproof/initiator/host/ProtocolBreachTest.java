package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.TaskFailure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What of an array's conduct a host calls a breach of the protocol, and what merely a failure. */
class ProtocolBreachTest {
  private static final HostLink A =
      new HostLink("nic0:node1.a", "nic0", new Portal("10.10.1.1", 3260), 1);
  private static final HostLink B =
      new HostLink("nic0:node2.a", "nic0", new Portal("10.10.1.2", 3260), 2);
  private static final MultipathSettings MULTIPATH =
      MultipathSettings.multipath(Policy.FAILOVER, 1, 0, true, Failback.IMMEDIATE, 5_000, 500);

  private final FakeArray array = FakeArray.of(MULTIPATH, 0, A, B).start();

  private List<HostEvent.ProtocolBreach> breaches() {
    return array.log.of(HostEvent.ProtocolBreach.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"PROTOCOL_ERROR", "DIGEST_ERROR"})
  void aConnectionThatABreachEndedIsToldWithItsLink(ConnectionFailure.Reason reason) {
    array.cut(B.id(), new ConnectionFailure(reason, "ExpCmdSN 00000003 …", false));
    assertThat(breaches()).containsExactly(new HostEvent.ProtocolBreach(B, "ExpCmdSN 00000003 …"));
    assertThat(array.log.of(HostEvent.SessionDown.class)).hasSize(1);
    assertThat(array.log.paths(false)).containsExactly(B.id());
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"PROTOCOL_ERROR", "DIGEST_ERROR"})
  void aConnectionThatIsLostOtherwiseIsNoBreach(ConnectionFailure.Reason reason) {
    array.cut(B.id(), new ConnectionFailure(reason, "lost", false));
    assertThat(breaches()).isEmpty();
    assertThat(array.log.paths(false)).containsExactly(B.id());
  }

  @Test
  void whatASessionHasToIgnoreIsToldAndCostsNoPath() {
    array.session(B.id()).listener.event(new SessionEvent.Contradicted("a window"), array.nowNs);
    assertThat(breaches()).containsExactly(new HostEvent.ProtocolBreach(B, "a window"));
    assertThat(array.log.paths(false)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"PROTOCOL_ERROR", "DIGEST_ERROR"})
  void aBreachInALoginOrInDiscoveryIsToldToo(ConnectionFailure.Reason reason) {
    ConnectionFailure failure = new ConnectionFailure(reason, "no sound PDU", false);
    array
        .session(A.id())
        .listener
        .event(new SessionEvent.LoginFailed(A.portal(), failure), array.nowNs);
    assertThat(breaches()).containsExactly(new HostEvent.ProtocolBreach(A, "no sound PDU"));
    array.core.onDiscoveryFailed(B, failure, array.nowNs);
    assertThat(breaches())
        .hasSize(2)
        .last()
        .isEqualTo(new HostEvent.ProtocolBreach(B, "no sound PDU"));
  }

  @Test
  void aLoginThatIsRefusedIsNoBreach() {
    array
        .session(A.id())
        .listener
        .event(new SessionEvent.LoginFailed(A.portal(), FakeArray.REFUSED), array.nowNs);
    array.core.onDiscoveryFailed(B, FakeArray.REFUSED, array.nowNs);
    assertThat(breaches()).isEmpty();
  }

  @Test
  void anAnswerWhoseCountsDoNotFitIsToldAndTheIoGoesElsewhere() {
    String text = "status GOOD, but 512 of 412 bytes were transferred";
    array.units.get(A.id()).ioLost = new TaskFailure(TaskFailure.Reason.DATA_LOST, text, true);
    assertThat(array.write().lines)
        .containsExactly(
            "sent nic0:node1.a #1",
            "ended nic0:node1.a #1 INDETERMINATE true",
            "fenced nic0:node2.a #2 by task ended",
            "sent nic0:node2.a #2",
            "completed OK nic0:node2.a");
    assertThat(breaches()).containsExactly(new HostEvent.ProtocolBreach(A, text));
    assertThat(array.log.changes().toList())
        .last()
        .satisfies(change -> assertThat(change.cause()).isEqualTo(text));
  }

  @ParameterizedTest
  @EnumSource(value = TaskFailure.Reason.class, mode = Mode.EXCLUDE, names = "DATA_LOST")
  void aTaskThatFailsOtherwiseIsNoBreach(TaskFailure.Reason reason) {
    array.units.get(A.id()).ioLost = new TaskFailure(reason, "not done", true);
    array.write();
    assertThat(breaches()).isEmpty();
  }
}
