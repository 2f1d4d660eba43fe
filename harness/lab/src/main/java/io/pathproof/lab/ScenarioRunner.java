package io.pathproof.lab;

import io.pathproof.lab.engine.BlockDevice;
import io.pathproof.lab.engine.DiagnosisSpec;
import io.pathproof.lab.engine.HostDriver;
import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.fault.Places;
import io.pathproof.lab.fault.ResolvedFault;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.History;
import io.pathproof.lab.observed.JournalEntry;
import io.pathproof.lab.observed.PathShare;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.workload.BlockStamp;
import io.pathproof.lab.workload.Workload;
import io.pathproof.lab.workload.WorkloadCore;
import io.pathproof.lab.workload.WorkloadDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Runs one scenario on a live lab and fills its history. One instance, one run; {@link #run} stays
 * on the caller's thread and waits there.
 */
final class ScenarioRunner {
  private static final long MS = 1_000_000L;
  private static final Duration RESET = Duration.ofSeconds(60);
  private static final Duration SNAPSHOT = Duration.ofSeconds(20);
  private static final Duration ATTACH = Duration.ofSeconds(30);
  private static final Duration HEAL = Duration.ofSeconds(60);
  private static final Duration LIVENESS = Duration.ofSeconds(15);
  private static final Duration VERIFY = Duration.ofSeconds(30);
  private static final Duration DETACH = Duration.ofSeconds(15);
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** Time for the first arrivals' timers to be set on every host before the first one is due. */
  private static final long LEAD_NS = 50 * MS;

  private final LabDriver driver;
  private final Topology topology;
  private final Scenario scenario;
  private final long seed;
  private final long run;
  private final History history;
  private final LabListener listener;
  private final boolean portLoads;
  private final Map<String, HostDriver> hosts = new LinkedHashMap<>();
  private final List<Stream> streams = new ArrayList<>();
  private RunDeadline deadline;

  /** A workload under way. */
  private record Stream(
      Workload workload, HostDriver host, BlockDevice device, WorkloadDriver driver) {}

  /**
   * @param runName unique to this run; becomes the run id of the stamps
   * @param history empty; filled here
   * @param portLoads whether the array tells what its ports have carried
   */
  ScenarioRunner(
      LabDriver driver,
      Topology topology,
      Scenario scenario,
      long seed,
      String runName,
      History history,
      LabListener listener,
      boolean portLoads) {
    this.driver = driver;
    this.topology = topology;
    this.scenario = scenario;
    this.seed = seed;
    this.run = BlockStamp.runId(runName);
    this.history = history;
    this.listener = listener;
    this.portLoads = portLoads;
  }

  /**
   * @throws LabException when the lab failed; hosts are detached as far as they still can be
   */
  void run() throws LabException {
    Duration whole =
        Duration.ofMillis(workloadMs())
            .plus(drainBound())
            .plus(RESET)
            .plus(SNAPSHOT.multipliedBy(2))
            .plus(ATTACH)
            .plus(HEAL.multipliedBy(2))
            .plus(LIVENESS)
            .plus(VERIFY.multipliedBy(2));
    deadline = new RunDeadline(driver, whole);
    boolean detached = false;
    try {
      prepare();
      attach();
      workload();
      aftermath();
      phase("detach");
      await(
          Stages.all(hosts.values().stream().map(HostDriver::detach).toList()),
          DETACH,
          "the hosts' logouts");
      detached = true;
    } finally {
      if (!detached) {
        letGo();
      }
    }
  }

  private void prepare() throws LabException {
    phase("prepare");
    await(driver.reset(), RESET, "the lab's reset");
    await(driver.journal(), SNAPSHOT, "the array's journal of before");
    await(
        driver.snapshot().thenAccept(state -> append(new Event.ArrayObserved("before", state))),
        SNAPSHOT,
        "the array's account of its state");
  }

  private void attach() throws LabException {
    phase("attach");
    List<String> names = scenario.workloads().stream().map(Workload::host).distinct().toList();
    List<CompletionStage<HostDriver>> attaching = new ArrayList<>();
    for (String name : names) {
      attaching.add(driver.attach(topology.hosts().get(name), history));
    }
    LabException failure = null;
    for (int i = 0; i < names.size(); i++) {
      try {
        HostDriver host = await(attaching.get(i), ATTACH, "host " + names.get(i) + " to come up");
        hosts.put(names.get(i), host);
      } catch (LabException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    for (HostDriver host : hosts.values()) {
      for (BlockDevice device : host.devices()) {
        append(
            new Event.DeviceFound(
                host.spec().name(),
                device.name(),
                device.volume(),
                device.identity(),
                device.paths()));
      }
    }
  }

  private void workload() throws LabException {
    loads("before");
    pathLoads("before");
    long startNs = driver.scheduler().nowNs() + LEAD_NS;
    Map<String, Long> nextBlock = new HashMap<>();
    for (int i = 0; i < scenario.workloads().size(); i++) {
      Workload workload = scenario.workloads().get(i);
      long firstBlock = nextBlock.getOrDefault(workload.volume(), 0L);
      nextBlock.put(workload.volume(), firstBlock + workload.regionBytes() / BlockStamp.BYTES);
      streams.add(stream(i, workload, firstBlock, startNs));
    }
    phase("workload");
    List<ResolvedFault> faults =
        scenario.faults().stream().map(new Places(topology)::resolve).toList();
    FaultSchedule schedule =
        new FaultSchedule(driver, faults, history, this::step, portLoads, this::diagnose);
    try {
      CompletionStage<Void> faultsSettled = schedule.start(startNs);
      streams.forEach(stream -> stream.driver().start());
      List<CompletionStage<Void>> parts = new ArrayList<>();
      parts.add(faultsSettled);
      streams.forEach(stream -> parts.add(stream.driver().issued()));
      await(
          Stages.all(parts),
          Duration.ofMillis(workloadMs()).plus(HEAL),
          "the workload and its faults");
    } finally {
      schedule.cancel();
    }
    if (schedule.anyToTheEnd()) {
      await(schedule.snapshot("after"), SNAPSHOT, "the array's account of its state");
    }
    drain();
    pathLoads("after");
    loads("end");
    await(schedule.healRest(), HEAL, "healing");
    journal();
  }

  /** Examines the hosts whose diagnosis the scenario is about, while its faults stand. */
  private CompletionStage<Void> diagnose() {
    List<String> wanted =
        scenario.expectations().stream()
            .map(each -> each instanceof Expectation.OfArray one ? one.expectation() : each)
            .filter(Expectation.Diagnosed.class::isInstance)
            .map(each -> ((Expectation.Diagnosed) each).adapter())
            .map(adapter -> adapter.substring(0, adapter.indexOf('.')))
            .distinct()
            .toList();
    List<CompletionStage<Void>> examined = new ArrayList<>();
    for (String name : wanted) {
      step("examine the paths of " + name);
      examined.add(
          driver
              .diagnose(topology.hosts().get(name), DiagnosisSpec.BRIEF, path -> {})
              .thenAccept(
                  diagnosis ->
                      diagnosis
                          .paths()
                          .forEach(path -> append(new Event.PathDiagnosed(name, path)))));
    }
    return Stages.all(examined);
  }

  private void loads(String when) throws LabException {
    if (portLoads) {
      await(
          driver.loads().thenAccept(loads -> append(new Event.ArrayLoadObserved(when, loads))),
          SNAPSHOT,
          "the array's account of its loads");
    }
  }

  /** What the hosts have sent down each path, asked on the loop that counts it. */
  private void pathLoads(String when) throws LabException {
    List<CompletionStage<Void>> told = new ArrayList<>();
    for (HostDriver host : hosts.values()) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      told.add(done);
      host.scheduler()
          .execute(
              () -> {
                for (BlockDevice device : host.devices()) {
                  Map<String, PathShare> shares = device.loads();
                  if (!shares.isEmpty()) {
                    append(
                        new Event.PathLoadsObserved(
                            host.spec().name(), device.name(), when, shares));
                  }
                }
                done.complete(null);
              });
    }
    await(Stages.all(told), SNAPSHOT, "the hosts' account of their loads");
  }

  /** Takes over what the array has written into its journal since the last time. */
  private void journal() throws LabException {
    for (JournalEntry entry : await(driver.journal(), SNAPSHOT, "the array's journal")) {
      history.append(entry.atNs(), new Event.ArrayChanged(entry.part(), entry.text()));
    }
  }

  private Stream stream(int index, Workload workload, long firstBlock, long startNs)
      throws LabException {
    HostDriver host = hosts.get(workload.host());
    BlockDevice device = device(host, workload);
    if (BlockStamp.BYTES % device.blockSize() != 0) {
      throw new LabException(
          device.name() + " has blocks of " + device.blockSize() + " bytes; 512 to 4096 are known");
    }
    long bytes = device.blockCount() * device.blockSize();
    if (bytes < firstBlock * BlockStamp.BYTES + workload.regionBytes()) {
      throw new LabException(
          device.name()
              + " on "
              + workload.host()
              + " has "
              + bytes
              + " bytes, less than the topology says of "
              + workload.volume());
    }
    WorkloadCore core =
        new WorkloadCore(
            workload,
            index,
            scenario.workloads().size(),
            firstBlock,
            seed,
            startNs + workload.atMs() * MS);
    return new Stream(
        workload,
        host,
        device,
        new WorkloadDriver(workload.host(), device, core, run, host.scheduler(), history));
  }

  private BlockDevice device(HostDriver host, Workload workload) throws LabException {
    boolean any = workload.device().equals("*");
    for (BlockDevice device : host.devices()) {
      boolean leadsThere =
          device.paths().stream().anyMatch(path -> path.link().port().equals(workload.device()));
      if (device.volume().equals(workload.volume()) && (any || leadsThere)) {
        return device;
      }
    }
    throw new LabException(
        "host "
            + workload.host()
            + " found no device for volume "
            + workload.volume()
            + (any ? "" : " over " + workload.device())
            + "; the history's path events say why");
  }

  /** Waits for what is under way, within a bound; gives up the rest. */
  private void drain() throws LabException {
    phase("drain");
    CompletableFuture<Void> drained =
        Stages.all(streams.stream().map(stream -> stream.driver().drained()).toList());
    CompletableFuture<Void> bound = new CompletableFuture<>();
    long boundNs = drainBound().toNanos();
    var timer =
        driver.scheduler().at(driver.scheduler().nowNs() + boundNs, () -> bound.complete(null));
    CompletableFuture<Object> either = CompletableFuture.anyOf(drained, bound);
    await(either, drainBound().plus(GRACE), "the I/O under way to end");
    timer.cancel();
    if (drained.isDone()) {
      return;
    }
    for (Stream stream : streams) {
      String why = "never ended: given up after " + drainBound().toMillis() + " ms";
      int given = await(on(stream, () -> stream.driver().abandon(why)), GRACE, "giving up I/O");
      if (given > 0) {
        append(
            new Event.Note(
                given
                    + " I/Os of "
                    + stream.workload().host()
                    + " never ended within "
                    + drainBound().toMillis()
                    + " ms; they count as indeterminate"));
      }
    }
  }

  /** The longest that a host's own timers can hold an I/O back, and a margin. */
  private Duration drainBound() {
    long worst = 0;
    for (Workload workload : scenario.workloads()) {
      HostSpec host = topology.hosts().get(workload.host());
      var timers = host.timers();
      worst =
          Math.max(
              worst,
              timers.nopIntervalMs()
                  + timers.nopTimeoutMs()
                  + timers.loginTimeoutMs()
                  + timers.taskTimeoutMs()
                  + timers.abortTimeoutMs()
                  + timers.recoveryTimeoutMs()
                  + waitForPathMs(host));
    }
    return Duration.ofMillis(worst).plus(GRACE);
  }

  private static long waitForPathMs(HostSpec host) {
    long wait = host.multipath().noPathRetryMs();
    // what waits without end is not waited for: with the faults still there it would never end
    return wait == MultipathSpec.QUEUE ? 0 : wait;
  }

  private long workloadMs() {
    long streamsEnd =
        scenario.workloads().stream().mapToLong(w -> w.atMs() + w.forMs()).max().orElse(0);
    long faultsEnd =
        scenario.faults().stream()
            .mapToLong(fault -> fault.atMs() + fault.healAfterMs().orElse(0L))
            .max()
            .orElse(0);
    return Math.max(streamsEnd, faultsEnd);
  }

  private void aftermath() throws LabException {
    phase("liveness");
    long livenessEnd = driver.scheduler().nowNs() + LIVENESS.toNanos();
    List<CompletionStage<Void>> checks = new ArrayList<>();
    for (HostDriver host : hosts.values()) {
      for (BlockDevice device : host.devices()) {
        checks.add(aftermathOf(host).liveness(device, livenessEnd));
      }
    }
    await(Stages.all(checks), LIVENESS.plus(GRACE), "the liveness check");
    phase("verify");
    long verifyEnd = driver.scheduler().nowNs() + VERIFY.toNanos();
    List<CompletionStage<Void>> verifications = new ArrayList<>();
    Map<String, Map<Long, String>> touched = new LinkedHashMap<>();
    for (Stream stream : streams) {
      Map<Long, String> written =
          await(on(stream, stream.driver()::writtenBy), GRACE, "the list of written blocks");
      touched
          .computeIfAbsent(stream.workload().volume(), volume -> new TreeMap<>())
          .putAll(written);
      List<BlockDevice> paths =
          stream.host().pathDevices().stream()
              .filter(path -> path.volume().equals(stream.workload().volume()))
              .toList();
      if (paths.isEmpty()) {
        append(
            new Event.Note(
                written.size()
                    + " written blocks could not be read again: "
                    + stream.workload().host()
                    + " has no path left"));
        continue;
      }
      verifications.add(
          aftermathOf(stream.host()).verify(stream.device().name(), paths, written, verifyEnd));
      verifications.add(aftermathOf(stream.host()).flush(stream.device()));
    }
    await(Stages.all(verifications), VERIFY.plus(GRACE), "the verification over paths");
    StoreCheck store = new StoreCheck(driver, deadline, history, run);
    for (Map.Entry<String, Map<Long, String>> volume : touched.entrySet()) {
      store.verify(volume.getKey(), List.copyOf(volume.getValue().keySet()), VERIFY);
    }
  }

  private Aftermath aftermathOf(HostDriver host) {
    return new Aftermath(host.spec().name(), host.scheduler(), history, run);
  }

  /** After a failure: no I/O goes on, and hosts log out as far as the lab still lets them. */
  private void letGo() {
    streams.forEach(stream -> stream.host().scheduler().execute(stream.driver()::stop));
    for (HostDriver host : hosts.values()) {
      try {
        driver.await(host.detach(), GRACE, "the logout of " + host.spec().name());
      } catch (LabException e) {
        append(new Event.Note("host " + host.spec().name() + ": " + e.getMessage()));
      }
    }
  }

  private static <T> CompletionStage<T> on(Stream stream, Supplier<T> what) {
    return CompletableFuture.supplyAsync(what, stream.host().scheduler());
  }

  private <T> T await(CompletionStage<T> stage, Duration bound, String what) throws LabException {
    return deadline.await(stage, bound, what);
  }

  private void phase(String name) {
    append(new Event.PhaseStarted(name));
    step(name);
  }

  private synchronized void step(String text) {
    listener.step(
        scenario, text, Duration.ofNanos(driver.scheduler().nowNs() - history.originNs()));
  }

  private void append(Event event) {
    history.append(driver.scheduler().nowNs(), event);
  }
}
