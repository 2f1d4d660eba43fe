package io.pathproof.initiator.diagnosis;

import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.initiator.unit.UnitCommand;
import io.pathproof.initiator.unit.UnitCommands;
import io.pathproof.initiator.unit.UnitCommands.Page;
import io.pathproof.initiator.unit.UnitCommands.Question;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.Capacity;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.DeviceIdentification;
import io.pathproof.protocol.scsi.LogicalUnitIdentity;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.ScsiStatus;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.StandardInquiry;
import io.pathproof.protocol.scsi.StandardInquiry.TargetPortGroupSupport;
import io.pathproof.protocol.scsi.TargetPortGroups;
import io.pathproof.protocol.scsi.UnitSerialNumber;
import io.pathproof.protocol.scsi.VpdPage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * One logical unit over one session: what it is, which one, whether this port may be used, and
 * whether blocks are really read. One command at a time; unit attentions are taken and the command
 * is asked again. No I/O; never sends a command that changes anything.
 */
final class UnitExamination {
  /** Told how it ended: exactly one of the last three, once. */
  interface Sink {
    void submit(ScsiTask task);

    /** Call {@link #onDeadline} then. */
    void wakeAt(long deadlineNs);

    /** A disk, sound or not. */
    void ended(UnitReport report, long nowNs);

    /** No disk: another type of device, or nothing. */
    void noDisk(String what, long nowNs);
  }

  private static final int GROUPS_LENGTH = 4096;
  private static final int MAX_BLOCK = 1 << 16;

  /** SPC-4 leaves the host to ask again; dm-multipath's handler does so each second. */
  private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Lun lun;
  private final DiagnosisSettings settings;
  private final Sink sink;
  private final UnitCommands unit;
  private final Map<Step, StepResult> results = new EnumMap<>(Step.class);
  private Step step = Step.LUN;
  private long stepBeganNs;
  private StandardInquiry inquiry;
  private String serial = "";
  private Optional<String> identity = Optional.empty();
  private OptionalInt portGroup = OptionalInt.empty();
  private Optional<AccessState> accessState = Optional.empty();
  private boolean preferred;
  private Capacity capacity;
  private final List<Long> readNs = new ArrayList<>();

  /** The first read is made twice and counted once: what is done for the first time is slower. */
  private boolean warm;

  /** The question that is asked again at {@link #askAgainNs}. */
  private Optional<UnitCommand.Step> waiting = Optional.empty();

  private long askAgainNs = Long.MAX_VALUE;

  UnitExamination(Lun lun, DiagnosisSettings settings, Sink sink) {
    this.lun = lun;
    this.settings = settings;
    this.sink = sink;
    unit = new UnitCommands(lun, new Answers());
  }

  void start(long nowNs) {
    stepBeganNs = nowNs;
    unit.inquiry(this::onInquiry);
  }

  void onDeadline(long nowNs) {
    if (askAgainNs <= nowNs) {
      Optional<UnitCommand.Step> again = waiting;
      askAgainNs = Long.MAX_VALUE;
      waiting = Optional.empty();
      sentNs = nowNs;
      again.ifPresent(question -> question.at(nowNs));
    }
  }

  // LUN

  private void onInquiry(ByteBuffer data, long nowNs) throws ProtocolException {
    inquiry = StandardInquiry.decode(data);
    if (inquiry.peripheralQualifier() != 0 || inquiry.peripheralDeviceType() != 0) {
      sink.noDisk(type(inquiry), nowNs);
      return;
    }
    passed("LUN " + lun + ": " + product(), nowNs);
    step = Step.IDENTITY;
    unit.pages(
        List.of(
            new Page(
                VpdPage.UNIT_SERIAL_NUMBER,
                (page, now) -> serial = UnitSerialNumber.decode(page).serialNumber()),
            new Page(VpdPage.DEVICE_IDENTIFICATION, (page, now) -> identification(page))),
        this::identified);
  }

  private static String type(StandardInquiry inquiry) {
    if (inquiry.peripheralQualifier() != 0) {
      return "nothing is there (peripheral qualifier " + inquiry.peripheralQualifier() + ")";
    }
    return inquiry.peripheralDeviceType() == 0x0c
        ? "the array's controller, no disk"
        : String.format(Locale.ROOT, "no disk (device type %02Xh)", inquiry.peripheralDeviceType());
  }

  private String product() {
    return String.join(" ", inquiry.vendor(), inquiry.product(), inquiry.revision()).strip();
  }

  // identity

  private void identification(ByteBuffer data) throws ProtocolException {
    DeviceIdentification page = DeviceIdentification.decode(data);
    identity = page.logicalUnitIdentity().map(LogicalUnitIdentity::name);
    portGroup = page.targetPortGroup();
  }

  private void identified(long nowNs) {
    if (identity.isEmpty()) {
      failed(
          "no page 83h name",
          new Explanation(
              "the unit does not say which one it is, so that a host cannot tell which paths lead"
                  + " to it",
              "multipathing needs VPD page 83h: look for it in the array's host settings"),
          nowNs);
      return;
    }
    passed(identity.get(), nowNs);
    step = Step.ALUA;
    if (inquiry.targetPortGroupSupport() == TargetPortGroupSupport.NONE) {
      results.put(
          step, StepResult.notApplicable(step, 0, "symmetric access (TPGS 0): all ports alike"));
      ready(nowNs);
    } else {
      groups();
    }
  }

  // access state

  private void groups() {
    Cdb cdb = new Cdb.ReportTargetPortGroups(false, GROUPS_LENGTH);
    unit.ask(new Question("REPORT TARGET PORT GROUPS", cdb, GROUPS_LENGTH), this::onGroups);
  }

  private void onGroups(ByteBuffer data, long nowNs) throws ProtocolException {
    TargetPortGroups groups = TargetPortGroups.decode(data);
    Optional<TargetPortGroups.Group> own =
        groups.groups().stream()
            .filter(group -> portGroup.equals(OptionalInt.of(group.identifier())))
            .findFirst();
    if (own.isEmpty()) {
      failed(
          portGroup.isPresent()
              ? "group " + portGroup.getAsInt() + " is not in the list"
              : "no target port group",
          new Explanation(
              "the array says TPGS="
                  + inquiry.targetPortGroupSupport()
                  + ", and does not tell to"
                  + " which target port group this port belongs",
              "hosts cannot rank this path: look for the host type or ALUA mode in the array's host"
                  + " settings"),
          nowNs);
      return;
    }
    accessState = Optional.of(own.get().state());
    preferred = own.get().preferred();
    switch (own.get().state()) {
      case TRANSITIONING -> {
        if (nowNs - stepBeganNs < settings.timeoutNs()) {
          later(now -> groups(), nowNs);
          return;
        }
        failed(
            stateText(),
            new Explanation(
                "the array is in transition between access states and does not come to an end",
                "a takeover hangs: look at the array's nodes"),
            nowNs);
      }
      case UNAVAILABLE, OFFLINE ->
          failed(
              stateText(),
              new Explanation(
                  "the array serves no I/O through this port now",
                  "a node is in maintenance, or the volume's copy there is out of order: look at"
                      + " the array's node and port states"),
              nowNs);
      default -> {
        passed(stateText(), nowNs);
        ready(nowNs);
      }
    }
  }

  private String stateText() {
    return accessState.orElseThrow().word()
        + ", group "
        + portGroup.orElse(0)
        + (preferred ? ", preferred" : "");
  }

  // I/O

  private void ready(long nowNs) {
    step = Step.IO;
    stepBeganNs = nowNs;
    if (accessState.equals(Optional.of(AccessState.STANDBY))) {
      results.put(
          step,
          StepResult.notApplicable(
              step, 0, "standby: takes no I/O until the array makes it active"));
      end(nowNs);
      return;
    }
    unit.testUnitReady(now -> unit.capacity(this::sized), (outcome, now) -> false);
  }

  private void sized(Capacity told, long nowNs) {
    capacity = told;
    if (told.blockLength() < 1 || told.blockLength() > MAX_BLOCK) {
      failed(
          "blocks of " + told.blockLength() + " bytes",
          new Explanation(
              "the unit tells an impossible block size", "look at the volume on the array"),
          nowNs);
      return;
    }
    read(nowNs);
  }

  /** The first block, and others evenly over the unit: what a cache holds is not all there is. */
  private void read(long nowNs) {
    long last = capacity.lastLogicalBlockAddress();
    int number = readNs.size();
    long lba = settings.reads() == 1 ? 0 : last / (settings.reads() - 1) * number;
    Cdb.Form form = lba > 0xffff_ffffL ? Cdb.Form.SIXTEEN : Cdb.Form.TEN;
    Cdb cdb = new Cdb.Read(form, 0, false, false, lba, 0, 1);
    int length = capacity.blockLength();
    sentNs = nowNs;
    unit.ask(
        new Question("READ of block " + lba, cdb, length),
        (data, now) -> {
          if (data.remaining() != length) {
            failed(
                data.remaining() + " bytes of " + length,
                new Explanation(
                    "a read gives less than it was asked for", "look at the volume on the array"),
                now);
            return;
          }
          if (warm) {
            readNs.add(now - sentNs);
          }
          warm = true;
          if (readNs.size() < settings.reads()) {
            read(now);
          } else {
            passed(readText(), now);
            end(now);
          }
        });
  }

  private String readText() {
    long[] sorted = readNs.stream().mapToLong(Long::longValue).sorted().toArray();
    return String.format(
        Locale.ROOT,
        "%d read%s of %d bytes, median %.2f ms, worst %.2f ms",
        sorted.length,
        sorted.length == 1 ? "" : "s",
        capacity.blockLength(),
        sorted[sorted.length / 2] / 1e6,
        sorted[sorted.length - 1] / 1e6);
  }

  // ends

  private void passed(String seen, long nowNs) {
    results.put(step, StepResult.passed(step, nowNs - stepBeganNs, seen));
    stepBeganNs = nowNs;
  }

  private void failed(String seen, Explanation explanation, long nowNs) {
    String at = "LUN " + lun + ": " + seen;
    results.put(step, StepResult.failed(step, nowNs - stepBeganNs, at, explanation));
    end(nowNs);
  }

  private void end(long nowNs) {
    List<StepResult> all = new ArrayList<>();
    for (Step each : List.of(Step.LUN, Step.IDENTITY, Step.ALUA, Step.IO)) {
      all.add(results.getOrDefault(each, StepResult.notReached(each)));
    }
    sink.ended(
        new UnitReport(
            lun,
            identity,
            inquiry == null ? "" : product(),
            serial,
            capacity == null ? 0 : capacity.lastLogicalBlockAddress() + 1,
            capacity == null ? 0 : capacity.blockLength(),
            portGroup,
            accessState.map(AccessState::word).orElse(""),
            preferred,
            readNs,
            all),
        nowNs);
  }

  // commands

  private long sentNs;

  private void later(UnitCommand.Step question, long nowNs) {
    waiting = Optional.of(question);
    askAgainNs = nowNs + RETRY_NS;
    sink.wakeAt(askAgainNs);
  }

  /** What becomes of the commands. */
  private final class Answers implements UnitCommands.Asker {
    @Override
    public void submit(ScsiTask task) {
      sink.submit(task);
    }

    @Override
    public void attention(TaskOutcome outcome, long nowNs) {
      sentNs = nowNs;
    }

    @Override
    public boolean waits(TaskOutcome outcome, UnitCommand.Step again, long nowNs) {
      boolean patient = asksForPatience(outcome) && nowNs - stepBeganNs < settings.timeoutNs();
      if (patient) {
        later(again, nowNs);
      }
      return patient;
    }

    @Override
    public void refused(Question question, TaskOutcome outcome, long nowNs) {
      String name = question.name();
      if (outcome instanceof Failure failure) {
        failed(
            name + ": " + failure.text(),
            Explanation.unanswered(question, failure, hasRead()),
            nowNs);
      } else {
        ScsiResult answer = (ScsiResult) outcome;
        failed(
            name
                + ": "
                + answer.decodedSense().map(Sense::toString).orElse(status(answer.status())),
            Explanation.refusal(name, lun, answer),
            nowNs);
      }
    }

    private boolean hasRead() {
      return !readNs.isEmpty();
    }

    @Override
    public void unreadable(Question question, ProtocolException why, long nowNs) {
      failed(
          question.name() + ": " + why.getMessage(),
          new Explanation(
              "the unit's answer cannot be read", "the array breaks SPC-4: tell its vendor"),
          nowNs);
    }
  }

  private static String status(int status) {
    return ScsiStatus.of(status)
        .map(ScsiStatus::name)
        .orElse(String.format(Locale.ROOT, "status %02Xh", status));
  }

  /** In transition, becoming ready, or busy: what passes by itself. */
  private static boolean asksForPatience(TaskOutcome outcome) {
    if (!(outcome instanceof ScsiResult answer)) {
      return false;
    }
    if (answer.status() == ScsiStatus.BUSY.code()
        || answer.status() == ScsiStatus.TASK_SET_FULL.code()) {
      return true;
    }
    return answer
        .decodedSense()
        .flatMap(each -> AdditionalSense.of(each.asc(), each.ascq()))
        .filter(
            code ->
                code == AdditionalSense.LOGICAL_UNIT_IS_IN_PROCESS_OF_BECOMING_READY
                    || code
                        == AdditionalSense
                            .LOGICAL_UNIT_NOT_ACCESSIBLE_ASYMMETRIC_ACCESS_STATE_TRANSITION)
        .isPresent();
  }
}
