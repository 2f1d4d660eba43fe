package io.pathproof.initiator.host;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.pathproof.initiator.netty.Discovery;
import io.pathproof.initiator.netty.DiscoveryException;
import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.netty.NettySession;
import io.pathproof.initiator.netty.PortalResolver;
import io.pathproof.initiator.netty.SocketWords;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.protocol.iscsi.SendTargets;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A {@link HostCore} on one event loop, over sockets. Portals are reached through the host's links
 * only: an address that the array advertises, in discovery or in a redirection, leads to the link
 * of the same adapter with that portal, or nowhere.
 */
public final class NettyHost {
  private final EventLoops loops;
  private final EventLoop loop;
  private final Function<HostLink, InetSocketAddress> nearEnds;
  private final HostListener listener;
  private final HostCore core;

  /** By their numbers, from 0 without gaps. */
  private final List<NettySession> sessions = new ArrayList<>();

  /** Those that only fence, by their numbers below 0. */
  private final Map<Integer, NettySession> fencing = new HashMap<>();

  private final CompletableFuture<NettyHost> attached = new CompletableFuture<>();
  private final CompletableFuture<Void> detached = new CompletableFuture<>();
  private ScheduledFuture<?> timer;
  private long timerAtNs;

  private NettyHost(
      EventLoops loops,
      HostSettings settings,
      Function<HostLink, InetSocketAddress> nearEnds,
      HostListener listener) {
    this.loops = loops;
    this.loop = loops.next();
    this.nearEnds = nearEnds;
    this.listener = listener;
    this.core = new HostCore(settings, new Effects());
  }

  /**
   * Brings a host up on an event loop of its own. Callable from any thread.
   *
   * @param nearEnds where to connect to for each link: its near end
   * @return the host, once every link has been tried, or twice the login timeout has passed; paths
   *     that could not be had by then are tried further and join later. Completed on the host's
   *     loop, never exceptionally
   */
  public static CompletableFuture<NettyHost> attach(
      EventLoops loops,
      HostSettings settings,
      Function<HostLink, InetSocketAddress> nearEnds,
      HostListener listener) {
    NettyHost host = prepare(loops, settings, nearEnds, listener);
    return host.start();
  }

  /**
   * A host that does nothing yet, so that links can be left out before it {@link #start starts}.
   */
  public static NettyHost prepare(
      EventLoops loops,
      HostSettings settings,
      Function<HostLink, InetSocketAddress> nearEnds,
      HostListener listener) {
    return new NettyHost(loops, settings, nearEnds, listener);
  }

  /** Begins; see {@link #attach}. Once. */
  public CompletableFuture<NettyHost> start() {
    loop.execute(() -> core.start(NettySession.nowNs()));
    return attached.copy();
  }

  /**
   * Leaves a link out, or takes it in again; see {@link HostCore#leaveOut}. Callable from any
   * thread.
   */
  public void use(HostLink link, boolean used, String why) {
    loop.execute(
        () -> {
          if (used) {
            core.takeIn(link, NettySession.nowNs());
          } else {
            core.leaveOut(link, why, NettySession.nowNs());
          }
        });
  }

  /** What hangs on an adapter now. Callable from any thread. */
  public CompletableFuture<AdapterUsage> usage(String adapter) {
    return CompletableFuture.supplyAsync(() -> core.usage(adapter), loop);
  }

  /** The loop that owns the host's devices and runs every callback. */
  public EventLoop eventLoop() {
    return loop;
  }

  /**
   * What the host offers for I/O, in the order of the names; with policy NONE one device a path. On
   * the host's loop only.
   */
  public List<HostDevice> devices() {
    return wrap(core.devices());
  }

  /**
   * One device for each path, below any multipathing, over the same sessions; they tell no path
   * events. On the host's loop only.
   */
  public List<HostDevice> pathDevices() {
    return wrap(core.pathDevices());
  }

  private List<HostDevice> wrap(List<DeviceCore> cores) {
    if (!loop.inEventLoop()) {
      throw new IllegalStateException("the host was called outside its event loop");
    }
    return cores.stream().map(each -> new HostDevice(each, loop)).toList();
  }

  /**
   * Logs out of every session, closes its socket and fails what is under way, within 5 s. Callable
   * from any thread, more than once; never exceptionally.
   */
  public CompletableFuture<Void> detach() {
    loop.execute(() -> core.detach(NettySession.nowNs()));
    return detached.copy();
  }

  private void onTimer() {
    timer = null;
    core.onDeadline(NettySession.nowNs());
  }

  private Optional<InetSocketAddress> resolve(HostLink from, Portal portal) {
    return core.linkTo(from.adapter(), portal).map(nearEnds);
  }

  private static Failure failureIn(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    return cause instanceof DiscoveryException failed
        ? failed.failure()
        : new ConnectionFailure(
            ConnectionFailure.Reason.CONNECT_FAILED, SocketWords.of(cause), false);
  }

  private final class Effects implements HostEffects {
    @Override
    public void discover(HostLink link, SessionSettings settings) {
      PortalResolver resolver = portal -> resolve(link, portal);
      Discovery.sendTargets(loops, loop, settings, resolver)
          .whenComplete((targets, thrown) -> loop.execute(() -> answer(link, targets, thrown)));
    }

    private void answer(HostLink link, List<SendTargets.Target> targets, Throwable thrown) {
      long now = NettySession.nowNs();
      if (thrown == null) {
        core.onDiscovered(link, targets, now);
      } else {
        core.onDiscoveryFailed(link, failureIn(thrown), now);
      }
    }

    @Override
    public void open(
        int session, HostLink link, SessionSettings settings, SessionListener sessionListener) {
      PortalResolver resolver = portal -> resolve(link, portal);
      boolean delayedAck = core.options(session).delayedAck();
      NettySession opened =
          NettySession.open(loops, loop, settings, resolver, sessionListener, delayedAck);
      if (session < 0) {
        fencing.put(session, opened);
      } else if (session == sessions.size()) {
        sessions.add(opened);
      } else {
        sessions.set(session, opened);
      }
    }

    private NettySession session(int number) {
      return number < 0 ? fencing.get(number) : sessions.get(number);
    }

    @Override
    public void submit(int session, ScsiTask task) {
      session(session).submit(task);
    }

    @Override
    public void guard(int session, long lun) {
      session(session).guard(lun);
    }

    @Override
    public void admit(int session, long lun) {
      session(session).admit(lun);
    }

    @Override
    public void refuse(int session, long lun, String why) {
      session(session).refuse(lun, why);
    }

    @Override
    public void logout(int session) {
      session(session).logout();
    }

    @Override
    public void close(int session) {
      session(session).close();
    }

    @Override
    public void ready() {
      attached.complete(NettyHost.this);
    }

    @Override
    public void detached() {
      sessions.clear();
      fencing.clear();
      // a host that was detached before it was ready is there, without devices
      attached.complete(NettyHost.this);
      detached.complete(null);
    }

    @Override
    public void wakeAt(long deadlineNs) {
      if (timer != null) {
        if (deadlineNs != HostCore.NO_DEADLINE && timerAtNs <= deadlineNs) {
          return;
        }
        timer.cancel(false);
        timer = null;
      }
      if (deadlineNs == HostCore.NO_DEADLINE) {
        return;
      }
      timerAtNs = deadlineNs;
      long delay = Math.max(0, deadlineNs - NettySession.nowNs());
      timer = loop.schedule(NettyHost.this::onTimer, delay, TimeUnit.NANOSECONDS);
    }

    @Override
    public void event(HostEvent event, long nowNs) {
      listener.event(event, nowNs);
    }
  }
}
