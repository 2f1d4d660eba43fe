package io.pathproof.lab.scenario;

import io.pathproof.lab.document.Units;
import java.util.Arrays;
import java.util.Map;

/** What must be seen, for scenarios written in Java; each is one key of {@code expect:}. */
public final class Expectations {
  private Expectations() {}

  /** {@code io: continues}. */
  public static Expectation ioContinues() {
    return new Expectation.IoContinues();
  }

  /** {@code io: undisturbed}. */
  public static Expectation ioUndisturbed() {
    return new Expectation.IoUndisturbed();
  }

  /** {@code io: fails}. */
  public static Expectation ioFails() {
    return new Expectation.IoFails();
  }

  /** {@code io: fails-when-tried}. */
  public static Expectation ioFailsWhenTried() {
    return new Expectation.IoFailsWhenTried();
  }

  /** {@code pause: < 2s}; throws {@link io.pathproof.lab.document.BadValueException}. */
  public static Expectation pauseBelow(String duration) {
    return new Expectation.PauseBelow(Units.positiveDurationMs(duration));
  }

  /** {@code array: unchanged}. */
  public static Expectation arrayUnchanged() {
    return new Expectation.ArrayUnchanged();
  }

  /** {@code devices: n}. */
  public static Expectation devices(int count) {
    return new Expectation.Devices(count);
  }

  /** {@code paths: n}. */
  public static Expectation paths(int count) {
    return new Expectation.Paths(count);
  }

  /** {@code ports: n}. */
  public static Expectation portsUsed(int count) {
    return new Expectation.PortsUsed(count);
  }

  /** {@code rotation: n}. */
  public static Expectation rotation(int ios) {
    return new Expectation.Rotation(ios, 0);
  }

  /**
   * {@code rotation: { ios: n, bytes: 10MiB }}; throws {@link
   * io.pathproof.lab.document.BadValueException}.
   */
  public static Expectation rotation(int ios, String bytes) {
    return new Expectation.Rotation(ios, Units.sizeBytes(bytes));
  }

  /** {@code paths-at-once: n}. */
  public static Expectation pathsAtOnce(int count) {
    return new Expectation.PathsAtOnce(count);
  }

  /** {@code slow-path: < n%}. */
  public static Expectation slowPathBelow(int percent) {
    return new Expectation.SlowPath(percent);
  }

  /** {@code imbalance: { nic0: 33%, … }}: percent by adapter, or by array port. */
  public static Expectation imbalance(Map<String, Integer> shares) {
    return new Expectation.Imbalance(Map.copyOf(shares));
  }

  /** {@code sessions: several}. */
  public static Expectation severalSessions() {
    return new Expectation.SeveralSessions();
  }

  /** {@code portals: n}. */
  public static Expectation portals(int count) {
    return new Expectation.PortalsSeen(count);
  }

  /** {@code redirected: always}. */
  public static Expectation redirectedAlways() {
    return new Expectation.Redirected(Expectation.Redirected.Extent.ALWAYS);
  }

  /** {@code redirected: never}. */
  public static Expectation redirectedNever() {
    return new Expectation.Redirected(Expectation.Redirected.Extent.NEVER);
  }

  /** {@code redirected: some}. */
  public static Expectation redirectedSome() {
    return new Expectation.Redirected(Expectation.Redirected.Extent.SOME);
  }

  /** {@code redirected: again}. */
  public static Expectation redirectedAgain() {
    return new Expectation.Redirected(Expectation.Redirected.Extent.AGAIN);
  }

  /** {@code balance: even} or {@code uneven}. */
  public static Expectation balance(boolean even) {
    return new Expectation.Balance(even);
  }

  /** {@code spread: even}. */
  public static Expectation spreadEven() {
    return new Expectation.SpreadEven();
  }

  /** {@code device-state: all paths down} or {@code permanent device loss}. */
  public static Expectation deviceState(String state) {
    return new Expectation.DeviceState(state);
  }

  /** {@code logout-request: obeyed}. */
  public static Expectation logoutObeyed() {
    return new Expectation.LogoutObeyed();
  }

  /** {@code address-moved: vip}. */
  public static Expectation addressMoved(String address) {
    return new Expectation.AddressMoved(address);
  }

  /** {@code taken-over: node1}. */
  public static Expectation takenOver(String node) {
    return new Expectation.TakenOver(node);
  }

  /** {@code unit-attention: 2A/06}; throws {@link io.pathproof.lab.document.BadValueException}. */
  public static Expectation unitAttention(String codes) {
    return ScenarioReader.unitAttention(codes);
  }

  /**
   * {@code diagnosis: { host3.nic1: tcp }}.
   *
   * @param adapter as {@code host.adapter}
   * @param stop the step at which its paths stop, or {@code sound}; throws {@link
   *     io.pathproof.lab.document.BadValueException}
   */
  public static Expectation diagnosed(String adapter, String stop) {
    return new Expectation.Diagnosed(adapter, ScenarioReader.stop(stop));
  }

  /**
   * {@code ports-bound: { esx1.vmk1: compliant }}.
   *
   * @param pairs a port and a word, in turn, such as {@code "esx1.vmk1", "compliant"}
   */
  public static Expectation portsBound(String... pairs) {
    return VsphereExpectations.portsBound(pairs);
  }

  /** {@code out-of-use: esx1.vmk2}. */
  public static Expectation outOfUse(String port) {
    return new Expectation.OutOfUse(port);
  }

  /** {@code stays-in-use: esx1.vmk1}. */
  public static Expectation staysInUse(String port) {
    return new Expectation.StaysInUse(port);
  }

  /** {@code adapters-used: { esx1: n }}. */
  public static Expectation adaptersUsed(String host, int count) {
    return new Expectation.AdaptersUsed(java.util.Map.of(host, count));
  }

  /** {@code uplink-moved: esx1.vmk1}. */
  public static Expectation uplinkMoves(String port) {
    return new Expectation.UplinkMoves(port);
  }

  /** {@code removal: refused}. */
  public static Expectation removalRefused() {
    return new Expectation.Removal(true);
  }

  /** {@code removal: unguarded}. */
  public static Expectation removalUnguarded() {
    return new Expectation.Removal(false);
  }

  /**
   * {@code throughput: esx2 >= 1.6 x esx1}; throws {@link
   * io.pathproof.lab.document.BadValueException}.
   */
  public static Expectation throughput(String text) {
    return VsphereExpectations.throughput(text);
  }

  /** {@code target-parameters: cascade}. */
  public static Expectation targetParametersCascade() {
    return new Expectation.TargetParameters();
  }

  /**
   * {@code target-parameters: { pure1.ct0.eth0: { login-timeout: 30s, delayed-ack: off } }}.
   *
   * @param port of the array
   * @param loginTimeout a duration: {@code 30s}
   */
  public static Expectation targetHas(String port, String loginTimeout, boolean delayedAck) {
    return new Expectation.TargetHas(port, Units.positiveDurationMs(loginTimeout), delayedAck);
  }

  /** {@code sessions: single}. */
  public static Expectation singleSession() {
    return new Expectation.SingleSession();
  }

  /** {@code arrays: { name: { … } }}: what must be seen of one of several arrays. */
  public static Expectation[] ofArray(String array, Expectation... expected) {
    return Arrays.stream(expected)
        .map(each -> new Expectation.OfArray(array, each))
        .toArray(Expectation[]::new);
  }
}
