package io.pathproof.reports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pathproof.lab.history.Entry;
import java.util.List;

/** A history as JSON lines: one entry a line, the event's kind under {@code event}. */
final class HistoryLines {
  private HistoryLines() {}

  static String of(List<Entry> history) {
    JsonMapper mapper = JsonMapper.builder().build();
    StringBuilder out = new StringBuilder();
    for (Entry entry : history) {
      ObjectNode line = mapper.createObjectNode();
      line.put("seq", entry.seq()).put("atNs", entry.atNs());
      line.put("event", entry.event().getClass().getSimpleName());
      line.setAll(mapper.<ObjectNode>valueToTree(entry.event()));
      try {
        out.append(mapper.writeValueAsString(line)).append('\n');
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a tree that Jackson built itself", e);
      }
    }
    return out.toString();
  }
}
