package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.BinaryValue;
import io.pathproof.protocol.iscsi.Chap;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.LoginStage;
import io.pathproof.protocol.iscsi.Pdu;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The target's part of a login, sound but for refusals and redirects now and then. */
final class FuzzLogin {
  private static final String[] ADDRESSES = {
    "10.0.0.1", "10.0.0.2:3261", "[fe80::1]:3260", "10.0.0.3,1", "node.lab", "10.0.0.256", "", ":"
  };

  private final SplittableRandom random;

  FuzzLogin(SplittableRandom random) {
    this.random = random;
  }

  /**
   * An answer to a request.
   *
   * @param maxCmdSn to say in it
   */
  LoginResponse answer(LoginRequest request, int statSn, int maxCmdSn) {
    if (random.nextInt(24) == 0) {
      return refused(request);
    }
    Map<String, String> asked = pairs(request.data());
    StringBuilder answer = new StringBuilder();
    boolean transit = request.transit();
    if (request.currentStage() == LoginStage.OPERATIONAL_NEGOTIATION) {
      // who and what, where this is the first request
      asked.keySet().removeAll(List.of("InitiatorName", "TargetName", "SessionType"));
      for (var each : asked.entrySet()) {
        add(answer, each.getKey(), value(each.getKey(), each.getValue()));
      }
    } else if (asked.containsKey("AuthMethod")) {
      add(answer, "AuthMethod", asked.get("AuthMethod").split(",")[0]);
      add(answer, "TargetPortalGroupTag", "1");
    } else if (asked.containsKey("CHAP_A")) {
      add(answer, "CHAP_A", "5");
      add(answer, "CHAP_I", "23");
      add(answer, "CHAP_C", "0x01020304");
    } else if (asked.containsKey("CHAP_C")) {
      prove(asked, answer);
    }
    return new LoginResponse(
        transit,
        false,
        request.currentStage(),
        transit ? request.nextStage() : LoginStage.SECURITY_NEGOTIATION,
        0,
        0,
        request.isid(),
        transit && request.nextStage() == LoginStage.FULL_FEATURE_PHASE ? 77 : 0,
        request.initiatorTaskTag(),
        statSn,
        request.cmdSn(),
        maxCmdSn,
        0,
        0,
        FuzzTarget.text(answer.toString()));
  }

  private static Map<String, String> pairs(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.duplicate().get(bytes);
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : new String(bytes, StandardCharsets.UTF_8).split("\0")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return pairs;
  }

  private static void add(StringBuilder text, String key, String value) {
    text.append(key).append('=').append(value).append('\0');
  }

  private String value(String key, String offer) {
    return switch (key) {
      case "MaxRecvDataSegmentLength" -> "1024";
      case "HeaderDigest", "DataDigest" -> {
        String[] values = offer.split(",");
        yield values[random.nextInt(values.length)];
      }
      default -> offer;
    };
  }

  private static void prove(Map<String, String> asked, StringBuilder answer) {
    try {
      byte[] challenge = BinaryValue.decode("CHAP_C", asked.get("CHAP_C"), Chap.MAX_BINARY_LENGTH);
      int identifier = Integer.parseInt(asked.get("CHAP_I"));
      byte[] proof =
          Chap.response(
              Chap.Algorithm.MD5,
              identifier,
              FuzzTarget.ARRAY.secret().getBytes(StandardCharsets.UTF_8),
              challenge);
      add(answer, "CHAP_N", FuzzTarget.ARRAY.name());
      add(answer, "CHAP_R", BinaryValue.encodeHex(proof));
    } catch (io.pathproof.protocol.ProtocolException e) {
      throw new AssertionError(e);
    }
  }

  private LoginResponse refused(LoginRequest request) {
    int[] statuses = {0x0101, 0x0101, 0x0101, 0x0102, 0x0102, 0x0301, 0x0203, 0x0201, 0x0299};
    int status = statuses[random.nextInt(statuses.length)];
    String address = ADDRESSES[random.nextInt(ADDRESSES.length)];
    return new LoginResponse(
        false,
        false,
        request.currentStage(),
        LoginStage.SECURITY_NEGOTIATION,
        0,
        0,
        request.isid(),
        0,
        request.initiatorTaskTag(),
        0x55555555,
        0x66666666,
        0x11111111,
        status >> 8,
        status & 0xff,
        status >> 8 == 1 ? FuzzTarget.text("TargetAddress=" + address + "\0") : Pdu.NO_DATA);
  }
}
