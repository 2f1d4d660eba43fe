package io.pathproof.interoperability;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.netty.NettySession;
import io.pathproof.initiator.netty.PortalResolver;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionParameters;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.TaskManagement;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import io.pathproof.protocol.scsi.Cdb;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A session with logical units of 512-byte blocks, one of which is meant by default, and what it
 * told.
 */
final class OpenSession implements AutoCloseable {
  static final int BLOCK = 512;
  private static final long SECONDS = 20;

  /** What it told and nobody has taken from here yet. */
  final BlockingQueue<SessionParameters> ups = new LinkedBlockingQueue<>();

  final BlockingQueue<Failure> downs = new LinkedBlockingQueue<>();
  final BlockingQueue<SessionFailure> ends = new LinkedBlockingQueue<>();
  final BlockingQueue<SessionEvent> events = new LinkedBlockingQueue<>();

  private final Map<CompletableFuture<TaskOutcome>, ScsiTask> tasks = new ConcurrentHashMap<>();
  private final NettySession session;
  private final long lun;

  OpenSession(EventLoops loops, SessionSettings settings, PortalResolver resolver, long lun) {
    this.lun = lun;
    session =
        NettySession.open(
            loops,
            loops.next(),
            settings,
            resolver,
            new SessionListener() {
              @Override
              public void sessionUp(SessionParameters parameters, long nowNs) {
                ups.add(parameters);
              }

              @Override
              public void sessionDown(Failure failure, long nowNs) {
                downs.add(failure);
              }

              @Override
              public void sessionEnded(SessionFailure failure, long nowNs) {
                ends.add(failure);
              }

              @Override
              public void event(SessionEvent event, long nowNs) {
                events.add(event);
              }
            });
  }

  /** Waits for the next login. */
  SessionParameters up() throws InterruptedException {
    SessionParameters parameters = ups.poll(SECONDS, TimeUnit.SECONDS);
    assertThat(parameters).as("logged in; lost before: %s; ended: %s", downs, ends).isNotNull();
    return parameters;
  }

  /** Waits until the connection is lost. */
  ConnectionFailure down() throws InterruptedException {
    Failure failure = downs.poll(SECONDS, TimeUnit.SECONDS);
    assertThat(failure).isInstanceOf(ConnectionFailure.class);
    return (ConnectionFailure) failure;
  }

  /** Waits until the session has ended. */
  SessionFailure end() throws InterruptedException {
    SessionFailure failure = ends.poll(SECONDS, TimeUnit.SECONDS);
    assertThat(failure).as("ended").isNotNull();
    return failure;
  }

  static TaskOutcome get(CompletableFuture<TaskOutcome> outcome) throws Exception {
    return outcome.get(SECONDS, TimeUnit.SECONDS);
  }

  CompletableFuture<TaskOutcome> read(long lba, int bytes) {
    return read(lun, lba, bytes);
  }

  CompletableFuture<TaskOutcome> read(long of, long lba, int bytes) {
    return submit(
        outcome ->
            ScsiTask.read(
                of,
                Cdb.Read.of(lba, bytes / BLOCK).encode(),
                bytes,
                (ended, nowNs) -> outcome.complete(ended)));
  }

  CompletableFuture<TaskOutcome> write(long lba, byte[] bytes) {
    return write(lun, lba, bytes);
  }

  CompletableFuture<TaskOutcome> write(long of, long lba, byte[] bytes) {
    return submit(
        outcome ->
            ScsiTask.write(
                of,
                Cdb.Write.of(lba, bytes.length / BLOCK).encode(),
                ByteBuffer.wrap(bytes),
                (ended, nowNs) -> outcome.complete(ended)));
  }

  private interface TaskOf {
    ScsiTask of(CompletableFuture<TaskOutcome> outcome);
  }

  private CompletableFuture<TaskOutcome> submit(TaskOf of) {
    CompletableFuture<TaskOutcome> outcome = new CompletableFuture<>();
    ScsiTask task = of.of(outcome);
    tasks.put(outcome, task);
    session.submit(task);
    return outcome;
  }

  /** Gives a task up, which sends ABORT TASK for it. */
  void cancel(CompletableFuture<TaskOutcome> outcome) {
    session.cancel(Objects.requireNonNull(tasks.get(outcome)));
  }

  /**
   * Reads until the unit attentions of what happened before have been told; how many there were.
   */
  int attentions() throws Exception {
    return attentions(lun);
  }

  int attentions(long of) throws Exception {
    for (int met = 0; met < 4; met++) {
      if (((ScsiResult) get(read(of, 0, BLOCK))).good()) {
        return met;
      }
    }
    throw new AssertionError("no read is GOOD");
  }

  TaskManagementResult manage(TaskManagementFunction function) throws Exception {
    CompletableFuture<TaskManagementResult> answer = new CompletableFuture<>();
    session.manage(
        new TaskManagement(
            function,
            lun,
            new TaskManagement.Listener() {
              @Override
              public void answered(TaskManagementResult result, long nowNs) {
                answer.complete(result);
              }

              @Override
              public void failed(Failure failure, long nowNs) {
                answer.completeExceptionally(new AssertionError(failure.toString()));
              }
            }));
    return answer.get(SECONDS, TimeUnit.SECONDS);
  }

  /** Logs out; what the session told of its end stays in {@link #ends}. */
  void logout() throws Exception {
    session.logout().get(SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    session.close().orTimeout(SECONDS, TimeUnit.SECONDS).join();
  }
}
