package io.pathproof.interoperability;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Network.Ipam;
import com.github.dockerjava.api.model.Network.Ipam.Config;
import io.pathproof.initiator.netty.Discovery;
import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.session.ChapCredentials;
import io.pathproof.initiator.session.ChapSettings;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.DigestPolicy;
import io.pathproof.initiator.session.NegotiationOffer;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Isid;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.targets.container.ChapAccount;
import io.pathproof.targets.istgt.IstgtNode;
import io.pathproof.targets.tgt.TgtLun;
import io.pathproof.targets.tgt.TgtNode;
import io.pathproof.targets.tgt.TgtStore;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.lifecycle.Startables;

/**
 * A session at targets that are none of ours, in containers, so a container engine must answer:
 * discovery, login, CHAP, what is written and read, digests. Both ask for CHAP.
 */
@Timeout(60)
class SessionAtRealTargetsTest {
  private static final String INITIATOR = "iqn.2026-11.io.pathproof:host";
  private static final String HOSTS_SECRET = "a secret of host";
  private static final String ARRAYS_SECRET = "secret of array";
  private static final ChapAccount INCOMING = new ChapAccount("host", HOSTS_SECRET);
  private static final ChapAccount OUTGOING = new ChapAccount("array", ARRAYS_SECRET);
  private static final ChapSettings ONE_WAY =
      ChapSettings.oneWay(new ChapCredentials("host", HOSTS_SECRET));
  private static final ChapSettings MUTUAL = mutual(HOSTS_SECRET, ARRAYS_SECRET);

  private static final NegotiationOffer OFFER = NegotiationOffer.defaults().withTime2Wait(0);
  private static final String SUBNET = "10.10.88";
  private static final int LENGTH = 4096;

  /** Bytes of all volumes. */
  private static final int SIZE = 16 << 20;

  private static final TgtLun TGT_LUN = TgtLun.of(1, "interoperability", "vol0", SIZE);

  private static TgtStore store;
  private static Network network;
  private static TgtNode tgt;
  private static IstgtNode istgt;

  /** What we are tried against. */
  private enum Kind {
    TGT,
    ISTGT;

    GenericContainer<?> node() {
      return this == TGT ? tgt : istgt;
    }

    Portal portal() {
      return new Portal(this == TGT ? tgt.addresses().get(0) : istgt.address(), TgtNode.PORT);
    }

    String iqn() {
      return this == TGT ? tgt.iqn() : istgt.iqn();
    }

    /** tgt keeps LUN 0 for its controller. */
    long lun() {
      return Lun.of(this == TGT ? TGT_LUN.number() : 0).raw();
    }

    ByteBuffer stored(long lba, int bytes) {
      long offset = lba * OpenSession.BLOCK;
      return ByteBuffer.wrap(
          this == TGT ? tgt.readStore(TGT_LUN, offset, bytes) : istgt.readStore(offset, bytes));
    }

    /** Where the portal is reached from here. */
    InetSocketAddress published() {
      return new InetSocketAddress(node().getHost(), node().getMappedPort(TgtNode.PORT));
    }
  }

  private EventLoops loops;

  @BeforeAll
  static void startTheTargets() {
    Map<String, String> labels = Map.of("io.pathproof.run", UUID.randomUUID().toString());
    store = TgtStore.create(labels);
    network =
        Network.builder()
            .createNetworkCmdModifier(
                command ->
                    command
                        .withLabels(labels)
                        .withIpam(
                            new Ipam()
                                .withConfig(
                                    new Config()
                                        .withSubnet(SUBNET + ".0/24")
                                        .withGateway(SUBNET + ".1"))))
            .build();
    tgt =
        new TgtNode("tgt", store)
            .withLabels(labels)
            .withPortal(network, SUBNET + ".10")
            .withLun(TGT_LUN)
            .withDigests()
            .withMutualChap(INCOMING, OUTGOING)
            .withExposedPorts(TgtNode.PORT);
    istgt =
        new IstgtNode("istgt", network, SUBNET + ".11", SIZE)
            .withLabels(labels)
            .withMutualChap(INCOMING, OUTGOING)
            .withExposedPorts(IstgtNode.PORT);
    Startables.deepStart(tgt, istgt).join();
  }

  @AfterAll
  static void removeTheTargets() throws Exception {
    for (AutoCloseable each : Arrays.asList(tgt, istgt, network, store)) {
      if (each != null) {
        each.close();
      }
    }
  }

  @BeforeEach
  void startLoops() {
    loops = new EventLoops(1);
  }

  @AfterEach
  void endLoops() {
    loops.close();
  }

  private static ChapSettings mutual(String ours, String theirs) {
    return ChapSettings.mutual(
        new ChapCredentials("host", ours), new ChapCredentials("array", theirs));
  }

  private static SessionSettings settings(Kind kind) {
    return SessionSettings.normal(INITIATOR, kind.iqn(), kind.portal(), Isid.random(1, 1))
        .withOffer(OFFER)
        .withTimers(SessionTimers.ofMillis(5_000, 0, 1_000, 10_000, 5_000, 0, 20));
  }

  private OpenSession open(Kind kind, SessionSettings settings) {
    InetSocketAddress at = kind.published();
    return new OpenSession(loops, settings, portal -> Optional.of(at), kind.lun());
  }

  private static DigestPolicy policy(boolean wanted) {
    return wanted ? DigestPolicy.CRC32C : DigestPolicy.NONE;
  }

  private static byte[] content(int bytes, long seed) {
    byte[] content = new byte[bytes];
    new Random(seed).nextBytes(content);
    return content;
  }

  private static ScsiResult good(CompletableFuture<TaskOutcome> task) throws Exception {
    TaskOutcome outcome = OpenSession.get(task);
    assertThat(outcome)
        .isInstanceOfSatisfying(ScsiResult.class, r -> assertThat(r.good()).isTrue());
    return (ScsiResult) outcome;
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("Discovery names the target and its portal")
  void discovery(Kind kind) throws Exception {
    InetSocketAddress at = kind.published();
    List<SendTargets.Target> found =
        Discovery.sendTargets(
                loops,
                loops.next(),
                SessionSettings.discovery(INITIATOR, kind.portal(), Isid.random(1, 2)),
                portal -> Optional.of(at))
            .get(10, TimeUnit.SECONDS);
    assertThat(found).extracting(SendTargets.Target::name).containsExactly(kind.iqn());
    assertThat(found.get(0).addresses()).extracting(Portal::of).containsExactly(kind.portal());
    assertThat(found.get(0).addresses().get(0).portalGroupTag()).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("CHAP: no account and wrong secrets of either side do not log in")
  void chapRefused(Kind kind) throws Exception {
    // one after another: istgt takes no connection any more after several of these at once
    refused(kind, settings(kind));
    refused(kind, settings(kind).withChap(mutual("a secret of hoax", ARRAYS_SECRET)));
    SessionFailure hoax =
        refused(kind, settings(kind).withChap(mutual(HOSTS_SECRET, "secret of hoaxx")));
    assertThat(hoax.text()).contains("LOGIN_RESPONSE: CHAP_R: is wrong");
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("A target that wants CHAP refuses a login without the security stage: it is made up")
  void theSecurityStageIsMadeUp(Kind kind) throws Exception {
    try (OpenSession session = open(kind, settings(kind).withOffer(OFFER.withoutSecurityStage()))) {
      assertThat(session.end().reason()).isEqualTo(SessionFailure.Reason.AUTHENTICATION_FAILED);
      SessionEvent attempt = new SessionEvent.Connecting(kind.portal());
      assertThat(session.events)
          .containsSubsequence(
              attempt, new SessionEvent.LoginRefused(kind.portal(), 2, 1), attempt);
    }
  }

  private SessionFailure refused(Kind kind, SessionSettings settings) throws InterruptedException {
    try (OpenSession session = open(kind, settings)) {
      SessionFailure end = session.end();
      assertThat(end.reason()).isEqualTo(SessionFailure.Reason.AUTHENTICATION_FAILED);
      assertThat(session.ups).isEmpty();
      return end;
    }
  }

  static Stream<Arguments> digests() {
    return Stream.of(Kind.values())
        .flatMap(
            kind ->
                Stream.of(
                    Arguments.of(kind, ONE_WAY, Digests.NONE),
                    Arguments.of(kind, MUTUAL, new Digests(true, false)),
                    Arguments.of(kind, MUTUAL, new Digests(false, true))));
  }

  @ParameterizedTest(name = "{0}, {1}, {2}")
  @MethodSource("digests")
  @DisplayName("What is written is in the target's file and read back, by each CHAP and digest")
  void whatIsWrittenIsStoredAndReadBack(Kind kind, ChapSettings chap, Digests digests)
      throws Exception {
    NegotiationOffer offer = OFFER.withDigests(policy(digests.header()), policy(digests.data()));
    try (OpenSession session = open(kind, settings(kind).withChap(chap).withOffer(offer))) {
      assertThat(session.up().digests()).isEqualTo(digests);
      session.attentions();
      long lba = 0;
      // immediate data; a burst; several R2Ts, and an odd end
      for (int bytes : new int[] {512, 65_536, (2 << 20) + 512}) {
        byte[] content = content(bytes, Objects.hash(digests, bytes));
        good(session.write(lba, content));
        assertThat(kind.stored(lba, bytes)).isEqualTo(ByteBuffer.wrap(content));
        assertThat(good(session.read(lba, bytes)).data()).isEqualTo(ByteBuffer.wrap(content));
        lba += bytes / OpenSession.BLOCK;
      }
      session.logout();
      assertThat(session.downs).isEmpty();
      assertThat(session.end().reason()).isEqualTo(SessionFailure.Reason.CLOSED);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "Under both digests, a byte that changed is found by us on the way back, by the target on the way there")
  void aByteThatChangedIsFound(Kind kind) throws Exception {
    NegotiationOffer offer = OFFER.withDigests(DigestPolicy.CRC32C, DigestPolicy.CRC32C);
    try (Way way = new Way(kind.published());
        OpenSession session =
            new OpenSession(
                loops,
                settings(kind).withChap(MUTUAL).withOffer(offer),
                portal -> Optional.of(way.nearEnd()),
                kind.lun())) {
      assertThat(session.up().digests()).isEqualTo(new Digests(true, true));
      session.attentions();
      byte[] before = content(LENGTH, 1);
      good(session.write(0, before));

      way.spoilBack(100);
      ConnectionFailure lost = (ConnectionFailure) OpenSession.get(session.read(0, LENGTH));
      assertThat(lost.reason()).isEqualTo(ConnectionFailure.Reason.DIGEST_ERROR);
      assertThat(lost.text()).startsWithIgnoringCase("DATA_IN: Data-Digest");
      assertThat(session.down().text()).isEqualTo(lost.text());
      session.up();
      session.attentions();
      assertThat(good(session.read(0, LENGTH)).data()).isEqualTo(ByteBuffer.wrap(before));

      way.spoilThere(100);
      ConnectionFailure left =
          (ConnectionFailure) OpenSession.get(session.write(0, content(LENGTH, 2)));
      assertThat(left.reason()).isEqualTo(ConnectionFailure.Reason.CLOSED_BY_TARGET);
      assertThat(session.down().reason()).isEqualTo(left.reason());
      assertThat(kind.stored(0, LENGTH)).isEqualTo(ByteBuffer.wrap(before));
    }
  }
}
