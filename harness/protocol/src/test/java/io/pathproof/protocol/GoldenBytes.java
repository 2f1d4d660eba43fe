package io.pathproof.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A file of {@code src/test/resources/golden}: comments ({@code #}) that say where the bytes come
 * from, {@code name = value} lines that say what they must decode to, and after {@code # bytes} the
 * bytes in hex.
 */
public record GoldenBytes(
    String name, List<String> comments, Map<String, String> expected, byte[] bytes) {
  private static final String MARK = "# bytes";

  public static GoldenBytes load(String folder, String name) {
    return read(folder(folder).resolve(name + ".hex"));
  }

  public static List<GoldenBytes> loadAll(String folder) {
    try (Stream<Path> files = Files.list(folder(folder))) {
      return files.sorted().map(GoldenBytes::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path folder(String folder) {
    try {
      return Path.of(GoldenBytes.class.getResource("/golden/" + folder).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static GoldenBytes read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      int mark = lines.indexOf(MARK);
      Map<String, String> expected = new LinkedHashMap<>();
      lines.subList(0, mark).stream()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" = ", 2))
          .forEach(pair -> expected.put(pair[0], pair[1]));
      return new GoldenBytes(
          file.getFileName().toString().replace(".hex", ""),
          lines.stream().filter(line -> line.startsWith("#")).toList(),
          expected,
          HexFormat.of().parseHex(String.join("", lines.subList(mark + 1, lines.size()))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** True if the comments say that the bytes carry the given digest ("header" or "data"). */
  public boolean digest(String which) {
    return comments.stream().anyMatch(c -> c.startsWith("# digests:") && c.contains(which));
  }

  public ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes.clone());
  }
}
