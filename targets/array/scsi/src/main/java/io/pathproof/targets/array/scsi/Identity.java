package io.pathproof.targets.array.scsi;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The names of a logical unit, derived from those of target and volume, so that they are the same
 * after every start.
 *
 * @param naa sixteen bytes, NAA 6
 * @param serial unit serial number
 */
record Identity(byte[] naa, String serial) {
  static Identity of(LogicalUnitsSettings settings, Volume volume) {
    byte[] digest;
    try {
      digest =
          MessageDigest.getInstance("SHA-256")
              .digest(
                  (settings.targetName() + "\n" + volume.name()).getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    byte[] naa = Arrays.copyOf(digest, 16);
    naa[0] = (byte) (0x60 | naa[0] & 0x0f);
    return new Identity(naa, HexFormat.of().formatHex(digest, 16, 24));
  }
}
