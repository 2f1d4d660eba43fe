package io.pathproof.targets.array.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.targets.array.server.ArrayException;
import io.pathproof.targets.array.server.Configs;
import io.pathproof.targets.array.server.JournalPage;
import io.pathproof.targets.array.server.LoopbackNetwork;
import io.pathproof.targets.array.server.SimulatedArray;
import io.pathproof.targets.array.system.JournalEntry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class ControlServerTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private SimulatedArray array;
  private ControlServer server;
  private ControlClient client;

  @BeforeEach
  void start() {
    array = SimulatedArray.start(Configs.virtualPort(), new LoopbackNetwork());
    server = ControlServer.start(array, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    client = new ControlClient(server.address());
  }

  @AfterEach
  void stop() {
    server.close();
    array.close();
  }

  private HttpResponse<String> send(String method, String path, String type, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.address().getPort() + path))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aFailoverCanBeMadeSeenAndTakenBack() throws Exception {
    var before = client.snapshot();
    assertThat(before).isEqualTo(array.snapshot().toCompletableFuture().get());
    client.act("node2", "stop", "");
    assertThat(client.snapshot().nodes().get("node2").state()).isEqualTo("stopped");
    JournalPage page = client.journal(0);
    assertThat(page.entries()).extracting(JournalEntry::text).contains("node2 stopped");
    assertThat(page.entries()).allMatch(entry -> entry.nanos() <= page.nowNanos());
    client.restore("node2", "stop", "");
    assertThat(client.snapshot()).isEqualTo(before);
    assertThat(client.journal(page.next()).entries())
        .extracting(JournalEntry::text)
        .contains("node2 back")
        .doesNotContain("node2 stopped");
    client.act("array", "defect", "stale-read");
    assertThat(send("GET", "/v1/defects", "", "").body())
        .containsPattern(
            "\\{[^}]*\"word\":\"stale-read\"[^}]*\"on\":true|"
                + "\\{[^}]*\"on\":true[^}]*\"word\":\"stale-read\"");
    client.reset();
    assertThat(array.activeDefects().toCompletableFuture().get()).isEmpty();
    assertThat(client.sessions()).isEmpty();
  }

  @Test
  void whatTheArrayRefusesIsToldWithItsRemedy() {
    assertThatThrownBy(() -> client.act("node7", "stop", ""))
        .isInstanceOf(ArrayException.class)
        .hasMessageContaining("no place \"node7\"; there are array, node1, node2, node1.a");
  }

  @Test
  void actionsAreListedWithTheirMeaning() throws Exception {
    assertThat(send("GET", "/v1/actions", "", "").body())
        .contains("\"word\":\"fail-over\"", "power loss");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET  | /                | '' | ''                                   | 404 | no path /",
        "GET  | /v1/state/x      | '' | ''                                   | 404 | no path",
        "GET  | /v2/state        | '' | ''                                   | 404 | no path",
        "POST | /v1/state        | '' | ''                                   | 405 | use GET",
        "GET  | /v1/act          | '' | ''                                   | 405 | use POST",
        "DELETE | /v1/reset      | '' | ''                                   | 405 | use POST",
        "POST | /v1/reset        | '' | ''                                   | 415 | application/json",
        "POST | /v1/act          | text/plain | {}                           | 415 | application/json",
        "POST | /v1/act          | application/json | ''                     | 400 | no JSON object",
        "POST | /v1/act          | application/json | {\"place\":            | 400 | no JSON",
        "POST | /v1/act          | application/json | []                     | 400 | no JSON object",
        "POST | /v1/act          | application/json | {\"place\":\"node1\"}  | 400 | is missing",
        "POST | /v1/act | application/json | {\"place\":\"node1\",\"word\":7}    | 400 | no text",
        "POST | /v1/act | application/json | {\"place\":\"node1\",\"wort\":\"x\"} | 400 | wort",
        "POST | /v1/act | application/json | {\"place\":\"node1\",\"word\":\"x\"} | 400 | nothing that can be done",
        "POST | /v1/act | application/json | {\"place\":\"x\",\"word\":\"kill\"} | 400 | no place",
        "POST | /v1/restore | application/json | {\"place\":\"x\",\"word\":\"kill\"} | 400 | no place",
        "POST | /v1/act | application/json | {\"place\":\"node1\",\"word\":\"stop\",\"detail\":\"zzz\"} | 400 | takes no detail",
        "POST | /v1/act | application/json | {\"place\":\"node1\",\"word\":\"fail-over\",\"detail\":\"zzz\"} | 400 | takes no detail",
        "POST | /v1/act | application/json | {\"place\":\"node1.a\",\"word\":\"down\",\"detail\":\"zzz\"} | 400 | takes no detail",
        "POST | /v1/act | application/json | {\"place\":\"array\",\"word\":\"rebalance\",\"detail\":\"zzz\"} | 400 | takes no detail",
        "POST | /v1/act?x=1 | application/json | {\"place\":\"node1\",\"word\":\"stop\"} | 400 | no parameter",
        "POST | /v1/restore | application/json | {\"place\":\"node1\",\"word\":\"stop\"} | 400 | nothing is in force",
        "POST | /v1/restore?strict=no | application/json | {\"place\":\"node1\",\"word\":\"stop\"} | 400 | true or false",
        "POST | /v1/reset | application/json | {\"place\":\"node1\"}          | 400 | no body",
        "POST | /v1/reset?place=node1 | application/json | {}               | 400 | no parameter",
        "GET  | /v1/state?node=node1 | '' | ''                              | 400 | no parameter",
        "GET  | /v1/defects?on=true  | '' | ''                              | 400 | no parameter",
        "GET  | /v1/actions?x=1  | '' | ''                                  | 400 | no parameter",
        "GET  | /v1/journal?since=-1 | '' | ''                               | 400 | is no number",
        "GET  | /v1/journal?after=1  | '' | ''                               | 400 | no parameter",
        "GET  | /v1/store/vol9   | '' | ''                                   | 400 | there are vol0",
        "GET  | /v1/store/vol0?length=99999999 | '' | ''                     | 413 | at most",
        "GET  | /v1/store/vol0?offset=1048576 | '' | ''                      | 400 | cannot be read",
      })
  void whatIsNotKnownIsRefused(
      String method, String path, String type, String body, int status, String reason)
      throws Exception {
    HttpResponse<String> response = send(method, path, type, body);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).contains("\"error\"", "\"remedy\"").contains(reason);
    assertThat(client.snapshot().nodes().get("node1").state()).isEqualTo("running");
  }

  @ParameterizedTest
  @CsvSource({
    "node1,   kill,           '',             'node1 kill is not in force'",
    "node1,   fail-over,      '',             'is not in force'",
    "node2,   stop,           '',             'is not in force'",
    "node1.a, down,           '',             'is not in force'",
    "array,   request-logout, '',             'cannot be taken back'",
    "node2,   access-state,   standby,        'is not in force'",
    "array,   firmware-restart, '',           'is not in force'",
    "array,   defect,         stale-read,     'array defect stale-read is not in force'",
    "array,   defect,         no-such,        'no defect'"
  })
  void whatIsNotInForceIsNotRestoredAndWhatIsInForceIsTold(
      String place, String word, String detail, String told) throws Exception {
    client.act("node1", "stop", "");
    client.act("node2.a", "down", "");
    client.act("array", "defect", "late-write");
    String body =
        "{\"place\":\"%s\",\"word\":\"%s\",\"detail\":\"%s\"}".formatted(place, word, detail);
    HttpResponse<String> response = send("POST", "/v1/restore", "application/json", body);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains(told);
    if (!told.startsWith("no ")) {
      assertThat(response.body())
          .contains("in force: node1 stop, node2.a down, array defect late-write");
      client.restore(place, word, detail);
    }
    assertThat(client.snapshot().nodes().get("node1").state()).isEqualTo("stopped");
    body = "{\"place\":\"node1\",\"word\":\"stop\"}";
    assertThat(send("POST", "/v1/restore", "application/json", body).statusCode()).isEqualTo(200);
    assertThat(client.snapshot().nodes().get("node1").state()).isEqualTo("running");
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() throws Exception {
    String body = "{\"place\": \"" + "x".repeat(20_000) + "\"}";
    assertThat(send("POST", "/v1/act", "application/json", body).statusCode()).isEqualTo(413);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/act,application/json,413,the body is too large",
    "/v1/act,text/plain,415,Content-Type",
    "/v1/nothing,application/json,404,no path"
  })
  void aRefusalIsReadableHoweverLargeTheBodyIs(String path, String type, int status, String told)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.address().getPort() + path))
            .version(HttpClient.Version.HTTP_1_1)
            .header("Content-Type", type)
            .expectContinue(true)
            .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[20_000_000]))
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).contains("\"error\"", "\"remedy\"").contains(told);
  }

  @ParameterizedTest
  @CsvSource({
    "Host: evil.example,403",
    "Host: localhost,200",
    "Host: 127.0.0.1:9,200",
    "Host: [::1]:9,200",
    "Host: 127.0.0.1.evil.example,403",
    "'Host: localhost\r\nOrigin: http://evil.example',403"
  })
  void pagesOfBrowsersAreNotServed(String headers, int status) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.address().getPort())) {
      socket
          .getOutputStream()
          .write(
              ("GET /v1/state HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 " + status);
      assertThat(answer.toLowerCase(java.util.Locale.ROOT)).doesNotContain("access-control");
    }
  }

  @Test
  void clientsThatDoNotFinishTheirRequestsHoldUpNobodyAndAreCutOff() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 64; i++) {
        slow.add(begun("GET /v1/st"));
        slow.add(
            begun(
                "POST /v1/act HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 50\r\n\r\n{"));
        slow.add(begun("POST /v1/no HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n"));
      }
      long beganNs = System.nanoTime();
      client.act("node1", "pause", "");
      assertThat(client.snapshot().nodes().get("node1").state()).isEqualTo("paused");
      assertThat(Duration.ofNanos(System.nanoTime() - beganNs)).isLessThan(Duration.ofSeconds(3));
      for (Socket each : slow) {
        each.setSoTimeout(10_000);
        assertThat(ended(each)).isTrue();
      }
    } finally {
      for (Socket each : slow) {
        each.close();
      }
    }
    assertThat(client.snapshot().nodes().get("node1").state()).isEqualTo("paused");
  }

  private Socket begun(String request) throws IOException {
    Socket socket = new Socket("127.0.0.1", server.address().getPort());
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static boolean ended(Socket socket) throws IOException {
    try {
      socket.getInputStream().readAllBytes();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  @Test
  void anAddressThatIsTakenIsTold() {
    assertThatThrownBy(() -> ControlServer.start(array, server.address()))
        .isInstanceOf(ArrayException.class)
        .hasMessageContaining("cannot listen on");
  }
}
