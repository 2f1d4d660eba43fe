package io.pathproof.reports;

import io.pathproof.lab.verdict.Finding;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.verdict.PathLoads;
import io.pathproof.lab.verdict.Verdict;
import io.pathproof.reports.picture.Figures;
import io.pathproof.reports.picture.Markup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Tables of the report, as HTML; all text escaped, no script, nothing loaded from elsewhere. */
final class HtmlTables {
  private HtmlTables() {}

  /** A whole document around the given body. */
  static String page(String title, String body) {
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>"
        + Markup.escape(title)
        + "</title><style>body{margin:12px;background:#fff}"
        + css()
        + "</style></head><body><div class=\"pathproof\">"
        + body
        + "</div></body></html>\n";
  }

  /** The rules that every table here relies on; all apply below class pathproof only. */
  static String css() {
    try (InputStream in = HtmlTables.class.getResourceAsStream("report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Host x fault: expected, observed, pause, verdict.
   *
   * @param link where more about a scenario is to be found, as a fragment; empty for no link
   */
  static String outcomes(List<Outcome> outcomes, Function<Outcome, String> link) {
    StringBuilder out =
        new StringBuilder(
            "<table class=\"pp-outcomes\"><thead><tr><th>host</th><th>fault</th><th>expected</th>"
                + "<th>observed</th><th class=\"pp-num\">pause</th><th>verdict</th>"
                + "<th>scenario</th></tr></thead><tbody>\n");
    for (Outcome outcome : outcomes) {
      String why =
          outcome.reason().isEmpty()
              ? ""
              : "<span class=\"pp-why pp-why-"
                  + outcome.verdict().name().toLowerCase(Locale.ROOT)
                  + "\">"
                  + Markup.escape(outcome.reason())
                  + "</span>";
      String name = Markup.escape(outcome.scenario().id());
      String target = link.apply(outcome);
      out.append("<tr><td class=\"pp-key\">").append(Markup.escape(ScenarioWords.host(outcome)));
      cell(out, "", Markup.escape(ScenarioWords.faults(outcome.scenario())));
      cell(out, "", Markup.escape(outcome.expected()));
      cell(out, "", Markup.escape(outcome.observed()) + why);
      cell(out, "pp-num", ScenarioWords.pause(outcome));
      cell(out, "", chip(outcome.verdict(), outcome.verdict().name()) + arrays(outcome));
      cell(
          out,
          "pp-scenario",
          (target.isEmpty() ? name : "<a href=\"" + Markup.escape(target) + "\">" + name + "</a>")
              + "<br><span class=\"pp-muted\">"
              + Markup.escape(String.join(" ", outcome.scenario().behaviours()))
              + "</span>");
      out.append("</td></tr>\n");
    }
    return out.append("</tbody></table>\n").toString();
  }

  /** The verdict of each of several arrays. */
  private static String arrays(Outcome outcome) {
    return outcome.arrays().entrySet().stream()
        .map(array -> "<br>" + chip(array.getValue(), array.getKey()))
        .collect(Collectors.joining());
  }

  /** What each path carried, and where paths ought to have shared it evenly and did not. */
  static String loads(List<PathLoads> loads) {
    StringBuilder out =
        new StringBuilder(
            "<table class=\"pp-outcomes\"><thead><tr><th>host</th><th>device</th><th>path</th>"
                + "<th class=\"pp-num\">share</th><th class=\"pp-num\">I/Os</th>"
                + "<th class=\"pp-num\">reads</th><th class=\"pp-num\">writes</th>"
                + "<th class=\"pp-num\">bytes</th><th class=\"pp-num\">errors</th>"
                + "<th class=\"pp-num\">mean latency</th></tr></thead><tbody>\n");
    for (PathLoads load : loads) {
      load.shares()
          .forEach(
              (path, share) -> {
                out.append("<tr><td class=\"pp-key\">").append(Markup.escape(load.host()));
                cell(out, "", Markup.escape(load.device() + " (" + load.volume() + ")"));
                cell(out, "", Markup.escape(path));
                cell(out, "pp-num", percent(load.portions().get(path)));
                cell(out, "pp-num", Figures.count(share.ios()));
                cell(out, "pp-num", Figures.count(share.reads()));
                cell(out, "pp-num", Figures.count(share.writes()));
                cell(out, "pp-num", Figures.count(share.bytes()));
                cell(out, "pp-num", Figures.count(share.errors()));
                cell(out, "pp-num", Figures.time(share.meanLatencyNs() / 1e6));
                out.append("</td></tr>\n");
              });
      if (load.uneven()) {
        out.append("<tr><td class=\"pp-key\">").append(Markup.escape(load.host()));
        out.append("</td><td colspan=\"9\"><span class=\"pp-why\">uneven: ")
            .append(Markup.escape(load.balance()))
            .append("</span></td></tr>\n");
      }
    }
    return out.append("</tbody></table>\n").toString();
  }

  private static String percent(double portion) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * portion);
  }

  /** Every row of the contract, its verdict in this run, and the scenarios behind it. */
  static String contract(List<Outcome> outcomes) {
    Contract contract = Contract.load();
    RunSummary summary = RunSummary.of(outcomes);
    StringBuilder out =
        new StringBuilder(
            "<table class=\"pp-contract\"><thead><tr><th>row</th><th>behaviour</th>"
                + "<th>verdict</th><th>scenarios</th></tr></thead><tbody>\n");
    String group = "";
    for (Contract.Row row : contract.rows()) {
      if (!row.group().equals(group)) {
        group = row.group();
        out.append("<tr class=\"pp-group\"><td colspan=\"4\">").append(Markup.escape(group));
        out.append("</td></tr>\n");
      }
      contractRow(out, row.id(), row.text(), summary.behaviours().get(row.id()), outcomes);
    }
    summary
        .behaviours()
        .forEach(
            (id, verdict) -> {
              if (contract.row(id).isEmpty()) {
                contractRow(out, id, "not a row of the contract", verdict, outcomes);
              }
            });
    return out.append("</tbody></table>\n").toString();
  }

  /** The rows that were driven, as coloured chips with the row's text as a tooltip. */
  static String chips(RunSummary summary) {
    Contract contract = Contract.load();
    return summary.behaviours().entrySet().stream()
        .map(
            e ->
                "<span title=\""
                    + Markup.escape(contract.row(e.getKey()).map(Contract.Row::text).orElse(""))
                    + "\">"
                    + chip(e.getValue(), e.getKey())
                    + "</span>")
        .collect(Collectors.joining("", "<div class=\"pp-chips\">", "</div>\n"));
  }

  /** What each checker concluded. */
  static String findings(List<Finding> findings) {
    StringBuilder out =
        new StringBuilder(
            "<table class=\"pp-findings\"><thead><tr><th>checker</th><th>expected</th>"
                + "<th>observed</th><th>verdict</th></tr></thead><tbody>\n");
    for (Finding finding : findings) {
      out.append("<tr><td class=\"pp-key\">").append(Markup.escape(finding.checker()));
      cell(out, "", Markup.escape(finding.expected()));
      cell(out, "", Markup.escape(finding.observed()));
      cell(out, "", chip(finding.verdict(), finding.verdict().name()));
      out.append("</td></tr>\n");
    }
    return out.append("</tbody></table>\n").toString();
  }

  static String chip(Verdict verdict, String text) {
    String name = verdict == null ? "none" : verdict.name().toLowerCase(Locale.ROOT);
    return "<span class=\"pp-v pp-" + name + "\">" + Markup.escape(text) + "</span>";
  }

  private static void contractRow(
      StringBuilder out, String id, String text, Verdict verdict, List<Outcome> outcomes) {
    String scenarios =
        outcomes.stream()
            .filter(o -> o.scenario().behaviours().contains(id))
            .map(o -> chip(o.verdict(), o.scenario().id()))
            .collect(Collectors.joining(" "));
    String muted = verdict == null ? " class=\"pp-muted\"" : "";
    out.append("<tr").append(muted).append("><td class=\"pp-key\">").append(Markup.escape(id));
    cell(out, "", Markup.escape(text));
    cell(out, "", chip(verdict, verdict == null ? "not driven" : verdict.name()));
    cell(out, "", scenarios);
    out.append("</td></tr>\n");
  }

  private static void cell(StringBuilder out, String classes, String html) {
    out.append(classes.isEmpty() ? "</td><td>" : "</td><td class=\"" + classes + "\">");
    out.append(html);
  }
}
