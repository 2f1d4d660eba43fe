package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.VsphereRun.change;
import static io.pathproof.lab.verdict.VsphereRun.path;
import static io.pathproof.lab.verdict.VsphereRun.seen;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Expectations;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is concluded of vSphere hosts: sound histories, and the same with one planted defect. */
class VsphereJudgeTest {
  private static final String STANDBY = "teaming active vmnic1 standby vmnic0";

  static void expect(HandWrittenRun<?> run, String checker, Verdict verdict, String observed) {
    Finding finding =
        run.judge().findings().stream()
            .filter(one -> one.checker().equals(checker))
            .findFirst()
            .orElseThrow();
    assertThat(finding.verdict()).as(finding.toString()).isEqualTo(verdict);
    assertThat(finding.observed()).contains(observed);
  }

  static VsphereRun bound(Expectation expectation) {
    return new VsphereRun("esx1.vmk2", STANDBY, expectation).reads();
  }

  @Test
  @Tag("PB-1")
  @Tag("PB-2")
  void portsAreBoundOrNotForTheReasonExpected() {
    Expectation all =
        Expectations.portsBound(
            "esx1.vmk1", "compliant", "esx1.vmk2", "compliant", "esx1.vmk3", "standby");
    expect(bound(all), "ports-bound", Verdict.PASS, "vmk3 has standby adapter: not used");
    expect(
        bound(Expectations.portsBound("esx1.vmk1", "no-active")),
        "ports-bound",
        Verdict.FAIL,
        "esx1.vmk1 is compliant");
    expect(
        bound(Expectations.portsBound("esx1.vmk3", "several-active")),
        "ports-bound",
        Verdict.FAIL,
        "esx1.vmk3 is standby");
    expect(
        bound(all).read("esx1", "vmk3", 1000).at(11, change("vmk3", true, "logged in")),
        "ports-bound",
        Verdict.FAIL,
        "had a session; it carried 1 I/O");
    expect(
        bound(all)
            .change(
                Event.VmkernelPortSeen.class,
                each -> each.port().equals("vmk3"),
                each -> seen("vmk3", "vmnic0", "standby", true)),
        "ports-bound",
        Verdict.FAIL,
        "is used all the same");
    expect(
        bound(all)
            .change(
                Event.VmkernelPortSeen.class,
                each -> each.port().equals("vmk3"),
                each ->
                    new Event.VmkernelPortSeen(
                        "esx1", "vmk3", "vmnic0", true, "standby", false, "", "")),
        "ports-bound",
        Verdict.FAIL,
        "neither reason nor remedy");
    expect(
        new VsphereRun("esx1.vmk2", STANDBY, all).readsButOver("vmk2", 0, 9000),
        "ports-bound",
        Verdict.FAIL,
        "esx1.vmk2 carried no I/O");
    expect(
        bound(all).without(Event.VmkernelPortSeen.class, each -> each.port().equals("vmk1")),
        "ports-bound",
        Verdict.FAIL,
        "its host told nothing of it");
  }

  @Test
  @Tag("PB-3")
  @Tag("PB-8")
  void aPortThatBecomesNonCompliantIsNotUsedUntilItIsMended() {
    Expectation out = Expectations.outOfUse("esx1.vmk2");
    expect(VsphereRun.outAndBack(out), "out-of-use", Verdict.PASS, "1 path down, and back");
    expect(bound(out), "out-of-use", Verdict.FAIL, "esx1.vmk2 stayed in use");
    expect(
        VsphereRun.outAndBack(out).read("esx1", "vmk2", 1000),
        "out-of-use",
        Verdict.FAIL,
        "carried 1 I/O while not to be used");
    expect(
        VsphereRun.outAndBack(out)
            .without(
                Event.PathChanged.class, each -> !each.up() && each.cause().contains("standby")),
        "out-of-use",
        Verdict.FAIL,
        "did not go down");
    expect(
        VsphereRun.outAndBack(out)
            .without(
                Event.VmkernelPortSeen.class, each -> each.port().equals("vmk2") && each.used()),
        "out-of-use",
        Verdict.FAIL,
        "never mended");
    expect(
        VsphereRun.outAndBack(out)
            .without(
                Event.IoSent.class, each -> each.path().equals(path("vmk2")) && each.op() > 100),
        "out-of-use",
        Verdict.FAIL,
        "did not come back into use");
  }

  @Test
  @Tag("PB-8")
  void aPortWithAnOverrideStaysInUse() {
    Expectation stays = Expectations.staysInUse("esx1.vmk1");
    expect(VsphereRun.outAndBack(stays), "stays-in-use", Verdict.PASS, "I/Os while the fault");
    expect(
        VsphereRun.outAndBack(Expectations.staysInUse("esx1.vmk2")),
        "stays-in-use",
        Verdict.FAIL,
        "not used any more");
    expect(
        VsphereRun.outAndBack(stays).at(900, change("vmk1", false, "no answer")),
        "stays-in-use",
        Verdict.FAIL,
        "went down");
  }

  private static Event.PortRemovalAsked asked(boolean refused, List<String> sessions) {
    return new Event.PortRemovalAsked(
        "esx1",
        "vmk2",
        "remove-port",
        refused,
        refused,
        "vmk2 is bound: would end " + sessions + " of mpatha",
        sessions,
        List.of("mpatha"),
        List.of());
  }

  @Test
  @Tag("PB-7")
  void aRemovalIsRefusedWithAWarningThatNamesWhatWouldBeLost() {
    Expectation refused = Expectations.removalRefused();
    Event.PortRemovalAsked sound = asked(true, List.of(path("vmk2")));
    expect(removal(refused).at(601, sound), "removal", Verdict.PASS, "would end");
    expect(
        removal(refused).at(601, asked(true, List.of())),
        "removal",
        Verdict.FAIL,
        "does not name session and path " + path("vmk2"));
    expect(
        removal(refused).at(601, asked(false, List.of(path("vmk2")))),
        "removal",
        Verdict.FAIL,
        "esx1.vmk2 was done");
    expect(
        removal(refused).at(601, sound).at(700, change("vmk2", false, "gone")),
        "removal",
        Verdict.FAIL,
        "refused, but " + path("vmk2") + " went down");
    expect(removal(refused), "removal", Verdict.INCONCLUSIVE, "no port was to be removed");
  }

  @Test
  @Tag("PB-7")
  void theRemovalOfAnUnboundPortIsNotGuarded() {
    Expectation unguarded = Expectations.removalUnguarded();
    Event.PortRemovalAsked done = asked(false, List.of(path("vmk2")));
    expect(
        removal(unguarded).at(601, done).at(620, change("vmk2", false, "vmk2 was removed")),
        "removal",
        Verdict.PASS,
        "went with it");
    expect(removal(unguarded).at(601, done), "removal", Verdict.FAIL, "but not all of");
    expect(
        removal(unguarded).at(601, asked(true, List.of(path("vmk2")))),
        "removal",
        Verdict.FAIL,
        "was refused");
  }

  private static VsphereRun removal(Expectation expectation) {
    return new VsphereRun("esx1.vmk2", "remove-port", expectation).reads();
  }

  @Test
  @Tag("PB-2")
  void aPortThatIsNotBoundIsNotCompliantAndUsed() {
    expect(
        bound(Expectations.portsBound("esx1.vmk1", "compliant"))
            .change(
                Event.VmkernelPortSeen.class,
                each -> each.port().equals("vmk1"),
                each ->
                    new Event.VmkernelPortSeen(
                        "esx1", "vmk1", "vmnic0", false, "compliant", true, "", "")),
        "ports-bound",
        Verdict.FAIL,
        "esx1.vmk1 is not bound");
    expect(
        bound(Expectations.portsBound("esx1.vmk1", "compliant"))
            .change(
                Event.VmkernelPortSeen.class,
                each -> each.port().equals("vmk1"),
                each -> seen("vmk1", "vmnic0", "compliant", false)),
        "ports-bound",
        Verdict.FAIL,
        "esx1.vmk1 is not used");
  }

  @Test
  @Tag("PB-2")
  void aPortThatIsNotTakenHasNoSessionAndWhatBecomesOfItLaterDoesNotCount() {
    Expectation all = Expectations.portsBound("esx1.vmk3", "standby");
    expect(
        bound(all)
            .at(11, change("vmk3", true, "logged in"))
            .at(11, new Event.SessionChanged("esx1", path("vmk3"), "LOGGED_IN", "")),
        "ports-bound",
        Verdict.FAIL,
        "had a session; it carried 0 I/Os");
    expect(
        bound(all).at(700, seen("vmk3", "vmnic0", "compliant", true)),
        "ports-bound",
        Verdict.PASS,
        "not used");
  }

  @Test
  @Tag("PB-3")
  void aPortGoesOutOfUseSoonWithAReasonAndItsPathsComeUpAgain() {
    Expectation out = Expectations.outOfUse("esx1.vmk2");
    expect(
        VsphereRun.outAndBack(out)
            .change(
                Event.VmkernelPortSeen.class,
                each -> each.port().equals("vmk2") && !each.used(),
                each ->
                    new Event.VmkernelPortSeen(
                        "esx1", "vmk2", "vmnic1", true, "standby", false, "", "mend it")),
        "out-of-use",
        Verdict.FAIL,
        "without a reason and a remedy");
    expect(
        VsphereRun.outAndBack(out)
            .change(
                Event.VmkernelPortSeen.class,
                each -> each.port().equals("vmk2") && !each.used(),
                each ->
                    new Event.VmkernelPortSeen(
                        "esx1", "vmk2", "vmnic1", true, "compliant", false, "no reason", "none")),
        "out-of-use",
        Verdict.FAIL,
        "without a reason and a remedy");
    expect(
        VsphereRun.outAndBack(out)
            .without(Event.PathChanged.class, each -> each.up() && each.cause().equals("logged in"))
            .at(10, change("vmk2", true, "logged in")),
        "out-of-use",
        Verdict.FAIL,
        "did not come back into use");
    expect(
        new VsphereRun("esx1.vmk2", STANDBY, out).readsButOver("vmk2", 0, 9000),
        "out-of-use",
        Verdict.INCONCLUSIVE,
        "carried no I/O before a fault");
    expect(
        new VsphereRun("esx1.vmk2", STANDBY, Expectations.staysInUse("esx1.vmk2"))
            .readsButOver("vmk2", 0, 9000),
        "stays-in-use",
        Verdict.INCONCLUSIVE,
        "no I/O came its way");
  }

  @Test
  @Tag("PB-7")
  void aWarningThatLeavesOutADeviceOrTellsOfAWrongLastPathIsFound() {
    Expectation refused = Expectations.removalRefused();
    String path = path("vmk2");
    expect(
        removal(refused).at(601, asked(List.of(path), "would end " + path, List.of(), List.of())),
        "removal",
        Verdict.FAIL,
        "does not name device mpatha");
    expect(
        removal(refused)
            .at(
                601,
                asked(
                    List.of(path), "would end a session of mpatha", List.of("mpatha"), List.of())),
        "removal",
        Verdict.FAIL,
        "does not name session and path " + path);
    expect(
        removal(refused)
            .at(
                601,
                asked(
                    List.of(path),
                    "would end " + path + " of mpatha",
                    List.of("mpatha"),
                    List.of("mpatha"))),
        "removal",
        Verdict.FAIL,
        "the last path of mpatha, or names one that is none");
    expect(
        new VsphereRun("esx1.vmk3", "remove-port", refused)
            .reads()
            .at(
                601,
                new Event.PortRemovalAsked(
                    "esx1",
                    "vmk3",
                    "remove-port",
                    true,
                    true,
                    "no",
                    List.of(),
                    List.of(),
                    List.of())),
        "removal",
        Verdict.INCONCLUSIVE,
        "nothing hung on esx1.vmk3");
  }

  private static Event.PortRemovalAsked asked(
      List<String> sessions, String text, List<String> devices, List<String> last) {
    return new Event.PortRemovalAsked(
        "esx1", "vmk2", "remove-port", true, true, text, sessions, devices, last);
  }

  @Test
  @Tag("PB-3")
  @Tag("PB-5")
  void whatAHostWasToDoAndTellsNothingOfHadNoEffect() {
    Expectation stays = Expectations.staysInUse("esx1.vmk1");
    expect(VsphereRun.outAndBack(stays), "fault-took-effect", Verdict.PASS, "esx1.vmk2");
    expect(
        VsphereRun.outAndBack(stays).without(Event.HostChanged.class, each -> true),
        "fault-took-effect",
        Verdict.INCONCLUSIVE,
        "the host tells of nothing since");
  }
}
