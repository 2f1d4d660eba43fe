package io.pathproof.targets.array.system;

import io.pathproof.protocol.scsi.AccessState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a simulated array consists of and how it behaves when nothing is broken. Immutable.
 *
 * @param name the array's name, for people
 * @param targetName the iSCSI name that all nodes answer to (RFC 7143 section 4.2.7)
 * @param nodes the controllers, in order; the n-th is target port group n, counted from 1
 * @param virtualAddresses addresses that belong to no port for good
 * @param volumes what is served
 * @param chap what a normal login has to present, if anything
 * @param maxSessions how many sessions each node takes at a time; 0 for no limit
 * @param redirect what happens to logins at a virtual address
 * @param takeoverMs how long after a node's end its partner takes its addresses over, in
 *     milliseconds; empty: they stay with the dead node
 * @param alua asymmetric access
 * @param storeDirectory where volumes of {@link Store#FILE} keep their blocks, and where persistent
 *     reservations survive a restart (APTPL)
 * @param seed of every random choice
 */
public record ArrayConfig(
    String name,
    String targetName,
    List<Node> nodes,
    List<VirtualAddress> virtualAddresses,
    List<Volume> volumes,
    Optional<Chap> chap,
    int maxSessions,
    Redirect redirect,
    OptionalLong takeoverMs,
    Alua alua,
    Optional<String> storeDirectory,
    long seed) {

  /** The TCP port that iSCSI has (RFC 7143 section 13.8). */
  public static final int ISCSI_PORT = 3260;

  /** The longest iSCSI name (RFC 7143 section 4.2.7.1). */
  private static final int NAME_LIMIT = 223;

  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** Words joined by dots, such as {@code pure1.node1}: a name that says whose node it is. */
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_-]{1,64}([.][A-Za-z0-9_-]{1,64})*");

  public ArrayConfig {
    nodes = List.copyOf(nodes);
    virtualAddresses = List.copyOf(virtualAddresses);
    volumes = List.copyOf(volumes);
  }

  /**
   * A controller.
   *
   * @param name such as {@code node1}
   * @param ports its iSCSI ports, in order
   */
  public record Node(String name, List<Port> ports) {
    public Node {
      ports = List.copyOf(ports);
    }
  }

  /**
   * A port of a node.
   *
   * @param name within the node, such as {@code a}
   * @param address its IP address
   * @param tcpPort where it listens
   * @param network the network (fabric) that it is attached to; addresses move within one only
   */
  public record Port(String name, String address, int tcpPort, String network) {}

  /**
   * An address that moves from port to port.
   *
   * @param name such as {@code vip}
   * @param address its IP address
   * @param tcpPort where it is served
   * @param owner the port it is at when all is well, such as {@code node1.a}
   */
  public record VirtualAddress(String name, String address, int tcpPort, String owner) {}

  /**
   * A volume.
   *
   * @param name such as {@code vol0}
   * @param lun its logical unit number, 0 to 255
   * @param sizeBytes a multiple of the block size
   * @param blockSize 512 or 4096
   * @param owner the node that it is at when all is well; empty: the first
   * @param store what holds its blocks
   */
  public record Volume(
      String name, int lun, long sizeBytes, int blockSize, Optional<String> owner, Store store) {}

  /** What holds a volume's blocks. */
  public enum Store {
    /** Memory, sparse; gone with the array. */
    MEMORY,
    /** A sparse file. */
    FILE,
    /** Nothing: reads give zeros, writes vanish. For benchmarks. */
    NULL
  }

  /**
   * CHAP credentials (RFC 7143 section 12.1.3).
   *
   * @param user the name that an initiator presents
   * @param secret the initiator's secret
   * @param mutual what the target presents in its turn
   */
  public record Chap(String user, String secret, Optional<Account> mutual) {
    @Override
    public String toString() {
      return "Chap[user=" + user + ", mutual=" + mutual.isPresent() + "]";
    }
  }

  /**
   * The target's own account in mutual CHAP.
   *
   * @param user the name that the target presents
   * @param secret the target's secret
   */
  public record Account(String user, String secret) {
    @Override
    public String toString() {
      return "Account[user=" + user + "]";
    }
  }

  /**
   * Login redirection at virtual addresses (RFC 7143 section 11.13.5, class 1).
   *
   * @param policy where to
   * @param permanent status 0x0102 in place of 0x0101
   */
  public record Redirect(Policy policy, boolean permanent) {}

  /** Where a login at a virtual address is sent. */
  public enum Policy {
    /** Served at the virtual address by the port that owns it. */
    NEVER,
    /** To a usable port other than the owner, the first in order, where there is one. */
    ALWAYS,
    /** Over all usable ports in turn; the owner's turn is served at the virtual address. */
    ROUND_ROBIN,
    /** To the port with the fewest sessions. */
    LEAST_LOADED
  }

  /**
   * Asymmetric logical unit access (SPC-4 clause 5.15.2).
   *
   * @param mode who may change states
   * @param partnerState the state of groups whose node does not own the volume
   * @param transitionMs how long a change takes, in milliseconds
   */
  public record Alua(Mode mode, AccessState partnerState, long transitionMs) {
    /** No asymmetric access. */
    public static final Alua NONE = new Alua(Mode.NONE, AccessState.ACTIVE_OPTIMIZED, 0);
  }

  /** The TPGS field of the INQUIRY data (SPC-4 clause 6.6.2). */
  public enum Mode {
    NONE,
    IMPLICIT,
    EXPLICIT,
    BOTH
  }

  /** References of all ports ({@code node1.a}), in order. */
  public List<String> portRefs() {
    List<String> refs = new ArrayList<>();
    for (Node node : nodes) {
      node.ports().forEach(port -> refs.add(node.name() + "." + port.name()));
    }
    return refs;
  }

  /**
   * Checks that all fits together.
   *
   * @return this
   * @throws InvalidConfigException which names every problem
   */
  public ArrayConfig validated() {
    List<String> problems = new ArrayList<>();
    Set<String> portals = new HashSet<>();
    checkTargetName(problems);
    checkNodes(problems, portals);
    checkVirtualAddresses(problems, portals);
    checkVolumes(problems);
    if (maxSessions < 0) {
      problems.add("maxSessions: " + maxSessions + " is negative; 0 means no limit");
    }
    if (takeoverMs.isPresent() && takeoverMs.getAsLong() < 0) {
      problems.add("takeoverMs: " + takeoverMs.getAsLong() + " is negative");
    }
    if (alua.transitionMs() < 0) {
      problems.add("alua.transitionMs: " + alua.transitionMs() + " is negative");
    }
    if (alua.partnerState() == AccessState.TRANSITIONING) {
      problems.add("alua.partnerState: transitioning is no state to stay in");
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
    return this;
  }

  private void checkTargetName(List<String> problems) {
    if (!targetName.matches("(iqn|eui|naa)\\.[-.:A-Za-z0-9]+")
        || targetName.length() > NAME_LIMIT) {
      problems.add(
          "targetName: \""
              + targetName
              + "\" is no iSCSI name; write one like iqn.2026-11.example:array");
    }
  }

  private void checkNodes(List<String> problems, Set<String> portals) {
    if (nodes.isEmpty()) {
      problems.add("nodes: an array has at least one");
    }
    Set<String> names = new HashSet<>(Set.of("array"));
    for (Node node : nodes) {
      String at = "nodes." + node.name();
      checkName(at, node.name(), NAME, names, problems);
      if (node.ports().isEmpty()) {
        problems.add(at + ".ports: a node has at least one");
      }
      Set<String> ports = new HashSet<>();
      for (Port port : node.ports()) {
        String where = at + ".ports." + port.name();
        checkName(where, port.name(), WORD, ports, problems);
        checkPortal(where, port.address(), port.tcpPort(), portals, problems);
        if (port.network().isBlank()) {
          problems.add(where + ".network: is empty");
        }
      }
    }
  }

  private void checkVirtualAddresses(List<String> problems, Set<String> portals) {
    Set<String> names = new HashSet<>();
    nodes.forEach(node -> names.add(node.name()));
    for (VirtualAddress virtual : virtualAddresses) {
      String at = "virtualAddresses." + virtual.name();
      checkName(at, virtual.name(), NAME, names, problems);
      checkPortal(at, virtual.address(), virtual.tcpPort(), portals, problems);
      if (!portRefs().contains(virtual.owner())) {
        problems.add(at + ".owner: no port " + virtual.owner() + "; there are " + portRefs());
      }
    }
  }

  private void checkVolumes(List<String> problems) {
    Set<String> names = new HashSet<>();
    Set<Integer> luns = new HashSet<>();
    for (Volume volume : volumes) {
      String at = "volumes." + volume.name();
      checkName(at, volume.name(), NAME, names, problems);
      if (volume.lun() < 0 || volume.lun() > 255 || !luns.add(volume.lun())) {
        problems.add(at + ".lun: " + volume.lun() + " is taken or not in 0..255");
      }
      if (volume.blockSize() != 512 && volume.blockSize() != 4096) {
        problems.add(at + ".blockSize: " + volume.blockSize() + "; write 512 or 4096");
      } else if (volume.sizeBytes() <= 0 || volume.sizeBytes() % volume.blockSize() != 0) {
        problems.add(
            at
                + ".sizeBytes: "
                + volume.sizeBytes()
                + " is not a positive multiple of "
                + volume.blockSize());
      }
      if (volume.owner().isPresent()
          && nodes.stream().noneMatch(node -> node.name().equals(volume.owner().get()))) {
        problems.add(at + ".owner: no node " + volume.owner().get());
      }
      if (volume.store() == Store.FILE && storeDirectory.isEmpty()) {
        problems.add(at + ".store: file needs storeDirectory");
      }
    }
  }

  private static void checkName(
      String at, String name, Pattern allowed, Set<String> taken, List<String> problems) {
    if (!allowed.matcher(name).matches()) {
      problems.add(at + ": \"" + name + "\" is no name; letters, digits, - and _ make one");
    } else if (!taken.add(name)) {
      problems.add(at + ": the name is taken");
    }
  }

  private static void checkPortal(
      String at, String address, int tcpPort, Set<String> portals, List<String> problems) {
    if (!address.matches("[0-9a-fA-F.:]+")) {
      problems.add(at + ".address: \"" + address + "\" is no IP address");
    }
    if (tcpPort < 1 || tcpPort > 65535) {
      problems.add(at + ".tcpPort: " + tcpPort + " is not in 1..65535");
    }
    if (!portals.add(address + ":" + tcpPort)) {
      problems.add(at + ": " + address + ":" + tcpPort + " is taken");
    }
  }
}
