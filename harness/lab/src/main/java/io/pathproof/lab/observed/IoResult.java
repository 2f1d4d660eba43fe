package io.pathproof.lab.observed;

import java.nio.ByteBuffer;

/**
 * How an I/O, or one attempt at it, ended.
 *
 * @param status the outcome
 * @param path the path that it ended on, or an empty string if it never had one
 * @param detail for a person: sense, or what became of the connection; empty when OK
 * @param data the bytes read; empty otherwise
 */
public record IoResult(Status status, String path, String detail, ByteBuffer data) {

  /** Outcomes of an I/O. */
  public enum Status {
    /** Done and acknowledged. */
    OK,
    /** Not done: the array said so, or it was never sent. */
    FAILED,
    /** A write whose acknowledgement was lost: it may be on the medium, now or later, or not. */
    INDETERMINATE
  }
}
