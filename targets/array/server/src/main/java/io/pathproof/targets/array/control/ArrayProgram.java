package io.pathproof.targets.array.control;

import io.pathproof.targets.array.server.ArrayConfigJson;
import io.pathproof.targets.array.server.ArrayException;
import io.pathproof.targets.array.server.ArrayNetwork;
import io.pathproof.targets.array.server.DirectNetwork;
import io.pathproof.targets.array.server.InterfaceNetwork;
import io.pathproof.targets.array.server.SimulatedArray;
import io.pathproof.targets.array.system.InvalidConfigException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * An array as a process of its own, as the container image runs it: {@code FILE (interfaces|direct)
 * ADDRESS:PORT} - the configuration in JSON, what its addresses are put on, and where the control
 * API listens. Ends on SIGTERM or SIGINT.
 */
public final class ArrayProgram {
  private ArrayProgram() {}

  /**
   * Runs until it is told to end.
   *
   * @param args as above; exit status 2 where they are not usable, 1 where the array cannot start
   */
  public static void main(String[] args) {
    // A program's own: what a container's log shows.
    System.exit(run(args, stream(FileDescriptor.out), stream(FileDescriptor.err)));
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  static int run(String[] args, PrintStream out, PrintStream err) {
    if (args.length != 3 || !args[2].matches(".+:[0-9]{1,5}")) {
      err.println("usage: FILE (interfaces|direct) ADDRESS:PORT");
      return 2;
    }
    int colon = args[2].lastIndexOf(':');
    InetSocketAddress control =
        new InetSocketAddress(
            args[2].substring(0, colon), Integer.parseInt(args[2].substring(colon + 1)));
    ArrayNetwork network =
        args[1].equals("interfaces") ? new InterfaceNetwork() : new DirectNetwork();
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    try (SimulatedArray array =
            SimulatedArray.start(
                ArrayConfigJson.read(Files.readString(Path.of(args[0]))), network);
        ControlServer server = ControlServer.start(array, control)) {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    told.countDown();
                    awaitQuietly(ended);
                  }));
      out.println("the array serves; its control API listens on " + server.address());
      told.await();
    } catch (InvalidConfigException e) {
      err.println(args[0] + ": " + e.getMessage());
      return 2;
    } catch (ArrayException | IOException e) {
      err.println(e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    } finally {
      ended.countDown();
    }
    return 0;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
