package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Puts a host's paths together to devices, by the identity of the logical units behind them. Paths
 * that are found before all links have been tried are assembled at once, so that names and
 * preferences do not depend on which answered first; later ones join, or make a new device. Belongs
 * to a {@link HostCore}.
 */
final class DeviceAssembly {
  /** Room for the paths over one link in the order of preference. */
  private static final int PATHS_PER_LINK = 1 << 16;

  private final HostCore host;
  private final MultipathSettings multipath;
  private final int[] pathsOf;

  /** What waits for the links that have not been tried. */
  private final List<LuPath> found = new ArrayList<>();

  private final List<DeviceCore> devices = new ArrayList<>();
  private final List<DeviceCore> pathDevices = new ArrayList<>();
  private boolean ready;

  DeviceAssembly(HostCore host) {
    this.host = host;
    this.multipath = host.settings().multipath();
    this.pathsOf = new int[host.settings().links().size()];
  }

  /** Whether the devices of the beginning are there. */
  boolean isReady() {
    return ready;
  }

  /** In the order of their names; those that are found later are added at the end. */
  List<DeviceCore> devices() {
    return devices;
  }

  /** One device for each path, below any multipathing. */
  List<DeviceCore> pathDevices() {
    return pathDevices;
  }

  /** A number for a new path that keeps the order of the links. */
  int nextIndex(HostLink link) {
    int at = host.settings().links().indexOf(link);
    return at * PATHS_PER_LINK + pathsOf[at]++;
  }

  /** A session has found a logical unit. */
  void found(LuPath path, long nowNs) {
    if (ready) {
      join(path, nowNs);
    } else {
      found.add(path);
    }
  }

  /** Every link has been tried, or the time for that is over. */
  void assemble(long nowNs) {
    ready = true;
    // one of unknown size joins what another path has told the size of
    found.sort(
        Comparator.comparing((LuPath path) -> path.unit.isUnsized())
            .thenComparingInt(path -> path.index));
    found.forEach(path -> join(path, nowNs));
    for (DeviceCore device : devices) {
      host.tell(new HostEvent.DeviceFound(device.name(), device.unit(), device.paths()), nowNs);
    }
    found.clear();
  }

  private void join(LuPath path, long nowNs) {
    // devices that are there from the beginning are told together, once they have all their paths
    boolean later = found.isEmpty();
    Optional<DeviceCore> known = deviceOf(path);
    if (known.isEmpty() && path.unit.isUnsized()) {
      path.session.forget(path, "its port is in standby, and no other path tells its size", nowNs);
      return;
    }
    if (known.isPresent() && !known.get().takes(path.unit)) {
      String name = known.get().name();
      String why = "it has another size than " + name + ", whose identity it claims";
      host.tell(new HostEvent.PathRefused(name, path.path, why), nowNs);
      return;
    }
    String diskName = DeviceNames.letters("sd", pathDevices.size());
    DeviceCore device = known.orElseGet(() -> begin(path, diskName));
    path.device = device;
    device.add(path, nowNs);
    MultipathSettings single = MultipathSettings.singlePath(multipath.checkerIntervalMs());
    DeviceCore below = new DeviceCore(diskName, path.unit, host, single, true);
    below.add(path, nowNs);
    pathDevices.add(below);
    if (later) {
      host.tell(
          known.isPresent()
              ? new HostEvent.PathJoined(device.name(), path.path)
              : new HostEvent.DeviceFound(device.name(), device.unit(), device.paths()),
          nowNs);
    }
  }

  private DeviceCore begin(LuPath path, String diskName) {
    String name = isAlone() ? diskName : DeviceNames.letters("mpath", devices.size());
    DeviceCore device = new DeviceCore(name, path.unit, host, multipath, false);
    devices.add(device);
    return device;
  }

  /** Whether each path is a device of its own. */
  private boolean isAlone() {
    return multipath.policy() == Policy.NONE;
  }

  private Optional<DeviceCore> deviceOf(LuPath path) {
    return devices.stream()
        .filter(device -> !isAlone() && device.unit().identity().equals(path.unit.identity()))
        .findFirst();
  }
}
