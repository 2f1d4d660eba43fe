package io.pathproof.protocol.scsi;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Asymmetric access states (SPC-4 clause 5.15.2.4). */
public enum AccessState {
  ACTIVE_OPTIMIZED(0x0),
  ACTIVE_NON_OPTIMIZED(0x1),
  STANDBY(0x2),
  UNAVAILABLE(0x3),
  LOGICAL_BLOCK_DEPENDENT(0x4),
  OFFLINE(0xe),
  TRANSITIONING(0xf);

  private final int code;

  AccessState(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** True if media access commands are served in this state. */
  public boolean active() {
    return this == ACTIVE_OPTIMIZED || this == ACTIVE_NON_OPTIMIZED;
  }

  /** As SPC-4 writes it, in small letters and without blanks: {@code active/non-optimized}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replaceFirst("active_", "active/").replace('_', '-');
  }

  public static Optional<AccessState> of(int code) {
    return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
  }
}
