package io.pathproof.targets.tgt;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What one node is at one moment, read from the engine, from the kernel and from tgtd. Two states
 * are equal when nothing changed between them.
 *
 * @param status the container's state
 * @param exitCode exit status of the node's process, 0 while there is one
 * @param network addresses and sockets; empty unless the node is running
 * @param target what tgtd gives; empty unless the node is running
 */
public record TgtState(
    Status status, long exitCode, Optional<Network> network, Optional<Target> target) {
  public TgtState {
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(target, "target");
  }

  /** The engine's words for a container. */
  public enum Status {
    CREATED,
    RUNNING,
    PAUSED,
    RESTARTING,
    EXITED,
    DEAD,
    REMOVED
  }

  /**
   * The node's network.
   *
   * @param addresses every address but the loopback's, sorted by address
   * @param forwarding net.ipv4.ip_forward: a node that forwards would hide a moved address that
   *     nobody announced
   * @param listening listening iSCSI sockets, {@code address:port}, sorted
   * @param portals what tgtd calls its portals, {@code address:port}, sorted
   */
  public record Network(
      List<InterfaceAddress> addresses,
      boolean forwarding,
      List<String> listening,
      List<String> portals) {
    public Network {
      addresses = List.copyOf(addresses);
      listening = List.copyOf(listening);
      portals = List.copyOf(portals);
    }
  }

  /**
   * An address on an interface.
   *
   * @param name interface, for example {@code eth0}; engines give names anew, in any order, when a
   *     node starts or a network is reconnected
   * @param address address with its prefix length, for example {@code 10.10.1.10/24}
   */
  public record InterfaceAddress(String name, String address) {}

  /**
   * The node's target.
   *
   * @param iqn its iSCSI name
   * @param state tgtd's word, {@code ready} or {@code offline}
   * @param luns logical units by number, without tgt's controller at 0
   * @param sessions sessions in tgtd's order
   */
  public record Target(String iqn, String state, List<Lun> luns, List<Session> sessions) {
    public Target {
      luns = List.copyOf(luns);
      sessions = List.copyOf(sessions);
    }
  }

  /**
   * A logical unit.
   *
   * @param number LUN
   * @param scsiId designator of VPD page 83h
   * @param serial unit serial number
   * @param online tgtd's flag
   * @param readOnly tgtd's flag
   * @param sizeBytes size of the backing file
   * @param path the backing file inside the node
   */
  public record Lun(
      int number,
      String scsiId,
      String serial,
      boolean online,
      boolean readOnly,
      long sizeBytes,
      String path) {}

  /**
   * A session.
   *
   * @param nexus tgtd's number of the I_T nexus
   * @param initiator iSCSI name of the initiator
   * @param addresses where its connections come from, as the node sees it (a proxy's address if
   *     there is one between)
   */
  public record Session(long nexus, String initiator, List<String> addresses) {
    public Session {
      addresses = List.copyOf(addresses);
    }
  }

  /** The same without sessions: the part that a host cannot change by coming and going. */
  public TgtState withoutSessions() {
    return new TgtState(
        status, exitCode, network, target.map(t -> new Target(t.iqn, t.state, t.luns, List.of())));
  }

  /** The same without names of interfaces, which a restart may exchange. */
  public TgtState withoutInterfaceNames() {
    return new TgtState(
        status,
        exitCode,
        network.map(
            n ->
                new Network(
                    n.addresses.stream().map(a -> new InterfaceAddress("", a.address)).toList(),
                    n.forwarding,
                    n.listening,
                    n.portals)),
        target);
  }
}
