package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Isid;
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
import java.util.Optional;
import java.util.OptionalInt;

/** One login, from the first request to full feature phase (RFC 7143 section 6.3). */
final class LoginPhase {
  /** Requests that a login may take; RFC 7143 leaves the bound to the target. */
  private static final int MAX_REQUESTS = 64;

  private static final int MAX_TEXT = 65_536;

  /** What comes of a login. */
  interface Outcome {
    /** The session may begin; gives the TSIH for the last response. */
    int establish(LoginPhase login) throws LoginRefusal;

    void send(LoginResponse response);

    /** The last response has been sent. */
    void established();

    /** The login has failed; its response has been sent. */
    void refused(int status, String why);
  }

  private final TargetSettings settings;
  private final PortalIdentity portal;
  private final LoginDirector director;
  private final Outcome outcome;
  private final ChapTarget security;
  private final OperationalAnswers operational;
  private final TextReassembly text = new TextReassembly(MAX_TEXT);
  private int requests;
  private boolean named;
  private boolean groupTold;
  private boolean discovery;
  private String initiatorName = "";
  private Isid isid;
  private int cid;
  private int initiatorTaskTag;
  private int statSn = 1;
  private int cmdSn;
  private LoginStage stage;
  private long nowNs;

  LoginPhase(
      TargetSettings settings,
      PortalIdentity portal,
      LoginDirector director,
      ChallengeSource challenges,
      Outcome outcome) {
    this.settings = settings;
    this.portal = portal;
    this.director = director;
    this.outcome = outcome;
    this.security = new ChapTarget(settings.chap(), challenges);
    this.operational = new OperationalAnswers(settings);
  }

  boolean discovery() {
    return discovery;
  }

  String initiatorName() {
    return initiatorName;
  }

  Isid isid() {
    return isid;
  }

  int cid() {
    return cid;
  }

  /** CmdSN of the first command in full feature phase. */
  int cmdSn() {
    return cmdSn;
  }

  /** StatSN of the next response. */
  int statSn() {
    return statSn;
  }

  SessionParameters parameters() {
    return operational.result();
  }

  void onRequest(LoginRequest request, long now) {
    nowNs = now;
    try {
      receive(request);
    } catch (LoginRefusal e) {
      refuse(request, e.status(), e.getMessage());
    } catch (ProtocolException e) {
      refuse(request, LoginStatus.INITIATOR_ERROR, e.getMessage());
    }
  }

  private void receive(LoginRequest request) throws LoginRefusal, ProtocolException {
    first(request);
    if (++requests > MAX_REQUESTS) {
      throw new LoginRefusal(LoginStatus.INITIATOR_ERROR, "the login takes too many requests");
    }
    boolean same =
        request.initiatorTaskTag() == initiatorTaskTag
            && request.isid().equals(isid)
            && request.cid() == cid;
    if (!same) {
      throw new LoginRefusal(
          LoginStatus.INITIATOR_ERROR, "ISID, CID or task tag changed within the login");
    }
    if (request.currentStage() == LoginStage.FULL_FEATURE_PHASE
        || stage == LoginStage.OPERATIONAL_NEGOTIATION
            && request.currentStage() == LoginStage.SECURITY_NEGOTIATION) {
      throw new LoginRefusal(LoginStatus.INITIATOR_ERROR, "a stage that is not its turn");
    }
    stage = request.currentStage();
    Optional<ByteBuffer> whole = text.add(request.data(), request.continueBit());
    if (whole.isEmpty()) {
      respond(request, KeyValues.empty(), false, 0);
      return;
    }
    KeyValues keys = KeyValues.decode(whole.get());
    if (!named) {
      name(request, keys);
      if (stage == null) {
        return;
      }
    }
    if (stage == LoginStage.SECURITY_NEGOTIATION) {
      security(request, keys);
    } else {
      operational(request, keys);
    }
  }

  private void first(LoginRequest request) throws LoginRefusal {
    if (requests > 0) {
      return;
    }
    isid = request.isid();
    cid = request.cid();
    initiatorTaskTag = request.initiatorTaskTag();
    cmdSn = request.cmdSn();
    if (request.versionMin() > 0) {
      throw new LoginRefusal(
          LoginStatus.UNSUPPORTED_VERSION, "version " + request.versionMin() + " and above");
    }
    if (request.tsih() != 0) {
      // One connection a session: nothing can be added, and nothing is known to be added to.
      throw new LoginRefusal(
          LoginStatus.TOO_MANY_CONNECTIONS, "a second connection to session " + request.tsih());
    }
  }

  /** Who wants what: the keys that the first request has to bring. */
  private void name(LoginRequest request, KeyValues keys) throws LoginRefusal {
    initiatorName =
        keys.get(OperationalKey.INITIATOR_NAME)
            .filter(name -> !name.isEmpty())
            .orElseThrow(
                () -> new LoginRefusal(LoginStatus.MISSING_PARAMETER, "InitiatorName is missing"));
    String type = keys.get(OperationalKey.SESSION_TYPE).orElse("Normal");
    if (!type.equals("Normal") && !type.equals("Discovery")) {
      throw new LoginRefusal(
          LoginStatus.SESSION_TYPE_NOT_SUPPORTED, "session type " + type + " is unknown");
    }
    discovery = type.equals("Discovery");
    named = true;
    if (discovery) {
      return;
    }
    String target =
        keys.get(OperationalKey.TARGET_NAME)
            .orElseThrow(
                () -> new LoginRefusal(LoginStatus.MISSING_PARAMETER, "TargetName is missing"));
    if (!target.equals(settings.targetName())) {
      throw new LoginRefusal(LoginStatus.NOT_FOUND, "there is no target " + target);
    }
    Optional<Redirect> redirect = director.redirect(portal, initiatorName, nowNs);
    if (redirect.isPresent()) {
      redirect(request, redirect.get());
      stage = null;
    }
  }

  private void redirect(LoginRequest request, Redirect to) {
    String address = new TargetAddress(to.address(), to.tcpPort(), OptionalInt.empty()).toString();
    int status =
        (to.permanent()
                ? LoginStatus.TARGET_MOVED_PERMANENTLY
                : LoginStatus.TARGET_MOVED_TEMPORARILY)
            .code();
    KeyValues keys = KeyValues.empty().with(OperationalKey.TARGET_ADDRESS, address);
    respond(request, keys, false, status);
    outcome.refused(status, "sent on to " + address);
  }

  private void security(LoginRequest request, KeyValues keys)
      throws LoginRefusal, ProtocolException {
    boolean needed = !discovery;
    KeyValues answers =
        needed
            ? security.answer(keys)
            : new ChapTarget(Optional.empty(), challenge -> {}).answer(keys);
    boolean proven = !needed || security.done();
    boolean transit = request.transit() && proven;
    if (transit && request.nextStage() == LoginStage.SECURITY_NEGOTIATION) {
      throw new LoginRefusal(LoginStatus.INITIATOR_ERROR, "NSG is not beyond CSG");
    }
    proceed(request, answers, transit);
  }

  private void operational(LoginRequest request, KeyValues keys)
      throws LoginRefusal, ProtocolException {
    if (!discovery && !security.done()) {
      throw new LoginRefusal(
          LoginStatus.AUTHENTICATION_FAILURE, "the security stage was passed over");
    }
    if (request.transit() && request.nextStage() != LoginStage.FULL_FEATURE_PHASE) {
      throw new LoginRefusal(LoginStatus.INITIATOR_ERROR, "NSG is not beyond CSG");
    }
    proceed(request, operational.answer(keys, discovery), request.transit());
  }

  private void proceed(LoginRequest request, KeyValues answers, boolean transit)
      throws LoginRefusal {
    KeyValues keys = answers;
    if (!groupTold) {
      groupTold = true;
      if (!discovery) {
        keys =
            keys.with(OperationalKey.TARGET_PORTAL_GROUP_TAG, Integer.toString(portal.portGroup()));
      }
    }
    if (!transit || request.nextStage() != LoginStage.FULL_FEATURE_PHASE) {
      if (transit) {
        stage = request.nextStage();
      }
      respond(request, keys, transit, 0);
      return;
    }
    int tsih = outcome.establish(this);
    send(request, keys.encode(), true, tsih, 0);
    outcome.established();
  }

  private void respond(LoginRequest request, KeyValues keys, boolean transit, int status) {
    send(request, keys.encode(), transit, request.tsih(), status);
  }

  private void send(LoginRequest request, ByteBuffer data, boolean transit, int tsih, int status) {
    outcome.send(
        new LoginResponse(
            transit,
            false,
            request.currentStage(),
            transit ? request.nextStage() : LoginStage.SECURITY_NEGOTIATION,
            0,
            0,
            request.isid(),
            tsih,
            request.initiatorTaskTag(),
            status == 0 ? statSn++ : 0,
            cmdSn,
            cmdSn,
            status >> 8,
            status & 0xff,
            data.hasRemaining() ? data : Pdu.NO_DATA));
  }

  private void refuse(LoginRequest request, LoginStatus status, String why) {
    send(request, Pdu.NO_DATA, false, request.tsih(), status.code());
    outcome.refused(status.code(), why);
  }
}
