package io.pathproof.reports;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.reports.picture.TopologyPicture;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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

  /** A fabric's name and subnet stand above all that passes within it. */
  @Test
  void linksPassBelowTheNamesOfTheirFabrics() throws Exception {
    for (SvgDocument picture :
        List.of(
            new SvgDocument(TopologyPicture.render(Samples.noFault())),
            new SvgDocument(TopologyPicture.render(Samples.large())))) {
      List<Rectangle2D> plates =
          picture.all("plate").stream().map(TopologyPictureTest::box).toList();
      List<Rectangle2D> fabrics =
          picture.all("fabric").stream().map(TopologyPictureTest::box).toList();
      assertThat(plates).hasSameSizeAs(fabrics).isNotEmpty();
      for (int i = 0; i < plates.size(); i++) {
        Rectangle2D fabric = fabrics.get(i);
        Rectangle2D plate = plates.get(i);
        assertThat(fabric.contains(plate)).isTrue();
        for (Element link : linesIn(picture)) {
          List<Point2D> inside =
              course(link.getAttribute("d")).stream().filter(fabric::contains).toList();
          boolean routed =
              inside.stream().anyMatch(at -> Math.abs(at.getY() - fabric.getMinY()) < 12)
                  || inside.stream().anyMatch(at -> Math.abs(at.getY() - fabric.getMaxY()) < 12);
          if (!routed) {
            assertThat(inside).as(link.getAttribute("data-link")).noneMatch(plate::contains);
          }
        }
      }
    }
  }

  private static List<Element> linesIn(SvgDocument picture) {
    return Stream.of("used", "link", "broken")
        .flatMap(kind -> picture.all(kind).stream())
        .filter(each -> each.hasAttribute("data-link"))
        .toList();
  }

  /** Also where links of several hosts, thick and thin ones, come in at one port. */
  @Test
  void figuresLieNeitherOnEachOtherNorUnderAnotherLink() throws Exception {
    for (SvgDocument picture :
        List.of(
            new SvgDocument(TopologyPicture.render(Samples.noFault())),
            new SvgDocument(TopologyPicture.render(Samples.portLost())),
            ofEsx2())) {
      List<Rectangle2D> figures =
          picture.all("figure").stream().map(TopologyPictureTest::box).toList();
      assertThat(figures).hasSizeGreaterThan(1);
      for (Rectangle2D figure : figures) {
        assertThat(figures.stream().filter(figure::intersects)).containsExactly(figure);
      }
      for (String kind : List.of("used", "link", "broken")) {
        for (Element link : picture.all(kind)) {
          if (link.hasAttribute("data-link")) {
            List<Point2D> course = course(link.getAttribute("d"));
            double portY = course.get(course.size() - 1).getY();
            assertThat(figures.stream().filter(box -> course.stream().anyMatch(box::contains)))
                .as(link.getAttribute("data-link"))
                .allMatch(box -> Math.abs(box.getCenterY() - portY) < 1);
          }
        }
      }
    }
  }

  private static Rectangle2D box(Element rect) {
    return new Rectangle2D.Double(
        number(rect, "x"), number(rect, "y"), number(rect, "width"), number(rect, "height"));
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  /** Points along a path of curves (C) and lines (L), close to each other. */
  private static List<Point2D> course(String d) {
    Path2D path = new Path2D.Double();
    for (String piece : d.split("(?=[MCL])")) {
      double[] at =
          Stream.of(piece.substring(1).trim().split("[ ,]+"))
              .mapToDouble(Double::parseDouble)
              .toArray();
      switch (piece.charAt(0)) {
        case 'M' -> path.moveTo(at[0], at[1]);
        case 'L' -> path.lineTo(at[0], at[1]);
        default -> path.curveTo(at[0], at[1], at[2], at[3], at[4], at[5]);
      }
    }
    List<Point2D> points = new ArrayList<>();
    double[] to = new double[6];
    Point2D last = new Point2D.Double();
    for (PathIterator it = path.getPathIterator(null, 0.1); !it.isDone(); it.next()) {
      boolean starts = it.currentSegment(to) == PathIterator.SEG_MOVETO;
      Point2D end = new Point2D.Double(to[0], to[1]);
      for (double t = 0; !starts && t < 1; t += 0.05) {
        points.add(
            new Point2D.Double(
                last.getX() + t * (end.getX() - last.getX()),
                last.getY() + t * (end.getY() - last.getY())));
      }
      points.add(end);
      last = end;
    }
    return points;
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

  /** Both ports of esx2 are bound; vmk1 moves to the other adapter after 2 s. */
  private static SvgDocument ofEsx2() throws Exception {
    Topology topology = TopologyLoader.load(Path.of("../topologies/port-binding.yaml"));
    return new SvgDocument(
        TopologyPicture.render(
            new SampleRun(topology, "esx2-uses-both-adapters", "PB-6")
                .workload("esx2", 500, 4000)
                .event(-100, seen("vmk1", "vmnic0"))
                .event(-100, seen("vmk2", "vmnic1"))
                .event(2000, new Event.UplinkMoved("esx2", "vmk1", "vmnic0", "vmnic1", "no link"))
                .event(
                    2000,
                    new Event.FaultInjected(
                        1,
                        "esx2.vmnic0 link-down",
                        List.of(),
                        List.of("esx2.vmnic0"),
                        2_800_000_000L))
                .run()));
  }

  private static Event seen(String port, String adapter) {
    return new Event.VmkernelPortSeen("esx2", port, adapter, true, "compliant", true, "", "");
  }

  @Test
  void partsOfAVsphereHostAreThereWithWhatLeftByEachAdapter() throws Exception {
    SvgDocument picture = ofEsx2();
    assertThat(picture.texts())
        .contains("esx2", "vmk1", "10.0.20.121", "vSwitch1", "vmnic0", "vmnic1", "4,096 KiB/s")
        .contains("bound", "chosen by the route", "not chosen", "500 I/Os", "1,500 I/Os");
    assertThat(attributes(picture, "used", "data-team"))
        .containsExactly("esx2.vmk1 vmnic0", "esx2.vmk2 vmnic1");
    assertThat(attributes(picture, "used", "data-cable")).containsExactly("esx2.vmnic1");
    assertThat(attributes(picture, "broken", "data-cable")).containsExactly("esx2.vmnic0");
    assertThat(marks(picture)).containsExactly("host-part esx2.vmnic0");
    assertThat(picture.all("used").stream().filter(e -> e.hasAttribute("data-link"))).hasSize(4);
  }

  @Test
  void failoverOrdersAndWhatPortBindingRefusesAreShown() throws Exception {
    Topology topology = TopologyLoader.load(Path.of("../topologies/port-compliance.yaml"));
    SvgDocument picture =
        new SvgDocument(
            TopologyPicture.render(
                new SampleRun(topology, "esx1-binds", "PB-2").workload("esx3", 50, 1000).run()));
    assertThat(attributes(picture, "standby", "data-team"))
        .containsExactly("esx1.vmk3 vmnic0", "esx1.vmk4 vmnic1");
    assertThat(attributes(picture, "team", "data-team"))
        .contains("esx1.vmk2 vmnic0", "esx1.vmk2 vmnic1", "esx1.vmk5 vmnic2")
        .doesNotContain("esx1.vmk1 vmnic1", "esx1.vmk4 vmnic0");
    assertThat(picture.all("bad"))
        .extracting(Element::getTextContent)
        .containsExactly(
            "not used: several-active",
            "not used: standby",
            "not used: no-active",
            "not used: wrong-uplink");
    // a port that is not used has no way to the array
    assertThat(attributes(picture, "link", "data-link"))
        .contains("esx1.vmk1 -> ct0.eth0", "esx4.vmk2 -> ct1.eth1")
        .noneMatch(link -> link.matches("esx1\\.vmk[2-5].*"));
  }

  private static List<String> attributes(SvgDocument picture, String shape, String name) {
    return picture.all(shape).stream()
        .map(e -> e.getAttribute(name))
        .filter(value -> !value.isEmpty())
        .toList();
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
