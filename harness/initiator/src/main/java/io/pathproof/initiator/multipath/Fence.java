package io.pathproof.initiator.multipath;

/**
 * What makes sure that an old nexus carries nothing out any more.
 *
 * @param means how
 * @param over the way that it was had over; empty where that is the old path itself
 */
public record Fence(Means means, String over) {
  /** How a nexus, or one task of it, is fenced. */
  public enum Means {
    /**
     * The target said on the living session that the task is over: by its answer to ABORT TASK (RFC
     * 7143 section 11.6.1), or by one that made no sense.
     */
    TASK_ENDED("task ended"),
    /** The target closed the session on request (section 11.15). */
    LOGOUT("logged out"),
    /**
     * The target announced that it drops the connection and keeps nothing for a reassignment
     * (section 11.9.1, events 2 and 3 with Parameter3 0): it terminates what is outstanding, and
     * takes no more from a connection that it has dropped.
     */
    TERMINATED("terminated"),
    /** The same initiator port logged in again at the same portal group (section 6.3.5). */
    REINSTATEMENT("reinstated"),
    /** Nothing but time: no fence, only the configured hold. */
    HOLD("held");

    private final String word;

    Means(String word) {
      this.word = word;
    }

    /** For a person, and the word in a history. */
    public String word() {
      return word;
    }
  }

  /** The path's own session has logged in again. */
  public static final Fence OWN_LOGIN = new Fence(Means.REINSTATEMENT, "");

  /** The target said that the task is over. */
  public static final Fence TASK_ENDED = new Fence(Means.TASK_ENDED, "");

  /** The target confirmed a logout. */
  public static final Fence LOGOUT = new Fence(Means.LOGOUT, "");

  /** The target announced that it terminates the session's tasks. */
  public static final Fence TERMINATED = new Fence(Means.TERMINATED, "");

  /** The hold time is over. */
  public static final Fence HOLD = new Fence(Means.HOLD, "");

  /** The same initiator port logged in over another way. */
  public static Fence reinstatedOver(String way) {
    return new Fence(Means.REINSTATEMENT, way);
  }

  @Override
  public String toString() {
    return over.isEmpty() ? means.word() : means.word() + " over " + over;
  }
}
