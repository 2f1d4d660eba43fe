package io.pathproof.targets.array.scsi;

import io.pathproof.targets.array.scsi.Reservations.Holder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** PERSISTENT RESERVE IN and OUT (SPC-4 clauses 6.15, 6.16). */
final class ReservationCommands {
  private static final int LIST_LENGTH = 24;
  private static final int SPEC_I_PT = 0x08;
  private static final int ALL_TG_PT = 0x04;
  private static final int APTPL = 0x01;
  private static final int MAX_TRANSPORT_IDS = 64 << 10;

  private ReservationCommands() {}

  static ScsiOutcome in(Request request) {
    Reservations all = request.unit.reservations;
    ByteBuffer data =
        switch (request.operation) {
          case PR_IN_READ_KEYS -> keys(all);
          case PR_IN_READ_RESERVATION -> reservation(all);
          case PR_IN_REPORT_CAPABILITIES -> capabilities(all);
          default -> fullStatus(all);
        };
    return Request.cut(data, request.int16(7));
  }

  private static ByteBuffer keys(Reservations all) {
    int length = 8 * all.keys().size();
    ByteBuffer out = ByteBuffer.allocate(8 + length).putInt(all.generation()).putInt(length);
    all.keys().values().forEach(out::putLong);
    return out.flip();
  }

  private static ByteBuffer reservation(Reservations all) {
    if (all.type() == 0) {
      return ByteBuffer.allocate(8).putInt(0, all.generation());
    }
    return ByteBuffer.allocate(24)
        .putInt(0, all.generation())
        .putInt(4, 16)
        .putLong(8, all.holderKey())
        .put(21, (byte) all.type());
  }

  /** SIP_C, ATP_C, PTPL_C where it can keep; all six types. */
  private static ByteBuffer capabilities(Reservations all) {
    return ByteBuffer.allocate(8)
        .putShort(0, (short) 8)
        .put(2, (byte) (0x0c | (all.canKeep() ? 1 : 0)))
        .put(3, (byte) (0x80 | (all.keeps() ? 1 : 0)))
        .put(4, (byte) 0xea)
        .put(5, (byte) 0x01);
  }

  private static ByteBuffer fullStatus(Reservations all) {
    List<byte[]> names = new ArrayList<>();
    int length = 0;
    for (Holder each : all.keys().keySet()) {
      byte[] name = TransportId.encode(each.initiatorName(), each.isid());
      names.add(name);
      length += 24 + name.length;
    }
    ByteBuffer out = ByteBuffer.allocate(8 + length).putInt(all.generation()).putInt(length);
    int index = 0;
    for (Map.Entry<Holder, Long> each : all.keys().entrySet()) {
      boolean holds = all.holds(each.getKey());
      byte[] name = names.get(index++);
      out.putLong(each.getValue()).putInt(0);
      out.put((byte) (holds ? 1 : 0)).put((byte) (holds ? all.type() : 0)).putInt(0);
      out.putShort((short) each.getKey().relativePortId()).putInt(name.length).put(name);
    }
    return out.flip();
  }

  /** Runs the service action; gives the nexuses whose registrations a PREEMPT removed. */
  static List<Holder> out(Request request) throws Refusal {
    boolean move = request.operation == Operation.PR_OUT_REGISTER_AND_MOVE;
    long length = request.uint32(5);
    if (length < LIST_LENGTH || length > MAX_TRANSPORT_IDS) {
      throw Refusal.parameterLength();
    }
    ByteBuffer list = request.parameters((int) length).limit((int) length);
    long key = list.getLong(0);
    long action = list.getLong(8);
    int flags = move ? list.get(17) : list.get(20);
    if (!move && (flags & SPEC_I_PT) == 0 && length != LIST_LENGTH) {
      throw Refusal.parameterLength();
    }
    Reservations all = request.unit.reservations;
    Holder nexus = Holder.of(request.nexus.nexus);
    switch (request.operation) {
      case PR_OUT_REGISTER, PR_OUT_REGISTER_AND_IGNORE -> {
        register(request, list, key, action, flags);
        return List.of();
      }
      default -> {}
    }
    if ((flags & SPEC_I_PT) != 0 && !move) {
      throw Refusal.invalidParameter();
    }
    all.checkKey(nexus, key);
    int type = request.int8(2) & 0x0f;
    switch (request.operation) {
      case PR_OUT_RESERVE -> {
        checkType(request, type);
        all.reserve(nexus, type);
      }
      case PR_OUT_RELEASE -> {
        checkScope(request);
        all.release(nexus, type);
      }
      case PR_OUT_CLEAR -> all.clear(nexus);
      case PR_OUT_REGISTER_AND_MOVE -> move(request, list, action, flags);
      default -> {
        checkType(request, type);
        return all.preempt(nexus, action, type);
      }
    }
    return List.of();
  }

  private static void checkScope(Request request) throws Refusal {
    if (request.int8(2) >> 4 != 0) {
      throw Refusal.invalidCdb(); // of the logical unit is the only scope
    }
  }

  private static void checkType(Request request, int type) throws Refusal {
    checkScope(request);
    if (!Reservations.validType(type)) {
      throw Refusal.invalidCdb();
    }
  }

  private static void register(Request request, ByteBuffer list, long key, long action, int flags)
      throws Refusal {
    Reservations all = request.unit.reservations;
    Holder nexus = Holder.of(request.nexus.nexus);
    boolean ignore = request.operation == Operation.PR_OUT_REGISTER_AND_IGNORE;
    Long own = all.keys().get(nexus);
    if (!ignore && key != (own == null ? 0 : own)) {
      throw Refusal.conflict();
    }
    if ((flags & APTPL) != 0 && !all.canKeep()) {
      throw Refusal.invalidParameter();
    }
    List<Holder> also = new ArrayList<>();
    if ((flags & SPEC_I_PT) != 0) {
      if (ignore || own != null) {
        throw Refusal.invalidParameter();
      }
      named(list, nexus, also);
    }
    if ((flags & ALL_TG_PT) != 0) {
      List<Holder> here = new ArrayList<>(also);
      here.add(nexus);
      for (TargetPort port : request.unit.settings.ports()) {
        for (Holder each : here) {
          also.add(new Holder(each.initiatorName(), each.isid(), port.relativePortId()));
        }
      }
      also.removeIf(nexus::equals);
    }
    if (own == null && action == 0) {
      return; // nothing to remove
    }
    all.register(nexus, action, (flags & APTPL) != 0, also);
  }

  /** The initiator ports of an additional parameter list of TransportIDs. */
  private static void named(ByteBuffer list, Holder nexus, List<Holder> into) throws Refusal {
    if (list.limit() < LIST_LENGTH + 4) {
      throw Refusal.parameterLength();
    }
    long length = list.getInt(LIST_LENGTH) & 0xffffffffL;
    if (length != list.limit() - LIST_LENGTH - 4) {
      throw Refusal.parameterLength();
    }
    int at = LIST_LENGTH + 4;
    while (at < list.limit()) {
      TransportId id = TransportId.decode(list, at);
      into.add(new Holder(id.name(), id.isid(), nexus.relativePortId()));
      at += id.length();
    }
  }

  private static void move(Request request, ByteBuffer list, long key, int flags) throws Refusal {
    if ((list.getInt(20) & 0xffffffffL) != list.limit() - LIST_LENGTH) {
      throw Refusal.parameterLength();
    }
    int port = list.getShort(18) & 0xffff;
    if (request.unit.settings.ports().stream().noneMatch(p -> p.relativePortId() == port)) {
      throw Refusal.invalidParameter();
    }
    Reservations all = request.unit.reservations;
    if ((flags & APTPL) != 0 && !all.canKeep()) {
      throw Refusal.invalidParameter();
    }
    TransportId id = TransportId.decode(list, LIST_LENGTH);
    all.move(
        Holder.of(request.nexus.nexus),
        new Holder(id.name(), id.isid(), port),
        key,
        (flags & 0x02) != 0,
        (flags & APTPL) != 0);
  }
}
