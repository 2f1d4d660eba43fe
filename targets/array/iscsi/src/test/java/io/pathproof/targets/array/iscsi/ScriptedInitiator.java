package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.iscsi.DataOut;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Isid;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.LoginStage;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.TaskAttribute;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementRequest;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Lun;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalInt;

/** An initiator that says what a test wants said, over one connection, and keeps the answers. */
final class ScriptedInitiator implements ConnectionEffects {
  static final long LUN = Lun.of(1).raw();

  final Rig rig;
  final Isid isid;
  final Deque<Pdu> received = new ArrayDeque<>();
  final TargetConnection connection;
  boolean closed;
  boolean silenced;
  Digests digests = Digests.NONE;
  int cmdSn = 100;
  int nextTag = 1;

  ScriptedInitiator(Rig rig, int qualifier) {
    this(rig, qualifier, rig.portal);
  }

  ScriptedInitiator(Rig rig, int qualifier, PortalIdentity portal) {
    this.rig = rig;
    this.isid = Isid.random(7, qualifier);
    this.connection = rig.target.accept(portal, this, rig.nowNs);
  }

  @Override
  public void send(Pdu pdu) {
    received.add(pdu);
  }

  @Override
  public void digests(Digests agreed) {
    digests = agreed;
  }

  @Override
  public void maxDataSegmentLength(int bytes) {
    // The test hands over whole PDUs.
  }

  @Override
  public String peer() {
    return "10.0.0.101:5000";
  }

  @Override
  public boolean reading() {
    return !silenced;
  }

  @Override
  public void close() {
    closed = true;
  }

  <T extends Pdu> T next(Class<T> type) {
    if (received.isEmpty() || !type.isInstance(received.peek())) {
      throw new AssertionError("wanted " + type.getSimpleName() + ", got " + received.peek());
    }
    return type.cast(received.remove());
  }

  void give(Pdu pdu) {
    connection.onPdu(pdu, rig.nowNs);
  }

  LoginResponse login(LoginStage stage, LoginStage next, boolean transit, KeyValues keys) {
    give(request(stage, next, transit, false, 0, keys.encode()));
    return next(LoginResponse.class);
  }

  LoginRequest request(
      LoginStage stage, LoginStage next, boolean transit, boolean more, int tsih, ByteBuffer text) {
    return new LoginRequest(transit, more, stage, next, 0, 0, isid, tsih, 0, 1, cmdSn, 1, text);
  }

  static KeyValues names() {
    return KeyValues.empty()
        .with("InitiatorName", "iqn.2026-11.test:host")
        .with("SessionType", "Normal")
        .with("TargetName", Rig.TARGET);
  }

  /** A login in one request, without authentication. */
  LoginResponse logIn(KeyValues more) {
    KeyValues keys = names();
    for (var pair : more.asMap().entrySet()) {
      keys = keys.with(pair.getKey(), pair.getValue());
    }
    return login(LoginStage.OPERATIONAL_NEGOTIATION, LoginStage.FULL_FEATURE_PHASE, true, keys);
  }

  ScriptedInitiator loggedIn() {
    LoginResponse response = logIn(KeyValues.empty());
    if (response.statusClass() != 0) {
      throw new AssertionError("login refused: " + response);
    }
    return this;
  }

  int command(Cdb cdb, boolean read, boolean write, int length, ByteBuffer data, boolean last) {
    int tag = nextTag++;
    give(
        new ScsiCommand(
            false,
            last,
            read,
            write,
            TaskAttribute.SIMPLE,
            LUN,
            tag,
            length,
            cmdSn++,
            1,
            cdb.encode(),
            OptionalInt.empty(),
            data));
    return tag;
  }

  int read(int lba, int blocks) {
    return command(Cdb.Read.of(lba, blocks), true, false, blocks * 512, Pdu.NO_DATA, true);
  }

  int write(int lba, ByteBuffer all, int immediate) {
    ByteBuffer first = immediate == 0 ? Pdu.NO_DATA : all.slice(0, immediate);
    Cdb cdb = Cdb.Write.of(lba, all.remaining() / 512);
    return command(cdb, false, true, all.remaining(), first, true);
  }

  void dataOut(int tag, int transferTag, int dataSn, int offset, ByteBuffer data, boolean last) {
    give(new DataOut(last, LUN, tag, transferTag, 1, dataSn, offset, data));
  }

  void manage(TaskManagementFunction function, int referenced, int refCmdSn) {
    give(
        new TaskManagementRequest(
            true, function, LUN, nextTag++, referenced, cmdSn, 1, refCmdSn, 0));
  }

  static ByteBuffer pattern(int length, int seed) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (int i = 0; i < length; i++) {
      bytes.put(i, (byte) (i * 31 + seed));
    }
    return bytes;
  }
}
