package io.pathproof.lab.vsphere;

import java.util.List;

/**
 * What hangs on a VMkernel port at a moment.
 *
 * @param sessions over it, by path, such as {@code vmk1:node1.a}
 * @param paths to logical units over it, such as {@code vmk1:node1.a LUN 1}
 * @param devices that have a path over it
 * @param lastPathOf those of them that have no usable path elsewhere
 */
public record PortUsage(
    List<String> sessions, List<String> paths, List<String> devices, List<String> lastPathOf) {
  /** Nothing hangs on it. */
  public static final PortUsage NONE = new PortUsage(List.of(), List.of(), List.of(), List.of());

  /** What would be lost, in words. */
  public String text() {
    return sessions.size()
        + (sessions.size() == 1 ? " session (" : " sessions (")
        + String.join(", ", sessions)
        + "), "
        + paths.size()
        + (paths.size() == 1 ? " path (" : " paths (")
        + String.join(", ", paths)
        + ") of "
        + (devices.isEmpty() ? "no device" : String.join(", ", devices))
        + (lastPathOf.isEmpty()
            ? ""
            : "; " + String.join(", ", lastPathOf) + " would lose the last path");
  }
}
