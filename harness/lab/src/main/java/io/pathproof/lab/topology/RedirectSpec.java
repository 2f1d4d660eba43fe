package io.pathproof.lab.topology;

/**
 * What the array does with a login at a virtual address.
 *
 * @param policy whom it sends on, and where to
 * @param permanent whether the redirection is permanent (login status 0102h) or temporary (0101h,
 *     RFC 7143 section 11.13.5)
 */
public record RedirectSpec(Policy policy, boolean permanent) {
  /** Whom it sends on, and where to. */
  public enum Policy {
    /** Nobody: the port that owns the address serves the login itself. */
    NEVER,
    /** Everybody, to a working port other than the owner, where there is one. */
    ALWAYS,
    /** To the working ports in turn; the owner takes its turn itself. */
    ROUND_ROBIN,
    /** To the working port with the fewest sessions; the owner serves where that is itself. */
    LEAST_LOADED
  }

  /** Nobody is sent on. */
  public static final RedirectSpec NEVER = new RedirectSpec(Policy.NEVER, false);
}
