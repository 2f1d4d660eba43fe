package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.PathOptions;
import io.pathproof.initiator.session.ChapSettings;
import io.pathproof.initiator.session.NegotiationOffer;
import io.pathproof.initiator.session.SessionTimers;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A host's description.
 *
 * @param initiatorName its iSCSI qualified name
 * @param links its ways to the array, the preferred first; path selection follows this order
 * @param targets the targets to log in to; empty takes every one that discovery tells
 * @param timers of its sessions
 * @param multipath how its devices use their paths; policy NONE makes each path a device
 * @param chap credentials for normal sessions (open-iscsi: node.session.auth)
 * @param offer operational negotiation, digests included
 * @param discoveryChap credentials for discovery, which arrays ask for apart, if at all
 *     (open-iscsi: discovery.sendtargets.auth)
 * @param entries the links that discovery is asked over; the others are there for addresses that
 *     the array tells of, in discovery or by redirecting a login
 * @param pathOptions what is said of single paths; asked once for each
 * @param targetChap credentials for normal sessions of particular targets, by their name, in place
 *     of {@code chap} (arrays side by side have an account each)
 * @param targetOptions what targets have of their own
 */
public record HostSettings(
    String initiatorName,
    List<HostLink> links,
    Set<String> targets,
    SessionTimers timers,
    MultipathSettings multipath,
    Optional<ChapSettings> chap,
    NegotiationOffer offer,
    Optional<ChapSettings> discoveryChap,
    List<HostLink> entries,
    Function<HostPath, PathOptions> pathOptions,
    Map<String, ChapSettings> targetChap,
    TargetOptions.Source targetOptions) {

  /** A host with one account for all targets, of whose targets and paths nothing else is said. */
  public HostSettings(
      String initiatorName,
      List<HostLink> links,
      Set<String> targets,
      SessionTimers timers,
      MultipathSettings multipath,
      Optional<ChapSettings> chap,
      NegotiationOffer offer,
      Optional<ChapSettings> discoveryChap,
      List<HostLink> entries) {
    this(
        initiatorName,
        links,
        targets,
        timers,
        multipath,
        chap,
        offer,
        discoveryChap,
        entries,
        path -> PathOptions.DEFAULT,
        Map.of(),
        (discovered, link) -> TargetOptions.INHERITED);
  }

  /** A host whose discovery needs no credentials. */
  public HostSettings(
      String initiatorName,
      List<HostLink> links,
      Set<String> targets,
      SessionTimers timers,
      MultipathSettings multipath,
      Optional<ChapSettings> chap,
      NegotiationOffer offer) {
    this(initiatorName, links, targets, timers, multipath, chap, offer, Optional.empty());
  }

  /** A host that discovers over every link. */
  public HostSettings(
      String initiatorName,
      List<HostLink> links,
      Set<String> targets,
      SessionTimers timers,
      MultipathSettings multipath,
      Optional<ChapSettings> chap,
      NegotiationOffer offer,
      Optional<ChapSettings> discoveryChap) {
    this(initiatorName, links, targets, timers, multipath, chap, offer, discoveryChap, links);
  }

  /** Refuses links that share an id, an ISID, or an adapter and portal. */
  public HostSettings {
    links = List.copyOf(links);
    entries = List.copyOf(entries);
    if (entries.isEmpty() || !links.containsAll(entries)) {
      throw new IllegalArgumentException("a host discovers over some of its links");
    }
    targets = Set.copyOf(targets);
    targetChap = Map.copyOf(targetChap);
    if (links.isEmpty()) {
      throw new IllegalArgumentException("a host needs a link");
    }
    distinct(links.stream().map(HostLink::id).toList(), "id");
    distinct(links.stream().map(HostLink::isidQualifier).toList(), "isidQualifier");
    distinct(links.stream().map(link -> link.adapter() + " to " + link.portal()).toList(), "way");
  }

  /** The credentials for a normal session with a target. */
  Optional<ChapSettings> chapFor(String target) {
    return Optional.ofNullable(targetChap.get(target)).or(() -> chap);
  }

  private static void distinct(List<?> values, String what) {
    Set<Object> seen = new HashSet<>();
    for (Object value : values) {
      if (!seen.add(value)) {
        throw new IllegalArgumentException("two links share the " + what + " " + value);
      }
    }
  }
}
