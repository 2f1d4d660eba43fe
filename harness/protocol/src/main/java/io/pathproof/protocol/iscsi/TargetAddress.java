package io.pathproof.protocol.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.util.Arrays;
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

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");

  private static final Pattern NUMBERS = Pattern.compile("[0-9.]++");

  private static final Pattern LABEL =
      Pattern.compile("[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?");

  /** RFC 1035 section 2.3.4. */
  private static final int MAX_NAME = 253;

  private static final Pattern GROUP = Pattern.compile("[0-9A-Fa-f]{1,4}");

  private static final int IPV6_GROUPS = 8;

  // Possessive quantifiers: hostile text must not make the match backtrack.
  private static final Pattern FORM =
      Pattern.compile(
          "(?:\\[([0-9A-Za-z:.%_-]++)]|([0-9A-Za-z._-]++))(?::([0-9]{1,5}+))?(?:,([0-9xXA-Fa-f]{1,6}+))?");

  /** Reads a value; an address that names no place is an error, never a guess. */
  public static TargetAddress parse(String value) throws ProtocolException {
    Matcher match = FORM.matcher(value);
    if (!match.matches()) {
      throw malformed(value, "is not host[:port][,portal-group-tag]");
    }
    boolean named = match.group(1) == null;
    if (named ? !isNameOrIpv4(match.group(2)) : !isIpv6(match.group(1))) {
      throw malformed(value, "has neither a DNS name nor an IP address");
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
    return new TargetAddress(named ? match.group(2) : match.group(1), port, tag);
  }

  private static boolean isNameOrIpv4(String host) {
    if (NUMBERS.matcher(host).matches()) {
      return IPV4.matcher(host).matches();
    }
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    return name.length() <= MAX_NAME
        && Arrays.stream(name.split("\\.", -1)).allMatch(l -> LABEL.matcher(l).matches());
  }

  /** RFC 4291 section 2.2, with a zone of RFC 4007 behind it where there is one. */
  private static boolean isIpv6(String host) {
    int percent = host.indexOf('%');
    if (percent == host.length() - 1) {
      return false;
    }
    String address = percent < 0 ? host : host.substring(0, percent);
    int shortened = address.indexOf("::");
    if (shortened < 0) {
      return groups(address) == IPV6_GROUPS;
    }
    int before = groups(address.substring(0, shortened));
    int after = groups(address.substring(shortened + 2));
    return before >= 0 && after >= 0 && before + after < IPV6_GROUPS;
  }

  /** Groups of 16 bits in a part of an IPv6 address that is written in full; -1 if it is none. */
  private static int groups(String part) {
    if (part.isEmpty()) {
      return 0;
    }
    int count = 0;
    String[] all = part.split(":", -1);
    for (int i = 0; i < all.length; i++) {
      boolean embedded = i == all.length - 1 && IPV4.matcher(all[i]).matches();
      if (!embedded && !GROUP.matcher(all[i]).matches()) {
        return -1;
      }
      count += embedded ? 2 : 1;
    }
    return count;
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
