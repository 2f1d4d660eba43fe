package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.Checker.fail;
import static io.pathproof.lab.verdict.Checker.inconclusive;
import static io.pathproof.lab.verdict.Checker.pass;
import static io.pathproof.lab.verdict.RunView.count;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.vsphere.TargetParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Each target has the parameters of its dynamic target, unless it has its own. */
final class TargetParameterChecker {
  /** How much later than its time a login attempt may be given up. */
  private static final long SLACK_MS = 500;

  private TargetParameterChecker() {}

  static Finding check(RunView run) {
    String name = "target-parameters";
    String expected =
        "each target has LoginTimeout and DelayedAck of its dynamic target, unless it has its own";
    List<String> wrong = new ArrayList<>();
    Map<String, Long> seen = new TreeMap<>();
    List<String> unset = new ArrayList<>();
    long attempts = 0;
    for (String host : run.hosts()) {
      HostSpec spec = run.topology().hosts().get(host);
      if (spec.vsphere().isEmpty()) {
        continue;
      }
      for (Event.DeviceFound device : run.devicesOf(host)) {
        for (PathInfo path : device.paths()) {
          Optional<Event.TargetParametersSet> set = set(run, host, path.id());
          if (set.isEmpty()) {
            wrong.add(path.id() + ": nothing was told of its target");
            continue;
          }
          Event.TargetParametersSet got = set.get();
          TargetParameters want = wanted(spec, got);
          if (want.loginTimeoutMs().getAsLong() != got.loginTimeoutMs()) {
            wrong.add(
                path.id()
                    + ": LoginTimeout "
                    + got.loginTimeoutMs()
                    + " ms in place of "
                    + want.loginTimeoutMs().getAsLong());
          }
          String ack = want.delayedAck().orElseThrow() ? "on" : "off";
          if (!got.delayedAck().equals(ack)) {
            boolean impossible = got.delayedAck().startsWith("on:");
            (impossible ? unset : wrong)
                .add(path.id() + ": DelayedAck " + got.delayedAck() + " in place of " + ack);
          }
          seen.merge(
              String.format(
                  Locale.ROOT,
                  "LoginTimeout %.1f s and DelayedAck %s",
                  got.loginTimeoutMs() / 1e3,
                  got.delayedAck()),
              1L,
              Long::sum);
          attempts += attempts(run, host, path.id(), got.loginTimeoutMs(), spec, wrong);
        }
      }
    }
    if (!wrong.isEmpty()) {
      return fail(name, expected, String.join("; ", wrong));
    }
    String observed = Counts.of(seen, "path", "with");
    if (seen.isEmpty() || !unset.isEmpty()) {
      return inconclusive(
          name, expected, seen.isEmpty() ? "no target was logged in to" : String.join("; ", unset));
    }
    boolean cut = run.injections().stream().anyMatch(fault -> !fault.hostActs() && fault.cuts());
    if (cut && attempts == 0) {
      return inconclusive(name, expected, observed + "; no login timed out");
    }
    return pass(
        name,
        expected,
        observed + (cut ? "; " + count(attempts, "login") + " given up after just that" : ""));
  }

  /** The target at a port of the array has these parameters on every vSphere host, outright. */
  static Finding has(RunView run, Expectation.TargetHas wanted) {
    String name = "target-parameters";
    String expected =
        String.format(
            Locale.ROOT,
            "the target at %s has LoginTimeout %.1f s and DelayedAck %s",
            wanted.port(),
            wanted.loginTimeoutMs() / 1e3,
            wanted.delayedAck() ? "on" : "off");
    List<String> seen = new ArrayList<>();
    Verdict verdict = Verdict.PASS;
    for (String host : run.hosts()) {
      for (Event.TargetParametersSet told : at(run, host, wanted.port())) {
        boolean timeout = told.loginTimeoutMs() == wanted.loginTimeoutMs();
        boolean ack = told.delayedAck().equals(wanted.delayedAck() ? "on" : "off");
        boolean impossible = !wanted.delayedAck() && told.delayedAck().startsWith("on:");
        verdict =
            verdict.and(
                timeout && ack
                    ? Verdict.PASS
                    : timeout && impossible ? Verdict.INCONCLUSIVE : Verdict.FAIL);
        seen.add(
            String.format(
                Locale.ROOT,
                "%s %s: %.1f s, DelayedAck %s",
                host,
                told.path(),
                told.loginTimeoutMs() / 1e3,
                told.delayedAck()));
      }
    }
    return seen.isEmpty()
        ? inconclusive(name, expected, "no host logged in there")
        : new Finding(name, verdict, expected, String.join("; ", seen));
  }

  private static List<Event.TargetParametersSet> at(RunView run, String host, String port) {
    return run.devicesOf(host).stream()
        .flatMap(device -> device.paths().stream())
        .filter(path -> path.link().port().equals(port))
        .map(path -> set(run, host, path.id()))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<Event.TargetParametersSet> set(RunView run, String host, String path) {
    return run.events(Event.TargetParametersSet.class)
        .filter(each -> each.host().equals(host) && each.path().equals(path))
        .findFirst();
  }

  private static TargetParameters wanted(HostSpec host, Event.TargetParametersSet told) {
    return host.vsphere()
        .orElseThrow()
        .targets()
        .parameters(told.discoveredAt(), told.portal())
        .over(
            new TargetParameters(
                OptionalLong.of(host.timers().loginTimeoutMs()), Optional.of(true)));
  }

  /** Logins that timed out: from one to the next it is the timeout and the wait between. */
  private static long attempts(
      RunView run, String host, String path, long timeoutMs, HostSpec spec, List<String> wrong) {
    long counted = 0;
    long lastNs = -1;
    for (Entry entry : run.entries()) {
      if (!(entry.event() instanceof Event.PathChanged change)
          || !change.host().equals(host)
          || !change.path().equals(path)) {
        continue;
      }
      boolean timedOut = !change.up() && change.cause().contains("LOGIN_TIMED_OUT");
      if (timedOut && lastNs >= 0) {
        counted++;
        long tookMs = (entry.atNs() - lastNs) / 1_000_000;
        long leastMs = timeoutMs;
        long mostMs = timeoutMs + spec.timers().reconnectDelayMs() + SLACK_MS;
        if (tookMs < leastMs || tookMs > mostMs) {
          wrong.add(
              path + ": a login attempt took " + tookMs + " ms, not " + leastMs + " to " + mostMs);
        }
      }
      if (!change.cause().startsWith("checker")) {
        lastNs = timedOut ? entry.atNs() : -1;
      }
    }
    return counted;
  }
}
