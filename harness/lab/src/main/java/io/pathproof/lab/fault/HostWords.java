package io.pathproof.lab.fault;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.vsphere.Teaming;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The words for what is done on a vSphere host. */
final class HostWords {
  private HostWords() {}

  /** Empty for a word that is for something else; throws {@link BadValueException}. */
  static Optional<HostAction> parse(String word, String rest, String text) {
    return HostAction.Kind.of(word)
        .map(
            kind ->
                switch (kind) {
                  case ADD_ADAPTER -> new HostAction(kind, adapter(rest), Optional.empty());
                  case TEAMING -> new HostAction(kind, "", order(rest, text));
                  default -> FaultWords.bare(HostAction.of(kind), rest, text);
                });
  }

  private static String adapter(String rest) {
    if (rest.isEmpty() || rest.contains(" ")) {
      throw new BadValueException(
          "add-adapter wants one physical adapter", "write add-adapter vmnic1, for instance");
    }
    return rest;
  }

  private static Optional<Teaming> order(String rest, String text) {
    if (rest.equals("inherit")) {
      return Optional.empty();
    }
    List<String> active = new ArrayList<>();
    List<String> standby = new ArrayList<>();
    List<String> to = null;
    for (String word : rest.split("\\s+")) {
      if (word.equals("active")) {
        to = active;
      } else if (word.equals("standby")) {
        to = standby;
      } else if (to == null) {
        throw new BadValueException(
            text + " is no failover order",
            "write teaming active vmnic0 standby vmnic1 (none for no adapter), or teaming inherit");
      } else if (!word.equals("none")) {
        to.add(word);
      }
    }
    return Optional.of(new Teaming(active, standby));
  }
}
