package io.pathproof.initiator.unit;

import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.Capacity;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import io.pathproof.protocol.scsi.SupportedVpdPages;
import io.pathproof.protocol.scsi.VpdPage;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Commands to one logical unit that change nothing, one at a time, each asked again as {@link
 * UnitCommand} tells. No I/O; one thread.
 */
public final class UnitCommands {
  /** One command and what it is called. */
  public record Question(String name, Cdb cdb, int length) {
    /** Whether blocks are read with it. */
    public boolean isRead() {
      return cdb instanceof Cdb.Read;
    }
  }

  /** Reads the answer to one command, and asks the next. */
  @FunctionalInterface
  public interface Reader {
    /** Throws {@link ProtocolException} where it cannot be read. */
    void read(ByteBuffer data, long nowNs) throws ProtocolException;
  }

  /** Reads the size of the unit. */
  @FunctionalInterface
  public interface CapacityReader {
    void read(Capacity capacity, long nowNs);
  }

  /** A page of vital product data and who reads it, where the unit has it. */
  public record Page(int code, Reader reader) {}

  /** Takes a refusal for an answer, or does not. */
  @FunctionalInterface
  public interface Refusal {
    /** Whether it went on from there. */
    boolean taken(TaskOutcome outcome, long nowNs);
  }

  /** Who asks. */
  public interface Asker extends UnitCommand.Asker {
    /** The command brought no answer that says anything but why not. */
    void refused(Question question, TaskOutcome outcome, long nowNs);

    /** The answer to it cannot be read. */
    void unreadable(Question question, ProtocolException why, long nowNs);
  }

  private static final int INQUIRY_LENGTH = 96;
  private static final int VPD_LENGTH = 1024;
  private static final int LUN_LIST_LENGTH = 8 + 8 * 512;
  private static final int CAPACITY_16_LENGTH = 32;
  private static final int CAPACITY_10_LENGTH = 8;
  private static final Refusal NONE = (outcome, nowNs) -> false;

  private final Lun lun;
  private final Asker asker;

  public UnitCommands(Lun lun, Asker asker) {
    this.lun = lun;
    this.asker = asker;
  }

  /** Standard INQUIRY (SPC-4 6.6.2). */
  public void inquiry(Reader reader) {
    Cdb cdb = new Cdb.Inquiry(false, 0, INQUIRY_LENGTH);
    ask(new Question("INQUIRY", cdb, INQUIRY_LENGTH), reader);
  }

  /**
   * Asks which pages of vital product data there are (SPC-4 7.8), then for those of them that are
   * wanted, in their order.
   */
  public void pages(List<Page> wanted, UnitCommand.Step then) {
    page(
        VpdPage.SUPPORTED_VPD_PAGES,
        (data, nowNs) -> {
          List<Integer> codes = SupportedVpdPages.decode(data).pageCodes();
          next(wanted.stream().filter(page -> codes.contains(page.code())).iterator(), then, nowNs);
        });
  }

  private void next(Iterator<Page> pages, UnitCommand.Step then, long nowNs) {
    if (!pages.hasNext()) {
      then.at(nowNs);
      return;
    }
    Page page = pages.next();
    page(
        page.code(),
        (data, now) -> {
          page.reader().read(data, now);
          next(pages, then, now);
        });
  }

  private void page(int code, Reader reader) {
    String name = String.format(Locale.ROOT, "VPD page %02Xh", code);
    ask(new Question(name, new Cdb.Inquiry(true, code, VPD_LENGTH), VPD_LENGTH), reader);
  }

  /** TEST UNIT READY (SPC-4 6.47). */
  public void testUnitReady(UnitCommand.Step then, Refusal refusal) {
    ask(
        new Question("TEST UNIT READY", new Cdb.TestUnitReady(), 0),
        (data, nowNs) -> then.at(nowNs),
        refusal);
  }

  /** READ CAPACITY (16), and where that is not known, (10) (SBC-3 5.15 and 5.16). */
  public void capacity(CapacityReader reader) {
    Cdb cdb = new Cdb.ReadCapacity16(CAPACITY_16_LENGTH);
    ask(
        new Question("READ CAPACITY (16)", cdb, CAPACITY_16_LENGTH),
        (data, nowNs) -> reader.read(Capacity.decode16(data), nowNs),
        (outcome, nowNs) -> {
          if (!key(outcome).equals(Optional.of(SenseKey.ILLEGAL_REQUEST))) {
            return false;
          }
          capacity10(reader);
          return true;
        });
  }

  private void capacity10(CapacityReader reader) {
    ask(
        new Question("READ CAPACITY (10)", new Cdb.ReadCapacity10(), CAPACITY_10_LENGTH),
        (data, nowNs) -> reader.read(Capacity.decode10(data), nowNs));
  }

  /** REPORT LUNS (SPC-4 6.33), for LUN 0 and up to 512 units. */
  public void reportLuns(Reader reader) {
    Cdb cdb = new Cdb.ReportLuns(0, LUN_LIST_LENGTH);
    ask(new Question("REPORT LUNS", cdb, LUN_LIST_LENGTH), reader);
  }

  /** Any other command. */
  public void ask(Question question, Reader reader) {
    ask(question, reader, NONE);
  }

  private static Optional<SenseKey> key(TaskOutcome outcome) {
    return outcome instanceof ScsiResult answer
        ? answer.decodedSense().map(Sense::key)
        : Optional.empty();
  }

  private void ask(Question question, Reader reader, Refusal refusal) {
    UnitCommand.ask(
        lun,
        question.cdb(),
        question.length(),
        asker,
        (outcome, nowNs) -> {
          if (outcome instanceof ScsiResult answer && answer.good()) {
            try {
              reader.read(answer.data(), nowNs);
            } catch (ProtocolException e) {
              asker.unreadable(question, e, nowNs);
            }
          } else if (!refusal.taken(outcome, nowNs)) {
            asker.refused(question, outcome, nowNs);
          }
        });
  }
}
