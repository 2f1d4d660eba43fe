package io.pathproof.lab.topology;

import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.Problems;
import io.pathproof.lab.document.Suggestion;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a host's {@code multipath} names has to be there: volumes, and paths that lead somewhere.
 */
final class MultipathRules {
  private final Topology topology;
  private final HostSpec host;
  private final DocumentNode.Mapping at;
  private final Problems problems;

  /**
   * @param at the host in its file
   */
  MultipathRules(Topology topology, HostSpec host, DocumentNode.Mapping at, Problems problems) {
    this.topology = topology;
    this.host = host;
    this.at = at;
    this.problems = problems;
  }

  void check() {
    MultipathSpec multipath = host.multipath();
    multipath
        .preferred()
        .forEach(
            (volume, path) -> {
              DocumentNode node = value("preferred");
              if (!volume.equals(MultipathSpec.EVERY_VOLUME)) {
                node = ((DocumentNode.Mapping) node).fields().get(volume).value();
                volume(volume, node);
              }
              path(path, node, "preferred");
            });
    multipath.throughput().keySet().forEach(path -> path(path, key("throughput", path), "a path"));
    multipath.weights().keySet().forEach(path -> path(path, key("priority", path), "a path"));
  }

  private DocumentNode value(String key) {
    DocumentNode.Mapping keys = (DocumentNode.Mapping) at.fields().get("multipath").value();
    return keys.fields().get(key).value();
  }

  private DocumentNode key(String key, String path) {
    return ((DocumentNode.Mapping) value(key)).fields().get(path).value();
  }

  private void volume(String volume, DocumentNode node) {
    Set<String> volumes = topology.volumes().keySet();
    if (!volumes.contains(volume)) {
      problems.at(
          node,
          "preferred of multipath of host " + host.name() + ": there is no volume " + volume,
          Suggestion.remedy(volume, volumes));
    }
  }

  private void path(String text, DocumentNode node, String what) {
    Set<String> paths = new TreeSet<>();
    for (LinkId link : topology.linksOf(host)) {
      paths.add(topology.adapter(link.adapter()).name() + ":" + link.port());
      paths.add(link.port());
    }
    // a host without any link is told of as such
    if (!paths.isEmpty() && !paths.contains(text)) {
      problems.at(
          node,
          what + " in multipath of host " + host.name() + ": there is no path " + text,
          Suggestion.remedy(text, paths));
    }
  }
}
