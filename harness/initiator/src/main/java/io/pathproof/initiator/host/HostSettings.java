package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.PathOptions;
import io.pathproof.initiator.session.ChapSettings;
import io.pathproof.initiator.session.NegotiationOffer;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.protocol.iscsi.IscsiName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A host's description: immutable. Start from {@link #builder} and change what differs from the
 * defaults, which are stated with each setting. A further setting is a field of the {@link Builder}
 * with its default, a setter there and an accessor here.
 */
public final class HostSettings {
  /** Never changed once it is in here. */
  private final Builder values;

  private HostSettings(Builder values) {
    this.values = values;
  }

  /**
   * A host with the defaults that are stated with each setting.
   *
   * @param initiatorName its iSCSI qualified name; names are brought into the form of {@link
   *     IscsiName#prepare}
   * @param links its ways to the array, the preferred first; path selection follows this order
   */
  public static Builder builder(String initiatorName, List<HostLink> links) {
    return new Builder(IscsiName.prepare(initiatorName), List.copyOf(links));
  }

  /** These settings, to change some of them. */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /** The host's iSCSI qualified name. */
  public String initiatorName() {
    return values.initiatorName;
  }

  /** Its ways to the array, the preferred first; path selection follows this order. */
  public List<HostLink> links() {
    return values.links;
  }

  /** The targets to log in to; empty (the default) takes every one that discovery tells. */
  public Set<String> targets() {
    return values.targets;
  }

  /**
   * Timers of its sessions; {@link SessionTimers#defaults} unless said. Failover to another path
   * begins when {@link SessionTimers#recoveryTimeoutNs} is over.
   */
  public SessionTimers timers() {
    return values.timers;
  }

  /** How its devices use their paths; policy NONE makes each path a device. */
  public MultipathSettings multipath() {
    return values.multipath;
  }

  /** Credentials for normal sessions (open-iscsi: node.session.auth); none unless said. */
  public Optional<ChapSettings> chap() {
    return values.chap;
  }

  /** Operational negotiation, digests included; {@link NegotiationOffer#defaults} unless said. */
  public NegotiationOffer offer() {
    return values.offer;
  }

  /**
   * Credentials for discovery, which arrays ask for apart, if at all (open-iscsi:
   * discovery.sendtargets.auth); none unless said.
   */
  public Optional<ChapSettings> discoveryChap() {
    return values.discoveryChap;
  }

  /**
   * The links that discovery is asked over, all unless said; the others are there for addresses
   * that the array tells of, in discovery or by redirecting a login.
   */
  public List<HostLink> entries() {
    return values.entries.orElse(values.links);
  }

  /** What is said of single paths; asked once for each. Nothing unless said. */
  public Function<HostPath, PathOptions> pathOptions() {
    return values.pathOptions;
  }

  /**
   * Credentials for normal sessions of particular targets, by their name, in place of {@link #chap}
   * (arrays side by side have an account each); none unless said.
   */
  public Map<String, ChapSettings> targetChap() {
    return values.targetChap;
  }

  /** What targets have of their own; nothing unless said. */
  public TargetOptions.Source targetOptions() {
    return values.targetOptions;
  }

  /** The credentials for a normal session with a target, by the name that it tells. */
  Optional<ChapSettings> chapFor(String target) {
    return Optional.ofNullable(values.targetChap.get(IscsiName.comparable(target))).or(this::chap);
  }

  /** Whether to log in to a target, by the name that it tells. */
  boolean wants(String target) {
    return values.targets.isEmpty() || values.targets.contains(IscsiName.comparable(target));
  }

  private static void distinct(List<?> values, String what) {
    Set<Object> seen = new HashSet<>();
    for (Object value : values) {
      if (!seen.add(value)) {
        throw new IllegalArgumentException("two links share the " + what + " " + value);
      }
    }
  }

  /** Settings in the making; each setter's meaning is that of the accessor of its name. */
  public static final class Builder {
    private final String initiatorName;
    private final List<HostLink> links;
    private Set<String> targets = Set.of();
    private SessionTimers timers = SessionTimers.defaults();
    private MultipathSettings multipath = MultipathSettings.builder().build();
    private Optional<ChapSettings> chap = Optional.empty();
    private NegotiationOffer offer = NegotiationOffer.defaults();
    private Optional<ChapSettings> discoveryChap = Optional.empty();

    /** Empty: all links. */
    private Optional<List<HostLink>> entries = Optional.empty();

    private Function<HostPath, PathOptions> pathOptions = path -> PathOptions.DEFAULT;
    private Map<String, ChapSettings> targetChap = Map.of();
    private TargetOptions.Source targetOptions = (discovered, link) -> TargetOptions.INHERITED;

    private Builder(String initiatorName, List<HostLink> links) {
      this.initiatorName = initiatorName;
      this.links = links;
    }

    private Builder(Builder other) {
      this(other.initiatorName, other.links);
      targets = other.targets;
      timers = other.timers;
      multipath = other.multipath;
      chap = other.chap;
      offer = other.offer;
      discoveryChap = other.discoveryChap;
      entries = other.entries;
      pathOptions = other.pathOptions;
      targetChap = other.targetChap;
      targetOptions = other.targetOptions;
    }

    /** Sets {@link HostSettings#targets}. */
    public Builder targets(Set<String> value) {
      targets = value.stream().map(IscsiName::prepare).collect(Collectors.toUnmodifiableSet());
      return this;
    }

    /** Sets {@link HostSettings#timers}. */
    public Builder timers(SessionTimers value) {
      timers = value;
      return this;
    }

    /** Sets {@link HostSettings#multipath}. */
    public Builder multipath(MultipathSettings value) {
      multipath = value;
      return this;
    }

    /** Sets {@link HostSettings#chap}. */
    public Builder chap(ChapSettings value) {
      chap = Optional.of(value);
      return this;
    }

    /** Sets {@link HostSettings#offer}. */
    public Builder offer(NegotiationOffer value) {
      offer = value;
      return this;
    }

    /** Sets {@link HostSettings#discoveryChap}. */
    public Builder discoveryChap(ChapSettings value) {
      discoveryChap = Optional.of(value);
      return this;
    }

    /** Sets {@link HostSettings#entries}. */
    public Builder entries(List<HostLink> value) {
      entries = Optional.of(List.copyOf(value));
      return this;
    }

    /** Sets {@link HostSettings#pathOptions}. */
    public Builder pathOptions(Function<HostPath, PathOptions> value) {
      pathOptions = value;
      return this;
    }

    /** Sets {@link HostSettings#targetChap}. */
    public Builder targetChap(Map<String, ChapSettings> value) {
      Map<String, ChapSettings> prepared = new HashMap<>();
      value.forEach((name, chap) -> prepared.put(IscsiName.prepare(name), chap));
      targetChap = Map.copyOf(prepared);
      return this;
    }

    /** Sets {@link HostSettings#targetOptions}. */
    public Builder targetOptions(TargetOptions.Source value) {
      targetOptions = value;
      return this;
    }

    /**
     * The settings as they are now.
     *
     * @throws IllegalArgumentException for a host without links, for links that share an id, an
     *     ISID, or an adapter and portal, and for entries that are none or not among the links
     */
    public HostSettings build() {
      if (links.isEmpty()) {
        throw new IllegalArgumentException("a host needs a link");
      }
      List<HostLink> asked = entries.orElse(links);
      if (asked.isEmpty() || !links.containsAll(asked)) {
        throw new IllegalArgumentException("a host discovers over some of its links");
      }
      distinct(links.stream().map(HostLink::id).toList(), "id");
      distinct(links.stream().map(HostLink::isidQualifier).toList(), "isidQualifier");
      distinct(links.stream().map(link -> link.adapter() + " to " + link.portal()).toList(), "way");
      return new HostSettings(new Builder(this));
    }
  }
}
