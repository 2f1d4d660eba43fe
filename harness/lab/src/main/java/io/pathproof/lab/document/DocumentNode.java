package io.pathproof.lab.document;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value of a YAML document with its place. Scalars keep their text: what {@code on} or {@code
 * 070} means is decided by the key that it stands under, not by YAML.
 */
public sealed interface DocumentNode {
  /** From 1; 0 for a value that was not read from a file. */
  int line();

  /** From 1, or 0 as above. */
  int column();

  /** What it is, for a message. */
  String kind();

  /**
   * @param text as written, without quotes
   */
  record Scalar(String text, int line, int column) implements DocumentNode {
    @Override
    public String kind() {
      return "the value " + text;
    }
  }

  /** A key without a value. */
  record Nothing(int line, int column) implements DocumentNode {
    @Override
    public String kind() {
      return "nothing";
    }
  }

  /**
   * @param items in order
   */
  record Sequence(List<DocumentNode> items, int line, int column) implements DocumentNode {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /**
   * @param fields by key, in file order
   */
  record Mapping(Map<String, Field> fields, int line, int column) implements DocumentNode {
    @Override
    public String kind() {
      return "a mapping";
    }

    /** A mapping that was not read from a file. */
    public static Mapping of(Map<String, DocumentNode> values) {
      Map<String, Field> fields = new LinkedHashMap<>();
      values.forEach((key, value) -> fields.put(key, new Field(key, value, 0, 0)));
      return new Mapping(fields, 0, 0);
    }
  }

  /**
   * @param line of the key
   * @param column of the key
   */
  record Field(String key, DocumentNode value, int line, int column) {}
}
