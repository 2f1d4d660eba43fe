package io.pathproof.targets.array.scsi;

import io.pathproof.protocol.scsi.AdditionalSense;

/**
 * The unit attention conditions of one nexus at one logical unit (SAM-5 clause 5.14): a queue, in
 * which a condition stands once, and a reset (29h) before all others.
 */
final class UnitAttentions {
  private static final int RESET = 0x29;
  private static final int CAPACITY = 32;

  private final Defects defects;
  private final int[] queue = new int[CAPACITY];
  private int size;
  private int last = Refusal.code(AdditionalSense.ASYMMETRIC_ACCESS_STATE_CHANGED);

  UnitAttentions(Defects defects) {
    this.defects = defects;
  }

  void raise(AdditionalSense condition) {
    if (defects.on(Defect.LOSE_UNIT_ATTENTION)) {
      defects.struck(Defect.LOSE_UNIT_ATTENTION, condition.name());
      return;
    }
    int code = Refusal.code(condition);
    if (code >>> 8 == RESET) {
      raiseReset(code);
      return;
    }
    for (int i = 0; i < size; i++) {
      if (queue[i] == code) {
        return;
      }
    }
    if (size < CAPACITY) {
      queue[size++] = code;
    }
  }

  /** A reset takes the place of another one, unless that is the greater. */
  private void raiseReset(int code) {
    if (size > 0 && queue[0] >>> 8 == RESET) {
      queue[0] = Math.min(queue[0], code);
      return;
    }
    size = Math.min(size, CAPACITY - 1);
    System.arraycopy(queue, 0, queue, 1, size);
    queue[0] = code;
    size++;
  }

  /** Takes the first condition off the queue: its code; 0 if there is none. */
  int take() {
    if (size == 0) {
      if (defects.on(Defect.ENDLESS_UNIT_ATTENTION)) {
        defects.struck(Defect.ENDLESS_UNIT_ATTENTION, "%04x".formatted(last));
        return last;
      }
      return 0;
    }
    last = queue[0];
    System.arraycopy(queue, 1, queue, 0, --size);
    return last;
  }

  void clear(AdditionalSense condition) {
    int code = Refusal.code(condition);
    for (int i = 0; i < size; i++) {
      if (queue[i] == code) {
        System.arraycopy(queue, i + 1, queue, i, --size - i);
        return;
      }
    }
  }

  int pending() {
    return size;
  }
}
