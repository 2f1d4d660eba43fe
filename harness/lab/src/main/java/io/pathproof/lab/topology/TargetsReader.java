package io.pathproof.lab.topology;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.Problems;
import io.pathproof.lab.document.Section;
import io.pathproof.lab.document.Units;
import io.pathproof.lab.vsphere.IscsiTargets;
import io.pathproof.lab.vsphere.TargetParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads {@code targets} of a vSphere host. */
final class TargetsReader {
  private static final int PORT_3260 = 3260;

  /** What ESXi takes as LoginTimeout: 1 s to 60 s (esxcli iscsi adapter param get). */
  private static final long LEAST_LOGIN_MS = 1_000;

  private static final long MOST_LOGIN_MS = 60_000;

  private final Problems problems;

  TargetsReader(Problems problems) {
    this.problems = problems;
  }

  IscsiTargets targets(Section host) {
    Optional<Section> keys = host.section("targets", "targets of " + host.name());
    if (keys.isEmpty()) {
      return IscsiTargets.NONE;
    }
    if (keys.get().node().fields().isEmpty()) {
      problems.at(
          keys.get().node(),
          keys.get().name() + " is empty",
          "add dynamic: [{ address: … }] or static:, or remove it: then it discovers everywhere");
    }
    List<IscsiTargets.Target> dynamic = list(keys.get(), "dynamic");
    List<IscsiTargets.Target> fixed = list(keys.get(), "static");
    keys.get().done();
    return new IscsiTargets(dynamic, fixed);
  }

  private List<IscsiTargets.Target> list(Section section, String key) {
    Optional<DocumentNode.Field> field = section.field(key);
    if (field.isEmpty()) {
      return List.of();
    }
    String what = key + " of " + section.name();
    if (!(field.get().value() instanceof DocumentNode.Sequence items)) {
      problems.at(
          field.get().value(),
          what + " is " + field.get().value().kind() + ", not a list",
          "write a list: " + key + ": [{ address: … }]");
      return List.of();
    }
    if (items.items().isEmpty()) {
      problems.at(field.get(), what + " is empty", "name a target, or remove the key");
    }
    List<IscsiTargets.Target> targets = new ArrayList<>();
    for (DocumentNode item : items.items()) {
      section
          .asSection(item, key, key + " target")
          .flatMap(this::target)
          .ifPresent(target -> add(targets, target, item, what));
    }
    return targets;
  }

  private void add(
      List<IscsiTargets.Target> targets,
      IscsiTargets.Target target,
      DocumentNode at,
      String where) {
    if (targets.stream().anyMatch(other -> other.portal().equals(target.portal()))) {
      problems.at(
          at,
          where + " has " + target.portal() + " twice",
          "leave one of them, with the parameters that are to hold");
    } else {
      targets.add(target);
    }
  }

  private Optional<IscsiTargets.Target> target(Section keys) {
    Optional<String> address =
        keys.requiredScalar(
            "address", TopologyLoader::address, "add address: and a portal's address");
    int tcpPort = keys.scalar("tcp-port", Units.number(1, 65_535), PORT_3260);
    Optional<Long> login = keys.scalar("login-timeout", TargetsReader::loginMs);
    Optional<Boolean> ack = keys.scalar("delayed-ack", Units::onOff);
    keys.done();
    OptionalLong timeout = login.map(OptionalLong::of).orElse(OptionalLong.empty());
    return address.map(
        at -> new IscsiTargets.Target(at, tcpPort, new TargetParameters(timeout, ack)));
  }

  private static long loginMs(String text) {
    long ms = Units.durationMs(text);
    if (ms < LEAST_LOGIN_MS || ms > MOST_LOGIN_MS) {
      throw new BadValueException(
          text + " is outside of what ESXi takes as LoginTimeout", "write 1s to 60s");
    }
    return ms;
  }
}
