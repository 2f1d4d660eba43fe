package io.pathproof.engine.containers;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.UnixChannel;
import io.netty.resolver.AddressResolver;
import io.netty.util.concurrent.EventExecutor;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.targets.array.iscsi.TargetCore;
import io.pathproof.targets.array.scsi.LogicalUnits;
import io.pathproof.targets.array.server.SimulatedArray;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.testcontainers.images.builder.Transferable;

/**
 * What the simulated array needs on its class path, taken from this JVM's own: so the array in the
 * container is the very one that this build has.
 */
final class ArrayLibraries {
  /** One class of each jar. */
  private static final List<Class<?>> CLASSES =
      List.of(
          Pdu.class,
          LogicalUnits.class,
          TargetCore.class,
          SimulatedArray.class,
          EventLoop.class,
          ByteBuf.class,
          EventExecutor.class,
          AddressResolver.class,
          Epoll.class,
          UnixChannel.class,
          ObjectMapper.class,
          JsonFactory.class,
          JsonProperty.class);

  /** Without it the array runs on NIO. */
  private static final List<String> NATIVE =
      List.of(
          "META-INF/native/libnetty_transport_native_epoll_x86_64.so",
          "META-INF/native/libnetty_transport_native_epoll_aarch_64.so");

  private ArrayLibraries() {}

  /** Jars by file name. */
  static Map<String, Transferable> all() {
    Map<String, Transferable> jars = new LinkedHashMap<>();
    try {
      for (Class<?> each : CLASSES) {
        add(jars, Path.of(each.getProtectionDomain().getCodeSource().getLocation().toURI()));
      }
      for (String library : NATIVE) {
        for (URL found :
            Collections.list(ArrayLibraries.class.getClassLoader().getResources(library))) {
          if (found.openConnection() instanceof JarURLConnection jar) {
            add(jars, Path.of(URI.create(jar.getJarFileURL().toString())));
          }
        }
      }
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a class path entry is no file", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return jars;
  }

  private static void add(Map<String, Transferable> jars, Path from) throws IOException {
    if (Files.isDirectory(from)) {
      jars.put("classes-" + jars.size() + ".jar", Transferable.of(packed(from)));
    } else {
      jars.put(from.getFileName().toString(), Transferable.of(Files.readAllBytes(from)));
    }
  }

  /** A folder of classes, as a build that packages nothing has it. */
  private static byte[] packed(Path folder) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<Path> files = new ArrayList<>();
    try (Stream<Path> inside = Files.walk(folder)) {
      inside.filter(Files::isRegularFile).sorted().forEach(files::add);
    }
    try (JarOutputStream jar = new JarOutputStream(bytes)) {
      for (Path file : files) {
        jar.putNextEntry(new JarEntry(folder.relativize(file).toString().replace('\\', '/')));
        jar.write(Files.readAllBytes(file));
        jar.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
