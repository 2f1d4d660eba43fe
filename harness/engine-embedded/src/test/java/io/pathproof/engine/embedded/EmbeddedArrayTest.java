package io.pathproof.engine.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.ArrayAction.Kind;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.fault.FaultWords;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.observed.JournalEntry;
import io.pathproof.lab.observed.PortLoad;
import io.pathproof.lab.topology.LinkId;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the array of an embedded lab can be made to do, as hosts and the array itself tell it. */
@Timeout(60)
class EmbeddedArrayTest {
  private static final LinkId AT_NODE1 = new LinkId("host3.nic0", "node1.a");

  private static ArrayAction action(String kind, String detail) {
    return new ArrayAction(Kind.of(kind).orElseThrow(), detail == null ? "" : detail);
  }

  /** kind, place, what the array says of node1 while it stands, what its journal has. */
  @ParameterizedTest
  @CsvSource({
    "pause,node1,paused,node1 paused",
    "stop,node1,stopped,node1 stopped",
    "kill,node1,killed,node1 killed",
    "remove,node1,removed,node1 removed",
    "replace,node1,removed,'node1 removed, to be replaced'",
    "maintenance,node1,maintenance,node1 goes into maintenance",
    "down,node1.a,running,node1.a down"
  })
  void whatTakesPathsAwayIsSeenAndUndone(String kind, String place, String state, String told)
      throws LabException {
    try (LabRig rig = new LabRig(LabRig.ALUA)) {
      rig.attach();
      ArraySnapshot before = rig.snapshot();
      rig.journal();
      int from = rig.entries();
      rig.await(rig.lab.act(place, action(kind, "")));
      rig.pathGoes(from, AT_NODE1, false);
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(rig.snapshot().nodes().get("node1").state()).startsWith(state + ","));
      assertThat(rig.snapshot()).isNotEqualTo(before);
      assertThat(rig.journal()).contains(told);
      assertThat(rig.done(rig.write(0, 8, 7)).status()).isEqualTo(IoResult.Status.OK);

      int undone = rig.entries();
      rig.await(rig.lab.restore(place, action(kind, "")));
      rig.pathGoes(undone, AT_NODE1, true);
      if (kind.equals("replace")) {
        assertThat(rig.snapshot().nodes().get("node1").state())
            .startsWith("running,")
            .isNotEqualTo(before.nodes().get("node1").state());
      } else {
        Awaitility.await().untilAsserted(() -> assertThat(rig.snapshot()).isEqualTo(before));
      }
      assertThat(rig.journal()).isNotEmpty().doesNotContain(told);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "fail-over,,node1 fails over",
    "access-state,standby,target port group 1 to standby",
  })
  void changesOfAccessAreToldToHostsAndUndone(String kind, String detail, String told)
      throws LabException {
    try (LabRig rig = new LabRig(LabRig.ALUA)) {
      rig.attach();
      rig.readEverywhere();
      ArraySnapshot before = rig.snapshot();
      int from = rig.entries();
      rig.await(rig.lab.act("node1", action(kind, detail)));
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(rig.snapshot().nodes().get("node1").accessStates())
                      .isNotEqualTo(before.nodes().get("node1").accessStates()));
      rig.readEverywhere();
      rig.happensFrom(
          from,
          Event.UnitAttentionSeen.class,
          seen -> seen.asc() == 0x2a && seen.ascq() == 6 && seen.path().contains("node1"));
      rig.happensFrom(
          from,
          Event.AccessStateSeen.class,
          seen -> seen.path().contains("node1") && !seen.state().equals("active/optimized"));
      assertThat(rig.journal()).anyMatch(text -> text.contains(told));
      int undone = rig.entries();
      rig.await(rig.lab.restore("node1", action(kind, detail)));
      Awaitility.await().untilAsserted(() -> assertThat(rig.snapshot()).isEqualTo(before));
      rig.readEverywhere();
      rig.happensFrom(
          undone,
          Event.AccessStateSeen.class,
          seen -> seen.path().contains("node1") && seen.state().equals("active/optimized"));
    }
  }

  @Test
  void aLogoutRequestIsObeyed() throws LabException {
    try (LabRig rig = new LabRig(LabRig.ALUA)) {
      rig.attach();
      int from = rig.entries();
      rig.await(rig.lab.act("node1.a", action("request-logout", "4")));
      int asked =
          (int)
              rig.happensFrom(
                      from,
                      Event.LogoutRequested.class,
                      seen -> seen.seconds() == 4 && seen.path().contains("node1.a"))
                  .seq();
      rig.happensFrom(
          asked,
          Event.SessionChanged.class,
          change -> change.state().equals("LOGGED_IN") && change.path().contains("node1.a"));
      assertThat(rig.history.entries().stream().map(entry -> entry.event()))
          .filteredOn(event -> event instanceof Event.LogoutRequested)
          .hasSize(1);
      rig.await(rig.lab.restore("node1.a", action("request-logout", "4")));
    }
  }

  /** Both of the owner's ports: whichever way the write takes first, it is not carried out. */
  @Test
  void whatPortsHoldIsAbortedAndDoneAtTheOtherNode() throws LabException {
    String hasty = LabRig.ALUA.replace("login: 1s", "login: 1s, task: 300ms, abort: 1s");
    try (LabRig rig = new LabRig(hasty)) {
      rig.attach();
      int from = rig.entries();
      for (String port : List.of("node1.a", "node1.b")) {
        rig.await(rig.lab.act(port, action("hold-commands", "")));
      }
      LabRig.Io held = rig.write(0, 8, 7);
      assertThat(rig.done(held).status()).isEqualTo(IoResult.Status.OK);
      assertThat(held.lost).isNotEmpty().allMatch(text -> text.contains(" true: "));
      rig.happensFrom(
          from,
          Event.SessionChanged.class,
          seen -> seen.path().contains("node1") && seen.detail().startsWith("AbortConfirmed"));
      rig.pathGoes(from, AT_NODE1, false);
      assertThat(rig.journal()).contains("node1.a holds commands", "node1.b holds commands");
      // the session itself was there all the time
      assertThat(rig.history.entries().stream().skip(from).map(entry -> entry.event()))
          .noneMatch(
              event ->
                  event instanceof Event.SessionChanged change && change.state().equals("FAILED"));
      int undone = rig.entries();
      rig.await(rig.lab.restore("node1.a", action("hold-commands", "")));
      rig.pathGoes(undone, AT_NODE1, true);
      assertThat(rig.journal()).contains("node1.a carries out commands");
    }
  }

  /** The words of a scenario file, the number of the event, and what the host does about it. */
  @ParameterizedTest
  @CsvSource({
    "async-event sense 0 6/2a/06, 0, ''",
    "async-event drop-connection, 2, LOGGED_IN",
    "async-event drop-session, 3, LOGGED_IN",
    "async-event renegotiate 1KiB, 4, maxSendDataSegmentLength=1024",
    "async-event vendor 66, 255, ''"
  })
  void asynchronousMessagesAreTakenAndObeyed(String words, int event, String done)
      throws LabException {
    ArrayAction action = FaultWords.parse(words).action().orElseThrow();
    try (LabRig rig = new LabRig(LabRig.ALUA)) {
      rig.attach();
      int from = rig.entries();
      rig.await(rig.lab.act("node1.a", action));
      int taken =
          (int)
              rig.happensFrom(
                      from,
                      Event.SessionChanged.class,
                      seen ->
                          seen.path().contains("node1.a")
                              && seen.detail().startsWith("AsyncReceived")
                              && seen.detail().contains("asyncEvent=" + event + ","))
                  .seq();
      if (!done.isEmpty()) {
        rig.happensFrom(
            taken,
            Event.SessionChanged.class,
            seen ->
                seen.path().contains("node1.a")
                    && (seen.state() + " " + seen.detail()).contains(done));
      }
      assertThat(rig.journal()).anyMatch(text -> text.startsWith("asynchronous event " + event));
      assertThat(rig.done(rig.write(0, 8, 7)).status()).isEqualTo(IoResult.Status.OK);
    }
  }

  @Test
  void theArrayAsAWholeActs() throws LabException {
    try (LabRig rig = new LabRig(LabRig.ALUA)) {
      rig.attach();
      ArraySnapshot before = rig.snapshot();
      rig.await(rig.lab.act("array", action("rebalance", "")));
      assertThat(rig.journal()).anyMatch(text -> text.startsWith("rebalance"));
      rig.await(rig.lab.act("array", action("defect", "stale-read")));
      assertThat(rig.journal()).contains("defect stale-read on");
      rig.await(rig.lab.restore("array", action("defect", "stale-read")));
      assertThat(rig.journal()).contains("defect stale-read off");
      int from = rig.entries();
      rig.await(rig.lab.act("array", action("firmware-restart", "")));
      rig.pathGoes(from, AT_NODE1, false);
      rig.pathGoes(from, new LinkId("host3.nic0", "node2.a"), false);
      Awaitility.await()
          .atMost(LabRig.LIMIT)
          .until(() -> rig.journal().contains("firmware restart done"));
      Awaitility.await().untilAsserted(() -> assertThat(rig.snapshot()).isEqualTo(before));
    }
  }

  @Test
  void aResetOfTheLabUndoesWhatTheArrayWasMadeToDo() throws LabException {
    try (LabRig rig = new LabRig(LabRig.ALUA)) {
      rig.attach();
      ArraySnapshot before = rig.snapshot();
      rig.await(rig.lab.act("node1", action("kill", "")));
      rig.await(rig.lab.act("node2.b", action("down", "")));
      rig.await(rig.lab.act("array", action("defect", "tear-write")));
      int from = rig.entries();
      rig.await(rig.lab.reset());
      Awaitility.await().untilAsserted(() -> assertThat(rig.snapshot()).isEqualTo(before));
      rig.pathGoes(from, AT_NODE1, true);
      assertThat(rig.journal()).contains("defect tear-write off");
      assertThat(rig.done(rig.write(0, 8, 7)).status()).isEqualTo(IoResult.Status.OK);
    }
  }

  @Test
  void aVirtualPortSendsLoginsOnAndMoves() throws LabException {
    try (LabRig rig = new LabRig(LabRig.VIRTUAL)) {
      List<JournalEntry> start = rig.await(rig.lab.journal());
      assertThat(start).isNotEmpty();
      rig.attach();
      rig.happens(
          Event.PortalsDiscovered.class, seen -> seen.portals().equals(List.of("10.0.0.1:3260")));
      Event.SessionRedirected sent =
          (Event.SessionRedirected)
              rig.happens(Event.SessionRedirected.class, seen -> true).event();
      assertThat(sent.from()).isEqualTo("10.0.0.1:3260");
      assertThat(sent.to()).isIn("10.0.0.2:3260", "10.0.0.3:3260", "10.0.0.4:3260");
      assertThat(sent.permanent()).isFalse();
      String at =
          rig.topology.ports().stream()
              .filter(port -> port.portal().equals(sent.to()))
              .findFirst()
              .orElseThrow()
              .ref();
      PortLoad before = rig.await(rig.lab.loads()).get(at);
      assertThat(before.sessions()).isEqualTo(1);
      assertThat(rig.done(rig.write(0, 8, 7)).status()).isEqualTo(IoResult.Status.OK);
      PortLoad after = rig.await(rig.lab.loads()).get(at);
      assertThat(after.writes()).isEqualTo(before.writes() + 1);
      assertThat(after.bytes()).isEqualTo(before.bytes() + 4096);

      int from = rig.entries();
      rig.await(rig.lab.act(at, action("down", "")));
      Event.SessionRedirected again =
          (Event.SessionRedirected)
              rig.happensFrom(from, Event.SessionRedirected.class, seen -> true).event();
      assertThat(again.to()).isNotEqualTo(sent.to());
      assertThat(rig.done(rig.write(0, 8, 8)).status()).isEqualTo(IoResult.Status.OK);

      long downNs = rig.lab.scheduler().nowNs();
      rig.await(rig.lab.act("node2.b", action("down", "")));
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(rig.snapshot().nodes().values())
                      .anyMatch(
                          node ->
                              node.portals().contains("10.0.0.1:3260")
                                  && node.state().startsWith("running")));
      List<JournalEntry> moved =
          rig.await(rig.lab.journal()).stream()
              .filter(entry -> entry.text().startsWith("10.0.0.1 moved from node2.b to "))
              .toList();
      assertThat(moved).hasSize(1);
      assertThat(moved.get(0).atNs() - downNs)
          .as("by the lab's clock")
          .isBetween(0L, 10_000_000_000L);
      rig.await(rig.lab.reset());
      assertThat(rig.snapshot().nodes().get("node2").portals()).contains("10.0.0.1:3260");
    }
  }
}
