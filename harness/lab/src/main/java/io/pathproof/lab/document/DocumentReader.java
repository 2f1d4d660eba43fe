package io.pathproof.lab.document;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one YAML document into nodes that know their line and column. Anchors and aliases are
 * refused: they would let one line be the place of several problems.
 */
public final class DocumentReader {
  private static final YAMLFactory YAML = new YAMLFactory();

  private final YAMLParser parser;
  private final Problems problems;

  private DocumentReader(YAMLParser parser, Problems problems) {
    this.parser = parser;
    this.problems = problems;
  }

  /** Reads a file's text; empty when it cannot be read, which has then been reported. */
  public static Optional<String> text(Path file, Problems problems) {
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException e) {
      problems.at(0, 0, "no such file", "check the name; nothing was read");
    } catch (CharacterCodingException e) {
      problems.at(0, 0, "is not UTF-8 text", "save it as UTF-8");
    } catch (IOException e) {
      problems.at(
          0,
          0,
          "cannot be read: " + e.getMessage(),
          Files.isDirectory(file) ? "name a file in it" : "check the file's permissions");
    }
    return Optional.empty();
  }

  /**
   * Parses a document.
   *
   * @param what what the file should hold, for the message when it holds nothing: {@code a
   *     topology}
   * @return its root, a mapping; empty when it is none, which has then been reported
   */
  public static Optional<DocumentNode.Mapping> parse(String yaml, String what, Problems problems) {
    try (YAMLParser parser = YAML.createParser(yaml)) {
      DocumentReader reader = new DocumentReader(parser, problems);
      JsonToken first = parser.nextToken();
      if (first == null) {
        problems.at(1, 1, "the file is empty", "write " + what + " into it");
        return Optional.empty();
      }
      DocumentNode root = reader.value();
      if (parser.nextToken() != null) {
        JsonLocation place = parser.currentTokenLocation();
        problems.at(
            place.getLineNr(),
            place.getColumnNr(),
            "a second document begins here",
            "put each into a file of its own");
      }
      if (root instanceof DocumentNode.Mapping mapping) {
        return Optional.of(mapping);
      }
      problems.at(root, "found " + root.kind(), "write " + what + " as `key: value` lines");
      return Optional.empty();
    } catch (JsonProcessingException e) {
      JsonLocation place = e.getLocation();
      problems.at(
          place == null ? 0 : place.getLineNr(),
          place == null ? 0 : place.getColumnNr(),
          "not valid YAML: " + oneLine(e.getOriginalMessage()),
          "mend the syntax; nothing after this place was read");
      return Optional.empty();
    } catch (IOException e) {
      throw new IllegalStateException("reading a string failed", e);
    }
  }

  /** SnakeYAML draws the place over several lines; the first ones say what is wrong. */
  private static String oneLine(String message) {
    return message
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("^") && !line.startsWith("in 'reader'"))
        .limit(2)
        .reduce((first, second) -> first + "; " + second)
        .orElse("syntax error");
  }

  private DocumentNode value() throws IOException {
    JsonLocation place = parser.currentTokenLocation();
    int line = place.getLineNr();
    int column = place.getColumnNr();
    if (parser.isCurrentAlias()) {
      problems.at(line, column, "an alias (*" + parser.getText() + ")", "write the value out");
      return new DocumentNode.Nothing(line, column);
    }
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> mapping(line, column);
      case START_ARRAY -> sequence(line, column);
      case VALUE_NULL -> new DocumentNode.Nothing(line, column);
      default -> new DocumentNode.Scalar(parser.getText(), line, column);
    };
  }

  private DocumentNode mapping(int line, int column) throws IOException {
    Map<String, DocumentNode.Field> fields = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      JsonLocation at = parser.currentTokenLocation();
      String key = parser.currentName();
      parser.nextToken();
      DocumentNode value = value();
      DocumentNode.Field field =
          new DocumentNode.Field(key, value, at.getLineNr(), at.getColumnNr());
      DocumentNode.Field earlier = fields.putIfAbsent(key, field);
      if (earlier != null) {
        problems.at(
            field,
            "the key "
                + key
                + " stands here for the second time (first in line "
                + earlier.line()
                + ")",
            "rename or remove one of them");
      }
    }
    return new DocumentNode.Mapping(fields, line, column);
  }

  private DocumentNode sequence(int line, int column) throws IOException {
    List<DocumentNode> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == null) {
        throw new com.fasterxml.jackson.core.JsonParseException(
            (JsonParser) parser, "the list is not closed");
      }
      items.add(value());
    }
    return new DocumentNode.Sequence(List.copyOf(items), line, column);
  }
}
