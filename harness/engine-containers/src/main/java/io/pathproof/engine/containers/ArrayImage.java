package io.pathproof.engine.containers;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.pathproof.targets.array.control.ArrayProgram;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.LazyFuture;

/**
 * The image that the simulated array runs on. It is named by the content of its recipe; normally
 * {@code ci/images} has built it, otherwise it is built when it is first asked for, and kept.
 */
final class ArrayImage extends LazyFuture<String> {
  /** The recipe's files in the order of their names, the order in which ci/images hashes them. */
  static final List<String> RECIPE = List.of("Dockerfile", "run-array");

  /** Name and tag, for example {@code pathproof/array:0123456789ab}. */
  static String imageName() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      RECIPE.forEach(file -> digest.update(content(file)));
      return "pathproof/array:" + HexFormat.of().formatHex(digest.digest()).substring(0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  protected String resolve() {
    String name = imageName();
    try {
      DockerClientFactory.instance().client().inspectImageCmd(name).exec();
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
    try (InputStream in = ArrayProgram.class.getResourceAsStream("image/" + file)) {
      if (in == null) {
        throw new IllegalStateException("the recipe lacks " + file);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
