package io.pathproof.engine;

import io.pathproof.initiator.host.HostEvent;
import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.host.HostListener;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.History;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.protocol.iscsi.AsyncEvent;
import io.pathproof.protocol.iscsi.SendTargets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Writes what happens on a host of our initiator into the lab's history. */
final class HostHistory implements HostListener {
  private final String host;
  private final Function<HostLink, LinkId> links;
  private final History history;
  private final boolean multipathing;
  private final Optional<String> delayedAckOff;

  /** Ways whose paths multipathing has in use, also while their session recovers. */
  private final Set<HostLink> inUse = new HashSet<>();

  /**
   * @param multipathing whether the host chooses among paths; then it alone says which are down
   * @param delayedAckOff of a vSphere host, how DelayedAck stands when it is to be off
   */
  HostHistory(
      String host,
      Function<HostLink, LinkId> links,
      History history,
      boolean multipathing,
      Optional<String> delayedAckOff) {
    this.multipathing = multipathing;
    this.delayedAckOff = delayedAckOff;
    this.host = host;
    this.links = links;
    this.history = history;
  }

  @Override
  public void event(HostEvent event, long nowNs) {
    if (event instanceof HostEvent.PathChanged change) {
      use(change.path().link(), change.up());
      path(change.path().link(), change.up(), change.scope() + ": " + change.cause(), nowNs);
    } else if (event instanceof HostEvent.SessionUp up) {
      session(up.link(), "LOGGED_IN", up.target() + ", " + up.parameters(), nowNs);
    } else if (event instanceof HostEvent.SessionDown down) {
      session(down.link(), "FAILED", scoped(down.failure()), nowNs);
    } else if (event instanceof HostEvent.SessionEnded ended) {
      session(ended.link(), "FREE", scoped(ended.failure()), nowNs);
    } else if (event instanceof HostEvent.SessionNoted noted) {
      noted(noted, nowNs);
    } else if (event instanceof HostEvent.DiscoveryFailed failed) {
      path(failed.link(), false, "discovery: " + scoped(failed.failure()), nowNs);
    } else if (event instanceof HostEvent.PathRefused refused) {
      path(refused.path().link(), false, "refused: " + refused.why(), nowNs);
    } else if (event instanceof HostEvent.ProbeFailed failed) {
      path(failed.link(), false, failed.step() + ": " + failed.why(), nowNs);
    } else if (event instanceof HostEvent.PathJoined joined) {
      use(joined.path().link(), true);
      path(joined.path().link(), true, "joined " + joined.device(), nowNs);
    } else if (event instanceof HostEvent.PathSwitched switched) {
      history.append(
          nowNs,
          new Event.PathSwitched(
              host, switched.device(), switched.from().id(), switched.to().id(), switched.cause()));
    } else if (event instanceof HostEvent.AddressUnreachable unreachable) {
      note(
          "no link leads from "
              + unreachable.adapter()
              + " to "
              + unreachable.address()
              + ", which "
              + unreachable.target()
              + " advertises",
          nowNs);
    } else if (event instanceof HostEvent.TargetPassedOver passed) {
      note("target " + passed.target() + " on " + passed.link().id() + " is not ours", nowNs);
    } else if (event instanceof HostEvent.NoDisk none) {
      note("LUN " + none.lun() + " on " + none.link().id() + " is no disk: " + none.what(), nowNs);
    } else {
      told(event, nowNs);
    }
    // DeviceFound, RetriedUnfenced and SentFenced say nothing that the lab's own entries do not.
  }

  private void told(HostEvent event, long nowNs) {
    if (event instanceof HostEvent.Discovered found) {
      for (SendTargets.Target target : found.targets()) {
        List<String> portals =
            target.addresses().stream().map(a -> a.host() + ":" + a.port()).toList();
        history.append(
            nowNs,
            new Event.PortalsDiscovered(host, links.apply(found.link()), target.name(), portals));
      }
    } else if (event instanceof HostEvent.UnitAttention seen) {
      history.append(
          nowNs, new Event.UnitAttentionSeen(host, seen.path().id(), seen.asc(), seen.ascq()));
    } else if (event instanceof HostEvent.AccessStateTold told) {
      history.append(nowNs, new Event.AccessStateSeen(host, told.path().id(), told.state()));
    } else if (event instanceof HostEvent.TargetOpened opened && delayedAckOff.isPresent()) {
      history.append(
          nowNs,
          new Event.TargetParametersSet(
              host,
              opened.link().id(),
              opened.link().portal().toString(),
              opened.discovered().portal().toString(),
              TimeUnit.NANOSECONDS.toMillis(opened.loginTimeoutNs()),
              opened.delayedAck() ? "on" : delayedAckOff.get()));
    } else if (event instanceof HostEvent.ProtocolBreach breach) {
      history.append(nowNs, new Event.ProtocolBreach(host, breach.link().id(), breach.what()));
    } else if (event instanceof HostEvent.DeviceChanged changed) {
      history.append(
          nowNs,
          new Event.DeviceChanged(host, changed.device(), changed.state().word(), changed.cause()));
    } else if (event instanceof HostEvent.NexusFenced fenced) {
      history.append(
          nowNs,
          new Event.NexusFenced(
              host,
              fenced.link().id(),
              fenced.fence().means().word(),
              fenced.fence().over(),
              fenced.tookNs()));
    } else if (event instanceof HostEvent.FenceFailed failed) {
      String over = failed.way().map(HostLink::id).orElse("");
      history.append(nowNs, new Event.FenceFailed(host, failed.link().id(), over, failed.why()));
    } else {
      commanded(event, nowNs);
    }
  }

  /** What came of commands that are about paths and reservations. */
  private void commanded(HostEvent event, long nowNs) {
    if (event instanceof HostEvent.PortGroupSet set) {
      note(
          "%s: target port group %d to %s over %s: %s %s"
              .formatted(
                  set.device(),
                  set.group(),
                  set.state(),
                  set.path().id(),
                  set.result().outcome(),
                  set.result().detail()),
          nowNs);
    } else if (event instanceof HostEvent.RegistrationChanged changed) {
      note(
          "%s: %s %s: %s"
              .formatted(
                  changed.device(),
                  changed.path().id(),
                  changed.registered() ? "registered" : "not registered",
                  changed.how()),
          nowNs);
    } else if (event instanceof HostEvent.RegistrationLost lost) {
      note(lost.device() + ": preempted, told by " + lost.path().id() + ": " + lost.why(), nowNs);
    } else if (event instanceof HostEvent.AccessStateUnsupported odd) {
      note(odd.path().id() + " " + odd.state() + ": " + odd.what(), nowNs);
    }
  }

  private void noted(HostEvent.SessionNoted noted, long nowNs) {
    SessionEvent event = noted.event();
    if (event instanceof SessionEvent.LoginFailed failed) {
      loginFailed(noted.link(), failed.failure(), nowNs);
    } else if (event instanceof SessionEvent.StateChanged change) {
      session(noted.link(), change.to().name(), "from " + change.from(), nowNs);
    } else if (event instanceof SessionEvent.Redirected sent) {
      history.append(
          nowNs,
          new Event.SessionRedirected(
              host,
              noted.link().id(),
              sent.from().toString(),
              sent.to().toString(),
              sent.permanent()));
    } else if (event instanceof SessionEvent.AsyncReceived async
        && async.message().event().equals(Optional.of(AsyncEvent.LOGOUT_REQUESTED))) {
      history.append(
          nowNs, new Event.LogoutRequested(host, noted.link().id(), async.message().parameter3()));
    } else if (event instanceof SessionEvent.CommandOverdue late) {
      String operation = String.format("%02Xh", late.task().cdb().get(0));
      history.append(
          nowNs,
          new Event.CommandOverdue(
              host, noted.link().id(), operation, late.waitedNs(), late.allowedNs()));
    } else if (!(event instanceof SessionEvent.PingSent
        || event instanceof SessionEvent.ChapChallenged)) {
      session(noted.link(), "", event.toString(), nowNs);
    }
  }

  private void use(HostLink link, boolean now) {
    if (multipathing && now) {
      inUse.add(link);
    } else {
      inUse.remove(link);
    }
  }

  /** A path whose session may recover yet is still in use: its I/O waits there, and more comes. */
  private void loginFailed(HostLink link, Failure failure, long nowNs) {
    String what = "login: " + scoped(failure);
    if (inUse.contains(link)) {
      session(
          link, "", what + "; its I/O is kept until the session's recovery time is over", nowNs);
    } else {
      path(link, false, what, nowNs);
    }
  }

  private static String scoped(Failure failure) {
    String scope =
        failure instanceof ConnectionFailure connection
            ? "connection " + connection.reason()
            : failure instanceof SessionFailure session ? "session " + session.reason() : "task";
    return scope + ": " + failure.text();
  }

  private void path(HostLink link, boolean up, String cause, long nowNs) {
    history.append(nowNs, new Event.PathChanged(host, link.id(), links.apply(link), up, cause));
  }

  private void session(HostLink link, String state, String detail, long nowNs) {
    history.append(nowNs, new Event.SessionChanged(host, link.id(), state, detail));
  }

  private void note(String text, long nowNs) {
    history.append(nowNs, new Event.Note(host + ": " + text));
  }
}
