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
    expect(bound(cascade), name, Verdict.PASS, path("vmk2") + " 30.0 s, DelayedAck off");
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
}
