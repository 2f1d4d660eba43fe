package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Opcode;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** The bytes of PDUs, sound and with something wrong about them. */
final class FuzzBytes {
  private static final int[] FIELDS = {16, 20, 24, 28, 32, 36, 40, 44};

  private static final String[] KEYS = {
    "MaxRecvDataSegmentLength",
    "FirstBurstLength",
    "MaxBurstLength",
    "InitialR2T",
    "HeaderDigest",
    "DataDigest",
    "ErrorRecoveryLevel",
    "MaxConnections",
    "DefaultTime2Wait",
    "TargetPortalGroupTag",
    "AuthMethod",
    "CHAP_A",
    "CHAP_I",
    "CHAP_C",
    "CHAP_N",
    "CHAP_R",
    "TargetAddress",
    "TargetName",
    "X-com.example",
    "=",
    "",
    "IFMarker",
    "TaskReporting",
    "TargetAlias"
  };

  private static final String[] VALUES = {
    "",
    "0",
    "1",
    "-1",
    "511",
    "512",
    "16777215",
    "16777216",
    "99999999999999999999",
    "Yes",
    "No",
    "None",
    "CRC32C",
    "Reject",
    "Irrelevant",
    "NotUnderstood",
    "0x",
    "0x00",
    "0xzz",
    "0b!",
    "10.0.0.9",
    "[",
    "a,b,,c",
    "\u0001",
    "\u00e9"
  };

  private final SplittableRandom random;
  private final List<byte[]> replays = new ArrayList<>();

  FuzzBytes(SplittableRandom random) {
    this.random = random;
  }

  /** A sound PDU. */
  byte[] sound(Pdu pdu, Digests digests) {
    return withDigests(encode(pdu), digests);
  }

  private static byte[] encode(Pdu pdu) {
    ByteBuffer bytes = new PduEncoder(Digests.NONE).encode(pdu);
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy;
  }

  private static byte[] withDigests(byte[] bytes, Digests digests) {
    if (digests.equals(Digests.NONE) || bytes.length < 48) {
      return bytes;
    }
    ByteBuffer out = ByteBuffer.allocate(bytes.length + 2 * Digests.LENGTH);
    out.put(bytes, 0, 48);
    if (digests.header()) {
      out.putInt(Digests.crc32c(ByteBuffer.wrap(bytes, 0, 48)));
    }
    out.put(bytes, 48, bytes.length - 48);
    if (digests.data() && bytes.length > 48) {
      out.putInt(Digests.crc32c(ByteBuffer.wrap(bytes, 48, bytes.length - 48)));
    }
    byte[] all = new byte[out.position()];
    out.flip().get(all);
    return all;
  }

  /**
   * Something wrong.
   *
   * @param pdu to change; null for bytes of whatever kind
   */
  byte[] fuzzed(Pdu pdu, Digests digests) {
    if (pdu == null || random.nextInt(16) == 0) {
      return replays.isEmpty() ? garbage() : replays.get(random.nextInt(replays.size()));
    }
    byte[] bytes = encode(pdu);
    if (random.nextInt(16) == 0) {
      if (replays.size() == 16) {
        replays.remove(0);
      }
      replays.add(withDigests(bytes, digests));
    }
    int times = random.nextInt(4) == 0 ? 2 : 1;
    for (int i = 0; i < times; i++) {
      bytes = changed(bytes);
    }
    byte[] whole = withDigests(bytes, digests);
    switch (random.nextInt(48)) {
      case 0 -> whole[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> whole = cut(whole);
      default -> {}
    }
    return whole;
  }

  private byte[] garbage() {
    byte[] bytes = new byte[random.nextInt(200)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) random.nextInt();
    }
    return bytes;
  }

  private byte[] cut(byte[] bytes) {
    return java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
  }

  private byte[] changed(byte[] bytes) {
    ByteBuffer header = ByteBuffer.wrap(bytes);
    switch (random.nextInt(16)) {
      case 0 -> bytes[random.nextInt(48)] = (byte) random.nextInt();
      case 1 -> bytes[random.nextInt(48)] ^= (byte) (1 << random.nextInt(8));
      case 2 -> bytes[1] = (byte) random.nextInt();
      case 3 -> bytes[2 + random.nextInt(2)] = (byte) random.nextInt();
      case 4 -> bytes[0] = opcode();
      case 5 -> header.putLong(8, random.nextInt(4));
      case 6 -> {
        if (bytes.length > 48) {
          bytes[48 + random.nextInt(bytes.length - 48)] = (byte) random.nextInt();
        }
      }
      case 7 -> {
        return withData(bytes, dataOf(bytes));
      }
      case 8 -> bytes[5 + random.nextInt(3)] = (byte) random.nextInt(3);
      case 9 -> bytes[36 + random.nextInt(4)] = (byte) random.nextInt(6);
      default -> {
        int at = FIELDS[random.nextInt(FIELDS.length)];
        header.putInt(at, interesting(header.getInt(at)));
      }
    }
    return bytes;
  }

  private byte opcode() {
    Opcode[] all = Opcode.values();
    return (byte) all[random.nextInt(all.length)].code();
  }

  private int interesting(int value) {
    return switch (random.nextInt(10)) {
      case 0 -> 0;
      case 1 -> -1;
      case 2 -> value + 1;
      case 3 -> value - 1;
      case 4 -> value ^ 0x80000000;
      case 5 -> value + Integer.MAX_VALUE;
      case 6 -> Integer.MAX_VALUE;
      case 7 -> Integer.MIN_VALUE;
      case 8 -> random.nextInt(64);
      default -> random.nextInt();
    };
  }

  /** Another data segment under the same header: text for a text PDU, else any bytes. */
  private byte[] dataOf(byte[] bytes) {
    Optional<Opcode> opcode = Opcode.of(bytes[0] & 0x3f);
    boolean text =
        opcode.isPresent()
            && (opcode.get() == Opcode.LOGIN_RESPONSE || opcode.get() == Opcode.TEXT_RESPONSE);
    if (!text) {
      return new byte[random.nextInt(300)];
    }
    String old =
        new String(bytes, 48, bytes.length - 48, java.nio.charset.StandardCharsets.ISO_8859_1);
    String[] pairs = old.replaceAll("\0+$", "").split("\0");
    StringBuilder mixed = new StringBuilder();
    for (String pair : pairs) {
      switch (random.nextInt(8)) {
        case 0 -> {}
        case 1 -> mixed.append(pair).append('\0').append(pair).append('\0');
        case 2 -> mixed.append(pair.split("=", 2)[0]).append('=').append(value()).append('\0');
        default -> mixed.append(pair).append('\0');
      }
    }
    if (random.nextBoolean()) {
      mixed.append(KEYS[random.nextInt(KEYS.length)]).append('=').append(value());
      mixed.append(random.nextInt(8) == 0 ? "" : "\0");
    }
    return mixed.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private String value() {
    return random.nextInt(24) == 0 ? "x".repeat(300) : VALUES[random.nextInt(VALUES.length)];
  }

  private static byte[] withData(byte[] bytes, byte[] data) {
    byte[] all = new byte[48 + (data.length + 3 & ~3)];
    System.arraycopy(bytes, 0, all, 0, 48);
    System.arraycopy(data, 0, all, 48, data.length);
    all[5] = 0;
    all[6] = (byte) (data.length >> 8);
    all[7] = (byte) data.length;
    return all;
  }
}
