package io.pathproof.lab.scenario;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.Problems;
import io.pathproof.lab.document.Section;
import io.pathproof.lab.document.Suggestion;
import io.pathproof.lab.document.Units;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.fault.Fault;
import io.pathproof.lab.fault.FaultWords;
import io.pathproof.lab.observed.DiagnosedStep;
import io.pathproof.lab.workload.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads a scenario from a document, whether that came from a file or from a builder. */
final class ScenarioReader {
  private static final int RATE = 500;
  private static final int BLOCK_BYTES = 4096;
  private static final int READ_PERCENT = 70;

  /**
   * Small, so that blocks are written again within seconds and an old write that comes back is
   * seen; large enough for what piles up at 500/s while a path is being given up.
   */
  private static final long REGION_BYTES = 4L << 20;

  private final Problems problems;

  ScenarioReader(Problems problems) {
    this.problems = problems;
  }

  /**
   * @param built expectations that are records already, for a scenario built in Java
   */
  Optional<Scenario> read(DocumentNode.Mapping root, List<Expectation> built) {
    Section top = new Section(root, "the scenario", problems);
    top.scalar("version", ScenarioReader::versionOne);
    Optional<String> id =
        top.requiredScalar("scenario", ScenarioReader::id, "add scenario: and its name");
    List<String> behaviours = texts(top, "behaviours", ScenarioReader::behaviour);
    String topology = top.scalar("topology", Function.identity(), "");
    List<Workload> workloads = new ArrayList<>();
    top.missing("workload", "add workload: { host: …, volume: …, for: 6s }");
    for (Section keys : sections(top, "workload", true)) {
      workload(keys).ifPresent(workloads::add);
    }
    List<Fault> faults = new ArrayList<>();
    for (Section keys : sections(top, "faults", false)) {
      fault(keys).ifPresent(faults::add);
    }
    List<Expectation> expectations = new ArrayList<>(built);
    top.section("expect", "expect")
        .ifPresent(
            keys -> {
              expectations.addAll(ofArrays(keys));
              expectations.addAll(expect(keys));
            });
    if (expectations.isEmpty() && problems.none()) {
      problems.at(
          root, "the scenario expects nothing", "add expect: { io: continues }, for instance");
    }
    top.done();
    return id.map(
        name ->
            new Scenario(
                name,
                List.copyOf(behaviours),
                topology,
                List.copyOf(workloads),
                List.copyOf(faults),
                List.copyOf(expectations)));
  }

  private static int versionOne(String text) {
    if (!text.equals("1")) {
      throw new BadValueException(
          "format version " + text + " is unknown to this release",
          "write version: 1, or use a release that knows version " + text);
    }
    return 1;
  }

  private static String id(String text) {
    if (!text.matches("[a-z0-9]+(-[a-z0-9]+)*") || text.length() > 100) {
      throw new BadValueException(
          text + " is no scenario name", "write lower-case words joined by hyphens");
    }
    return text;
  }

  private static String behaviour(String text) {
    if (!text.matches("[A-Z]{2,4}-\\d{1,3}")) {
      throw new BadValueException(text + " is no behaviour's id", "write one such as IO-6");
    }
    return text;
  }

  private Optional<Workload> workload(Section keys) {
    Optional<String> host =
        keys.requiredScalar("host", Function.identity(), "add host: and a host's name");
    Optional<String> volume =
        keys.requiredScalar("volume", Function.identity(), "add volume: and a volume's name");
    Optional<Long> lasting =
        keys.requiredScalar("for", Units::positiveDurationMs, "add for: and a time, such as 6s");
    String device = keys.scalar("device", Function.identity(), "*");
    long at = keys.scalar("at", Units::durationMs, 0L);
    int rate = keys.scalar("rate", Units::ratePerSecond, RATE);
    int block = keys.scalar("block", ScenarioReader::block, BLOCK_BYTES);
    int reads = keys.scalar("reads", Units::percent, READ_PERCENT);
    long region = keys.scalar("region", Units::wholeBlocks, REGION_BYTES);
    keys.done();
    if (region < block) {
      problems.at(
          keys.node(),
          "the region of " + region + " bytes is smaller than one block",
          "make region: at least as large as block:");
    }
    if (host.isEmpty() || volume.isEmpty() || lasting.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Workload(
            host.get(), volume.get(), device, at, lasting.get(), rate, block, reads, region));
  }

  private static int block(String text) {
    long bytes = Units.wholeBlocks(text);
    if (bytes > 1 << 20) {
      throw new BadValueException(text + " is more than 1MiB", "use 4KiB to 1MiB");
    }
    return (int) bytes;
  }

  private Optional<Fault> fault(Section keys) {
    Optional<Long> at =
        keys.requiredScalar("at", Units::durationMs, "add at: and a time, such as 2s");
    Optional<String> place =
        keys.requiredScalar(
            "break", text -> text.strip().replaceAll("\\s+", " "), "add break: and a place");
    Optional<FaultWords.Effect> how =
        keys.requiredScalar(
            "how", FaultWords::parse, "add how: refuse, reset, silent-drop, latency 50ms …");
    Direction direction = keys.scalar("direction", FaultWords.DIRECTION, Direction.BOTH);
    Optional<Long> heal = keys.scalar("healAfter", Units::positiveDurationMs);
    keys.done();
    if (at.isEmpty() || place.isEmpty() || how.isEmpty()) {
      return Optional.empty();
    }
    boolean acts = how.get().action().isPresent() || how.get().hostAction().isPresent();
    if (acts && keys.has("direction")) {
      problems.at(
          keys.node().fields().get("direction"),
          "an action of "
              + (how.get().action().isPresent() ? "the array" : "a host")
              + " has no direction",
          "remove direction:, or use a link fault");
    }
    return Optional.of(
        new Fault(
            at.get(),
            place.get(),
            how.get().how(),
            how.get().action(),
            how.get().hostAction(),
            direction,
            heal));
  }

  /** What is expected of some of several arrays, each by its name. */
  private List<Expectation> ofArrays(Section expect) {
    List<Expectation> all = new ArrayList<>();
    expect
        .section("arrays", "arrays of expect")
        .ifPresent(
            arrays ->
                arrays
                    .named("expect of array")
                    .forEach(
                        (array, keys) ->
                            expect(keys)
                                .forEach(one -> all.add(new Expectation.OfArray(array, one)))));
    return all;
  }

  private List<Expectation> expect(Section keys) {
    List<Expectation> all = new ArrayList<>();
    keys.scalar(
            "io",
            Units.<Expectation>word(
                Map.of(
                    "continues", new Expectation.IoContinues(),
                    "undisturbed", new Expectation.IoUndisturbed(),
                    "fails", new Expectation.IoFails(),
                    "fails-when-tried", new Expectation.IoFailsWhenTried())))
        .ifPresent(all::add);
    keys.scalar("pause", ScenarioReader::pause).ifPresent(all::add);
    keys.scalar(
            "array", Units.<Expectation>word(Map.of("unchanged", new Expectation.ArrayUnchanged())))
        .ifPresent(all::add);
    keys.scalar("devices", Units.number(1, 10_000).andThen(Expectation.Devices::new))
        .ifPresent(all::add);
    keys.scalar("paths", Units.number(1, 10_000).andThen(Expectation.Paths::new))
        .ifPresent(all::add);
    keys.scalar("ports", Units.number(1, 10_000).andThen(Expectation.PortsUsed::new))
        .ifPresent(all::add);
    rotation(keys).ifPresent(all::add);
    keys.scalar("paths-at-once", Units.number(1, 10_000).andThen(Expectation.PathsAtOnce::new))
        .ifPresent(all::add);
    keys.scalar("slow-path", ScenarioReader::slowPath).ifPresent(all::add);
    imbalance(keys).ifPresent(all::add);
    keys.scalar(
            "sessions",
            Units.<Expectation>word(
                Map.of(
                    "several", new Expectation.SeveralSessions(),
                    "single", new Expectation.SingleSession())))
        .ifPresent(all::add);
    keys.scalar("portals", Units.number(1, 10_000).andThen(Expectation.PortalsSeen::new))
        .ifPresent(all::add);
    keys.scalar("redirected", Units.word(EXTENTS).andThen(Expectation.Redirected::new))
        .ifPresent(all::add);
    keys.scalar("spread", Units.<Expectation>word(Map.of("even", new Expectation.SpreadEven())))
        .ifPresent(all::add);
    keys.scalar(
            "balance",
            Units.<Expectation>word(
                Map.of(
                    "even", new Expectation.Balance(true),
                    "uneven", new Expectation.Balance(false))))
        .ifPresent(all::add);
    keys.scalar(
            "device-state",
            Units.<Expectation>word(
                Map.of(
                    Expectation.DeviceState.ALL_PATHS_DOWN,
                    new Expectation.DeviceState(Expectation.DeviceState.ALL_PATHS_DOWN),
                    Expectation.DeviceState.PERMANENT_LOSS,
                    new Expectation.DeviceState(Expectation.DeviceState.PERMANENT_LOSS))))
        .ifPresent(all::add);
    keys.scalar(
            "logout-request",
            Units.<Expectation>word(Map.of("obeyed", new Expectation.LogoutObeyed())))
        .ifPresent(all::add);
    keys.scalar("address-moved", Expectation.AddressMoved::new).ifPresent(all::add);
    keys.scalar("taken-over", Expectation.TakenOver::new).ifPresent(all::add);
    keys.scalar("unit-attention", ScenarioReader::unitAttention).ifPresent(all::add);
    keys.section("diagnosis", "diagnosis").ifPresent(adapters -> all.addAll(diagnosis(adapters)));
    all.addAll(VsphereExpectations.read(keys));
    keys.done();
    return all;
  }

  /** {@code rotation: 1000}, or {@code rotation: { ios: 1000, bytes: 10MiB }}. */
  private static Optional<Expectation> rotation(Section keys) {
    Function<String, Integer> number = Units.number(1, 1_000_000);
    Optional<DocumentNode.Field> field = keys.field("rotation");
    if (field.isEmpty() || !(field.get().value() instanceof DocumentNode.Mapping)) {
      return keys.scalar("rotation", number).map(ios -> new Expectation.Rotation(ios, 0));
    }
    Section limits = keys.asSection(field.get(), "rotation of " + keys.name()).orElseThrow();
    Optional<Integer> ios = limits.requiredScalar("ios", number, "add ios: and a number");
    long bytes = limits.scalar("bytes", Units::sizeBytes, 0L);
    limits.done();
    return ios.map(n -> new Expectation.Rotation(n, bytes));
  }

  private static Expectation slowPath(String text) {
    if (!text.startsWith("<")) {
      throw new BadValueException(text + " is no bound", "write < and a share: < 50%");
    }
    int percent = Units.percent(text.substring(1).strip());
    if (percent < 1 || percent > 99) {
      throw new BadValueException(text + " bounds nothing", "write < 1% to < 99%");
    }
    return new Expectation.SlowPath(percent);
  }

  /** The shares that have to be told, by adapter or port. */
  private Optional<Expectation> imbalance(Section keys) {
    Optional<DocumentNode.Field> field = keys.field("imbalance");
    Optional<Section> section =
        field.flatMap(given -> keys.asSection(given, "imbalance of " + keys.name()));
    if (section.isEmpty()) {
      return Optional.empty();
    }
    Section parts = section.get();
    Map<String, Integer> shares = new LinkedHashMap<>();
    for (String part : parts.node().fields().keySet()) {
      parts.scalar(part, Units::percent).ifPresent(share -> shares.put(part, share));
    }
    if (parts.node().fields().size() < 2) {
      problems.at(
          field.get(),
          "an uneven split has two parts at least",
          "write imbalance: { nic0: 33%, nic1: 67% }, or balance: even");
    }
    return Optional.of(new Expectation.Imbalance(shares));
  }

  private static List<Expectation> diagnosis(Section adapters) {
    List<Expectation> all = new ArrayList<>();
    for (String adapter : adapters.node().fields().keySet()) {
      adapters
          .scalar(adapter, ScenarioReader::stop)
          .ifPresent(stop -> all.add(new Expectation.Diagnosed(adapter, stop)));
    }
    return all;
  }

  static Optional<DiagnosedStep.Step> stop(String word) {
    if (word.equals(SOUND)) {
      return Optional.empty();
    }
    Optional<DiagnosedStep.Step> step = DiagnosedStep.Step.of(word);
    if (step.isEmpty()) {
      List<String> words = new ArrayList<>();
      for (DiagnosedStep.Step each : DiagnosedStep.Step.values()) {
        words.add(each.word());
      }
      words.add(SOUND);
      throw new BadValueException(
          word + " is no step of a diagnosis", Suggestion.remedy(word, words));
    }
    return step;
  }

  private static final String SOUND = "sound";

  private static final Map<String, Expectation.Redirected.Extent> EXTENTS =
      Map.of(
          "always", Expectation.Redirected.Extent.ALWAYS,
          "never", Expectation.Redirected.Extent.NEVER,
          "some", Expectation.Redirected.Extent.SOME,
          "again", Expectation.Redirected.Extent.AGAIN);

  static Expectation unitAttention(String text) {
    if (!text.matches("[0-9A-Fa-f]{2}/[0-9A-Fa-f]{2}")) {
      throw new BadValueException(
          text + " is no additional sense code", "write code and qualifier in hex, such as 2A/06");
    }
    return new Expectation.UnitAttention(
        Integer.parseInt(text.substring(0, 2), 16), Integer.parseInt(text.substring(3), 16));
  }

  private static Expectation pause(String text) {
    if (!text.startsWith("<")) {
      throw new BadValueException(text + " is no bound", "write < and a time: < 2s");
    }
    return new Expectation.PauseBelow(Units.positiveDurationMs(text.substring(1).strip()));
  }

  private List<String> texts(Section top, String key, Function<String, String> reader) {
    List<String> texts = new ArrayList<>();
    top.field(key)
        .ifPresent(
            field -> {
              for (DocumentNode item : items(field.value())) {
                top.meaning(item, key, reader).ifPresent(texts::add);
              }
            });
    return texts;
  }

  /** The mappings under a key that holds a list of them, or a single one. */
  private List<Section> sections(Section top, String key, boolean needsOne) {
    List<Section> sections = new ArrayList<>();
    top.field(key)
        .ifPresent(
            field -> {
              for (DocumentNode item : items(field.value())) {
                top.asSection(item, key, key).ifPresent(sections::add);
              }
              if (needsOne && items(field.value()).isEmpty()) {
                problems.at(field, key + " is empty", "add at least one");
              }
            });
    return sections;
  }

  private static List<DocumentNode> items(DocumentNode value) {
    return value instanceof DocumentNode.Sequence list ? list.items() : List.of(value);
  }
}
