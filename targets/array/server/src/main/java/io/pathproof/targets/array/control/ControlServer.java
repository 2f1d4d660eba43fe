package io.pathproof.targets.array.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pathproof.targets.array.scsi.Defect;
import io.pathproof.targets.array.server.ArrayException;
import io.pathproof.targets.array.server.SimulatedArray;
import io.pathproof.targets.array.system.Action;
import io.pathproof.targets.array.system.RefusedException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The control API of an array over HTTP. Whoever reaches it may break the array; so it belongs on
 * the loopback interface, and does not answer browsers that were led to it by a page of someone
 * else's.
 */
public final class ControlServer implements AutoCloseable {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final int BODY_LIMIT = 16 * 1024;
  private static final int READ_LIMIT = 16 << 20;

  /** What a client may take to send a request, and again to take the answer. */
  private static final Duration SLOWNESS = Duration.ofSeconds(5);

  private static final long PATIENCE_SECONDS = 30;

  private interface Handler {
    void handle(HttpExchange exchange, String rest) throws IOException;
  }

  private record Route(String method, String path, Handler handler) {
    boolean serves(String asked) {
      return path.endsWith("/") ? asked.startsWith(path) : asked.equals(path);
    }
  }

  private final SimulatedArray array;
  private final HttpServer http;
  private final RequestThreads threads = new RequestThreads(SLOWNESS);
  private final List<Route> routes;

  private ControlServer(SimulatedArray array, HttpServer http) {
    this.array = array;
    this.http = http;
    routes =
        List.of(
            get("/v1/state", array::snapshot),
            get("/v1/loads", array::loads),
            get("/v1/sessions", array::sessions),
            new Route("GET", "/v1/journal", this::journal),
            new Route("GET", "/v1/store/", this::store),
            get("/v1/actions", () -> CompletableFuture.completedFuture(actions())),
            get("/v1/defects", () -> array.activeDefects().thenApply(ControlServer::defects)),
            new Route("POST", "/v1/act", this::act),
            new Route("POST", "/v1/restore", this::restore),
            new Route("POST", "/v1/reset", this::reset));
  }

  /**
   * Begins to listen.
   *
   * @param at TCP port 0 stands for any that is free
   * @throws ArrayException when the address cannot be listened on
   */
  public static ControlServer start(SimulatedArray array, InetSocketAddress at) {
    HttpServer http;
    try {
      http = HttpServer.create(at, 0);
    } catch (IOException e) {
      throw new ArrayException(
          "the control API cannot listen on "
              + at.getHostString()
              + ":"
              + at.getPort()
              + ": "
              + e.getMessage(),
          e);
    }
    ControlServer server = new ControlServer(array, http);
    http.createContext("/", server::serve);
    http.setExecutor(server.threads);
    http.start();
    return server;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return http.getAddress();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try {
      guard(exchange);
      String path = exchange.getRequestURI().getPath();
      List<Route> fitting = routes.stream().filter(route -> route.serves(path)).toList();
      if (fitting.isEmpty()) {
        throw new HttpRefusal(
            404,
            "no path " + path,
            "there are " + String.join(", ", routes.stream().map(Route::path).toList()));
      }
      Route route = fitting.get(0);
      if (!route.method().equals(exchange.getRequestMethod())) {
        exchange.getResponseHeaders().set("Allow", route.method());
        throw new HttpRefusal(
            405, exchange.getRequestMethod() + " is not for " + path, "use " + route.method());
      }
      route.handler().handle(exchange, path.substring(route.path().length()));
    } catch (HttpRefusal e) {
      error(exchange, e.status(), e.getMessage(), e.remedy());
    } catch (RefusedException e) {
      error(exchange, 400, e.error(), e.remedy());
    } catch (ArrayException e) {
      error(exchange, 409, e.getMessage(), "look at /v1/state");
    } catch (RuntimeException e) {
      error(exchange, 500, e.toString(), "this is a defect of Pathproof; please report it");
    } finally {
      exchange.close();
    }
  }

  /** Browsers send Origin with what a page asks for, and a rebound name in Host. */
  private static void guard(HttpExchange exchange) {
    String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
    String name = host.replaceFirst(":[0-9]+$", "");
    if (!name.equals("localhost") && !name.matches("[0-9.]+|\\[[0-9a-fA-F:.]+\\]")) {
      throw new HttpRefusal(
          403, "Host " + host + " is not served", "name this machine by its address");
    }
    if (exchange.getRequestHeaders().containsKey("Origin")) {
      throw new HttpRefusal(403, "pages of browsers are not served", "use curl or a program");
    }
  }

  private Route get(String path, java.util.function.Supplier<? extends CompletionStage<?>> answer) {
    return new Route(
        "GET",
        path,
        (exchange, rest) -> {
          query(exchange);
          json(exchange, 200, await(answer.get()));
        });
  }

  /** What is asked for in a body. */
  private record Order(String place, String word, String detail) {}

  private void act(HttpExchange exchange, String rest) throws IOException {
    query(exchange);
    Order order = order(exchange);
    await(array.act(order.place(), order.word(), order.detail()));
    json(exchange, 200, Map.of("done", true));
  }

  /** Programs that put things in order need not know what is out of order: strict=false. */
  private void restore(HttpExchange exchange, String rest) throws IOException {
    String strict = query(exchange, "strict").getOrDefault("strict", "true");
    if (!strict.matches("true|false")) {
      throw new HttpRefusal(400, "strict \"" + strict + "\"", "write true or false");
    }
    Order order = order(exchange);
    await(
        strict.equals("true")
            ? array.restoreInForce(order.place(), order.word(), order.detail())
            : array.restore(order.place(), order.word(), order.detail()));
    json(exchange, 200, Map.of("done", true));
  }

  private void reset(HttpExchange exchange, String rest) throws IOException {
    query(exchange);
    type(exchange);
    String body = new String(body(exchange), StandardCharsets.UTF_8).strip();
    if (!body.matches("|\\{\\s*\\}")) {
      throw new HttpRefusal(
          400,
          "reset takes everything back and no body",
          "send none, or take back one thing by /v1/restore");
    }
    await(array.reset());
    json(exchange, 200, Map.of("done", true));
  }

  private static void type(HttpExchange exchange) {
    String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
    if (!type.toLowerCase(Locale.ROOT).matches("application/json( *;.*)?")) {
      throw new HttpRefusal(
          415, "Content-Type " + type, "send application/json (curl -H content-type:...)");
    }
  }

  private static byte[] body(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(BODY_LIMIT + 1);
    if (body.length > BODY_LIMIT) {
      throw new HttpRefusal(413, "the body is too large", "send at most " + BODY_LIMIT + " bytes");
    }
    return body;
  }

  private static Order order(HttpExchange exchange) throws IOException {
    type(exchange);
    String form = "send {\"place\": \"node1\", \"word\": \"kill\", \"detail\": \"\"}";
    JsonNode root;
    try {
      root = JSON.readTree(body(exchange));
    } catch (JsonProcessingException e) {
      throw new HttpRefusal(400, "the body is no JSON: " + e.getOriginalMessage(), form);
    }
    if (root == null || !root.isObject()) {
      throw new HttpRefusal(400, "the body is no JSON object", form);
    }
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (!List.of("place", "word", "detail").contains(field.getKey())) {
        throw new HttpRefusal(400, "no field \"" + field.getKey() + "\"", form);
      }
      if (!field.getValue().isTextual()) {
        throw new HttpRefusal(400, "\"" + field.getKey() + "\" is no text", form);
      }
    }
    if (!root.has("place") || !root.has("word")) {
      throw new HttpRefusal(400, "place or word is missing", form);
    }
    return new Order(
        root.get("place").asText(), root.get("word").asText(), root.path("detail").asText(""));
  }

  private void journal(HttpExchange exchange, String rest) throws IOException {
    long since = number(query(exchange, "since").getOrDefault("since", "0"), "since");
    json(exchange, 200, await(array.journalSince(since)));
  }

  private void store(HttpExchange exchange, String volume) throws IOException {
    Map<String, String> query = query(exchange, "offset", "length");
    long offset = number(query.getOrDefault("offset", "0"), "offset");
    long length = number(query.getOrDefault("length", "4096"), "length");
    if (length > READ_LIMIT) {
      throw new HttpRefusal(413, "length " + length, "read at most " + READ_LIMIT + " bytes");
    }
    ByteBuffer bytes = await(array.readStore(volume, offset, (int) length));
    byte[] body = new byte[bytes.remaining()];
    bytes.get(body);
    answer(exchange, 200, "application/octet-stream", body);
  }

  private static Map<String, String> query(HttpExchange exchange, String... known) {
    Map<String, String> query = new LinkedHashMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    if (raw == null) {
      return query;
    }
    for (String part : raw.split("&")) {
      String[] pair = part.split("=", 2);
      if (!Arrays.asList(known).contains(pair[0]) || pair.length < 2) {
        throw new HttpRefusal(
            400,
            "no parameter \"" + pair[0] + "\"",
            known.length == 0
                ? "there is none here"
                : "write " + String.join("=..., ", known) + "=...");
      }
      try {
        query.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw new HttpRefusal(400, pair[0] + " is not encoded as it should be", e.getMessage());
      }
    }
    return query;
  }

  private static long number(String text, String name) {
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, as a negative number is.
    }
    throw new HttpRefusal(
        400, name + " \"" + text + "\" is no number", "write a whole number from 0");
  }

  private static List<Map<String, Object>> actions() {
    return Arrays.stream(Action.values())
        .map(
            action ->
                Map.<String, Object>of(
                    "word",
                    action.word(),
                    "places",
                    action.places().stream()
                        .map(place -> place.name().toLowerCase(Locale.ROOT))
                        .sorted()
                        .toList(),
                    "detail",
                    action.detailed(),
                    "momentary",
                    action.momentary(),
                    "meaning",
                    action.meaning()))
        .toList();
  }

  private static List<Map<String, Object>> defects(List<String> active) {
    return Arrays.stream(Defect.values())
        .map(
            defect ->
                Map.<String, Object>of(
                    "word",
                    defect.word(),
                    "meaning",
                    defect.meaning(),
                    "on",
                    active.contains(defect.word())))
        .toList();
  }

  private <T> T await(CompletionStage<T> stage) {
    try {
      return threads.untimed(
          () -> stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException told) {
        throw told;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new HttpRefusal(
          504, "not done within " + PATIENCE_SECONDS + " s", "look at /v1/state later");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HttpRefusal(503, "the array is being shut down", "start it again");
    }
  }

  private static void error(HttpExchange exchange, int status, String error, String remedy)
      throws IOException {
    // A connection that is closed before its client has sent all is reset, and the reason lost.
    exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
    json(exchange, status, Map.of("error", error, "remedy", remedy));
  }

  private static void json(HttpExchange exchange, int status, Object value) throws IOException {
    answer(exchange, status, "application/json", JSON.writeValueAsBytes(value));
  }

  private static void answer(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    http.stop(0);
    threads.end();
  }
}
