package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.Negotiation;
import io.pathproof.protocol.iscsi.OperationalKey;
import java.util.EnumMap;
import java.util.Map;

/** The target's part in the negotiation of operational keys (RFC 7143 sections 6.2 and 13). */
final class OperationalAnswers {
  private final TargetSettings settings;
  private final Map<OperationalKey, String> agreed = new EnumMap<>(OperationalKey.class);
  private int initiatorMaxRecv = 8192;
  private boolean declared;

  OperationalAnswers(TargetSettings settings) {
    this.settings = settings;
  }

  /**
   * Answers what the initiator offers and notes what it declares.
   *
   * @throws ProtocolException when a declared value is none that the key allows
   */
  KeyValues answer(KeyValues keys, boolean discovery) throws ProtocolException {
    KeyValues answers = KeyValues.empty();
    for (Map.Entry<String, String> pair : keys.asMap().entrySet()) {
      OperationalKey key = OperationalKey.of(pair.getKey()).orElse(null);
      if (key == null) {
        if (!pair.getValue().equals(KeyValues.NOT_UNDERSTOOD)) {
          answers = answers.with(pair.getKey(), Negotiation.answerToUnknownKey());
        }
      } else if (key == OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH) {
        initiatorMaxRecv = (int) key.number(pair.getValue());
      } else if (key.result() != OperationalKey.Result.DECLARATIVE
          && key != OperationalKey.AUTH_METHOD) {
        answers = answers.with(key, answer(key, pair.getValue(), discovery, keys));
      }
    }
    if (!declared) {
      declared = true;
      answers =
          answers.with(
              OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH,
              Integer.toString(settings.maxRecvDataSegmentLength()));
    }
    return answers;
  }

  private String answer(OperationalKey key, String offer, boolean discovery, KeyValues all) {
    if (discovery && key.irrelevantInDiscovery()) {
      return KeyValues.IRRELEVANT;
    }
    String answer = Negotiation.answer(key, offer, own(key, all));
    if (!answer.equals(KeyValues.REJECT)) {
      agreed.put(key, answer);
    }
    return answer;
  }

  private String own(OperationalKey key, KeyValues all) {
    return switch (key) {
      case HEADER_DIGEST, DATA_DIGEST -> "CRC32C,None";
      case MAX_CONNECTIONS, ISCSI_PROTOCOL_LEVEL -> "1";
      case INITIAL_R2T -> "No";
      case IMMEDIATE_DATA, DATA_PDU_IN_ORDER, DATA_SEQUENCE_IN_ORDER -> "Yes";
      case MAX_BURST_LENGTH -> Integer.toString(settings.maxBurstLength());
      case FIRST_BURST_LENGTH -> Long.toString(firstBurst(all));
      case MAX_OUTSTANDING_R2T -> Integer.toString(settings.maxOutstandingR2t());
      case DEFAULT_TIME_2_WAIT, DEFAULT_TIME_2_RETAIN, ERROR_RECOVERY_LEVEL -> "0";
      default -> key.defaultValue().orElse("");
    };
  }

  /** FirstBurstLength must not exceed MaxBurstLength (RFC 7143 section 13.14). */
  private long firstBurst(KeyValues all) {
    long maxBurst = settings.maxBurstLength();
    String offered =
        all.get(OperationalKey.MAX_BURST_LENGTH)
            .or(() -> java.util.Optional.ofNullable(agreed.get(OperationalKey.MAX_BURST_LENGTH)))
            .orElse("262144");
    try {
      maxBurst = Math.min(maxBurst, OperationalKey.MAX_BURST_LENGTH.number(offered));
    } catch (ProtocolException e) {
      // That key is answered with Reject, and its default stands.
      maxBurst = Math.min(maxBurst, 262_144);
    }
    return Math.min(settings.firstBurstLength(), maxBurst);
  }

  /** What holds from the end of the login on. */
  SessionParameters result() {
    int maxBurst = number(OperationalKey.MAX_BURST_LENGTH, 262_144);
    return new SessionParameters(
        new Digests(
            "CRC32C".equals(agreed.get(OperationalKey.HEADER_DIGEST)),
            "CRC32C".equals(agreed.get(OperationalKey.DATA_DIGEST))),
        initiatorMaxRecv,
        maxBurst,
        Math.min(number(OperationalKey.FIRST_BURST_LENGTH, 65_536), maxBurst),
        number(OperationalKey.MAX_OUTSTANDING_R2T, 1),
        !"No".equals(agreed.get(OperationalKey.INITIAL_R2T)),
        !"No".equals(agreed.get(OperationalKey.IMMEDIATE_DATA)));
  }

  private int number(OperationalKey key, int otherwise) {
    String value = agreed.get(key);
    return value == null ? otherwise : Integer.parseInt(value);
  }
}
