package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.IoOutcome;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * How an I/O, or one attempt at it, ended.
 *
 * @param outcome the outcome
 * @param path the path that it ended on, or an empty string if it never had one
 * @param detail for a person; empty when OK
 * @param data the bytes read, a part of the buffer that was given for them if any; empty otherwise.
 *     The listener's to keep, but of {@link HostDevice#readLent}
 * @param refusal what the logical unit itself had against it, if it was one of those
 */
public record HostIoResult(
    IoOutcome outcome,
    String path,
    String detail,
    ByteBuffer data,
    Optional<HostIoRefusal> refusal) {}
