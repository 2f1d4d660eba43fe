package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.IscsiName;
import io.pathproof.protocol.iscsi.Isid;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a session is to be.
 *
 * @param initiatorName iSCSI name of the host, in the form of {@link IscsiName#prepare}, which it
 *     is brought into
 * @param targetName iSCSI name of the target, byte for byte as the target tells it: one that tells
 *     an unprepared name may compare it so; empty makes a discovery session, which takes no SCSI
 *     tasks
 * @param portal where the first login goes, and every reconnect, until a permanent redirection
 *     replaces it
 * @param portalGroupTag the target portal group that the portal belongs to, where known from
 *     discovery; a login that meets another one fails (RFC 7143 section 13.9)
 * @param isid stable for this initiator port: a reconnect with the same one reinstates the session
 *     (RFC 7143 section 6.3.5). Two sessions to one portal group must not share it
 * @param chap authentication; empty offers AuthMethod=None only
 * @param offer operational negotiation
 * @param timers deadlines
 */
public record SessionSettings(
    String initiatorName,
    Optional<String> targetName,
    Portal portal,
    OptionalInt portalGroupTag,
    Isid isid,
    Optional<ChapSettings> chap,
    NegotiationOffer offer,
    SessionTimers timers) {

  public SessionSettings {
    try {
      initiatorName = IscsiName.prepare(initiatorName);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("initiatorName " + e.getMessage(), e);
    }
    targetName.ifPresent(SessionSettings::checkTold);
  }

  /** A normal session with the default offer and timers, and without authentication. */
  public static SessionSettings normal(
      String initiatorName, String targetName, Portal portal, Isid isid) {
    return new SessionSettings(
        initiatorName,
        Optional.of(targetName),
        portal,
        OptionalInt.empty(),
        isid,
        Optional.empty(),
        NegotiationOffer.defaults(),
        SessionTimers.defaults());
  }

  /** A discovery session with the default timers, and without authentication. */
  public static SessionSettings discovery(String initiatorName, Portal portal, Isid isid) {
    return new SessionSettings(
        initiatorName,
        Optional.empty(),
        portal,
        OptionalInt.empty(),
        isid,
        Optional.empty(),
        NegotiationOffer.defaults().withDigests(DigestPolicy.NONE, DigestPolicy.NONE),
        SessionTimers.defaults());
  }

  public SessionSettings withChap(ChapSettings value) {
    return new SessionSettings(
        initiatorName, targetName, portal, portalGroupTag, isid, Optional.of(value), offer, timers);
  }

  public SessionSettings withOffer(NegotiationOffer value) {
    return new SessionSettings(
        initiatorName, targetName, portal, portalGroupTag, isid, chap, value, timers);
  }

  public SessionSettings withTimers(SessionTimers value) {
    return new SessionSettings(
        initiatorName, targetName, portal, portalGroupTag, isid, chap, offer, value);
  }

  /** The same session at another portal of its group. */
  public SessionSettings at(Portal other, OptionalInt groupTag) {
    return new SessionSettings(
        initiatorName, targetName, other, groupTag, isid, chap, offer, timers);
  }

  public SessionSettings withPortalGroupTag(int value) {
    return new SessionSettings(
        initiatorName, targetName, portal, OptionalInt.of(value), isid, chap, offer, timers);
  }

  /** True for a session that only asks SendTargets. */
  public boolean discovery() {
    return targetName.isEmpty();
  }

  private static void checkTold(String name) {
    // RFC 7143 section 4.2.7.1; NUL would end the key's value.
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > IscsiName.MAX_BYTES || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("targetName '" + name + "' is no iSCSI name");
    }
  }
}
