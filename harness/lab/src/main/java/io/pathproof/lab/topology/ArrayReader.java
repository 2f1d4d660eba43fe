package io.pathproof.lab.topology;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.Problems;
import io.pathproof.lab.document.Section;
import io.pathproof.lab.document.Units;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads {@code array:}, or {@code arrays:} with several. */
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

  private final TopologyLoader loader;
  private final Problems problems;

  /** The name of the array that is being read; see {@link ArraySpec#name}. */
  private String array = ArraySpec.ONLY;

  ArrayReader(TopologyLoader loader, Problems problems) {
    this.loader = loader;
    this.problems = problems;
  }

  /**
   * @param topology its name, of which the default target names are made
   */
  Map<String, ArraySpec> arrays(Section top, String topology) {
    Map<String, ArraySpec> arrays = new LinkedHashMap<>();
    if (!top.has("arrays")) {
      top.requiredSection(
              "array",
              "the array",
              "add array: with its nodes, their ports, and volumes; or arrays: with several")
          .ifPresent(keys -> arrays.put(ArraySpec.ONLY, read(keys, topology)));
      return arrays;
    }
    top.field("array")
        .ifPresent(
            field ->
                problems.at(
                    field,
                    "there is array: and arrays:",
                    "write array: for one, or arrays: { name: { … }, … } for several"));
    loader
        .children(
            top, "arrays", "array", "add arrays: with at least one array, its nodes and volumes")
        .forEach(
            (name, keys) -> {
              if (name.equals(ArraySpec.ONLY)) {
                problems.at(
                    keys.node(),
                    "array " + name + ": that name is the array's of array:",
                    "give it another name");
              }
              array = name;
              arrays.put(name, read(keys, topology + "." + name));
            });
    return arrays;
  }

  /** The name by which the topology's other parts, and scenarios, refer to a part of the array. */
  private String named(String part) {
    return array.equals(ArraySpec.ONLY) ? part : array + "." + part;
  }

  /** What messages call it. */
  private String theArray() {
    return array.equals(ArraySpec.ONLY) ? "the array" : "array " + array;
  }

  private ArraySpec read(Section keys, String unique) {
    String kind = keys.scalar("kind", TopologyLoader::name, "");
    int kindLine = keys.has("kind") ? keys.node().fields().get("kind").line() : 0;
    String target =
        keys.scalar(
            "target-name", TopologyLoader::iscsiName, TopologyLoader.defaultIscsiName(unique));
    Optional<ChapSpec> chap = keys.section("chap", "chap of " + theArray()).flatMap(this::chap);
    Map<String, NodeSpec> nodes = new LinkedHashMap<>();
    loader
        .children(keys, "nodes", "node", "add nodes: with at least one node and its ports")
        .forEach(
            (name, node) ->
                nodes.put(named(name), new NodeSpec(named(name), ports(named(name), node))));
    Map<String, VolumeSpec> volumes = new LinkedHashMap<>();
    loader
        .children(keys, "volumes", "volume", "add volumes: { vol0: { size: 256MiB } }")
        .forEach(
            (name, volume) -> {
              long size =
                  volume
                      .requiredScalar("size", Units::wholeBlocks, "add size: such as 256MiB")
                      .orElse(4096L);
              Optional<String> owner =
                  volume.scalar("owner", TopologyLoader::name).map(this::named);
              int block = volume.scalar("block-size", ArrayReader::blockSize, 512);
              volumes.put(
                  named(name), new VolumeSpec(named(name), volumes.size() + 1, size, owner, block));
              volume.done();
            });
    int maxSessions = keys.scalar("max-sessions", Units.number(0, 65_535), 0);
    Map<String, VirtualAddressSpec> addresses = virtualAddresses(keys, nodes);
    RedirectSpec redirect = redirect(keys, addresses);
    Optional<Long> takeover = keys.scalar("takeover", Units::durationMs);
    AluaSpec alua = alua(keys);
    keys.done();
    return new ArraySpec(
        array,
        kind,
        kindLine,
        target,
        nodes,
        volumes,
        chap,
        maxSessions,
        addresses,
        redirect,
        takeover.map(OptionalLong::of).orElse(OptionalLong.empty()),
        alua);
  }

  private static int blockSize(String text) {
    if (!text.equals("512") && !text.equals("4096")) {
      throw new BadValueException(text + " is no block size", "write 512 or 4096");
    }
    return Integer.parseInt(text);
  }

  private Map<String, PortSpec> ports(String node, Section keys) {
    Map<String, PortSpec> ports = new LinkedHashMap<>();
    loader
        .children(keys, "ports", "port", "add ports: { a: { fabric: …, address: … } }")
        .forEach(
            (name, port) -> {
              Optional<String> fabric = TopologyLoader.fabricOf(port);
              Optional<String> address = TopologyLoader.addressOf(port);
              int tcpPort = port.scalar("tcp-port", Units.number(1, 65_535), PORT_3260);
              if (fabric.isPresent() && address.isPresent()) {
                ports.put(name, new PortSpec(node, name, fabric.get(), address.get(), tcpPort));
              }
              port.done();
            });
    keys.done();
    return ports;
  }

  private Optional<ChapSpec> chap(Section keys) {
    Optional<String> user = chapText(keys, "user");
    Optional<String> secret = chapText(keys, "secret");
    Optional<Section> mutual = keys.section("mutual", "mutual chap of " + theArray());
    Optional<ChapSpec.Mutual> target = Optional.empty();
    if (mutual.isPresent()) {
      Optional<String> targetUser = chapText(mutual.get(), "user");
      Optional<String> targetSecret = chapText(mutual.get(), "secret");
      mutual.get().done();
      if (targetUser.isPresent() && targetSecret.isPresent()) {
        target = Optional.of(new ChapSpec.Mutual(targetUser.get(), targetSecret.get()));
      }
      if (secret.isPresent() && secret.equals(targetSecret)) {
        problems.at(
            mutual.get().node(),
            "both sides of mutual CHAP of " + theArray() + " have the same secret",
            "give each its own (RFC 7143 section 9.2.1)");
      }
    }
    keys.done();
    if (user.isEmpty() || secret.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new ChapSpec(user.get(), secret.get(), target));
  }

  private static Optional<String> chapText(Section keys, String key) {
    return keys.requiredScalar(
        key,
        text -> {
          // RFC 7143 section 9.2.1: secrets below 96 bits only over IPsec.
          if (key.equals("secret") && text.length() < 12) {
            throw new BadValueException(
                "shorter than 12 characters", "use 12 or more (RFC 7143 section 9.2.1)");
          }
          return text;
        },
        "add " + key + ": for CHAP");
  }

  /** A virtual address is in the network of the port that owns it. */
  private Map<String, VirtualAddressSpec> virtualAddresses(
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
                      "owner", this::named, "add owner: and a port, such as node1.a");
              int tcpPort = keys.scalar("tcp-port", Units.number(1, 65_535), PORT_3260);
              keys.done();
              if (address.isPresent() && owner.isPresent()) {
                PortSpec port =
                    new PortSpec(
                        "", named(name), fabric(owner.get(), nodes), address.get(), tcpPort);
                addresses.put(named(name), new VirtualAddressSpec(port, owner.get()));
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

  private RedirectSpec redirect(Section array, Map<String, VirtualAddressSpec> addresses) {
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

  private AluaSpec alua(Section array) {
    Optional<Section> section = array.section("alua", "alua of " + theArray());
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
