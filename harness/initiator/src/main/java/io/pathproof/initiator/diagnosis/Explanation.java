package io.pathproof.initiator.diagnosis;

import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.TaskFailure;
import io.pathproof.initiator.unit.UnitCommands.Question;
import io.pathproof.protocol.iscsi.LoginStatus;
import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.ScsiStatus;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.util.Locale;
import java.util.Optional;

/**
 * What a failure comes down to, in the words of storage engineers.
 *
 * @param why what it means
 * @param remedy what to look at, or do
 */
record Explanation(String why, String remedy) {

  /** Whether an address answers pings. */
  enum Ping {
    ANSWERED,
    SILENT,
    NOT_TRIED
  }

  /** The same where this machine stood still for so long in the meantime. */
  Explanation onABusyMachine(long stoodStillNs) {
    return new Explanation(
        String.format(
            Locale.ROOT,
            "this machine itself stood still for %.1f s in the meantime, which may be all there is"
                + " to it; if not: %s",
            stoodStillNs / 1e9,
            why),
        "examine it again while this machine is idle, or with a longer --timeout; then: " + remedy);
  }

  static Explanation route(Route.Missing missing) {
    return new Explanation(missing.why(), missing.remedy());
  }

  /** The array sends the login on to a name of which this host knows no address. */
  static Explanation redirectedToAName(String portal) {
    return new Explanation(
        "the array redirects the login to " + portal + ", a name that this host cannot resolve",
        "have the array redirect to IP addresses, or add the name to this host's name service or"
            + " /etc/hosts");
  }

  /** Why no connection came up. */
  static Explanation tcp(Failure failure, String portal, Ping ping) {
    if (failure instanceof ConnectionFailure lost) {
      switch (lost.reason()) {
        case REFUSED:
          return new Explanation(
              "the address answers, but nothing takes connections at " + portal,
              "enable iSCSI on that array port, and check the TCP port; a firewall that rejects"
                  + " looks the same");
        case LOGIN_TIMED_OUT:
          return silent(portal, ping);
        case UNREACHABLE:
          return new Explanation(
              "no way leads to " + portal + ": " + lost.text(),
              "check that the array port is cabled and up (nobody answers ARP for it?), and the"
                  + " gateway, VLAN and netmask on the way");
        case RESET, CLOSED_BY_TARGET:
          return new Explanation(
              "the connection ended as soon as it was made",
              "look for a firewall or load balancer in between, and at the array port's service");
        default:
          break;
      }
    }
    return new Explanation(
        "the connection could not be made: " + failure.text(),
        "look at this host's network and at the array port");
  }

  private static Explanation silent(String portal, Ping ping) {
    return switch (ping) {
      case ANSWERED ->
          new Explanation(
              "the address answers pings, but nothing answers TCP at " + portal,
              "look for a firewall or ACL that drops TCP to that port, and whether the address is"
                  + " the array's at all: a ping proves neither");
      case SILENT ->
          new Explanation(
              "nothing answers at " + portal + ", neither TCP nor pings",
              "check cable, switch port, VLAN and address of both ends; the array port may be down");
      case NOT_TRIED ->
          new Explanation(
              "nothing answers TCP at " + portal,
              "look for a firewall or ACL that drops TCP to that port, and at cable, VLAN and"
                  + " address of both ends; an address that answers pings proves none of these");
    };
  }

  /**
   * Why a login did not succeed.
   *
   * @param status what the target refused it with, if it did
   * @param at the portal, behind redirections
   * @param offeredChap whether credentials were there to be used
   * @param challenged whether the target posed a CHAP challenge
   */
  static Explanation login(
      Failure failure,
      Optional<LoginStatus> status,
      String at,
      boolean offeredChap,
      boolean challenged) {
    if (failure instanceof SessionFailure session) {
      return session(session, status, offeredChap, challenged);
    }
    ConnectionFailure lost = (ConnectionFailure) failure;
    return switch (lost.reason()) {
      case LOGIN_REFUSED -> refused(status, lost.text());
      case LOGIN_TIMED_OUT ->
          new Explanation(
              at + " takes the connection and does not answer the login",
              "something listens there that is no iSCSI target, or whose controller hangs: look at"
                  + " the array's node, and for a proxy or load balancer in between");
      case CLOSED_BY_TARGET, RESET ->
          new Explanation(
              at + " takes the connection and ends it during the login",
              "look at the array's event log: the port may be in maintenance, restrict its"
                  + " initiators by address, or have no more sessions to give");
      case PROTOCOL_ERROR, DIGEST_ERROR ->
          new Explanation(
              "what answers at " + at + " breaks the iSCSI protocol",
              "check address and TCP port: another service may listen there; if it is the array,"
                  + " tell its vendor: it breaks RFC 7143");
      case REFUSED, UNREACHABLE, CONNECT_FAILED ->
          new Explanation(
              "the login was sent on to " + at + ", and no connection can be made there",
              "the array redirects to a port that this host does not reach: mend the way there, or"
                  + " take the port out of the array's redirection");
      default ->
          new Explanation("the login failed: " + lost.text(), "look at the array's event log");
    };
  }

  private static Explanation session(
      SessionFailure failure,
      Optional<LoginStatus> status,
      boolean offeredChap,
      boolean challenged) {
    return switch (failure.reason()) {
      case AUTHENTICATION_FAILED -> authentication(failure, status, offeredChap, challenged);
      case LOGIN_REJECTED -> refused(status, failure.text());
      case REDIRECT_LOOP ->
          new Explanation(
              "the array sends the login round in a circle: " + failure.text(),
              "the array's redirection is broken: look at its virtual addresses and port states");
      case REDIRECT_MALFORMED ->
          new Explanation(
              "the array redirects the login to no address: " + failure.text(),
              "the array breaks RFC 7143 section 13.8: tell its vendor");
      case WRONG_PORTAL_GROUP ->
          new Explanation(
              failure.text(), "discover again: the address has moved to another portal group");
      default ->
          new Explanation(
              "the two ends cannot agree on the session's parameters",
              "compare digest, CHAP and burst settings of both ends; where they are alike the"
                  + " array's answer breaks RFC 7143: tell its vendor");
    };
  }

  private static Explanation authentication(
      SessionFailure failure,
      Optional<LoginStatus> status,
      boolean offeredChap,
      boolean challenged) {
    if (!offeredChap) {
      return new Explanation(
          "the target wants CHAP, and no credentials were given",
          "give the CHAP user and secret that the array has for this initiator, or turn CHAP off"
              + " there");
    }
    if (status.isPresent() && !challenged) {
      return new Explanation(
          "the target refused before it asked for any CHAP answer: it may do no CHAP, or not know"
              + " this initiator",
          "check that the array has an entry for this initiator's name, and CHAP set up in it;"
              + " where it is to do no CHAP, give no credentials, those of mutual CHAP first");
    }
    if (status.isPresent()) {
      return new Explanation(
          "the target refuses these CHAP credentials: the secret is wrong, or it knows no such"
              + " user (it does not say which)",
          "compare CHAP user and secret with the array's entry for this initiator, letter by"
              + " letter; the secret often has to have 12 to 16 characters; where the target is to"
              + " prove itself too (mutual CHAP), the array needs credentials for that as well");
    }
    return new Explanation(
        "CHAP failed on this side: " + failure.text(),
        "compare the target's own CHAP user and secret (mutual CHAP) of both ends");
  }

  /** RFC 7143 section 11.13.5. */
  private static Explanation refused(Optional<LoginStatus> status, String text) {
    if (status.isEmpty()) {
      return new Explanation(
          "the target refuses the login with a status that RFC 7143 does not define: " + text,
          "look at the array's event log");
    }
    return switch (status.get()) {
      case NOT_FOUND ->
          new Explanation(
              "the target name is not known there",
              "compare the IQN letter by letter with the array's; a node that is coming up answers"
                  + " so too");
      case AUTHORIZATION_FAILURE ->
          new Explanation(
              "the array knows the target but does not allow this initiator",
              "add this host's initiator name to the array's host entry or access group");
      case AUTHENTICATION_FAILURE ->
          new Explanation(
              "the target refuses the credentials, or wants some",
              "compare CHAP user and secret of both ends");
      case TARGET_REMOVED ->
          new Explanation(
              "the target was removed and has no new address",
              "remove it from the host, or discover again");
      case TOO_MANY_CONNECTIONS, OUT_OF_RESOURCES ->
          new Explanation(
              "the target takes no further sessions",
              "raise its limit of sessions, or end some: the array lists who is logged in");
      case SERVICE_UNAVAILABLE, TARGET_ERROR ->
          new Explanation(
              "the target is there but cannot serve now",
              "look at the array: a node in maintenance or start-up, or a hardware fault");
      case UNSUPPORTED_VERSION, MISSING_PARAMETER, INVALID_DURING_LOGIN, INITIATOR_ERROR ->
          new Explanation(
              "the target says that the initiator is at fault: " + text,
              "the array's firmware and this initiator disagree on RFC 7143: tell both vendors");
      case SESSION_TYPE_NOT_SUPPORTED, CANNOT_INCLUDE_IN_SESSION, SESSION_DOES_NOT_EXIST ->
          new Explanation(
              "the target does not take such a session: " + text,
              "another session of this initiator may be in the way: end it at the array");
      case SUCCESS, TARGET_MOVED_TEMPORARILY, TARGET_MOVED_PERMANENTLY ->
          new Explanation("the login failed: " + text, "look at the array's event log");
    };
  }

  /**
   * Why a command to a unit brought no answer.
   *
   * @param hasRead whether a read was answered before
   */
  static Explanation unanswered(Question question, Failure failure, boolean hasRead) {
    boolean read = question.isRead();
    if (failure instanceof TaskFailure) {
      return noAnswer(question.name(), read);
    }
    boolean silent =
        failure instanceof ConnectionFailure connection
            && connection.reason() == ConnectionFailure.Reason.ABORT_TIMED_OUT;
    return silent ? noAnswer(question.name(), hasRead || read) : lost(failure);
  }

  /** A connection that was up is lost, or a session ended, at a later step. */
  static Explanation lost(Failure failure) {
    return new Explanation(
        "the session broke off: " + failure.text(),
        "where small commands pass and larger ones do not, look for an MTU mismatch (jumbo frames)"
            + " on the way; else at the array's event log");
  }

  /** A command failed, and the session lives. */
  static Explanation notCarriedOut(String command) {
    return new Explanation(
        command
            + " is not carried out, though the session lives: it is the array, not the way to it",
        "look at the state of this port and its node, and at the array's event log");
  }

  /** No LUN at all. */
  static Explanation nothingMapped(String initiatorName) {
    return new Explanation(
        "no volume is mapped to " + initiatorName + " at this port",
        "map the volume to this host on the array, and check masking and the port set of the"
            + " mapping; compare the initiator name letter by letter");
  }

  /** LUNs that should be there are not. */
  static Explanation absent(String luns) {
    return new Explanation(
        luns + " is not mapped at this port, and the array has it",
        "add this port or host to the volume's mapping on the array");
  }

  /** A command was not answered in time. */
  static Explanation noAnswer(String command, boolean data) {
    return new Explanation(
        data
            ? "the unit says that it is ready, and yet a read does not end: \"up\" does not mean"
                + " that I/O works"
            : command + " is not answered",
        "look for an MTU mismatch (jumbo frames) on the way, where small commands pass and larger"
            + " ones do not; else at the volume's state on the array");
  }

  /**
   * Why a unit refuses a command.
   *
   * @param command its name
   * @param answer any status but GOOD
   */
  static Explanation refusal(String command, Lun lun, ScsiResult answer) {
    Optional<Sense> sense = answer.decodedSense();
    Optional<AdditionalSense> code =
        sense.flatMap(each -> AdditionalSense.of(each.asc(), each.ascq()));
    if (code.equals(Optional.of(AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED))) {
      return new Explanation(
          "LUN " + lun + " is no longer mapped to this host at this port",
          "check the volume's mapping on the array");
    }
    if (answer.status() == ScsiStatus.RESERVATION_CONFLICT.code()) {
      return new Explanation(
          "another host holds a reservation on the unit",
          "a cluster may own it: look at the persistent reservations before you clear any");
    }
    Explanation other =
        new Explanation(
            "the unit refuses " + command, "look up the sense code with the array's vendor");
    return switch (sense.map(Sense::key).orElse(SenseKey.NO_SENSE)) {
      case UNIT_ATTENTION ->
          new Explanation(
              "the unit answers every command with another unit attention",
              "the array does not clear them (SAM-5 5.14): tell its vendor");
      case NOT_READY ->
          new Explanation(
              "the unit is not ready",
              "look at the volume's and the node's state on the array: offline, initialising, or a"
                  + " takeover that hangs");
      case MEDIUM_ERROR ->
          new Explanation(
              "the array cannot read its own medium", "look at the drives behind the volume");
      default -> other;
    };
  }
}
