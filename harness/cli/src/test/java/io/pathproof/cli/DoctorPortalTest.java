package io.pathproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pathproof.engine.ArrayConfigs;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import io.pathproof.targets.array.server.DirectNetwork;
import io.pathproof.targets.array.server.SimulatedArray;
import io.pathproof.targets.array.system.ArrayConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code pathproof doctor --portal}: a real network, here the loopback of this machine. */
@Timeout(120)
class DoctorPortalTest {
  private static final String TARGET = "iqn.2026-11.io.pathproof:doctored";

  @TempDir private Path folder;

  @Test
  void portalsThatAnArrayTellsOfAreExamined() throws Exception {
    try (SimulatedArray array = array("one", "127.0.7.1", "127.0.7.2", port(), "")) {
      String portal = array.config().nodes().get(0).ports().get(0).address();
      int port = array.config().nodes().get(0).ports().get(0).tcpPort();
      DoctorRun run = doctor(portal + ":" + port);
      assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.PASS);
      assertThat(run.stop("127.0.7.1:" + port + " " + TARGET)).isEqualTo("sound");
      assertThat(run.stop("127.0.7.2:" + port + " " + TARGET)).isEqualTo("sound");
      JsonNode host = run.json().get("hosts").get(0);
      assertThat(host.get("advertised").findValuesAsText("state"))
          .containsExactly("reached", "reached");
      assertThat(host.get("paths").get(0).get("steps").get(0).get("seen").asText())
          .contains("from 127.0.");
      DoctorRun unknown = doctor(portal + ":" + port, "--target", TARGET + "x");
      assertThat(unknown.why()).contains("target name is not known");
      assertThat(unknown.out().replaceAll("\\s+", " "))
          .contains("2 portals of " + TARGET + ", not to be examined (--target): 127.0.7.1:")
          .doesNotContain("has no way");
    }
  }

  @Test
  void aTargetThatTellsAnUnpreparedNameIsReachedAndNoted() throws Exception {
    try (SimulatedArray array = inCapitals()) {
      String portal = "127.0.7.1:" + array.config().nodes().get(0).ports().get(0).tcpPort();
      DoctorRun run = doctor(portal, "--target", TARGET.replace("d", "D"));
      assertThat(run.stop(portal + " " + array.config().targetName())).isEqualTo("sound");
      assertThat(run.out().replaceAll("\\s+", " "))
          .contains("not in the form of RFC 7143 section 4.2.7.2")
          .contains("'" + array.config().targetName() + "' has capital letters");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--target", "--initiator-name"})
  void aNameWithWhatIsProhibitedIsRefusedWithItsPlace(String flag) {
    DoctorRun run =
        DoctorRun.bare("doctor", "--portal", "127.0.7.1", flag, "iqn.2026-11.com.example:disk_1");
    assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(run.err()).contains(flag + " is no iSCSI name").contains("'_', U+005F at character");
  }

  @Test
  void portalThatIsToldAndNotThereIsFound() throws Exception {
    try (SimulatedArray array = array("one", "127.0.7.1", "127.0.7.2", port(), "")) {
      int port = array.config().nodes().get(0).ports().get(0).tcpPort();
      array.act("node2.a", "deny-login", "").toCompletableFuture().get(5, TimeUnit.SECONDS);
      DoctorRun run = doctor("127.0.7.1:" + port);
      assertThat(run.stop("127.0.7.1:" + port + " " + TARGET)).isEqualTo("sound");
      assertThat(run.stop("127.0.7.2:" + port + " " + TARGET)).isEqualTo("login");
      assertThat(run.json().get("hosts").get(0).get("advertised").findValuesAsText("state"))
          .containsExactly("reached", "stops");
    }
  }

  @Test
  void twoPortalsOfOneTargetWithDifferentUnitsAreFound() throws Exception {
    try (SimulatedArray one = array("one", "127.0.7.1", "", port(), "");
        SimulatedArray other = array("other", "127.0.7.2", "", port(), "")) {
      int first = one.config().nodes().get(0).ports().get(0).tcpPort();
      int second = other.config().nodes().get(0).ports().get(0).tcpPort();
      DoctorRun run = doctor("127.0.7.1:" + first, "--portal", "127.0.7.2:" + second);
      assertThat(run.status()).isEqualTo(ExitStatus.FAIL);
      assertThat(run.stop("127.0.7.1:" + first + " " + TARGET)).isEqualTo("sound");
      assertThat(run.stop("127.0.7.2:" + second + " " + TARGET)).isEqualTo("identity");
      assertThat(run.why()).contains("two different units under one number");
    }
  }

  @Test
  void chapProblemsAreToldApart() throws Exception {
    String chap = "  chap: { user: joe, secret: twelve-chars-at-least }\n";
    Path secret = folder.resolve("secret");
    try (SimulatedArray array = array("one", "127.0.7.1", "", port(), chap)) {
      String portal = "127.0.7.1:" + array.config().nodes().get(0).ports().get(0).tcpPort();
      String[] target = {"--target", TARGET};
      DoctorRun none = doctor(portal, target);
      assertThat(none.why()).contains("wants CHAP, and no credentials were given");
      Files.writeString(secret, "not-the-right-secret\n");
      DoctorRun wrong = doctor(portal, chap(target, "joe", secret));
      assertThat(wrong.why()).contains("the secret is wrong, or it knows no such user");
      Files.writeString(secret, "twelve-chars-at-least\n");
      DoctorRun right = doctor(portal, chap(target, "joe", secret));
      assertThat(right.status()).as(right.out()).isEqualTo(ExitStatus.PASS);
      assertThat(right.out() + right.err() + right.json()).doesNotContain("twelve-chars");
    }
  }

  @Test
  void credentialsThatAnArrayWithoutChapDoesNotAskForAreToldNotToBeTested() throws Exception {
    Path secret = folder.resolve("secret");
    Files.writeString(secret, "twelve-chars-at-least\n");
    Path other = folder.resolve("other");
    Files.writeString(other, "another-secret-of-it\n");
    try (SimulatedArray array = array("one", "127.0.7.1", "", port(), "")) {
      String portal = "127.0.7.1:" + array.config().nodes().get(0).ports().get(0).tcpPort();
      String[] oneWay = chap(new String[] {"--target", TARGET}, "joe", secret);
      DoctorRun sound = doctor(portal, oneWay);
      assertThat(sound.status()).as(sound.out()).isEqualTo(ExitStatus.PASS);
      assertThat(sound.text())
          .contains("note: " + portal + ": the target asked for no CHAP: the credentials were not");
      String[] mutual =
          Stream.concat(
                  Stream.of(oneWay),
                  Stream.of("--chap-target-user", "a", "--chap-target-secret-file", other + ""))
              .toArray(String[]::new);
      assertThat(doctor(portal, mutual).why())
          .contains("refused before it asked for any CHAP answer");
    }
  }

  private static String[] chap(String[] target, String user, Path secret) {
    return new String[] {
      target[0], target[1], "--chap-user", user, "--chap-secret-file", secret.toString()
    };
  }

  @Test
  void realTargetIsExaminedAndItsChapIsTold() throws Exception {
    try (TgtdOnLoopback tgtd = new TgtdOnLoopback(folder, port())) {
      DoctorRun sound = doctor(tgtd.portal());
      assertThat(sound.status()).as(sound.out()).isEqualTo(ExitStatus.PASS);
      assertThat(sound.json().findValuesAsText("identity")).anyMatch(name -> !name.isEmpty());
      tgtd.account("joe", "a-secret-of-tgt");
      Path secret = folder.resolve("secret");
      Files.writeString(secret, "another-secret");
      assertThat(doctor(tgtd.portal()).why()).contains("wants CHAP");
      DoctorRun wrong =
          doctor(
              tgtd.portal(), chap(new String[] {"--target", TgtdOnLoopback.TARGET}, "joe", secret));
      assertThat(wrong.stop(tgtd.portal() + " " + TgtdOnLoopback.TARGET)).isEqualTo("login");
      assertThat(wrong.why()).contains("the secret is wrong");
    }
  }

  @Test
  void whatNeverAnswersALoginAndWhatTalksNonsenseAreBoundedAndToldApart() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        ServerSocket garbage = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      talkNonsense(garbage);
      int closed = port();
      long began = System.nanoTime();
      DoctorRun run =
          doctor(
              "127.0.0.1:" + silent.getLocalPort(),
              "--portal",
              "127.0.0.1:" + garbage.getLocalPort(),
              "--portal",
              "127.0.0.1:" + closed,
              "--portal",
              "no-such-name.invalid");
      assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(60));
      assertThat(run.status()).isEqualTo(ExitStatus.FAIL);
      assertThat(run.stop("127.0.0.1:" + silent.getLocalPort())).isEqualTo("login");
      assertThat(run.stop("127.0.0.1:" + garbage.getLocalPort())).isEqualTo("login");
      assertThat(run.stop("127.0.0.1:" + closed)).isEqualTo("tcp");
      assertThat(run.stop("no-such-name.invalid:3260")).isEqualTo("route");
      assertThat(run.out())
          .contains("does not answer the login")
          .contains("breaks the iSCSI protocol")
          .contains("no target begins with \"220 mail ready\"")
          .contains("nothing takes connections")
          .contains("the name has no address");
    }
  }

  @Test
  void aRedirectionToANameThatIsNotKnownIsTold() throws Exception {
    try (ServerSocket lost = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      redirect(lost, "no-such-name.invalid:3260");
      String portal = "127.0.0.1:" + lost.getLocalPort();
      DoctorRun unknown = doctor(portal, "--target", TARGET);
      assertThat(unknown.stop(portal + " " + TARGET)).isEqualTo("login");
      assertThat(unknown.text())
          .contains("seen: redirected to no-such-name.invalid:3260")
          .contains("no-such-name.invalid:3260, a name that this host cannot resolve");
    }
  }

  /** Answers each login with 0x0101, RFC 7143 section 11.13.5. */
  private static void redirect(ServerSocket server, String address) {
    byte[] text = ("TargetAddress=" + address + '\0').getBytes(StandardCharsets.US_ASCII);
    serve(
        server,
        one -> {
          byte[] request = one.getInputStream().readNBytes(48);
          byte[] answer = new byte[48 + (text.length + 3) / 4 * 4];
          answer[0] = 0x23;
          answer[1] = request[1];
          answer[7] = (byte) text.length;
          System.arraycopy(request, 8, answer, 8, 12);
          answer[36] = 1;
          answer[37] = 1;
          System.arraycopy(text, 0, answer, 48, text.length);
          one.getOutputStream().write(answer);
          one.getInputStream().readAllBytes();
        });
  }

  private static void talkNonsense(ServerSocket server) {
    // fewer bytes than a PDU has, and then it waits as a mail server does
    byte[] words = "220 mail ready\r\n".getBytes(StandardCharsets.US_ASCII);
    serve(
        server,
        one -> {
          one.getOutputStream().write(words);
          one.getInputStream().readAllBytes();
        });
  }

  private interface Service {
    void to(Socket client) throws IOException;
  }

  /** One client after another. */
  private static void serve(ServerSocket server, Service service) {
    Thread thread =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try (Socket one = server.accept()) {
                  service.to(one);
                } catch (IOException e) {
                  // It went, or the test is over.
                }
              }
            },
            "scripted-server");
    thread.setDaemon(true);
    thread.start();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --portal 10.0.0.1:99999                                   | --portal 10.0.0.1:99999
          --portal fe80::1                                          | in brackets
          --portal 10.0.0.1 --host host1                            | --host goes with --topology
          --portal 10.0.0.1 --break x --how refuse                  | --break goes with --topology
          --portal 10.0.0.1 --engine embedded                       | --engine goes with --topology
          --portal 10.0.0.1 --target vol0                           | --target vol0
          --portal 10.0.0.1 --initiator-name me                     | --initiator-name me
          --portal 10.0.0.1 --chap-secret-file /etc/hostname        | give --chap-user
          --portal 10.0.0.1 --chap-user joe                         | PATHPROOF_CHAP_SECRET
          --portal 10.0.0.1 --chap-user joe --chap-secret-file /x/y | cannot be read
          --strict                                                  | --topology FILE, or --portal
          """)
  void badFlagsAreTold(String flags, String told) {
    DoctorRun run = DoctorRun.bare(("doctor " + flags).split(" "));
    assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(run.err()).contains(told);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void secretIsTakenFromTheEnvironmentToo() {
    assertThat(DoctorCommand.credentials("joe", null, "--f", "S", Map.of("S", "x")).secret())
        .isEqualTo("x");
  }

  private DoctorRun doctor(String portal, String... flags) throws Exception {
    String[] all = new String[flags.length + 8];
    String[] fixed = {
      "--portal",
      portal,
      "--timeout",
      "3s",
      "--reads",
      "1",
      "--initiator-name",
      "iqn.2026-11.io.pathproof:doctor-test"
    };
    System.arraycopy(fixed, 0, all, 0, fixed.length);
    System.arraycopy(flags, 0, all, fixed.length, flags.length);
    return DoctorRun.of(folder, all);
  }

  /** An array on addresses of the loopback; with a second address on two nodes. */
  private SimulatedArray array(String name, String first, String second, int port, String more)
      throws IOException {
    String node = "    node%d: { ports: { a: { fabric: lo, address: %s, tcp-port: %d } } }\n";
    Path file = folder.resolve(name + ".yaml");
    Files.writeString(
        file,
        "topology: "
            + name
            + "\nfabrics:\n  lo: { subnet: 127.0.7.0/24 }\narray:\n  target-name: "
            + TARGET
            + "\n"
            + more
            + "  nodes:\n"
            + node.formatted(1, first, port)
            + (second.isEmpty() ? "" : node.formatted(2, second, port))
            + "  volumes: { of-"
            + name
            + ": { size: 16MiB } }\n"
            + "hosts:\n  h: { multipath: none, adapters: { n: { fabric: lo, address: 127.0.7.9 } }"
            + " }\n");
    Topology topology = TopologyLoader.load(file);
    return SimulatedArray.start(
        ArrayConfigs.of(topology, topology.arrays().values().iterator().next(), 1),
        new DirectNetwork());
  }

  /** An array that tells its name in capitals and knows itself by that alone, as some do. */
  private SimulatedArray inCapitals() throws IOException {
    ArrayConfig plain;
    try (SimulatedArray array = array("one", "127.0.7.1", "", port(), "")) {
      plain = array.config();
    }
    return SimulatedArray.start(
        new ArrayConfig(
            plain.name(),
            TARGET.toUpperCase(Locale.ROOT).replace("IQN", "iqn"),
            plain.nodes(),
            plain.virtualAddresses(),
            plain.volumes(),
            plain.chap(),
            plain.maxSessions(),
            plain.redirect(),
            plain.takeoverMs(),
            plain.alua(),
            plain.storeDirectory(),
            plain.seed()),
        new DirectNetwork());
  }

  private static int port() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }
}
