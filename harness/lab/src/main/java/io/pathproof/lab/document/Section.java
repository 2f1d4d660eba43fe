package io.pathproof.lab.document;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads the keys of one mapping. Every key that is asked for is a known one; {@link #done} reports
 * the others, with the nearest known name. What is reported gives an empty or default value, so
 * that reading goes on and finds the next problem.
 */
public final class Section {
  private final DocumentNode.Mapping mapping;
  private final String name;
  private final Problems problems;
  private final Set<String> known = new LinkedHashSet<>();

  /**
   * @param mapping the keys
   * @param name what it describes, for messages: {@code host host1}
   */
  public Section(DocumentNode.Mapping mapping, String name, Problems problems) {
    this.mapping = mapping;
    this.name = name;
    this.problems = problems;
  }

  /** What it describes. */
  public String name() {
    return name;
  }

  /** Where it stands. */
  public DocumentNode.Mapping node() {
    return mapping;
  }

  /** The field of a key, if it is there and has a value. */
  public Optional<DocumentNode.Field> field(String key) {
    known.add(key);
    DocumentNode.Field field = mapping.fields().get(key);
    if (field != null && field.value() instanceof DocumentNode.Nothing) {
      problems.at(field, "the key " + key + " has no value", "give it one, or remove the key");
      return Optional.empty();
    }
    return Optional.ofNullable(field);
  }

  /** Whether the key stands in the file, with or without a value. */
  public boolean has(String key) {
    return mapping.fields().containsKey(key);
  }

  /** Reports a key that has to be there and is not. */
  public void missing(String key, String remedy) {
    if (!has(key)) {
      problems.at(mapping, name + " has no " + key, remedy);
    }
  }

  /** The field of a key that has to be there. */
  public Optional<DocumentNode.Field> required(String key, String remedy) {
    Optional<DocumentNode.Field> field = field(key);
    missing(key, remedy);
    return field;
  }

  /**
   * A scalar's meaning.
   *
   * @param reader throws {@link BadValueException} when the text means nothing to it
   */
  public <T> Optional<T> scalar(String key, Function<String, T> reader) {
    return field(key).flatMap(field -> read(field, reader));
  }

  /** A scalar's meaning, or what holds when the key is absent. */
  public <T> T scalar(String key, Function<String, T> reader, T absent) {
    return scalar(key, reader).orElse(absent);
  }

  /** A scalar that has to be there. */
  public <T> Optional<T> requiredScalar(String key, Function<String, T> reader, String remedy) {
    return required(key, remedy).flatMap(field -> read(field, reader));
  }

  private <T> Optional<T> read(DocumentNode.Field field, Function<String, T> reader) {
    return meaning(field.value(), field.key(), reader);
  }

  /** The meaning of one scalar node. */
  public <T> Optional<T> meaning(DocumentNode node, String key, Function<String, T> reader) {
    if (!(node instanceof DocumentNode.Scalar scalar)) {
      problems.at(
          node, key + " of " + name + " is " + node.kind(), "write a single value in its place");
      return Optional.empty();
    }
    try {
      return Optional.of(reader.apply(scalar.text()));
    } catch (BadValueException e) {
      problems.at(scalar, key + " of " + name + ": " + e.getMessage(), e.remedy());
      return Optional.empty();
    }
  }

  /** A mapping below a key. */
  public Optional<Section> section(String key, String childName) {
    return field(key).flatMap(field -> asSection(field, childName));
  }

  /** A mapping that has to be there. */
  public Optional<Section> requiredSection(String key, String childName, String remedy) {
    return required(key, remedy).flatMap(field -> asSection(field, childName));
  }

  /** The value of a field as a mapping. */
  public Optional<Section> asSection(DocumentNode.Field field, String childName) {
    return asSection(field.value(), field.key(), childName);
  }

  /** A node as a mapping. */
  public Optional<Section> asSection(DocumentNode node, String key, String childName) {
    if (node instanceof DocumentNode.Mapping child) {
      return Optional.of(new Section(child, childName, problems));
    }
    problems.at(
        node,
        key + " of " + name + " is " + node.kind(),
        "write it as a mapping: { key: value, … }");
    return Optional.empty();
  }

  /** The children of a mapping of names, in file order; every key of it is taken as known. */
  public Map<String, Section> named(String childName) {
    Map<String, Section> children = new LinkedHashMap<>();
    for (String key : mapping.fields().keySet()) {
      field(key)
          .flatMap(field -> asSection(field, childName + " " + key))
          .ifPresent(child -> children.put(key, child));
    }
    return children;
  }

  /** Reports every key that nobody asked for. */
  public void done() {
    for (DocumentNode.Field field : mapping.fields().values()) {
      if (!known.contains(field.key())) {
        problems.at(
            field,
            "unknown key " + field.key() + " in " + name,
            Suggestion.of(field.key(), known)
                .map(near -> "did you mean " + near + "?")
                .orElse("known here: " + String.join(", ", known.stream().sorted().toList())));
      }
    }
  }
}
