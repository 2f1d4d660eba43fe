package io.pathproof.targets.array.scsi;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Ways in which the array can be broken on purpose, so that a harness can show that it notices. */
public enum Defect {
  LOSE_ACKNOWLEDGED_WRITE("the newest acknowledged writes of a node are lost when it goes down"),
  LATE_WRITE("writes of a lost nexus or dead node are applied again later, over newer ones"),
  STALE_READ("reads through another node than the writer's give what was there before the write"),
  MISDIRECT_WRITE("every tenth write lands 4096 bytes beside its place"),
  TEAR_WRITE("every tenth write of more than 512 bytes is applied in its first half only"),
  REORDER_WRITES("of two writes to the same block the older one wins"),
  STUCK_TRANSITION("a transition of access states, once begun, never ends"),
  WRONG_ACCESS_STATE("REPORT TARGET PORT GROUPS gives each group the state of another"),
  LOSE_UNIT_ATTENTION("unit attentions are not raised"),
  ENDLESS_UNIT_ATTENTION("every command of a nexus meets a unit attention again"),
  READY_BUT_NO_IO("the logical unit says that it is ready, but reads and writes never complete"),
  IGNORE_ABORT("task management is answered as done, but the commands go on"),
  BAD_CMD_SN("command windows are wrong"),
  BAD_DATA_SN("DataSN of Data-In is wrong"),
  BAD_RESIDUAL("residual counts are wrong"),
  HOLD_COMMAND(
      "some commands are never answered, and carried out seconds after their session has died"),
  UNANNOUNCED_MOVE("addresses move without an announcement"),
  SPLIT_BRAIN("a node goes on serving from a copy of its own"),
  REDIRECT_LOOP("login redirections lead back to where they came from"),
  REDIRECT_TO_DEAD_PORT("logins are redirected to a port that does not answer");

  private final String meaning;

  Defect(String meaning) {
    this.meaning = meaning;
  }

  /** The name in topologies and scenarios: {@code lose-acknowledged-write}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The defect of a word; empty if there is none of that name. */
  public static Optional<Defect> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word().equals(word)).findFirst();
  }

  /** What the array does wrong, as half a sentence. */
  public String meaning() {
    return meaning;
  }
}
