package io.pathproof.targets.array.system;

import io.pathproof.protocol.scsi.AccessState;
import java.util.List;

/** What the core does to the rest of the array. Calls return at once. */
public interface ArrayEffects {
  /** How an address behaves towards hosts. */
  enum Conduct {
    /** Connections are taken and served. */
    ANSWERS,
    /** Connections stay as they are; nothing is read or written. */
    FROZEN,
    /** New connections are refused. */
    REFUSES,
    /** Nothing comes back; connections that are open hang. */
    SILENT
  }

  /** The address behaves so from now on; called when it changes, and not before. */
  void conduct(Address address, Conduct conduct);

  /** The address leaves a port for another; the same port twice: the move is announced now. */
  void move(Address address, String fromPort, String toPort, boolean announced);

  /** Closes the connections at an address with FIN. */
  void closeConnections(Address address);

  /** Cuts the connections at an address with RST. */
  void resetConnections(Address address);

  /** A port's link goes up or down. */
  void link(String port, boolean up);

  /** The volumes are mapped at a port, or none is. */
  void mapped(String port, boolean mapped);

  /** All normal sessions in full feature phase. */
  List<LiveSession> sessions();

  /** Sends asynchronous message 1 (RFC 7143 section 11.9.1) with this Parameter3. */
  void requestLogout(int tsih, int seconds, long nowNs);

  /** Sends another asynchronous message, and does what it announces. */
  void asyncEvent(int tsih, AsyncNotice notice, long nowNs);

  /** Commands that come to a port are held, or carried out again, those that were held first. */
  void holdCommands(String port, boolean held, long nowNs);

  /** The node's memory is gone. */
  void nodeDown(String node, long nowNs);

  /** The node works again. */
  void nodeUp(String node, long nowNs);

  /**
   * The volume's owner is another node: states of all groups change, unit attentions are raised.
   */
  void own(String volume, String node, long transitionNs, long nowNs);

  /** One group's state for a volume changes. */
  void accessState(String volume, int portGroup, AccessState state, long transitionNs, long nowNs);

  /** The state that hosts are told. */
  AccessState accessState(String volume, int portGroup);

  /**
   * From now on the node goes on with a copy of the store of its own, or with the array's again.
   */
  void splitBrain(String node, boolean split);
}
