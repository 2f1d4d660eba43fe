package io.pathproof.targets.array.scsi;

/** What the device servers remember of an I_T nexus, also while it is away. */
final class NexusState {
  final Nexus nexus;
  final PortCounters port;

  /** By the position of the logical unit in the settings. */
  final UnitAttentions[] attentions;

  boolean connected;
  boolean lost;

  NexusState(Nexus nexus, PortCounters port, int units, Defects defects) {
    this.nexus = nexus;
    this.port = port;
    this.attentions = new UnitAttentions[units];
    for (int i = 0; i < units; i++) {
      attentions[i] = new UnitAttentions(defects);
    }
  }

  /** Counters of one port. */
  static final class PortCounters {
    long reads;
    long writes;
    long bytes;

    /** No volume is mapped there. */
    boolean masked;

    PortLoad load() {
      return new PortLoad(reads, writes, bytes);
    }
  }
}
