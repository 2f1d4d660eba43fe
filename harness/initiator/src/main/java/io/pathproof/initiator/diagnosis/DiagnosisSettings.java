package io.pathproof.initiator.diagnosis;

import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.session.ChapSettings;
import io.pathproof.initiator.session.DigestPolicy;
import io.pathproof.initiator.session.NegotiationOffer;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.protocol.iscsi.Isid;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * How paths are examined.
 *
 * @param initiatorName the name to log in with: the array maps volumes to it
 * @param run drawn at random for each examination, of which 24 bits count: two at a time by one
 *     name do not end each other's sessions
 * @param chap credentials, offered beside none (unless the target has to prove itself)
 * @param timeoutNs for a login, connect included, and for each command; a path as a whole has
 *     {@value #PATH_TIMEOUTS} times as long
 * @param reads how many blocks are read from each disk, from 1
 * @param maxUnits disks that are examined on a path at most; further ones are counted, from 1
 * @param expectedLuns numbers that have to be there; empty takes what there is
 */
public record DiagnosisSettings(
    String initiatorName,
    int run,
    Optional<ChapSettings> chap,
    long timeoutNs,
    int reads,
    int maxUnits,
    Set<Integer> expectedLuns) {
  /** How many timeouts a path has for all of its steps together. */
  public static final int PATH_TIMEOUTS = 5;

  private static final int DISCOVERY = 0x8000;

  public DiagnosisSettings {
    expectedLuns = Set.copyOf(expectedLuns);
    if (timeoutNs < 1 || reads < 1 || maxUnits < 1) {
      throw new IllegalArgumentException("timeoutNs, reads and maxUnits are from 1");
    }
  }

  /**
   * A session of the examination. Its ISID is unlike that of the same host's own sessions and of
   * another examination, which a login with the same one would end (RFC 7143 section 6.3.5).
   */
  SessionSettings session(HostLink link, Optional<String> target) {
    int qualifier = link.isidQualifier() | (target.isEmpty() ? DISCOVERY : 0);
    Isid isid = Isid.random(run, qualifier);
    long timeoutMs = Math.max(1, TimeUnit.NANOSECONDS.toMillis(timeoutNs));
    return new SessionSettings(
        initiatorName,
        target,
        link.portal(),
        OptionalInt.empty(),
        isid,
        chap,
        target.isPresent()
            ? NegotiationOffer.defaults()
            // a few bytes of text, which many targets refuse to protect
            : NegotiationOffer.defaults().withDigests(DigestPolicy.NONE, DigestPolicy.NONE),
        // a session that was lost is not waited for; NOPs as open-iscsi sends them
        SessionTimers.ofMillis(timeoutMs, 5_000, 5_000, timeoutMs, timeoutMs, 0, 2_000));
  }
}
