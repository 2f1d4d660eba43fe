package io.pathproof.cli;

import io.pathproof.initiator.session.ChapCredentials;
import io.pathproof.initiator.session.ChapSettings;
import io.pathproof.initiator.session.Portal;
import io.pathproof.junit.RunSettings;
import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.InvalidFileException;
import io.pathproof.lab.document.Suggestion;
import io.pathproof.lab.document.Units;
import io.pathproof.lab.engine.DiagnosisSpec;
import io.pathproof.lab.engine.Engine;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import io.pathproof.protocol.iscsi.IscsiName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where each path stops, and why. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Examines every path step by step (route, TCP, login, LUN, identity, access state, I/O) and"
          + " says where it stops, why, and what to do. Reads only; never writes.",
      "Either the hosts of a topology, in a lab (--topology), or this machine's own way to an"
          + " array on the network (--portal)."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:every path is sound",
      "1:a path stops (or, with --strict, a setting departs from advice)",
      "2:a flag or an input file is not usable; nothing was started",
      "3:the lab could not be built, so nothing could be examined"
    })
final class DoctorCommand implements Callable<Integer> {
  private static final String SECRET = "PATHPROOF_CHAP_SECRET";
  private static final String TARGET_SECRET = "PATHPROOF_CHAP_TARGET_SECRET";
  private static final Path OWN_NAME = Path.of("/etc/iscsi/initiatorname.iscsi");
  private static final String DEFAULT_NAME = "iqn.2026-11.io.pathproof:doctor";
  private static final int PLAIN_WIDTH = 100;

  @Spec private CommandSpec spec;

  @Option(
      names = "--topology",
      paramLabel = "FILE",
      description = "A topology file: its lab is started, and each host's paths are examined.")
  private Path topologyFile;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      defaultValue = RunSettings.DEFAULT_ENGINE,
      description = "With --topology: what builds the lab (default: ${DEFAULT-VALUE}).")
  private String engineName;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "With --topology: only this host. Repeatable.")
  private List<String> hostNames = List.of();

  /** Something to break before. */
  static final class Broken {
    @Option(
        names = "--break",
        required = true,
        paramLabel = "PLACE",
        description =
            "With --topology: breaks this first, to see what the fault looks like (host3.nic1,"
                + " node1.a, blue). Repeatable, each with its --how.")
    String place;

    @Option(
        names = "--how",
        required = true,
        paramLabel = "EFFECT",
        description =
            "How, in the words of a scenario: refuse, silent-drop, latency 50ms, deny-login,"
                + " mask-luns, access-state unavailable …")
    String how;
  }

  @ArgGroup(exclusive = false, multiplicity = "0..*")
  private List<Broken> broken = new ArrayList<>();

  @Option(
      names = "--portal",
      paramLabel = "HOST[:PORT]",
      description =
          "A portal of an array on the network, IPv6 in brackets (default port: 3260). It is asked"
              + " for its targets, and every portal that it tells of is examined. Repeatable.")
  private List<String> portals = List.of();

  @Option(
      names = "--target",
      paramLabel = "IQN",
      description = "With --portal: only this target. Repeatable.")
  private List<String> targets = List.of();

  @Option(
      names = "--initiator-name",
      paramLabel = "IQN",
      description =
          "With --portal: the name to log in with, which the array maps volumes to (default: this"
              + " host's, in /etc/iscsi/initiatorname.iscsi).")
  private String initiatorName;

  @Option(
      names = "--chap-user",
      paramLabel = "NAME",
      description =
          "With --portal: the CHAP user; its secret is in PATHPROOF_CHAP_SECRET or in the file of"
              + " --chap-secret-file, never on the command line.")
  private String chapUser;

  @Option(
      names = "--chap-secret-file",
      paramLabel = "FILE",
      description = "A file whose first line is the CHAP secret.")
  private Path chapSecretFile;

  @Option(
      names = "--chap-target-user",
      paramLabel = "NAME",
      description =
          "For mutual CHAP: the target's user; secret in PATHPROOF_CHAP_TARGET_SECRET or in the"
              + " file of --chap-target-secret-file.")
  private String chapTargetUser;

  @Option(
      names = "--chap-target-secret-file",
      paramLabel = "FILE",
      description = "A file whose first line is the target's CHAP secret.")
  private Path chapTargetSecretFile;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      description =
          "For a login, connect included, and for each command; a path as a whole has five times"
              + " as long, the reading that shows how a lab host's load is spread twice as long"
              + " (default: ${DEFAULT-VALUE}).")
  private String timeout;

  @Option(
      names = "--reads",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "How many blocks are read from each disk over each path (default: ${DEFAULT-VALUE}).")
  private int reads;

  @Option(
      names = "--json",
      paramLabel = "FILE|-",
      description = {
        "Writes what was found as JSON as well; - writes it to stdout in place of the text. Schema:"
            + " reports/schema/pathproof-doctor-1.schema.json."
      })
  private String json;

  @Option(
      names = "--strict",
      description = "Exits with 1 as well where a setting departs from the vendors' advice.")
  private boolean strict;

  @Override
  public Integer call() throws IOException {
    check();
    DiagnosisSpec how = new DiagnosisSpec(timeoutMs(), reads);
    Optional<Path> file = jsonFile();
    DoctorReport report;
    try {
      Optional<DoctorReport> found = topologyFile == null ? network(how) : lab(how);
      if (found.isEmpty()) {
        return ExitStatus.CHECKED;
      }
      report = found.get();
    } catch (LabException e) {
      spec.commandLine().getErr().println("could not be diagnosed: " + e.getMessage());
      return ExitStatus.INCONCLUSIVE;
    }
    PrintWriter out = spec.commandLine().getOut();
    if ("-".equals(json)) {
      out.println(DoctorJson.write(report));
      out.flush();
    } else {
      new DoctorText(out, width(), marks()).print(report);
    }
    if (file.isPresent()) {
      Files.writeString(file.get(), DoctorJson.write(report) + System.lineSeparator());
    }
    return report.sound() && (!strict || report.asAdvised()) ? ExitStatus.PASS : ExitStatus.FAIL;
  }

  // what was asked for

  private void check() {
    if ((topologyFile == null) == portals.isEmpty()) {
      throw new BadInput(
          topologyFile == null
              ? "say what to examine: --topology FILE, or --portal HOST[:PORT]"
              : "--topology is a lab, --portal a network: give one of them");
    }
    if (topologyFile == null) {
      // It has a default: whether it was given is known to the parser alone.
      refuse(
          "--topology",
          "--engine",
          spec.commandLine().getParseResult().hasMatchedOption("--engine"));
      refuse("--topology", "--host", !hostNames.isEmpty());
      refuse("--topology", "--break", !broken.isEmpty());
    } else {
      refuse("--portal", "--target", !targets.isEmpty());
      refuse("--portal", "--initiator-name", initiatorName != null);
      refuse("--portal", "--chap-user", chapUser != null);
      refuse("--portal", "--chap-secret-file", chapSecretFile != null);
      refuse("--portal", "--chap-target-user", chapTargetUser != null);
      refuse("--portal", "--chap-target-secret-file", chapTargetSecretFile != null);
    }
    if (reads < 1 || reads > 10_000) {
      throw new BadInput("--reads " + reads + ": write 1 to 10000");
    }
  }

  private static void refuse(String with, String flag, boolean given) {
    if (given) {
      String other = with.equals("--portal") ? "--topology" : "--portal";
      throw new BadInput(
          flag
              + " goes with "
              + with
              + ": leave it out, or give "
              + with
              + " in place of "
              + other);
    }
  }

  private long timeoutMs() {
    try {
      long ms = Units.positiveDurationMs(timeout);
      if (ms > 600_000) {
        throw new BadInput("--timeout " + timeout + ": write 10min at most");
      }
      return ms;
    } catch (BadValueException e) {
      throw new BadInput("--timeout " + timeout + ": " + e.getMessage() + "; " + e.remedy(), e);
    }
  }

  private Optional<Path> jsonFile() {
    if (json == null || json.equals("-")) {
      return Optional.empty();
    }
    Path file = Path.of(json);
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file) || folder == null || !Files.isDirectory(folder)) {
      throw new BadInput(
          "--json " + json + ": not a file in a folder that there is; write its name, or -");
    }
    return Optional.of(file);
  }

  // a lab

  private Optional<DoctorReport> lab(DiagnosisSpec how) throws LabException {
    Topology topology;
    try {
      topology = TopologyLoader.load(topologyFile);
    } catch (InvalidFileException e) {
      throw new BadInput(e.getMessage(), e);
    }
    Engine engine;
    try {
      engine = RunSettings.engine(engineName);
    } catch (IllegalArgumentException e) {
      throw new BadInput("--engine " + engineName + ": " + e.getMessage(), e);
    }
    String refusal = engine.refuses(topology);
    if (!refusal.isEmpty()) {
      throw new BadInput(
          topologyFile + ": engine " + engine.name() + " cannot build it: " + refusal);
    }
    LabDoctor doctor =
        new LabDoctor(engine, topology, hosts(topology), how, spec.commandLine().getErr());
    for (Broken each : broken) {
      doctor.breaking(each.place, each.how);
    }
    if (engine.needsContainers() && "check".equals(System.getenv("PATHPROOF_PHASE"))) {
      return Optional.empty();
    }
    return Optional.of(doctor.examine(topologyFile.toString()));
  }

  private List<HostSpec> hosts(Topology topology) {
    List<HostSpec> chosen = new ArrayList<>();
    for (String name : hostNames) {
      HostSpec host = topology.hosts().get(name);
      if (host == null) {
        throw new BadInput(
            "--host "
                + name
                + ": no such host in "
                + topology.name()
                + "; "
                + Suggestion.remedy(name, topology.hosts().keySet()));
      }
      chosen.add(host);
    }
    return chosen.isEmpty() ? List.copyOf(topology.hosts().values()) : chosen;
  }

  // a network

  private Optional<DoctorReport> network(DiagnosisSpec how) {
    Set<Portal> asked = new LinkedHashSet<>();
    for (String text : portals) {
      try {
        asked.add(Portal.parse(text));
      } catch (IllegalArgumentException e) {
        throw new BadInput(
            "--portal "
                + text
                + ": write HOST or HOST:PORT, an IPv6 address in brackets: "
                + "[2001:db8::1]:3260",
            e);
      }
    }
    List<String> wanted = targets.stream().map(name -> iscsiName("--target", name)).toList();
    String name = initiatorName == null ? ownName() : iscsiName("--initiator-name", initiatorName);
    return Optional.of(
        new NetworkDoctor(name, chap(), how, spec.commandLine().getErr())
            .examine(List.copyOf(asked), wanted));
  }

  /** RFC 7143 section 4.2.7; capital letters are made small. */
  private static String iscsiName(String place, String written) {
    IscsiName.problem(written)
        .ifPresent(
            problem -> {
              throw new BadInput(place + " is no iSCSI name: " + problem);
            });
    String name = IscsiName.prepare(written);
    if (!name.matches("(iqn\\.[0-9]{4}-[0-9]{2}\\.|eui\\.|naa\\.).+")) {
      throw new BadInput(
          place + " " + written + ": write an iSCSI name, such as iqn.2026-11.com.example:name");
    }
    return name;
  }

  private static String ownName() {
    try (Stream<String> lines = Files.lines(OWN_NAME)) {
      return lines
          .map(String::strip)
          .filter(line -> line.startsWith("InitiatorName="))
          .map(line -> line.substring("InitiatorName=".length()).strip())
          .filter(name -> !name.isEmpty())
          .findFirst()
          .map(name -> iscsiName(OWN_NAME + " (or give --initiator-name)", name))
          .orElse(DEFAULT_NAME);
    } catch (IOException | java.io.UncheckedIOException e) {
      return DEFAULT_NAME;
    }
  }

  private Optional<ChapSettings> chap() {
    if (chapUser == null) {
      if (chapSecretFile != null || chapTargetUser != null || chapTargetSecretFile != null) {
        throw new BadInput("a CHAP secret without a user: give --chap-user as well");
      }
      return Optional.empty();
    }
    ChapCredentials own =
        credentials(chapUser, chapSecretFile, "--chap-secret-file", SECRET, System.getenv());
    Optional<ChapCredentials> target = Optional.empty();
    if (chapTargetUser != null) {
      target =
          Optional.of(
              credentials(
                  chapTargetUser,
                  chapTargetSecretFile,
                  "--chap-target-secret-file",
                  TARGET_SECRET,
                  System.getenv()));
    }
    try {
      return Optional.of(new ChapSettings(own, target));
    } catch (IllegalArgumentException e) {
      throw new BadInput(e.getMessage() + " (RFC 7143 section 9.2.1): give each its own", e);
    }
  }

  static ChapCredentials credentials(
      String user, Path file, String flag, String variable, Map<String, String> environment) {
    String secret = environment.getOrDefault(variable, "");
    if (file != null) {
      try (Stream<String> lines = Files.lines(file)) {
        secret = lines.findFirst().orElse("").strip();
      } catch (IOException | java.io.UncheckedIOException e) {
        throw new BadInput(flag + " " + file + ": cannot be read: " + e.getMessage(), e);
      }
    }
    if (secret.isEmpty() || user.isEmpty()) {
      throw new BadInput(
          "CHAP needs a user and a secret: put the secret into "
              + variable
              + ", or into the first"
              + " line of the file of "
              + flag);
    }
    return new ChapCredentials(user, secret);
  }

  // the terminal

  private static boolean terminal() {
    return System.console() != null && System.getenv("TERM") != null;
  }

  private static int width() {
    String columns = System.getenv("COLUMNS");
    if (columns != null && columns.matches("[1-9][0-9]{1,3}")) {
      return Integer.parseInt(columns);
    }
    return terminal() ? CommandSpec.create().usageMessage().autoWidth(true).width() : PLAIN_WIDTH;
  }

  private static DoctorText.Marks marks() {
    String locale =
        Stream.of("LC_ALL", "LC_CTYPE", "LANG")
            .map(System::getenv)
            .filter(value -> value != null && !value.isEmpty())
            .findFirst()
            .orElse("");
    boolean unicode = locale.toLowerCase(Locale.ROOT).replace("-", "").contains("utf8");
    return new DoctorText.Marks(unicode, terminal() && System.getenv("NO_COLOR") == null);
  }
}
