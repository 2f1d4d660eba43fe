package io.pathproof.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pathproof.lab.advice.Advice;
import io.pathproof.lab.advice.MeasuredShares;
import io.pathproof.lab.observed.DiagnosedPath;
import io.pathproof.lab.observed.DiagnosedStep;
import io.pathproof.lab.observed.DiagnosedUnit;
import io.pathproof.lab.observed.HostDiagnosis;
import java.util.TreeMap;

/** A diagnosis for machines: {@code reports/schema/pathproof-doctor-1.schema.json}. */
final class DoctorJson {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final double NS_PER_MS = 1e6;

  private DoctorJson() {}

  static String write(DoctorReport report) {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", 1);
    root.put("pathproof", Build.version());
    root.put("subject", report.subject());
    report.engine().ifPresent(engine -> root.put("engine", engine));
    report.broken().forEach(root.withArray("broken")::add);
    root.withArray("broken");
    root.put("timeoutMs", report.timeoutMs());
    root.put("sound", report.sound());
    ArrayNode hosts = root.putArray("hosts");
    report.hosts().forEach(host -> host(hosts.addObject(), host));
    return root.toPrettyString();
  }

  private static void host(ObjectNode node, DoctorReport.Host host) {
    node.put("host", host.diagnosis().host());
    node.put("initiatorName", host.initiatorName());
    node.put("sound", host.diagnosis().sound());
    ArrayNode paths = node.putArray("paths");
    host.diagnosis().paths().forEach(path -> path(paths.addObject(), path));
    ArrayNode advertised = node.putArray("advertised");
    for (HostDiagnosis.Advertised each : host.diagnosis().advertised()) {
      advertised
          .addObject()
          .put("target", each.target())
          .put("portal", each.portal())
          .put("state", each.state());
    }
    ArrayNode notes = node.putArray("notes");
    host.diagnosis().notes().forEach(notes::add);
    ArrayNode loads = node.putArray("loads");
    for (MeasuredShares shares : host.shares()) {
      ObjectNode load = loads.addObject();
      load.put("device", shares.device());
      load.put("volume", shares.volume());
      ObjectNode reads = load.putObject("reads");
      new TreeMap<>(shares.reads()).forEach(reads::put);
    }
    ArrayNode findings = node.putArray("findings");
    host.advice().forEach(advice -> finding(findings.addObject(), advice));
    ArrayNode left = node.putArray("notCompared");
    host.notCompared().forEach(left::add);
  }

  private static void path(ObjectNode node, DiagnosedPath path) {
    node.put("path", path.path());
    node.put("adapter", path.adapter());
    node.put("port", path.port());
    node.put("portal", path.portal());
    node.put("target", path.target());
    node.put("sound", path.stop().isEmpty());
    path.stop().ifPresent(stop -> node.put("stopsAt", stop.step().word()));
    ArrayNode steps = node.putArray("steps");
    for (DiagnosedStep step : path.steps()) {
      ObjectNode one = steps.addObject();
      one.put("step", step.step().word());
      one.put("outcome", step.outcome().word());
      one.put("tookMs", step.tookNs() / NS_PER_MS);
      one.put("seen", step.seen());
      if (step.outcome() == DiagnosedStep.Outcome.FAILED) {
        one.put("why", step.why());
        one.put("remedy", step.remedy());
      }
    }
    ArrayNode units = node.putArray("units");
    for (DiagnosedUnit unit : path.units()) {
      ObjectNode one = units.addObject();
      one.put("lun", unit.lun());
      one.put("identity", unit.identity());
      one.put("product", unit.product());
      one.put("serial", unit.serial());
      one.put("sizeBytes", unit.sizeBytes());
      if (unit.portGroup() >= 0) {
        one.put("portGroup", unit.portGroup());
        one.put("accessState", unit.accessState());
        one.put("preferred", unit.preferred());
      }
      ArrayNode reads = one.putArray("readMs");
      unit.readNs().forEach(ns -> reads.add(ns / NS_PER_MS));
    }
  }

  private static void finding(ObjectNode node, Advice advice) {
    node.put("setting", advice.setting());
    node.put("set", advice.set());
    node.put("advised", advice.advised());
    node.put("by", advice.by());
    node.put("source", advice.source());
    node.put("why", advice.why());
    node.put("how", advice.how());
  }
}
