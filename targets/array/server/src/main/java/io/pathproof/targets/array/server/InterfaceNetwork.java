package io.pathproof.targets.array.server;

import io.pathproof.targets.array.system.Address;
import io.pathproof.targets.array.system.ArrayConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Ports as network interfaces of their own (macvlan), for an array that has a network namespace to
 * itself. Addresses move by {@code ip addr} and are announced by gratuitous ARP; a port that is
 * down has its interface down. Replies leave by the interface that has their address, by a routing
 * table each. Needs CAP_NET_ADMIN, the programs {@code ip} and {@code arping}, and the settings
 * arp_ignore=1, arp_announce=2, ip_nonlocal_bind=1 and ip_forward=0 under /proc/sys/net/ipv4.
 *
 * <p>A change takes a few milliseconds, for which the array stands still.
 */
public final class InterfaceNetwork implements ArrayNetwork {
  private static final int FIRST_TABLE = 100;
  private static final int FIRST_RULE = 1000;
  private static final long LIMIT_SECONDS = 10;

  /** A port's interface. */
  private record Nic(String name, String parent, String network, int prefix, int table) {}

  private final Map<String, Nic> nics = new LinkedHashMap<>();
  private final Map<String, Integer> rules = new LinkedHashMap<>();
  private final List<Process> announcements = new ArrayList<>();

  @Override
  public void prepare(ArrayConfig config) {
    List<String> commands = new ArrayList<>();
    for (ArrayConfig.Node node : config.nodes()) {
      for (ArrayConfig.Port port : node.ports()) {
        Nic nic = nic(port.address());
        nics.put(node.name() + "." + port.name(), nic);
        commands.add(
            "link add link " + nic.parent() + " name " + nic.name() + " type macvlan mode bridge");
        commands.add(
            "addr add "
                + port.address()
                + "/"
                + nic.prefix()
                + " dev "
                + nic.name()
                + " noprefixroute");
        commands.add("link set " + nic.name() + " up");
        commands.add(route(nic));
        commands.add(rule(port.address(), nic, "add"));
      }
    }
    for (ArrayConfig.VirtualAddress virtual : config.virtualAddresses()) {
      Nic nic = nics.get(virtual.owner());
      commands.add("addr add " + virtual.address() + "/32 dev " + nic.name());
      commands.add(rule(virtual.address(), nic, "add"));
    }
    run(commands);
  }

  /** The interface on whose network an address is, and what its port's is to be. */
  private Nic nic(String address) {
    try {
      InetAddress wanted = InetAddress.getByName(address);
      for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        for (InterfaceAddress own : each.getInterfaceAddresses()) {
          int prefix = own.getNetworkPrefixLength();
          if (!each.isLoopback()
              && network(own.getAddress(), prefix).equals(network(wanted, prefix))) {
            int number = nics.size();
            return new Nic(
                "port" + number,
                each.getName(),
                network(wanted, prefix),
                prefix,
                FIRST_TABLE + number);
          }
        }
      }
    } catch (SocketException | UnknownHostException e) {
      throw new ArrayException("the network of " + address + " cannot be found: " + e, e);
    }
    throw new ArrayException(
        "no interface is on the network of " + address + "; attach the container to its fabric");
  }

  private static String network(InetAddress address, int prefix) {
    byte[] bytes = address.getAddress();
    for (int bit = prefix; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
    try {
      return InetAddress.getByAddress(bytes).getHostAddress() + "/" + prefix;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has as many bytes as an address has", e);
    }
  }

  private static String route(Nic nic) {
    return "route replace " + nic.network() + " dev " + nic.name() + " table " + nic.table();
  }

  private String rule(String address, Nic nic, String verb) {
    int priority = rules.computeIfAbsent(address, each -> FIRST_RULE + rules.size());
    return "rule " + verb + " from " + address + " lookup " + nic.table() + " priority " + priority;
  }

  @Override
  public InetSocketAddress bindAddress(Address address) {
    return new InetSocketAddress(address.ip(), address.tcpPort());
  }

  @Override
  public boolean carriesAnnouncements() {
    return true;
  }

  @Override
  public void move(Address address, String fromPort, String toPort, boolean announced) {
    Nic from = nics.get(fromPort);
    Nic to = nics.get(toPort);
    if (!fromPort.equals(toPort)) {
      run(
          List.of(
              "addr del " + owned(address, fromPort) + " dev " + from.name(),
              rule(address.ip(), from, "del"),
              "addr add " + owned(address, toPort) + " dev " + to.name() + " noprefixroute",
              rule(address.ip(), to, "add")));
    }
    if (announced) {
      announce(address.ip(), to);
    }
  }

  /** A port's own address, where it belongs, names the network; guests do not. */
  private String owned(Address address, String port) {
    boolean home = !address.virtual() && port.equals(address.homePort());
    return address.ip() + "/" + (home ? nics.get(port).prefix() : 32);
  }

  /** Gratuitous ARP requests (RFC 5227 section 3); the second in case the first is lost. */
  private void announce(String ip, Nic nic) {
    announcements.removeIf(process -> !process.isAlive());
    try {
      announcements.add(
          new ProcessBuilder("arping", "-U", "-c", "2", "-I", nic.name(), ip)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw new ArrayException("arping cannot be run: " + e.getMessage(), e);
    }
  }

  @Override
  public void link(String port, boolean up) {
    Nic nic = nics.get(port);
    // Its routes go with a link, and do not come back with it.
    run(
        up
            ? List.of("link set " + nic.name() + " up", route(nic))
            : List.of("link set " + nic.name() + " down"));
  }

  private static void run(List<String> commands) {
    try {
      Process ip = new ProcessBuilder("ip", "-batch", "-").redirectErrorStream(true).start();
      ip.getOutputStream()
          .write((String.join("\n", commands) + "\n").getBytes(StandardCharsets.UTF_8));
      ip.getOutputStream().close();
      String said = new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!ip.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || ip.exitValue() != 0) {
        throw new ArrayException(
            "ip cannot do \"" + String.join("; ", commands) + "\": " + said.strip());
      }
    } catch (IOException e) {
      throw new ArrayException("ip cannot be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ArrayException("interrupted while ip ran", e);
    }
  }

  @Override
  public void close() {
    announcements.forEach(Process::destroy);
    List<String> commands = new ArrayList<>();
    nics.values().forEach(nic -> commands.add("link del " + nic.name()));
    rules.values().forEach(priority -> commands.add("rule del priority " + priority));
    if (!commands.isEmpty()) {
      run(commands);
    }
    nics.clear();
  }
}
