package io.pathproof.lab.history;

import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.DiagnosedPath;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.observed.PathShare;
import io.pathproof.lab.observed.PortLoad;
import io.pathproof.lab.topology.LinkId;
import java.util.List;
import java.util.Map;

/**
 * Something that happened in a run. I/O and faults stand in the same list. Times are nanoseconds of
 * the lab's clock since the history began; the time of the event itself is in its {@link Entry}.
 */
public sealed interface Event {

  /**
   * A phase of the run began: {@code prepare}, {@code workload}, {@code drain}, {@code verify} …
   */
  record PhaseStarted(String phase) implements Event {}

  /** A host came up with this device. */
  record DeviceFound(
      String host, String device, String volume, String identity, List<PathInfo> paths)
      implements Event {}

  /**
   * An I/O was due (open loop: whether or not earlier ones have ended).
   *
   * @param op unique in the run
   * @param write false for a read
   * @param lba the first block, in stamped blocks of 4096 bytes from the volume's start, whatever
   *     the device's own block size (as everywhere in a history)
   * @param blocks how many, of 4096 bytes
   * @param generation of a write: the generation that its stamp carries; 0 for a read
   * @param intendedNs when the arrival process wanted it issued
   */
  record IoIssued(
      long op,
      String host,
      String device,
      boolean write,
      long lba,
      int blocks,
      long generation,
      long intendedNs)
      implements Event {}

  /** An I/O was sent down a path. */
  record IoSent(long op, String host, String device, String path, int attempt) implements Event {}

  /** An attempt ended without success. */
  record IoAttemptEnded(
      long op,
      String host,
      String device,
      String path,
      int attempt,
      IoResult.Status status,
      String detail,
      boolean retried)
      implements Event {}

  /**
   * An I/O ended.
   *
   * @param found of a read that ended OK: what each block held, in order; empty otherwise
   */
  record IoEnded(
      long op,
      String host,
      String device,
      String path,
      IoResult.Status status,
      String detail,
      List<BlockFound> found)
      implements Event {}

  /**
   * What a block held when it was read.
   *
   * @param lba the block, in units of 4096 bytes
   * @param generation the stamp's generation; 0 for content from before this run: all zero, or a
   *     sound stamp that another run wrote to this very block
   * @param path the path that its write was sent down; empty for generation 0
   * @param defect empty, or what is wrong with it: checksum, another LBA's stamp …
   */
  record BlockFound(long lba, long generation, String path, String defect) {}

  /**
   * A path changed state.
   *
   * @param up whether it can carry I/O now
   * @param cause for a person; includes the error scope (task, connection, session) when down
   */
  record PathChanged(String host, String path, LinkId link, boolean up, String cause)
      implements Event {}

  /** A session changed state (RFC 7143 section 8 names) or something notable happened on it. */
  record SessionChanged(String host, String path, String state, String detail) implements Event {}

  /**
   * A device lost its last path, was found to be lost for good, or has a path again.
   *
   * @param state {@code available}, {@code all paths down}, {@code permanent device loss}
   */
  record DeviceChanged(String host, String device, String state, String cause) implements Event {}

  /** Multipathing chose another path for what a lost one left behind. */
  record PathSwitched(String host, String device, String from, String to, String cause)
      implements Event {}

  /**
   * A write was sent again although the old nexus could not be fenced (rule 10).
   *
   * @param heldNs how long it was held before
   */
  record RetriedUnfenced(long op, String host, String device, String path, long heldNs)
      implements Event {}

  /**
   * A write was sent of which a lost path had left an older copy behind, or an older write to the
   * same blocks, that can take no effect any more.
   *
   * @param path that it was sent down
   * @param means {@code task ended}, {@code logged out}, {@code reinstated}; {@code held}: nothing
   *     but the hold time has passed
   * @param over the path over which the old session was ended; empty if none other than its own
   * @param heldNs how long it waited for that
   */
  record WriteFenced(
      long op, String host, String device, String path, String means, String over, long heldNs)
      implements Event {}

  /**
   * The array has ended what a lost path left behind, which a write waited for.
   *
   * @param path the lost one
   * @param means as in {@link WriteFenced}
   * @param over as in {@link WriteFenced}
   * @param tookNs from when a write began to wait
   */
  record NexusFenced(String host, String path, String means, String over, long tookNs)
      implements Event {}

  /**
   * What a lost path left behind could not be ended over this way.
   *
   * @param path the lost one
   * @param over the path whose way was tried; empty where there is none
   */
  record FenceFailed(String host, String path, String over, String cause) implements Event {}

  /**
   * A fault has been applied; the entry's time is when its application was complete.
   *
   * @param fault its number in the scenario, from 1
   * @param text the scenario's words
   * @param links what broke
   * @param nodes which nodes were acted on, or which place on a vSphere host
   * @param startedNs when its application began
   */
  record FaultInjected(
      int fault, String text, List<LinkId> links, List<String> nodes, long startedNs)
      implements Event {}

  /** A fault has been healed. */
  record FaultHealed(int fault, String text, long startedNs) implements Event {}

  /**
   * The array's own account of its state.
   *
   * @param when {@code before} or {@code after} (while the fault still stands)
   */
  record ArrayObserved(String when, ArraySnapshot snapshot) implements Event {}

  /** A block was read once more at the end, over a path other than the one that wrote it. */
  record BlockVerified(String host, String device, String path, BlockFound found)
      implements Event {}

  /** A block was read from the store behind the array. */
  record StoreVerified(String volume, BlockFound found) implements Event {}

  /**
   * After everything was healed, a device was asked for a read until it gave one or its time was
   * up.
   *
   * @param ok whether a read ended well
   * @param attempts reads that were tried
   * @param tookNs until the good end, or until it was given up
   * @param detail of the last attempt that did not end well; empty if the first one did
   */
  record LivenessChecked(
      String host, String device, boolean ok, int attempts, long tookNs, String detail)
      implements Event {}

  /** The array did or noticed something, by its own journal. */
  record ArrayChanged(String part, String text) implements Event {}

  /**
   * What the array's ports had carried by then, by their own count.
   *
   * @param when {@code before}, {@code fault} (when the first fault came), {@code after} (while it
   *     still stands) or {@code end}
   * @param loads by port
   */
  record ArrayLoadObserved(String when, Map<String, PortLoad> loads) implements Event {}

  /**
   * What a device's paths had carried by then, by the host's own count.
   *
   * @param when {@code before} the workload or {@code after} it
   * @param shares by path
   */
  record PathLoadsObserved(String host, String device, String when, Map<String, PathShare> shares)
      implements Event {}

  /**
   * A discovery ended: the portals that the array told of.
   *
   * @param portals {@code address:port}, in the array's order
   */
  record PortalsDiscovered(String host, LinkId link, String target, List<String> portals)
      implements Event {}

  /**
   * A login was sent on to another address.
   *
   * @param path the path whose session it is; its id does not change
   * @param from {@code address:port} of the login
   * @param to {@code address:port} that it was sent to
   */
  record SessionRedirected(String host, String path, String from, String to, boolean permanent)
      implements Event {}

  /**
   * The array asked a session to log out.
   *
   * @param seconds how long it gave
   */
  record LogoutRequested(String host, String path, int seconds) implements Event {}

  /** A unit attention came over a path. */
  record UnitAttentionSeen(String host, String path, int asc, int ascq) implements Event {}

  /**
   * The array told the access state of a path.
   *
   * @param state such as {@code active/optimized}
   */
  record AccessStateSeen(String host, String path, String state) implements Event {}

  /**
   * A command waits for far longer than its connection has let expect; it goes on.
   *
   * @param operation its operation code (SPC-4 annex E), such as {@code 2Ah}
   * @param waitedNs since it was sent, or since its data last moved
   * @param allowedNs what the answers so far let expect at most
   */
  record CommandOverdue(String host, String path, String operation, long waitedNs, long allowedNs)
      implements Event {}

  /**
   * Where a VMkernel port stands: told when its host comes up, and whenever that changes.
   *
   * @param port such as {@code vmk1}
   * @param uplink the physical adapter that its traffic leaves by; empty: none with a link
   * @param bound whether it is bound to the software iSCSI adapter
   * @param compliance {@code compliant}, or what port binding has against it
   * @param used whether sessions go over it
   * @param reason why it is not compliant; empty when it is
   * @param remedy what would mend it; empty when it is compliant
   */
  record VmkernelPortSeen(
      String host,
      String port,
      String uplink,
      boolean bound,
      String compliance,
      boolean used,
      String reason,
      String remedy)
      implements Event {}

  /**
   * A VMkernel port's traffic went over to another physical adapter.
   *
   * @param from empty: it had none
   * @param to empty: none has a link
   */
  record UplinkMoved(String host, String port, String from, String to, String cause)
      implements Event {}

  /** Something was done on a vSphere host; what follows from it comes after. */
  record HostChanged(String host, String place, String text) implements Event {}

  /**
   * A VMkernel port was to be taken away.
   *
   * @param wish {@code remove-port} or {@code unbind}
   * @param bound whether it was bound
   * @param refused whether nothing was done
   * @param text the warning, or what was done
   * @param sessions the paths whose sessions went over it
   * @param devices the devices that had a path over it
   * @param lastPathOf those of them that had no other usable path
   */
  record PortRemovalAsked(
      String host,
      String port,
      String wish,
      boolean bound,
      boolean refused,
      String text,
      List<String> sessions,
      List<String> devices,
      List<String> lastPathOf)
      implements Event {}

  /**
   * What a session's target has of its own, as the session was opened.
   *
   * @param portal of the target
   * @param discoveredAt the portal that told of it
   * @param loginTimeoutMs LoginTimeout in force, in milliseconds
   * @param delayedAck DelayedAck in force: {@code on}, {@code off}, or why it is not off
   */
  record TargetParametersSet(
      String host,
      String path,
      String portal,
      String discoveredAt,
      long loginTimeoutMs,
      String delayedAck)
      implements Event {}

  /** The array broke the protocol on a path. */
  record ProtocolBreach(String host, String path, String text) implements Event {}

  /** A host's path was examined step by step while the scenario's faults stood. */
  record PathDiagnosed(String host, DiagnosedPath diagnosis) implements Event {}

  /** The lab itself failed. */
  record LabFailed(String message, String log) implements Event {}

  /** Something worth telling. */
  record Note(String text) implements Event {}
}
