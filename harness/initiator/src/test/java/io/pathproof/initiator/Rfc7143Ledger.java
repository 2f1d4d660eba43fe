package io.pathproof.initiator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Every sentence of RFC 7143 with MUST, MUST NOT, SHALL or REQUIRED: whom it binds, and which
 * demands it makes on an initiator.
 *
 * @param sentences in the order of the text
 * @param malformed lines that are no sentence, with the reason
 */
record Rfc7143Ledger(List<Sentence> sentences, List<String> malformed) {
  /** Whom a sentence binds. */
  enum Binds {
    INITIATOR,
    BOTH,
    TARGET,
    /** The text itself, administrators, vendors, later standards, registrations. */
    NEITHER;

    boolean initiator() {
      return this == INITIATOR || this == BOTH;
    }
  }

  /**
   * A sentence.
   *
   * @param section as {@code 4.2.2.1} or {@code Appendix C}
   * @param ordinal among such sentences of its section, from 1
   * @param what in our own words
   * @param demands ids of {@link Rfc7143Table}; some where it binds an initiator, else none
   */
  record Sentence(String section, int ordinal, Binds binds, String what, List<String> demands) {
    String id() {
      return section + "/" + ordinal;
    }
  }

  /** Reads the ledger. */
  static Rfc7143Ledger parse(List<String> lines) {
    List<Sentence> sentences = new ArrayList<>();
    List<String> malformed = new ArrayList<>();
    for (Rfc7143Lines.Line line : Rfc7143Lines.of(lines)) {
      List<String> parts = line.parts();
      boolean whole =
          parts.size() == 4
              && parts.get(0).matches("(\\d+(\\.\\d+)*|Appendix [A-Z])/\\d+")
              && !parts.get(2).isEmpty();
      Binds binds = whole ? binds(parts.get(1)) : null;
      if (binds == null) {
        malformed.add(
            "ledger, line "
                + line.number()
                + ": write `section/ordinal | initiator, both, target or neither | what | demands`,"
                + " not: "
                + line.text());
        continue;
      }
      String[] place = parts.get(0).split("/");
      sentences.add(
          new Sentence(
              place[0],
              Integer.parseInt(place[1]),
              binds,
              parts.get(2),
              Rfc7143Lines.words(parts.get(3))));
    }
    return new Rfc7143Ledger(sentences, malformed);
  }

  private static Binds binds(String word) {
    return Arrays.stream(Binds.values())
        .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst()
        .orElse(null);
  }

  /**
   * What does not fit together.
   *
   * @param known the ids of the demands that there are
   */
  List<String> problems(Set<String> known) {
    List<String> problems = new ArrayList<>(malformed);
    Map<String, Integer> counted = new LinkedHashMap<>();
    Set<String> left = new HashSet<>();
    String section = "";
    for (Sentence each : sentences) {
      if (!each.section().equals(section)) {
        if (!left.add(each.section())) {
          problems.add(each.id() + " is not beside the others of its section");
        }
        section = each.section();
      }
      int expected = counted.merge(each.section(), 1, Integer::sum);
      if (each.ordinal() != expected) {
        problems.add(each.id() + " is number " + expected + " of its section");
      }
      if (each.binds().initiator() && each.demands().isEmpty()) {
        problems.add(each.id() + " binds an initiator and makes no demand");
      }
      if (!each.binds().initiator() && !each.demands().isEmpty()) {
        problems.add(each.id() + " does not bind an initiator and makes demands");
      }
      for (String demand : each.demands()) {
        if (!known.contains(demand)) {
          problems.add(each.id() + " makes the demand " + demand + ", which there is not");
        }
      }
    }
    return problems;
  }

  /** The sentences that bind an initiator. */
  List<Sentence> binding() {
    return sentences.stream().filter(each -> each.binds().initiator()).toList();
  }

  /** The sections with such sentences, in the order of the text. */
  Set<String> sections() {
    return sentences.stream()
        .map(Sentence::section)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** The sentences that make a demand. */
  List<Sentence> of(String demand) {
    return sentences.stream().filter(each -> each.demands().contains(demand)).toList();
  }
}
