package io.pathproof.targets.array.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pathproof.targets.array.scsi.KeptReservations;
import io.pathproof.targets.array.scsi.RegistrationStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Persistent reservations as a JSON file beside each volume's. A file is replaced whole or not. */
final class FileRegistrations implements RegistrationStore {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;

  FileRegistrations(Path directory) {
    this.directory = directory;
  }

  private Path file(String volume) {
    return directory.resolve(volume + ".reservations.json");
  }

  @Override
  public void save(String volume, Optional<KeptReservations> kept) {
    try {
      if (kept.isEmpty()) {
        Files.deleteIfExists(file(volume));
        return;
      }
      ObjectNode root = JSON.createObjectNode();
      root.put("type", kept.get().type()).put("holder", kept.get().holder());
      for (KeptReservations.Registration each : kept.get().registrations()) {
        root.withArray("registrations")
            .addObject()
            .put("initiatorName", each.initiatorName())
            .put("isid", each.isid())
            .put("relativePortId", each.relativePortId())
            .put("key", each.key());
      }
      Files.createDirectories(directory);
      Path written = Files.createTempFile(directory, volume, ".new");
      Files.writeString(written, root.toPrettyString());
      Files.move(written, file(volume), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<KeptReservations> load(String volume) {
    if (!Files.exists(file(volume))) {
      return Optional.empty();
    }
    try {
      JsonNode root = JSON.readTree(file(volume).toFile());
      List<KeptReservations.Registration> registrations = new ArrayList<>();
      for (JsonNode each : root.path("registrations")) {
        registrations.add(
            new KeptReservations.Registration(
                each.path("initiatorName").asText(),
                each.path("isid").asLong(),
                each.path("relativePortId").asInt(),
                each.path("key").asLong()));
      }
      return Optional.of(
          new KeptReservations(
              registrations, root.path("type").asInt(), root.path("holder").asInt(-1)));
    } catch (IOException e) {
      throw new ArrayException(file(volume) + " cannot be read: " + e.getMessage(), e);
    }
  }
}
