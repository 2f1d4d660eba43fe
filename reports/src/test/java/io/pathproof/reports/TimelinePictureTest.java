package io.pathproof.reports;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult.Status;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.reports.picture.TimelinePicture;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TimelinePictureTest {
  static List<Outcome> outcomes() {
    return List.of(
        Samples.xBreaks(),
        Samples.portLost(),
        Samples.yBreaksWrongly(),
        Samples.fabricLost(),
        Samples.noFault(),
        Samples.labFailed(),
        Samples.large(),
        Samples.weird());
  }

  @ParameterizedTest
  @MethodSource("outcomes")
  void everyIoOfTheHistoryStandsInThePicture(Outcome outcome) throws Exception {
    SvgDocument picture = new SvgDocument(TimelinePicture.render(outcome));
    assertThat(picture.count("sent")).isEqualTo(events(outcome, e -> e instanceof Event.IoSent));
    assertThat(picture.count("attempt"))
        .isEqualTo(events(outcome, e -> e instanceof Event.IoAttemptEnded));
    assertThat(picture.count("io-error")).isEqualTo(ended(outcome, Status.FAILED));
    assertThat(picture.count("io-unsure")).isEqualTo(ended(outcome, Status.INDETERMINATE));
    assertThat(picture.count("rate")).isEqualTo(outcome.io().issued());
    assertThat(picture.count("switched"))
        .isEqualTo(events(outcome, e -> e instanceof Event.PathSwitched));
    assertThat(picture.all("fault-window"))
        .hasSize((int) events(outcome, e -> e instanceof Event.FaultInjected));
    assertThat(picture.all("down"))
        .filteredOn(e -> e.hasChildNodes())
        .hasSize((int) events(outcome, e -> e instanceof Event.PathChanged c && !c.up()));
  }

  @Test
  void faultIsShownWithItsWordsAndThePauseWithItsParts() throws Exception {
    SvgDocument picture = new SvgDocument(TimelinePicture.render(Samples.portLost()));
    assertThat(picture.texts())
        .contains("break host2.nic0 -> node1.a, silent-drop")
        .contains("blackout 813 ms", "812 ms", "0.31 ms", "0.74 ms", "writes fenced", "4.20 ms")
        .anyMatch(t -> t.contains("ping every 500 ms, answer within 500 ms"));
    assertThat(picture.all("part")).hasSize(5);
    assertThat(picture.all("hit")).hasSize(1);
    assertThat(picture.all("switched")).isNotEmpty();
  }

  /** Paths that go one by one as a host logs out move no I/O, and its devices are not lost. */
  @Test
  void whatALogoutDoesIsNoFailover() throws Exception {
    SampleRun run =
        new SampleRun(SampleTopology.ioGroup(), "host2-logs-out", "IO-6")
            .workload("host2", 100, 2000)
            .event(1500, switched("nic0:node1.a", "nic0:node1.b"))
            .event(3000, new Event.PhaseStarted("detach"))
            .event(3001, switched("nic0:node1.b", "nic0:node2.a"))
            .event(3001, new Event.DeviceChanged("host2", "mpath0", "all paths down", "logout"));
    SvgDocument picture = new SvgDocument(TimelinePicture.render(run.run()));
    assertThat(picture.count("switched")).isEqualTo(1);
    assertThat(picture.all("moment")).isEmpty();
  }

  /** RR-3: each volume has a path of its own, and neither ever moves. */
  @Test
  void devicesThatShareAPathHaveLanesOfTheirOwnAndNoArrowBeforeTheyMoved() throws Exception {
    String path = "nic0:node1.a";
    String other = "nic0:node1.b";
    List<PathInfo> paths =
        List.of(
            new PathInfo(path, new LinkId("host2.nic0", "node1.a"), "10.10.1.10:3260"),
            new PathInfo(other, new LinkId("host2.nic0", "node1.b"), "10.10.2.10:3260"));
    SampleRun run =
        new SampleRun(SampleTopology.ioGroup(), "host2-prefers", "RR-3")
            .workload("host2", 100, 1000)
            .event(-100, new Event.DeviceFound("host2", "mpath1", "vol1", "naa.6002", paths))
            .event(0, new Event.PathSwitched("host2", "mpath1", path, other, "a preferred path"))
            .event(10, new Event.IoSent(9001, "host2", "mpath1", other, 1));
    SvgDocument picture = new SvgDocument(TimelinePicture.render(run.run()));
    assertThat(picture.all("switched")).isEmpty();
    assertThat(picture.texts()).contains("vol0 " + path, "vol1 " + path, "vol1 " + other);
    assertThat(picture.all("sent"))
        .filteredOn(e -> e.getAttribute("data-device").equals("mpath1"))
        .extracting(e -> e.getAttribute("data-path") + e.getAttribute("data-count"))
        .containsExactly(other + 1);

    run.event(20, new Event.IoSent(9002, "host2", "mpath1", path, 1));
    run.event(500, new Event.PathSwitched("host2", "mpath1", path, other, "path down"));
    assertThat(new SvgDocument(TimelinePicture.render(run.run())).count("switched")).isEqualTo(1);
  }

  private static Event switched(String from, String to) {
    return new Event.PathSwitched("host2", "mpath0", from, to, "a path went down");
  }

  @Test
  void faultBarSpansTheTimeThatTheFaultStood() throws Exception {
    SvgDocument picture = new SvgDocument(TimelinePicture.render(Samples.portLost()));
    double width = Double.parseDouble(picture.all("fault-window").get(0).getAttribute("width"));
    // 3 s of 6 s, on 900 pixels less a thirtieth for the margins.
    assertThat(width).isBetween(430.0, 440.0);
  }

  @Test
  void deadLabIsMarkedWithItsMessage() throws Exception {
    SvgDocument picture = new SvgDocument(TimelinePicture.render(Samples.labFailed()));
    assertThat(picture.all("moment")).hasSize(1);
    assertThat(picture.texts()).anyMatch(t -> t.contains("node2 does not answer"));
    assertThat(picture.texts()).contains("INCONCLUSIVE");
  }

  @Test
  void emptyHistoryIsSaidAndDrawn() throws Exception {
    SvgDocument picture = new SvgDocument(TimelinePicture.render(Samples.empty()));
    assertThat(picture.texts()).contains("No history was recorded.", "no container engine");
    assertThat(picture.all("fault-window")).isEmpty();
  }

  @Test
  void markupInNamesIsText() throws Exception {
    SvgDocument picture = new SvgDocument(TimelinePicture.render(Samples.weird()));
    assertThat(picture.texts()).contains("h<&\">'\uFFFD 2", "weird-<b>&\"'");
  }

  @Test
  void twentyThousandIosMakeASmallPicture() {
    Outcome large = Samples.large();
    assertThat(large.io().issued()).isGreaterThan(20_000);
    assertThat(TimelinePicture.render(large).length()).isLessThan(120_000);
  }

  private static long ended(Outcome outcome, Status status) {
    return events(outcome, e -> e instanceof Event.IoEnded io && io.status() == status);
  }

  private static long events(Outcome outcome, Predicate<Event> which) {
    return outcome.history().stream().map(Entry::event).filter(which).count();
  }
}
