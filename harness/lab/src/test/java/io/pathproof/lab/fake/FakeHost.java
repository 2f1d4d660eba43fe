package io.pathproof.lab.fake;

import io.pathproof.lab.engine.BlockDevice;
import io.pathproof.lab.engine.HostDriver;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.History;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.topology.VolumeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A host whose paths notice a cut link after 100 ms and a healed one after 50 ms. */
public final class FakeHost implements HostDriver {
  private final FakeDriver lab;
  private final HostSpec spec;
  private final History history;
  private final VirtualScheduler scheduler;
  private final List<FakePath> paths = new ArrayList<>();
  private final List<BlockDevice> devices = new ArrayList<>();
  private final List<BlockDevice> pathDevices = new ArrayList<>();
  private boolean attached = true;

  FakeHost(FakeDriver lab, HostSpec spec, History history, VirtualScheduler scheduler) {
    this.lab = lab;
    this.spec = spec;
    this.history = history;
    this.scheduler = scheduler;
    List<LinkId> links = lab.topology().linksOf(spec);
    for (int i = 0; i < links.size(); i++) {
      login(links.get(i), i);
    }
    for (VolumeSpec volume : lab.topology().volumes().values()) {
      assemble(volume);
    }
  }

  private void login(LinkId link, int number) {
    String id = link.adapter().substring(spec.name().length() + 1) + ":" + link.port();
    boolean down = number == 0 && lab.has(Defect.A_LINK_IS_DOWN);
    boolean refused = number > 0 && lab.has(Defect.ONE_SESSION_ONLY);
    if (down || refused) {
      String cause = refused ? "login refused: 0x0206 too many connections" : "connect timed out";
      history.append(scheduler.nowNs(), new Event.PathChanged(spec.name(), id, link, false, cause));
      return;
    }
    FakePath path = new FakePath(new PathInfo(id, link, lab.topology().port(link.port()).portal()));
    paths.add(path);
    history.append(
        scheduler.nowNs(), new Event.PathChanged(spec.name(), id, link, true, "logged in"));
  }

  private void assemble(VolumeSpec volume) {
    boolean single = spec.multipath().policy() == MultipathSpec.Policy.NONE;
    for (int i = 0; i < paths.size(); i++) {
      String name = "sd" + (char) ('a' + i);
      BlockDevice one = new FakeDevice(this, lab, name, volume, List.of(paths.get(i)));
      pathDevices.add(one);
      if (single) {
        devices.add(one);
      }
    }
    if (!single) {
      devices.add(new FakeDevice(this, lab, "mpatha", volume, paths));
    }
  }

  void linkChanged(LinkId link) {
    for (FakePath path : paths) {
      if (path.info.link().equals(link)) {
        boolean cut = lab.cut(link);
        scheduler.at(
            scheduler.nowNs() + (cut ? 100 : 50) * FakeDriver.MS,
            () -> {
              if (attached && lab.cut(link) == cut && path.up == cut) {
                path.up = !cut;
                history.append(
                    scheduler.nowNs(),
                    new Event.PathChanged(
                        spec.name(),
                        path.info.id(),
                        link,
                        path.up,
                        cut ? "connection: reset" : "up"));
              }
            });
      }
    }
  }

  History history() {
    return history;
  }

  VirtualScheduler virtual() {
    return scheduler;
  }

  @Override
  public HostSpec spec() {
    return spec;
  }

  @Override
  public Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public List<BlockDevice> devices() {
    return devices;
  }

  @Override
  public List<BlockDevice> pathDevices() {
    return pathDevices;
  }

  @Override
  public CompletionStage<Void> detach() {
    attached = false;
    lab.hosts().remove(this);
    return CompletableFuture.completedFuture(null);
  }

  static final class FakePath {
    final PathInfo info;
    boolean up = true;

    FakePath(PathInfo info) {
      this.info = info;
    }
  }
}
