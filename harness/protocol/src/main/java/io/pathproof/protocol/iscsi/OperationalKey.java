package io.pathproof.protocol.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The text keys of RFC 7143: name, default, range, who sends it, when, and by which rule its value
 * results. {@link Negotiation} applies them. CHAP's own keys are in {@link Chap}.
 */
public enum OperationalKey {
  /** Section 12; values CHAP, None and others. */
  AUTH_METHOD("AuthMethod", Result.LIST, "None", Sender.BOTH, Use.INITIAL_ONLY),
  /** Section 13.1; values CRC32C, None. */
  HEADER_DIGEST("HeaderDigest", Result.LIST, "None", Sender.BOTH, Use.INITIAL_ONLY),
  /** Section 13.1; values CRC32C, None. */
  DATA_DIGEST("DataDigest", Result.LIST, "None", Sender.BOTH, Use.INITIAL_ONLY),
  /** Section 13.2. */
  MAX_CONNECTIONS("MaxConnections", Result.MINIMUM, "1", 1, 65535, true),
  /** Section 13.3; All, a target name, or empty. */
  SEND_TARGETS(
      "SendTargets", Result.DECLARATIVE, null, Sender.INITIATOR, Use.FULL_FEATURE_PHASE_ONLY),
  /**
   * Section 13.4; an initiator sends it in the first login request, a target in answers to
   * SendTargets.
   */
  TARGET_NAME("TargetName", Result.DECLARATIVE, null, Sender.BOTH, Use.ANY),
  /** Section 13.5. */
  INITIATOR_NAME("InitiatorName", Result.DECLARATIVE, null, Sender.INITIATOR, Use.INITIAL_ONLY),
  /** Section 13.6. */
  TARGET_ALIAS("TargetAlias", Result.DECLARATIVE, null, Sender.TARGET, Use.ANY),
  /** Section 13.7. */
  INITIATOR_ALIAS("InitiatorAlias", Result.DECLARATIVE, null, Sender.INITIATOR, Use.ANY),
  /** Section 13.8; see {@link TargetAddress}. */
  TARGET_ADDRESS("TargetAddress", Result.DECLARATIVE, null, Sender.TARGET, Use.ANY),
  /** Section 13.9. */
  TARGET_PORTAL_GROUP_TAG(
      "TargetPortalGroupTag",
      Result.DECLARATIVE,
      null,
      Sender.TARGET,
      Use.INITIAL_ONLY,
      0,
      65535,
      false),
  /** Section 13.10. */
  INITIAL_R2T("InitialR2T", Result.OR, "Yes", 0, 0, true),
  /** Section 13.11. */
  IMMEDIATE_DATA("ImmediateData", Result.AND, "Yes", 0, 0, true),
  /** Section 13.12; bytes, each end declares its own. */
  MAX_RECV_DATA_SEGMENT_LENGTH(
      "MaxRecvDataSegmentLength",
      Result.DECLARATIVE,
      "8192",
      Sender.BOTH,
      Use.ANY,
      512,
      0xffffff,
      false),
  /** Section 13.13; bytes. */
  MAX_BURST_LENGTH("MaxBurstLength", Result.MINIMUM, "262144", 512, 0xffffff, true),
  /** Section 13.14; bytes, not above MaxBurstLength. */
  FIRST_BURST_LENGTH("FirstBurstLength", Result.MINIMUM, "65536", 512, 0xffffff, true),
  /** Section 13.15; seconds. */
  DEFAULT_TIME_2_WAIT("DefaultTime2Wait", Result.MAXIMUM, "2", 0, 3600, false),
  /** Section 13.16; seconds. */
  DEFAULT_TIME_2_RETAIN("DefaultTime2Retain", Result.MINIMUM, "20", 0, 3600, false),
  /** Section 13.17. */
  MAX_OUTSTANDING_R2T("MaxOutstandingR2T", Result.MINIMUM, "1", 1, 65535, true),
  /** Section 13.18. */
  DATA_PDU_IN_ORDER("DataPDUInOrder", Result.OR, "Yes", 0, 0, true),
  /** Section 13.19. */
  DATA_SEQUENCE_IN_ORDER("DataSequenceInOrder", Result.OR, "Yes", 0, 0, true),
  /** Section 13.20. */
  ERROR_RECOVERY_LEVEL("ErrorRecoveryLevel", Result.MINIMUM, "0", 0, 2, false),
  /** Section 13.21; Normal or Discovery. */
  SESSION_TYPE("SessionType", Result.DECLARATIVE, "Normal", Sender.INITIATOR, Use.LOGIN_ONLY),
  /** Section 13.23; values RFC3720, ResponseFence, FastAbort. */
  TASK_REPORTING("TaskReporting", Result.LIST, "RFC3720", 0, 0, true),
  /** Section 13.24. */
  ISCSI_PROTOCOL_LEVEL("iSCSIProtocolLevel", Result.MINIMUM, "1", 0, 31, true),
  /**
   * Obsolete (section 13.25), still offered by libiscsi and older initiators; never to be offered
   * by us.
   */
  IF_MARKER("IFMarker", Result.OBSOLETE, "No", Sender.BOTH, Use.LOGIN_ONLY),
  /** Obsolete (section 13.25). */
  OF_MARKER("OFMarker", Result.OBSOLETE, "No", Sender.BOTH, Use.LOGIN_ONLY),
  /** Obsolete (section 13.25). */
  IF_MARK_INT("IFMarkInt", Result.OBSOLETE, null, Sender.BOTH, Use.LOGIN_ONLY),
  /** Obsolete (section 13.25). */
  OF_MARK_INT("OFMarkInt", Result.OBSOLETE, null, Sender.BOTH, Use.LOGIN_ONLY);

  /** The rule by which the value of a key comes about (RFC 7143 section 6.2). */
  public enum Result {
    /** Each end says its own; there is no answer. */
    DECLARATIVE,
    /** The first value of the offered list that the responder supports. */
    LIST,
    /** Yes if both say Yes. */
    AND,
    /** Yes if one says Yes. */
    OR,
    /** The smaller number. */
    MINIMUM,
    /** The greater number. */
    MAXIMUM,
    /** Answered with Reject, whatever is offered (section 13.25). */
    OBSOLETE
  }

  /** Who may send the key. */
  public enum Sender {
    INITIATOR,
    TARGET,
    BOTH
  }

  /** When a key may be sent (RFC 7143 section 13, "Use"). */
  public enum Use {
    /** IO: in the login phase of the leading or of any connection, first stage included. */
    INITIAL_ONLY,
    /** LO: in the login phase. */
    LOGIN_ONLY,
    /** FFPO. */
    FULL_FEATURE_PHASE_ONLY,
    /** ALL. */
    ANY
  }

  private static final Map<String, OperationalKey> BY_NAME =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(OperationalKey::keyName, Function.identity()));

  private final String keyName;
  private final Result result;
  private final String defaultValue;
  private final Sender sender;
  private final Use use;
  private final long minimum;
  private final long maximum;
  private final boolean irrelevantInDiscovery;

  OperationalKey(String keyName, Result result, String defaultValue, Sender sender, Use use) {
    this(keyName, result, defaultValue, sender, use, 0, 0, false);
  }

  OperationalKey(
      String keyName, Result result, String defaultValue, long minimum, long maximum, boolean i) {
    this(keyName, result, defaultValue, Sender.BOTH, Use.LOGIN_ONLY, minimum, maximum, i);
  }

  OperationalKey(
      String keyName,
      Result result,
      String defaultValue,
      Sender sender,
      Use use,
      long minimum,
      long maximum,
      boolean irrelevantInDiscovery) {
    this.keyName = keyName;
    this.result = result;
    this.defaultValue = defaultValue;
    this.sender = sender;
    this.use = use;
    this.minimum = minimum;
    this.maximum = maximum;
    this.irrelevantInDiscovery = irrelevantInDiscovery;
  }

  /** The key as on the wire; names are case sensitive. */
  public String keyName() {
    return keyName;
  }

  public Result result() {
    return result;
  }

  /** The value when the key is not negotiated; empty for a key that has none. */
  public Optional<String> defaultValue() {
    return Optional.ofNullable(defaultValue);
  }

  public Sender sender() {
    return sender;
  }

  public Use use() {
    return use;
  }

  /** True if the value is a number in {@link #minimum()}..{@link #maximum()}. */
  public boolean numeric() {
    return maximum > 0;
  }

  public long minimum() {
    return minimum;
  }

  public long maximum() {
    return maximum;
  }

  /** True for a key that is answered with Irrelevant in a discovery session. */
  public boolean irrelevantInDiscovery() {
    return irrelevantInDiscovery;
  }

  public static Optional<OperationalKey> of(String keyName) {
    return Optional.ofNullable(BY_NAME.get(keyName));
  }

  /** The number that a value of this key says. */
  public long number(String value) throws ProtocolException {
    OptionalLong number = KeyValues.number(value);
    if (number.isEmpty() || number.getAsLong() < minimum || number.getAsLong() > maximum) {
      throw malformed(value, "is not a number of " + minimum + " to " + maximum);
    }
    return number.getAsLong();
  }

  /** The boolean that a value of this key says. */
  public boolean yes(String value) throws ProtocolException {
    if (!value.equals("Yes") && !value.equals("No")) {
      throw malformed(value, "is neither Yes nor No");
    }
    return value.equals("Yes");
  }

  /** The elements of a list value of this key, in order of preference. */
  public List<String> list(String value) throws ProtocolException {
    List<String> elements = List.of(value.split(",", -1));
    if (elements.contains("")) {
      throw malformed(value, "has an empty element");
    }
    return elements;
  }

  /**
   * Checks an offered or declared value against the definition of the key.
   *
   * @throws ProtocolException of kind NEGOTIATION if the value cannot be one of this key
   */
  public void check(String value) throws ProtocolException {
    if (numeric()) {
      number(value);
    } else if (result == Result.AND || result == Result.OR) {
      yes(value);
    } else if (result == Result.LIST) {
      list(value);
    } else if (this == SESSION_TYPE && !value.equals("Normal") && !value.equals("Discovery")) {
      throw malformed(value, "is neither Normal nor Discovery");
    } else if (this == TARGET_ADDRESS) {
      TargetAddress.parse(value);
    }
  }

  ProtocolException malformed(String value, String problem) {
    return new ProtocolException(
        Kind.NEGOTIATION, "text", keyName, -1, "\"" + value + "\" " + problem);
  }
}
