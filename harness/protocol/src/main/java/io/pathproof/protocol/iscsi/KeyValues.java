package io.pathproof.protocol.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The key=value pairs of one login or text exchange (RFC 7143 section 6.1), in the order of the
 * wire, each key once. Immutable.
 *
 * <p>An answer to SendTargets repeats its keys and is read by {@link SendTargets} instead. Text
 * that the C bit split over several PDUs is joined by {@link TextReassembly} first.
 */
public final class KeyValues {
  /** The answer to a key whose value could not be accepted (RFC 7143 section 6.2). */
  public static final String REJECT = "Reject";

  /** The answer to a key that does not matter in this session (RFC 7143 section 6.2). */
  public static final String IRRELEVANT = "Irrelevant";

  /** The answer to a key that the responder does not know (RFC 7143 section 6.2). */
  public static final String NOT_UNDERSTOOD = "NotUnderstood";

  /** The longest key name in characters (RFC 7143 section 6.1). */
  public static final int MAX_KEY_LENGTH = 63;

  /**
   * The longest simple value in bytes (RFC 7143 section 6.1); an encoded binary value may be
   * longer.
   */
  public static final int MAX_VALUE_LENGTH = 255;

  /**
   * The longest list or encoded binary value accepted here, in bytes: 1,024 bytes of CHAP_C in hex,
   * and room.
   */
  public static final int MAX_LONG_VALUE_LENGTH = 4096;

  private static final String WHERE = "text";

  /** In UTF-8; a surrogate pair has two chars for its four bytes. */
  private static final int MAX_BYTES_OF_A_CHAR = 3;

  /** One pair, as on the wire. */
  record Pair(String key, String value) {}

  private final Map<String, String> pairs;

  private KeyValues(Map<String, String> pairs) {
    this.pairs = Collections.unmodifiableMap(pairs);
  }

  public static KeyValues empty() {
    return new KeyValues(new LinkedHashMap<>());
  }

  /**
   * These pairs and one more, or with a new value for a key that is already there.
   *
   * @throws IllegalArgumentException for a key or value that {@link #decode} would not accept
   */
  public KeyValues with(String key, String value) {
    checkArguments(key, value);
    Map<String, String> more = new LinkedHashMap<>(pairs);
    more.put(key, value);
    return new KeyValues(more);
  }

  public KeyValues with(OperationalKey key, String value) {
    return with(key.keyName(), value);
  }

  /** These pairs and others after them; a key that is there already has its new value. */
  public KeyValues with(KeyValues others) {
    Map<String, String> more = new LinkedHashMap<>(pairs);
    more.putAll(others.pairs);
    return new KeyValues(more);
  }

  /**
   * The pairs of a map, in its order.
   *
   * @throws IllegalArgumentException for a key or value that {@link #decode} would not accept
   */
  public static KeyValues of(Map<OperationalKey, String> values) {
    Map<String, String> pairs = new LinkedHashMap<>();
    values.forEach(
        (key, value) -> {
          checkArguments(key.keyName(), value);
          pairs.put(key.keyName(), value);
        });
    return new KeyValues(pairs);
  }

  private static void checkArguments(String key, String value) {
    try {
      checkKey(key, -1);
      checkValue(key, value, -1);
    } catch (ProtocolException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  public Optional<String> get(String key) {
    return Optional.ofNullable(pairs.get(key));
  }

  public Optional<String> get(OperationalKey key) {
    return get(key.keyName());
  }

  /** The pairs in the order of the wire; unmodifiable. */
  public Map<String, String> asMap() {
    return pairs;
  }

  public boolean isEmpty() {
    return pairs.isEmpty();
  }

  /**
   * The text: each pair followed by a NUL. The caller splits it over PDUs where it is too long for
   * one.
   */
  public ByteBuffer encode() {
    StringBuilder text = new StringBuilder();
    pairs.forEach((key, value) -> text.append(key).append('=').append(value).append('\0'));
    return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads a whole text.
   *
   * @throws ProtocolException if a pair is not of the form of section 6.1, is not closed by a NUL,
   *     or repeats a key
   */
  public static KeyValues decode(ByteBuffer text) throws ProtocolException {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (Pair pair : pairs(text)) {
      if (pairs.put(pair.key(), pair.value()) != null) {
        throw new ProtocolException(Kind.NEGOTIATION, WHERE, pair.key(), -1, "is given twice");
      }
    }
    return new KeyValues(pairs);
  }

  /**
   * The pairs of a text with repetitions; NULs beyond the one that closes a pair are passed over.
   */
  static List<Pair> pairs(ByteBuffer text) throws ProtocolException {
    List<Pair> pairs = new ArrayList<>();
    int start = text.position();
    for (int at = start; at < text.limit(); at++) {
      if (text.get(at) == 0) {
        if (at > start) {
          pairs.add(pair(text.slice(start, at - start), start - text.position()));
        }
        start = at + 1;
      }
    }
    if (start < text.limit()) {
      throw new ProtocolException(
          Kind.TRUNCATED, WHERE, "NUL", start - text.position(), "the last pair is not closed");
    }
    return pairs;
  }

  private static Pair pair(ByteBuffer bytes, int offset) throws ProtocolException {
    // A bound before anything is decoded: the longest key, '=', the longest value.
    if (bytes.remaining() > MAX_KEY_LENGTH + 1 + MAX_LONG_VALUE_LENGTH) {
      throw new ProtocolException(
          Kind.TOO_LONG, WHERE, "pair", offset, bytes.remaining() + " bytes");
    }
    String pair = text(bytes, offset);
    int equals = pair.indexOf('=');
    if (equals < 0) {
      throw new ProtocolException(Kind.FORMAT, WHERE, "pair", offset, "has no '='");
    }
    String key = pair.substring(0, equals);
    String value = pair.substring(equals + 1);
    checkKey(key, offset);
    checkValue(key, value, offset);
    return new Pair(key, value);
  }

  /** Nearly all text is ASCII, which needs no decoder. */
  private static String text(ByteBuffer bytes, int offset) throws ProtocolException {
    byte[] raw = new byte[bytes.remaining()];
    bytes.get(raw);
    for (byte each : raw) {
      if (each < 0) {
        return utf8(raw, offset);
      }
    }
    return new String(raw, StandardCharsets.US_ASCII);
  }

  private static String utf8(byte[] raw, int offset) throws ProtocolException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
    } catch (CharacterCodingException e) {
      throw new ProtocolException(Kind.FORMAT, WHERE, "pair", offset, "is not UTF-8");
    }
  }

  private static void checkKey(String key, int offset) throws ProtocolException {
    if (key.isEmpty() || key.length() > MAX_KEY_LENGTH) {
      throw new ProtocolException(
          Kind.FORMAT, WHERE, "key", offset, "has " + key.length() + " characters, not 1 to 63");
    }
    boolean letters = true;
    for (int i = 0; i < key.length(); i++) {
      letters &= standardLabelCharacter(key.charAt(i));
    }
    // iSCSIProtocolLevel is the one key of the standard that does not begin with a capital letter.
    if (!letters || !Character.isLetter(key.charAt(0))) {
      throw new ProtocolException(
          Kind.FORMAT, WHERE, "key", offset, "is not a standard-label: " + printable(key));
    }
  }

  /** Those of section 6.1, and the number sign of X#NodeArchitecture (section 13.26). */
  private static boolean standardLabelCharacter(int c) {
    return c >= 'A' && c <= 'Z'
        || c >= 'a' && c <= 'z'
        || c >= '0' && c <= '9'
        || ".-+@_#".indexOf(c) >= 0;
  }

  private static void checkValue(String key, String value, int offset) throws ProtocolException {
    // No value of so few characters has too many bytes, and most values are short.
    boolean brief = value.length() <= MAX_VALUE_LENGTH / MAX_BYTES_OF_A_CHAR;
    if (!brief && value.getBytes(StandardCharsets.UTF_8).length > MAX_LONG_VALUE_LENGTH) {
      throw new ProtocolException(Kind.TOO_LONG, WHERE, key, offset, "the value is too long");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c == 0x7f) {
        throw new ProtocolException(
            Kind.FORMAT, WHERE, key, offset, "control character in " + printable(value));
      }
    }
    if (brief || BinaryValue.isEncoded(value)) {
      return;
    }
    for (String simple : value.split(",", -1)) {
      if (simple.getBytes(StandardCharsets.UTF_8).length > MAX_VALUE_LENGTH) {
        throw new ProtocolException(
            Kind.TOO_LONG, WHERE, key, offset, "a simple value has more than 255 bytes");
      }
    }
  }

  private static String printable(String text) {
    String shown = text.length() > 80 ? text.substring(0, 80) + "…" : text;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }

  /**
   * A numerical value, decimal or 0x-hexadecimal (RFC 7143 section 6.1); empty for anything else.
   */
  public static OptionalLong number(String value) {
    boolean hex = value.startsWith("0x") || value.startsWith("0X");
    String digits = hex ? value.substring(2) : value;
    if (digits.isEmpty() || digits.length() > (hex ? 15 : 18)) {
      return OptionalLong.empty();
    }
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c >= 0x80 || Character.digit(c, hex ? 16 : 10) < 0) {
        return OptionalLong.empty();
      }
    }
    return OptionalLong.of(Long.parseLong(digits, hex ? 16 : 10));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyValues that
        && new ArrayList<>(pairs.entrySet()).equals(new ArrayList<>(that.pairs.entrySet()));
  }

  @Override
  public int hashCode() {
    return pairs.hashCode();
  }

  /** The pairs, with secrets (CHAP_R, CHAP_C) shortened, for messages. */
  @Override
  public String toString() {
    Map<String, String> shown = new LinkedHashMap<>(pairs);
    shown.replaceAll((key, value) -> key.startsWith("CHAP_") ? "…" : value);
    return shown.toString();
  }
}
