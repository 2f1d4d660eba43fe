package io.pathproof.initiator.session;

import io.pathproof.initiator.session.SessionFailure.Reason;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Chap;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.LoginStage;
import io.pathproof.protocol.iscsi.LoginStatus;
import io.pathproof.protocol.iscsi.OperationalKey;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.TargetAddress;
import io.pathproof.protocol.iscsi.TextReassembly;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The login phase of one connection (RFC 7143 section 6.3). One instance a login. */
final class LoginCore {
  /** The first CmdSN of a session; any would do. */
  static final int INITIAL_CMD_SN = 1;

  static final int CID = 0;

  /** Version-max and Version-min of RFC 7143 (section 11.12.4). */
  private static final int VERSION = 0;

  private static final int LOGIN_TAG = 0;
  private static final int MAX_TEXT = 65_536;

  /** What a target takes in one request, whatever it declares: the default (section 6.3). */
  private static final int MAX_REQUEST_TEXT = 8_192;

  /** A sound login takes 2 to 4; a target that never transits must not keep us for ever. */
  private static final int MAX_EXCHANGES = 32;

  /** What a login response leads to. */
  sealed interface Step {
    /** Goes on. */
    record Send(LoginRequest request) implements Step {}

    /** Full feature phase. */
    record Up(SessionParameters parameters, CommandWindow window) implements Step {}

    /** To be begun again, with the stage SecurityNegotiation. */
    record SecurityWanted() implements Step {}

    /** To be tried at another portal. */
    record Redirected(Portal to, boolean permanent) implements Step {}

    /** Over. */
    record Failed(Failure failure) implements Step {}
  }

  private enum Security {
    METHOD_OFFERED,
    CHAP_OFFERED,
    CHAP_ANSWERED,
    DONE
  }

  private final SessionSettings settings;
  private final Portal portal;
  private final int initialCmdSn;
  private final OperationalNegotiation negotiation;
  private final Optional<ChapInitiator> chap;
  private final TextReassembly text = new TextReassembly(MAX_TEXT);

  /** What the target has said so far, by key. */
  private final Map<String, String> said = new HashMap<>();

  private LoginStage stage;
  private final boolean foregoesSecurity;
  private Security security = Security.METHOD_OFFERED;
  private boolean transitAsked;
  private int expStatSn;
  private boolean statSnKnown;
  private int exchanges;
  private boolean challenged;

  /**
   * A login that is to begin.
   *
   * @param securityStage whether it begins with SecurityNegotiation; one with CHAP has to
   */
  LoginCore(
      SessionSettings settings,
      Portal portal,
      boolean securityStage,
      int initialCmdSn,
      ChallengeSource source,
      ChallengeMemory memory) {
    this.foregoesSecurity = !securityStage && settings.chap().isEmpty();
    this.stage =
        foregoesSecurity ? LoginStage.OPERATIONAL_NEGOTIATION : LoginStage.SECURITY_NEGOTIATION;
    this.initialCmdSn = initialCmdSn;
    this.settings = settings;
    this.portal = portal;
    this.negotiation = new OperationalNegotiation(settings.offer(), settings.discovery());
    this.chap = settings.chap().map(each -> new ChapInitiator(each, source, memory));
  }

  /** The request that begins the login. */
  LoginRequest first() {
    KeyValues keys =
        KeyValues.empty()
            .with(OperationalKey.INITIATOR_NAME, settings.initiatorName())
            .with(OperationalKey.SESSION_TYPE, settings.discovery() ? "Discovery" : "Normal");
    if (settings.targetName().isPresent()) {
      keys = keys.with(OperationalKey.TARGET_NAME, settings.targetName().get());
    }
    if (foregoesSecurity) {
      return request(keys.with(negotiation.offers()), true);
    }
    return request(keys.with(OperationalKey.AUTH_METHOD, methods()), chap.isEmpty());
  }

  /** Who demands proof of the target must not offer to do without. */
  private String methods() {
    if (settings.chap().isEmpty()) {
      return "None";
    }
    return settings.chap().get().target().isPresent() ? "CHAP" : "CHAP,None";
  }

  private LoginRequest request(KeyValues keys, boolean transit) {
    transitAsked = transit;
    LoginStage next =
        stage == LoginStage.SECURITY_NEGOTIATION
            ? LoginStage.OPERATIONAL_NEGOTIATION
            : LoginStage.FULL_FEATURE_PHASE;
    ByteBuffer data = keys.isEmpty() ? Pdu.NO_DATA : keys.encode();
    return new LoginRequest(
        transit,
        false,
        stage,
        transit ? next : LoginStage.SECURITY_NEGOTIATION,
        VERSION,
        VERSION,
        settings.isid(),
        0,
        LOGIN_TAG,
        CID,
        initialCmdSn,
        expStatSn,
        data);
  }

  /** Whether the target has posed a CHAP challenge. */
  boolean challenged() {
    return challenged;
  }

  /** Takes an answer. The status comes first: a target may redirect or refuse at any stage. */
  Step onResponse(LoginResponse response) {
    try {
      if (response.initiatorTaskTag() != LOGIN_TAG) {
        return negotiationFailed(
            "Initiator Task Tag",
            "0x%08x, expected 0x%08x".formatted(response.initiatorTaskTag(), LOGIN_TAG));
      }
      if (response.statusClass() != 0) {
        return refused(response);
      }
      return accepted(response);
    } catch (ProtocolException e) {
      return failed(Reason.NEGOTIATION_FAILED, ConnectionFailure.of(response.opcode(), e).text());
    } catch (ConnectionBreach e) {
      return failed(Reason.NEGOTIATION_FAILED, e.failure().text());
    } catch (ChapInitiator.Refused e) {
      return failed(Reason.AUTHENTICATION_FAILED, e.getMessage());
    }
  }

  private Step accepted(LoginResponse response)
      throws ProtocolException, ChapInitiator.Refused, ConnectionBreach {
    if (response.versionActive() != VERSION) {
      return negotiationFailed(
          "Version-active", response.versionActive() + ", offered is " + VERSION + " alone");
    }
    if (statSnKnown && response.statSn() != expStatSn) {
      return negotiationFailed(
          "StatSN", "0x%08x, expected 0x%08x".formatted(response.statSn(), expStatSn));
    }
    statSnKnown = true;
    expStatSn = response.statSn() + 1;
    if (++exchanges > MAX_EXCHANGES) {
      return negotiationFailed("T", "the login is not done after " + MAX_EXCHANGES + " exchanges");
    }
    if (response.currentStage() != stage) {
      return negotiationFailed("CSG", response.currentStage() + ", expected " + stage);
    }
    Optional<ByteBuffer> whole = text.add(response.data(), response.continueBit());
    if (whole.isEmpty()) {
      return new Step.Send(request(KeyValues.empty(), false));
    }
    KeyValues keys = KeyValues.decode(whole.get());
    for (Map.Entry<String, String> entry : keys.asMap().entrySet()) {
      String before = counts(entry.getKey()) ? said.put(entry.getKey(), entry.getValue()) : null;
      if (before != null) {
        // section 6.3, whether it is another value or the same
        return negotiationFailed(
            entry.getKey(), "is " + before + " first and " + entry.getValue() + " then");
      }
      if (entry.getValue().equals(KeyValues.NOT_UNDERSTOOD) && mustBeUnderstood(entry.getKey())) {
        return negotiationFailed(entry.getKey(), "is not understood, though of RFC 7143");
      }
    }
    if (response.transit() && !transitAsked) {
      return negotiationFailed("T", "the target leaves " + stage + " without being asked");
    }
    return stage == LoginStage.SECURITY_NEGOTIATION
        ? onSecurity(response, keys)
        : onOperational(response, keys);
  }

  /** Operational keys that come before their stage are passed over. */
  private boolean counts(String key) {
    return stage == LoginStage.OPERATIONAL_NEGOTIATION
        || OperationalKey.of(key)
            .map(
                known ->
                    known == OperationalKey.AUTH_METHOD
                        || known == OperationalKey.TARGET_PORTAL_GROUP_TAG
                        || known == OperationalKey.TARGET_ALIAS)
            .orElse(true);
  }

  /** Section 6.2; of the obsolete keys this side sends none. */
  private static boolean mustBeUnderstood(String key) {
    return OperationalKey.of(key)
        .filter(known -> known.result() != OperationalKey.Result.OBSOLETE)
        .isPresent();
  }

  private Step onSecurity(LoginResponse response, KeyValues keys)
      throws ProtocolException, ChapInitiator.Refused {
    KeyValues declared = KeyValues.empty();
    for (OperationalKey key :
        new OperationalKey[] {
          OperationalKey.TARGET_PORTAL_GROUP_TAG, OperationalKey.TARGET_ALIAS
        }) {
      if (keys.get(key).isPresent()) {
        declared = declared.with(key, keys.get(key).get());
      }
    }
    negotiation.receive(declared);
    switch (security) {
      case METHOD_OFFERED -> {
        // A target that transits has accepted what was offered alone, even if it does not say so.
        String method = keys.get(OperationalKey.AUTH_METHOD).orElse(chap.isEmpty() ? "None" : "");
        if (method.equals("CHAP") && chap.isPresent()) {
          security = Security.CHAP_OFFERED;
          return new Step.Send(request(chap.get().offer(), false));
        }
        boolean noneOffered = !methods().equals("CHAP");
        if (!method.equals("None") || !noneOffered) {
          return failed(
              Reason.AUTHENTICATION_FAILED,
              "LOGIN_RESPONSE: AuthMethod: '" + method + "', offered was " + methods());
        }
        security = Security.DONE;
      }
      case CHAP_OFFERED -> {
        security = Security.CHAP_ANSWERED;
        challenged = keys.get(Chap.CHAP_C).isPresent();
        return new Step.Send(request(chap.orElseThrow().answer(keys), true));
      }
      case CHAP_ANSWERED -> {
        if (!response.transit() && keys.get(Chap.CHAP_R).isEmpty()) {
          return new Step.Send(request(KeyValues.empty(), true));
        }
        chap.orElseThrow().verify(keys);
        security = Security.DONE;
      }
      case DONE -> {}
    }
    if (!response.transit()) {
      return new Step.Send(request(KeyValues.empty(), true));
    }
    if (response.nextStage() != LoginStage.OPERATIONAL_NEGOTIATION) {
      return negotiationFailed("NSG", "from " + stage + " to " + response.nextStage());
    }
    stage = LoginStage.OPERATIONAL_NEGOTIATION;
    return new Step.Send(request(negotiation.offers(), true));
  }

  private Step onOperational(LoginResponse response, KeyValues keys)
      throws ProtocolException, ConnectionBreach {
    KeyValues replies = negotiation.receive(keys);
    if (!response.transit()) {
      int length = replies.encode().remaining();
      return length > MAX_REQUEST_TEXT
          ? negotiationFailed(
              "text", "asks for answers of " + length + " bytes, more than " + MAX_REQUEST_TEXT)
          : new Step.Send(request(replies, true));
    }
    if (response.nextStage() != LoginStage.FULL_FEATURE_PHASE) {
      return negotiationFailed("NSG", "from " + stage + " to " + response.nextStage());
    }
    if (response.tsih() == 0) {
      return negotiationFailed("TSIH", "0 at the end of the login");
    }
    SessionParameters parameters = negotiation.finish(portal, response.tsih());
    OptionalInt expected = settings.portalGroupTag();
    OptionalInt met = parameters.targetPortalGroupTag();
    if (expected.isPresent() && met.isPresent() && expected.getAsInt() != met.getAsInt()) {
      return failed(
          Reason.WRONG_PORTAL_GROUP,
          "LOGIN_RESPONSE: TargetPortalGroupTag: "
              + met.getAsInt()
              + ", expected "
              + expected.getAsInt());
    }
    CommandWindow window =
        new CommandWindow(initialCmdSn, initialCmdSn, initialCmdSn - 1, expStatSn);
    window.update(response.opcode(), response.expCmdSn(), response.maxCmdSn());
    return new Step.Up(parameters, window);
  }

  /** Status classes 1 to 3. Their sequence numbers mean nothing (section 11.13.4). */
  private Step refused(LoginResponse response) {
    LoginStatus status = response.status().orElse(null);
    String code =
        "login status 0x%02x%02x%s"
            .formatted(
                response.statusClass(),
                response.statusDetail(),
                status == null ? "" : " (" + status + ")");
    switch (response.statusClass()) {
      case 1:
        return redirected(response, code);
      case 2:
        if (status == LoginStatus.AUTHENTICATION_FAILURE && foregoesSecurity) {
          return new Step.SecurityWanted();
        }
        if (status == LoginStatus.AUTHENTICATION_FAILURE) {
          return failed(Reason.AUTHENTICATION_FAILED, "LOGIN_RESPONSE: Status: " + code);
        }
        // A node that is coming up answers before its targets are there.
        return status == LoginStatus.NOT_FOUND
            ? refusedForNow(code)
            : failed(Reason.LOGIN_REJECTED, "LOGIN_RESPONSE: Status: " + code);
      case 3:
        return refusedForNow(code);
      default:
        return failed(Reason.LOGIN_REJECTED, "LOGIN_RESPONSE: Status: " + code);
    }
  }

  private static Step refusedForNow(String code) {
    return new Step.Failed(
        new ConnectionFailure(
            ConnectionFailure.Reason.LOGIN_REFUSED, "LOGIN_RESPONSE: Status: " + code, false));
  }

  private Step redirected(LoginResponse response, String code) {
    try {
      Optional<ByteBuffer> whole = text.add(response.data(), false);
      String address =
          KeyValues.decode(whole.orElseThrow()).get(OperationalKey.TARGET_ADDRESS).orElse(null);
      if (address == null) {
        return failed(
            Reason.REDIRECT_MALFORMED, "LOGIN_RESPONSE: TargetAddress: is missing, " + code);
      }
      return new Step.Redirected(
          Portal.of(TargetAddress.parse(address)),
          response.statusDetail() == (LoginStatus.TARGET_MOVED_PERMANENTLY.code() & 0xff));
    } catch (ProtocolException e) {
      return failed(
          Reason.REDIRECT_MALFORMED,
          ConnectionFailure.of(response.opcode(), e).text() + ", " + code);
    }
  }

  private static Step negotiationFailed(String field, String problem) {
    return failed(Reason.NEGOTIATION_FAILED, "LOGIN_RESPONSE: " + field + ": " + problem);
  }

  private static Step failed(Reason reason, String problem) {
    return new Step.Failed(new SessionFailure(reason, problem, false));
  }
}
