package io.pathproof.lab.fake;

import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.Capabilities;
import io.pathproof.lab.engine.Engine;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.LabSettings;
import io.pathproof.lab.topology.Topology;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** An engine in memory and virtual time, with defects to choose from. */
public final class FakeEngine implements Engine {
  private final Set<Defect> defects;
  private final List<FakeDriver> started = new ArrayList<>();
  private final List<String> runIds = new ArrayList<>();
  private int startsTried;

  public FakeEngine(Defect... defects) {
    this.defects =
        defects.length == 0 ? EnumSet.noneOf(Defect.class) : EnumSet.of(defects[0], defects);
  }

  /** The defects; may be changed between runs. */
  public Set<Defect> defects() {
    return defects;
  }

  public List<FakeDriver> started() {
    return started;
  }

  public List<String> runIds() {
    return runIds;
  }

  public int startsTried() {
    return startsTried;
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public Capabilities capabilities(Topology topology) {
    return new Capabilities(
        EnumSet.allOf(Impairment.Kind.class),
        EnumSet.of(Impairment.Kind.LATENCY),
        EnumSet.of(ArrayAction.Kind.KILL),
        Set.of(),
        false);
  }

  @Override
  public String defaultArray() {
    return "tgt";
  }

  @Override
  public String refuses(Topology topology) {
    return Set.of("", "tgt").contains(topology.arrays().get("array").kind())
        ? ""
        : "it knows tgt alone";
  }

  @Override
  public LabDriver start(Topology topology, LabSettings settings) throws LabException {
    startsTried++;
    settings.progress().accept("building " + topology.name());
    if (defects.contains(Defect.CANNOT_START)) {
      throw new LabException("node1 never answered", "tgtd: no such device", null);
    }
    runIds.add(settings.runId());
    FakeDriver driver = new FakeDriver(topology, defects);
    started.add(driver);
    return driver;
  }
}
