package io.pathproof.initiator;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.Rfc7143Table.Place;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Holds harness/initiator/RFC7143.md, the ledger of the text's sentences, the catalogue of demands,
 * the code that it names and the tags of tests to one another, and writes the table anew where
 * {@code -Drfc7143.write=true} is given. {@link Rfc7143TextRun} holds the ledger to the text
 * itself.
 */
class Rfc7143TableTest {
  private static final Path TABLE = Path.of("RFC7143.md");
  private static final Path CATALOGUE = Path.of("src/test/resources/rfc7143-initiator.txt");
  private static final Path LEDGER = Path.of("src/test/resources/rfc7143-ledger.txt");
  private static final Path PROTOCOL = Path.of("../protocol");
  private static final Pattern LINK = Pattern.compile("\\[`(\\w+)#(\\w+)`]\\(([^)]+)\\)");
  private static final String REMEDY =
      "mvn test -pl harness/initiator -am -Dtest=Rfc7143TableTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Drfc7143.write=true";

  private interface Visitor {
    void visit(Class<?> each, String file);
  }

  /** Classes of this module and of the protocol, with their sources. */
  private static void visit(String compiled, String sources, Visitor visitor) throws IOException {
    for (Path module : List.of(Path.of(""), PROTOCOL)) {
      Path classes = module.resolve(compiled);
      assertThat(classes).as("compiled by: " + REMEDY).isDirectory();
      URL[] more = {classes.toUri().toURL()};
      try (URLClassLoader loader =
              new URLClassLoader(more, Rfc7143TableTest.class.getClassLoader());
          Stream<Path> files = Files.walk(classes)) {
        for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
          String path = classes.relativize(file).toString().replaceAll("\\.class$", "");
          String outer = path.replaceAll("\\$.*", "");
          visitor.visit(
              Class.forName(path.replace('/', '.'), false, loader),
              module.resolve(sources).resolve(outer + ".java").toString());
        }
      } catch (ClassNotFoundException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Every {@code Class#method} of main code; a constructor has the name of its class. */
  private static Map<String, SortedSet<Place>> methods() throws IOException {
    Map<String, SortedSet<Place>> all = new HashMap<>();
    visit(
        "target/classes",
        "src/main/java",
        (each, file) -> {
          List<String> names = new ArrayList<>(List.of(each.getSimpleName()));
          Arrays.stream(each.getDeclaredMethods()).map(Method::getName).forEach(names::add);
          for (String name : names) {
            String full = each.getSimpleName() + "#" + name;
            all.computeIfAbsent(full, key -> new TreeSet<>()).add(new Place(full, file));
          }
        });
    return all;
  }

  /** The tests of each tag. */
  private static Map<String, SortedSet<Place>> tags() throws IOException {
    Map<String, SortedSet<Place>> all = new TreeMap<>();
    visit(
        "target/test-classes",
        "src/test/java",
        (each, file) -> {
          for (Method method : each.getDeclaredMethods()) {
            for (Tag tag : method.getAnnotationsByType(Tag.class)) {
              if (tag.value().startsWith(Rfc7143Table.PREFIX)
                  && !method.isAnnotationPresent(Disabled.class)) {
                all.computeIfAbsent(
                        tag.value().substring(Rfc7143Table.PREFIX.length()), id -> new TreeSet<>())
                    .add(new Place(each.getSimpleName() + "#" + method.getName(), file));
              }
            }
          }
        });
    return all;
  }

  private static Rfc7143Ledger ledger() throws IOException {
    return Rfc7143Ledger.parse(Files.readAllLines(LEDGER));
  }

  @Test
  void theTableFitsTextCodeAndTests() throws IOException {
    Rfc7143Table table = Rfc7143Table.parse(Files.readAllLines(CATALOGUE));
    Map<String, SortedSet<Place>> tags = tags();
    Map<String, SortedSet<Place>> methods = methods();
    assertThat(table.problems(ledger(), tags, name -> at(methods, name))).isEmpty();
    String wanted = table.markdown(ledger(), tags, name -> at(methods, name));
    if (Boolean.getBoolean("rfc7143.write")) {
      Files.writeString(TABLE, wanted);
    }
    assertThat(Files.exists(TABLE) ? Files.readString(TABLE) : "")
        .as("RFC7143.md is written anew by: " + REMEDY)
        .isEqualTo(wanted);
  }

  private static SortedSet<Place> at(Map<String, SortedSet<Place>> methods, String name) {
    return methods.getOrDefault(name, new TreeSet<>());
  }

  @Test
  void everyLinkOfTheTableLeadsToItsMethod() throws IOException {
    Matcher links = LINK.matcher(Files.readString(TABLE));
    Map<String, String> sources = new HashMap<>();
    int followed = 0;
    while (links.find()) {
      Path file = TABLE.resolveSibling(links.group(3));
      assertThat(file).as(links.group()).isRegularFile();
      String source = sources.get(links.group(3));
      if (source == null) {
        source = Files.readString(file);
        sources.put(links.group(3), source);
      }
      assertThat(source)
          .as(links.group())
          .containsPattern("(class|record|enum|interface) " + links.group(1) + "\\b")
          .containsPattern("\\b" + links.group(2) + "(\\(| \\{)");
      followed++;
    }
    assertThat(followed).isPositive();
  }

  // the rules themselves

  private static final String LINE = "1.2-a | what | A#b | ";

  private static SortedSet<Place> place(String... names) {
    SortedSet<Place> places = new TreeSet<>();
    for (String name : names) {
      places.add(new Place(name, "src/" + name.split("#")[0] + ".java"));
    }
    return places;
  }

  private static SortedSet<Place> known(String name) {
    SortedSet<Place> places = name.startsWith("A#") ? place(name) : new TreeSet<>();
    if (name.equals("A#everywhere")) {
      places.add(new Place(name, "src/elsewhere/A.java"));
    }
    return places;
  }

  private static List<String> problems(String ledger, String catalogue, String... tagged) {
    Map<String, SortedSet<Place>> tags = new TreeMap<>();
    for (String id : tagged) {
      tags.put(id, place("T#t"));
    }
    return Rfc7143Table.parse(catalogue.lines().toList())
        .problems(Rfc7143Ledger.parse(ledger.lines().toList()), tags, Rfc7143TableTest::known);
  }

  @Test
  void whatFitsHasNoProblem() {
    assertThat(
            problems(
                "# a comment\n\n1.2/1 | both | what | 1.2-a\n1.2/2 | target | theirs |\n",
                "# a comment\n\n" + LINE + "met\n1.2-b | n | | not met: why\n",
                "1.2-a"))
        .isEmpty();
  }

  @Test
  void whatDoesNotFitIsNamed() {
    assertThat(problems("", LINE + "met"))
        .containsExactly("1.2-a is met, says the catalogue, and no test has its tag");
    assertThat(problems("", LINE + "met", "1.2-a", "9.9-z"))
        .containsExactly("tag rfc7143:9.9-z has no line in the catalogue: T#t");
    assertThat(problems("", "1.2-a | what | B#c | met", "1.2-a"))
        .containsExactly("1.2-a: there is no B#c");
    assertThat(problems("", "1.2-a | what | A#everywhere | met", "1.2-a"))
        .containsExactly("1.2-a: there is more than one A#everywhere");
    assertThat(problems("", "1.2-a | what | | met", "1.2-a"))
        .containsExactly("1.2-a is met by no code");
    assertThat(problems("", LINE + "met\n" + LINE + "met", "1.2-a"))
        .containsExactly("1.2-a is there twice");
    assertThat(problems("", LINE + "not applicable: why", "1.2-a"))
        .containsExactly("1.2-a is not applicable, says the catalogue, and has tests");
    for (String status : List.of("not met", "done", "met: why")) {
      assertThat(problems("", LINE + status)).singleElement().asString().contains("a status is");
    }
    for (String line : List.of("x | what | A#b | met", "1.2-a | what | met")) {
      assertThat(problems("", line)).singleElement().asString().startsWith("line 1: write");
    }
  }

  @Test
  void aSentenceThatDoesNotFitIsNamed() {
    String demand = LINE + "not applicable: why";
    assertThat(problems("1.2/1 | initiator | what |", demand))
        .containsExactly("1.2/1 binds an initiator and makes no demand");
    assertThat(problems("1.2/1 | target | what | 1.2-a", demand))
        .containsExactly("1.2/1 does not bind an initiator and makes demands");
    assertThat(problems("1.2/1 | both | what | 1.2-b", demand))
        .containsExactly("1.2/1 makes the demand 1.2-b, which there is not");
    assertThat(problems("1.2/2 | target | what |", demand))
        .containsExactly("1.2/2 is number 1 of its section");
    assertThat(problems("1.2/1 | target | a |\n1.3/1 | target | b |\n1.2/2 | target | c |", demand))
        .containsExactly("1.2/2 is not beside the others of its section");
    for (String line :
        List.of("1.2/1 | host | what |", "1.2 | both | what | 1.2-a", "1.2/1 | both | what")) {
      assertThat(problems(line, demand)).singleElement().asString().startsWith("ledger, line 1:");
    }
  }

  @Test
  void theTableCountsNamesAndLinks() {
    Map<String, SortedSet<Place>> tags = new TreeMap<>();
    tags.put("1.2-a", place("T#t", "T#s"));
    String table =
        Rfc7143Table.parse(
                List.of(
                    LINE + "met",
                    "1.2-b | n | | not met: no time",
                    "1.2-c | o | A#b | not applicable: never",
                    "1.3-a | m | | not applicable: so"))
            .markdown(
                Rfc7143Ledger.parse(
                    List.of(
                        "1.2/1 | both | all of it | 1.2-a",
                        "1.2/2 | target | theirs |",
                        "1.2/3 | initiator | in part | 1.2-a 1.2-b",
                        "1.2/4 | initiator | the rest | 1.2-c",
                        "1.2/5 | initiator | one suffices | 1.2-a 1.2-c",
                        "1.4/1 | neither | nobody's |")),
                tags,
                Rfc7143TableTest::known);
    assertThat(table)
        .contains("SHALL or REQUIRED | 6 |")
        .contains("targets alone | 1 |", "neither end | 1 |", "initiator** | **4** |")
        .contains("\n| met | 2 |\n| not met | 1 |\n", "and 2 | 1 |")
        .contains("make 3 demands, and the text makes 1 more in other words")
        .contains(": 1 are met, which 2 tests show, not met: 1, not applicable: 2.")
        .contains(
            "| 1.2-a | what | 1.2 (1, 3, 5) | [`A#b`](src/A.java)"
                + " | [`T#s`](src/T.java) [`T#t`](src/T.java) |")
        .contains("**Not met: n** (1.2-b; 1 sentences). no time.\n\n## Met")
        .contains("| 1.2-b | n | 1.2 (3) | no time |")
        .contains("| 1.3-a | m |  | so |")
        .contains("| 1.2 | 5 | 1 | 0 | 4 | 2 | 1 | 1 |")
        .contains("| 1.4 | 1 | 0 | 1 | 0 | 0 | 0 | 0 |");
  }

  @Test
  void sentencesAreFoundInTheTextAsItIsPublished() {
    String text =
        """
        1.  Introduction
           1.1.  What the table of contents says MUST not count
        Copyright
        1.  Introduction

           The host MUST ask.  The array may
           answer, and MUST NOT

        Chadalapaka, et al.          Standards Track                    [Page 9]
        \fRFC 7143                  iSCSI (Consolidated)                  April 2014

           be late, or it MUST say so.  It is REQUIRED to be quick.

        1.1.  A Part of It

           - A MUTUAL-REQUIRED option is none, nor is a must of small letters.

           - What SHALL be is one.
        Appendix C.  More

           One MUST look here too.
        """;
    assertThat(Rfc7143Text.sentences(text.lines().toList()))
        .containsExactly("1/1", "1/2", "1/3", "1.1/1", "Appendix C/1");
  }
}
