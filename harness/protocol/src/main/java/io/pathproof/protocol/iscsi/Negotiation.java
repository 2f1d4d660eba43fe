package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.KeyValues.IRRELEVANT;
import static io.pathproof.protocol.iscsi.KeyValues.NOT_UNDERSTOOD;
import static io.pathproof.protocol.iscsi.KeyValues.REJECT;

import io.pathproof.protocol.ProtocolException;
import java.util.Optional;

/**
 * The rules by which two ends agree on the value of a key (RFC 7143 section 6.2), as functions of
 * the values alone; {@link OperationalKey} says which rule a key has. The two sides are two
 * functions, so that each end checks the other.
 */
public final class Negotiation {
  private Negotiation() {}

  /** How the negotiation of one key ended. */
  public enum Ending {
    /** The value is agreed. */
    AGREED,
    /** The responder refused the offer; the value in force before stays. */
    REJECTED,
    /** The key does not matter in this session. */
    IRRELEVANT,
    /** The responder does not know the key; the default stays. */
    NOT_UNDERSTOOD
  }

  /**
   * What came out for the originator of an offer.
   *
   * @param value the agreed value; the key's default where none was agreed, empty if it has no
   *     default
   */
  public record Outcome(Ending ending, Optional<String> value) {}

  /**
   * The responder's answer to an offer.
   *
   * @param own the responder's own wish: Yes or No, a number, or the list of values that it
   *     supports
   * @return the value that both ends then hold, or Reject if the offer is not one that the key
   *     allows, or has nothing in common with {@code own}
   * @throws IllegalArgumentException if {@code own} is not a value of the key, or the key is
   *     declarative
   */
  public static String answer(OperationalKey key, String offer, String own) {
    if (key.result() == OperationalKey.Result.DECLARATIVE) {
      throw new IllegalArgumentException(key.keyName() + " is declared, not negotiated");
    }
    if (key.result() == OperationalKey.Result.OBSOLETE) {
      return REJECT;
    }
    try {
      key.check(own);
    } catch (ProtocolException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    try {
      return switch (key.result()) {
        case AND -> yesNo(key.yes(offer) && key.yes(own));
        case OR -> yesNo(key.yes(offer) || key.yes(own));
        case MINIMUM -> Long.toString(Math.min(key.number(offer), key.number(own)));
        case MAXIMUM -> Long.toString(Math.max(key.number(offer), key.number(own)));
        case LIST -> {
          var supported = key.list(own);
          yield key.list(offer).stream().filter(supported::contains).findFirst().orElse(REJECT);
        }
        case DECLARATIVE, OBSOLETE -> throw new IllegalStateException();
      };
    } catch (ProtocolException e) {
      return REJECT;
    }
  }

  /** The answer to a key that is not in {@link OperationalKey} (RFC 7143 section 6.2). */
  public static String answerToUnknownKey() {
    return NOT_UNDERSTOOD;
  }

  /**
   * Whether a value that came unasked is to be answered: Reject, Irrelevant and NotUnderstood are
   * answers themselves, and there is no answer to an answer (RFC 7143 section 6.2).
   */
  public static boolean isOffer(String value) {
    return !value.equals(REJECT) && !value.equals(IRRELEVANT) && !value.equals(NOT_UNDERSTOOD);
  }

  /**
   * What an answer means to the end that made the offer.
   *
   * @param answer the responder's value, or null if there was none, which is allowed where the
   *     offer alone decides: No under AND, Yes under OR (RFC 7143 section 6.2.2)
   * @throws ProtocolException if the answer is not one that the offer allows: a value that was not
   *     in the list, a number beyond the offer, Yes where No was decided, nothing where an answer
   *     is due
   */
  public static Outcome outcome(OperationalKey key, String offer, String answer)
      throws ProtocolException {
    if (answer == null) {
      if (!decidesAlone(key, offer)) {
        throw key.malformed(offer, "was offered and not answered");
      }
      return new Outcome(Ending.AGREED, Optional.of(offer));
    }
    switch (answer) {
      case REJECT:
        return new Outcome(Ending.REJECTED, key.defaultValue());
      case IRRELEVANT:
        return new Outcome(Ending.IRRELEVANT, key.defaultValue());
      case NOT_UNDERSTOOD:
        return new Outcome(Ending.NOT_UNDERSTOOD, key.defaultValue());
      default:
        break;
    }
    boolean allowed =
        switch (key.result()) {
          case AND -> key.yes(offer) || !key.yes(answer);
          case OR -> !key.yes(offer) || key.yes(answer);
          case MINIMUM -> key.number(answer) <= key.number(offer);
          case MAXIMUM -> key.number(answer) >= key.number(offer);
          case LIST -> key.list(offer).contains(answer);
          case OBSOLETE -> answer.equals("No");
          case DECLARATIVE -> true;
        };
    if (!allowed) {
      throw key.malformed(answer, "is not an answer that the offer \"" + offer + "\" allows");
    }
    key.check(answer);
    return new Outcome(Ending.AGREED, Optional.of(answer));
  }

  private static boolean decidesAlone(OperationalKey key, String offer) throws ProtocolException {
    return switch (key.result()) {
      case AND -> !key.yes(offer);
      case OR -> key.yes(offer);
      case DECLARATIVE -> true;
      case LIST, MINIMUM, MAXIMUM, OBSOLETE -> false;
    };
  }

  private static String yesNo(boolean yes) {
    return yes ? "Yes" : "No";
  }
}
