package io.pathproof.lab.engine;

/** What a link driver applies to one link. A scenario speaks of faults; this is their effect. */
public sealed interface Impairment {
  /** The kind, by which an engine declares what it can do. */
  Kind kind();

  /** Kinds of impairment, with the words that scenario files use. */
  enum Kind {
    REFUSE,
    RESET,
    FIN,
    SILENT_DROP,
    STALL,
    LATENCY,
    BANDWIDTH,
    CUT,
    FLAP;

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

  /** Live and new connections are closed in order. */
  record Fin() implements Impairment {
    @Override
    public Kind kind() {
      return Kind.FIN;
    }
  }

  /** Bytes are held back, and delivered when healed: a pulled cable that comes back. */
  record Stall() implements Impairment {
    @Override
    public Kind kind() {
      return Kind.STALL;
    }
  }

  /**
   * The connection that first gets there is reset at an exact place in its stream, once; then the
   * link passes again. Counted from when it is applied, over connections one after another.
   *
   * @param at where
   */
  record Cut(CutPoint at) implements Impairment {
    @Override
    public Kind kind() {
      return Kind.CUT;
    }
  }

  /**
   * The link goes down and up again on a schedule, down first.
   *
   * @param upMs how long it passes, from 1
   * @param downMs how long it does not, from 1
   * @param down what it does meanwhile: RESET, REFUSE, SILENT_DROP or STALL
   */
  record Flap(long upMs, long downMs, Kind down) implements Impairment {
    @Override
    public Kind kind() {
      return Kind.FLAP;
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
