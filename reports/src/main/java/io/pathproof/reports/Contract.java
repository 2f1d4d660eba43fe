package io.pathproof.reports;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The numbered behaviours that the product must show, with their texts, in the contract's order.
 *
 * @param rows all of them
 */
public record Contract(List<Row> rows) {
  private static final String RESOURCE = "behaviours.tsv";

  /**
   * One behaviour.
   *
   * @param id such as {@code IO-6}
   * @param group the heading it stands under
   * @param text what must be seen
   */
  public record Row(String id, String group, String text) {}

  /** Reads the contract that this build carries. */
  public static Contract load() {
    List<Row> rows = new ArrayList<>();
    try (InputStream in = Contract.class.getResourceAsStream(RESOURCE);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] parts = line.split("\t");
          rows.add(new Row(parts[0], parts[1], parts[2]));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Contract(List.copyOf(rows));
  }

  /** The row of that id, if the contract has it. */
  public Optional<Row> row(String id) {
    return rows.stream().filter(row -> row.id().equals(id)).findFirst();
  }

  /** Ids in the contract's order; ids that it does not have come last, by name. */
  public Comparator<String> order() {
    List<String> ids = rows.stream().map(Row::id).toList();
    return Comparator.<String>comparingInt(
            id -> ids.contains(id) ? ids.indexOf(id) : Integer.MAX_VALUE)
        .thenComparing(Comparator.naturalOrder());
  }
}
