package io.pathproof.targets.array.server;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pathproof.protocol.iscsi.LoginStatus;
import io.pathproof.protocol.scsi.StandardInquiry.TargetPortGroupSupport;
import io.pathproof.targets.array.iscsi.ChapAccounts;
import io.pathproof.targets.array.iscsi.LoginDirector;
import io.pathproof.targets.array.iscsi.PortalIdentity;
import io.pathproof.targets.array.iscsi.Redirect;
import io.pathproof.targets.array.iscsi.SessionInfo;
import io.pathproof.targets.array.iscsi.TargetCore;
import io.pathproof.targets.array.iscsi.TargetListener;
import io.pathproof.targets.array.iscsi.TargetSettings;
import io.pathproof.targets.array.iscsi.Timed;
import io.pathproof.targets.array.netty.DeadlineLoop;
import io.pathproof.targets.array.netty.PortalServer;
import io.pathproof.targets.array.scsi.Defect;
import io.pathproof.targets.array.scsi.Defects;
import io.pathproof.targets.array.scsi.LogicalUnits;
import io.pathproof.targets.array.scsi.LogicalUnitsSettings;
import io.pathproof.targets.array.scsi.TargetPort;
import io.pathproof.targets.array.system.Address;
import io.pathproof.targets.array.system.ArrayConfig;
import io.pathproof.targets.array.system.ArrayCore;
import io.pathproof.targets.array.system.JournalEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** All of an array on its event loop. Unless said otherwise, called on the loop. */
final class ArrayLoop implements AutoCloseable {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long CLOSE_MS = 5_000;

  /** The status class of redirections, which the core has told already. */
  private static final int REDIRECTED = 1;

  private final ArrayConfig config;
  private final long originNs = System.nanoTime();
  private final Stores stores;
  private final Defects defects = new Defects();
  private final LogicalUnits units;
  private final TargetCore target;
  private final Portals portals;
  private final ArrayCore core;
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("pathproof-array", true), PortalServer.ioHandlers());
  private final EventLoop loop = group.next();
  private final DeadlineLoop deadlines;

  /** Called by the starting thread, which then hands over by {@link #start}. */
  ArrayLoop(ArrayConfig config, ArrayNetwork network) {
    this.config = config;
    stores = new Stores(config);
    units = new LogicalUnits(unitSettings(), defects, stores.registrations());
    SplittableRandom random = new SplittableRandom(config.seed());
    target =
        new TargetCore(
            TargetSettings.of(config.targetName(), accounts()),
            units,
            defects,
            new Director(),
            random::nextBytes,
            new Notes());
    PortalServer server = new PortalServer(loop, target, this::turnEnded, this::failed);
    portals = new Portals(server, network, this::identity, this::failed);
    core = new ArrayCore(config, defects, new CoreEffects(target, units, portals, network));
    deadlines = new DeadlineLoop(loop, List.of(target, timedUnits(), timedCore()));
    defects.listen(
        new Defects.Listener() {
          @Override
          public void struck(Defect defect, long times, String detail) {
            core.note(nowNs(), ArrayCore.ARRAY, "defect " + defect.word() + " struck: " + detail);
          }
        });
  }

  private LogicalUnitsSettings unitSettings() {
    List<TargetPort> ports = new ArrayList<>();
    int group = 0;
    for (ArrayConfig.Node node : config.nodes()) {
      group++;
      for (ArrayConfig.Port port : node.ports()) {
        ports.add(
            new TargetPort(node.name(), node.name() + "." + port.name(), ports.size() + 1, group));
      }
    }
    LogicalUnitsSettings plain =
        LogicalUnitsSettings.of(config.targetName(), ports, stores.volumes());
    return new LogicalUnitsSettings(
        plain.targetName(),
        switch (config.alua().mode()) {
          case NONE -> TargetPortGroupSupport.NONE;
          case IMPLICIT -> TargetPortGroupSupport.IMPLICIT;
          case EXPLICIT -> TargetPortGroupSupport.EXPLICIT;
          case BOTH -> TargetPortGroupSupport.IMPLICIT_AND_EXPLICIT;
        },
        config.alua().partnerState(),
        config.alua().transitionMs() * MS,
        plain.ports(),
        plain.volumes(),
        plain.vendor(),
        plain.product(),
        plain.revision());
  }

  private Optional<ChapAccounts> accounts() {
    return config
        .chap()
        .map(
            chap ->
                new ChapAccounts(
                    chap.user(),
                    chap.secret(),
                    chap.mutual()
                        .map(
                            mutual ->
                                new ChapAccounts.TargetAccount(mutual.user(), mutual.secret()))));
  }

  private Timed timedUnits() {
    return new Timed() {
      @Override
      public long nextDeadlineNs() {
        return units.nextDeadlineNs();
      }

      @Override
      public void onTime(long nowNs) {
        units.onTime(nowNs);
      }
    };
  }

  private Timed timedCore() {
    return new Timed() {
      @Override
      public long nextDeadlineNs() {
        return core.nextDeadlineNs();
      }

      @Override
      public void onTime(long nowNs) {
        if (core.nextDeadlineNs() <= nowNs) {
          core.onTime(nowNs);
        }
      }
    };
  }

  /** Opens every address. From any thread. */
  CompletionStage<Void> start() {
    return portals
        .open(core.addresses())
        .thenRun(
            () -> {
              core.start(nowNs());
              deadlines.check();
            });
  }

  /** Runs something on the loop. From any thread. */
  void execute(Runnable task) {
    loop.execute(
        () -> {
          task.run();
          deadlines.check();
        });
  }

  private void turnEnded() {
    deadlines.check();
  }

  /** A fault of our own: told, so that no one takes it for the array's. */
  private void failed(Throwable cause) {
    core.note(nowNs(), ArrayCore.ARRAY, "fault of the simulated array itself: " + cause);
  }

  /** Completes when every address behaves as it was last told to. */
  CompletionStage<Void> settled() {
    return portals.settled();
  }

  long nowNs() {
    return System.nanoTime();
  }

  long originNs() {
    return originNs;
  }

  ArrayCore core() {
    return core;
  }

  LogicalUnits units() {
    return units;
  }

  Defects defects() {
    return defects;
  }

  /** From any thread. */
  Reachability reach(String portal) {
    return portals.reach(portal);
  }

  Map<String, PortLoad> loads() {
    Map<String, PortLoad> loads = new LinkedHashMap<>();
    Map<String, io.pathproof.targets.array.scsi.PortLoad> carried = units.loads();
    for (String port : config.portRefs()) {
      long sessions =
          target.sessions().stream().filter(each -> each.portal().port().equals(port)).count();
      var load = carried.get(port);
      loads.put(
          port,
          load == null
              ? new PortLoad(sessions, 0, 0, 0)
              : new PortLoad(sessions, load.reads(), load.writes(), load.bytes()));
    }
    return loads;
  }

  List<SessionView> sessions() {
    return target.sessions().stream()
        .map(
            each ->
                new SessionView(
                    each.tsih(),
                    each.initiatorName(),
                    String.format("%012x", each.isid()),
                    each.portal().address() + ":" + each.portal().tcpPort(),
                    each.portal().port(),
                    each.sinceNs() - originNs,
                    each.commandsInFlight()))
        .toList();
  }

  /** Who answers the next connection to an address. */
  private PortalIdentity identity(Address address) {
    return identity(address, core.portFor(address));
  }

  private PortalIdentity identity(Address address, String port) {
    return new PortalIdentity(
        core.nodeOf(port),
        port,
        core.relativePortId(port),
        core.portGroup(port),
        address.ip(),
        address.tcpPort(),
        address.virtual());
  }

  /** What the array as a whole says to a login. */
  private final class Director implements LoginDirector {
    @Override
    public Optional<Redirect> redirect(PortalIdentity at, String initiatorName, long nowNs) {
      return core.addresses().stream()
          .filter(each -> each.ip().equals(at.address()) && each.tcpPort() == at.tcpPort())
          .findFirst()
          .flatMap(address -> core.redirect(address, initiatorName, nowNs))
          .map(to -> new Redirect(to.ip(), to.tcpPort(), config.redirect().permanent()));
    }

    @Override
    public Optional<LoginStatus> refuses(PortalIdentity at, String initiatorName) {
      if (core.deniesLogin(at.port())) {
        return Optional.of(LoginStatus.AUTHORIZATION_FAILURE);
      }
      return core.full(at.port()) ? Optional.of(LoginStatus.OUT_OF_RESOURCES) : Optional.empty();
    }

    @Override
    public List<PortalIdentity> advertised() {
      return core.advertised().stream().map(each -> identity(each, core.owner(each))).toList();
    }
  }

  /** What happens at the target, for the journal. */
  private final class Notes implements TargetListener {
    @Override
    public void loggedIn(SessionInfo session, long nowNs) {
      core.note(
          nowNs,
          session.portal().port(),
          "session of "
              + session.initiatorName()
              + " at "
              + session.portal().address()
              + " on "
              + session.portal().port());
    }

    @Override
    public void sessionEnded(SessionInfo session, String why, long nowNs) {
      core.note(
          nowNs,
          session.portal().port(),
          "session of "
              + session.initiatorName()
              + " on "
              + session.portal().port()
              + " ended: "
              + why);
    }

    @Override
    public void loginRefused(PortalIdentity at, String initiatorName, int status, long nowNs) {
      if (status >> 8 == REDIRECTED) {
        return;
      }
      core.note(
          nowNs,
          at.port(),
          String.format("login of %s refused with status %04x", initiatorName, status));
    }

    @Override
    public void noLogin(PortalIdentity at, String what, long nowNs) {
      core.note(nowNs, at.port(), what);
    }

    @Override
    public void breach(PortalIdentity at, String what, long nowNs) {
      core.note(nowNs, at.port(), "a host breaks the protocol: " + what);
    }
  }

  /** What has happened, on the array's own clock. */
  JournalPage journal(long from) {
    return new JournalPage(
        nowNs() - originNs,
        core.nextJournalNumber(),
        core.journal(from).stream()
            .map(each -> new JournalEntry(each.nanos() - originNs, each.part(), each.text()))
            .toList());
  }

  /** Ends everything. From any thread but the loop's. */
  @Override
  public void close() {
    loop.submit(
            () -> {
              deadlines.close();
              portals.close();
            })
        .awaitUninterruptibly(CLOSE_MS);
    group.shutdownGracefully(0, CLOSE_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_MS);
    stores.close();
  }
}
