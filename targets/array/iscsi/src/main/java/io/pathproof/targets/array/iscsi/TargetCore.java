package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.iscsi.LoginStatus;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.targets.array.scsi.Defects;
import io.pathproof.targets.array.scsi.LogicalUnits;
import io.pathproof.targets.array.scsi.Nexus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * An iSCSI target node over all portals of an array (RFC 7143, error recovery level 0, one
 * connection a session). No I/O: transports give it PDUs and carry out {@link ConnectionEffects}.
 * All calls on one thread.
 */
public final class TargetCore implements Timed {
  private final TargetSettings settings;
  private final LogicalUnits units;
  private final Defects defects;
  private final LoginDirector director;
  private final ChallengeSource challenges;
  private final TargetListener listener;
  private final Timers timers = new Timers();
  private final Map<Integer, TargetSession> sessions = new LinkedHashMap<>();
  private final Set<TargetConnection> connections = new LinkedHashSet<>();
  private final Misbehaviour misbehaviour;
  private final Strangers strangers;
  private final Set<String> heldPorts = new HashSet<>();
  private int lastTsih;

  /**
   * @param units the device servers behind the target
   * @param defects shared by all layers of the array
   * @param challenges where CHAP challenges come from
   */
  public TargetCore(
      TargetSettings settings,
      LogicalUnits units,
      Defects defects,
      LoginDirector director,
      ChallengeSource challenges,
      TargetListener listener) {
    this.settings = settings;
    this.units = units;
    this.defects = defects;
    this.director = director;
    this.challenges = challenges;
    this.listener = listener;
    this.strangers = new Strangers(timers, listener);
    this.misbehaviour = new Misbehaviour(defects);
  }

  /**
   * A transport connection has come in.
   *
   * @param portal the address it came to, and the port that answers there
   * @return its core; null when there are as many connections as are borne, and this one is to be
   *     closed
   */
  public TargetConnection accept(PortalIdentity portal, ConnectionEffects effects, long nowNs) {
    if (connections.size() >= settings.maxConnections()) {
      return null;
    }
    TargetConnection connection = new TargetConnection(this, portal, effects, nowNs);
    connections.add(connection);
    return connection;
  }

  /** Normal sessions in full feature phase, oldest first. */
  public List<SessionInfo> sessions() {
    List<SessionInfo> all = new ArrayList<>(sessions.size());
    sessions.values().forEach(session -> all.add(session.info()));
    return all;
  }

  /** Connections that are open, logins and discoveries included. */
  public int connections() {
    return connections.size();
  }

  /**
   * Asks a session to log out (asynchronous message 1, RFC 7143 section 11.9.1) and drops it when
   * it has not within the time. Nothing happens if there is no such session.
   *
   * @param seconds Parameter3
   */
  public void requestLogout(int tsih, int seconds, long nowNs) {
    TargetSession session = sessions.get(tsih);
    if (session != null) {
      session.announcements().requestLogout(seconds, nowNs);
    }
  }

  /** Sends sense data outside of any command (asynchronous message 0), if there is the session. */
  public void scsiEvent(int tsih, long lun, Sense sense) {
    TargetSession session = sessions.get(tsih);
    if (session != null) {
      session.announcements().scsiEvent(lun, sense);
    }
  }

  /**
   * Drops a session, if there is one, and says so before.
   *
   * @param all asynchronous message 3, else 2
   * @param time2WaitSec Parameter2
   */
  public void announceDrop(int tsih, boolean all, int time2WaitSec, long nowNs) {
    TargetSession session = sessions.get(tsih);
    if (session != null) {
      session.announcements().drop(all, time2WaitSec, nowNs);
    }
  }

  /**
   * Asks a session, if there is one, to negotiate (asynchronous message 4), and drops it when it
   * has not within the time.
   *
   * @param maxRecvDataSegmentLength what this side declares then, bytes
   * @param seconds Parameter3
   */
  public void renegotiate(int tsih, int maxRecvDataSegmentLength, int seconds, long nowNs) {
    TargetSession session = sessions.get(tsih);
    if (session != null) {
      session.renegotiate(maxRecvDataSegmentLength, seconds, nowNs);
    }
  }

  /** Sends asynchronous message 255 with this AsyncVCode, if there is the session. */
  public void vendorEvent(int tsih, int code) {
    TargetSession session = sessions.get(tsih);
    if (session != null) {
      session.announcements().vendorEvent(code);
    }
  }

  /**
   * Holds the commands that come to a port, or carries them out in their order and holds none. Task
   * management is served all the while, and ends held ones.
   */
  public void hold(String port, boolean held, long nowNs) {
    if (held) {
      heldPorts.add(port);
    } else if (heldPorts.remove(port)) {
      for (TargetSession session : live()) {
        if (session.connection().portal().port().equals(port)) {
          session.release(nowNs);
        }
      }
    }
  }

  boolean holds(String port) {
    return !heldPorts.isEmpty() && heldPorts.contains(port);
  }

  /** Ends a session and closes its connection. */
  public void dropSession(int tsih, String why, long nowNs) {
    TargetSession session = sessions.get(tsih);
    if (session != null) {
      session.connection().end(why, nowNs);
    }
  }

  @Override
  public long nextDeadlineNs() {
    return timers.nextDeadlineNs();
  }

  @Override
  public void onTime(long nowNs) {
    timers.onTime(nowNs);
  }

  TargetSettings settings() {
    return settings;
  }

  LogicalUnits units() {
    return units;
  }

  Defects defects() {
    return defects;
  }

  Misbehaviour misbehaviour() {
    return misbehaviour;
  }

  LoginDirector director() {
    return director;
  }

  ChallengeSource challenges() {
    return challenges;
  }

  TargetListener listener() {
    return listener;
  }

  Strangers strangers() {
    return strangers;
  }

  Timers timers() {
    return timers;
  }

  /**
   * Gives a login its session. One of the same initiator port at the same portal group is
   * reinstated: the old one ends first (RFC 7143 section 6.3.5).
   */
  TargetSession establish(TargetConnection connection, LoginPhase login, long nowNs)
      throws LoginRefusal {
    for (TargetSession old : List.copyOf(sessions.values())) {
      boolean same =
          old.info().initiatorName().equals(login.initiatorName())
              && old.info().isid() == login.isid().value()
              && old.info().portal().portGroup() == connection.portal().portGroup();
      if (same) {
        old.connection().end("reinstated", nowNs);
      }
    }
    // Asked only now: several logins may be under way, and a limit counts sessions.
    Optional<LoginStatus> refused = director.refuses(connection.portal(), login.initiatorName());
    if (refused.isPresent()) {
      throw new LoginRefusal(refused.get(), "the array takes no further session");
    }
    TargetSession session = new TargetSession(this, connection, login, nextTsih(), nowNs);
    sessions.put(session.tsih(), session);
    units.nexusEstablished(session.nexus(), nowNs);
    return session;
  }

  private int nextTsih() {
    do {
      lastTsih = lastTsih % 0xffff + 1;
    } while (sessions.containsKey(lastTsih));
    return lastTsih;
  }

  void ended(TargetSession session, String why, long nowNs) {
    if (sessions.remove(session.tsih(), session)) {
      units.nexusLost(session.nexus(), nowNs);
      listener.sessionEnded(session.info(), why, nowNs);
    }
  }

  void gone(TargetConnection connection) {
    connections.remove(connection);
  }

  /** Ends tasks of all sessions but one; gives the nexuses that lost any. */
  List<Nexus> abortElsewhere(TargetSession by, Predicate<TargetTask> which) {
    List<Nexus> hit = new ArrayList<>();
    for (TargetSession session : sessions.values()) {
      if (session != by && session.abort(which) > 0) {
        hit.add(session.nexus());
      }
    }
    return hit;
  }

  List<TargetSession> live() {
    return List.copyOf(sessions.values());
  }
}
