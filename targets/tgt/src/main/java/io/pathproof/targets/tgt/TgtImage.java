package io.pathproof.targets.tgt;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.LazyFuture;

/**
 * The image of a node. It is named by the content of its recipe; normally {@code ci/images} has
 * built it, otherwise it is built when it is first asked for, and kept.
 */
public final class TgtImage extends LazyFuture<String> {
  /** The recipe's files in the order of their names, the order in which ci/images hashes them. */
  static final List<String> RECIPE =
      List.of("Dockerfile", "admit-session", "lun-answers", "node", "observe", "strsep-fix.c");

  /** Name and tag, for example {@code pathproof/tgt:0123456789ab}. */
  public static String name() {
    byte[][] recipe = RECIPE.stream().map(TgtImage::content).toArray(byte[][]::new);
    return "pathproof/tgt:" + HexFormat.of().formatHex(Sha256.of(recipe)).substring(0, 12);
  }

  @Override
  protected String resolve() {
    String name = name();
    DockerClient client = Engine.client();
    try {
      client.inspectImageCmd(name).exec();
      return name;
    } catch (NotFoundException notBuiltYet) {
      return build(name);
    }
  }

  private static String build(String name) {
    ImageFromDockerfile image = new ImageFromDockerfile(name, false);
    RECIPE.forEach(file -> image.withFileFromTransferable(file, Transferable.of(content(file))));
    try {
      return image.get();
    } catch (ContainerFetchException | DockerException e) {
      throw new IllegalStateException(
          "image " + name + " cannot be built; run ci/images, which says why", e);
    }
  }

  private static byte[] content(String file) {
    try (InputStream in = TgtImage.class.getResourceAsStream("image/" + file)) {
      if (in == null) {
        throw new IllegalStateException("the recipe lacks " + file);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
