package io.pathproof.protocol.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A TargetAddress value (RFC 7143 section 13.8): {@code domainname[:port][,portal-group-tag]}.
 *
 * @param host a DNS name, an IPv4 address, or an IPv6 address without its brackets
 * @param port 1 to 65535; 3260 where the text has none
 * @param portalGroupTag 0 to 65535; present in answers to SendTargets, absent in login redirections
 */
public record TargetAddress(String host, int port, OptionalInt portalGroupTag) {
  /** The port of iSCSI (RFC 7143 section 13.8). */
  public static final int DEFAULT_PORT = 3260;

  // Possessive quantifiers: hostile text must not make the match backtrack.
  private static final Pattern FORM =
      Pattern.compile(
          "(?:\\[([0-9A-Fa-f:.%A-Za-z]++)]|([0-9A-Za-z._-]++))(?::([0-9]{1,5}+))?(?:,([0-9xXA-Fa-f]{1,6}+))?");

  /** Reads a value; an address that names no place is an error, never a guess. */
  public static TargetAddress parse(String value) throws ProtocolException {
    Matcher match = FORM.matcher(value);
    if (!match.matches()) {
      throw malformed(value, "is not host[:port][,portal-group-tag]");
    }
    int port = match.group(3) == null ? DEFAULT_PORT : Integer.parseInt(match.group(3));
    if (port < 1 || port > 0xffff) {
      throw malformed(value, "has no port of 1 to 65535");
    }
    OptionalInt tag = OptionalInt.empty();
    if (match.group(4) != null) {
      OptionalLong number = KeyValues.number(match.group(4));
      if (number.isEmpty() || number.getAsLong() > 0xffff) {
        throw malformed(value, "has no portal group tag of 0 to 65535");
      }
      tag = OptionalInt.of((int) number.getAsLong());
    }
    return new TargetAddress(match.group(1) != null ? match.group(1) : match.group(2), port, tag);
  }

  private static ProtocolException malformed(String value, String problem) {
    return new ProtocolException(
        Kind.FORMAT, "text", "TargetAddress", -1, "\"" + value + "\" " + problem);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
        + ":"
        + port
        + (portalGroupTag.isPresent() ? "," + portalGroupTag.getAsInt() : "");
  }
}
