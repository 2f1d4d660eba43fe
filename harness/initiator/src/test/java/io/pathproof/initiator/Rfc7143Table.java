package io.pathproof.initiator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The demands of RFC 7143 on an initiator, each with its code and the tests that show it.
 *
 * @param demands in the order of the catalogue
 * @param malformed lines of the catalogue that are no demand, with the reason
 */
record Rfc7143Table(List<Demand> demands, List<String> malformed) {
  static final String PREFIX = "rfc7143:";
  private static final String MET = "met";
  private static final String NOT_MET = "not met";
  private static final String NOT_APPLICABLE = "not applicable";

  /**
   * A demand.
   *
   * @param id section and letter
   * @param what in our own words
   * @param code as {@code Class#method}
   * @param status {@code met}, {@code not met} or {@code not applicable}
   * @param reason why it is not met or not applicable
   */
  record Demand(String id, String what, List<String> code, String status, String reason) {}

  /** Reads the catalogue. */
  static Rfc7143Table parse(List<String> lines) {
    List<Demand> demands = new ArrayList<>();
    List<String> malformed = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.split("\\s*\\|\\s*", -1);
      String place = "line " + (i + 1) + ": ";
      if (parts.length != 4 || parts[1].isEmpty() || !parts[0].matches("\\d+(\\.\\d+)*-[a-z]")) {
        malformed.add(place + "write `section-letter | what | code | status`, not: " + line);
        continue;
      }
      String[] status = parts[3].split(":\\s*", 2);
      boolean met = status[0].equals(MET) && status.length == 1;
      boolean reasoned =
          (status[0].equals(NOT_MET) || status[0].equals(NOT_APPLICABLE))
              && status.length == 2
              && !status[1].isBlank();
      if (!met && !reasoned) {
        malformed.add(
            place + "a status is met, `not met: why` or `not applicable: why`, not: " + parts[3]);
        continue;
      }
      List<String> code = parts[2].isEmpty() ? List.of() : List.of(parts[2].split("\\s+"));
      demands.add(new Demand(parts[0], parts[1], code, status[0], met ? "" : status[1]));
    }
    return new Rfc7143Table(demands, malformed);
  }

  /**
   * What does not fit together.
   *
   * @param tests by tag, without its prefix
   * @param exists whether there is a {@code Class#method}
   */
  List<String> problems(Map<String, SortedSet<String>> tests, Predicate<String> exists) {
    List<String> problems = new ArrayList<>(malformed);
    Map<String, Demand> byId = new LinkedHashMap<>();
    for (Demand demand : demands) {
      if (byId.put(demand.id(), demand) != null) {
        problems.add(demand.id() + " is there twice");
      }
      for (String code : demand.code()) {
        if (!exists.test(code)) {
          problems.add(demand.id() + ": there is no " + code);
        }
      }
      boolean shown = !tests.getOrDefault(demand.id(), new TreeSet<>()).isEmpty();
      if (demand.status().equals(MET) && demand.code().isEmpty()) {
        problems.add(demand.id() + " is met by no code");
      }
      if (demand.status().equals(MET) && !shown) {
        problems.add(demand.id() + " is met, says the catalogue, and no test has its tag");
      }
      if (demand.status().equals(NOT_APPLICABLE) && shown) {
        problems.add(demand.id() + " is not applicable, says the catalogue, and has tests");
      }
    }
    tests.forEach(
        (id, by) -> {
          if (!byId.containsKey(id)) {
            problems.add("tag " + PREFIX + id + " has no line in the catalogue: " + by);
          }
        });
    return problems;
  }

  private List<Demand> of(String status) {
    return demands.stream().filter(each -> each.status().equals(status)).toList();
  }

  /** The table as committed. */
  String markdown(Map<String, SortedSet<String>> tests) {
    List<Demand> met = of(MET);
    List<Demand> open = of(NOT_MET);
    List<Demand> beside = of(NOT_APPLICABLE);
    long by = tests.values().stream().flatMap(SortedSet::stream).distinct().count();
    StringBuilder out = new StringBuilder();
    out.append("# RFC 7143: what it demands of an initiator\n\n")
        .append(
            "Made by `Rfc7143TableTest` from `src/test/resources/rfc7143-initiator.txt` and from")
        .append(" the tags of tests; not to be edited.\n")
        .append("What binds an initiator, or both ends, by a MUST, in our own words and section by")
        .append(" section;\nthe list was not made by counting every MUST of the text.\n\n")
        .append(
            "**%d demands: %d met (%d tests), %d not met, %d not applicable.**%n%n"
                .formatted(demands.size(), met.size(), by, open.size(), beside.size()));
    out.append("## Met\n\n| | what | code | shown by |\n|---|---|---|---|\n");
    for (Demand each : met) {
      out.append(
          "| %s | %s | %s | %s |%n"
              .formatted(
                  each.id(),
                  each.what(),
                  quoted(each.code()),
                  quoted(List.copyOf(tests.getOrDefault(each.id(), new TreeSet<>())))));
    }
    reasons(out, "Not met", open);
    reasons(out, "Not applicable", beside);
    return out.toString().replace(System.lineSeparator(), "\n");
  }

  private static String quoted(List<String> names) {
    return names.stream().map(each -> "`" + each + "`").collect(Collectors.joining(" "));
  }

  private static void reasons(StringBuilder out, String title, List<Demand> demands) {
    out.append("\n## ").append(title).append("\n\n| | what | why |\n|---|---|---|\n");
    for (Demand each : demands) {
      out.append("| %s | %s | %s |%n".formatted(each.id(), each.what(), each.reason()));
    }
  }
}
