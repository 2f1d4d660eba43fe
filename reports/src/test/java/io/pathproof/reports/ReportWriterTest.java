package io.pathproof.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportWriterTest {
  @TempDir static Path folder;
  private static Path index;
  private static String html;

  @BeforeAll
  static void generate() throws Exception {
    index = ReportDump.write(folder);
    html = Files.readString(index, StandardCharsets.UTF_8);
  }

  @Test
  void reportIsOneFileThatLoadsNothing() throws Exception {
    assertThat(index).isEqualTo(folder.resolve("report/index.html"));
    try (Stream<Path> files = Files.list(folder.resolve("report"))) {
      assertThat(files).containsExactly(index);
    }
    assertThat(OfflineHtml.outsideLoads(html)).isEmpty();
    assertThat(html).doesNotContain("googletagmanager", "google-analytics", "gtag(", "dataLayer");
    for (String name :
        List.of("data/suites.json", "data/behaviors.json", "widgets/pathproof.json")) {
      assertThat(OfflineHtml.outsideLoads(inlined(name))).as(name).isEmpty();
    }
    assertThat(html.length()).isLessThan(12_000_000);
  }

  private static String firstPage() throws IOException {
    return JsonMapper.builder()
        .build()
        .readTree(inlined("widgets/pathproof.json"))
        .path("html")
        .asText();
  }

  @Test
  void firstPageShowsTheOutcomeAndLeadsToEachTest() throws Exception {
    String first = firstPage();
    assertThat(first)
        .contains("host2-loses-a-node-port", "813 ms", ">FAIL<", ">IO-11<")
        .contains("10 scenarios: 1 FAIL, 2 INCONCLUSIVE, 7 PASS");
    Matcher links = Pattern.compile("#testresult/([0-9a-f]+)").matcher(first);
    List<String> ids = new ArrayList<>();
    while (links.find()) {
      ids.add(links.group(1));
    }
    assertThat(ids).hasSize(10);
    for (String id : ids) {
      assertThat(html).contains("d('data/test-cases/" + id + ".json'");
    }
  }

  @Test
  void markupFromALabIsEscaped() throws Exception {
    String first = firstPage();
    assertThat(first).contains("&lt;script&gt;alert(1)").doesNotContain("<script", "weird-<b>");
  }

  @Test
  void firstPageHoldsTheContractWithEveryRowAndTheBenchmark() throws Exception {
    String first = firstPage();
    assertThat(Contract.load().rows()).hasSize(43);
    for (Contract.Row row : Contract.load().rows()) {
      assertThat(first).contains("<td class=\"pp-key\">" + row.id() + "</td>");
    }
    assertThat(first).contains("not driven", "an I/O error is recorded on host 1");
    assertThat(first).contains("Failover benchmark", "pause p50", "data:image/svg+xml;base64,");
  }

  /** What is no scenario, such as the contract, is not among Allure's test cases. */
  @Test
  void onlyScenariosAreCounted() throws Exception {
    JsonNode summary = JsonMapper.builder().build().readTree(inlined("widgets/summary.json"));
    // of two runs of one scenario Allure takes the former for a retry
    Matcher names = Pattern.compile("#testresult/[0-9a-f]+\">([^<]+)</a>").matcher(firstPage());
    long scenarios = names.results().map(found -> found.group(1)).distinct().count();
    assertThat(scenarios).isGreaterThan(5);
    assertThat(summary.path("statistic").path("total").asLong()).isEqualTo(scenarios);
    assertThat(summary.path("reportName").asText()).isEqualTo("Pathproof: io-group");
  }

  @Test
  void behavioursStandInTheContractsOrder() throws Exception {
    JsonNode groups =
        JsonMapper.builder().build().readTree(inlined("data/behaviors.json")).path("children");
    List<String> rows = new ArrayList<>();
    groups.forEach(row -> rows.add(row.path("name").asText().split(" ")[0]));
    assertThat(rows)
        .doesNotHaveDuplicates()
        .containsSubsequence("IO-2", "IO-6", "IO-8", "IO-9", "IO-11")
        .contains("IO-3", "RR-1", "ZZ-99");
  }

  @Test
  void failuresFallIntoCategories() throws Exception {
    JsonNode categories = JsonMapper.builder().build().readTree(inlined("data/categories.json"));
    List<String> names = new ArrayList<>();
    categories.path("children").forEach(c -> names.add(c.path("name").asText() + " " + count(c)));
    assertThat(names)
        .containsExactlyInAnyOrder("I/O error where none was allowed 1", "Inconclusive lab 2");
  }

  @Test
  void environmentTellsTheRun() throws Exception {
    Properties environment = new Properties();
    environment.load(Files.newInputStream(folder.resolve("allure-results/environment.properties")));
    assertThat(environment)
        .containsEntry("Seed", "42")
        .containsEntry("Verdict", "FAIL")
        .containsEntry("Version", "0.1.0 abc1234");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script async src=\"https://example.com/a.js\"></script>",
        "<link rel=stylesheet href='//example.com/a.css'>",
        "<img alt=x src=http://example.com/a.png>",
        "<style>@import \"https://example.com/a.css\";</style>",
        "<style>a{background:url(https://example.com/a.png)}</style>",
        "<iframe\nsrc = \"https://example.com\"></iframe>"
      })
  void pageThatWouldCallOutIsRefused(String part) {
    assertThatThrownBy(() -> OfflineHtml.strip("<html>" + part + "</html>"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("example.com");
  }

  @Test
  void linksThatAPersonFollowsAreLeftAlone() throws Exception {
    String page = "<html><a href=\"https://example.com\">x</a></html>";
    assertThat(OfflineHtml.strip(page)).isEqualTo(page);
  }

  private static int count(JsonNode node) {
    if (!node.has("children")) {
      return 1;
    }
    int sum = 0;
    for (JsonNode child : node.path("children")) {
      sum += count(child);
    }
    return sum;
  }

  private static String inlined(String name) {
    String opening = "d('" + name + "','";
    int from = html.indexOf(opening);
    assertThat(from).as(name).isPositive();
    int start = from + opening.length();
    String text = html.substring(start, html.indexOf('\'', start));
    return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
  }
}
