package io.pathproof.initiator;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Holds harness/initiator/RFC7143.md, its catalogue, the code that it names and the tags of tests
 * to one another, and writes it anew where {@code -Drfc7143.write=true} is given.
 */
class Rfc7143TableTest {
  private static final Path TABLE = Path.of("RFC7143.md");
  private static final Path CATALOGUE = Path.of("src/test/resources/rfc7143-initiator.txt");
  private static final Path CODE = Path.of("target/classes");
  private static final Path TESTS = Path.of("target/test-classes");
  private static final Path PROTOCOL = Path.of("../protocol");
  private static final String REMEDY =
      "mvn test -pl harness/initiator -am -Dtest=Rfc7143TableTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Drfc7143.write=true";

  private static JavaClasses classes(Path mine) {
    Path theirs = PROTOCOL.resolve(mine);
    assertThat(theirs).as("compiled by: " + REMEDY).isDirectory();
    return new ClassFileImporter().importPaths(mine, theirs);
  }

  /** Every {@code Class#method} of main code; a constructor has the name of its class. */
  private static Set<String> methods() {
    Set<String> all = new HashSet<>();
    for (JavaClass each : classes(CODE)) {
      each.getMethods().forEach(method -> all.add(each.getSimpleName() + "#" + method.getName()));
      all.add(each.getSimpleName() + "#" + each.getSimpleName());
    }
    return all;
  }

  /** The tests of each tag. */
  private static Map<String, SortedSet<String>> tags() {
    Map<String, SortedSet<String>> all = new TreeMap<>();
    for (JavaClass each : classes(TESTS)) {
      for (JavaMethod method : each.getMethods()) {
        boolean disabled = method.isAnnotatedWith("org.junit.jupiter.api.Disabled");
        for (JavaAnnotation<?> annotation : method.getAnnotations()) {
          for (String tag : values(annotation)) {
            if (tag.startsWith(Rfc7143Table.PREFIX) && !disabled) {
              all.computeIfAbsent(
                      tag.substring(Rfc7143Table.PREFIX.length()), id -> new TreeSet<>())
                  .add(each.getSimpleName() + "#" + method.getName());
            }
          }
        }
      }
    }
    return all;
  }

  private static List<String> values(JavaAnnotation<?> annotation) {
    Object value = annotation.get("value").orElse("");
    return switch (annotation.getRawType().getName()) {
      case "org.junit.jupiter.api.Tag" -> List.of((String) value);
      case "org.junit.jupiter.api.Tags" ->
          java.util.Arrays.stream((JavaAnnotation<?>[]) value)
              .map(each -> (String) each.get("value").orElseThrow())
              .toList();
      default -> List.of();
    };
  }

  @Test
  void theTableFitsCodeAndTests() throws IOException {
    Rfc7143Table table = Rfc7143Table.parse(Files.readAllLines(CATALOGUE));
    Map<String, SortedSet<String>> tags = tags();
    assertThat(table.problems(tags, methods()::contains)).isEmpty();
    String wanted = table.markdown(tags);
    if (Boolean.getBoolean("rfc7143.write")) {
      Files.writeString(TABLE, wanted);
    }
    assertThat(Files.exists(TABLE) ? Files.readString(TABLE) : "")
        .as("RFC7143.md is written anew by: " + REMEDY)
        .isEqualTo(wanted);
  }

  // the rules themselves

  private static final String LINE = "1.2-a | what | A#b | ";

  private static List<String> problems(String catalogue, String... tagged) {
    Map<String, SortedSet<String>> tags = new TreeMap<>();
    for (String id : tagged) {
      tags.put(id, new TreeSet<>(Set.of("T#t")));
    }
    return Rfc7143Table.parse(catalogue.lines().toList()).problems(tags, "A#b"::equals);
  }

  @Test
  void whatFitsHasNoProblem() {
    assertThat(problems("# a comment\n\n" + LINE + "met\n1.2-b | n | | not met: why\n", "1.2-a"))
        .isEmpty();
  }

  @Test
  void whatDoesNotFitIsNamed() {
    assertThat(problems(LINE + "met"))
        .containsExactly("1.2-a is met, says the catalogue, and no test has its tag");
    assertThat(problems(LINE + "met", "1.2-a", "9.9-z"))
        .containsExactly("tag rfc7143:9.9-z has no line in the catalogue: [T#t]");
    assertThat(problems("1.2-a | what | A#c | met", "1.2-a"))
        .containsExactly("1.2-a: there is no A#c");
    assertThat(problems("1.2-a | what | | met", "1.2-a"))
        .containsExactly("1.2-a is met by no code");
    assertThat(problems(LINE + "met\n" + LINE + "met", "1.2-a"))
        .containsExactly("1.2-a is there twice");
    assertThat(problems(LINE + "not applicable: why", "1.2-a"))
        .containsExactly("1.2-a is not applicable, says the catalogue, and has tests");
    assertThat(problems(LINE + "not met"))
        .singleElement()
        .asString()
        .startsWith("line 1: a status");
    assertThat(problems(LINE + "done")).singleElement().asString().startsWith("line 1: a status");
    assertThat(problems("x | what | A#b | met"))
        .singleElement()
        .asString()
        .startsWith("line 1: write");
    assertThat(problems("1.2-a | what | met"))
        .singleElement()
        .asString()
        .startsWith("line 1: write");
  }

  @Test
  void theTableCountsAndNames() {
    Map<String, SortedSet<String>> tags = new TreeMap<>();
    tags.put("1.2-a", new TreeSet<>(Set.of("T#t", "T#s")));
    String table =
        Rfc7143Table.parse(
                List.of(
                    LINE + "met",
                    "1.2-b | n | | not met: no time",
                    "1.3-a | m | | not applicable: so"))
            .markdown(tags);
    assertThat(table)
        .contains("**3 demands: 1 met (2 tests), 1 not met, 1 not applicable.**")
        .contains("| 1.2-a | what | `A#b` | `T#s` `T#t` |")
        .contains("| 1.2-b | n | no time |")
        .contains("| 1.3-a | m | so |");
  }
}
