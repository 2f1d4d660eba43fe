package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.Checker.fail;
import static io.pathproof.lab.verdict.Checker.inconclusive;
import static io.pathproof.lab.verdict.Checker.pass;
import static io.pathproof.lab.verdict.RunView.count;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whether every block held what it should have each time that it was read: by the workload, over
 * another path at the end, and on the store.
 *
 * <p>A block may hold the last acknowledged generation, or that of any later write whose end is
 * unknown; what was there before the run (generation 0) only as long as no write was acknowledged.
 * Once a read has shown a write of unknown end, what was there before must not come back; and an
 * older write of unknown end must not come back after a later one was acknowledged (a ghost write).
 * A write that the host called failed must never be seen: it said that it was not done.
 */
final class DataIntegrity {
  private static final String NAME = "data-integrity";
  private static final String EXPECTED =
      "every block holds what was acknowledged, and nothing older";

  private record BlockKey(String volume, long lba) {}

  private final RunView run;
  private final Map<BlockKey, Block> blocks = new HashMap<>();
  private final Map<Long, List<Set<Long>>> allowedAtIssue = new HashMap<>();
  private final Map<Long, Event.IoIssued> issued = new HashMap<>();
  private final List<String> defects = new ArrayList<>();
  private final Set<BlockKey> unverified = new HashSet<>();
  private final Set<BlockKey> notOnStore = new HashSet<>();
  private long reads;

  private DataIntegrity(RunView run) {
    this.run = run;
  }

  static Finding check(RunView run) {
    return new DataIntegrity(run).judge();
  }

  private Finding judge() {
    run.entries().forEach(this::replay);
    long unfenced = run.events(Event.RetriedUnfenced.class).count();
    String fencing =
        fenced()
            + (unfenced == 0 ? "" : "; " + count(unfenced, "write") + " retried without a fence");
    if (!defects.isEmpty()) {
      return fail(
          NAME,
          EXPECTED,
          count(defects.size(), "defect")
              + ": "
              + defects.stream().limit(3).collect(Collectors.joining("; "))
              + (defects.size() > 3 ? " …" : "")
              + fencing);
    }
    String seen = count(reads, "block") + " read, " + count(blocks.size(), "block") + " written";
    if (!unverified.isEmpty() || !notOnStore.isEmpty()) {
      return inconclusive(
          NAME,
          EXPECTED,
          seen
              + "; not read again at the end: "
              + unverified.size()
              + " over a path, "
              + notOnStore.size()
              + " on the store"
              + fencing);
    }
    return pass(NAME, EXPECTED, seen + ", all read again over a path and on the store" + fencing);
  }

  /** Writes of which something older was left behind, and what waiting for their fences cost. */
  private String fenced() {
    List<Event.WriteFenced> writes = run.events(Event.WriteFenced.class).toList();
    if (writes.isEmpty()) {
      return "";
    }
    Map<String, Long> byMeans =
        writes.stream()
            .collect(
                Collectors.groupingBy(
                    Event.WriteFenced::means, TreeMap::new, Collectors.counting()));
    double longestMs = writes.stream().mapToLong(Event.WriteFenced::heldNs).max().orElse(0) / 1e6;
    String means =
        byMeans.entrySet().stream()
            .map(each -> each.getValue() + " " + each.getKey())
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "; %s fenced (%s), longest wait %.1f ms",
        count(writes.size(), "write"),
        means,
        longestMs);
  }

  private void replay(Entry entry) {
    if (entry.event() instanceof Event.IoIssued event) {
      issue(event);
    } else if (entry.event() instanceof Event.IoSent event && issued.containsKey(event.op())) {
      sent(issued.get(event.op()));
    } else if (entry.event() instanceof Event.IoEnded event && issued.containsKey(event.op())) {
      end(event, issued.remove(event.op()));
    } else if (entry.event() instanceof Event.BlockVerified event) {
      BlockKey key = new BlockKey(volume(event.host(), event.device()), event.found().lba());
      unverified.remove(key);
      saw(key, event.found(), Set.of(), "read again over " + event.path());
    } else if (entry.event() instanceof Event.StoreVerified event) {
      BlockKey key = new BlockKey(event.volume(), event.found().lba());
      notOnStore.remove(key);
      saw(key, event.found(), Set.of(), "on the store");
    }
  }

  private void issue(Event.IoIssued event) {
    issued.put(event.op(), event);
    List<Set<Long>> allowed = new ArrayList<>();
    for (BlockKey key : keys(event)) {
      if (event.write()) {
        block(key).begin(event.generation());
      } else {
        Block block = blocks.get(key);
        allowed.add(block == null ? Set.of(0L) : Set.copyOf(block.possible));
      }
    }
    allowedAtIssue.put(event.op(), allowed);
  }

  /** From here on it may be on the medium, so it has to be looked at in the end. */
  private void sent(Event.IoIssued what) {
    if (what.write()) {
      unverified.addAll(keys(what));
      notOnStore.addAll(keys(what));
    }
  }

  private void end(Event.IoEnded event, Event.IoIssued what) {
    List<Set<Long>> allowed = allowedAtIssue.remove(event.op());
    if (what.write()) {
      keys(what).forEach(key -> block(key).end(what.generation(), event.status()));
      return;
    }
    if (event.status() != IoResult.Status.OK) {
      return;
    }
    if (event.found().size() != what.blocks()) {
      defects.add(
          "op " + event.op() + " read " + event.found().size() + " blocks of " + what.blocks());
      return;
    }
    for (int i = 0; i < what.blocks(); i++) {
      saw(keys(what).get(i), event.found().get(i), allowed.get(i), "read over " + event.path());
    }
  }

  private void saw(BlockKey key, Event.BlockFound found, Set<Long> alsoAllowed, String where) {
    reads++;
    String place = key.volume() + " block " + key.lba() + " " + where;
    if (!found.defect().isEmpty()) {
      defects.add(place + ": " + found.defect());
      return;
    }
    Block block = blocks.get(key);
    if (block == null) {
      if (found.generation() != 0) {
        defects.add(place + ": holds write " + found.generation() + ", but was never written");
      }
    } else if (block.possible.contains(found.generation())) {
      block.show(found.generation());
    } else if (!alsoAllowed.contains(found.generation())) {
      defects.add(place + ": " + block.defect(found.generation()));
    }
  }

  private List<BlockKey> keys(Event.IoIssued event) {
    String volume = volume(event.host(), event.device());
    List<BlockKey> keys = new ArrayList<>();
    for (int i = 0; i < event.blocks(); i++) {
      keys.add(new BlockKey(volume, event.lba() + i));
    }
    return keys;
  }

  private String volume(String host, String device) {
    return run.device(host, device).map(Event.DeviceFound::volume).orElse(host + "/" + device);
  }

  private Block block(BlockKey key) {
    return blocks.computeIfAbsent(key, k -> new Block());
  }

  /** What one block may hold. */
  private static final class Block {
    private final Set<Long> possible = new TreeSet<>(Set.of(0L));
    private final Set<Long> ofUnknownEnd = new TreeSet<>();
    private final Set<Long> refused = new TreeSet<>();
    private long acknowledged;

    void begin(long generation) {
      possible.add(generation);
      ofUnknownEnd.add(generation);
    }

    void end(long generation, IoResult.Status status) {
      switch (status) {
        case OK -> {
          acknowledged = Math.max(acknowledged, generation);
          ofUnknownEnd.removeIf(other -> other <= generation);
          possible.removeIf(other -> !ofUnknownEnd.contains(other));
          possible.add(generation);
        }
        case FAILED -> {
          ofUnknownEnd.remove(generation);
          possible.remove(generation);
          refused.add(generation);
        }
        case INDETERMINATE -> {
          // stays possible, now or later
        }
      }
    }

    void show(long generation) {
      ofUnknownEnd.remove(generation);
      possible.clear();
      possible.add(generation);
      possible.addAll(ofUnknownEnd);
    }

    String defect(long generation) {
      if (refused.contains(generation)) {
        return "holds write " + generation + ", which was reported as not done";
      }
      if (generation == 0) {
        return "the acknowledged write " + acknowledged + " is lost: holds what was there before";
      }
      return generation < acknowledged
          ? "the acknowledged write " + acknowledged + " is lost: holds the older " + generation
          : "holds write " + generation + ", one of " + possible + " was due";
    }
  }
}
