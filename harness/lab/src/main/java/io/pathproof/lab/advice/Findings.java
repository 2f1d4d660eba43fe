package io.pathproof.lab.advice;

import java.util.ArrayList;
import java.util.List;

/** What was found on a host, in order. */
final class Findings {
  static final String PURE = "Pure Storage";
  static final String PURE_PAGE =
      "Pure Storage, \"ESXi Host Configuration\" (VMware Platform Guide)";
  static final String VMWARE = "VMware";
  static final String MICROSOFT = "Microsoft";
  static final String IBM = "IBM";
  static final String IBM_PAGE = "IBM Spectrum Virtualize, \"Example iSCSI configurations\"";
  static final String RED_HAT = "Red Hat";
  static final String OPEN_ISCSI = "open-iscsi";
  static final String MULTIPATH_TOOLS = "multipath-tools";

  static final String ONE_ADAPTER =
      "all paths share one adapter, cable and switch port: its failure is an I/O error in spite of"
          + " multipathing";

  private final String host;
  private final List<Advice> found = new ArrayList<>();

  Findings(String host) {
    this.host = host;
  }

  void add(
      String setting,
      String set,
      String advised,
      String by,
      String source,
      String why,
      String how) {
    found.add(new Advice(host, setting, set, advised, by, source, why, how));
  }

  List<Advice> all() {
    return List.copyOf(found);
  }

  static String seconds(long ms) {
    return ms % 1000 == 0 ? ms / 1000 + " s" : ms + " ms";
  }
}
