package io.pathproof.targets.array.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.targets.array.system.ArrayConfig;
import io.pathproof.targets.array.system.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An {@link ArrayConfig} as JSON. Nodes, ports, virtual addresses and volumes are keyed by name.
 */
public final class ArrayConfigJson {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private ArrayConfigJson() {}

  /** Writes a configuration so that {@link #read} gives an equal one. */
  public static String write(ArrayConfig config) {
    ObjectNode root = JSON.createObjectNode();
    root.put("name", config.name());
    root.put("targetName", config.targetName());
    ObjectNode nodes = root.putObject("nodes");
    for (ArrayConfig.Node node : config.nodes()) {
      ObjectNode ports = nodes.putObject(node.name()).putObject("ports");
      for (ArrayConfig.Port port : node.ports()) {
        ports
            .putObject(port.name())
            .put("address", port.address())
            .put("tcpPort", port.tcpPort())
            .put("network", port.network());
      }
    }
    ObjectNode virtual = root.putObject("virtualAddresses");
    for (ArrayConfig.VirtualAddress each : config.virtualAddresses()) {
      virtual
          .putObject(each.name())
          .put("address", each.address())
          .put("tcpPort", each.tcpPort())
          .put("owner", each.owner());
    }
    ObjectNode volumes = root.putObject("volumes");
    for (ArrayConfig.Volume each : config.volumes()) {
      ObjectNode volume =
          volumes
              .putObject(each.name())
              .put("lun", each.lun())
              .put("sizeBytes", each.sizeBytes())
              .put("blockSize", each.blockSize())
              .put("store", word(each.store()));
      each.owner().ifPresent(owner -> volume.put("owner", owner));
    }
    config.chap().ifPresent(chap -> write(root.putObject("chap"), chap));
    root.put("maxSessions", config.maxSessions());
    root.putObject("redirect")
        .put("policy", word(config.redirect().policy()))
        .put("permanent", config.redirect().permanent());
    config.takeoverMs().ifPresent(ms -> root.put("takeoverMs", ms));
    root.putObject("alua")
        .put("mode", word(config.alua().mode()))
        .put("partnerState", word(config.alua().partnerState()))
        .put("transitionMs", config.alua().transitionMs());
    config.storeDirectory().ifPresent(directory -> root.put("storeDirectory", directory));
    root.put("seed", config.seed());
    return root.toPrettyString();
  }

  private static void write(ObjectNode node, ArrayConfig.Chap chap) {
    node.put("user", chap.user()).put("secret", chap.secret());
    chap.mutual()
        .ifPresent(
            mutual ->
                node.putObject("mutual").put("user", mutual.user()).put("secret", mutual.secret()));
  }

  /**
   * Reads and validates.
   *
   * @throws InvalidConfigException which names every problem with its place in the document
   */
  public static ArrayConfig read(String json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new InvalidConfigException(List.of("no JSON: " + e.getOriginalMessage()));
    }
    List<String> problems = new ArrayList<>();
    Fields fields = new Fields("", root, problems);
    ArrayConfig config =
        new ArrayConfig(
            fields.text("name", Optional.of("array")),
            fields.text("targetName", Optional.empty()),
            fields.each("nodes", ArrayConfigJson::node),
            fields.each("virtualAddresses", ArrayConfigJson::virtualAddress),
            fields.each("volumes", ArrayConfigJson::volume),
            fields.inner("chap").map(ArrayConfigJson::chap),
            (int) fields.number("maxSessions", OptionalLong.of(0), Integer.MAX_VALUE),
            fields
                .inner("redirect")
                .map(ArrayConfigJson::redirect)
                .orElse(new ArrayConfig.Redirect(ArrayConfig.Policy.NEVER, false)),
            fields.has("takeoverMs")
                ? OptionalLong.of(
                    fields.number("takeoverMs", OptionalLong.empty(), Integer.MAX_VALUE))
                : OptionalLong.empty(),
            fields.inner("alua").map(ArrayConfigJson::alua).orElse(ArrayConfig.Alua.NONE),
            fields.has("storeDirectory")
                ? Optional.of(fields.text("storeDirectory", Optional.empty()))
                : Optional.empty(),
            fields.number("seed", OptionalLong.of(0), Long.MAX_VALUE));
    fields.end();
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
    return config.validated();
  }

  private static ArrayConfig.Node node(String name, Fields fields) {
    return new ArrayConfig.Node(
        name,
        fields.each(
            "ports",
            (port, inner) ->
                new ArrayConfig.Port(
                    port,
                    inner.text("address", Optional.empty()),
                    inner.tcpPort(),
                    inner.text("network", Optional.of("default")))));
  }

  private static ArrayConfig.VirtualAddress virtualAddress(String name, Fields fields) {
    return new ArrayConfig.VirtualAddress(
        name,
        fields.text("address", Optional.empty()),
        fields.tcpPort(),
        fields.text("owner", Optional.empty()));
  }

  private static ArrayConfig.Volume volume(String name, Fields fields) {
    return new ArrayConfig.Volume(
        name,
        (int) fields.number("lun", OptionalLong.empty(), 255),
        fields.number("sizeBytes", OptionalLong.empty(), Long.MAX_VALUE),
        (int) fields.number("blockSize", OptionalLong.of(512), 4096),
        fields.has("owner")
            ? Optional.of(fields.text("owner", Optional.empty()))
            : Optional.empty(),
        fields.oneOf("store", ArrayConfig.Store.values(), ArrayConfig.Store.MEMORY));
  }

  private static ArrayConfig.Chap chap(Fields fields) {
    return new ArrayConfig.Chap(
        fields.text("user", Optional.empty()),
        fields.text("secret", Optional.empty()),
        fields
            .inner("mutual")
            .map(
                mutual ->
                    new ArrayConfig.Account(
                        mutual.text("user", Optional.empty()),
                        mutual.text("secret", Optional.empty()))));
  }

  private static ArrayConfig.Redirect redirect(Fields fields) {
    return new ArrayConfig.Redirect(
        fields.oneOf("policy", ArrayConfig.Policy.values(), ArrayConfig.Policy.NEVER),
        fields.flag("permanent"));
  }

  private static ArrayConfig.Alua alua(Fields fields) {
    return new ArrayConfig.Alua(
        fields.oneOf("mode", ArrayConfig.Mode.values(), ArrayConfig.Mode.NONE),
        fields.oneOf("partnerState", AccessState.values(), AccessState.STANDBY),
        fields.number("transitionMs", OptionalLong.of(0), Integer.MAX_VALUE));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private interface Reader<T> {
    T read(String name, Fields fields);
  }

  /** The fields of one object; every problem is noted with its place. */
  private static final class Fields {
    private final String at;
    private final JsonNode node;
    private final List<String> problems;
    private final List<String> known = new ArrayList<>();
    private final List<Fields> inner = new ArrayList<>();

    Fields(String at, JsonNode node, List<String> problems) {
      this.at = at;
      this.node = node;
      this.problems = problems;
      if (!node.isObject()) {
        problems.add((at.isEmpty() ? "the document" : at) + " is no object");
      }
    }

    private String path(String field) {
      return at.isEmpty() ? field : at + "." + field;
    }

    boolean has(String field) {
      known.add(field);
      return node.hasNonNull(field);
    }

    String text(String field, Optional<String> otherwise) {
      if (!has(field)) {
        if (otherwise.isEmpty()) {
          problems.add(path(field) + " is missing");
        }
        return otherwise.orElse("");
      }
      if (!node.get(field).isTextual()) {
        problems.add(path(field) + " is no text");
      }
      return node.get(field).asText();
    }

    long number(String field, OptionalLong otherwise, long most) {
      if (!has(field)) {
        if (otherwise.isEmpty()) {
          problems.add(path(field) + " is missing");
        }
        return otherwise.orElse(0);
      }
      JsonNode value = node.get(field);
      if (!value.canConvertToExactIntegral()
          || !value.canConvertToLong()
          || value.asLong() > most) {
        problems.add(path(field) + ": " + value + " is no whole number up to " + most);
        return otherwise.orElse(0);
      }
      return value.asLong();
    }

    int tcpPort() {
      return (int) number("tcpPort", OptionalLong.of(ArrayConfig.ISCSI_PORT), 65535);
    }

    boolean flag(String field) {
      if (has(field) && !node.get(field).isBoolean()) {
        problems.add(path(field) + " is neither true nor false");
      }
      return node.path(field).asBoolean();
    }

    <E extends Enum<E>> E oneOf(String field, E[] values, E otherwise) {
      if (!has(field)) {
        return otherwise;
      }
      List<String> words = new ArrayList<>();
      for (E value : values) {
        words.add(word(value));
        if (word(value).equals(node.get(field).asText())) {
          return value;
        }
      }
      problems.add(path(field) + ": " + node.get(field) + " is none of " + words);
      return otherwise;
    }

    Optional<Fields> inner(String field) {
      return has(field) ? Optional.of(child(path(field), node.get(field))) : Optional.empty();
    }

    private Fields child(String path, JsonNode value) {
      Fields child = new Fields(path, value, problems);
      inner.add(child);
      return child;
    }

    <T> List<T> each(String field, Reader<T> reader) {
      List<T> all = new ArrayList<>();
      if (!has(field)) {
        return all;
      }
      if (!node.get(field).isObject()) {
        problems.add(path(field) + " is no object, keyed by name");
      }
      for (Map.Entry<String, JsonNode> entry : node.get(field).properties()) {
        all.add(
            reader.read(
                entry.getKey(), child(path(field) + "." + entry.getKey(), entry.getValue())));
      }
      return all;
    }

    /** Names every field that no one asked for. */
    void end() {
      node.fieldNames()
          .forEachRemaining(
              field -> {
                if (!known.contains(field)) {
                  problems.add(path(field) + " is not known; there are " + known);
                }
              });
      inner.forEach(Fields::end);
    }
  }
}
