package io.pathproof.lab.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.lab.Examples;
import io.pathproof.lab.Lab;
import io.pathproof.lab.LabListener;
import io.pathproof.lab.engine.LabSettings;
import io.pathproof.lab.fake.Defect;
import io.pathproof.lab.fake.FakeEngine;
import io.pathproof.lab.observed.PathShare;
import io.pathproof.lab.observed.PortLoad;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.scenario.ScenarioLoader;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.verdict.Judge;
import io.pathproof.lab.verdict.Judgement;
import io.pathproof.lab.verdict.Outcome;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HistoryJsonTest {
  @ParameterizedTest
  @EnumSource(names = {"FAULTS_DO_NOTHING", "DIES_AT_FAULT", "I_O_NEVER_ENDS", "TEARS_WRITES"})
  void aHistoryComesBackAsItWasAndIsJudgedTheSame(Defect defect) throws IOException {
    Scenario scenario = ScenarioLoader.parse(Examples.LOSES_A_NODE_PORT, "s.yaml");
    Outcome outcome;
    try (Lab lab =
        Lab.open(
            new FakeEngine(defect),
            Examples.ioGroup(),
            new LabSettings("r", 1, text -> {}),
            LabListener.NONE)) {
      outcome = lab.run(scenario);
    }
    StringWriter text = new StringWriter();
    HistoryJson.write(outcome.history(), text);
    assertThat(text.toString().lines()).hasSize(outcome.history().size());
    var again = HistoryJson.read(new StringReader(text.toString()));
    assertThat(again).isEqualTo(outcome.history());
    Judgement judgement = Judge.judge(scenario, Examples.ioGroup(), again);
    assertThat(judgement.verdict()).isEqualTo(outcome.verdict());
    assertThat(judgement.findings()).isEqualTo(outcome.findings());
  }

  @Test
  void aLineIsFlatAndNamesItsEvent() {
    assertThat(HistoryJson.line(new Entry(3, 17, new Event.Note("a \"quoted\"\nword"))))
        .isEqualTo(
            "{\"seq\":3,\"atNs\":17,\"event\":\"Note\",\"text\":\"a \\\"quoted\\\"\\nword\"}");
  }

  @Test
  void whatIsNoHistoryIsRefusedWithItsLine() {
    String good = HistoryJson.line(new Entry(0, 1, new Event.Note("x"))) + "\n";
    for (String bad :
        new String[] {
          "{",
          "[]",
          "{}",
          "{\"seq\":1,\"atNs\":2,\"event\":\"Nope\"}",
          "{\"seq\":1,\"atNs\":2,\"event\":\"Note\",\"text\":null}",
          "{\"seq\":1,\"atNs\":2,\"event\":\"Note\",\"txt\":\"x\"}"
        }) {
      assertThatThrownBy(() -> HistoryJson.read(new StringReader(good + bad)))
          .as(bad)
          .isInstanceOf(IOException.class)
          .hasMessage("line 2 is no entry of a history");
    }
  }

  @Test
  void whatTheArrayAndTheProtocolTellComesBack() throws IOException {
    LinkId link = new LinkId("esx1.nic0", "vip");
    List<Event> events =
        List.of(
            new Event.ArrayChanged("node1.a", "10.0.0.1 moved from node1.a to node1.b"),
            new Event.ArrayLoadObserved(
                "fault",
                Map.of("node1.a", new PortLoad(1, 2, 3, 4), "node1.b", new PortLoad(5, 6, 7, 8))),
            new Event.PathLoadsObserved(
                "esx1", "mpatha", "after", Map.of("nic0:vip", new PathShare(1, 2, 3, 4, 5, 6))),
            new Event.PortalsDiscovered("esx1", link, "iqn.x", List.of("10.0.0.1:3260")),
            new Event.SessionRedirected("esx1", "nic0:vip", "10.0.0.1:3260", "10.0.0.2:3260", true),
            new Event.SessionRedirected("esx1", "nic0:vip", "a:1", "b:2", false),
            new Event.LogoutRequested("esx1", "nic0:vip", 5),
            new Event.UnitAttentionSeen("esx1", "nic0:vip", 0x2a, 6),
            new Event.AccessStateSeen("esx1", "nic0:vip", "active/non-optimized"),
            new Event.CommandOverdue("esx1", "nic0:vip", "2Ah", 800_000_000, 500_000_000),
            new Event.ProtocolBreach("esx1", "nic0:vip", "StatSN went back"));
    List<Entry> entries = new ArrayList<>();
    for (Event event : events) {
      entries.add(new Entry(entries.size(), 10L * entries.size(), event));
    }
    StringWriter text = new StringWriter();
    HistoryJson.write(entries, text);
    assertThat(HistoryJson.read(new StringReader(text.toString()))).isEqualTo(entries);
    assertThat(text.toString().lines().toList().get(7))
        .isEqualTo(
            "{\"seq\":7,\"atNs\":70,\"event\":\"UnitAttentionSeen\",\"host\":\"esx1\","
                + "\"path\":\"nic0:vip\",\"asc\":42,\"ascq\":6}");
  }
}
