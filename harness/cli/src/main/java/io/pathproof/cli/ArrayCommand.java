package io.pathproof.cli;

import io.pathproof.engine.ArrayConfigs;
import io.pathproof.lab.document.InvalidFileException;
import io.pathproof.lab.document.Suggestion;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import io.pathproof.targets.array.control.ControlServer;
import io.pathproof.targets.array.server.AddressTakenException;
import io.pathproof.targets.array.server.ArrayException;
import io.pathproof.targets.array.server.DirectNetwork;
import io.pathproof.targets.array.server.SimulatedArray;
import io.pathproof.targets.array.system.ArrayConfig;
import io.pathproof.targets.array.system.InvalidConfigException;
import java.io.PrintWriter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The simulated array of a topology by itself, for any host to log in to. */
@Command(
    name = "array",
    mixinStandardHelpOptions = true,
    description = "Serves the array of a topology, simulated, until it is interrupted.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:it was asked to end", "2:a flag or an input file is not usable"})
final class ArrayCommand implements Callable<Integer> {
  private static final String TABLE = "  %-22s %-22s %s%n";

  @Spec private CommandSpec spec;

  @Option(
      names = "--topology",
      required = true,
      paramLabel = "FILE",
      description = "The topology file whose array is served.")
  private Path file;

  @Option(
      names = "--array",
      paramLabel = "NAME",
      description = "Which one, of a topology with several arrays.")
  private String name;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      description =
          "Serves every address of the topology on this one, each at a TCP port of its own"
              + " (default: the topology's own addresses, which this machine then has to have).")
  private String bind;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "3260",
      description = "With --bind: the first of the TCP ports (default: ${DEFAULT-VALUE}).")
  private int firstPort;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      defaultValue = "127.0.0.1:8260",
      description = {
        "Where the control API listens (default: ${DEFAULT-VALUE}). Who reaches it may break the"
            + " array."
      })
  private String listen;

  @Option(
      names = "--store",
      paramLabel = "memory|DIR",
      defaultValue = "memory",
      description =
          "What holds the volumes: memory, or files in a folder, which outlive the array (default:"
              + " ${DEFAULT-VALUE}).")
  private String store;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Source of every random choice (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    InetSocketAddress control = control();
    Map<String, String> served = new LinkedHashMap<>();
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook = new Thread(() -> end(told, ended), "pathproof-array-end");
    ArrayConfig config = served(served);
    try {
      int sessions;
      try (SimulatedArray array = started(config);
          ControlServer server = controlled(array, control)) {
        Runtime.getRuntime().addShutdownHook(hook);
        print(out, array.config(), served, server.address());
        awaitQuietly(told);
        sessions = sessions(array);
      }
      out.printf("ended; %d session%s closed%n", sessions, sessions == 1 ? " was" : "s were");
      out.flush();
      return ExitStatus.PASS;
    } catch (ArrayException e) {
      throw new BadInput(e.getMessage(), e);
    } finally {
      ended.countDown();
      forget(hook);
    }
  }

  private ArrayConfig served(Map<String, String> served) {
    try {
      return bound(config(), served).validated();
    } catch (InvalidFileException | InvalidConfigException e) {
      throw new BadInput(e.getMessage(), e);
    }
  }

  private SimulatedArray started(ArrayConfig config) {
    try {
      return SimulatedArray.start(config, new DirectNetwork());
    } catch (AddressTakenException e) {
      if (bind == null) {
        throw e;
      }
      throw new BadInput(
          e.problem() + "; end what listens there, or begin at another TCP port with --port", e);
    }
  }

  private static ControlServer controlled(SimulatedArray array, InetSocketAddress at) {
    try {
      return ControlServer.start(array, at);
    } catch (ArrayException e) {
      throw new BadInput(
          e.getMessage() + "; end what listens there, or give another ADDRESS:PORT with --listen",
          e);
    }
  }

  private static int sessions(SimulatedArray array) {
    try {
      return array.sessions().toCompletableFuture().get(1, TimeUnit.SECONDS).size();
    } catch (ExecutionException | TimeoutException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /**
   * On SIGINT or SIGTERM: tells the command to end, and lets the JVM go when it has, with the
   * status of what was asked for instead of the signal's.
   */
  private static void end(CountDownLatch told, CountDownLatch ended) {
    told.countDown();
    awaitQuietly(ended);
    Runtime.getRuntime().halt(ExitStatus.PASS);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      // Asked to end as well.
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It runs already.
    }
  }

  private InetSocketAddress control() {
    int colon = listen.lastIndexOf(':');
    String port = listen.substring(colon + 1);
    if (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535) {
      throw new BadInput("--listen " + listen + ": write ADDRESS:PORT, such as 127.0.0.1:8260");
    }
    InetSocketAddress at =
        new InetSocketAddress(listen.substring(0, colon), Integer.parseInt(port));
    if (at.isUnresolved()) {
      throw new BadInput("--listen " + listen + ": " + at.getHostString() + " is no address");
    }
    return at;
  }

  private ArrayConfig config() {
    boolean memory = store.equals("memory");
    Topology topology = TopologyLoader.load(file);
    return ArrayConfigs.of(
        topology,
        chosen(topology),
        seed,
        memory ? ArrayConfig.Store.MEMORY : ArrayConfig.Store.FILE,
        memory ? Optional.empty() : Optional.of(store));
  }

  private ArraySpec chosen(Topology topology) {
    Set<String> names = topology.arrays().keySet();
    if (name == null && names.size() > 1) {
      throw new BadInput(
          file + " has several arrays: choose one with --array " + String.join(" or ", names));
    }
    if (name != null && !names.contains(name)) {
      throw new BadInput(
          "--array "
              + name
              + ": "
              + file
              + " has none of that name; "
              + Suggestion.remedy(name, names));
    }
    return topology.arrays().get(name == null ? names.iterator().next() : name);
  }

  /**
   * The configuration with the addresses that are served, which discovery and redirections tell.
   *
   * @param served is filled: the topology's portals, and where they are served
   */
  private ArrayConfig bound(ArrayConfig config, Map<String, String> served) {
    int count = config.portRefs().size() + config.virtualAddresses().size();
    if (bind != null) {
      check(count);
    }
    int[] port = {firstPort};
    List<ArrayConfig.Node> nodes = new ArrayList<>();
    for (ArrayConfig.Node node : config.nodes()) {
      List<ArrayConfig.Port> ports = new ArrayList<>();
      for (ArrayConfig.Port each : node.ports()) {
        String address = address(each.address());
        int tcpPort = bind == null ? each.tcpPort() : port[0]++;
        served.put(each.address() + ":" + each.tcpPort(), address + ":" + tcpPort);
        ports.add(new ArrayConfig.Port(each.name(), address, tcpPort, each.network()));
      }
      nodes.add(new ArrayConfig.Node(node.name(), ports));
    }
    List<ArrayConfig.VirtualAddress> virtual = new ArrayList<>();
    for (ArrayConfig.VirtualAddress each : config.virtualAddresses()) {
      String address = address(each.address());
      int tcpPort = bind == null ? each.tcpPort() : port[0]++;
      served.put(each.address() + ":" + each.tcpPort(), address + ":" + tcpPort);
      virtual.add(new ArrayConfig.VirtualAddress(each.name(), address, tcpPort, each.owner()));
    }
    return new ArrayConfig(
        config.name(),
        config.targetName(),
        nodes,
        virtual,
        config.volumes(),
        config.chap(),
        config.maxSessions(),
        config.redirect(),
        config.takeoverMs(),
        config.alua(),
        config.storeDirectory(),
        config.seed());
  }

  private void check(int addresses) {
    if (!bind.matches("[0-9]{1,3}([.][0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*")) {
      throw new BadInput(
          "--bind " + bind + ": write an IP address of this machine, such as 127.0.0.1");
    }
    int last = 65536 - addresses;
    if (firstPort < 1 || firstPort > last) {
      throw new BadInput(
          "--port "
              + firstPort
              + ": the array's "
              + addresses
              + " addresses take as many TCP ports from there on; write 1 to "
              + last);
    }
  }

  private String address(String ofTopology) {
    return bind == null ? ofTopology : bind;
  }

  /** How this machine reaches an address that it listens on, as URLs write it. */
  private static String usable(InetAddress address) {
    if (address.isAnyLocalAddress()) {
      return "127.0.0.1";
    }
    String text = address.getHostAddress();
    return address instanceof Inet6Address ? "[" + text.replaceFirst("%.*", "") + "]" : text;
  }

  private void print(
      PrintWriter out, ArrayConfig config, Map<String, String> served, InetSocketAddress control) {
    out.printf(
        "Target %s of %s %s%n%n",
        config.targetName(), name == null ? "topology" : "array", config.name());
    out.printf(TABLE, "in the topology", "served at", "port");
    List<String> names = new ArrayList<>(config.portRefs());
    config.virtualAddresses().forEach(each -> names.add(each.name() + ", at " + each.owner()));
    int[] index = {0};
    served.forEach((topology, at) -> out.printf(TABLE, topology, at, names.get(index[0]++)));
    String url = "http://" + usable(control.getAddress()) + ":" + control.getPort() + "/v1/";
    String portal = served.values().iterator().next();
    String node = config.nodes().get(0).name();
    out.printf("%nControl: %s%n", url);
    if (!control.getAddress().isLoopbackAddress()) {
      out.printf(
          "  Warning: anybody who reaches TCP port %d of this machine%s may break the array and"
              + " read its volumes.%n",
          control.getPort(),
          control.getAddress().isAnyLocalAddress() ? ", at any of its addresses," : "");
    }
    out.printf("  iscsi-ls -s iscsi://%s%n", portal);
    out.printf("  curl %sstate%n", url);
    out.printf("  curl %sactions%n", url);
    for (String verb : List.of("act", "restore")) {
      out.printf(
          "  curl -H content-type:application/json -d '{\"place\":\"%s\",\"word\":\"stop\"}'"
              + " %s%s%n",
          node, url, verb);
    }
    out.printf("%nEnds on Ctrl-C.%n");
    out.flush();
  }
}
