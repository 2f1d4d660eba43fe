package io.pathproof.protocol.iscsi;

import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;

/** PDUs of random field values that a sound peer could send, drawn from a seeded source. */
final class RandomPdus {
  static final List<Class<? extends Pdu>> TYPES =
      List.of(
          NopOut.class,
          ScsiCommand.class,
          TaskManagementRequest.class,
          LoginRequest.class,
          TextRequest.class,
          DataOut.class,
          LogoutRequest.class,
          SnackRequest.class,
          NopIn.class,
          ScsiResponse.class,
          TaskManagementResponse.class,
          LoginResponse.class,
          TextResponse.class,
          DataIn.class,
          LogoutResponse.class,
          R2t.class,
          AsyncMessage.class,
          Reject.class);

  /** Bits of the int components that have fewer than 32. */
  private static final Map<String, Integer> BITS =
      Map.ofEntries(
          Map.entry("versionMax", 8),
          Map.entry("versionMin", 8),
          Map.entry("versionActive", 8),
          Map.entry("statusClass", 8),
          Map.entry("statusDetail", 8),
          Map.entry("response", 8),
          Map.entry("status", 8),
          Map.entry("reason", 8),
          Map.entry("asyncEvent", 8),
          Map.entry("asyncVCode", 8),
          Map.entry("tsih", 16),
          Map.entry("cid", 16),
          Map.entry("parameter1", 16),
          Map.entry("parameter2", 16),
          Map.entry("parameter3", 16),
          Map.entry("time2Wait", 16),
          Map.entry("time2Retain", 16));

  private final Random random;
  private final int maxData;

  RandomPdus(Random random, int maxData) {
    this.random = random;
    this.maxData = maxData;
  }

  Pdu next() {
    return next(TYPES.get(random.nextInt(TYPES.size())));
  }

  Pdu next(Class<? extends Pdu> type) {
    while (true) {
      Pdu pdu = any(type);
      if (legal(pdu)) {
        return pdu;
      }
    }
  }

  private Pdu any(Class<? extends Pdu> type) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = value(components[i]);
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(type + " cannot be made", e);
    }
  }

  private Object value(RecordComponent component) {
    Class<?> type = component.getType();
    if (type == boolean.class) {
      return random.nextBoolean();
    } else if (type == int.class) {
      return random.nextInt() >>> 32 - BITS.getOrDefault(component.getName(), 32);
    } else if (type == long.class) {
      return random.nextLong();
    } else if (type == Isid.class) {
      return new Isid(random.nextLong() >>> 16);
    } else if (type == OptionalInt.class) {
      return random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt());
    } else if (type == ByteBuffer.class) {
      return component.getName().equals("cdb") ? bytes(16 + random.nextInt(40)) : data();
    } else if (type.isEnum()) {
      return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
    }
    throw new AssertionError("no values for " + component);
  }

  private ByteBuffer data() {
    return random.nextInt(4) == 0 ? Pdu.NO_DATA : bytes(random.nextInt(maxData + 1));
  }

  private ByteBuffer bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  /** The rules between fields that the decoder holds a peer to. */
  private static boolean legal(Pdu pdu) {
    if (pdu instanceof NopOut p) {
      return p.initiatorTaskTag() != Pdu.RESERVED_TAG || p.immediate();
    } else if (pdu instanceof ScsiCommand p) {
      return p.write() || p.finalBit() && p.read();
    } else if (pdu instanceof LoginRequest p) {
      return !(p.transit() && p.continueBit());
    } else if (pdu instanceof LoginResponse p) {
      return !(p.transit() && p.continueBit());
    } else if (pdu instanceof TextRequest p) {
      return !(p.finalBit() && p.continueBit());
    } else if (pdu instanceof TextResponse p) {
      return !(p.finalBit() && p.continueBit());
    } else if (pdu instanceof ScsiResponse p) {
      return !(p.residualOverflow() && p.residualUnderflow())
          && !(p.bidirectionalReadOverflow() && p.bidirectionalReadUnderflow());
    } else if (pdu instanceof DataIn p) {
      return !(p.residualOverflow() && p.residualUnderflow()) && (p.finalBit() || !p.statusBit());
    } else if (pdu instanceof R2t p) {
      return p.desiredDataTransferLength() != 0 && p.targetTransferTag() != Pdu.RESERVED_TAG;
    }
    return true;
  }
}
