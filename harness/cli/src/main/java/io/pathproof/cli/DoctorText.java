package io.pathproof.cli;

import io.pathproof.lab.advice.Advice;
import io.pathproof.lab.advice.MeasuredShares;
import io.pathproof.lab.observed.DiagnosedPath;
import io.pathproof.lab.observed.DiagnosedStep;
import io.pathproof.lab.observed.DiagnosedUnit;
import io.pathproof.lab.observed.HostDiagnosis;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A diagnosis for people: a row a path and a column a step, then where each path stops, why, and
 * what to do; then what departs from the vendors' advice.
 */
final class DoctorText {
  /** Narrower than this, words are broken rather than columns squeezed. */
  private static final int LEAST_WIDTH = 50;

  private static final List<DiagnosedStep.Step> STEPS = List.of(DiagnosedStep.Step.values());

  private final PrintWriter out;
  private final int width;
  private final Marks marks;

  /**
   * How outcomes are marked.
   *
   * @param unicode whether ✔ and ✖ may be used
   * @param colours whether colours may be used
   */
  record Marks(boolean unicode, boolean colours) {
    private String of(DiagnosedStep.Outcome outcome) {
      return switch (outcome) {
        case PASSED -> unicode ? "✔" : "ok";
        case FAILED -> unicode ? "✖" : "XX";
        case NOT_REACHED -> unicode ? "·" : ".";
        case NOT_APPLICABLE -> "-";
      };
    }

    private String coloured(String text, int code) {
      return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
  }

  /**
   * @param width characters a line
   */
  DoctorText(PrintWriter out, int width, Marks marks) {
    this.out = out;
    this.width = Math.max(LEAST_WIDTH, width);
    this.marks = marks;
  }

  void print(DoctorReport report) {
    for (DoctorReport.Host host : report.hosts()) {
      out.println();
      wrap("", heading(host), "  ");
      out.println();
      table(host.diagnosis().paths());
      stops(host.diagnosis().paths());
      units(host.diagnosis().paths());
      unreached(host.diagnosis());
      host.diagnosis().notes().forEach(note -> wrap("  note: ", note, "        "));
      host.shares().forEach(this::shares);
    }
    advice(report);
    notCompared(report);
    out.println();
    wrap("", summary(report), "  ");
    out.flush();
  }

  private static String heading(DoctorReport.Host host) {
    int paths = host.diagnosis().paths().size();
    return host.diagnosis().host()
        + ", "
        + host.initiatorName()
        + ": "
        + paths
        + (paths == 1 ? " path" : " paths");
  }

  // the table

  private void table(List<DiagnosedPath> paths) {
    if (paths.isEmpty()) {
      out.println("  no path at all");
      return;
    }
    int stepsWidth = STEPS.stream().mapToInt(step -> step.word().length() + 2).sum();
    int widest = paths.stream().mapToInt(path -> name(path).length()).max().orElse(1);
    int names = Math.min(Math.max(widest, "path".length()), width - stepsWidth - 4);
    StringBuilder head = new StringBuilder("  " + pad("path", Math.max(names, 4)));
    STEPS.forEach(step -> head.append("  ").append(step.word()));
    out.println(head.toString().stripTrailing());
    for (DiagnosedPath path : paths) {
      String name = name(path);
      // a name that is wider than its column stands on a line of its own
      if (name.length() > names) {
        wrap("  ", name, "    ");
        name = "";
      }
      StringBuilder row = new StringBuilder("  " + pad(name, Math.max(names, 4)));
      for (DiagnosedStep step : path.steps()) {
        row.append("  ").append(cell(step));
      }
      out.println(row.toString().stripTrailing());
    }
  }

  private String cell(DiagnosedStep step) {
    String mark = pad(marks.of(step.outcome()), step.step().word().length());
    return switch (step.outcome()) {
      case PASSED -> marks.coloured(mark, 32);
      case FAILED -> marks.coloured(mark, 31);
      default -> mark;
    };
  }

  private static String name(DiagnosedPath path) {
    return path.adapter().isEmpty()
        ? path.portal() + (path.target().isEmpty() ? "" : " " + path.target())
        : path.adapter() + " -> " + path.port() + " (" + path.portal() + ")";
  }

  // where paths stop

  /** Paths that stop at the same step for the same reason are told together. */
  private void stops(List<DiagnosedPath> paths) {
    Map<String, List<DiagnosedPath>> together = new LinkedHashMap<>();
    for (DiagnosedPath path : paths) {
      path.stop()
          .ifPresent(
              stop ->
                  together
                      .computeIfAbsent(stop.step() + reason(path, stop), each -> new ArrayList<>())
                      .add(path));
    }
    for (List<DiagnosedPath> group : together.values()) {
      DiagnosedStep stop = group.get(0).stop().orElseThrow();
      out.println();
      String names = group.stream().map(DoctorText::name).collect(Collectors.joining("; "));
      wrap(
          "  ",
          marks.coloured(marks.of(DiagnosedStep.Outcome.FAILED), 31)
              + " "
              + names
              + (group.size() == 1 ? " stops at " : " stop at ")
              + stop.step().word()
              + after(group),
          "    ");
      wrap("    seen:   ", stop.seen(), "            ");
      wrap("    why:    ", stop.why() + likewise(group), "            ");
      wrap("    remedy: ", stop.remedy(), "            ");
    }
  }

  /** What the first path of a group is told of holds for the others too. */
  private static String likewise(List<DiagnosedPath> group) {
    long others = group.size() - 1;
    boolean named = group.get(0).stop().orElseThrow().why().contains(group.get(0).portal());
    return others == 0 || !named
        ? ""
        : others == 1 ? "; the other path likewise" : "; the other " + others + " paths likewise";
  }

  /** Where nothing was sent, no time is worth a word. */
  private static String after(List<DiagnosedPath> group) {
    if (group.get(0).stop().orElseThrow().step() == DiagnosedStep.Step.ROUTE) {
      return "";
    }
    long longest = group.stream().mapToLong(DoctorText::untilStop).max().orElse(0);
    return (group.size() == 1 ? ", after " : ", each after at most ") + ms(longest);
  }

  private static long untilStop(DiagnosedPath path) {
    return path.steps().stream().mapToLong(DiagnosedStep::tookNs).sum();
  }

  private static String reason(DiagnosedPath path, DiagnosedStep stop) {
    return stop.why().replace(path.portal(), "PORTAL") + stop.remedy();
  }

  // what is there

  private void units(List<DiagnosedPath> paths) {
    Map<String, List<String>> waysTo = new LinkedHashMap<>();
    Map<String, DiagnosedUnit> first = new LinkedHashMap<>();
    Map<String, DiagnosedPath> over = new LinkedHashMap<>();
    boolean several = paths.stream().map(DiagnosedPath::target).distinct().count() > 1;
    for (DiagnosedPath path : paths) {
      for (DiagnosedUnit unit : path.units()) {
        String key = unit.identity() + " at LUN " + unit.lun() + " of " + path.target();
        over.putIfAbsent(key, path);
        // through a port in standby it may have no size
        first.merge(key, unit, (one, other) -> one.sizeBytes() > 0 ? one : other);
        waysTo.computeIfAbsent(key, each -> new ArrayList<>()).add(unit.accessState());
      }
    }
    if (!first.isEmpty()) {
      out.println();
    }
    first.forEach(
        (key, unit) -> {
          List<String> ways = waysTo.get(key);
          Map<String, Long> states =
              ways.stream()
                  .collect(
                      Collectors.groupingBy(
                          state -> state, LinkedHashMap::new, Collectors.counting()));
          String by =
              states.entrySet().stream()
                  .map(state -> state.getValue() + " " + state.getKey())
                  .collect(Collectors.joining(", "));
          wrap(
              "  LUN " + unit.lun() + (several ? " of " + array(over.get(key)) : "") + ": ",
              (unit.identity().isEmpty() ? "no identity" : unit.identity())
                  + ", "
                  + size(unit.sizeBytes())
                  + ", "
                  + unit.product()
                  + "; "
                  + (ways.size() == 1 ? "1 path" : ways.size() + " paths")
                  + (unit.accessState().isEmpty() ? "" : ": " + by)
                  + reads(paths, over.get(key).target(), unit.identity()),
              "    ");
        });
  }

  /** Of a topology's several arrays the name, which is in front of each port's; else the target. */
  private static String array(DiagnosedPath path) {
    String[] parts = path.port().split("\\.");
    return parts.length == 3 ? parts[0] : path.target();
  }

  private static String reads(List<DiagnosedPath> paths, String target, String identity) {
    List<Long> all =
        paths.stream()
            .filter(path -> path.target().equals(target))
            .flatMap(path -> path.units().stream())
            .filter(unit -> unit.identity().equals(identity))
            .flatMap(unit -> unit.readNs().stream())
            .sorted()
            .toList();
    return all.isEmpty()
        ? ""
        : "; reads took "
            + ms(all.get(all.size() / 2))
            + ", at most "
            + ms(all.get(all.size() - 1));
  }

  private static String size(long bytes) {
    if (bytes == 0) {
      return "size not known";
    }
    String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, value % 1 == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  }

  private static String ms(long ns) {
    return String.format(Locale.ROOT, ns < 10_000_000 ? "%.2f ms" : "%.0f ms", ns / 1e6);
  }

  /** The portals that were told of and do not stand in the table, in a line a target. */
  private void unreached(HostDiagnosis host) {
    Map<String, List<String>> portals = new LinkedHashMap<>();
    for (HostDiagnosis.Advertised each : host.advertised()) {
      String why =
          switch (each.state()) {
            case "no-way" -> ", to which this host has no way";
            case "not-examined" -> ", not to be examined (--target)";
            default -> "";
          };
      boolean inTable =
          host.paths().stream()
              .anyMatch(
                  path ->
                      path.portal().equals(each.portal()) && path.target().equals(each.target()));
      if (!why.isEmpty() && !inTable) {
        portals.computeIfAbsent(each.target() + why, key -> new ArrayList<>()).add(each.portal());
      }
    }
    portals.forEach(
        (of, there) ->
            wrap(
                "  advertised too: ",
                (there.size() == 1 ? "a portal of " : there.size() + " portals of ")
                    + of
                    + ": "
                    + String.join(", ", there),
                "    "));
  }

  private void shares(MeasuredShares shares) {
    long total = shares.reads().values().stream().mapToLong(Long::longValue).sum();
    String text =
        new TreeMap<>(shares.reads())
            .entrySet().stream()
                .map(
                    path ->
                        String.format(
                            Locale.ROOT,
                            "%s %.0f %%",
                            path.getKey(),
                            total == 0 ? 0 : 100.0 * path.getValue() / total))
                .collect(Collectors.joining(", "));
    wrap(
        "  ",
        shares.device() + " (" + shares.volume() + ") spreads " + total + " reads: " + text,
        "    ");
  }

  // advice

  private void advice(DoctorReport report) {
    List<Advice> all = report.hosts().stream().flatMap(host -> host.advice().stream()).toList();
    if (all.isEmpty()) {
      return;
    }
    out.println();
    out.println("Settings that depart from the vendors' advice");
    List<Advice> told = new ArrayList<>();
    for (Advice one : all) {
      if (told.stream().anyMatch(one::sameAs)) {
        continue;
      }
      told.add(one);
      String hosts =
          all.stream()
              .filter(one::sameAs)
              .map(Advice::host)
              .distinct()
              .collect(Collectors.joining(", "));
      out.println();
      wrap(
          "  ",
          hosts + ": " + one.setting() + " is " + one.set() + "; advised: " + one.advised(),
          "    ");
      wrap("    why:    ", one.why(), "            ");
      wrap("    change: ", one.how(), "            ");
      wrap("    source: ", one.source(), "            ");
    }
  }

  private void notCompared(DoctorReport report) {
    Map<String, List<String>> hosts = new LinkedHashMap<>();
    for (DoctorReport.Host host : report.hosts()) {
      for (String what : host.notCompared()) {
        hosts.computeIfAbsent(what, each -> new ArrayList<>()).add(host.diagnosis().host());
      }
    }
    if (!hosts.isEmpty()) {
      out.println();
      out.println("Not compared with advice");
      hosts.forEach((what, of) -> wrap("  ", String.join(", ", of) + ": " + what, "    "));
    }
  }

  private static String summary(DoctorReport report) {
    long paths = report.hosts().stream().mapToLong(host -> host.diagnosis().paths().size()).sum();
    long sound =
        report.hosts().stream()
            .flatMap(host -> host.diagnosis().paths().stream())
            .filter(path -> path.stop().isEmpty())
            .count();
    long advice = report.hosts().stream().mapToLong(host -> host.advice().size()).sum();
    String settings =
        advice == 0
            ? ""
            : "; "
                + advice
                + (advice == 1 ? " setting departs" : " settings depart")
                + " from advice";
    return (paths == 1 && sound == 1
            ? "The one"
            : paths > 0 && sound == paths ? "All " + paths : sound + " of " + paths)
        + (paths == 1 ? " path" : " paths")
        + (sound == 1 || paths == 1 ? " is sound" : " are sound")
        + settings
        + ".";
  }

  // lines

  private static String pad(String text, int length) {
    return text + " ".repeat(Math.max(0, length - text.length()));
  }

  /** Breaks a text into lines of the width; a word that is longer than a line is broken too. */
  private void wrap(String first, String text, String indent) {
    StringBuilder line = new StringBuilder(first);
    int used = first.length();
    boolean fresh = true;
    for (String word : text.split(" ")) {
      String rest = word;
      int visible = visible(rest);
      if (!fresh && used + 1 + visible > width) {
        out.println(line.toString().stripTrailing());
        line = new StringBuilder(indent);
        used = indent.length();
        fresh = true;
      }
      while (fresh && used + visible(rest) > width && visible(rest) == rest.length()) {
        int room = Math.max(1, width - used);
        out.println(line + rest.substring(0, room));
        rest = rest.substring(room);
        line = new StringBuilder(indent);
        used = indent.length();
      }
      if (!fresh) {
        line.append(' ');
        used++;
      }
      line.append(rest);
      used += visible(rest);
      fresh = false;
    }
    out.println(line.toString().stripTrailing());
  }

  private static int visible(String text) {
    return text.replaceAll("\u001b\\[\\d+m", "").length();
  }
}
