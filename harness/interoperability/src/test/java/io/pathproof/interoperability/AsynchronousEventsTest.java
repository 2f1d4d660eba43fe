package io.pathproof.interoperability;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Asynchronous messages of the simulated array, over sockets (RFC 7143 section 11.9.1): all but a
 * logout request, which {@link SessionAtSimulatedArrayTest} has.
 */
@Timeout(60)
class AsynchronousEventsTest {
  private final ArrayRig rig = new ArrayRig();
  private OpenSession session;

  @BeforeEach
  void open() throws Exception {
    session = rig.ready();
    session.events.clear();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private <T extends SessionEvent> T next(Class<T> type) throws InterruptedException {
    while (true) {
      SessionEvent event = session.events.poll(20, TimeUnit.SECONDS);
      assertThat(event).as("a " + type.getSimpleName()).isNotNull();
      if (type.isInstance(event)) {
        return type.cast(event);
      }
    }
  }

  private AsyncMessage told(int event) throws InterruptedException {
    AsyncMessage message = next(SessionEvent.AsyncReceived.class).message();
    assertThat(message.asyncEvent()).isEqualTo(event);
    return message;
  }

  /** Reads and writes on the connection that there has been all the while. */
  private void goesOn() throws Exception {
    byte[] bytes = new byte[65_536];
    bytes[40_000] = 7;
    assertThat(((ScsiResult) OpenSession.get(session.write(0, bytes))).good()).isTrue();
    assertThat(rig.stored("vol1", 0, bytes.length)).isEqualTo(ByteBuffer.wrap(bytes));
    assertThat(session.downs).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"2, 2a, 06", "1, 3f, 03"})
  @DisplayName("Event 0: sense data comes with its LUN (access state, INQUIRY data changed)")
  void senseData(int lun, String asc, String ascq) throws Exception {
    rig.act("node1.a", "async-event", "sense " + lun + " 6/" + asc + "/" + ascq);
    AsyncMessage message = told(0);
    assertThat(message.lun()).isEqualTo(lun == 1 ? ArrayRig.LUN_1 : ArrayRig.LUN_2);
    Sense sense = Sense.decode(message.senseData());
    assertThat(sense.key()).isEqualTo(SenseKey.UNIT_ATTENTION);
    assertThat(sense.asc()).isEqualTo(Integer.parseInt(asc, 16));
    assertThat(sense.ascq()).isEqualTo(Integer.parseInt(ascq, 16));
    goesOn();
  }

  @ParameterizedTest(name = "event {0}, Time2Wait {2} s")
  @CsvSource({"2, drop-connection, 1", "3, drop-session, 0", "3, drop-session, 1"})
  @DisplayName("Events 2 and 3: the connection is lost with that reason, and back after Time2Wait")
  void drops(int event, String how, int time2WaitSec) throws Exception {
    long toldNs = System.nanoTime();
    rig.act("node1.a", "async-event", how + " " + time2WaitSec);
    assertThat(told(event).parameter2()).isEqualTo(time2WaitSec);
    // nothing is retained, so all tasks have ended
    ConnectionFailure lost = session.down();
    assertThat(lost.reason()).isEqualTo(ConnectionFailure.Reason.TERMINATED_BY_TARGET);
    session.up();
    Duration away = Duration.ofNanos(System.nanoTime() - toldNs);
    assertThat(away).isGreaterThanOrEqualTo(Duration.ofSeconds(time2WaitSec));
    session.attentions();
    goesOn();
  }

  @Test
  @DisplayName("Event 4: what the array declares in the negotiation counts from then on")
  void negotiation() throws Exception {
    rig.act("node1.a", "async-event", "renegotiate 1024 1");
    told(4);
    assertThat(next(SessionEvent.ParametersChanged.class).parameters().maxSendDataSegmentLength())
        .isEqualTo(1024);
    // the array ends a session that sends longer segments
    goesOn();
  }

  @Test
  @DisplayName("Event 255: told with its AsyncVCode, and nothing else")
  void vendorSpecific() throws Exception {
    rig.act("node1.a", "async-event", "vendor 66");
    assertThat(told(255).asyncVCode()).isEqualTo(66);
    goesOn();
  }
}
