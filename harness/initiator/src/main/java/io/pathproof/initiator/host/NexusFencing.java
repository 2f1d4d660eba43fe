package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.Fence;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionParameters;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Fences the nexuses of lost sessions: logs in with the lost session's ISID to the same target
 * portal group, over the way of a session that is up, and logs out again. The array then ends the
 * old session and its tasks before it answers (RFC 7143 section 6.3.5), wherever their bytes still
 * are. No I/O; belongs to a {@link HostCore}.
 *
 * <p>The lost session goes on reconnecting meanwhile, with the same ISID. Whoever logs in last has
 * the nexus; so as not to fight over it, what is under way is given up as soon as the lost session
 * is back, which is a fence itself. A late login may end that session once more, each that was
 * under way once at most, as a fence is begun by a loss alone. Likewise one of two that are under
 * way may end the other's session, which has no tasks, and has done what it was for.
 *
 * <p>A unit attention 29/07 (I_T NEXUS LOSS OCCURRED, SPC-4 annex D) is no further fence: it is
 * told on the nexus that it is about (SAM-5 section 6.3.4), so not before the login that has ended
 * the former tasks already, and it says nothing of a nexus that the session had elsewhere.
 *
 * <p>Not done, as it harms others or proves less: LOGICAL UNIT RESET and CLEAR TASK SET over
 * another nexus end every host's tasks (SAM-5 7.6, 7.3), and a command that the network still keeps
 * is delivered after them all the same; ABORT TASK reaches no task of another session (RFC 7143
 * section 11.5.1); PREEMPT AND ABORT (SPC-4 5.13.11.2.6) needs registrations that the device's user
 * owns.
 */
final class NexusFencing {
  /** Fencing sessions have the numbers below 0, one for each pair of a lost session and a way. */
  private static final int MOST_SESSIONS = 1 << 15;

  private final HostCore host;
  private final PortalGroups groups;
  private final Map<Lost, Pursuit> pursuits = new LinkedHashMap<>();

  /**
   * A nexus to fence: the one of a session that is down, or a former one of a session that has
   * logged in elsewhere since.
   *
   * @param nexus which of the session's
   */
  private record Lost(PathSession session, int nexus) {}

  NexusFencing(HostCore host, PortalGroups groups) {
    this.host = host;
    this.groups = groups;
  }

  /**
   * A device wants a nexus of this session fenced; goes on until it is, or the session is back
   * there. The device asks once, so this begins also while the session is, or seems to be, up
   * there: whoever has lost a write on it knows better. Of a former nexus that is fenced already
   * each device is being told in this turn, the one that asks too.
   */
  void want(PathSession session, int nexus, long nowNs) {
    Lost lost = new Lost(session, nexus);
    Optional<NexusPlace> place = session.placeOf(nexus);
    if (place.isPresent() && !pursuits.containsKey(lost)) {
      Pursuit pursuit = new Pursuit(lost, place.get(), nowNs);
      pursuits.put(lost, pursuit);
      pursuit.begin(nowNs);
    }
  }

  /** The array has told more of its portal groups: what is up may be known as a way only now. */
  void groupsTold(long nowNs) {
    List.copyOf(host.sessions()).forEach(session -> session.groupsTold(nowNs));
    for (Pursuit each : List.copyOf(pursuits.values())) {
      if (each.hasNoWayLeft()) {
        each.begin(nowNs);
      }
    }
  }

  /** A session has logged in again where it had that nexus, having been elsewhere. */
  void fencedByItself(PathSession session, int nexus, long nowNs) {
    Pursuit pursuit = pursuits.remove(new Lost(session, nexus));
    if (pursuit != null) {
      pursuit.stop();
      pursuit.told(Fence.OWN_LOGIN, nowNs);
    }
  }

  /**
   * A session is logged in: a way to fence others over, and its nexus no longer one to be fenced. A
   * former one still is, if the session is elsewhere now.
   */
  void sessionUp(PathSession session, long nowNs) {
    fencedByItself(session, session.nexus(), nowNs);
    for (Pursuit each : List.copyOf(pursuits.values())) {
      if (mayLeadTo(session, each)) {
        each.wayIsUp(session);
      }
    }
  }

  /** A session is down: no way any more. */
  void sessionDown(PathSession session, long nowNs) {
    for (Pursuit each : List.copyOf(pursuits.values())) {
      FenceSession trying = each.trying.get(session);
      if (trying != null) {
        trying.failed("the session over this way was lost", nowNs);
      }
    }
  }

  /** The host is being detached. */
  void close() {
    pursuits.values().forEach(Pursuit::stop);
    pursuits.clear();
  }

  long nextDeadlineNs() {
    long next = HostCore.NO_DEADLINE;
    for (Pursuit each : pursuits.values()) {
      next = Math.min(next, each.againAtNs);
    }
    return next;
  }

  void onDeadline(long nowNs) {
    for (Pursuit each : List.copyOf(pursuits.values())) {
      if (each.againAtNs <= nowNs) {
        each.begin(nowNs);
      }
    }
  }

  private boolean mayLeadTo(PathSession way, Pursuit pursuit) {
    PathSession session = pursuit.lost.session();
    return way != session
        && way.isUp()
        && way.target.equals(session.target)
        && isSameGroup(session.target, pursuit.place, way.loggedInAt().get());
  }

  /** Whether logins there with one ISID have one nexus, by the array's own word. */
  boolean isSameGroup(String target, NexusPlace one, NexusPlace other) {
    OptionalInt tag = one.portalGroupTag();
    return tag.equals(other.portalGroupTag())
        && (one.portal().equals(other.portal())
            || tag.isPresent()
                && groups.together(target, one.portal(), other.portal(), tag.getAsInt()));
  }

  /**
   * The ways that may lead there, those from other adapters first: this one's may be what broke.
   */
  private List<PathSession> waysTo(Pursuit pursuit) {
    String adapter = pursuit.lost.session().link.adapter();
    return host.sessions().stream()
        .filter(way -> mayLeadTo(way, pursuit))
        .sorted(Comparator.comparing(way -> way.link.adapter().equals(adapter)))
        .toList();
  }

  /**
   * The attempts to fence one nexus. They go over one way after the other, in rounds; one that does
   * not answer delays the others by a checker interval at most, and a way that comes up not at all:
   * they are under way side by side then, and the first that succeeds ends all.
   */
  private final class Pursuit {
    final Lost lost;
    final NexusPlace place;
    final long sinceNs;
    final Deque<PathSession> ways = new ArrayDeque<>();
    final Map<PathSession, FenceSession> trying = new LinkedHashMap<>();
    boolean toldNoWay;
    long againAtNs = HostCore.NO_DEADLINE;

    Pursuit(Lost lost, NexusPlace place, long sinceNs) {
      this.lost = lost;
      this.place = place;
      this.sinceNs = sinceNs;
    }

    void begin(long nowNs) {
      ways.clear();
      ways.addAll(waysTo(this));
      ways.removeAll(trying.keySet());
      if (ways.isEmpty() && trying.isEmpty() && !toldNoWay) {
        toldNoWay = true;
        failed(Optional.empty(), "no other session to its portal group is up", nowNs);
      }
      next(nowNs);
    }

    /** Whether every way that is known has been asked, and none is to be asked again. */
    boolean hasNoWayLeft() {
      return againAtNs == HostCore.NO_DEADLINE;
    }

    /** The one just up may be tried already, if its own login had a device ask. */
    void wayIsUp(PathSession way) {
      if (!trying.containsKey(way)) {
        ways.remove(way);
        tryOver(way);
      }
    }

    private void next(long nowNs) {
      PathSession way = ways.poll();
      againAtNs = ways.isEmpty() ? HostCore.NO_DEADLINE : nowNs + host.checkerIntervalNs();
      if (way != null) {
        tryOver(way);
      }
    }

    private void tryOver(PathSession way) {
      FenceSession attempt = new FenceSession(this, way);
      trying.put(way, attempt);
      attempt.open();
    }

    /** An attempt has failed: the next one does not wait for its time. */
    void ended(PathSession way, String why, long nowNs) {
      trying.remove(way);
      failed(Optional.of(way.link), why, nowNs);
      if (!ways.isEmpty()) {
        next(nowNs);
      } else {
        againAtNs = nowNs + host.checkerIntervalNs();
      }
    }

    void stop() {
      trying.values().forEach(FenceSession::giveUp);
      trying.clear();
    }

    void failed(Optional<HostLink> way, String why, long nowNs) {
      PathSession of = lost.session();
      host.tell(new HostEvent.FenceFailed(of.link, of.target, way, why), nowNs);
    }

    void told(Fence fence, long nowNs) {
      PathSession of = lost.session();
      host.tell(new HostEvent.NexusFenced(of.link, of.target, fence, nowNs - sinceNs), nowNs);
    }

    void fenced(PathSession way, long nowNs) {
      Fence fence = Fence.reinstatedOver(way.link.id());
      told(fence, nowNs);
      lost.session().nexusFenced(lost.nexus(), fence, nowNs);
      // not before each device knows, so that none asks for it once more
      pursuits.remove(lost);
      trying.remove(way);
      stop();
    }
  }

  /** A session that logs in to end another, and leaves. */
  private final class FenceSession implements SessionListener {
    private final Pursuit pursuit;
    final PathSession way;
    private final int number;
    private boolean over;

    FenceSession(Pursuit pursuit, PathSession way) {
      this.pursuit = pursuit;
      this.way = way;
      this.number = -1 - (pursuit.lost.session().number * MOST_SESSIONS + way.number);
    }

    void open() {
      host.openFence(
          number, pursuit.lost.session(), way.link, pursuit.place.portalGroupTag(), this);
    }

    void giveUp() {
      over = true;
      host.effects().close(number);
    }

    void failed(String why, long nowNs) {
      if (over) {
        return;
      }
      giveUp();
      pursuit.ended(way, why, nowNs);
      host.rearm();
    }

    @Override
    public void sessionUp(SessionParameters parameters, long nowNs) {
      NexusPlace met = NexusPlace.of(parameters);
      if (over) {
        return;
      }
      if (!isSameGroup(pursuit.lost.session().target, pursuit.place, met)) {
        failed("it leads to " + met + ", not to " + pursuit.place, nowNs);
        return;
      }
      over = true;
      host.effects().logout(number);
      pursuit.fenced(way, nowNs);
      host.rearm();
    }

    @Override
    public void sessionDown(Failure failure, long nowNs) {
      // it was logged in, and has done what it was for
    }

    @Override
    public void sessionEnded(SessionFailure failure, long nowNs) {
      failed(failure.text(), nowNs);
    }

    @Override
    public void event(SessionEvent event, long nowNs) {
      if (event instanceof SessionEvent.LoginFailed login) {
        failed(login.failure().text(), nowNs);
      }
    }
  }
}
