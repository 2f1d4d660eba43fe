package io.pathproof.junit;

import io.pathproof.lab.document.Suggestion;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds topologies by name: first among files that were given, then {@code NAME.yaml} in a folder,
 * then {@code topologies/NAME.yaml} on the class path. Not thread-safe.
 */
public final class TopologyCatalog {
  private final List<Path> files;
  private final Path folder;
  private Map<String, Topology> given;

  /**
   * @param files files that come first; read when the first name is looked up
   * @param folder the folder to look in; may be absent
   */
  public TopologyCatalog(List<Path> files, Path folder) {
    this.files = List.copyOf(files);
    this.folder = folder;
  }

  /**
   * The topologies of the files that were given, by name.
   *
   * @throws io.pathproof.lab.topology.TopologyException when one is not usable
   */
  public Map<String, Topology> given() {
    if (given == null) {
      Map<String, Topology> read = new LinkedHashMap<>();
      for (Path file : files) {
        Topology topology = TopologyLoader.load(file);
        read.put(topology.name(), topology);
      }
      given = read;
    }
    return given;
  }

  /**
   * The topology of that name.
   *
   * @throws io.pathproof.lab.topology.TopologyException when its file is not usable
   * @throws IllegalArgumentException when there is none; the message names those that there are
   */
  public Topology find(String name) {
    Topology first = given().get(name);
    if (first != null) {
      return first;
    }
    Path file = folder.resolve(name + ".yaml");
    if (Files.exists(file)) {
      return TopologyLoader.load(file);
    }
    String resource = "topologies/" + name + ".yaml";
    try (InputStream in = TopologyCatalog.class.getClassLoader().getResourceAsStream(resource)) {
      if (in != null) {
        return TopologyLoader.parse(
            new String(in.readAllBytes(), StandardCharsets.UTF_8), "classpath:" + resource);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource + " on the class path", e);
    }
    throw new IllegalArgumentException(
        "no topology \""
            + name
            + "\" – "
            + Suggestion.remedy(name, names())
            + " (a file of your own: --topology FILE)");
  }

  /** The names that are known without a look at the class path. */
  private Set<String> names() {
    Set<String> names = new TreeSet<>(given().keySet());
    if (Files.isDirectory(folder)) {
      try (Stream<Path> inside = Files.list(folder)) {
        inside
            .map(file -> file.getFileName().toString())
            .filter(file -> file.endsWith(".yaml"))
            .forEach(file -> names.add(file.substring(0, file.length() - ".yaml".length())));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot list " + folder, e);
      }
    }
    return names;
  }
}
