package io.pathproof.targets.array.system;

import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.targets.array.scsi.Defects;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an array was told to do that still stands. */
final class InForce {
  private final Layout layout;
  private final Nodes nodes;
  private final VolumeOwners volumes;
  private final FirmwareRestart firmware;
  private final Defects defects;

  InForce(
      Layout layout, Nodes nodes, VolumeOwners volumes, FirmwareRestart firmware, Defects defects) {
    this.layout = layout;
    this.nodes = nodes;
    this.volumes = volumes;
    this.firmware = firmware;
    this.defects = defects;
  }

  /**
   * Whether an action stands at its place; momentary ones do not, nor do any that need a detail.
   */
  boolean action(String place, Action action) {
    return switch (action) {
      case PAUSE, STOP, KILL, REMOVE, REPLACE, MAINTENANCE ->
          nodes.of(place).outages.contains(action);
      case FAIL_OVER -> nodes.of(place).failedOver;
      case DOWN -> !nodes.portUp(place);
      case DENY_LOGIN, MASK_LUNS, HOLD_COMMANDS -> nodes.closed(place, action);
      case FIRMWARE_RESTART -> firmware.underWay();
      case REQUEST_LOGOUT, ASYNC_EVENT, REBALANCE, ACCESS_STATE, DEFECT -> false;
    };
  }

  /** The access state that a node was given by itself, not by its announced departure. */
  Optional<AccessState> accessState(String node) {
    return nodes.of(node).announced() ? Optional.empty() : volumes.forced(node);
  }

  /** What could be restored, in the words of {@link ArrayCore#act}. */
  List<String> all() {
    List<String> all = new ArrayList<>();
    for (String node : layout.nodes()) {
      for (Action outage : nodes.of(node).outages) {
        if (outage != Action.FIRMWARE_RESTART) {
          all.add(node + " " + outage.word());
        }
      }
      if (nodes.of(node).failedOver) {
        all.add(node + " " + Action.FAIL_OVER.word());
      }
      accessState(node)
          .ifPresent(
              state -> all.add(node + " " + Action.ACCESS_STATE.word() + " " + state.word()));
    }
    nodes.downPorts().stream().sorted().forEach(port -> all.add(port + " " + Action.DOWN.word()));
    for (Action how : Nodes.CLOSING) {
      nodes.closedPorts(how).forEach(port -> all.add(port + " " + how.word()));
    }
    if (firmware.underWay()) {
      all.add(ArrayCore.ARRAY + " " + Action.FIRMWARE_RESTART.word());
    }
    defects
        .active()
        .forEach(each -> all.add(ArrayCore.ARRAY + " " + Action.DEFECT.word() + " " + each.word()));
    return all;
  }
}
