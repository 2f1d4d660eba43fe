package io.pathproof.initiator.session;

import static io.pathproof.protocol.iscsi.Chap.CHAP_A;
import static io.pathproof.protocol.iscsi.Chap.CHAP_C;
import static io.pathproof.protocol.iscsi.Chap.CHAP_I;
import static io.pathproof.protocol.iscsi.Chap.CHAP_N;
import static io.pathproof.protocol.iscsi.Chap.CHAP_R;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.BinaryValue;
import io.pathproof.protocol.iscsi.Chap;
import io.pathproof.protocol.iscsi.KeyValues;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.OptionalLong;

/** The initiator's side of one CHAP exchange (RFC 7143 section 12.1.3, RFC 1994). */
final class ChapInitiator {
  /**
   * MD5, then SHA-256, by IANA's numbers. In this order, which is open-iscsi's default too, as tgt
   * takes 7 for SHA-1.
   */
  static final String OFFERED_ALGORITHMS =
      Chap.Algorithm.MD5.code() + "," + Chap.Algorithm.SHA256.code();

  private static final int CHALLENGE_LENGTH = 32;
  private static final int MAX_IDENTIFIER = 255;

  private final ChapSettings settings;
  private final ChallengeSource source;
  private final ChallengeMemory memory;
  private Chap.Algorithm algorithm;
  private int ownIdentifier;
  private byte[] ownChallenge;
  private byte[] ownResponse;

  ChapInitiator(ChapSettings settings, ChallengeSource source, ChallengeMemory memory) {
    this.settings = settings;
    this.source = source;
    this.memory = memory;
  }

  KeyValues offer() {
    return KeyValues.empty().with(CHAP_A, OFFERED_ALGORITHMS);
  }

  /**
   * Answers the target's challenge, and poses one where the target has to prove itself.
   *
   * @throws Refused if there is no common algorithm or the challenge is one of our own
   * @throws ProtocolException if a key is missing or malformed
   */
  KeyValues answer(KeyValues keys) throws ProtocolException, Refused {
    algorithm = algorithm(required(keys, CHAP_A));
    int identifier = identifier(required(keys, CHAP_I));
    byte[] challenge = BinaryValue.decode(CHAP_C, required(keys, CHAP_C), Chap.MAX_BINARY_LENGTH);
    if (settings.target().isPresent()) {
      ownChallenge = new byte[CHALLENGE_LENGTH];
      source.fill(ownChallenge);
      memory.remember(ownChallenge);
      ownIdentifier = identifier + 1 & MAX_IDENTIFIER;
    }
    if (memory.posed(challenge)) {
      throw new Refused(CHAP_C, "is one of our own challenges (RFC 7143 section 9.2.1)");
    }
    ownResponse = Chap.response(algorithm, identifier, secret(settings.initiator()), challenge);
    KeyValues answer =
        KeyValues.empty()
            .with(CHAP_N, settings.initiator().name())
            .with(CHAP_R, BinaryValue.encodeHex(ownResponse));
    return ownChallenge == null
        ? answer
        : answer
            .with(CHAP_I, Integer.toString(ownIdentifier))
            .with(CHAP_C, BinaryValue.encodeHex(ownChallenge));
  }

  /** Checks the target's proof, where one is due. */
  void verify(KeyValues keys) throws ProtocolException, Refused {
    if (settings.target().isEmpty()) {
      return;
    }
    ChapCredentials expected = settings.target().get();
    if (keys.get(CHAP_N).isEmpty() || keys.get(CHAP_R).isEmpty()) {
      throw new Refused(CHAP_R, "is missing: the target did not prove itself");
    }
    String name = required(keys, CHAP_N);
    byte[] response = BinaryValue.decode(CHAP_R, required(keys, CHAP_R), Chap.MAX_BINARY_LENGTH);
    if (!name.equals(expected.name())) {
      throw new Refused(CHAP_N, "'" + name + "', expected '" + expected.name() + "'");
    }
    if (Arrays.equals(response, ownResponse)) {
      throw new Refused(CHAP_R, "is our own response");
    }
    byte[] right = Chap.response(algorithm, ownIdentifier, secret(expected), ownChallenge);
    if (!MessageDigest.isEqual(right, response)) {
      throw new Refused(CHAP_R, "is wrong");
    }
  }

  private static byte[] secret(ChapCredentials credentials) {
    return credentials.secret().getBytes(StandardCharsets.UTF_8);
  }

  private static Chap.Algorithm algorithm(String code) throws Refused {
    return KeyValues.number(code).stream()
        .filter(number -> Arrays.asList(OFFERED_ALGORITHMS.split(",")).contains("" + number))
        .mapToObj(number -> Chap.Algorithm.of((int) number).orElseThrow())
        .findFirst()
        .orElseThrow(
            () -> new Refused(CHAP_A, "'" + code + "', offered was " + OFFERED_ALGORITHMS));
  }

  private static int identifier(String text) throws ProtocolException {
    OptionalLong number = KeyValues.number(text);
    if (number.isEmpty() || number.getAsLong() > MAX_IDENTIFIER) {
      throw malformed(CHAP_I, "'" + text + "' is not a number of 0 to 255");
    }
    return (int) number.getAsLong();
  }

  private static String required(KeyValues keys, String key) throws ProtocolException {
    return keys.get(key).orElseThrow(() -> malformed(key, "is missing"));
  }

  private static ProtocolException malformed(String key, String problem) {
    return new ProtocolException(
        ProtocolException.Kind.NEGOTIATION, "LOGIN_RESPONSE", key, -1, problem);
  }

  /** Authentication failed; the text tells why. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String key, String problem) {
      super("LOGIN_RESPONSE: " + key + ": " + problem, null, false, false);
    }
  }
}
