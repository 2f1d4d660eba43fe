package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.BinaryValue;
import io.pathproof.protocol.iscsi.Chap;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginStatus;
import io.pathproof.protocol.iscsi.OperationalKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** The target's side of the security stage (RFC 7143 section 12.1). */
final class ChapTarget {
  private static final int CHALLENGE_BYTES = 32;

  private enum Step {
    METHOD,
    ALGORITHM,
    RESPONSE,
    DONE
  }

  private final Optional<ChapAccounts> accounts;
  private final ChallengeSource challenges;
  private Step step = Step.METHOD;
  private Chap.Algorithm algorithm;
  private byte[] challenge;
  private int identifier;

  ChapTarget(Optional<ChapAccounts> accounts, ChallengeSource challenges) {
    this.accounts = accounts;
    this.challenges = challenges;
  }

  /** Whether nothing is left to be proven. */
  boolean done() {
    return step == Step.DONE || accounts.isEmpty();
  }

  /** Takes the keys of one request and gives those of the answer. */
  KeyValues answer(KeyValues keys) throws LoginRefusal, ProtocolException {
    if (step == Step.METHOD && keys.get(OperationalKey.AUTH_METHOD).isPresent()) {
      return method(OperationalKey.AUTH_METHOD.list(keys.get(OperationalKey.AUTH_METHOD).get()));
    }
    if (step == Step.ALGORITHM && keys.get(Chap.CHAP_A).isPresent()) {
      return algorithm(keys.get(Chap.CHAP_A).get());
    }
    if (step == Step.RESPONSE) {
      return response(keys);
    }
    if (step == Step.DONE && keys.get(Chap.CHAP_C).isPresent()) {
      throw failure("a challenge after the end of the authentication");
    }
    return KeyValues.empty();
  }

  private KeyValues method(java.util.List<String> offered) throws LoginRefusal {
    if (accounts.isEmpty()) {
      step = Step.DONE;
      if (!offered.contains("None")) {
        throw failure("the target has no accounts, and None was not offered");
      }
      return KeyValues.empty().with(OperationalKey.AUTH_METHOD, "None");
    }
    if (!offered.contains("CHAP")) {
      throw failure("CHAP was not offered");
    }
    step = Step.ALGORITHM;
    return KeyValues.empty().with(OperationalKey.AUTH_METHOD, "CHAP");
  }

  private KeyValues algorithm(String offered) throws LoginRefusal {
    for (String code : offered.split(",")) {
      Optional<Chap.Algorithm> known =
          code.matches("\\d{1,5}") ? Chap.Algorithm.of(Integer.parseInt(code)) : Optional.empty();
      if (known.isPresent()) {
        algorithm = known.get();
        challenge = new byte[CHALLENGE_BYTES];
        challenges.fill(challenge);
        identifier = challenge[0] & 0xff;
        step = Step.RESPONSE;
        return KeyValues.empty()
            .with(Chap.CHAP_A, Integer.toString(algorithm.code()))
            .with(Chap.CHAP_I, Integer.toString(identifier))
            .with(Chap.CHAP_C, BinaryValue.encodeHex(challenge));
      }
    }
    throw failure("none of the algorithms " + offered + " is known");
  }

  private KeyValues response(KeyValues keys) throws LoginRefusal, ProtocolException {
    ChapAccounts account = accounts.orElseThrow();
    String name = keys.get(Chap.CHAP_N).orElseThrow(() -> failure("CHAP_N is missing"));
    String response = keys.get(Chap.CHAP_R).orElseThrow(() -> failure("CHAP_R is missing"));
    byte[] given = BinaryValue.decode(Chap.CHAP_R, response, Chap.MAX_BINARY_LENGTH);
    byte[] expected =
        Chap.response(algorithm, identifier, bytes(account.initiatorSecret()), challenge);
    if (!name.equals(account.initiatorName()) || !MessageDigest.isEqual(given, expected)) {
      throw failure("wrong name or secret");
    }
    step = Step.DONE;
    Optional<String> theirs = keys.get(Chap.CHAP_C);
    if (theirs.isEmpty()) {
      return KeyValues.empty();
    }
    ChapAccounts.TargetAccount target =
        account.target().orElseThrow(() -> failure("the target cannot authenticate itself"));
    byte[] theirChallenge = BinaryValue.decode(Chap.CHAP_C, theirs.get(), Chap.MAX_BINARY_LENGTH);
    if (MessageDigest.isEqual(theirChallenge, challenge)) {
      // Reflection: RFC 7143 section 12.1.3 wants the login rejected.
      throw failure("our own challenge was given back");
    }
    String number = keys.get(Chap.CHAP_I).orElseThrow(() -> failure("CHAP_I is missing"));
    if (!number.matches("\\d{1,3}") || Integer.parseInt(number) > 255) {
      throw failure("CHAP_I=" + number + " is not a number up to 255");
    }
    byte[] answer =
        Chap.response(algorithm, Integer.parseInt(number), bytes(target.secret()), theirChallenge);
    return KeyValues.empty()
        .with(Chap.CHAP_N, target.name())
        .with(Chap.CHAP_R, BinaryValue.encodeHex(answer));
  }

  private static byte[] bytes(String secret) {
    return secret.getBytes(StandardCharsets.UTF_8);
  }

  private static LoginRefusal failure(String why) {
    return new LoginRefusal(LoginStatus.AUTHENTICATION_FAILURE, why);
  }
}
