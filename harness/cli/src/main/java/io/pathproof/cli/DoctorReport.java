package io.pathproof.cli;

import io.pathproof.lab.advice.Advice;
import io.pathproof.lab.advice.MeasuredShares;
import io.pathproof.lab.observed.HostDiagnosis;
import java.util.List;
import java.util.Optional;

/**
 * What {@code pathproof doctor} found.
 *
 * @param subject what was examined: a topology's file, or portals
 * @param engine what built the lab; empty on a real network
 * @param broken what was broken on purpose before, in a scenario's words
 * @param timeoutMs for a login and for each command
 * @param hosts what each host saw
 */
record DoctorReport(
    String subject,
    Optional<String> engine,
    List<String> broken,
    long timeoutMs,
    List<Host> hosts) {

  /**
   * A host.
   *
   * @param initiatorName what it logs in with
   * @param diagnosis of its paths
   * @param shares how reads were spread over each device; empty where that was not measured
   * @param advice settings, and loads, that depart from what vendors advise
   * @param notCompared settings that no vendor's advice fits, and why; a sentence each
   */
  record Host(
      String initiatorName,
      HostDiagnosis diagnosis,
      List<MeasuredShares> shares,
      List<Advice> advice,
      List<String> notCompared) {}

  /** Whether every path of every host is sound. */
  boolean sound() {
    return hosts.stream().allMatch(host -> host.diagnosis().sound());
  }

  /** Whether nothing departs from the vendors' advice either. */
  boolean asAdvised() {
    return hosts.stream().allMatch(host -> host.advice().isEmpty());
  }
}
