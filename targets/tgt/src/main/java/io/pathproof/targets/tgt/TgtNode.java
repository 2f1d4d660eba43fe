package io.pathproof.targets.tgt;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import io.pathproof.targets.container.ChapAccount;
import io.pathproof.targets.container.ContainerCommand;
import io.pathproof.targets.container.ContainerEngine;
import io.pathproof.targets.container.RecipeImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.startupcheck.IsRunningStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;

/**
 * One node of an array: tgt in a container, with one portal in each network that it is given. Nodes
 * of one array share a {@link TgtStore} and give the same {@link TgtLun}s.
 *
 * <p>{@link #start()} returns when every LUN answers READ CAPACITY (16) on every portal. The node's
 * portals open only after its LUNs exist, so a host never sees the array without its volumes. It
 * runs without capabilities and does not forward IP. Addresses are fixed, so they outlive {@link
 * #kill()} and {@link #startAgain()}; {@link #stop()} is Testcontainers' own and removes the
 * container.
 *
 * <p>Facts about tgt 1.0.85: it always says portal group tag 1, its SendTargets answer names the
 * portal that was asked only, LUN 0 is its controller, and a login to an offline target is refused
 * with status 0x0300.
 *
 * <p>Not thread-safe, but for {@link #state()} and {@link #readStore}.
 */
public final class TgtNode extends GenericContainer<TgtNode> {
  /** TCP port of every portal, the one IANA has assigned to iSCSI targets. */
  public static final int PORT = 3260;

  /** The files of the image. */
  static final List<String> RECIPE =
      List.of("Dockerfile", "admit-session", "lun-answers", "node", "observe", "strsep-fix.c");

  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(10);
  private static final int LOG_LINES = 30;

  private record Portal(Network network, String address) {}

  private final String name;
  private final TgtStore store;
  private final List<Portal> portals = new ArrayList<>();
  private final List<TgtLun> luns = new ArrayList<>();
  private String iqn;
  private ChapAccount chap;
  private ChapAccount chapOut;
  private int maxSessions;
  private boolean digests;
  private int nopIntervalSeconds;
  private Duration answerLimit = Duration.ofSeconds(30);

  /**
   * A node that is not started yet.
   *
   * @param name what the topology calls it, for messages and the default IQN
   * @param store the array's backing store
   */
  public TgtNode(String name, TgtStore store) {
    super(new RecipeImage("pathproof/tgt", TgtNode.class, RECIPE));
    this.name = Objects.requireNonNull(name, "name");
    this.store = Objects.requireNonNull(store, "store");
    this.iqn = "iqn.2026-11.io.pathproof:" + name;
    setStartupCheckStrategy(new Started());
    waitingFor(new LunAnswers());
  }

  /** The target's iSCSI name; by default {@code iqn.2026-11.io.pathproof:} and the node's name. */
  public TgtNode withIqn(String iqn) {
    this.iqn = Objects.requireNonNull(iqn, "iqn");
    return this;
  }

  /**
   * Adds a portal; one network gives one portal.
   *
   * @param network a network with a subnet of its own
   * @param ipv4 an address in that subnet
   */
  public TgtNode withPortal(Network network, String ipv4) {
    portals.add(
        new Portal(
            Objects.requireNonNull(network, "network"), Objects.requireNonNull(ipv4, "ipv4")));
    return this;
  }

  /** Adds a logical unit. */
  public TgtNode withLun(TgtLun lun) {
    luns.add(Objects.requireNonNull(lun, "lun"));
    return this;
  }

  /** Asks initiators for CHAP at login to the target; discovery stays open. */
  public TgtNode withChap(ChapAccount incoming) {
    chap = Objects.requireNonNull(incoming, "incoming");
    return this;
  }

  /** Asks initiators for CHAP and proves itself to those who ask for it in return. */
  public TgtNode withMutualChap(ChapAccount incoming, ChapAccount outgoing) {
    chapOut = Objects.requireNonNull(outgoing, "outgoing");
    return withChap(incoming);
  }

  /**
   * Makes the target refuse further logins while this many connections to its portals are
   * established, whoever holds them: login status class 0x03, detail 0x00 (target error), then the
   * connection is closed. tgt has no such limit of its own; its redirection callback decides.
   * Discovery sessions count, but are not refused.
   *
   * @param sessions 1 or more, 0 for no limit (the default)
   */
  public TgtNode withMaxSessions(int sessions) {
    if (sessions < 0) {
      throw new IllegalArgumentException("at most " + sessions + " sessions");
    }
    maxSessions = sessions;
    return this;
  }

  /** Lets initiators choose header and data digests; by default tgt answers None to all of them. */
  public TgtNode withDigests() {
    digests = true;
    return this;
  }

  /** Seconds between NOP-Ins that the target sends on its own; 0, the default, for none. */
  public TgtNode withNopIntervalSeconds(int seconds) {
    nopIntervalSeconds = seconds;
    return this;
  }

  /** How long {@link #start()} and {@link #startAgain()} wait for the LUNs; 30 s by default. */
  public TgtNode withAnswerLimit(Duration limit) {
    answerLimit = Objects.requireNonNull(limit, "limit");
    return this;
  }

  /** The name given at construction. */
  public String name() {
    return name;
  }

  /** The target's iSCSI name. */
  public String iqn() {
    return iqn;
  }

  /** The portals' IPv4 addresses in the order given. */
  public List<String> addresses() {
    return portals.stream().map(Portal::address).toList();
  }

  /** The logical units in the order given. */
  public List<TgtLun> luns() {
    return List.copyOf(luns);
  }

  @Override
  protected void configure() {
    if (portals.isEmpty() || luns.isEmpty()) {
      throw new IllegalStateException(name + " needs a portal and a LUN at least");
    }
    withEnv(environment());
    withNetwork(portals.get(0).network());
    withCreateContainerCmdModifier(
        command -> {
          HostConfig host = Objects.requireNonNull(command.getHostConfig());
          command.withIpv4Address(portals.get(0).address());
          host.withCapDrop(Capability.ALL)
              .withSecurityOpts(List.of("no-new-privileges"))
              .withSysctls(Map.of("net.ipv4.ip_forward", "0"))
              .withMounts(
                  List.of(
                      new Mount()
                          .withType(MountType.VOLUME)
                          .withSource(store.volumeName())
                          .withTarget("/store")));
        });
  }

  private Map<String, String> environment() {
    Map<String, String> env = new HashMap<>();
    env.put("TGT_IQN", iqn);
    env.put(
        "TGT_PORTALS",
        portals.stream().map(p -> p.address() + ":" + PORT).collect(Collectors.joining(",")));
    env.put(
        "TGT_LUNS",
        luns.stream().map(lun -> Integer.toString(lun.number())).collect(Collectors.joining(" ")));
    for (TgtLun lun : luns) {
      String prefix = "TGT_LUN_" + lun.number() + "_";
      env.put(prefix + "FILE", lun.file());
      env.put(prefix + "SIZE", Long.toString(lun.sizeBytes()));
      env.put(prefix + "ID", lun.scsiId());
      env.put(prefix + "SERIAL", lun.serial());
      env.put(prefix + "VENDOR", lun.vendor());
      env.put(prefix + "PRODUCT", lun.product());
      env.put(prefix + "WRITE_CACHE", lun.writeCache() ? "on" : "off");
    }
    if (chap != null) {
      env.put("TGT_CHAP_USER", chap.user());
      env.put("TGT_CHAP_PASSWORD", chap.secret());
    }
    if (chapOut != null) {
      env.put("TGT_CHAP_OUT_USER", chapOut.user());
      env.put("TGT_CHAP_OUT_PASSWORD", chapOut.secret());
    }
    env.put("TGT_MAX_SESSIONS", Integer.toString(maxSessions));
    env.put("TGT_DIGESTS", digests ? "on" : "off");
    env.put("TGT_NOP_INTERVAL", Integer.toString(nopIntervalSeconds));
    return env;
  }

  /** Connects the other networks before the process starts, which binds their addresses. */
  @Override
  protected void containerIsCreated(String containerId) {
    for (Portal portal : portals.subList(1, portals.size())) {
      dockerClient
          .connectToNetworkCmd()
          .withContainerId(containerId)
          .withNetworkId(portal.network().getId())
          .withContainerNetwork(
              new ContainerNetwork()
                  .withIpamConfig(new ContainerNetwork.Ipam().withIpv4Address(portal.address())))
          .exec();
    }
  }

  /**
   * Starts the node and waits until its LUNs answer.
   *
   * @throws TgtNodeException when they do not, with the cause and the node's log; the container is
   *     removed
   * @throws IllegalStateException where no container engine answers
   */
  @Override
  public void start() {
    ContainerEngine.client();
    try {
      super.start();
    } catch (ContainerLaunchException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof TgtNodeException told) {
          throw new TgtNodeException(told.getMessage(), e);
        }
      }
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      throw new TgtNodeException(name + " did not start: " + root.getMessage(), e);
    }
  }

  /**
   * Takes a container that has ended again for one that was started: what is waited for next tells
   * its exit status and its log, which this strategy's own failure does not.
   */
  private static final class Started extends IsRunningStartupCheckStrategy {
    @Override
    public StartupStatus checkStartupState(DockerClient client, String containerId) {
      StartupStatus status = super.checkStartupState(client, containerId);
      return status == StartupStatus.FAILED ? StartupStatus.SUCCESSFUL : status;
    }
  }

  private final class LunAnswers extends AbstractWaitStrategy {
    @Override
    protected void waitUntilReady() {
      awaitAnswer();
    }
  }

  private void awaitAnswer() {
    String seconds = Long.toString(Math.max(1, answerLimit.toSeconds()));
    ContainerCommand.Result answer;
    try {
      // Each attempt inside is bounded by 5 s; the rest is for the engine.
      answer = run(answerLimit.plusSeconds(10), "lun-answers", seconds);
    } catch (DockerException | IllegalStateException e) {
      boolean ended = containerState().status() == TgtState.Status.EXITED;
      throw failure(ended ? "ended while starting" : "does not answer", e);
    }
    if (answer.exitCode() == 0) {
      return;
    }
    if (answer.exitCode() != 1) {
      // The probe was killed, so the node is ending; the engine tells its status a moment later.
      awaitEnd();
      throw failure("ended while starting", null);
    }
    throw failure("does not answer: " + answer.said(), null);
  }

  private ContainerCommand.Result run(Duration limit, String... command) {
    return ContainerCommand.run(dockerClient, getContainerId(), limit, command);
  }

  private TgtNodeException failure(String what, Throwable cause) {
    TgtState container = containerState();
    String state = container.status().toString().toLowerCase(Locale.ROOT);
    if (container.status() == TgtState.Status.EXITED) {
      state += " with status " + container.exitCode();
    }
    String log;
    try {
      List<String> lines = getLogs().lines().toList();
      log = String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    } catch (DockerException e) {
      log = "(no log: " + e.getMessage() + ")";
    }
    return new TgtNodeException(
        name + " " + what + "\ncontainer: " + state + "\nend of its log:\n" + log, cause);
  }

  /**
   * What the node is now. Costs two requests to the engine and some 50 ms.
   *
   * @throws TgtNodeException when a running node cannot be observed
   */
  public TgtState state() {
    TgtState container = containerState();
    if (container.status() != TgtState.Status.RUNNING) {
      return container;
    }
    try {
      ContainerCommand.Result seen = run(COMMAND_LIMIT, "observe");
      if (seen.exitCode() == 0) {
        return TgtStateParser.parse(seen.text());
      }
      TgtState after = containerState();
      if (after.status() != TgtState.Status.RUNNING) {
        return after;
      }
      throw failure("cannot be observed: " + seen.said(), null);
    } catch (DockerException | IllegalStateException | IllegalArgumentException e) {
      TgtState after = containerState();
      if (after.status() != TgtState.Status.RUNNING) {
        return after; // it stopped between the two questions
      }
      throw failure("cannot be observed", e);
    }
  }

  private TgtState containerState() {
    String id = getContainerId();
    if (id == null) {
      return new TgtState(TgtState.Status.REMOVED, 0, Optional.empty(), Optional.empty());
    }
    try {
      InspectContainerResponse.ContainerState state =
          dockerClient.inspectContainerCmd(id).exec().getState();
      Long exitCode = state.getExitCodeLong();
      return new TgtState(
          TgtState.Status.valueOf(
              Objects.requireNonNull(state.getStatus()).toUpperCase(Locale.ROOT)),
          exitCode == null ? 0 : exitCode,
          Optional.empty(),
          Optional.empty());
    } catch (NotFoundException e) {
      return new TgtState(TgtState.Status.REMOVED, 0, Optional.empty(), Optional.empty());
    }
  }

  /**
   * Reads from a backing file as this node's kernel has it, caches included; the same as on every
   * other node of the store.
   *
   * @param lun whose file
   * @param offset first byte
   * @param length number of bytes, within the file
   * @throws TgtNodeException when the node is not running or the range cannot be read in full
   */
  public byte[] readStore(TgtLun lun, long offset, int length) {
    if (offset < 0 || length < 0 || offset + length > lun.sizeBytes()) {
      throw new IllegalArgumentException(
          length + " bytes at " + offset + " are not within " + lun.sizeBytes());
    }
    ContainerCommand.Result read;
    try {
      read =
          run(
              COMMAND_LIMIT.plusSeconds(length >> 22),
              "dd",
              "if=/store/" + lun.file(),
              "bs=256K",
              "iflag=skip_bytes,count_bytes",
              "skip=" + offset,
              "count=" + length,
              "status=none");
    } catch (DockerException | IllegalStateException e) {
      throw failure("does not let its store be read", e);
    }
    if (read.exitCode() != 0 || read.stdout().length != length) {
      throw failure(
          "gave "
              + read.stdout().length
              + " of "
              + length
              + " bytes of its store: "
              + read.stderr(),
          null);
    }
    return read.stdout();
  }

  /** Freezes every process of the node; its connections stall until {@link #unpause()}. */
  public void pause() {
    told("pause", () -> dockerClient.pauseContainerCmd(getContainerId()).exec());
  }

  /** Lets a paused node go on. */
  public void unpause() {
    told("unpause", () -> dockerClient.unpauseContainerCmd(getContainerId()).exec());
  }

  /** Ends the node by SIGTERM, as {@code docker stop} does; returns when it has ended. */
  public void halt() {
    told("halt", () -> dockerClient.stopContainerCmd(getContainerId()).withTimeout(5).exec());
    awaitEnd();
  }

  /** Ends the node by SIGKILL; returns when it has ended. */
  public void kill() {
    told("kill", () -> dockerClient.killContainerCmd(getContainerId()).exec());
    awaitEnd();
  }

  /**
   * Starts a node that has ended, with the same addresses, LUNs and store; returns when its LUNs
   * answer. Log consumers do not follow it; {@link #getLogs()} does.
   */
  public void startAgain() {
    told("start", () -> dockerClient.startContainerCmd(getContainerId()).exec());
    awaitAnswer();
  }

  private void awaitEnd() {
    try (WaitContainerResultCallback end = new WaitContainerResultCallback()) {
      dockerClient
          .waitContainerCmd(getContainerId())
          .exec(end)
          .awaitStatusCode(COMMAND_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (DockerClientException e) {
      throw failure("has not ended within " + COMMAND_LIMIT.toSeconds() + " s", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void told(String what, Runnable request) {
    if (getContainerId() == null) {
      throw new IllegalStateException(name + " has not been started");
    }
    try {
      request.run();
    } catch (DockerException e) {
      throw failure("refused to " + what + ": " + e.getMessage(), e);
    }
  }
}
