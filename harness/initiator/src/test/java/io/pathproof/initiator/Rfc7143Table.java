package io.pathproof.initiator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The demands of RFC 7143 on an initiator, each with its code and the tests that show it.
 *
 * @param demands in the order of the catalogue
 * @param malformed lines of the catalogue that are no demand, with the reason
 */
record Rfc7143Table(List<Demand> demands, List<String> malformed) {
  static final String PREFIX = "rfc7143:";

  /** How this initiator stands to a demand. */
  enum Status {
    MET("met"),
    NOT_MET("not met"),
    NOT_APPLICABLE("not applicable");

    private final String words;

    Status(String words) {
      this.words = words;
    }

    static Status of(String words) {
      for (Status each : values()) {
        if (each.words.equals(words)) {
          return each;
        }
      }
      return null;
    }
  }

  /**
   * A demand.
   *
   * @param id section and letter
   * @param what in our own words
   * @param code as {@code Class#method}
   * @param reason why it is not met or not applicable; empty where it is met
   */
  record Demand(String id, String what, List<String> code, Status status, String reason) {}

  /**
   * A method of code or tests.
   *
   * @param name as {@code Class#method}
   * @param file its source, relative to the directory of the table
   */
  record Place(String name, String file) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byName = name.compareTo(other.name);
      return byName != 0 ? byName : file.compareTo(other.file);
    }

    private String link() {
      return "[`" + name + "`](" + file + ")";
    }
  }

  /** Reads the catalogue. */
  static Rfc7143Table parse(List<String> lines) {
    List<Demand> demands = new ArrayList<>();
    List<String> malformed = new ArrayList<>();
    for (Rfc7143Lines.Line line : Rfc7143Lines.of(lines)) {
      List<String> parts = line.parts();
      String place = "line " + line.number() + ": ";
      if (parts.size() != 4
          || parts.get(1).isEmpty()
          || !parts.get(0).matches("\\d+(\\.\\d+)*-[a-z]")) {
        malformed.add(place + "write `section-letter | what | code | status`, not: " + line.text());
        continue;
      }
      String[] said = parts.get(3).split(":\\s*", 2);
      Status status = Status.of(said[0]);
      boolean reasoned = said.length == 2 && !said[1].isBlank();
      if (status == null || reasoned == (status == Status.MET)) {
        malformed.add(
            place
                + "a status is met, `not met: why` or `not applicable: why`, not: "
                + parts.get(3));
        continue;
      }
      demands.add(
          new Demand(
              parts.get(0),
              parts.get(1),
              Rfc7143Lines.words(parts.get(2)),
              status,
              reasoned ? said[1] : ""));
    }
    return new Rfc7143Table(demands, malformed);
  }

  /**
   * What does not fit together.
   *
   * @param tests by tag, without its prefix
   * @param places of a {@code Class#method}: one, or none, or several where the name is not enough
   */
  List<String> problems(
      Rfc7143Ledger ledger,
      Map<String, SortedSet<Place>> tests,
      Function<String, SortedSet<Place>> places) {
    List<String> problems = new ArrayList<>(malformed);
    Map<String, Demand> byId = new LinkedHashMap<>();
    for (Demand demand : demands) {
      if (byId.put(demand.id(), demand) != null) {
        problems.add(demand.id() + " is there twice");
      }
      for (String code : demand.code()) {
        int found = places.apply(code).size();
        if (found != 1) {
          problems.add(
              demand.id() + ": there is " + (found == 0 ? "no " : "more than one ") + code);
        }
      }
      boolean shown = !tests.getOrDefault(demand.id(), new TreeSet<>()).isEmpty();
      if (demand.status() == Status.MET && demand.code().isEmpty()) {
        problems.add(demand.id() + " is met by no code");
      }
      if (demand.status() == Status.MET && !shown) {
        problems.add(demand.id() + " is met, says the catalogue, and no test has its tag");
      }
      if (demand.status() == Status.NOT_APPLICABLE && shown) {
        problems.add(demand.id() + " is not applicable, says the catalogue, and has tests");
      }
    }
    tests.forEach(
        (id, by) -> {
          if (!byId.containsKey(id)) {
            String names = by.stream().map(Place::name).collect(Collectors.joining(", "));
            problems.add("tag " + PREFIX + id + " has no line in the catalogue: " + names);
          }
        });
    problems.addAll(ledger.problems(byId.keySet()));
    return problems;
  }

  private List<Demand> of(Status status) {
    return demands.stream().filter(each -> each.status() == status).toList();
  }

  /** Not met if one of its demands is not; met if one is met; else not applicable. */
  private Status status(Rfc7143Ledger.Sentence sentence) {
    Status status = Status.NOT_APPLICABLE;
    for (Demand each : demands) {
      if (sentence.demands().contains(each.id())) {
        if (each.status() == Status.NOT_MET) {
          return Status.NOT_MET;
        }
        status = each.status() == Status.MET ? Status.MET : status;
      }
    }
    return status;
  }

  private long count(List<Rfc7143Ledger.Sentence> sentences, Status status) {
    return sentences.stream().filter(each -> status(each) == status).count();
  }

  /** The table as committed. */
  String markdown(
      Rfc7143Ledger ledger,
      Map<String, SortedSet<Place>> tests,
      Function<String, SortedSet<Place>> places) {
    StringBuilder out = new StringBuilder();
    out.append(
        """
        # RFC 7143: what it demands of an initiator

        Made by `Rfc7143TableTest`; not to be edited. Its sources:
        [each sentence of the text](src/test/resources/rfc7143-ledger.txt) with MUST, MUST NOT, \
        SHALL or REQUIRED and whom it binds,
        [the demands](src/test/resources/rfc7143-initiator.txt) that these sentences make on an \
        initiator, with their code, and the tags of tests. All in our own words.

        """);
    totals(out, ledger, tests);
    notMet(out, ledger);
    out.append(
        """

        ## Met

        The numbers in brackets are those of the sentences within their section; a demand without \
        any is one that the text makes in other words.

        | | what | sentences | code | shown by |
        |---|---|---|---|---|
        """);
    for (Demand each : of(Status.MET)) {
      SortedSet<Place> code = new TreeSet<>();
      each.code().forEach(name -> code.addAll(places.apply(name)));
      out.append(
          "| %s | %s | %s | %s | %s |\n"
              .formatted(
                  each.id(),
                  each.what(),
                  sentences(ledger.of(each.id())),
                  links(code),
                  links(tests.getOrDefault(each.id(), new TreeSet<>()))));
    }
    reasons(out, ledger, "Not met", of(Status.NOT_MET));
    reasons(out, ledger, "Not applicable", of(Status.NOT_APPLICABLE));
    sections(out, ledger);
    return out.toString();
  }

  private void totals(
      StringBuilder out, Rfc7143Ledger ledger, Map<String, SortedSet<Place>> tests) {
    List<Rfc7143Ledger.Sentence> binding = ledger.binding();
    List<Rfc7143Ledger.Sentence> others =
        ledger.sentences().stream().filter(each -> !each.binds().initiator()).toList();
    long target =
        others.stream().filter(each -> each.binds() == Rfc7143Ledger.Binds.TARGET).count();
    List<Demand> beside = demands.stream().filter(each -> ledger.of(each.id()).isEmpty()).toList();
    long by = tests.values().stream().flatMap(SortedSet::stream).distinct().count();
    out.append("| sentences of the text | |\n|---|---|\n")
        .append("| with MUST, MUST NOT, SHALL or REQUIRED | %d |\n".formatted(all(ledger)))
        .append("| of these, for targets alone | %d |\n".formatted(target))
        .append("| for neither end | %d |\n".formatted(others.size() - target))
        .append("| **binding an initiator** | **%d** |\n".formatted(binding.size()))
        .append("| met | %d |\n".formatted(count(binding, Status.MET)))
        .append("| not met | %d |\n".formatted(count(binding, Status.NOT_MET)))
        .append(
            "| not applicable: for what is not offered, as ErrorRecoveryLevel 1 and 2 | %d |\n"
                .formatted(count(binding, Status.NOT_APPLICABLE)))
        .append(
            ("\nThey make %d demands, and the text makes %d more in other words:"
                    + " %d are met, which %d tests show, not met: %d, not applicable: %d.\n")
                .formatted(
                    demands.size() - beside.size(),
                    beside.size(),
                    of(Status.MET).size(),
                    by,
                    of(Status.NOT_MET).size(),
                    of(Status.NOT_APPLICABLE).size()));
  }

  /** So that a reader sees at once what is missing, and why. */
  private void notMet(StringBuilder out, Rfc7143Ledger ledger) {
    for (Demand each : of(Status.NOT_MET)) {
      out.append(
          "\n**Not met: %s** (%s; %d sentences). %s.\n"
              .formatted(each.what(), each.id(), ledger.of(each.id()).size(), each.reason()));
    }
    if (of(Status.NOT_MET).isEmpty()) {
      out.append("\nNothing that applies is left unmet.\n");
    }
  }

  private static int all(Rfc7143Ledger ledger) {
    return ledger.sentences().size();
  }

  private static String links(SortedSet<Place> places) {
    return places.stream().map(Place::link).collect(Collectors.joining(" "));
  }

  /** As {@code 4.2.2.1 (1, 2), 7.9 (3)}. */
  private static String sentences(List<Rfc7143Ledger.Sentence> sentences) {
    Map<String, String> bySection = new LinkedHashMap<>();
    for (Rfc7143Ledger.Sentence each : sentences) {
      bySection.merge(each.section(), "" + each.ordinal(), (all, more) -> all + ", " + more);
    }
    return bySection.entrySet().stream()
        .map(each -> each.getKey() + " (" + each.getValue() + ")")
        .collect(Collectors.joining(", "));
  }

  private static void reasons(
      StringBuilder out, Rfc7143Ledger ledger, String title, List<Demand> demands) {
    out.append("\n## ")
        .append(title)
        .append("\n\n| | what | sentences | why |\n|---|---|---|---|\n");
    for (Demand each : demands) {
      out.append(
          "| %s | %s | %s | %s |\n"
              .formatted(each.id(), each.what(), sentences(ledger.of(each.id())), each.reason()));
    }
  }

  private void sections(StringBuilder out, Rfc7143Ledger ledger) {
    out.append(
        """

        ## Section by section

        Sections without such a sentence are left out.

        | section | sentences | for targets | for neither | for an initiator | met | not met \
        | not applicable |
        |---|---|---|---|---|---|---|---|
        """);
    for (String section : ledger.sections()) {
      List<Rfc7143Ledger.Sentence> all =
          ledger.sentences().stream().filter(each -> each.section().equals(section)).toList();
      SortedMap<Rfc7143Ledger.Binds, Long> binds =
          all.stream()
              .collect(
                  Collectors.groupingBy(
                      Rfc7143Ledger.Sentence::binds, TreeMap::new, Collectors.counting()));
      List<Rfc7143Ledger.Sentence> ours =
          all.stream().filter(each -> each.binds().initiator()).toList();
      out.append(
          "| %s | %d | %d | %d | %d | %d | %d | %d |\n"
              .formatted(
                  section,
                  all.size(),
                  binds.getOrDefault(Rfc7143Ledger.Binds.TARGET, 0L),
                  binds.getOrDefault(Rfc7143Ledger.Binds.NEITHER, 0L),
                  ours.size(),
                  count(ours, Status.MET),
                  count(ours, Status.NOT_MET),
                  count(ours, Status.NOT_APPLICABLE)));
    }
  }
}
