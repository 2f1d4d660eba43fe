package io.pathproof.reports;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.verdict.Outcome;
import io.pathproof.reports.picture.TopologyPicture;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class TopologyPictureTest {
  @Test
  void brokenLinkIsMarkedAndNoOther() throws Exception {
    SvgDocument picture = new SvgDocument(TopologyPicture.render(Samples.portLost()));
    assertThat(picture.all("broken"))
        .singleElement()
        .satisfies(e -> isLink(e, "host2.nic0 -> node1.a"));
    assertThat(marks(picture)).containsExactly("link host2.nic0 -> node1.a");
    assertThat(picture.texts()).anyMatch(t -> t.startsWith("break host2.nic0 -> node1.a"));
  }

  @Test
  void namedLinksCarryTheirNames() throws Exception {
    SvgDocument picture = new SvgDocument(TopologyPicture.render(Samples.xBreaks()));
    assertThat(picture.all("tagtext"))
        .extracting(Element::getTextContent)
        .containsExactly("X", "Y");
    assertThat(marks(picture)).containsExactly("link host1.nic0 -> node1.a");
  }

  @Test
  void adapterAndFabricAreMarkedWhole() throws Exception {
    SvgDocument adapter = new SvgDocument(TopologyPicture.render(Samples.adapterLost()));
    assertThat(marks(adapter)).containsExactly("adapter host3.nic1");
    assertThat(adapter.all("broken")).hasSize(2);
    SvgDocument y = new SvgDocument(TopologyPicture.render(Samples.yBreaksWrongly()));
    assertThat(marks(y)).containsExactly("adapter host2.nic0");
    SvgDocument fabric = new SvgDocument(TopologyPicture.render(Samples.fabricLost()));
    assertThat(marks(fabric)).containsExactly("fabric blue");
    assertThat(fabric.all("broken")).hasSize(10);
  }

  @Test
  void linksThatCarriedIoShowTheirShare() throws Exception {
    SvgDocument picture = new SvgDocument(TopologyPicture.render(Samples.noFault()));
    assertThat(picture.all("used")).hasSize(4);
    assertThat(picture.all("link-count"))
        .extracting(Element::getTextContent)
        .containsOnly("500 · 25 %");
    assertThat(picture.all("link")).hasSize(8);
    assertThat(marks(picture)).isEmpty();
    assertThat(picture.texts()).contains("No fault: all links whole.");
  }

  @Test
  void everyPartOfTheTopologyHasItsName() throws Exception {
    SvgDocument picture = new SvgDocument(TopologyPicture.render(Samples.empty()));
    assertThat(picture.texts())
        .contains("host1", "host2", "host3", "nic1", "10.10.2.103", "blue", "green")
        .contains("node1", "node2", "10.10.2.11", "vol0", "256 MiB", "no multipathing");
  }

  @Test
  void markupInNamesIsText() throws Exception {
    Outcome weird = Samples.weird();
    SvgDocument picture = new SvgDocument(TopologyPicture.render(weird));
    assertThat(picture.texts()).contains("h<&\">'\uFFFD 2", "t<opo>&\"");
    assertThat(picture.all("fault-words")).hasSize(1);
  }

  private static void isLink(Element element, String link) {
    assertThat(element.getAttribute("data-link")).isEqualTo(link);
  }

  private static List<String> marks(SvgDocument picture) {
    return picture.all("broken-mark").stream()
        .map(e -> e.getAttribute("data-kind") + " " + e.getAttribute("data-name"))
        .toList();
  }
}
