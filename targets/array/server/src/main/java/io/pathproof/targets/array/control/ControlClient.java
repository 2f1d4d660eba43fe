package io.pathproof.targets.array.control;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pathproof.targets.array.server.ArrayException;
import io.pathproof.targets.array.server.JournalPage;
import io.pathproof.targets.array.server.PortLoad;
import io.pathproof.targets.array.server.SessionView;
import io.pathproof.targets.array.system.Snapshot;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Controls an array through its {@link ControlServer}. Calls block; any thread may make them. What
 * the array refuses is thrown as {@link ArrayException} with its reason.
 */
public final class ControlClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(35);

  private final String base;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();

  /** For an array's control address, which is not contacted yet. */
  public ControlClient(InetSocketAddress control) {
    base = "http://" + control.getHostString() + ":" + control.getPort() + "/v1/";
  }

  public Snapshot snapshot() {
    return read(get("state"), new TypeReference<>() {});
  }

  /** By port reference. */
  public Map<String, PortLoad> loads() {
    return read(get("loads"), new TypeReference<>() {});
  }

  public List<SessionView> sessions() {
    return read(get("sessions"), new TypeReference<>() {});
  }

  /** Entries from the given number on. */
  public JournalPage journal(long since) {
    return read(get("journal?since=" + since), new TypeReference<>() {});
  }

  /** Reads a volume's blocks, at most 16 MiB. */
  public ByteBuffer readStore(String volume, long offsetBytes, int lengthBytes) {
    return ByteBuffer.wrap(
        get("store/" + volume + "?offset=" + offsetBytes + "&length=" + lengthBytes));
  }

  /** As {@link io.pathproof.targets.array.server.SimulatedArray#act}. */
  public void act(String place, String word, String detail) {
    post("act", Map.of("place", place, "word", word, "detail", detail));
  }

  /** As {@link io.pathproof.targets.array.server.SimulatedArray#restore}. */
  public void restore(String place, String word, String detail) {
    post("restore?strict=false", Map.of("place", place, "word", word, "detail", detail));
  }

  public void reset() {
    post("reset", Map.of());
  }

  private byte[] get(String path) {
    return send(HttpRequest.newBuilder(URI.create(base + path)).GET());
  }

  private void post(String path, Map<String, String> body) {
    try {
      send(
          HttpRequest.newBuilder(URI.create(base + path))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
    } catch (IOException e) {
      throw new ArrayException("cannot be written as JSON: " + body, e);
    }
  }

  private byte[] send(HttpRequest.Builder request) {
    HttpResponse<byte[]> response;
    try {
      response =
          http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new ArrayException("the array's control API at " + base + " does not answer: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ArrayException("interrupted while the array was asked", e);
    }
    if (response.statusCode() != 200) {
      JsonNode told = read(response.body(), new TypeReference<>() {});
      throw new ArrayException(told.path("error").asText() + "; " + told.path("remedy").asText());
    }
    return response.body();
  }

  private <T> T read(byte[] json, TypeReference<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (IOException e) {
      throw new ArrayException("what " + base + " answers is not understood: " + e.getMessage(), e);
    }
  }
}
