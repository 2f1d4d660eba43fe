package io.pathproof.lab.topology;

import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.Problems;
import io.pathproof.lab.document.Section;
import io.pathproof.lab.document.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads {@code links:} and finds out what each one covers. */
final class LinkReader {
  private final Topology topology;
  private final Problems problems;

  /**
   * @param topology complete but for its links
   */
  LinkReader(Topology topology, Problems problems) {
    this.topology = topology;
    this.problems = problems;
  }

  Map<String, NamedLink> links(Section top) {
    Map<String, NamedLink> links = new LinkedHashMap<>();
    top.section("links", "links")
        .ifPresent(
            section ->
                section
                    .named("link")
                    .forEach(
                        (name, keys) -> link(name, keys).ifPresent(link -> links.put(name, link))));
    return links;
  }

  private Optional<NamedLink> link(String name, Section keys) {
    String fromRemedy = "add from: host.adapter";
    String toRemedy = "add to: node.port, or the adapter's fabric";
    Optional<String> from = keys.requiredScalar("from", Function.identity(), fromRemedy);
    Optional<String> to = keys.requiredScalar("to", Function.identity(), toRemedy);
    keys.done();
    if (from.isEmpty() || to.isEmpty()) {
      return Optional.empty();
    }
    DocumentNode fromNode = keys.node().fields().get("from").value();
    DocumentNode toNode = keys.node().fields().get("to").value();
    Optional<AdapterSpec> adapter = adapter(name, from.get(), fromNode);
    boolean toPort = topology.ports().stream().anyMatch(port -> port.ref().equals(to.get()));
    boolean toFabric = topology.fabrics().containsKey(to.get());
    if (!toPort && !toFabric) {
      List<String> ends = new ArrayList<>();
      topology.ports().forEach(port -> ends.add(port.ref()));
      ends.addAll(topology.fabrics().keySet());
      problems.at(
          toNode,
          "link " + name + " leads nowhere: there is no array port or fabric " + to.get(),
          Suggestion.remedy(to.get(), ends));
    }
    if (adapter.isEmpty() || !toPort && !toFabric) {
      return Optional.empty();
    }
    List<LinkId> ofAdapter =
        topology.linksOf(topology.hosts().get(adapter.get().host())).stream()
            .filter(link -> link.adapter().equals(from.get()))
            .toList();
    List<LinkId> covers =
        toFabric
            ? ofAdapter
            : ofAdapter.stream().filter(link -> link.port().equals(to.get())).toList();
    if (toFabric && !adapter.get().fabric().equals(to.get())) {
      problems.at(
          toNode,
          "link " + name + ": " + from.get() + " is not attached to fabric " + to.get(),
          "write to: " + adapter.get().fabric() + ", the fabric that it is attached to");
    } else if (covers.isEmpty()) {
      problems.at(
          toNode,
          "link " + name + ": no route leads from " + from.get() + " to " + to.get(),
          topology.routed()
              ? "the host has another adapter in that fabric, and leaves by it"
              : "choose a port in fabric " + adapter.get().fabric() + ", or add routed: true");
    }
    return Optional.of(new NamedLink(name, from.get(), to.get(), covers));
  }

  private Optional<AdapterSpec> adapter(String link, String ref, DocumentNode node) {
    List<AdapterSpec> adapters =
        topology.hosts().values().stream()
            .flatMap(host -> host.adapters().values().stream())
            .toList();
    Optional<AdapterSpec> found =
        adapters.stream().filter(adapter -> adapter.ref().equals(ref)).findFirst();
    if (found.isEmpty()) {
      problems.at(
          node,
          "link " + link + " comes from nowhere: there is no host adapter " + ref,
          Suggestion.remedy(ref, adapters.stream().map(AdapterSpec::ref).toList()));
    }
    return found;
  }
}
