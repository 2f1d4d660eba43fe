package io.pathproof.targets.array.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduDecoder;
import io.pathproof.protocol.iscsi.ScsiResponse;
import io.pathproof.protocol.scsi.Cdb;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever PDUs come, the core throws nothing, leaks nothing, and serves another session on. */
class TargetFuzzTest {
  private static final int PDUS = 250_000;

  /** Opcodes of initiators and of targets, and some that nobody has. */
  private static final int[] OPCODES = {
    0, 1, 2, 3, 4, 5, 6, 0x10, 0x20, 0x21, 0x23, 0x25, 0x31, 0x3f, 1, 1, 1, 5, 5, 2
  };

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void noPduDoesHarm(long seed) {
    Random random = new Random(seed);
    Rig rig = new Rig();
    ScriptedInitiator sound = new ScriptedInitiator(rig, 9).loggedIn();
    sound.command(new Cdb.TestUnitReady(), false, false, 0, Pdu.NO_DATA, true);
    sound.next(ScsiResponse.class);
    ScriptedInitiator host = null;
    int sessions = 0;
    for (int i = 0; i < PDUS; i++) {
      if (host == null || host.closed) {
        host = new ScriptedInitiator(rig, 1);
        if (random.nextInt(8) > 0) {
          host.loggedIn();
          sessions++;
        }
      }
      give(host, random);
      host.received.clear();
      if (i % 1000 == 0) {
        rig.pass(random.nextInt(5) * Rig.SECOND);
        serves(sound);
      }
    }
    assertThat(sessions).as("the core was met in full feature phase").isGreaterThan(100);
    host.connection.onClosed(rig.nowNs);
    assertThat(rig.target.sessions()).hasSize(1);
    assertThat(rig.target.connections()).isEqualTo(1);
    assertThat(rig.target.sessions().get(0).commandsInFlight()).isZero();
  }

  private static void give(ScriptedInitiator host, Random random) {
    int length = random.nextInt(10) == 0 ? random.nextInt(2000) : 0;
    ByteBuffer bytes = ByteBuffer.allocate(48 + (length + 3 & ~3));
    random.nextBytes(bytes.array());
    boolean immediate = random.nextInt(4) > 0;
    bytes.put(0, (byte) (OPCODES[random.nextInt(OPCODES.length)] | (immediate ? 0x40 : 0)));
    if ((bytes.get(0) & 0x3f) == 2 && (bytes.get(1) & 0x7f) == 7) {
      // A cold reset ends every session, and is meant to.
      bytes.put(1, (byte) 0x85);
    }
    bytes.putInt(4, length);
    // Near what is expected, or nothing but the first check would ever be met.
    bytes.putInt(16, random.nextInt(4));
    bytes.putInt(20, random.nextInt(4) == 0 ? -1 : random.nextInt(8192));
    bytes.putInt(24, random.nextInt(3) == 0 ? random.nextInt() : host.cmdSn + random.nextInt(3));
    bytes.putInt(36, random.nextInt(3));
    bytes.putInt(40, random.nextInt(3) * 512);
    if (random.nextBoolean()) {
      bytes.putLong(8, ScriptedInitiator.LUN);
      bytes
          .put(32, (byte) (random.nextBoolean() ? 0x2a : 0x28))
          .putInt(34, 0)
          .putShort(39, (short) 4);
    }
    PduDecoder decoder = new PduDecoder(262_144);
    try {
      Pdu pdu = decoder.decode(bytes);
      if (pdu != null) {
        host.give(pdu);
      }
    } catch (ProtocolException e) {
      host.connection.onBreach(e, host.rig.nowNs);
    }
  }

  /** A unit attention may come first, of a reset that a PDU happened to be. */
  private static void serves(ScriptedInitiator sound) {
    if (sound.closed) {
      throw new AssertionError("the other session was ended");
    }
    sound.received.clear();
    for (int i = 0; i < 8; i++) {
      sound.read(0, 1);
      if (sound.received.removeLast() instanceof DataIn) {
        return;
      }
    }
    throw new AssertionError("the other session is not served");
  }
}
