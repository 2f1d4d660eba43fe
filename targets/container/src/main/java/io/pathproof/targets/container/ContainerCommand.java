package io.pathproof.targets.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A command run inside a container, with its output as bytes and a bound on its time;
 * Testcontainers' own exec decodes output as text and waits without end.
 */
public final class ContainerCommand {
  /**
   * What a command gave.
   *
   * @param exitCode its exit status
   * @param stdout its output, as bytes
   * @param stderr its messages
   */
  public record Result(long exitCode, byte[] stdout, String stderr) {
    /** Its output as UTF-8. */
    public String text() {
      return new String(stdout, StandardCharsets.UTF_8);
    }

    /** Output and messages in one line of prose. */
    public String said() {
      return (text().strip() + " " + stderr.strip()).strip();
    }
  }

  private ContainerCommand() {}

  /**
   * Runs the command and waits for its end.
   *
   * @throws com.github.dockerjava.api.exception.DockerException when the container does not run
   * @throws IllegalStateException when the command has not ended in time, or on interruption
   */
  public static Result run(
      DockerClient client, String containerId, Duration limit, String... command) {
    String exec =
        client
            .execCreateCmd(containerId)
            .withAttachStdout(true)
            .withAttachStderr(true)
            .withCmd(command)
            .exec()
            .getId();
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    ResultCallback.Adapter<Frame> output =
        new ResultCallback.Adapter<>() {
          @Override
          public void onNext(Frame frame) {
            (frame.getStreamType() == StreamType.STDOUT ? stdout : stderr)
                .writeBytes(frame.getPayload());
          }
        };
    try (output) {
      client.execStartCmd(exec).exec(output);
      if (!output.awaitCompletion(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(
            String.join(" ", command) + " has not ended within " + limit.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + String.join(" ", command), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Long exitCode = client.inspectExecCmd(exec).exec().getExitCodeLong();
    return new Result(
        exitCode == null ? -1 : exitCode,
        stdout.toByteArray(),
        stderr.toString(StandardCharsets.UTF_8));
  }
}
