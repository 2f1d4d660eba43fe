package io.pathproof.initiator.session;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value of the key TargetAddress: {@code domainname[:port][,portal-group-tag]} (RFC 7143
 * section 13.8).
 *
 * @param portal the address, port 3260 if it names none
 * @param portalGroupTag 0 to 65535; absent in a redirection
 */
public record TargetAddress(Portal portal, OptionalInt portalGroupTag) {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([^\\[\\]]*)]|([^\\[\\]:,]*))(?::([^,]*))?(?:,(.*))?", Pattern.DOTALL);
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[\\w.-]+)?");
  private static final Pattern NAME_OR_IPV4 = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*)");
  private static final int MAX_HOST_LENGTH = 255;

  /**
   * Reads the text of a TargetAddress.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  public static TargetAddress parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw bad(text, "is not domainname[:port][,portal-group-tag] with IPv6 in brackets");
    }
    boolean bracketed = form.group(1) != null;
    String host = bracketed ? form.group(1) : form.group(2);
    if (host.isEmpty()) {
      throw bad(text, "has no host");
    }
    if (host.length() > MAX_HOST_LENGTH) {
      throw bad(text.substring(0, 40) + "…", "has a host of " + host.length() + " characters");
    }
    if (!(bracketed ? IPV6 : NAME_OR_IPV4).matcher(host).matches()) {
      throw bad(text, bracketed ? "has no IPv6 address in its brackets" : "has a malformed host");
    }
    int port =
        form.group(3) == null
            ? Portal.DEFAULT_PORT
            : number(text, "port", form.group(3), 1, 65535);
    return new TargetAddress(
        new Portal(host, port),
        form.group(4) == null
            ? OptionalInt.empty()
            : OptionalInt.of(number(text, "portal group tag", form.group(4), 0, 65535)));
  }

  private static int number(String text, String what, String digits, int min, int max) {
    boolean plain = !digits.isEmpty() && digits.length() <= 5;
    for (int i = 0; plain && i < digits.length(); i++) {
      plain = digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
    }
    int value = plain ? Integer.parseInt(digits) : -1;
    if (value < min || value > max) {
      throw bad(text, "has a " + what + " that is no number in " + min + ".." + max);
    }
    return value;
  }

  private static IllegalArgumentException bad(String text, String problem) {
    return new IllegalArgumentException("TargetAddress '" + text + "' " + problem);
  }

  @Override
  public String toString() {
    return portal + (portalGroupTag.isPresent() ? "," + portalGroupTag.getAsInt() : "");
  }
}
