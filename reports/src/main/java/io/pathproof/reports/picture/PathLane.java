package io.pathproof.reports.picture;

import io.pathproof.lab.topology.LinkId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one path of a host saw in a run, of one device where several have I/O over it; filled while
 * the history is read.
 */
final class PathLane {
  /** A stretch of time in which the path could carry no I/O. */
  record Down(long fromNs, long toNs, String cause) {}

  final String host;

  /** Empty where the lane is that of all devices. */
  final String device;

  /** What is on the device; empty where the lane is that of all devices. */
  final String volume;

  final String path;
  Optional<LinkId> link = Optional.empty();
  final List<Long> sentNs = new ArrayList<>();
  final List<Long> failedNs = new ArrayList<>();
  final List<Down> downs = new ArrayList<>();
  private long downSinceNs = -1;
  private String downCause = "";

  PathLane(String host, String device, String volume, String path) {
    this.host = host;
    this.device = device;
    this.volume = volume;
    this.path = path;
  }

  /** What stands beside it. */
  String name() {
    return volume.isEmpty() ? path : volume + " " + path;
  }

  /** Whether an I/O had been sent down it by then. */
  boolean usedBy(long atNs) {
    return sentNs.stream().anyMatch(sent -> sent <= atNs);
  }

  void changed(long atNs, boolean up, String cause) {
    if (!up && downSinceNs < 0) {
      downSinceNs = atNs;
      downCause = cause;
    } else if (up) {
      endDown(atNs);
    }
  }

  /** Ends an open stretch; the history has ended, or the path came back. */
  void endDown(long atNs) {
    if (downSinceNs >= 0) {
      downs.add(new Down(downSinceNs, atNs, downCause));
      downSinceNs = -1;
    }
  }
}
