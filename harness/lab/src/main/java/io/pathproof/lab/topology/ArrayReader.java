package io.pathproof.lab.topology;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.Problems;
import io.pathproof.lab.document.Section;
import io.pathproof.lab.document.Units;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads what only some arrays have: virtual addresses, redirection, asymmetric access. */
final class ArrayReader {
  private static final int PORT_3260 = 3260;

  /** How long a change of access states takes. */
  static final long TRANSITION_MS = 0;

  private static final Map<String, RedirectSpec.Policy> POLICIES =
      Map.of(
          "never", RedirectSpec.Policy.NEVER,
          "always", RedirectSpec.Policy.ALWAYS,
          "round-robin", RedirectSpec.Policy.ROUND_ROBIN,
          "least-loaded", RedirectSpec.Policy.LEAST_LOADED);

  private ArrayReader() {}

  /** A virtual address is in the network of the port that owns it. */
  static Map<String, VirtualAddressSpec> virtualAddresses(
      Section array, Map<String, NodeSpec> nodes) {
    Map<String, VirtualAddressSpec> addresses = new LinkedHashMap<>();
    Optional<Section> section = array.section("virtual-addresses", "virtual addresses");
    if (section.isEmpty()) {
      return addresses;
    }
    section
        .get()
        .named("virtual address")
        .forEach(
            (name, keys) -> {
              Optional<String> address =
                  keys.requiredScalar(
                      "address", TopologyLoader::address, "add address: and an IPv4 address");
              Optional<String> owner =
                  keys.requiredScalar(
                      "owner", Function.identity(), "add owner: and a port, such as node1.a");
              int tcpPort = keys.scalar("tcp-port", Units.number(1, 65_535), PORT_3260);
              keys.done();
              if (address.isPresent() && owner.isPresent()) {
                PortSpec port =
                    new PortSpec("", name, fabric(owner.get(), nodes), address.get(), tcpPort);
                addresses.put(name, new VirtualAddressSpec(port, owner.get()));
              }
            });
    return addresses;
  }

  private static String fabric(String owner, Map<String, NodeSpec> nodes) {
    return nodes.values().stream()
        .flatMap(node -> node.ports().values().stream())
        .filter(port -> port.ref().equals(owner))
        .map(PortSpec::fabric)
        .findFirst()
        .orElse("");
  }

  static RedirectSpec redirect(
      Section array, Map<String, VirtualAddressSpec> addresses, Problems problems) {
    Optional<DocumentNode.Field> field = array.field("login-redirect");
    if (field.isEmpty()) {
      return RedirectSpec.NEVER;
    }
    if (addresses.isEmpty()) {
      problems.at(
          field.get(),
          "login-redirect without virtual addresses",
          "add virtual-addresses: { vip: { address: …, owner: … } }; logins at other addresses"
              + " are never redirected");
    }
    if (field.get().value() instanceof DocumentNode.Scalar) {
      return array
          .scalar("login-redirect", Units.word(POLICIES))
          .map(policy -> new RedirectSpec(policy, false))
          .orElse(RedirectSpec.NEVER);
    }
    Optional<Section> keys = array.asSection(field.get(), "login-redirect");
    if (keys.isEmpty()) {
      return RedirectSpec.NEVER;
    }
    Optional<RedirectSpec.Policy> policy =
        keys.get()
            .requiredScalar(
                "policy", Units.word(POLICIES), "add policy: always, round-robin, least-loaded …");
    boolean permanent = keys.get().scalar("permanent", Units::onOff, false);
    keys.get().done();
    return new RedirectSpec(policy.orElse(RedirectSpec.Policy.NEVER), permanent);
  }

  static AluaSpec alua(Section array) {
    Optional<Section> section = array.section("alua", "alua of the array");
    if (section.isEmpty()) {
      return AluaSpec.NONE;
    }
    Section keys = section.get();
    AluaSpec.Mode mode =
        keys.scalar(
            "mode",
            Units.word(
                Map.of(
                    "none", AluaSpec.Mode.NONE,
                    "implicit", AluaSpec.Mode.IMPLICIT,
                    "explicit", AluaSpec.Mode.EXPLICIT,
                    "both", AluaSpec.Mode.BOTH)),
            AluaSpec.Mode.IMPLICIT);
    String partner = keys.scalar("partner", ArrayReader::partner, "active/non-optimized");
    long transition = keys.scalar("transition", Units::durationMs, TRANSITION_MS);
    keys.done();
    return new AluaSpec(mode, partner, transition);
  }

  private static String partner(String text) {
    String state = AluaSpec.state(text);
    if (state.equals("active/optimized")) {
      throw new BadValueException(
          "the partner of an owner is not as good as the owner",
          "write active/non-optimized, standby or unavailable; or leave alua: out");
    }
    return state;
  }
}
