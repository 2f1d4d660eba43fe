package io.pathproof.initiator.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionCore;
import io.pathproof.initiator.session.SessionEffects;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionParameters;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.SessionState;
import io.pathproof.initiator.session.TargetsListener;
import io.pathproof.initiator.session.TaskManagement;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Pdu;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A {@link SessionCore} on one event loop. All of it runs there, listeners too; the public methods
 * may be called from any thread, and act at once when called on the loop. After the loops are
 * closed they throw {@link java.util.concurrent.RejectedExecutionException}.
 */
public final class NettySession {
  private final EventLoops loops;
  private final EventLoop loop;
  private final PortalResolver resolver;
  private final SessionListener listener;
  private final SessionCore core;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile SessionState state = SessionState.FREE;

  /** Null while there is none. */
  PduChannel connection;

  private ScheduledFuture<?> timer;
  private long timerAtNs;

  private final boolean delayedAck;

  private NettySession(
      EventLoops loops,
      EventLoop loop,
      SessionSettings settings,
      PortalResolver resolver,
      SessionListener listener,
      boolean delayedAck) {
    this.delayedAck = delayedAck;
    this.loops = loops;
    this.loop = loop;
    this.resolver = resolver;
    this.listener = listener;
    this.core =
        new SessionCore(
            settings, challenge -> new SecureRandom().nextBytes(challenge), new Effects());
  }

  /**
   * Makes a session and starts its first login.
   *
   * @param loop one of {@code loops}; sessions that are used together belong on one
   * @param resolver finds the way to a portal
   * @param listener told what becomes of the session
   */
  public static NettySession open(
      EventLoops loops,
      EventLoop loop,
      SessionSettings settings,
      PortalResolver resolver,
      SessionListener listener) {
    return open(loops, loop, settings, resolver, listener, true);
  }

  /**
   * The same with a say in TCP's acknowledgements.
   *
   * @param delayedAck whether TCP may hold them back; {@code false} has an effect where {@link
   *     EventLoops#setsDelayedAck} is true
   */
  public static NettySession open(
      EventLoops loops,
      EventLoop loop,
      SessionSettings settings,
      PortalResolver resolver,
      SessionListener listener,
      boolean delayedAck) {
    NettySession session = new NettySession(loops, loop, settings, resolver, listener, delayedAck);
    session.onLoop(() -> session.core.start(nowNs()));
    return session;
  }

  /** The clock of all sessions: {@link System#nanoTime()}. */
  public static long nowNs() {
    return System.nanoTime();
  }

  /** See {@link SessionCore#submit}. */
  public void submit(ScsiTask task) {
    if (!loop.inEventLoop()) {
      loop.execute(() -> submit(task));
      return;
    }
    // as in turn, without an object for each task
    try {
      core.submit(task, nowNs());
    } finally {
      settle();
    }
  }

  /** See {@link SessionCore#cancel}. */
  public void cancel(ScsiTask task) {
    onLoop(() -> core.cancel(task, nowNs()));
  }

  /** See {@link SessionCore#guard}. */
  public void guard(long lun) {
    onLoop(() -> core.guard(lun));
  }

  /** See {@link SessionCore#admit}. */
  public void admit(long lun) {
    onLoop(() -> core.admit(lun, nowNs()));
  }

  /** See {@link SessionCore#refuse}. */
  public void refuse(long lun, String why) {
    onLoop(() -> core.refuse(lun, why, nowNs()));
  }

  /** See {@link SessionCore#manage}. */
  public void manage(TaskManagement function) {
    onLoop(() -> core.manage(function, nowNs()));
  }

  /** See {@link SessionCore#sendTargets}. */
  public void sendTargets(TargetsListener answer) {
    onLoop(() -> core.sendTargets(answer, nowNs()));
  }

  /**
   * Logs out, see {@link SessionCore#logout}; the future completes when the session has ended, and
   * never exceptionally.
   */
  public CompletableFuture<Void> logout() {
    onLoop(() -> core.logout(nowNs()));
    return ended.copy();
  }

  /** Ends the session at once, without a logout; the future completes when it has ended. */
  public CompletableFuture<Void> close() {
    onLoop(() -> core.close(nowNs()));
    return ended.copy();
  }

  /** The state as last seen; may be read from any thread. */
  public SessionState state() {
    return state;
  }

  /** Where all of this session runs. */
  public EventLoop eventLoop() {
    return loop;
  }

  private void onLoop(Runnable input) {
    if (loop.inEventLoop()) {
      turn(input);
    } else {
      loop.execute(() -> turn(input));
    }
  }

  /** One input to the core, and what follows from it for the timer. */
  private void turn(Runnable input) {
    try {
      input.run();
    } finally {
      settle();
    }
  }

  private void settle() {
    if (state != core.state()) {
      state = core.state();
    }
    // in the middle of a read more inputs follow at once, and then onReadComplete
    if (connection == null || !connection.isReading()) {
      reschedule();
    }
  }

  /**
   * Keeps a timer that is due no later than the core's next deadline. Deadlines move on with every
   * PDU; a timer that fires early costs less than a new one each time.
   */
  private void reschedule() {
    long next = core.nextDeadlineNs();
    if (next == SessionCore.NO_DEADLINE) {
      if (timer != null && state == SessionState.FREE) {
        timer.cancel(false);
        timer = null;
      }
      return;
    }
    if (timer != null && timerAtNs <= next) {
      return;
    }
    if (timer != null) {
      timer.cancel(false);
    }
    timerAtNs = next;
    timer = loop.schedule(this::onTimer, Math.max(0, next - nowNs()), TimeUnit.NANOSECONDS);
  }

  private void onTimer() {
    timer = null;
    turn(() -> core.onDeadline(nowNs()));
  }

  /** Events of one connection, which count only while it is the current one. */
  private final class Events implements PduChannel.Sink {
    @Override
    public void onConnected() {
      turn(() -> core.onConnected(nowNs()));
    }

    @Override
    public void onConnectFailed(ConnectionFailure failure) {
      connection = null;
      turn(() -> core.onConnectFailed(failure, nowNs()));
    }

    @Override
    public void onProgress() {
      core.onProgress(nowNs());
    }

    @Override
    public void onTaken(long agoNs) {
      core.onTaken(nowNs() - agoNs);
    }

    @Override
    public void onPingLeft() {
      turn(() -> core.onPingLeft(nowNs()));
    }

    @Override
    public void onPdu(Pdu pdu) {
      // as in turn, without an object for each PDU
      try {
        core.onPdu(pdu, nowNs());
      } finally {
        settle();
      }
    }

    @Override
    public void onReadComplete() {
      settle();
    }

    @Override
    public int inFlight() {
      return core.inFlight();
    }

    @Override
    public long owedBytes() {
      return core.owedBytes();
    }

    @Override
    public void onProtocolError(ProtocolException error) {
      turn(() -> core.onProtocolError(error, nowNs()));
    }

    @Override
    public void onClosed(ConnectionFailure failure) {
      connection = null;
      turn(() -> core.onClosed(failure, nowNs()));
    }
  }

  /** What the core wants done. */
  private final class Effects implements SessionEffects {
    @Override
    public void connect(Portal portal) {
      PduChannel next = new PduChannel(new Events(), delayedAck, loops.polling(loop));
      connection = next;
      Optional<InetSocketAddress> address = resolver.resolve(portal);
      if (address.isEmpty()) {
        loop.execute(() -> unreachable(next, portal));
        return;
      }
      ChannelFuture connect =
          new Bootstrap()
              .group(loop)
              .channelFactory(loops.channelsTo(address.get()))
              .option(ChannelOption.TCP_NODELAY, true)
              // The core's login timeout covers the connect.
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
              .handler(next)
              .connect(address.get());
      if (connect.isDone()) {
        // Some errors are known at once; the core wants to hear of them later.
        loop.execute(() -> next.connectDone(connect));
      } else {
        connect.addListener(done -> next.connectDone(connect));
      }
    }

    private void unreachable(PduChannel attempt, Portal portal) {
      if (connection == attempt) {
        connection = null;
        turn(
            () ->
                core.onConnectFailed(
                    new ConnectionFailure(
                        ConnectionFailure.Reason.UNREACHABLE, "no link leads to " + portal, false),
                    nowNs()));
      }
    }

    @Override
    public void send(Pdu pdu) {
      connection.send(pdu);
    }

    @Override
    public void digests(Digests digests) {
      connection.digests(digests);
    }

    @Override
    public void maxRecvDataSegmentLength(int bytes) {
      connection.maxRecvDataSegmentLength(bytes);
    }

    @Override
    public void drain() {
      PduChannel asked = connection;
      if (asked != null) {
        asked.readAll();
      }
      // A timer set within one turn of the loop fires in a later one, behind that turn's reads.
      loop.schedule(() -> drained(asked), 1, TimeUnit.NANOSECONDS);
    }

    private void drained(PduChannel asked) {
      if (connection != asked) {
        return;
      }
      turn(
          () -> {
            if (asked != null) {
              asked.tellTaken();
            }
            core.onDrained(nowNs());
          });
    }

    @Override
    public void disconnect(String why) {
      if (connection != null) {
        connection.close();
        connection = null;
      }
    }

    @Override
    public void abort(String why) {
      if (connection != null) {
        connection.abort();
        connection = null;
      }
    }

    @Override
    public void sessionUp(SessionParameters parameters, long nowNs) {
      state = core.state();
      listener.sessionUp(parameters, nowNs);
    }

    @Override
    public void sessionDown(Failure failure, long nowNs) {
      state = core.state();
      listener.sessionDown(failure, nowNs);
    }

    @Override
    public void sessionEnded(SessionFailure failure, long nowNs) {
      state = core.state();
      listener.sessionEnded(failure, nowNs);
      ended.complete(null);
    }

    @Override
    public void event(SessionEvent event, long nowNs) {
      if (event instanceof SessionEvent.PingAnswered && connection != null) {
        connection.pingAnswered();
      }
      listener.event(event, nowNs);
    }
  }
}
