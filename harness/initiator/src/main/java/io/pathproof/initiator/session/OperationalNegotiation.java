package io.pathproof.initiator.session;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.Negotiation;
import io.pathproof.protocol.iscsi.Negotiation.Ending;
import io.pathproof.protocol.iscsi.OperationalKey;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The operational keys of one login (RFC 7143 sections 6.2 and 13): offers, answers, results. */
final class OperationalNegotiation {
  private final NegotiationOffer offer;
  private final boolean discovery;
  private final Map<OperationalKey, String> offered = new LinkedHashMap<>();
  private final Map<OperationalKey, String> answered = new EnumMap<>(OperationalKey.class);

  OperationalNegotiation(NegotiationOffer offer, boolean discovery) {
    this.offer = offer;
    this.discovery = discovery;
    offer(OperationalKey.HEADER_DIGEST, offer.headerDigest().offer());
    offer(OperationalKey.DATA_DIGEST, offer.dataDigest().offer());
    offer(OperationalKey.ERROR_RECOVERY_LEVEL, 0);
    offer(OperationalKey.DEFAULT_TIME_2_WAIT, offer.defaultTime2WaitSec());
    offer(OperationalKey.DEFAULT_TIME_2_RETAIN, offer.defaultTime2RetainSec());
    offer(OperationalKey.MAX_CONNECTIONS, 1);
    offer(OperationalKey.INITIAL_R2T, offer.initialR2t() ? "Yes" : "No");
    offer(OperationalKey.IMMEDIATE_DATA, offer.immediateData() ? "Yes" : "No");
    offer(OperationalKey.MAX_BURST_LENGTH, offer.maxBurstLength());
    offer(OperationalKey.FIRST_BURST_LENGTH, offer.firstBurstLength());
    offer(OperationalKey.MAX_OUTSTANDING_R2T, offer.maxOutstandingR2t());
    offer(OperationalKey.DATA_PDU_IN_ORDER, "Yes");
    offer(OperationalKey.DATA_SEQUENCE_IN_ORDER, "Yes");
  }

  private void offer(OperationalKey key, int value) {
    offer(key, Integer.toString(value));
  }

  private void offer(OperationalKey key, String value) {
    if (!discovery || !key.irrelevantInDiscovery()) {
      offered.put(key, value);
    }
  }

  /** What goes into the first request of the operational stage. */
  KeyValues offers() {
    return KeyValues.of(offered)
        .with(
            OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH,
            Integer.toString(offer.maxRecvDataSegmentLength()));
  }

  /**
   * Takes what the target sent: answers to our offers, declarations, and offers of its own. No key
   * comes twice in a login.
   *
   * @return our answers to the target's own offers
   */
  KeyValues receive(KeyValues keys) throws ProtocolException {
    KeyValues replies = KeyValues.empty();
    for (Map.Entry<String, String> entry : keys.asMap().entrySet()) {
      OperationalKey key = OperationalKey.of(entry.getKey()).orElse(null);
      if (key == null) {
        if (Negotiation.isOffer(entry.getValue())) {
          replies = replies.with(entry.getKey(), Negotiation.answerToUnknownKey());
        }
      } else if (offered.containsKey(key) || key.result() == OperationalKey.Result.DECLARATIVE) {
        answered.put(key, entry.getValue());
      } else if (Negotiation.isOffer(entry.getValue())) {
        replies = replies.with(key, reply(key, entry.getValue()));
      }
    }
    return replies;
  }

  private String reply(OperationalKey key, String value) {
    if (discovery && key.irrelevantInDiscovery()) {
      return KeyValues.IRRELEVANT;
    }
    return key.defaultValue()
        .map(own -> Negotiation.answer(key, value, own))
        .orElse(KeyValues.REJECT);
  }

  /** The portal group that the target named, if it has. */
  OptionalInt portalGroupTag() throws ProtocolException {
    String tag = answered.get(OperationalKey.TARGET_PORTAL_GROUP_TAG);
    return tag == null
        ? OptionalInt.empty()
        : OptionalInt.of((int) OperationalKey.TARGET_PORTAL_GROUP_TAG.number(tag));
  }

  /**
   * What is in force from now on.
   *
   * @throws ProtocolException if an answer is missing or is not one that the offer allows
   */
  SessionParameters finish(Portal portal, int tsih) throws ProtocolException {
    Map<OperationalKey, String> values = new EnumMap<>(OperationalKey.class);
    boolean burstsAgreed = true;
    for (Map.Entry<OperationalKey, String> entry : offered.entrySet()) {
      OperationalKey key = entry.getKey();
      Negotiation.Outcome outcome = Negotiation.outcome(key, entry.getValue(), answered.get(key));
      values.put(key, outcome.value().orElseThrow());
      if (key == OperationalKey.MAX_BURST_LENGTH || key == OperationalKey.FIRST_BURST_LENGTH) {
        burstsAgreed &= outcome.ending() == Ending.AGREED;
      }
    }
    Digests digests =
        new Digests(
            digest(OperationalKey.HEADER_DIGEST, offer.headerDigest(), values),
            digest(OperationalKey.DATA_DIGEST, offer.dataDigest(), values));
    int maxBurst = number(OperationalKey.MAX_BURST_LENGTH, values);
    int firstBurst = number(OperationalKey.FIRST_BURST_LENGTH, values);
    if (firstBurst > maxBurst && burstsAgreed) {
      throw new ProtocolException(
          ProtocolException.Kind.NEGOTIATION,
          "LOGIN_RESPONSE",
          OperationalKey.FIRST_BURST_LENGTH.keyName(),
          -1,
          firstBurst + " is greater than MaxBurstLength " + maxBurst);
    }
    return new SessionParameters(
        portal,
        tsih,
        portalGroupTag(),
        Optional.ofNullable(answered.get(OperationalKey.TARGET_ALIAS)).orElse(""),
        digests,
        number(OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH, answered),
        offer.maxRecvDataSegmentLength(),
        Math.min(firstBurst, maxBurst),
        maxBurst,
        yes(OperationalKey.INITIAL_R2T, values),
        yes(OperationalKey.IMMEDIATE_DATA, values),
        number(OperationalKey.MAX_OUTSTANDING_R2T, values),
        number(OperationalKey.DEFAULT_TIME_2_WAIT, values),
        number(OperationalKey.DEFAULT_TIME_2_RETAIN, values));
  }

  private static boolean digest(
      OperationalKey key, DigestPolicy policy, Map<OperationalKey, String> values)
      throws ProtocolException {
    boolean crc32c = values.get(key).equals("CRC32C");
    if (!policy.allows(crc32c)) {
      throw new ProtocolException(
          ProtocolException.Kind.NEGOTIATION,
          "LOGIN_RESPONSE",
          key.keyName(),
          -1,
          "no common value: offered " + policy.offer());
    }
    return crc32c;
  }

  private static int number(OperationalKey key, Map<OperationalKey, String> values)
      throws ProtocolException {
    return (int) key.number(values.getOrDefault(key, key.defaultValue().orElseThrow()));
  }

  private static boolean yes(OperationalKey key, Map<OperationalKey, String> values)
      throws ProtocolException {
    return key.yes(values.getOrDefault(key, key.defaultValue().orElseThrow()));
  }
}
