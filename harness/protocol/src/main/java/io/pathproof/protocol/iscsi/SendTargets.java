package io.pathproof.protocol.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The answer to SendTargets (RFC 7143 appendix C): targets with their addresses. */
public final class SendTargets {
  private SendTargets() {}

  /**
   * One discovered target.
   *
   * @param name the iSCSI name
   * @param addresses in the order of the wire; empty when the target answers at the address that
   *     was asked
   */
  public record Target(String name, List<TargetAddress> addresses) {
    public Target {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * Reads the answer.
   *
   * @throws ProtocolException if the text is malformed, or an address comes before any name
   */
  public static List<Target> decode(ByteBuffer text) throws ProtocolException {
    List<Target> targets = new ArrayList<>();
    String name = null;
    List<TargetAddress> addresses = new ArrayList<>();
    for (KeyValues.Pair pair : KeyValues.pairs(text)) {
      if (pair.key().equals(OperationalKey.TARGET_NAME.keyName())) {
        if (name != null) {
          targets.add(new Target(name, addresses));
        }
        name = pair.value();
        addresses = new ArrayList<>();
      } else if (pair.key().equals(OperationalKey.TARGET_ADDRESS.keyName())) {
        if (name == null) {
          throw new ProtocolException(
              Kind.NEGOTIATION, "SendTargets", pair.key(), -1, "comes before any TargetName");
        }
        addresses.add(TargetAddress.parse(pair.value()));
      }
      // Other keys (TargetAlias) may stand between them and say nothing about paths.
    }
    if (name != null) {
      targets.add(new Target(name, addresses));
    }
    return targets;
  }

  public static ByteBuffer encode(List<Target> targets) {
    StringBuilder text = new StringBuilder();
    for (Target target : targets) {
      text.append("TargetName=").append(target.name()).append('\0');
      target.addresses().forEach(a -> text.append("TargetAddress=").append(a).append('\0'));
    }
    return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
