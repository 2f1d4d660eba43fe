package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.VsphereJudgeTest.bound;
import static io.pathproof.lab.verdict.VsphereJudgeTest.expect;
import static io.pathproof.lab.verdict.VsphereRun.PORTAL;
import static io.pathproof.lab.verdict.VsphereRun.change;
import static io.pathproof.lab.verdict.VsphereRun.path;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Expectations;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is concluded of the parameters of a vSphere host's targets. */
class TargetParameterJudgeTest {
  private static Event.TargetParametersSet set(String path, long loginMs, String ack) {
    return new Event.TargetParametersSet("esx1", path, PORTAL, PORTAL, loginMs, ack);
  }

  @Test
  @Tag("PB-11")
  void parametersThatDoNotCascadeAreFound() {
    Expectation cascade = Expectations.targetParametersCascade();
    String name = "target-parameters";
    expect(bound(cascade), name, Verdict.PASS, "with LoginTimeout 30.0 s and DelayedAck off");
    expect(
        bound(cascade)
            .change(
                Event.TargetParametersSet.class,
                each -> each.path().equals(path("vmk2")),
                each -> set(each.path(), 5_000, "off")),
        name,
        Verdict.FAIL,
        "LoginTimeout 5000 ms in place of 30000");
    expect(
        bound(cascade)
            .change(
                Event.TargetParametersSet.class,
                each -> true,
                each -> set(each.path(), 30_000, "on")),
        name,
        Verdict.FAIL,
        "DelayedAck on in place of off");
    expect(
        bound(cascade)
            .change(
                Event.TargetParametersSet.class,
                each -> true,
                each -> set(each.path(), 30_000, "on: nio cannot")),
        name,
        Verdict.INCONCLUSIVE,
        "on: nio cannot");
    expect(
        bound(cascade).without(Event.TargetParametersSet.class, each -> true),
        name,
        Verdict.FAIL,
        "nothing was told of its target");
  }

  @Test
  @Tag("PB-11")
  void aLoginThatIsGivenUpAtAnotherTimeIsFound() {
    VsphereRun run =
        new VsphereRun("esx1.vmnic1", "silent-drop", Expectations.targetParametersCascade())
            .reads()
            .at(1000, change("vmk2", false, "login: connection LOGIN_TIMED_OUT: not connected"))
            .at(3000, change("vmk2", false, "login: connection LOGIN_TIMED_OUT: not connected"));
    expect(run, "target-parameters", Verdict.FAIL, "a login attempt took 2000 ms, not 30000");
  }

  @Test
  @Tag("PB-11")
  void whatATargetHasIsComparedWithWhatItIsToHave() {
    String name = "target-parameters";
    Expectation wanted = Expectations.targetHas("ct0.eth0", "30s", false);
    expect(bound(wanted), name, Verdict.PASS, path("vmk2") + ": 30.0 s, DelayedAck off");
    expect(
        bound(Expectations.targetHas("ct0.eth0", "5s", false)),
        name,
        Verdict.FAIL,
        path("vmk1") + ": 30.0 s");
    expect(
        bound(Expectations.targetHas("ct0.eth0", "30s", true)),
        name,
        Verdict.FAIL,
        "DelayedAck off");
    expect(
        bound(wanted)
            .change(
                Event.TargetParametersSet.class,
                each -> each.path().equals(path("vmk2")),
                each -> set(each.path(), 30_000, "on: nio cannot")),
        name,
        Verdict.INCONCLUSIVE,
        "on: nio cannot");
    expect(
        bound(wanted)
            .change(
                Event.TargetParametersSet.class,
                each -> each.path().equals(path("vmk2")),
                each -> set(each.path(), 5_000, "on: nio cannot")),
        name,
        Verdict.FAIL,
        "5.0 s");
    expect(
        bound(wanted).without(Event.TargetParametersSet.class, each -> true),
        name,
        Verdict.INCONCLUSIVE,
        "no host logged in there");
  }

  @Test
  @Tag("PB-11")
  void hostsWithoutVsphereHaveNoParameters() {
    expect(
        new VirtualRun(Expectations.targetParametersCascade()),
        "target-parameters",
        Verdict.INCONCLUSIVE,
        "no target was logged in to");
  }

  /** Goes on for so long that a login may time out twice. */
  private static VsphereRun cut(String how) {
    return new VsphereRun("esx1.vmnic1", how, Expectations.targetParametersCascade())
        .reads()
        .without(Event.PathChanged.class, each -> each.cause().equals("logged out"));
  }

  private static Event timedOut(String port) {
    return change(port, false, "login: connection LOGIN_TIMED_OUT: not connected");
  }

  /** LoginTimeout is 30 s, and 250 ms pass before the next attempt. */
  @Test
  @Tag("PB-11")
  void loginsAreGivenUpAfterTheirTimeAndTheWaitBetween() {
    String name = "target-parameters";
    expect(cut("latency 50ms"), name, Verdict.PASS, "with LoginTimeout 30.0 s and DelayedAck off");
    expect(cut("silent-drop"), name, Verdict.INCONCLUSIVE, "no login timed out");
    expect(
        cut("silent-drop").at(1000, timedOut("vmk2")).at(31_700, timedOut("vmk2")),
        name,
        Verdict.PASS,
        "; 1 login given up after just that");
    expect(
        cut("silent-drop").at(1000, timedOut("vmk2")).at(31_760, timedOut("vmk2")),
        name,
        Verdict.FAIL,
        "not 30000 to 30750");
  }

  /** Each pair is 30 s apart where it counts, and less where it must not. */
  @Test
  @Tag("PB-11")
  void onlyTheAttemptsOfThePathOneAfterTheOtherCount() {
    String name = "target-parameters";
    String one = "; 1 login given up after just that";
    VsphereRun others =
        cut("silent-drop")
            .at(1000, timedOut("vmk2"))
            .at(1100, timedOut("vmk1"))
            .at(
                1200,
                new Event.PathChanged(
                    "esx2",
                    path("vmk2"),
                    VsphereRun.link("vmk2"),
                    false,
                    "login: connection LOGIN_TIMED_OUT"))
            // the checker looks while the session tries
            .at(1300, change("vmk2", false, "checker: no answer"))
            .at(31_100, timedOut("vmk2"));
    expect(others, name, Verdict.PASS, one);
    VsphereRun wasBack =
        cut("silent-drop")
            .at(1000, timedOut("vmk2"))
            .at(2000, change("vmk2", true, "logged in after LOGIN_TIMED_OUT"))
            .at(3000, timedOut("vmk2"))
            .at(33_100, timedOut("vmk2"));
    expect(wasBack, name, Verdict.PASS, one);
    VsphereRun lostFirst =
        cut("silent-drop")
            .at(1000, change("vmk2", false, "connection: reset"))
            .at(1500, timedOut("vmk2"))
            .at(1700, change("vmk2", false, "connection: reset"))
            .at(2000, timedOut("vmk2"))
            .at(32_100, timedOut("vmk2"));
    expect(lostFirst, name, Verdict.PASS, one);
  }

  @Test
  @Tag("PB-11")
  void whatAnotherHostWasToldDoesNotCountAndNeitherDoAnotherPortsTargets() {
    Event elses = new Event.TargetParametersSet("esx2", path("vmk1"), PORTAL, PORTAL, 5_000, "on");
    expect(
        bound(Expectations.targetParametersCascade()).at(7, elses),
        "target-parameters",
        Verdict.PASS,
        "2 paths with LoginTimeout 30.0 s and DelayedAck off");
    expect(
        bound(Expectations.targetHas("ct1.eth0", "30s", false)),
        "target-parameters",
        Verdict.INCONCLUSIVE,
        "no host logged in there");
    expect(
        bound(Expectations.targetHas("ct0.eth0", "30s", true))
            .change(
                Event.TargetParametersSet.class,
                each -> true,
                each -> set(each.path(), 30_000, "on: nio cannot")),
        "target-parameters",
        Verdict.FAIL,
        "on: nio cannot");
  }

  /**
   * Where neither the target nor its dynamic one says: the host's own login time, and ESXi's on.
   */
  @Test
  @Tag("PB-11")
  void aTargetOfAnUnknownDynamicOneHasTheDefaults() {
    expect(
        bound(Expectations.targetParametersCascade())
            .change(
                Event.TargetParametersSet.class,
                each -> each.path().equals(path("vmk2")),
                each ->
                    new Event.TargetParametersSet(
                        "esx1", each.path(), "10.0.0.99:3260", "10.0.0.98:3260", 5_000, "on")),
        "target-parameters",
        Verdict.PASS,
        "with LoginTimeout 5.0 s and DelayedAck on");
  }
}
