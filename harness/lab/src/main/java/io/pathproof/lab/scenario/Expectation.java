package io.pathproof.lab.scenario;

import io.pathproof.lab.observed.DiagnosedStep;
import io.pathproof.lab.vsphere.Compliance;
import java.util.Map;
import java.util.Optional;

/** What must be seen; each kind has one checker, which computes it from the history. */
public sealed interface Expectation {

  /** {@code io: continues}: no I/O error, and the fault did hit I/O. */
  record IoContinues() implements Expectation {}

  /**
   * {@code io: undisturbed}: no I/O error, and nothing that led to one: no attempt lost, no path
   * down, no session lost, while a fault stood elsewhere.
   */
  record IoUndisturbed() implements Expectation {}

  /**
   * {@code io: fails}: I/O errors are recorded on the host's device, after the fault and not
   * before.
   */
  record IoFails() implements Expectation {}

  /** {@code io: fails-when-tried}: none while idle, errors once I/O is tried. */
  record IoFailsWhenTried() implements Expectation {}

  /**
   * {@code pause: < 2s}: no I/O waited longer for a good end.
   *
   * @param limitMs milliseconds
   */
  record PauseBelow(long limitMs) implements Expectation {}

  /** {@code array: unchanged}: its state is the same before the fault and while it stands. */
  record ArrayUnchanged() implements Expectation {}

  /**
   * {@code devices: 4}: how many devices the host shows for the volume.
   *
   * @param count how many
   */
  record Devices(int count) implements Expectation {}

  /**
   * {@code paths: 4}: how many paths stand behind each of the host's devices for the volume.
   *
   * @param count how many
   */
  record Paths(int count) implements Expectation {}

  /**
   * {@code ports: 1}: how many of the array's ports carried the workload's I/O; with more than one,
   * evenly.
   *
   * @param count how many
   */
  record PortsUsed(int count) implements Expectation {}

  /**
   * {@code rotation: 1000}: exactly so many I/Os go down a path before the next one takes over, in
   * a fixed order, and only one path at a time is given I/O. {@code rotation: { ios: 1000, bytes:
   * 10MiB }}: or so many bytes, whichever is reached first; the I/O that reaches them is the path's
   * last.
   *
   * @param ios how many
   * @param bytes how many, or 0 for no such limit
   */
  record Rotation(int ios, long bytes) implements Expectation {}

  /**
   * {@code paths-at-once: 1}: a host's I/O, of all its devices together, goes down so many paths at
   * a time.
   *
   * @param count how many
   */
  record PathsAtOnce(int count) implements Expectation {}

  /**
   * {@code slow-path: < 50%}: while a link is slow, a path over it gets less than that of its even
   * share of the I/O.
   *
   * @param percent of the even share, 1 to 99
   */
  record SlowPath(int percent) implements Expectation {}

  /**
   * {@code imbalance: { nic0: 33%, nic1: 67% }}: this uneven split of a device's I/O is noticed,
   * and told with the paths behind each part.
   *
   * @param shares percent by adapter, or by array port; at least two
   */
  record Imbalance(Map<String, Integer> shares) implements Expectation {}

  /** {@code sessions: several}: every path's session to the LUN is accepted by the target. */
  record SeveralSessions() implements Expectation {}

  /**
   * {@code sessions: single}: the target refuses a second session, and that is reported as such.
   */
  record SingleSession() implements Expectation {}

  /**
   * {@code portals: 1}: every discovery tells of so many portals; where the array has virtual
   * addresses, of these alone.
   *
   * @param count how many
   */
  record PortalsSeen(int count) implements Expectation {}

  /** {@code redirected: always} and the like: what becomes of logins at a virtual address. */
  record Redirected(Extent extent) implements Expectation {
    /** Which logins. */
    public enum Extent {
      /** Every session is sent on, and its I/O is carried by the port that it was sent to. */
      ALWAYS,
      /** None is: the port that owns the address carries the I/O. */
      NEVER,
      /** Some are and some are not, and both kinds of port carry I/O. */
      SOME,
      /** A session that loses its port goes back to the address and is sent to one that works. */
      AGAIN
    }
  }

  /** {@code spread: even}: the array's ports have the same number of sessions, give or take one. */
  record SpreadEven() implements Expectation {}

  /**
   * {@code balance: even}: paths, and the adapters under them, carry the same, until the first
   * fault; {@code uneven}: they do not, and that is noticed.
   */
  record Balance(boolean even) implements Expectation {}

  /**
   * {@code device-state: all paths down}, or {@code permanent device loss}: the host's device is in
   * that state while the faults stand, in no other in which it has no path, and available at last.
   *
   * @param state as {@link io.pathproof.lab.history.Event.DeviceChanged} tells it
   */
  record DeviceState(String state) implements Expectation {
    /** No path, and nothing else is known: one may come back. */
    public static final String ALL_PATHS_DOWN = "all paths down";

    /** The array has said over every path that the volume is gone. */
    public static final String PERMANENT_LOSS = "permanent device loss";
  }

  /** {@code logout-request: obeyed}: a session that is asked to log out comes back in time. */
  record LogoutObeyed() implements Expectation {}

  /**
   * {@code address-moved: vip}: another port takes the virtual address over, answers on its own as
   * well, and carries I/O.
   *
   * @param address the virtual address's name
   */
  record AddressMoved(String address) implements Expectation {}

  /**
   * {@code taken-over: node1}: other nodes answer on all of the node's addresses and on their own,
   * and carry I/O.
   *
   * @param node the node's name
   */
  record TakenOver(String node) implements Expectation {}

  /**
   * {@code diagnosis: { host3.nic1: tcp }}: while the faults stand, an examination of the host's
   * paths finds that every one of this adapter stops at this step, and no other; or, {@code sound},
   * at none.
   *
   * @param adapter as {@code host.adapter}
   * @param stop where its paths stop; empty: nowhere
   */
  record Diagnosed(String adapter, Optional<DiagnosedStep.Step> stop) implements Expectation {}

  /**
   * {@code ports-bound: { esx1.vmk1: compliant, esx1.vmk2: standby }}: what port binding says of
   * VMkernel ports. A compliant one carries I/O; another one is not used, and the reason is told.
   *
   * @param ports by {@code host.port}
   */
  record PortsBound(Map<String, Compliance.Cause> ports) implements Expectation {}

  /**
   * {@code out-of-use: esx1.vmk2}: the bound port becomes non-compliant, its paths go down, it
   * carries nothing until it is mended, and then its paths come back.
   *
   * @param port {@code host.port}
   */
  record OutOfUse(String port) implements Expectation {}

  /**
   * {@code stays-in-use: esx1.vmk1}: the bound port stays compliant and goes on carrying I/O.
   *
   * @param port {@code host.port}
   */
  record StaysInUse(String port) implements Expectation {}

  /**
   * {@code adapters-used: { esx1: 1, esx2: 2 }}: by how many physical adapters a host's I/O leaves;
   * with more than one, evenly.
   *
   * @param byHost how many
   */
  record AdaptersUsed(Map<String, Integer> byHost) implements Expectation {}

  /**
   * {@code uplink-moved: esx1.vmk1}: the port's I/O leaves by one adapter alone, and by another one
   * of its team when that has no link.
   *
   * @param port {@code host.port}
   */
  record UplinkMoves(String port) implements Expectation {}

  /**
   * {@code removal: refused}: with a warning that names what would be lost; {@code removal:
   * unguarded}: done, and its paths are gone.
   */
  record Removal(boolean refused) implements Expectation {}

  /**
   * {@code throughput: esx2 >= 1.6 x esx1}: one host gets through so many times what another does,
   * whose links are the limit.
   *
   * @param host which
   * @param times how many times, above 0
   * @param than the other one
   */
  record Throughput(String host, double times, String than) implements Expectation {}

  /**
   * {@code target-parameters: cascade}: each target has what its dynamic target says, unless it has
   * its own; login attempts end accordingly.
   */
  record TargetParameters() implements Expectation {}

  /**
   * {@code target-parameters: { pure1.ct0.eth0: { login-timeout: 30s, delayed-ack: off } }}: what
   * the target at a port of the array has on every vSphere host, wherever it is set.
   *
   * @param port {@code node.port}, or {@code array.node.port} of several arrays
   * @param loginTimeoutMs its LoginTimeout, in milliseconds
   * @param delayedAck its DelayedAck
   */
  record TargetHas(String port, long loginTimeoutMs, boolean delayedAck) implements Expectation {}

  /**
   * {@code unit-attention: 2A/06}: every path that carries I/O after the fault has seen it.
   *
   * @param asc additional sense code
   * @param ascq its qualifier
   */
  record UnitAttention(int asc, int ascq) implements Expectation {}

  /**
   * {@code arrays: { pure1: { … } }}: what must be seen of one of several arrays, whatever the
   * others do. Judged from the workloads on its volumes, the paths to it and its own words.
   *
   * @param array its name
   * @param expectation anything but another of these
   */
  record OfArray(String array, Expectation expectation) implements Expectation {}
}
