package io.pathproof.reports;

import io.pathproof.lab.verdict.Outcome;
import io.pathproof.reports.picture.TimelinePicture;
import io.pathproof.reports.picture.TopologyPicture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes every sample's pictures to a folder, for a person to look at: first argument. */
final class PictureDump {
  private PictureDump() {}

  public static void main(String[] args) throws IOException {
    Path out = Files.createDirectories(Path.of(args[0]));
    List<Outcome> all = new ArrayList<>(Samples.run());
    all.add(Samples.large());
    all.add(Samples.weird());
    all.add(Samples.empty());
    for (int i = 0; i < all.size(); i++) {
      Files.writeString(out.resolve(i + "-timeline.svg"), TimelinePicture.render(all.get(i)));
      Files.writeString(out.resolve(i + "-topology.svg"), TopologyPicture.render(all.get(i)));
    }
  }
}
