package io.pathproof.lab.engine;

/** What a link driver applies to one link. A scenario speaks of faults; this is their effect. */
public sealed interface Impairment {
  /** The kind, by which an engine declares what it can do. */
  Kind kind();

  /** Kinds of impairment, with the words that scenario files use. */
  enum Kind {
    REFUSE,
    RESET,
    SILENT_DROP,
    LATENCY,
    BANDWIDTH;

    /** The word in a scenario file, such as {@code silent-drop}. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  /** Live connections are closed, new ones refused. */
  record Refuse() implements Impairment {
    @Override
    public Kind kind() {
      return Kind.REFUSE;
    }
  }

  /** Live and new connections get a TCP reset. */
  record Reset() implements Impairment {
    @Override
    public Kind kind() {
      return Kind.RESET;
    }
  }

  /** Bytes vanish without an answer; connections stay open. */
  record SilentDrop() implements Impairment {
    @Override
    public Kind kind() {
      return Kind.SILENT_DROP;
    }
  }

  /**
   * Bytes are delayed.
   *
   * @param delayMs added in each direction that is impaired, from 1
   * @param jitterMs at most this much more or less
   */
  record Latency(long delayMs, long jitterMs) implements Impairment {
    @Override
    public Kind kind() {
      return Kind.LATENCY;
    }
  }

  /**
   * Throughput is limited.
   *
   * @param kibPerSecond KiB per second in each direction that is impaired, from 1
   */
  record Bandwidth(long kibPerSecond) implements Impairment {
    @Override
    public Kind kind() {
      return Kind.BANDWIDTH;
    }
  }
}
