package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.multipath.PathState;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.DigestPolicy;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.protocol.iscsi.Isid;
import io.pathproof.protocol.iscsi.SendTargets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A host without I/O: discovery over each link, a session for each link and target, the paths
 * behind them and the devices over those. One thread; {@code nowNs} is the clock of the sessions.
 */
public final class HostCore {
  /** No deadline is pending. */
  public static final long NO_DEADLINE = Long.MAX_VALUE;

  /** How long a logout may take in all before the sessions are closed. */
  private static final long MAX_DETACH_NS = TimeUnit.SECONDS.toNanos(5);

  private final HostSettings settings;
  private final HostEffects effects;
  private final List<LinkDiscovery> discoveries = new ArrayList<>();
  private final Map<SessionKey, PathSession> sessions = new LinkedHashMap<>();
  private final PortalGroups portalGroups = new PortalGroups();
  private final NexusFencing fencing = new NexusFencing(this, portalGroups);
  private final DeviceAssembly assembly;
  private final Set<String> toldUnreachable = new HashSet<>();

  /** Links that are not to be used, each with the reason. */
  private final Map<HostLink, String> leftOut = new HashMap<>();

  private boolean detaching;
  private boolean detached;
  private long readyByNs = NO_DEADLINE;
  private long detachByNs = NO_DEADLINE;
  private long armedForNs = NO_DEADLINE;

  private record SessionKey(HostLink link, String target) {}

  /** A link's question for targets. */
  private static final class LinkDiscovery {
    final HostLink link;
    boolean pending;
    boolean tried;
    long retryAtNs = NO_DEADLINE;

    LinkDiscovery(HostLink link) {
      this.link = link;
    }

    void giveUp() {
      tried = true;
      retryAtNs = NO_DEADLINE;
    }
  }

  /** A host that has not begun. */
  public HostCore(HostSettings settings, HostEffects effects) {
    this.settings = settings;
    this.effects = effects;
    settings.entries().forEach(link -> discoveries.add(new LinkDiscovery(link)));
    this.assembly = new DeviceAssembly(this);
  }

  /**
   * Begins discovery over every link. {@link HostEffects#ready} follows when each has been tried
   * once, or after twice the login timeout.
   */
  public void start(long nowNs) {
    readyByNs = nowNs + 2 * settings.timers().loginTimeoutNs();
    discoveries.stream().filter(each -> uses(each.link)).forEach(this::discover);
    tried(nowNs);
    rearm();
  }

  /**
   * Leaves a link out: its session logs out, and it is neither asked nor logged in over until it is
   * {@link #takeIn taken in}. May be called before {@link #start}.
   *
   * @param why in words; becomes the cause of what is lost with it
   */
  public void leaveOut(HostLink link, String why, long nowNs) {
    if (detaching || leftOut.put(link, why) != null) {
      return;
    }
    discoveries.stream().filter(each -> each.link.equals(link)).forEach(LinkDiscovery::giveUp);
    for (PathSession session : List.copyOf(sessions.values())) {
      if (session.link.equals(link)) {
        session.leave(why, nowNs);
      }
    }
    rearm();
  }

  /** Uses a link again that was left out. */
  public void takeIn(HostLink link, long nowNs) {
    if (detaching || leftOut.remove(link) == null) {
      return;
    }
    boolean known = false;
    for (PathSession session : List.copyOf(sessions.values())) {
      if (session.link.equals(link)) {
        session.comeBack(nowNs);
        known = true;
      }
    }
    if (!known) {
      discoveries.stream().filter(each -> each.link.equals(link)).forEach(this::discover);
    }
    rearm();
  }

  /** Whether a link may be used; false from {@link #leaveOut} to {@link #takeIn}. */
  boolean uses(HostLink link) {
    return !leftOut.containsKey(link);
  }

  /** What hangs on an adapter now. */
  public AdapterUsage usage(String adapter) {
    List<String> up =
        sessions.values().stream()
            .filter(each -> each.link.adapter().equals(adapter) && each.isUp())
            .map(each -> each.link.id())
            .toList();
    List<String> paths = new ArrayList<>();
    List<String> on = new ArrayList<>();
    List<String> last = new ArrayList<>();
    for (DeviceCore device : assembly.devices()) {
      boolean some = false;
      boolean elsewhere = false;
      for (HostPath path : device.paths()) {
        boolean over = path.link().adapter().equals(adapter);
        boolean usable = device.pathState(path.id()) == PathState.ACTIVE;
        if (over) {
          some = true;
          paths.add(path.id() + " LUN " + path.lun().number().orElse(0));
        }
        elsewhere |= !over && usable;
      }
      if (some) {
        on.add(device.name());
        if (!elsewhere) {
          last.add(device.name());
        }
      }
    }
    return new AdapterUsage(up, paths, on, last);
  }

  /** What the target of a session has of its own. */
  public TargetOptions options(int session) {
    return sessions.values().stream()
        .filter(each -> each.number == session)
        .findFirst()
        .map(each -> each.options)
        // a session that only fences
        .orElse(TargetOptions.INHERITED);
  }

  /** The answer to {@link HostEffects#discover}. */
  public void onDiscovered(HostLink link, List<SendTargets.Target> targets, long nowNs) {
    if (detaching) {
      return;
    }
    if (!uses(link)) {
      discoveryEnded(link, nowNs);
      return;
    }
    tell(new HostEvent.Discovered(link, targets), nowNs);
    portalGroups.told(link, targets);
    fencing.groupsTold(nowNs);
    for (SendTargets.Target target : targets) {
      if (settings.wants(target.name())) {
        openTo(link, target, nowNs);
      } else {
        tell(new HostEvent.TargetPassedOver(link, target.name()), nowNs);
      }
    }
    discoveryEnded(link, nowNs);
  }

  /** No answer to {@link HostEffects#discover}. */
  public void onDiscoveryFailed(HostLink link, Failure failure, long nowNs) {
    if (detaching) {
      return;
    }
    if (!uses(link)) {
      discoveryEnded(link, nowNs);
      return;
    }
    tell(new HostEvent.DiscoveryFailed(link, failure), nowNs);
    tellBreach(link, failure, nowNs);
    discoveryEnded(link, nowNs);
  }

  /** The devices in the order of their names; those that are found later are added at the end. */
  public List<DeviceCore> devices() {
    return List.copyOf(assembly.devices());
  }

  /** One device for each path, below any multipathing. */
  public List<DeviceCore> pathDevices() {
    return List.copyOf(assembly.pathDevices());
  }

  /** Logs out of every session, for 5 s at most; {@link HostEffects#detached} follows. */
  public void detach(long nowNs) {
    if (detaching) {
      return;
    }
    detaching = true;
    long patience = Math.min(settings.timers().abortTimeoutNs(), MAX_DETACH_NS);
    detachByNs = nowNs + patience;
    assembly.devices().forEach(device -> device.close(nowNs));
    assembly.pathDevices().forEach(device -> device.close(nowNs));
    fencing.close();
    for (PathSession session : List.copyOf(sessions.values())) {
      if (!session.isEnded()) {
        effects.logout(session.number);
      }
    }
    sessionEnded(nowNs);
    rearm();
  }

  /** Time has passed; harmless when nothing is due. */
  public void onDeadline(long nowNs) {
    armedForNs = NO_DEADLINE;
    if (readyByNs <= nowNs) {
      assemble(nowNs);
    }
    if (detachByNs <= nowNs) {
      detachByNs = NO_DEADLINE;
      for (PathSession session : List.copyOf(sessions.values())) {
        if (!session.isEnded()) {
          effects.close(session.number);
        }
      }
    }
    assembly.devices().forEach(device -> device.onDeadline(nowNs));
    assembly.pathDevices().forEach(device -> device.onDeadline(nowNs));
    if (!detaching) {
      for (LinkDiscovery discovery : discoveries) {
        if (discovery.retryAtNs <= nowNs) {
          discover(discovery);
        }
      }
      for (PathSession session : List.copyOf(sessions.values())) {
        session.onDeadline(nowNs);
      }
      fencing.onDeadline(nowNs);
    }
    rearm();
  }

  HostSettings settings() {
    return settings;
  }

  HostEffects effects() {
    return effects;
  }

  NexusFencing fencing() {
    return fencing;
  }

  Collection<PathSession> sessions() {
    return sessions.values();
  }

  long checkerIntervalNs() {
    return TimeUnit.MILLISECONDS.toNanos(settings.multipath().checkerIntervalMs());
  }

  boolean isMultipath() {
    return settings.multipath().policy() != Policy.NONE;
  }

  void tell(HostEvent event, long nowNs) {
    effects.event(event, nowNs);
  }

  /** Tells of a connection that did not merely end, but by a breach of the protocol. */
  void tellBreach(HostLink link, Failure failure, long nowNs) {
    if (failure instanceof ConnectionFailure lost
        && (lost.reason() == ConnectionFailure.Reason.PROTOCOL_ERROR
            || lost.reason() == ConnectionFailure.Reason.DIGEST_ERROR)) {
      tell(new HostEvent.ProtocolBreach(link, lost.text()), nowNs);
    }
  }

  /** Has the binding call at the next deadline. */
  void rearm() {
    long next = detached ? NO_DEADLINE : nextDeadlineNs();
    if (next != armedForNs) {
      armedForNs = next;
      effects.wakeAt(next);
    }
  }

  /**
   * As {@link #rearm()} where nothing but this device's deadline may have changed, as with every
   * I/O: the binding is called no later than before. If that is too early now, nothing is due then,
   * and it is armed anew.
   */
  void rearm(DeviceCore device) {
    if (detached) {
      return;
    }
    long next = device.nextDeadlineNs();
    if (next < armedForNs) {
      armedForNs = next;
      effects.wakeAt(next);
    }
  }

  private long nextDeadlineNs() {
    long next = Math.min(readyByNs, detachByNs);
    for (DeviceCore device : assembly.devices()) {
      next = Math.min(next, device.nextDeadlineNs());
    }
    for (DeviceCore device : assembly.pathDevices()) {
      next = Math.min(next, device.nextDeadlineNs());
    }
    if (!detaching) {
      for (LinkDiscovery discovery : discoveries) {
        next = Math.min(next, discovery.retryAtNs);
      }
      for (PathSession session : sessions.values()) {
        next = Math.min(next, session.nextDeadlineNs());
      }
      next = Math.min(next, fencing.nextDeadlineNs());
    }
    return next;
  }

  // discovery and sessions

  private void discover(LinkDiscovery discovery) {
    discovery.retryAtNs = NO_DEADLINE;
    discovery.pending = true;
    TargetOptions options = settings.targetOptions().of(discovery.link, discovery.link);
    effects.discover(discovery.link, sessionSettings(discovery.link, Optional.empty(), options));
  }

  /** Opens a session with the ISID of a lost one, over another way to the same portal group. */
  void openFence(
      int number, PathSession lost, HostLink way, OptionalInt tag, SessionListener listener) {
    SessionSettings own = sessionSettings(lost.link, Optional.of(lost.target), lost.options);
    effects.open(number, way, own.at(way.portal(), tag), listener);
  }

  private SessionSettings sessionSettings(
      HostLink link, Optional<String> target, TargetOptions options) {
    int qualifier = link.isidQualifier() | (target.isEmpty() ? HostLink.DISCOVERY : 0);
    // stable, and unlike that of most other initiators; only the name and this together identify
    Isid isid = Isid.random(settings.initiatorName().hashCode(), qualifier);
    return new SessionSettings(
        settings.initiatorName(),
        target,
        link.portal(),
        OptionalInt.empty(),
        isid,
        target.isEmpty() ? settings.discoveryChap() : settings.chapFor(target.get()),
        target.isPresent()
            ? settings.offer()
            // a few bytes of text, which many targets refuse to protect
            : settings.offer().withDigests(DigestPolicy.NONE, DigestPolicy.NONE),
        options.over(settings.timers()));
  }

  private void openTo(HostLink asked, SendTargets.Target target, long nowNs) {
    List<Portal> addresses =
        target.addresses().isEmpty()
            ? List.of(asked.portal())
            : target.addresses().stream().map(Portal::of).toList();
    for (Portal address : addresses) {
      Optional<HostLink> link = linkTo(asked.adapter(), address);
      if (link.isPresent()) {
        open(link.get(), target.name(), asked, nowNs);
      } else if (toldUnreachable.add(asked.adapter() + " " + target.name() + " " + address)) {
        tell(new HostEvent.AddressUnreachable(asked.adapter(), target.name(), address), nowNs);
      }
    }
  }

  /** The link of an adapter that leads to a portal. */
  public Optional<HostLink> linkTo(String adapter, Portal portal) {
    return settings.links().stream()
        .filter(link -> link.adapter().equals(adapter) && link.portal().equals(portal))
        .findFirst();
  }

  private void open(HostLink link, String target, HostLink asked, long nowNs) {
    SessionKey key = new SessionKey(link, target);
    if (!sessions.containsKey(key) && uses(link)) {
      TargetOptions options = settings.targetOptions().of(asked, link);
      PathSession session = new PathSession(sessions.size(), link, target, options, this);
      sessions.put(key, session);
      long loginNs = options.over(settings.timers()).loginTimeoutNs();
      tell(new HostEvent.TargetOpened(link, asked, target, loginNs, options.delayedAck()), nowNs);
      reopen(session, nowNs);
    }
  }

  void reopen(PathSession session, long nowNs) {
    session.opened(nowNs);
    SessionSettings wanted =
        sessionSettings(session.link, Optional.of(session.target), session.options);
    effects.open(session.number, session.link, wanted, session);
    session.guard();
  }

  private void discoveryEnded(HostLink link, long nowNs) {
    LinkDiscovery discovery = discoveries.get(settings.entries().indexOf(link));
    discovery.pending = false;
    discovery.tried = true;
    boolean used = sessions.keySet().stream().anyMatch(key -> key.link().equals(link));
    if (!used && uses(link)) {
      discovery.retryAtNs = nowNs + Math.max(1, settings.timers().reconnectDelayNs());
    }
    tried(nowNs);
    rearm();
  }

  /** A link or a session was tried for the first time. */
  void tried(long nowNs) {
    boolean all =
        discoveries.stream().allMatch(each -> each.tried)
            && sessions.values().stream().allMatch(PathSession::isTried);
    if (all) {
      assemble(nowNs);
    }
  }

  void sessionEnded(long nowNs) {
    boolean over = sessions.values().stream().allMatch(PathSession::isEnded);
    if (detaching && over && !detached) {
      detached = true;
      effects.detached();
    }
  }

  // devices

  DeviceAssembly assembly() {
    return assembly;
  }

  private void assemble(long nowNs) {
    readyByNs = NO_DEADLINE;
    if (!assembly.isReady() && !detaching) {
      assembly.assemble(nowNs);
      effects.ready();
      rearm();
    }
  }
}
