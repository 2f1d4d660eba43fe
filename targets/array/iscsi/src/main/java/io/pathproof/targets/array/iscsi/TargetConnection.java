package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.Opcode;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.RejectReason;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** One connection: a login, then a discovery or a normal session. */
public final class TargetConnection implements LoginPhase.Outcome {
  /** Of a header's first byte (RFC 7143 section 11.2.1.2). */
  private static final int OPCODE_MASK = 0x3f;

  private final TargetCore target;
  private final PortalIdentity portal;
  private final ConnectionEffects effects;
  private final Timers.Timer loginLimit;
  private LoginPhase login;
  private TargetSession session;
  private DiscoverySession discovery;
  private boolean over;
  private long nowNs;

  TargetConnection(
      TargetCore target, PortalIdentity portal, ConnectionEffects effects, long nowNs) {
    this.target = target;
    this.portal = portal;
    this.effects = effects;
    this.login =
        new LoginPhase(target.settings(), portal, target.director(), target.challenges(), this);
    this.loginLimit =
        target.timers().at(nowNs + target.settings().loginTimeoutNs(), this::loginLate);
  }

  PortalIdentity portal() {
    return portal;
  }

  private void loginLate(long now) {
    if (effects.reading()) {
      long seconds = TimeUnit.NANOSECONDS.toSeconds(target.settings().loginTimeoutNs());
      noLogin("login from " + effects.peer() + " not finished within " + seconds + " s", now);
    }
    end("no login within its time", now);
  }

  private void noLogin(String what, long now) {
    target.strangers().tell(portal, what, now);
  }

  /**
   * The first byte has come. What does not begin a Login Request (RFC 7143 section 6.3) is not
   * waited for: its lengths mean nothing.
   */
  public void onFirstByte(byte first, long now) {
    int opcode = first & OPCODE_MASK;
    if (opcode != Opcode.LOGIN_REQUEST.code()) {
      notALogin("opcode 0x%02x".formatted(opcode), now);
    }
  }

  private void notALogin(String what, long now) {
    noLogin(
        "connection from " + effects.peer() + " begins with " + what + ", not a Login Request",
        now);
    end("a PDU before the login", now);
  }

  /** A PDU has come; its data segment is not used any more once this returns. */
  public void onPdu(Pdu pdu, long now) {
    nowNs = now;
    if (over) {
      return;
    }
    if (session != null) {
      session.onPdu(pdu, now);
    } else if (discovery != null) {
      discovery.onPdu(pdu, now);
    } else if (pdu instanceof LoginRequest request) {
      login.onRequest(request, now);
    } else {
      notALogin(pdu.opcode().toString(), now);
    }
  }

  /** The bytes that came are no PDU, or a faulty one. */
  public void onBreach(ProtocolException breach, long now) {
    nowNs = now;
    if (over) {
      return;
    }
    if (login != null) {
      noLogin("login from " + effects.peer() + " is faulty: " + breach.getMessage(), now);
    } else {
      target.listener().breach(portal, breach.getMessage(), now);
    }
    if (session != null && !breach.kind().framingLost()) {
      RejectReason reason =
          switch (breach.kind()) {
            case DATA_DIGEST -> RejectReason.DATA_DIGEST_ERROR;
            case UNKNOWN_OPCODE -> RejectReason.COMMAND_NOT_SUPPORTED;
            default -> RejectReason.INVALID_PDU_FIELD;
          };
      session.reject(reason, ByteBuffer.wrap(breach.header()));
      if (breach.kind() == ProtocolException.Kind.UNKNOWN_OPCODE) {
        return;
      }
    }
    // At error recovery level 0 what was in the PDU cannot be had again: the session ends.
    end("a faulty PDU: " + breach.getMessage(), now);
  }

  /** The transport is closed. */
  public void onClosed(long now) {
    if (!over) {
      stop("the connection was closed", now);
    }
  }

  /** Ends the connection and its session from this side. */
  void end(String why, long now) {
    if (!over) {
      stop(why, now);
      effects.close();
    }
  }

  private void stop(String why, long now) {
    over = true;
    loginLimit.cancel();
    target.gone(this);
    if (session != null) {
      session.onGone(now);
      target.ended(session, why, now);
    }
  }

  void maxDataSegmentLength(int bytes) {
    effects.maxDataSegmentLength(bytes);
  }

  void transmit(Pdu pdu) {
    if (!over) {
      effects.send(pdu);
    }
  }

  @Override
  public int establish(LoginPhase phase) throws LoginRefusal {
    if (phase.discovery()) {
      discovery = new DiscoverySession(target, this, phase);
      return 1;
    }
    session = target.establish(this, phase, nowNs);
    return session.tsih();
  }

  @Override
  public void send(LoginResponse response) {
    transmit(response);
  }

  @Override
  public void established() {
    loginLimit.cancel();
    SessionParameters parameters = login.parameters();
    effects.maxDataSegmentLength(target.settings().maxRecvDataSegmentLength());
    if (session != null) {
      session.begin(parameters, login.statSn());
    } else {
      discovery.begin(parameters, login.statSn());
    }
    if (parameters.digests().header() || parameters.digests().data()) {
      effects.digests(parameters.digests());
    }
    login = null;
    if (session != null) {
      target.listener().loggedIn(session.info(), nowNs);
    }
  }

  @Override
  public void refused(int status, String why) {
    target.listener().loginRefused(portal, login.initiatorName(), status, nowNs);
    end(why, nowNs);
  }
}
