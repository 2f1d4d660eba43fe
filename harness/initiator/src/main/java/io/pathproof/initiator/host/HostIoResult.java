package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.IoOutcome;
import java.nio.ByteBuffer;

/**
 * How an I/O, or one attempt at it, ended.
 *
 * @param outcome the outcome
 * @param path the path that it ended on, or an empty string if it never had one
 * @param detail for a person; empty when OK
 * @param data the bytes read; empty otherwise
 */
public record HostIoResult(IoOutcome outcome, String path, String detail, ByteBuffer data) {}
