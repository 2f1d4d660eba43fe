package io.pathproof.targets.tgt;

import io.pathproof.targets.tgt.TgtState.InterfaceAddress;
import io.pathproof.targets.tgt.TgtState.Lun;
import io.pathproof.targets.tgt.TgtState.Network;
import io.pathproof.targets.tgt.TgtState.Session;
import io.pathproof.targets.tgt.TgtState.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the output of the node's {@code observe}: sections that begin with {@code "== name"}. */
final class TgtStateParser {
  private static final String PORT_SUFFIX = ":" + TgtNode.PORT;

  private final Map<String, List<String>> sections = new HashMap<>();

  private TgtStateParser(String output) {
    List<String> section = new ArrayList<>();
    for (String line : output.split("\n")) {
      if (line.startsWith("== ")) {
        section = new ArrayList<>();
        sections.put(line.substring(3), section);
      } else if (!line.isBlank()) {
        section.add(line);
      }
    }
  }

  /**
   * @throws IllegalArgumentException for output that is not observe's, with the line
   */
  static TgtState parse(String output) {
    TgtStateParser parser = new TgtStateParser(output);
    return new TgtState(TgtState.Status.RUNNING, 0, Optional.of(parser.network()), parser.target());
  }

  private List<String> section(String name) {
    List<String> lines = sections.get(name);
    if (lines == null) {
      throw new IllegalArgumentException("no section '" + name + "' in " + sections.keySet());
    }
    return lines;
  }

  private Network network() {
    List<InterfaceAddress> addresses = new ArrayList<>();
    for (String line : section("addresses")) {
      // 12: eth0    inet 10.10.1.10/24 brd 10.10.1.255 scope global eth0\ valid_lft forever …
      String[] words = words(line, 4);
      if (!words[1].equals("lo")) {
        addresses.add(new InterfaceAddress(words[1], words[3]));
      }
    }
    addresses.sort(Comparator.comparing(InterfaceAddress::address));
    List<String> listening =
        section("listening").stream()
            // LISTEN 0      4096   10.10.2.10:3260  0.0.0.0:*
            .map(line -> words(line, 4)[3])
            .filter(socket -> socket.endsWith(PORT_SUFFIX))
            .sorted()
            .toList();
    List<String> portals =
        section("portals").stream()
            // Portal: 10.10.2.10:3260,1
            .map(line -> value(line, "Portal: ").replaceAll(",\\d+$", ""))
            .sorted()
            .toList();
    String forwarding = String.join("", section("forwarding"));
    return new Network(addresses, !forwarding.equals("0"), listening, portals);
  }

  private Optional<Target> target() {
    String iqn = null;
    String state = "";
    List<Lun> luns = new ArrayList<>();
    List<Session> sessions = new ArrayList<>();
    Map<String, String> lun = null;
    Map<Integer, Long> sizes = sizes();
    for (String line : section("targets")) {
      String text = line.strip();
      if (line.startsWith("Target ")) {
        iqn = line.substring(line.indexOf(": ") + 2);
      } else if (text.startsWith("State: ")) {
        state = value(text, "State: ");
      } else if (text.startsWith("I_T nexus: ")) {
        sessions.add(new Session(number(value(text, "I_T nexus: ")), "", List.of()));
      } else if (text.startsWith("Initiator: ")) {
        Session last = sessions.remove(sessions.size() - 1);
        String initiator = value(text, "Initiator: ").replaceAll(" alias: .*$", "");
        sessions.add(new Session(last.nexus(), initiator, last.addresses()));
      } else if (text.startsWith("IP Address: ")) {
        Session last = sessions.remove(sessions.size() - 1);
        List<String> addresses = new ArrayList<>(last.addresses());
        addresses.add(value(text, "IP Address: "));
        sessions.add(new Session(last.nexus(), last.initiator(), addresses));
      } else if (text.startsWith("LUN: ")) {
        addLun(lun, sizes, luns);
        lun = new HashMap<>();
        lun.put("LUN", value(text, "LUN: "));
      } else if (text.equals("Account information:")) {
        addLun(lun, sizes, luns);
        lun = null;
      } else if (lun != null && text.contains(": ")) {
        lun.put(text.substring(0, text.indexOf(": ")), text.substring(text.indexOf(": ") + 2));
      }
    }
    addLun(lun, sizes, luns);
    return iqn == null ? Optional.empty() : Optional.of(new Target(iqn, state, luns, sessions));
  }

  private static void addLun(Map<String, String> lun, Map<Integer, Long> sizes, List<Lun> luns) {
    if (lun == null || "controller".equals(lun.get("Type"))) {
      return;
    }
    int number = (int) number(field(lun, "LUN"));
    luns.add(
        new Lun(
            number,
            field(lun, "SCSI ID").strip(),
            field(lun, "SCSI SN").strip(),
            field(lun, "Online").equals("Yes"),
            field(lun, "Readonly").equals("Yes"),
            sizes.getOrDefault(number, -1L),
            field(lun, "Backing store path")));
  }

  private Map<Integer, Long> sizes() {
    Map<Integer, Long> sizes = new HashMap<>();
    for (String line : section("files")) {
      // 1 268435456 /store/vol0
      String[] words = words(line, 3);
      sizes.put((int) number(words[0]), number(words[1]));
    }
    return sizes;
  }

  private static String field(Map<String, String> lun, String name) {
    String value = lun.get(name);
    if (value == null) {
      throw new IllegalArgumentException("LUN without '" + name + "': " + lun);
    }
    return value;
  }

  private static String[] words(String line, int atLeast) {
    String[] words = line.strip().split("\\s+");
    if (words.length < atLeast) {
      throw new IllegalArgumentException("not understood: '" + line + "'");
    }
    return words;
  }

  private static String value(String line, String prefix) {
    if (!line.startsWith(prefix)) {
      throw new IllegalArgumentException("not understood: '" + line + "'");
    }
    return line.substring(prefix.length());
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no number: '" + text + "'", e);
    }
  }
}
