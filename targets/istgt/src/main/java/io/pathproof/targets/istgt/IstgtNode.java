package io.pathproof.targets.istgt;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import io.pathproof.targets.container.ChapAccount;
import io.pathproof.targets.container.ContainerCommand;
import io.pathproof.targets.container.ContainerEngine;
import io.pathproof.targets.container.RecipeImage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;

/**
 * istgt in a container: one target with one portal and LUN 0, backed by a file of its own. {@link
 * #start()} returns when the portal listens, which istgt opens after its LUN. Runs without
 * capabilities.
 *
 * <p>Facts about istgt 0.4 (20111008): its portal group tag is the number of the group, 1 here;
 * header and data digests are the initiator's choice; one target asks all initiators for CHAP or
 * none; it takes one connection a second, however many come at once.
 *
 * <p>Not thread-safe.
 */
public final class IstgtNode extends GenericContainer<IstgtNode> {
  /** TCP port of the portal, the one IANA has assigned to iSCSI targets. */
  public static final int PORT = 3260;

  /** The files of the image. */
  static final List<String> RECIPE = List.of("Dockerfile", "answers", "node");

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(10);

  private final String name;
  private final String iqn;
  private final String address;

  /**
   * A node that is not started yet.
   *
   * @param name for messages and the target's name, {@code iqn.2026-11.io.pathproof:} and this
   * @param network a network with a subnet of its own
   * @param ipv4 the portal's address, in that subnet
   * @param sizeBytes of LUN 0, a positive multiple of 512
   */
  public IstgtNode(String name, Network network, String ipv4, long sizeBytes) {
    super(new RecipeImage("pathproof/istgt", IstgtNode.class, RECIPE));
    this.name = Objects.requireNonNull(name, "name");
    this.iqn = "iqn.2026-11.io.pathproof:" + name;
    this.address = Objects.requireNonNull(ipv4, "ipv4");
    if (sizeBytes <= 0 || sizeBytes % 512 != 0) {
      throw new IllegalArgumentException("size " + sizeBytes + " is no positive multiple of 512");
    }
    withNetwork(network);
    withEnv(
        Map.of("ISTGT_IQN", iqn, "ISTGT_ADDRESS", ipv4, "ISTGT_SIZE", Long.toString(sizeBytes)));
    withCreateContainerCmdModifier(
        command -> {
          HostConfig host = Objects.requireNonNull(command.getHostConfig());
          command.withIpv4Address(address);
          host.withCapDrop(Capability.ALL).withSecurityOpts(List.of("no-new-privileges"));
        });
    waitingFor(new Answers());
  }

  /**
   * Asks initiators for CHAP at login to the target and proves itself to those who ask for it in
   * return; discovery stays open.
   */
  public IstgtNode withMutualChap(ChapAccount incoming, ChapAccount outgoing) {
    return withEnv(
        Map.of(
            "ISTGT_CHAP_USER", incoming.user(),
            "ISTGT_CHAP_SECRET", incoming.secret(),
            "ISTGT_CHAP_OUT_USER", outgoing.user(),
            "ISTGT_CHAP_OUT_SECRET", outgoing.secret()));
  }

  /** The target's iSCSI name. */
  public String iqn() {
    return iqn;
  }

  /** The portal's IPv4 address. */
  public String address() {
    return address;
  }

  /**
   * Reads from LUN 0's backing file.
   *
   * @param offset first byte
   * @param length number of bytes, within the file
   * @throws IllegalStateException when it cannot be read in full
   */
  public byte[] readStore(long offset, int length) {
    ContainerCommand.Result read =
        run(
            COMMAND_LIMIT,
            "dd",
            "if=/store/lun0",
            "bs=256K",
            "iflag=skip_bytes,count_bytes",
            "skip=" + offset,
            "count=" + length,
            "status=none");
    if (read.exitCode() != 0 || read.stdout().length != length) {
      throw new IllegalStateException(
          name + " gave " + read.stdout().length + " of " + length + " bytes: " + read.stderr());
    }
    return read.stdout();
  }

  /**
   * Starts the node and waits until its portal listens.
   *
   * @throws IllegalStateException where no container engine answers
   * @throws org.testcontainers.containers.ContainerLaunchException when the node does not, with its
   *     log
   */
  @Override
  public void start() {
    ContainerEngine.client();
    super.start();
  }

  private ContainerCommand.Result run(Duration limit, String... command) {
    return ContainerCommand.run(dockerClient, getContainerId(), limit, command);
  }

  private final class Answers extends AbstractWaitStrategy {
    @Override
    protected void waitUntilReady() {
      String said;
      try {
        ContainerCommand.Result answer =
            run(
                ANSWER_LIMIT.plus(COMMAND_LIMIT),
                "answers",
                Long.toString(ANSWER_LIMIT.toSeconds()));
        if (answer.exitCode() == 0) {
          return;
        }
        said = answer.said();
      } catch (DockerException e) {
        said = String.valueOf(e.getMessage());
      }
      throw new IllegalStateException(
          name + " does not answer: " + said + "\nits log:\n" + getLogs());
    }
  }
}
