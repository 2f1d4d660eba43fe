package io.pathproof.cli;

import io.pathproof.engine.Diagnoses;
import io.pathproof.initiator.diagnosis.Diagnosis;
import io.pathproof.initiator.diagnosis.DiagnosisSettings;
import io.pathproof.initiator.diagnosis.HostNetwork;
import io.pathproof.initiator.diagnosis.NettyDiagnosis;
import io.pathproof.initiator.diagnosis.NettyDiagnosis.Question;
import io.pathproof.initiator.diagnosis.PathReport;
import io.pathproof.initiator.diagnosis.Step;
import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.session.ChapSettings;
import io.pathproof.initiator.session.Portal;
import io.pathproof.lab.engine.DiagnosisSpec;
import io.pathproof.protocol.iscsi.IscsiName;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TargetAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** This machine's own way to an array on the network. */
final class NetworkDoctor {
  private static final int LOOPS = 2;
  private static final int MAX_UNITS = 16;
  private static final int MAX_PATHS = 0x7fff;

  private final String initiatorName;
  private final Optional<ChapSettings> chap;
  private final DiagnosisSpec how;
  private final DoctorProgress progress;
  private final Map<String, Question> questions = new LinkedHashMap<>();

  /** Targets' names that are not as they should be told, each with the reason. */
  private final Set<String> unprepared = new LinkedHashSet<>();

  NetworkDoctor(
      String initiatorName, Optional<ChapSettings> chap, DiagnosisSpec how, PrintWriter err) {
    this.initiatorName = initiatorName;
    this.chap = chap;
    this.how = how;
    this.progress = new DoctorProgress(err);
  }

  /**
   * Asks the portals for their targets, and examines every portal that they tell of.
   *
   * @param wanted only these targets, by their {@link IscsiName#prepare prepared} names; empty
   *     takes all
   */
  DoctorReport examine(List<Portal> portals, List<String> wanted) {
    try (EventLoops loops = new EventLoops(LOOPS);
        HostNetwork network = new HostNetwork((int) Math.min(2_000, how.timeoutMs()))) {
      progress.begins("warming up", 0);
      warmUp(loops, network);
      List<Question> asked = new ArrayList<>();
      for (Portal portal : portals) {
        asked.add(new Question(link(portal, "", asked.size()), Optional.empty()));
      }
      // a target need not prove itself in discovery, and many do not
      Optional<ChapSettings> oneWay = chap.map(each -> ChapSettings.oneWay(each.initiator()));
      progress.begins("asking for targets", asked.size());
      Diagnosis told = run(loops, network, asked, oneWay);
      List<PathReport> silent = new ArrayList<>();
      for (PathReport answer : told.paths()) {
        plan(answer, wanted, silent);
      }
      if (!questions.isEmpty()) {
        progress.begins("examining", questions.size());
      }
      Diagnosis examined = run(loops, network, List.copyOf(questions.values()), chap);
      progress.done();
      return report(portals, told, silent, examined);
    }
  }

  /**
   * Examines a port of this program itself, which takes one connection, waits for a login and ends
   * it: what a JVM does for the first time is slow, and is not to stand in the paths' times.
   */
  private void warmUp(EventLoops loops, HostNetwork network) {
    CompletableFuture<Void> served = CompletableFuture.completedFuture(null);
    try (ServerSocket own = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      served = CompletableFuture.runAsync(() -> takeOneLogin(own));
      Portal portal = new Portal(own.getInetAddress().getHostAddress(), own.getLocalPort());
      run(loops, network, List.of(new Question(link(portal, "", 0), Optional.empty())), chap);
    } catch (IOException e) {
      // then the first path takes a little longer
    }
    served.join();
  }

  private static void takeOneLogin(ServerSocket own) {
    try (Socket taken = own.accept()) {
      taken.getInputStream().readNBytes(1);
    } catch (IOException e) {
      // it is the other end that is warmed up
    }
  }

  private Diagnosis run(
      EventLoops loops, HostNetwork network, List<Question> asked, Optional<ChapSettings> with) {
    DiagnosisSettings settings =
        new DiagnosisSettings(
            initiatorName,
            ThreadLocalRandom.current().nextInt(),
            with,
            TimeUnit.MILLISECONDS.toNanos(how.timeoutMs()),
            how.reads(),
            MAX_UNITS,
            Set.of());
    return NettyDiagnosis.examine(loops, asked, settings, network, ended -> progress.partEnded())
        .join();
  }

  private static HostLink link(Portal portal, String target, int number) {
    return new HostLink(portal + (target.isEmpty() ? "" : " " + target), "", portal, number);
  }

  /** What a portal's answer gives to examine. */
  private void plan(PathReport answer, List<String> wanted, List<PathReport> silent) {
    boolean reached = answer.stop().isEmpty();
    Set<String> found = new LinkedHashSet<>();
    for (SendTargets.Target target : answer.targets()) {
      String name = IscsiName.comparable(target.name());
      if (wanted.isEmpty() || wanted.contains(name)) {
        found.add(name);
        IscsiName.problem(target.name()).ifPresent(unprepared::add);
        if (!name.equals(target.name())) {
          unprepared.add("'" + target.name() + "' has capital letters");
        }
        if (target.addresses().isEmpty()) {
          ask(answer.link().portal(), target.name());
        }
        for (TargetAddress address : target.addresses()) {
          ask(Portal.of(address), target.name());
        }
      }
    }
    // the login tells why a target that was named is not among those that discovery tells
    wanted.stream()
        .filter(name -> !found.contains(name))
        .forEach(name -> ask(answer.link().portal(), name));
    if (wanted.isEmpty() && (!reached || found.isEmpty())) {
      silent.add(answer);
    }
  }

  private void ask(Portal portal, String target) {
    if (questions.size() < MAX_PATHS) {
      questions.computeIfAbsent(
          portal + " " + target,
          key -> new Question(link(portal, target, questions.size()), Optional.of(target)));
    }
  }

  private DoctorReport report(
      List<Portal> portals, Diagnosis told, List<PathReport> silent, Diagnosis examined) {
    List<PathReport> all = new ArrayList<>();
    for (PathReport answer : silent) {
      all.add(answer.stop().isPresent() ? answer : toldNothing(answer));
    }
    all.addAll(examined.paths());
    List<String> notes = new ArrayList<>(examined.notes());
    oneWayOut(examined.paths()).ifPresent(notes::add);
    for (String problem : unprepared) {
      notes.add(
          "the target tells a name that is not in the form of RFC 7143 section 4.2.7.2, and a host"
              + " that brings it into that form may not be known to it: "
              + problem);
    }
    return new DoctorReport(
        portals.stream().map(Portal::toString).collect(Collectors.joining(", ")),
        Optional.empty(),
        List.of(),
        how.timeoutMs(),
        List.of(
            new DoctorReport.Host(
                initiatorName,
                Diagnoses.of("this host", all, told.paths(), notes, "not-examined", link -> ""),
                List.of(),
                List.of(),
                List.of())));
  }

  private PathReport toldNothing(PathReport answer) {
    return answer.stoppedAt(
        Step.LOGIN,
        "SendTargets: none",
        "the portal shows no target to " + initiatorName,
        "register this initiator name at the array, and map a volume to it");
  }

  private static Optional<String> oneWayOut(List<PathReport> paths) {
    Set<String> ways =
        paths.stream().map(path -> path.step(Step.ROUTE).seen()).collect(Collectors.toSet());
    return paths.size() > 1 && ways.size() == 1
        ? Optional.of(
            "all paths leave " + ways.iterator().next() + ": what breaks there breaks every path")
        : Optional.empty();
  }
}
