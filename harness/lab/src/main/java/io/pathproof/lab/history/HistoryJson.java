package io.pathproof.lab.history;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A history as JSON Lines: one entry a line, in order (JSON Schema {@code
 * /schema/history-1.schema.json}).
 *
 * <pre>
 * {"seq":17,"atNs":2000412345,"event":"FaultInjected","fault":1,"text":"…","links":[…], …}
 * </pre>
 *
 * {@code seq} and {@code atNs} are {@link Entry}'s; {@code event} is the simple name of one of
 * {@link Event}'s records, and the record's components follow under their own names.
 */
public final class HistoryJson {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);
  private static final Map<String, Class<?>> EVENTS =
      Arrays.stream(Event.class.getPermittedSubclasses())
          .collect(Collectors.toUnmodifiableMap(Class::getSimpleName, Function.identity()));

  private HistoryJson() {}

  /** Writes all entries, each ended by a line feed; does not close the writer. */
  public static void write(List<Entry> entries, Writer to) throws IOException {
    for (Entry entry : entries) {
      to.write(line(entry));
      to.write('\n');
    }
    to.flush();
  }

  /** A line's members in their order; the record's own follow. */
  private record Line(long seq, long atNs, String event, @JsonUnwrapped Event body) {}

  /** One entry, without the line feed. */
  public static String line(Entry entry) {
    Event event = entry.event();
    try {
      return JSON.writeValueAsString(
          new Line(entry.seq(), entry.atNs(), event.getClass().getSimpleName(), event));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an event that JSON cannot hold: " + entry, e);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException when the text cannot be read or is no history; names the line
   */
  public static List<Entry> read(Reader from) throws IOException {
    List<Entry> entries = new ArrayList<>();
    BufferedReader lines = new BufferedReader(from);
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      try {
        entries.add(entry(line));
      } catch (JsonProcessingException | IllegalArgumentException e) {
        throw new IOException("line " + number + " is no entry of a history", e);
      }
    }
    return List.copyOf(entries);
  }

  private static Entry entry(String line) throws JsonProcessingException {
    JsonNode tree = JSON.readTree(line);
    if (!(tree instanceof ObjectNode node) || !node.has("seq") || !node.has("atNs")) {
      throw new IllegalArgumentException("no object with seq and atNs");
    }
    Class<?> type = EVENTS.get(node.path("event").asText());
    if (type == null) {
      throw new IllegalArgumentException("unknown event " + node.path("event").asText());
    }
    long seq = node.get("seq").asLong();
    long atNs = node.get("atNs").asLong();
    node.remove(List.of("seq", "atNs", "event"));
    return new Entry(seq, atNs, (Event) JSON.treeToValue(node, type));
  }
}
