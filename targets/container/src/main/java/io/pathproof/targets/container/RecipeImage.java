package io.pathproof.targets.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.LazyFuture;

/**
 * An image of ours, named by the content of its recipe: the files that are built. Normally {@code
 * ci/images} has built it, otherwise it is built when it is first asked for, and kept.
 */
public final class RecipeImage extends LazyFuture<String> {
  private final String repository;
  private final Class<?> owner;
  private final List<String> files;

  /**
   * @param repository its name without the tag, for example {@code pathproof/tgt}
   * @param owner a class in whose package the recipe lies, in {@code image}
   * @param files all of the recipe's files, the Dockerfile among them
   */
  public RecipeImage(String repository, Class<?> owner, List<String> files) {
    this.repository = Objects.requireNonNull(repository, "repository");
    this.owner = Objects.requireNonNull(owner, "owner");
    // ci/images hashes them in this order.
    this.files = files.stream().sorted().toList();
  }

  /** Name and tag, for example {@code pathproof/tgt:0123456789ab}. */
  public String name() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files.forEach(file -> digest.update(content(file)));
      return repository + ":" + HexFormat.of().formatHex(digest.digest()).substring(0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  protected String resolve() {
    String name = name();
    DockerClient client = ContainerEngine.client();
    try {
      client.inspectImageCmd(name).exec();
      return name;
    } catch (NotFoundException notBuiltYet) {
      return build(name);
    }
  }

  private String build(String name) {
    ImageFromDockerfile image = new ImageFromDockerfile(name, false);
    files.forEach(file -> image.withFileFromTransferable(file, Transferable.of(content(file))));
    try {
      return image.get();
    } catch (ContainerFetchException | DockerException e) {
      throw new IllegalStateException(
          "image " + name + " cannot be built; run ci/images, which says why", e);
    }
  }

  private byte[] content(String file) {
    try (InputStream in = owner.getResourceAsStream("image/" + file)) {
      if (in == null) {
        throw new IllegalStateException("the recipe of " + repository + " lacks " + file);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
